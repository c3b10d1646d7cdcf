//===- RunTensors.cpp - A run's inputs and outputs --------------------------------------------===//
#include "runtime/ElementType.h"
#include "runtime/Run.h"
#include "runtime/TensorMemory.h"
#include "runtime/Values.h"
#include <cstring>

namespace azulejo::runtime {

static bool isAligned(const void *data) {
  return reinterpret_cast<uintptr_t>(data) % AZM_BUFFER_ALIGNMENT == 0;
}

/// "on the host", "on cuda:0"
static std::string placeText(azl_device place) {
  return place.kind == AZL_HOST ? "on the host" : "on cuda:" + std::to_string(place.index);
}

static bool isAt(azl_device place, const Device &device) {
  azl_device own = device.place();
  return place.kind == own.kind && (place.kind == AZL_HOST || place.index == own.index);
}

/// Whether a tensor of the caller's is where the run can get at it.
static Status checkPlace(const std::string &name, const azl_tensor &tensor, const Device &device) {
  if (tensor.device.kind == AZL_HOST)
    return {};
  if (!isAt(tensor.device, device))
    return {AZL_INVALID_ARGUMENT, name + " is " + placeText(tensor.device) +
                                      ", and the session runs " + placeText(device.place())};
  if (isPacked(tensor.type) || tensor.type == AZL_STRING)
    return {AZL_INVALID_ARGUMENT,
            name + ": a tensor of packed elements or of strings must be on the host"};
  return {};
}

//===------------------------------------------------------------------------------------------===//
// Inputs
//===------------------------------------------------------------------------------------------===//

/// Puts an input where kernels can read it: leaves it where it is, or copies it.
Status Run::placeInput(const azl_tensor &tensor, size_t index, void *&data) {
  std::string name = "input '" + artifact.inputs[index].name + "'";
  int64_t count = countElements(tensor.rank, tensor.shape);
  int64_t elementBytes = storageBytes(tensor.type), bytes = count * elementBytes;
  if (count && !tensor.data)
    return {AZL_INVALID_ARGUMENT, name + " has no data"};
  if (Status status = checkPlace(name, tensor, device); status.failed())
    return status;
  bool packed = isPacked(tensor.type), strings = tensor.type == AZL_STRING,
       contiguous = isContiguous(tensor);
  if (!contiguous && (packed || strings || tensor.device.kind != AZL_HOST))
    return {AZL_INVALID_ARGUMENT,
            name + ": a tensor of packed elements, of strings or on a device must be contiguous"};
  data = tensor.data;
  if (isAt(tensor.device, device) && !packed && !strings && contiguous && isAligned(data))
    return {};

  Buffer &buffer = inputBuffers[index];
  Status noMemory(AZL_OUT_OF_MEMORY, "out of memory for a copy of " + name);
  if (!reserve(buffer, bytes))
    return noMemory;
  data = buffer.data;
  if (tensor.device.kind != AZL_HOST)
    return stream->copy(data, tensor.data, bytes);
  char *host = device.sharesHostMemory() ? static_cast<char *>(data) : staging.take(bytes);
  if (!host)
    return noMemory;
  if (strings)
    hostValues.numberStrings(tensor, host);
  else if (packed)
    unpackElements(tensor.type, tensor.data, host, count);
  else if (!contiguous)
    gatherStrided(tensor, host, elementBytes);
  else if (bytes)
    std::memcpy(host, tensor.data, bytes);
  return device.sharesHostMemory() ? Status() : stream->upload(data, host, bytes);
}

Status Run::prepareInputs(const azl_tensor *inputs, azl_value *const *values,
                          const std::vector<size_t> &addressSlots,
                          std::vector<int64_t> &arguments) {
  for (size_t i = 0; i < addressSlots.size(); ++i) {
    const ValueInfo &info = artifact.inputs[i];
    void *data = nullptr;
    if (Status status = info.valueType.empty() ? placeInput(inputs[i], i, data)
                                               : hostValues.import(*values[i], info, data);
        status.failed())
      return status;
    arguments[addressSlots[i]] = reinterpret_cast<intptr_t>(data);
  }
  return {};
}

//===------------------------------------------------------------------------------------------===//
// Outputs
//===------------------------------------------------------------------------------------------===//

Status Run::prepareOutputs(const azl_tensor *outputs) {
  outputStates.resize(artifact.outputs.size());
  for (size_t i = 0; i < outputStates.size(); ++i) {
    const azl_tensor &given = outputs[i];
    const ValueInfo &info = artifact.outputs[i];
    std::string name = "output '" + info.name + "'";
    outputStates[i] = {};
    outputStates[i].tensor.device = given.device;
    azl_tensor wanted = given;
    wanted.type = info.type;
    if (Status status = checkPlace(name, wanted, device); status.failed())
      return status;
    if (!given.data)
      continue;
    if (info.type == AZL_STRING)
      return {AZL_INVALID_ARGUMENT, name + " holds strings, whose memory the runtime allocates"};
    if (given.type != info.type)
      return {AZL_INVALID_ARGUMENT, name + " has element type " + azl_element_type_name(info.type) +
                                        ", and the given tensor has " +
                                        azl_element_type_name(given.type)};
    if (given.rank < 0 || (given.rank && !given.shape) || !isContiguous(given))
      return {AZL_INVALID_ARGUMENT, "the tensor given for " + name + " is not contiguous"};
    outputStates[i].tensor = given;
    outputStates[i].tensor.owner = nullptr; // the caller's, whoever made it
  }
  return {};
}

void *Run::makeOutput(size_t index, const int64_t *dims) {
  const ValueInfo &info = artifact.outputs[index];
  Output &output = outputStates[index];
  azl_tensor &tensor = output.tensor;
  size_t rank = info.shape.size();
  auto failWith = [&](azl_status code, std::string message) {
    error = Status(code, "output '" + info.name + "' " + message);
    return nullptr;
  };
  output.shape.assign(dims, dims + rank);
  int64_t bytes = azl_tensor_bytes(info.type, rank, dims);
  int64_t count = countElements(rank, dims), bufferBytes;
  if (bytes < 0 || __builtin_mul_overflow(count, storageBytes(info.type), &bufferBytes))
    return failWith(AZL_RUN_FAILED, "would have the impossible shape " + shapeText(rank, dims));
  auto noMemory = [&](int64_t wanted) {
    return failWith(AZL_OUT_OF_MEMORY,
                    "needs " + std::to_string(wanted) + " bytes, and memory ran out");
  };
  bool fresh = !tensor.data, strings = info.type == AZL_STRING;
  if (strings) { // how long they are is known when they are there
    tensor.type = AZL_STRING;
  } else if (fresh) {
    if (!allocateTensor(environment.device, tensor.device, info.type, rank, dims, bytes, tensor))
      return noMemory(bytes);
  } else if (size_t(tensor.rank) != rank || !std::equal(dims, dims + rank, tensor.shape)) {
    return failWith(AZL_INVALID_ARGUMENT, "has shape " + shapeText(rank, dims) +
                                              " in this run, and the given tensor has " +
                                              shapeText(tensor.rank, tensor.shape));
  }
  output.buffer = tensor.data;
  // On a device of its own memory a copy costs little, and what is recorded keeps its addresses.
  bool inPlace = isAt(tensor.device, device) && (device.sharesHostMemory() || !fresh);
  output.apart = !inPlace || strings || isPacked(info.type) || !isAligned(output.buffer);
  if (output.apart) {
    if (!reserve(outputBuffers[index], bufferBytes))
      return noMemory(bufferBytes);
    output.buffer = outputBuffers[index].data;
  }
  return output.buffer;
}

/// Brings the outputs to where the caller wants them.
Status Run::finishOutputs(azl_tensor *outputs) {
  bool shared = device.sharesHostMemory();
  auto bytesOf = [&](const Output &output) {
    return countElements(int32_t(output.shape.size()), output.shape.data()) *
           storageBytes(output.tensor.type);
  };
  for (size_t i = 0; i < outputStates.size(); ++i) {
    Output &output = outputStates[i];
    if (!output.asked)
      return {AZL_BAD_ARTIFACT,
              "the artifact's code left output '" + artifact.outputs[i].name + "' out"};
    if (!output.apart)
      continue;
    Status status;
    if (output.tensor.device.kind != AZL_HOST) {
      status = stream->copy(output.tensor.data, output.buffer, bytesOf(output));
    } else if (shared) {
      output.staged = static_cast<char *>(output.buffer);
    } else {
      output.staged = staging.take(bytesOf(output));
      status = output.staged ? stream->download(output.staged, output.buffer, bytesOf(output))
                             : Status(AZL_OUT_OF_MEMORY, "memory ran out for output '" +
                                                             artifact.outputs[i].name + "'");
    }
    if (status.failed())
      return status;
  }
  if (Status status = stream->finish(); status.failed())
    return status;
  for (size_t i = 0; i < outputStates.size(); ++i) {
    Output &output = outputStates[i];
    azl_element_type type = output.tensor.type;
    if (output.staged && type == AZL_STRING) {
      if (!hostValues.spellStrings(output.shape, output.staged, output.tensor))
        return {AZL_OUT_OF_MEMORY,
                "memory ran out for the strings of output '" + artifact.outputs[i].name + "'"};
    } else if (output.staged && isPacked(type))
      packElements(type, output.staged, output.tensor.data, bytesOf(output));
    else if (output.staged && bytesOf(output))
      std::memcpy(output.tensor.data, output.staged, bytesOf(output));
    void *owner = output.tensor.owner ? output.tensor.owner : outputs[i].owner;
    outputs[i] = output.tensor;
    outputs[i].owner = owner;
    output.tensor.owner = nullptr; // the caller's from here on
  }
  return {};
}

Status Run::exportValues(azl_value **values) {
  for (size_t i = 0; i < outputStates.size(); ++i) {
    if (!outputStates[i].value)
      continue;
    values[i] = hostValues.exportValue(outputStates[i].value);
    if (!values[i])
      return {AZL_OUT_OF_MEMORY, "memory ran out for output '" + artifact.outputs[i].name + "'"};
  }
  return {};
}

} // namespace azulejo::runtime
