#include "lib/Hardware/Cpu.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace azulejo::hardware {

Expected<CpuDescription> describeCpu(StringRef name) {
  static bool initialized = [] {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
    InitializeNativeTargetAsmParser();
    return true;
  }();
  (void)initialized;

  CpuDescription cpu;
  cpu.name = name.str();
  Triple triple(sys::getDefaultTargetTriple());
  if (name == "host") {
    cpu.name = sys::getHostCPUName().str();
    SubtargetFeatures features;
    for (const auto &feature : sys::getHostCPUFeatures())
      features.AddFeature(feature.getKey(), feature.getValue());
    cpu.features = features.getString();
  }
  std::string message;
  const Target *target = TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return createStringError(message);
  std::unique_ptr<MCSubtargetInfo> subtarget(
      target->createMCSubtargetInfo(triple, cpu.name, cpu.features));
  if (!subtarget || !subtarget->isCPUStringValid(cpu.name))
    return createStringError("unknown CPU '" + name +
                             "': give host, x86-64-v3, x86-64-v4 or a CPU's name as LLVM knows it");
  auto has = [&](StringRef feature) { return subtarget->checkFeatures(("+" + feature).str()); };
  if (has("avx512f") && has("avx512vl")) {
    cpu.vectorBytes = 64;
    cpu.vectorRegisters = 32;
    cpu.l1Bytes = 48 << 10;
    cpu.l2Bytes = 1 << 20;
  } else if (has("avx")) {
    cpu.vectorBytes = 32;
  }
  cpu.hasFma = has("fma");
  cpu.hasHalfConversions = has("f16c");
  return cpu;
}

} // namespace azulejo::hardware
