//===- Hardware.cpp - azulejo hardware --------------------------------------------------------===//
#include "lib/Hardware/Gpu.h"
#include "tools/azulejo/Command.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

namespace azulejo::tool {

static double toTera(double perSecond) { return 2 * perSecond / 1e12; }

static void list() {
  llvm::outs() << "gpu         arch     SMs  memory     GB/s  f16 TFLOP/s  f32 TFLOP/s\n";
  for (const hardware::GpuDescription &gpu : hardware::allGpus())
    llvm::outs() << llvm::formatv(
        "{0,-11} {1,-8} {2,3}  {3,3} GiB  {4,6}  {5,11:F0}  {6,11:F1}\n", gpu.name, gpu.arch,
        gpu.multiprocessors, gpu.memoryBytes >> 30, gpu.memoryBytesPerSecond / 1'000'000'000,
        toTera(gpu.multiplyAddsPerSecond("f16")), toTera(gpu.multiplyAddsPerSecond("f32")));
  llvm::outs() << "\nazure VM size                     GPUs         CPUs  memory\n";
  for (const hardware::MachineDescription &machine : hardware::allMachines())
    llvm::outs() << llvm::formatv("azure:{0,-27} {1} x {2,-10} {3,3}  {4,4} GiB\n", machine.name,
                                  machine.gpus, machine.gpu, machine.cpus,
                                  machine.memoryBytes >> 30);
}

static void describe(const hardware::GpuDescription &gpu) {
  auto row = [](llvm::StringRef name, const llvm::Twine &value) {
    llvm::outs() << llvm::formatv("{0,-30} {1}\n", name, value.str());
  };
  row("gpu", llvm::Twine(gpu.name) + " (" + gpu.title + ")");
  row("architecture", gpu.arch);
  row("multiprocessors", llvm::Twine(gpu.multiprocessors));
  row("clock", llvm::Twine(gpu.clockHz / 1'000'000) + " MHz");
  row("memory", llvm::Twine(gpu.memoryBytes >> 30) + " GiB, " +
                    llvm::Twine(gpu.memoryBytesPerSecond / 1'000'000'000) + " GB/s");
  row("L2 cache", llvm::Twine(gpu.l2Bytes >> 20) + " MiB");
  row("link", llvm::Twine(gpu.linkBytesPerSecond / 1'000'000'000) + " GB/s, both directions");
  row("shared memory a block", llvm::Twine(gpu.sharedBytesPerBlock) + " bytes");
  row("shared memory a multiprocessor", llvm::Twine(gpu.sharedBytesPerMultiprocessor) + " bytes");
  row("registers a multiprocessor", llvm::Twine(gpu.registersPerMultiprocessor));
  row("threads a multiprocessor", llvm::Twine(gpu.threadsPerMultiprocessor));
  row("blocks a multiprocessor", llvm::Twine(gpu.blocksPerMultiprocessor));
  for (llvm::StringRef type : {"f32", "f64"})
    row((type + " multiply-adds a clock").str(),
        llvm::Twine(type == "f32" ? gpu.scalarF32 : gpu.scalarF64) + " a multiprocessor");
  for (llvm::StringRef type : {"f16", "bf16", "tf32", "f64", "i8", "f8", "f4"})
    if (gpu.tensorRate(type))
      row(("tensor cores, " + type).str(),
          llvm::formatv("{0} multiply-adds a clock and multiprocessor, {1:F0} T{2}OP/s in all",
                        gpu.tensorRate(type), toTera(gpu.multiplyAddsPerSecond(type)),
                        type == "i8" ? "" : "FL")
              .str());
  for (llvm::StringRef feature : {"cp.async", "ldmatrix", "stmatrix", "mbarrier", "tma", "clusters",
                                  "wgmma", "tcgen05", "mma.f8"})
    if (gpu.has(feature))
      row("has", feature);
}

void addHardware(CLI::App &app, int &status) {
  auto name = std::make_shared<std::string>();
  CLI::App *command = app.add_subcommand(
      "hardware", "Lists the GPUs and virtual machines that there are descriptions of, or one");
  command->add_option("name", *name, "A GPU, an architecture (sm_90a) or azure:SIZE");
  command->callback([name, &status] {
    if (name->empty())
      return list();
    auto gpu = hardware::describeGpu(*name);
    if (!gpu)
      status = fail(llvm::toString(gpu.takeError()));
    else
      describe(*gpu);
  });
}

} // namespace azulejo::tool
