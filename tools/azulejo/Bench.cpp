//===- Bench.cpp - azulejo bench --------------------------------------------------------------===//
#include "tools/azulejo/Command.h"
#include "tools/azulejo/Inputs.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include <chrono>
#include <numeric>
#include <sys/resource.h>

namespace azulejo::tool {

using runtime::io::Value;

namespace {
struct Flags {
  CompileFlags compile;
  RunFlags run;
  std::string model;
  std::vector<std::string> sizes;
  double warmUp = 0.2, duration = 3;
  int iterations = 10;
  bool json = false, profile = false;
};
} // namespace

static double percentile(const std::vector<double> &sorted, double fraction) {
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(fraction * sorted.size()))];
}

static int64_t getPeakResidentBytes() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return int64_t(usage.ru_maxrss) * 1024;
}

static void printProfile(const Loaded &loaded, size_t runs) {
  std::vector<std::pair<double, size_t>> kernels;
  double total = 0;
  for (size_t i = 0; i < azl_model_kernel_count(loaded.model); ++i) {
    double milliseconds = azl_session_kernel_profile(loaded.session, i).nanoseconds / 1e6 / runs;
    kernels.emplace_back(milliseconds, i);
    total += milliseconds;
  }
  llvm::sort(kernels, [](const auto &a, const auto &b) { return a.first > b.first; });
  llvm::outs() << llvm::formatv("{0,10} {1,7} {2,8}  kernel\n", "ms/run", "share", "launches");
  for (auto [milliseconds, index] : kernels)
    llvm::outs() << llvm::format(
                        "%10.4f %6.1f%% %8.1f  ", milliseconds, 100 * milliseconds / total,
                        double(azl_session_kernel_profile(loaded.session, index).launches) / runs)
                 << azl_model_kernel_name(loaded.model, index) << "\n";
}

static bool run(Flags &flags) {
  if (!flags.compile.finish(flags.run.device))
    return false;
  std::string artifact = findArtifact(flags.model, flags.compile);
  Loaded loaded;
  if (artifact.empty() || !load(artifact, flags.run, flags.profile, loaded))
    return false;
  std::vector<Value> values;
  if (!makeInputs(loaded.model, flags.run.inputs, flags.sizes, /*seed=*/0, values))
    return false;
  std::vector<azl_tensor> inputs;
  for (Value &value : values)
    inputs.push_back(value.view());
  std::vector<azl_tensor> outputs(azl_model_output_count(loaded.model));

  size_t runs = 0;
  auto runOnce = [&]() -> double {
    for (azl_tensor &output : outputs)
      azl_tensor_release(&output);
    auto start = std::chrono::steady_clock::now();
    if (azl_run(loaded.session, inputs.data(), inputs.size(), outputs.data(), outputs.size()))
      return fail(azl_last_error()), -1;
    ++runs;
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  double spent = 0;
  do {
    double seconds = runOnce();
    if (seconds < 0)
      return false;
    spent += seconds;
  } while (spent < flags.warmUp);

  std::vector<double> milliseconds;
  double measured = 0;
  while (measured < flags.duration || static_cast<int>(milliseconds.size()) < flags.iterations) {
    double seconds = runOnce();
    if (seconds < 0)
      return false;
    measured += seconds;
    milliseconds.push_back(seconds * 1e3);
  }
  for (azl_tensor &output : outputs)
    azl_tensor_release(&output);

  llvm::sort(milliseconds);
  double mean = measured * 1e3 / milliseconds.size();
  int64_t arena = azl_session_memory_used(loaded.session), resident = getPeakResidentBytes();
  if (flags.json) {
    llvm::json::Object latency{{"min", milliseconds.front()},
                               {"median", percentile(milliseconds, 0.5)},
                               {"mean", mean},
                               {"p90", percentile(milliseconds, 0.9)},
                               {"p99", percentile(milliseconds, 0.99)},
                               {"max", milliseconds.back()}};
    llvm::outs() << llvm::json::Value(llvm::json::Object{
                        {"model", azl_model_name(loaded.model)},
                        {"threads", azl_session_threads(loaded.session)},
                        {"runs", static_cast<int64_t>(milliseconds.size())},
                        {"latency_ms", std::move(latency)},
                        {"throughput_per_second", 1e3 / mean},
                        {"memory_bytes",
                         llvm::json::Object{{"run", arena}, {"peak_resident", resident}}}})
                 << "\n";
    return true;
  }
  llvm::outs()
      << azl_model_name(loaded.model) << ", " << azl_session_threads(loaded.session)
      << " thread(s), " << milliseconds.size() << " runs\n"
      << llvm::format(
             "latency     min %.3f  median %.3f  mean %.3f  p90 %.3f  p99 %.3f  max %.3f ms\n",
             milliseconds.front(), percentile(milliseconds, 0.5), mean,
             percentile(milliseconds, 0.9), percentile(milliseconds, 0.99), milliseconds.back())
      << llvm::format("throughput  %.2f runs/s\n", 1e3 / mean)
      << llvm::format("memory      %.1f MiB in a run, %.1f MiB resident at most\n",
                      arena / 1048576.0, resident / 1048576.0);
  if (flags.profile)
    printProfile(loaded, runs);
  return true;
}

void addBench(CLI::App &app, int &status) {
  auto flags = std::make_shared<Flags>();
  CLI::App *command =
      app.add_subcommand("bench", "Measures latency, throughput and memory of a model");
  command->add_option("model", flags->model, "model.azm, or a model to compile first")
      ->required()
      ->check(CLI::ExistingFile);
  flags->run.addTo(*command);
  addSizes(*command, flags->sizes);
  command->add_option("--warm-up", flags->warmUp, "Seconds to run before measuring")
      ->capture_default_str();
  command->add_option("--duration", flags->duration, "Seconds to measure, at least")
      ->capture_default_str();
  command->add_option("--iterations", flags->iterations, "Runs to measure, at least")
      ->capture_default_str();
  command->add_flag("--profile", flags->profile, "Prints every kernel's share as well");
  command->add_flag(
      "--json", flags->json,
      "Prints a JSON object instead: latency_ms {min, median, mean, p90, p99, max}, …");
  flags->compile.addTo(*command);
  command->callback([flags, &status] { status = run(*flags) ? 0 : 1; });
}

} // namespace azulejo::tool
