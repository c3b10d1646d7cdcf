//===- Runtime.cpp - The C API over the runtime's classes -------------------------------------===//
#include "azulejo/runtime.h"
#include "runtime/OperatorLibraries.h"
#include "runtime/Run.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <sched.h>
#include <thread>

using namespace azulejo::runtime;

struct azl_model {
  std::shared_ptr<Artifact> artifact;
  std::mutex mutex;
  /// Where sessions have it loaded: guarded by mutex.
  std::vector<std::pair<std::weak_ptr<Device>, std::weak_ptr<Program>>> loaded;

  /// The model on a device, from another session where one has it there.
  Status load(const std::shared_ptr<Device> &device, std::shared_ptr<Program> &program);
};

struct azl_session {
  RunEnvironment environment;
  std::vector<KernelTimes> profile;
  int threads = 1;
  std::mutex mutex;
  std::vector<std::unique_ptr<Run>> idle; // guarded by mutex
  std::atomic<int64_t> memoryUsed{0};

  ~azl_session() { idle.clear(); } // Runs have streams, which go before the device does
};

static thread_local std::string lastError;

azl_status azulejo::runtime::report(const Status &status) {
  if (status.failed())
    lastError = status.message;
  return status.code;
}

/// The processors this process may use, which may be fewer than the machine has.
static int processorCount() {
  cpu_set_t set;
  if (!::sched_getaffinity(0, sizeof set, &set))
    return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

const char *azl_last_error(void) { return lastError.c_str(); }

const char *azl_version(void) { return AZULEJO_VERSION; }

//===------------------------------------------------------------------------------------------===//
// Models
//===------------------------------------------------------------------------------------------===//

azl_status azl_load_operators(const char *path) {
  return guarded([&] { return loadOperators(path); });
}

azl_status azl_model_load(const char *path, const azl_model_options *options, azl_model **model) {
  return guarded([&]() -> Status {
    *model = nullptr;
    if (options && options->size != sizeof *options)
      return {AZL_INVALID_ARGUMENT, "azl_model_options of another version of the runtime"};
    std::shared_ptr<Artifact> artifact;
    Status status = Artifact::load(path, options && options->check_weights, artifact);
    if (!status.failed())
      *model = new azl_model{std::move(artifact), {}, {}};
    return status;
  });
}

void azl_model_release(azl_model *model) { delete model; }

const char *azl_model_name(const azl_model *model) { return model->artifact->name.c_str(); }

const char *azl_model_metadata(const azl_model *model) { return model->artifact->metadata.c_str(); }

static azl_value_info describe(const ValueInfo &info) {
  return {info.name.c_str(),          info.type,
          int32_t(info.shape.size()), info.shape.data(),
          info.symbolText.data(),     info.valueType.empty() ? nullptr : info.valueType.c_str()};
}

size_t azl_model_input_count(const azl_model *model) { return model->artifact->inputs.size(); }

size_t azl_model_output_count(const azl_model *model) { return model->artifact->outputs.size(); }

azl_value_info azl_model_input(const azl_model *model, size_t index) {
  return describe(model->artifact->inputs[index]);
}

azl_value_info azl_model_output(const azl_model *model, size_t index) {
  return describe(model->artifact->outputs[index]);
}

size_t azl_model_kernel_count(const azl_model *model) { return model->artifact->kernels.size(); }

const char *azl_model_kernel_name(const azl_model *model, size_t index) {
  return model->artifact->kernels[index].c_str();
}

azl_status azl_model_peak_memory(const azl_model *model, const azl_tensor *inputs,
                                 size_t input_count, int64_t *bytes) {
  return guarded([&]() -> Status {
    std::vector<int64_t> arguments;
    std::vector<size_t> addressSlots;
    Status status = bindArguments(*model->artifact, inputs, input_count, arguments, addressSlots);
    if (!status.failed())
      *bytes = model->artifact->peakMemory(arguments.data());
    return status;
  });
}

const char *azl_model_unbounded_reason(const azl_model *model) {
  const std::string &reason = model->artifact->unbounded;
  return reason.empty() ? nullptr : reason.c_str();
}

//===------------------------------------------------------------------------------------------===//
// Sessions
//===------------------------------------------------------------------------------------------===//

Status azl_model::load(const std::shared_ptr<Device> &device, std::shared_ptr<Program> &program) {
  std::lock_guard<std::mutex> lock(mutex);
  loaded.erase(std::remove_if(loaded.begin(), loaded.end(),
                              [](const auto &entry) { return entry.second.expired(); }),
               loaded.end());
  for (const auto &[where, what] : loaded)
    if (where.lock() == device && (program = what.lock()))
      return {};
  Status status = device->load(artifact, program);
  if (!status.failed())
    loaded.emplace_back(device, program);
  return status;
}

azl_status azl_session_create(azl_model *model, const azl_session_options *options,
                              azl_session **session) {
  return guarded([&]() -> Status {
    *session = nullptr;
    if (options && options->size != sizeof *options)
      return {AZL_INVALID_ARGUMENT, "azl_session_options of another version of the runtime"};
    int threads = options ? options->threads : 0;
    constexpr int mostThreads = 1024;
    if (threads < 0 || threads > mostThreads)
      return {AZL_INVALID_ARGUMENT,
              "a session has 1 to 1024 threads, not " + std::to_string(threads)};
    if (options && options->memory_limit < 0)
      return {AZL_INVALID_ARGUMENT, "a memory limit must not be negative"};

    if (model->artifact->missingOperator.failed())
      return model->artifact->missingOperator;
    const std::string &compiledFor = model->artifact->device;
    std::string name = options && options->device ? options->device : compiledFor;
    const char *target = targetOfDevice(name);
    if (!target)
      return {AZL_NOT_FOUND, "this runtime has no device '" + name +
                                 "': there are cpu, cuda, cuda:NUMBER and cudasim:ARCHITECTURE"};
    if (target != compiledFor)
      return {AZL_UNSUPPORTED,
              "the model was compiled for device '" + compiledFor + "', not '" + name + "'"};
    auto created = std::make_unique<azl_session>();
    created->threads = threads ? threads : processorCount();
    RunEnvironment &environment = created->environment;
    environment.artifact = model->artifact;
    if (Status status = openDevice(name, created->threads, environment.device); status.failed())
      return status;
    if (Status status = model->load(environment.device, environment.program); status.failed())
      return status;
    environment.memoryLimit = options ? options->memory_limit : 0;
    created->profile = std::vector<KernelTimes>(model->artifact->kernels.size());
    environment.profile = options && options->profile ? &created->profile : nullptr;
    *session = created.release();
    return {};
  });
}

void azl_session_destroy(azl_session *session) { delete session; }

int32_t azl_session_threads(const azl_session *session) { return session->threads; }

/// `execute(run)` with a run of the session's that nobody else uses.
template <typename Execute> static Status withRun(azl_session *session, Execute execute) {
  std::unique_ptr<Run> run;
  {
    std::lock_guard<std::mutex> lock(session->mutex);
    if (!session->idle.empty()) {
      run = std::move(session->idle.back());
      session->idle.pop_back();
    }
  }
  if (!run)
    if (Status status = Run::create(session->environment, run); status.failed())
      return status;
  Status status = execute(*run);
  int64_t used = run->memoryUsed(), most = session->memoryUsed.load();
  while (used > most && !session->memoryUsed.compare_exchange_weak(most, used)) {
  }
  std::lock_guard<std::mutex> lock(session->mutex);
  session->idle.push_back(std::move(run));
  return status;
}

azl_status azl_run(azl_session *session, const azl_tensor *inputs, size_t input_count,
                   azl_tensor *outputs, size_t output_count) {
  return guarded([&] {
    return withRun(
        session, [&](Run &run) { return run.execute(inputs, input_count, outputs, output_count); });
  });
}

/// The tensors among the values as azl_run takes them.
static Status checkValues(const Artifact &artifact, azl_value *const *inputs, size_t count,
                          std::vector<azl_tensor> &tensors) {
  for (size_t i = 0; i < count; ++i) {
    auto invalid = [&](const char *why) {
      return Status(AZL_INVALID_ARGUMENT, "input " + std::to_string(i) + " " + why);
    };
    if (!inputs[i])
      return invalid("is missing");
    bool wantsTensor = i >= artifact.inputs.size() || artifact.inputs[i].valueType.empty();
    if (wantsTensor && inputs[i]->kind != AZL_VALUE_TENSOR)
      return invalid("is a list, and the model expects a tensor");
    tensors.push_back(inputs[i]->tensor);
  }
  return {};
}

azl_status azl_run_values(azl_session *session, azl_value *const *inputs, size_t input_count,
                          azl_value **outputs, size_t output_count) {
  std::fill(outputs, outputs + output_count, nullptr);
  azl_status code = guarded([&]() -> Status {
    std::vector<azl_tensor> tensors, results(output_count);
    Status status = checkValues(*session->environment.artifact, inputs, input_count, tensors);
    if (!status.failed())
      status = withRun(session, [&](Run &run) {
        return run.execute(tensors.data(), input_count, results.data(), output_count, inputs,
                           outputs);
      });
    if (status.failed()) {
      for (azl_tensor &result : results)
        azl_tensor_release(&result);
      return status;
    }
    for (size_t i = 0; i < output_count; ++i) {
      if (outputs[i])
        continue;
      outputs[i] = new azl_value;
      outputs[i]->tensor = results[i];
    }
    return {};
  });
  for (size_t i = 0; code && i < output_count; ++i) {
    azl_value_release(outputs[i]);
    outputs[i] = nullptr;
  }
  return code;
}

azl_status azl_value_from_tensor(const azl_tensor *tensor, azl_value **value) {
  *value = nullptr;
  return guarded([&] { return makeTensorValue(*tensor, value); });
}

azl_status azl_value_from_list(azl_value_kind kind, azl_value *const *elements, size_t count,
                               azl_value **value) {
  *value = nullptr;
  return guarded([&] { return makeListValue(kind, elements, count, value); });
}

int64_t azl_session_memory_used(const azl_session *session) { return session->memoryUsed; }

azl_kernel_profile azl_session_kernel_profile(const azl_session *session, size_t kernel) {
  const auto &times = session->profile[kernel];
  return {times.launches, times.nanoseconds};
}
