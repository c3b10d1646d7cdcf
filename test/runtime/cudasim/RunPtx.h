//===- RunPtx.h - Kernels in PTX text, run from a unit test ---------------===//
#ifndef AZULEJO_TEST_RUNTIME_CUDASIM_RUNPTX_H
#define AZULEJO_TEST_RUNTIME_CUDASIM_RUNPTX_H

#include "runtime/cudasim/Machine/Launch.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace azulejo::cudasim::test {

/// Where AZULEJO_PTXAS names NVIDIA's ptxas, it judges the text too: "" or what it says against it.
inline std::string askPtxas(const std::string &text, const char *architecture) {
  const char *ptxas = std::getenv("AZULEJO_PTXAS");
  if (!ptxas)
    return "";
  std::string file = std::string(std::getenv("TMPDIR") ? std::getenv("TMPDIR") : "/tmp") +
                     "/azulejo-" + std::to_string(getpid()) + ".ptx";
  std::ofstream(file) << text;
  std::string command =
      std::string(ptxas) + " -O0 -arch=" + architecture + " -o /dev/null " + file + " 2>&1";
  std::string said;
  FILE *pipe = popen(command.c_str(), "r");
  for (char buffer[256]; std::fgets(buffer, sizeof buffer, pipe);)
    said += buffer;
  bool refused = pclose(pipe) != 0;
  std::remove(file.c_str());
  return refused ? said : "";
}

/// A module loaded for a simulated GPU, with device memory of its own.
class PtxModule {
public:
  PtxModule(std::string text, const char *architecture)
      : PtxModule(std::move(text), *findArchitecture(architecture)) {}
  PtxModule(std::string text, const Architecture &architecture)
      : architecture(architecture), refusal(askPtxas(text, architecture.name.c_str())),
        memory(uint64_t(1) << 30),
        program(decode(ptx::parse(std::move(text)), this->architecture,
                       [this](const ptx::Variable &variable, uint64_t size, uint32_t) {
                         return memory.allocate(size, std::string(variable.name))->begin;
                       })) {}

  uint64_t allocate(size_t bytes) { return memory.allocate(bytes, "a buffer")->begin; }
  template <class T> uint64_t upload(const std::vector<T> &values) {
    size_t bytes = values.size() * sizeof(T);
    Allocation *allocation = memory.allocate(bytes, "a buffer");
    std::memcpy(allocation->host, values.data(), bytes);
    if (options.checkGlobalInitialization)
      Checkers::markInitialized(*allocation, 0, bytes);
    return allocation->begin;
  }
  template <class T> std::vector<T> download(uint64_t address, size_t count) {
    std::vector<T> values(count);
    std::memcpy(values.data(), memory.hostPointer(address, count * sizeof(T)), count * sizeof(T));
    return values;
  }

  /// Launches with 64-bit parameters.
  LaunchResult launch(const char *kernel, Dim3 grid, Dim3 block, uint32_t dynamicShared,
                      const std::vector<uint64_t> &arguments) {
    LaunchConfig config;
    config.grid = grid;
    config.block = block;
    config.dynamicSharedBytes = dynamicShared;
    config.parameters.resize(arguments.size() * sizeof(uint64_t));
    std::memcpy(config.parameters.data(), arguments.data(), config.parameters.size());
    auto found = program->kernels.find(kernel);
    if (found == program->kernels.end())
      throw std::runtime_error("no such kernel");
    Launch launch(*program, found->second, kernel, architecture, memory, config, options,
                  [](const std::string &) {});
    return launch.run();
  }

  const Architecture &architecture;
  const std::string refusal; // by ptxas
  DeviceMemory memory;
  std::unique_ptr<Program> program;
  Options options;
};

/// What a launch reports, "" if nothing.
inline std::string describe(const LaunchResult &result) {
  std::string text;
  for (const Report &report : result.reports)
    text += std::string(name(report.faultClass)) + " at line " + std::to_string(report.ptxLine) +
            " (" + report.ptxText + "): " + report.message + "\n";
  return text;
}

} // namespace azulejo::cudasim::test

#endif // AZULEJO_TEST_RUNTIME_CUDASIM_RUNPTX_H
