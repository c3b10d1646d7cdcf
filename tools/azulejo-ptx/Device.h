//===- Device.h - A GPU behind the driver API -----------------------------===//
#ifndef AZULEJO_PTX_DEVICE_H
#define AZULEJO_PTX_DEVICE_H

#include "tools/azulejo-ptx/TensorMap.h"
#include <array>
#include <memory>

namespace azulejo::ptxtool {

/// The driver refused something or failed to run it: `result` is the CUresult's name.
struct DeviceError : std::runtime_error {
  DeviceError(const std::string &result, const std::string &message)
      : std::runtime_error(message), result(result) {}
  std::string result;
};

struct DeviceOptions {
  std::string architecture = "sm_90a";
  bool checks = true, checkGlobalInitialization = false, all = false;
  std::string async = "late";
  uint64_t seed = 0, threads = 0, maxInstructions = 0, stack = 0;
  bool jsonReports = false, counters = false, jsonCounters = false;
  std::string driver; // a path; "": libazulejo-cudasim.so beside the tool
};

struct LaunchShape {
  std::array<uint32_t, 3> grid{1, 1, 1}, block{1, 1, 1}, cluster{1, 1, 1};
  uint32_t shared = 0;
  bool cooperative = false;
};

/// The simulated GPU; or a real one, where `driver` is NVIDIA's: what is said to the simulator only
/// is then left out.
class Device {
public:
  explicit Device(const DeviceOptions &options);
  ~Device();

  void load(const std::string &ptx);
  uint64_t allocate(uint64_t bytes, const std::string &name);
  void write(uint64_t address, const std::vector<uint8_t> &contents);
  std::vector<uint8_t> read(uint64_t address, uint64_t bytes);
  /// The 128 bytes of a CUtensorMap of `request.address`.
  std::vector<uint8_t> encode(const TensorMapRequest &request);
  /// The names of the module's kernels.
  std::vector<std::string> kernels() const;
  /// Runs a kernel to its end. Reports go to the standard error.
  void launch(const std::string &kernel, const LaunchShape &shape,
              const std::vector<std::vector<uint8_t>> &arguments);

private:
  struct State;
  std::unique_ptr<State> state;
};

} // namespace azulejo::ptxtool

#endif // AZULEJO_PTX_DEVICE_H
