#include "runtime/cuda/Driver.h"
#include "runtime/Json.h"
#include <dlfcn.h>
#include <mutex>

namespace azulejo::runtime::cuda {

/// "; CLASS: what a kernel did wrong, at …", the first thing that the simulated driver's checkers
/// found of the last kernel that failed; "" where they found nothing or there are none.
static std::string reportText(const Driver &driver) {
  if (!driver.reports)
    return "";
  std::string json(driver.reports(nullptr, 0) + 1, 0);
  json.resize(driver.reports(json.data(), json.size()));
  std::optional<Json> reports = Json::parse(json);
  if (!reports || reports->elements().empty())
    return "";
  const Json &first = reports->elements().front();
  std::string text;
  auto part = [&](const char *before, const char *key, const char *after) {
    if (auto *value = first[key].string())
      text += before + *value + after;
  };
  part("; ", "class", ": ");
  part("", "message", "");
  part(", at ", "ptx", "");
  part(" (", "allocation", ")");
  part("; ", "other", "");
  if (size_t more = reports->elements().size() - 1)
    text += "; and " + std::to_string(more) + " more";
  return text;
}

Status Driver::check(CUresult result, const std::string &doing) const {
  if (result == CUDA_SUCCESS)
    return {};
  const char *name = nullptr, *description = nullptr;
  getErrorName(result, &name);
  getErrorString(result, &description);
  std::string message = doing + " failed: " + (name ? name : "error " + std::to_string(result));
  if (description)
    message += std::string(" (") + description + ")";
  switch (result) {
  case CUDA_ERROR_OUT_OF_MEMORY:
    return {AZL_OUT_OF_MEMORY, message};
  case CUDA_ERROR_NO_DEVICE:
  case CUDA_ERROR_INVALID_DEVICE:
    return {AZL_NOT_FOUND, message};
  case CUDA_ERROR_NO_BINARY_FOR_GPU:
  case CUDA_ERROR_UNSUPPORTED_PTX_VERSION:
    return {AZL_UNSUPPORTED, message};
  default:
    return {AZL_RUN_FAILED, message + reportText(*this)};
  }
}

static Status fillTable(void *library, const char *name, Driver &driver) {
#define X(member, symbol)                                                                          \
  driver.member = reinterpret_cast<decltype(driver.member)>(::dlsym(library, #symbol));            \
  if (!driver.member)                                                                              \
    return {AZL_UNSUPPORTED,                                                                       \
            std::string(name) + " is too old: it lacks " #symbol ", which came with CUDA 12"};
  AZULEJO_CUDA_FUNCTIONS(X)
#undef X
  return driver.check(driver.init(0), "starting the CUDA driver");
}

Status openDriver(const Driver *&result) {
  static Driver driver;
  static std::mutex mutex;
  static bool done = false;
  std::lock_guard<std::mutex> lock(mutex);
  if (!done) {
    const char *name = "libcuda.so.1";
    void *library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library)
      return {AZL_NOT_FOUND,
              std::string("there is no CUDA driver on this machine: ") + ::dlerror()};
    if (Status status = fillTable(library, name, driver); status.failed())
      return status;
    done = true;
  }
  result = &driver;
  return {};
}

//===------------------------------------------------------------------------------------------===//
// The simulated driver
//===------------------------------------------------------------------------------------------===//

static constexpr char simulatorName[] = "libazulejo-cudasim.so";

static void *openSimulatorLibrary() {
  Dl_info self{};
  std::string path;
  if (::dladdr(reinterpret_cast<void *>(&openSimulatorLibrary), &self) && self.dli_fname)
    path = self.dli_fname;
  if (size_t slash = path.rfind('/'); slash != path.npos) {
    std::string folder = path.substr(0, slash + 1);
    // Beside this library, or beside the library folder of the program that has it inside.
    for (const char *relative : {"", "../lib/"})
      if (void *library =
              ::dlopen((folder + relative + simulatorName).c_str(), RTLD_NOW | RTLD_LOCAL))
        return library;
  }
  return ::dlopen(simulatorName, RTLD_NOW | RTLD_LOCAL);
}

Status openSimulator(const std::string &architecture, const Driver *&result) {
  static Driver driver;
  static std::mutex mutex;
  static void *library = nullptr;
  static bool done = false;
  std::lock_guard<std::mutex> lock(mutex);
  if (!library && !(library = openSimulatorLibrary()))
    return {AZL_NOT_FOUND,
            std::string("the simulated CUDA driver cannot be opened: ") + ::dlerror()};
  auto configure = reinterpret_cast<int (*)(const char *, const char *)>(
      ::dlsym(library, "azl_cudasim_configure"));
  auto error = reinterpret_cast<const char *(*)()>(::dlsym(library, "azl_cudasim_error"));
  driver.reports =
      reinterpret_cast<size_t (*)(char *, size_t)>(::dlsym(library, "azl_cudasim_reports"));
  if (!configure || !error || !driver.reports)
    return {AZL_NOT_FOUND, std::string(simulatorName) + " is not the simulated CUDA driver"};
  if (!architecture.empty() && configure("ARCH", architecture.c_str()))
    return {AZL_NOT_FOUND, std::string("the simulated CUDA driver: ") + error()};
  if (!done)
    if (Status status = fillTable(library, simulatorName, driver); status.failed())
      return status;
  done = true;
  result = &driver;
  return {};
}

} // namespace azulejo::runtime::cuda
