//===- Device.cpp - The simulated GPU, as the tool uses it ----------------===//
#include "tools/azulejo-ptx/Device.h"
#include "runtime/cudasim/Machine/Launch.h"
#include <algorithm>
#include <cstdio>
#include <cstring>

using namespace azulejo::cudasim;

namespace azulejo::ptxtool {

struct Device::State {
  DeviceOptions options;
  const Architecture *architecture;
  std::unique_ptr<DeviceMemory> memory;
  std::unique_ptr<Program> program;
};

Device::Device(const DeviceOptions &options) : state(new State) {
  state->options = options;
  state->architecture = findArchitecture(options.architecture);
  if (!state->architecture)
    throw UsageError("unknown architecture `" + options.architecture +
                     "` (sm_80, sm_86, sm_89, sm_90a)");
  state->memory = std::make_unique<DeviceMemory>(state->architecture->memoryBytes);
}

Device::~Device() = default;

void Device::load(const std::string &ptx) {
  try {
    state->program = decode(ptx::parse(ptx), *state->architecture,
                            [&](const ptx::Variable &variable, uint64_t size, uint32_t) {
                              return allocate(size, std::string(variable.name));
                            });
  } catch (ptx::LoadError &error) {
    throw DeviceError("CUDA_ERROR_INVALID_PTX", error.what());
  }
  for (const Program::InitialValue &each : state->program->initialValues)
    write(each.address, each.bytes);
}

uint64_t Device::allocate(uint64_t bytes, const std::string &name) {
  Allocation *allocation = state->memory->allocate(bytes, "`" + name + "`");
  if (!allocation)
    throw DeviceError("CUDA_ERROR_OUT_OF_MEMORY", "no memory for `" + name + "`");
  return allocation->begin;
}

void Device::write(uint64_t address, const std::vector<uint8_t> &contents) {
  if (!contents.empty())
    std::memcpy(state->memory->hostPointer(address, contents.size()), contents.data(),
                contents.size());
}

std::vector<uint8_t> Device::read(uint64_t address, uint64_t bytes) {
  const uint8_t *from = state->memory->hostPointer(address, bytes);
  return std::vector<uint8_t>(from, from + bytes);
}

std::vector<std::string> Device::kernels() const {
  std::vector<std::string> names;
  for (const auto &[name, kernel] : state->program->kernels)
    names.push_back(name);
  return names;
}

void Device::launch(const std::string &name, const LaunchShape &shape,
                    const std::vector<std::vector<uint8_t>> &arguments) {
  auto found = state->program->kernels.find(name);
  if (found == state->program->kernels.end())
    throw DeviceError("CUDA_ERROR_NOT_FOUND", "there is no kernel `" + name + "`");
  const Kernel &kernel = found->second;
  LaunchConfig config;
  config.grid = {shape.grid[0], shape.grid[1], shape.grid[2]};
  config.block = {shape.block[0], shape.block[1], shape.block[2]};
  config.cluster = {shape.cluster[0], shape.cluster[1], shape.cluster[2]};
  config.dynamicSharedBytes = shape.shared;
  config.cooperative = shape.cooperative;
  config.parameters.resize(kernel.parameterBytes);
  for (size_t i = 0; i < arguments.size(); ++i)
    std::memcpy(config.parameters.data() + kernel.parameters[i].offset, arguments[i].data(),
                std::min<size_t>(arguments[i].size(), kernel.parameters[i].size));
  Options options;
  options.checks = state->options.checks;
  options.checkGlobalInitialization = state->options.checkGlobalInitialization;
  options.stopAtFirstFault = !state->options.all;
  options.asyncTiming = state->options.async == "early"    ? AsyncTiming::Early
                        : state->options.async == "random" ? AsyncTiming::Random
                                                           : AsyncTiming::Late;
  options.seed = state->options.seed;
  options.hostThreads = unsigned(state->options.threads);
  options.maxWarpInstructions = state->options.maxInstructions;
  if (state->options.stack)
    options.stackBytes = uint32_t(state->options.stack);
  Launch launch(*state->program, kernel, name, *state->architecture, *state->memory, config,
                options, [](const std::string &text) { std::fputs(text.c_str(), stdout); });
  LaunchResult result = launch.run();
  if (state->options.counters)
    std::fputs(
        (state->options.jsonCounters ? result.counters.json() + "\n" : result.counters.table())
            .c_str(),
        stdout);
  for (const Report &report : result.reports)
    std::fprintf(stderr,
                 "%s: %s\n  kernel %s, block (%u, %u, %u), thread (%u, %u, %u)\n  line %u: %s\n",
                 cudasim::name(report.faultClass), report.message.c_str(), report.kernel.c_str(),
                 report.block[0], report.block[1], report.block[2], report.thread[0],
                 report.thread[1], report.thread[2], report.ptxLine, report.ptxText.c_str());
  if (!result.reports.empty())
    throw DeviceError("CUDA_ERROR_LAUNCH_FAILED", "the kernel `" + name + "` failed");
}

} // namespace azulejo::ptxtool
