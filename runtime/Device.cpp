#include "runtime/Device.h"
#include "runtime/cuda/CudaDevice.h"

namespace azulejo::runtime {

/// "cuda:1" is kind "cuda" and argument "1".
static std::pair<std::string, std::string> splitName(const std::string &name) {
  size_t colon = name.find(':');
  return {name.substr(0, colon), colon == name.npos ? "" : name.substr(colon + 1)};
}

const char *targetOfDevice(const std::string &name) {
  auto [kind, argument] = splitName(name);
  if (name == "cpu")
    return "cpu";
  bool isNumber = argument.size() < 4 && argument.find_first_not_of("0123456789") == argument.npos;
  return kind == "cudasim" || (kind == "cuda" && isNumber) ? "cuda" : nullptr;
}

Status openDevice(const std::string &name, int threads, std::shared_ptr<Device> &device) {
  auto [kind, argument] = splitName(name);
  if (kind == "cuda")
    return cuda::openGpu(argument.empty() ? 0 : std::stoi(argument), device);
  if (kind == "cudasim")
    return cuda::openSimulatedGpu(argument, device);
  device = openCpuDevice(threads);
  return {};
}

} // namespace azulejo::runtime
