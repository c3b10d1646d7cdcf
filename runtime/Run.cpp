#include "runtime/Run.h"
#include "runtime/ElementType.h"
#include <chrono>
#include <cstdlib>
#include <cstring>

namespace azulejo::runtime {

static int64_t roundToBuffer(int64_t bytes) {
  return (bytes + AZM_BUFFER_ALIGNMENT - 1) & -int64_t(AZM_BUFFER_ALIGNMENT);
}

static bool isAligned(const void *data) {
  return reinterpret_cast<uintptr_t>(data) % AZM_BUFFER_ALIGNMENT == 0;
}

/// Whether elements follow each other in memory without gaps; dimensions of size 1 may have any
/// stride.
static bool isContiguous(const azl_tensor &tensor) {
  int64_t expected = 1;
  for (int32_t i = tensor.rank - 1; tensor.strides && i >= 0; --i) {
    if (tensor.shape[i] != 1 && tensor.strides[i] != expected)
      return false;
    expected *= tensor.shape[i];
  }
  return true;
}

static void gatherStrided(const azl_tensor &tensor, int32_t dim, const char *from, char *&to,
                          int64_t elementBytes) {
  if (dim == tensor.rank) {
    std::memcpy(to, from, elementBytes);
    to += elementBytes;
    return;
  }
  for (int64_t i = 0; i < tensor.shape[dim]; ++i)
    gatherStrided(tensor, dim + 1, from + i * tensor.strides[dim] * elementBytes, to, elementBytes);
}

//===------------------------------------------------------------------------------------------===//
// Inputs
//===------------------------------------------------------------------------------------------===//

Status Run::prepareInputs(const azl_tensor *inputs, const std::vector<size_t> &addressSlots,
                          std::vector<int64_t> &arguments) {
  for (size_t i = 0; i < addressSlots.size(); ++i) {
    const azl_tensor &tensor = inputs[i];
    int64_t count = countElements(tensor.rank, tensor.shape);
    int64_t elementBytes = storageBytes(tensor.type);
    std::string name = "input '" + artifact.inputs[i].name + "'";
    if (count && !tensor.data)
      return {AZL_INVALID_ARGUMENT, name + " has no data"};
    bool packed = isPacked(tensor.type), contiguous = isContiguous(tensor);
    if (packed && !contiguous)
      return {AZL_INVALID_ARGUMENT, name + ": a tensor of packed elements must be contiguous"};
    void *data = tensor.data;
    if (!device.sharesHostMemory || packed || !contiguous || !isAligned(data)) {
      data = device.allocate(environment.instance, count * elementBytes);
      if (!data)
        return {AZL_OUT_OF_MEMORY, "out of memory for a copy of " + name};
      stagedInputs.push_back(data);
      std::vector<char> host;
      const void *from = tensor.data;
      if (packed || !contiguous) {
        host.resize(count * elementBytes);
        from = host.data();
        char *to = host.data();
        if (packed)
          unpackElements(tensor.type, tensor.data, to, count);
        else
          gatherStrided(tensor, 0, static_cast<const char *>(tensor.data), to, elementBytes);
      }
      device.write(stream, data, from, count * elementBytes);
    }
    arguments[addressSlots[i]] = reinterpret_cast<intptr_t>(data);
  }
  return {};
}

//===------------------------------------------------------------------------------------------===//
// Outputs
//===------------------------------------------------------------------------------------------===//

Status Run::prepareOutputs(azl_tensor *outputs) {
  outputStates.assign(artifact.outputs.size(), {});
  for (size_t i = 0; i < outputStates.size(); ++i) {
    const azl_tensor &given = outputs[i];
    const ValueInfo &info = artifact.outputs[i];
    if (!given.data)
      continue;
    if (given.type != info.type)
      return {AZL_INVALID_ARGUMENT,
              "output '" + info.name + "' has element type " + azl_element_type_name(info.type) +
                  ", and the given tensor has " + azl_element_type_name(given.type)};
    if (given.rank < 0 || (given.rank && !given.shape) || !isContiguous(given))
      return {AZL_INVALID_ARGUMENT,
              "the tensor given for output '" + info.name + "' is not contiguous"};
    outputStates[i].tensor = given;
  }
  return {};
}

void *Run::makeOutput(size_t index, const int64_t *dims) {
  const ValueInfo &info = artifact.outputs[index];
  Output &output = outputStates[index];
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
  if (output.tensor.data) {
    const azl_tensor &given = output.tensor;
    if (size_t(given.rank) != rank || !std::equal(dims, dims + rank, given.shape))
      return failWith(AZL_INVALID_ARGUMENT, "has shape " + shapeText(rank, dims) +
                                                " in this run, and the given tensor has " +
                                                shapeText(given.rank, given.shape));
  } else {
    // The view, its shape and its data are one allocation, of which the data comes first.
    int64_t dataBytes = roundToBuffer(bytes + 1);
    auto *memory = static_cast<char *>(
        std::aligned_alloc(AZM_BUFFER_ALIGNMENT, dataBytes + roundToBuffer(rank * 8)));
    if (!memory)
      return failWith(AZL_OUT_OF_MEMORY,
                      "needs " + std::to_string(bytes) + " bytes, and memory ran out");
    auto *shape = reinterpret_cast<int64_t *>(memory + dataBytes);
    std::copy(dims, dims + rank, shape);
    output.tensor = {memory, info.type, int32_t(rank), shape, nullptr, memory};
  }
  output.buffer = output.tensor.data;
  output.apart = !device.sharesHostMemory || isPacked(info.type) || !isAligned(output.buffer);
  if (output.apart) {
    output.buffer = device.allocate(environment.instance, bufferBytes);
    if (!output.buffer)
      return failWith(AZL_OUT_OF_MEMORY,
                      "needs " + std::to_string(bufferBytes) + " bytes, and memory ran out");
  }
  return output.buffer;
}

Status Run::finishOutputs(azl_tensor *outputs) {
  for (size_t i = 0; i < outputStates.size(); ++i) {
    Output &output = outputStates[i];
    if (!output.asked)
      return {AZL_BAD_ARTIFACT,
              "the artifact's code left output '" + artifact.outputs[i].name + "' out"};
    if (!output.apart)
      continue;
    int64_t count = countElements(output.tensor.rank, output.shape.data());
    int64_t bytes = count * storageBytes(output.tensor.type);
    if (isPacked(output.tensor.type)) {
      std::vector<char> host(bytes);
      device.read(stream, host.data(), output.buffer, bytes);
      packElements(output.tensor.type, host.data(), output.tensor.data, count);
    } else {
      device.read(stream, output.tensor.data, output.buffer, bytes);
    }
  }
  for (size_t i = 0; i < outputStates.size(); ++i) {
    outputs[i] = outputStates[i].tensor;
    outputStates[i].tensor.owner = nullptr; // the caller's from here on
  }
  return {};
}

//===------------------------------------------------------------------------------------------===//
// Host code's functions
//===------------------------------------------------------------------------------------------===//

/// Leaves host code. Callers hold nothing that has a destructor: longjmp runs none.
void Run::stop() { std::longjmp(exit, 1); }

bool Run::hold(int64_t bytes) {
  held += bytes;
  mostHeld = std::max(mostHeld, held);
  if (!environment.memoryLimit || held <= environment.memoryLimit)
    return true;
  error = Status(AZL_OUT_OF_MEMORY, "the run needs more than the memory limit of " +
                                        std::to_string(environment.memoryLimit) + " bytes");
  return false;
}

Status Run::explain(const Fault &fault, int64_t kernel, int64_t firstCheck) const {
  if (fault.check < 0)
    return {AZL_OUT_OF_MEMORY,
            "memory ran out for what kernel '" + artifact.kernels[kernel] + "' needs of its own"};
  size_t check = firstCheck + fault.check;
  std::string message = check < artifact.checks.size()
                            ? artifact.checks[check]
                            : "kernel '" + artifact.kernels[kernel] + "'";
  message += " holds " + std::to_string(fault.index) + ", ";
  message += fault.low == fault.high ? "and the dimension has no elements"
                                     : "which is not within [" + std::to_string(fault.low) + ", " +
                                           std::to_string(fault.high - 1) + "]";
  return {AZL_RUN_FAILED, message};
}

void Run::launchKernel(azm_context *context, int64_t kernel, azm_kernel_count count, azm_kernel run,
                       const int64_t *slots, int64_t firstCheck) {
  Run &self = of(context);
  auto launch = [&] {
    Fault fault;
    if (self.device.launch(self.stream, count, run, slots, fault))
      return true;
    self.error = self.explain(fault, kernel, firstCheck);
    return false;
  };
  if (!self.environment.profile) {
    if (!launch())
      self.stop();
    return;
  }
  auto start = std::chrono::steady_clock::now();
  if (!launch())
    self.stop();
  auto &times = (*self.environment.profile)[kernel];
  times.launches.fetch_add(1, std::memory_order_relaxed);
  times.nanoseconds.fetch_add(
      std::chrono::nanoseconds(std::chrono::steady_clock::now() - start).count(),
      std::memory_order_relaxed);
}

void *Run::takeArena(azm_context *context, int64_t bytes) {
  Run &self = of(context);
  if (bytes < 0 || bytes > INT64_MAX / 2)
    self.error =
        Status(AZL_RUN_FAILED, "the sizes of this run's inputs are beyond what can be computed");
  else if (self.hold(bytes) && bytes > self.arenaCapacity) {
    self.device.free(self.environment.instance, self.arena);
    self.arenaCapacity = 0;
    self.arena = self.device.allocate(self.environment.instance, bytes);
    if (self.arena)
      self.arenaCapacity = bytes;
    else
      self.error = Status(AZL_OUT_OF_MEMORY, "the run needs an arena of " + std::to_string(bytes) +
                                                 " bytes, and memory ran out");
  }
  if (self.error.failed())
    self.stop();
  return self.arena;
}

void *Run::allocateBlock(azm_context *context, int64_t bytes) {
  Run &self = of(context);
  if (bytes < 0 || bytes > INT64_MAX / 2) {
    self.error = Status(AZL_RUN_FAILED, "a buffer would have an impossible size");
    self.stop();
  }
  bytes = std::max<int64_t>(roundToBuffer(bytes), AZM_BUFFER_ALIGNMENT);
  void *data = self.hold(bytes) ? self.device.allocate(self.environment.instance, bytes) : nullptr;
  if (!data) {
    if (!self.error.failed())
      self.error = Status(AZL_OUT_OF_MEMORY, "a buffer of " + std::to_string(bytes) +
                                                 " bytes is needed, and memory ran out");
    self.stop();
  }
  self.blocks[reinterpret_cast<uintptr_t>(data)] = {bytes, 1};
  return data;
}

template <typename Map> static auto findBlock(Map &blocks, void *buffer) {
  auto address = reinterpret_cast<uintptr_t>(buffer);
  auto found = blocks.upper_bound(address);
  if (found == blocks.begin())
    return blocks.end();
  --found;
  return address - found->first < uintptr_t(found->second.bytes) ? found : blocks.end();
}

void Run::retainBlock(azm_context *context, void *buffer) {
  Run &self = of(context);
  if (auto found = findBlock(self.blocks, buffer); found != self.blocks.end())
    ++found->second.references;
}

void Run::releaseBlock(azm_context *context, void *buffer) {
  Run &self = of(context);
  auto found = findBlock(self.blocks, buffer);
  if (found == self.blocks.end() || --found->second.references)
    return;
  self.held -= found->second.bytes;
  self.device.free(self.environment.instance, reinterpret_cast<void *>(found->first));
  self.blocks.erase(found);
}

void *Run::takeOutput(azm_context *context, int64_t index, const int64_t *dims) {
  Run &self = of(context);
  self.outputStates[index].asked = true;
  void *buffer = self.makeOutput(index, dims);
  if (!buffer)
    self.stop();
  return buffer;
}

void Run::failWith(azm_context *context, const char *message, const int64_t *values,
                   int64_t count) {
  Run &self = of(context);
  {
    std::string text;
    int64_t next = 0;
    for (; *message; ++message) {
      if (message[0] == '{' && message[1] == '}' && next < count) {
        text += std::to_string(values[next++]);
        ++message;
      } else {
        text += *message;
      }
    }
    self.error = Status(AZL_RUN_FAILED, std::move(text));
  }
  self.stop();
}

const azm_host_api Run::hostApi = {
    launchKernel,
    takeArena,
    allocateBlock,
    retainBlock,
    releaseBlock,
    takeOutput,
    /*copy=*/
    [](azm_context *context, void *to, const void *from, int64_t bytes) {
      of(context).device.copy(of(context).stream, to, from, bytes);
    },
    /*fill=*/
    [](azm_context *context, void *to, const void *element, int64_t elementBytes, int64_t bytes) {
      of(context).device.fill(of(context).stream, to, element, elementBytes, bytes);
    },
    /*read=*/
    [](azm_context *context, void *host, const void *from, int64_t bytes) {
      of(context).device.read(of(context).stream, host, from, bytes);
    },
    /*write=*/
    [](azm_context *context, void *to, const void *host, int64_t bytes) {
      of(context).device.write(of(context).stream, to, host, bytes);
    },
    failWith,
};

//===------------------------------------------------------------------------------------------===//
// Run
//===------------------------------------------------------------------------------------------===//

Run::Run(RunEnvironment &environment)
    : environment(environment), artifact(*environment.artifact), device(*environment.device),
      stream(device.openStream(environment.instance)) {
  api = &hostApi;
  weights = environment.weights.data();
}

Run::~Run() {
  releaseAll();
  device.free(environment.instance, arena);
  device.closeStream(stream);
}

void Run::releaseAll() {
  for (auto &[address, block] : blocks)
    device.free(environment.instance, reinterpret_cast<void *>(address));
  blocks.clear();
  for (void *input : stagedInputs)
    device.free(environment.instance, input);
  stagedInputs.clear();
  for (Output &output : outputStates) {
    if (output.apart)
      device.free(environment.instance, output.buffer);
    azl_tensor_release(&output.tensor);
  }
  outputStates.clear();
}

/// False where host code left through `stop`. In a function of its own, without objects that have
/// destructors, because it is where longjmp lands.
bool Run::enter(Run &run, azm_run_function function, const int64_t *arguments) {
  if (setjmp(run.exit))
    return false;
  function(&run, arguments);
  return true;
}

Status Run::execute(const azl_tensor *inputs, size_t inputCount, azl_tensor *outputs,
                    size_t outputCount) {
  if (outputCount != artifact.outputs.size())
    return {AZL_INVALID_ARGUMENT, "the model has " + std::to_string(artifact.outputs.size()) +
                                      " outputs, and room for " + std::to_string(outputCount) +
                                      " was given"};
  std::vector<int64_t> arguments;
  std::vector<size_t> addressSlots;
  if (Status status = bindArguments(artifact, inputs, inputCount, arguments, addressSlots);
      status.failed())
    return status;
  if (environment.memoryLimit) {
    int64_t peak = artifact.peakMemory(arguments.data());
    if (peak > environment.memoryLimit)
      return {AZL_OUT_OF_MEMORY, "the run needs " + std::to_string(peak) +
                                     " bytes, and the memory limit is " +
                                     std::to_string(environment.memoryLimit)};
  }
  held = mostHeld = 0;
  error = {};
  Status status = prepareInputs(inputs, addressSlots, arguments);
  if (!status.failed())
    status = prepareOutputs(outputs);
  if (!status.failed() && !enter(*this, artifact.run, arguments.data()))
    status = error;
  if (!status.failed())
    status = finishOutputs(outputs);
  releaseAll();
  return status;
}

} // namespace azulejo::runtime
