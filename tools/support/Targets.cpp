#include "tools/support/Targets.h"
#include "lib/Hardware/Gpu.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include <cstdlib>

using namespace llvm;

namespace azulejo {

Expected<std::vector<std::string>> parseTargets(ArrayRef<std::string> targets,
                                                ArrayRef<std::string> hardware) {
  std::vector<std::string> gpus;
  bool forCpu = false;
  for (StringRef target : targets) {
    if (target == "cpu")
      forCpu = true;
    else if (target.consume_front("cuda:sm_"))
      gpus.push_back(("sm_" + target).str());
    else
      return createStringError("--target=" + target +
                               ": expected cpu or a GPU's architecture, as in cuda:sm_90a");
  }
  gpus.insert(gpus.end(), hardware.begin(), hardware.end());
  if (forCpu && !gpus.empty())
    return createStringError("an artifact is for the CPU or for GPUs, not for both");
  std::vector<std::string> result;
  StringSet<> seen;
  for (const std::string &name : gpus) {
    Expected<hardware::GpuDescription> gpu = hardware::describeGpu(name);
    if (!gpu)
      return gpu.takeError();
    if (seen.insert(gpu->arch).second)
      result.push_back(name);
  }
  return result;
}

std::vector<std::string> targetsForDevice(StringRef device) {
  auto [kind, argument] = device.split(':');
  if (kind == "cuda")
    return {"cuda:sm_80", "cuda:sm_90a"};
  if (kind != "cudasim")
    return {"cpu"};
  if (argument.empty()) {
    const char *configured = std::getenv("AZULEJO_CUDASIM_ARCH");
    argument = configured ? configured : "sm_90a";
  }
  return {("cuda:" + argument).str()};
}

} // namespace azulejo
