#include "runtime/Run.h"
#include <algorithm>
#include <cstring>

namespace azulejo::runtime {

//===------------------------------------------------------------------------------------------===//
// Host code's functions
//===------------------------------------------------------------------------------------------===//

/// Leaves host code. Callers hold nothing that has a destructor: longjmp runs none.
void Run::stop() { std::longjmp(exit, 1); }

/// Goes on where all is well.
void Run::accept(Status status) {
  if (status.failed())
    error = std::move(status);
}

bool Run::hold(int64_t bytes) {
  held += bytes;
  mostHeld = std::max(mostHeld, held);
  if (!environment.memoryLimit || held <= environment.memoryLimit)
    return true;
  error = Status(AZL_OUT_OF_MEMORY, "the run needs more than the memory limit of " +
                                        std::to_string(environment.memoryLimit) + " bytes");
  return false;
}

/// Whether the buffer has `bytes` bytes now. What was recorded with its old address is forgotten.
bool Run::reserve(Buffer &buffer, int64_t bytes) {
  if (buffer.data && bytes <= buffer.capacity)
    return true;
  if (uploads != &staging) // recording, which needs no more than the run before it
    return false;
  recordings.clear();
  device.free(buffer.data);
  buffer = {device.allocate(bytes), bytes};
  return buffer.data;
}

void Run::launchKernel(azm_context *context, int64_t kernel, azm_kernel_count count, azm_kernel run,
                       const int64_t *slots, int64_t firstCheck) {
  Run &self = of(context);
  KernelTimes *times = self.environment.profile ? &(*self.environment.profile)[kernel] : nullptr;
  self.accept(self.stream->launch({kernel, count, run, slots, firstCheck, times}));
  if (self.error.failed())
    self.stop();
}

void *Run::takeArena(azm_context *context, int64_t bytes) {
  Run &self = of(context);
  if (bytes < 0 || bytes > INT64_MAX / 2)
    self.error =
        Status(AZL_RUN_FAILED, "the sizes of this run's inputs are beyond what can be computed");
  else if (self.hold(bytes) && !self.reserve(self.arena, bytes))
    self.error = Status(AZL_OUT_OF_MEMORY, "the run needs an arena of " + std::to_string(bytes) +
                                               " bytes, and memory ran out");
  if (self.error.failed())
    self.stop();
  return self.arena.data;
}

void *Run::allocateBlock(azm_context *context, int64_t bytes) {
  Run &self = of(context);
  self.sawData = true; // the address, which will be another one
  if (bytes < 0 || bytes > INT64_MAX / 2) {
    self.error = Status(AZL_RUN_FAILED, "a buffer would have an impossible size");
    self.stop();
  }
  bytes = (bytes / AZM_BUFFER_ALIGNMENT + 1) * AZM_BUFFER_ALIGNMENT;
  void *data = self.hold(bytes) ? self.stream->allocate(bytes) : nullptr;
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
  if (self.hostValues.retain(buffer))
    return;
  if (auto found = findBlock(self.blocks, buffer); found != self.blocks.end())
    ++found->second.references;
}

void Run::releaseBlock(azm_context *context, void *buffer) {
  Run &self = of(context);
  if (self.hostValues.release(buffer))
    return;
  auto found = findBlock(self.blocks, buffer);
  if (found == self.blocks.end() || --found->second.references)
    return;
  self.held -= found->second.bytes;
  self.stream->free(reinterpret_cast<void *>(found->first));
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

void Run::callHost(azm_context *context, int64_t call, const int64_t *inputs, int64_t *outputs) {
  Run &self = of(context);
  self.sawData = true;
  self.accept(self.hostValues.call(call, inputs, outputs));
  if (self.error.failed())
    self.stop();
}

void Run::takeTensor(azm_context *context, void *to, void *value) {
  Run &self = of(context);
  self.accept(self.hostValues.take(value, to));
  if (self.error.failed())
    self.stop();
}

void Run::outputValue(azm_context *context, int64_t index, void *value) {
  Run &self = of(context);
  self.sawData = true;
  self.hostValues.retain(value);
  self.outputStates[index].asked = true;
  self.outputStates[index].value = value;
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

Status Run::write(void *to, const void *host, int64_t bytes) {
  if (!device.sharesHostMemory()) {
    char *kept = uploads->take(bytes); // host code goes on, and so does the stream
    if (!kept)
      return {AZL_OUT_OF_MEMORY, "memory ran out for values of the host"};
    host = std::memcpy(kept, host, bytes);
  }
  return stream->upload(to, host, bytes);
}

Status Run::read(void *host, const void *from, int64_t bytes) {
  sawData = true;
  if (Status status = stream->download(host, from, bytes); status.failed())
    return status;
  return stream->finish();
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
      Run &self = of(context);
      self.accept(self.stream->copy(to, from, bytes));
      if (self.error.failed())
        self.stop();
    },
    /*fill=*/
    [](azm_context *context, void *to, const void *element, int64_t elementBytes, int64_t bytes) {
      Run &self = of(context);
      self.accept(self.stream->fill(to, element, elementBytes, bytes));
      if (self.error.failed())
        self.stop();
    },
    /*read=*/
    [](azm_context *context, void *host, const void *from, int64_t bytes) {
      Run &self = of(context);
      self.accept(self.read(host, from, bytes));
      if (self.error.failed())
        self.stop();
    },
    /*write=*/
    [](azm_context *context, void *to, const void *host, int64_t bytes) {
      Run &self = of(context);
      self.accept(self.write(to, host, bytes));
      if (self.error.failed())
        self.stop();
    },
    failWith,
    callHost,
    takeTensor,
    outputValue,
};

//===------------------------------------------------------------------------------------------===//
// Run
//===------------------------------------------------------------------------------------------===//

Run::Run(RunEnvironment &environment, std::unique_ptr<Stream> stream)
    : environment(environment), artifact(*environment.artifact), device(*environment.device),
      stream(std::move(stream)), inputBuffers(artifact.inputs.size()),
      outputBuffers(artifact.outputs.size()),
      hostValues(artifact, *this->stream, device.sharesHostMemory(), environment.memoryLimit, held,
                 mostHeld),
      staging(device) {
  api = &hostApi;
  weights = environment.program->weights.data();
}

Status Run::create(RunEnvironment &environment, std::unique_ptr<Run> &run) {
  std::unique_ptr<Stream> stream;
  Status status = environment.device->openStream(*environment.program, stream);
  if (!status.failed())
    run.reset(new Run(environment, std::move(stream)));
  return status;
}

Run::~Run() {
  releaseAll();
  recordings.clear(); // which are the stream's
  device.free(arena.data);
  for (const std::vector<Buffer> *buffers : {&inputBuffers, &outputBuffers})
    for (const Buffer &buffer : *buffers)
      device.free(buffer.data);
}

void Run::releaseAll() {
  hostValues.clear();
  for (auto &[address, block] : blocks)
    stream->free(reinterpret_cast<void *>(address));
  blocks.clear();
  for (Output &output : outputStates)
    azl_tensor_release(&output.tensor);
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

Status Run::runHostCode(const std::vector<int64_t> &arguments) {
  held = mostHeld = hostValues.memoryHeld();
  error = {};
  sawData = false;
  return enter(*this, artifact.run, arguments.data()) ? Status() : std::move(error);
}

Status Run::execute(const azl_tensor *inputs, size_t inputCount, azl_tensor *outputs,
                    size_t outputCount, azl_value *const *inputValues, azl_value **outputValues) {
  if (outputCount != artifact.outputs.size())
    return {AZL_INVALID_ARGUMENT, "the model has " + std::to_string(artifact.outputs.size()) +
                                      " outputs, and room for " + std::to_string(outputCount) +
                                      " was given"};
  auto isNoTensor = [](const ValueInfo &info) { return !info.valueType.empty(); };
  if (!outputValues && (std::any_of(artifact.inputs.begin(), artifact.inputs.end(), isNoTensor) ||
                        std::any_of(artifact.outputs.begin(), artifact.outputs.end(), isNoTensor)))
    return {AZL_INVALID_ARGUMENT,
            "the model has inputs or outputs that are no tensors: azl_run_values runs it"};
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
  staging.reset();
  Status status = prepareOutputs(outputs);
  if (!status.failed())
    status = prepareInputs(inputs, inputValues, addressSlots, arguments);
  if (!status.failed())
    status = work(arguments);
  if (!status.failed())
    status = finishOutputs(outputs);
  if (!status.failed() && outputValues)
    status = exportValues(outputValues);
  if (status.failed()) // what is given back now may still be in use
    static_cast<void>(stream->finish());
  releaseAll();
  return status;
}

} // namespace azulejo::runtime
