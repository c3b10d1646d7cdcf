#include "runtime/cuda/CudaProgram.h"
#include "runtime/cuda/WeightUpload.h"

namespace azulejo::runtime::cuda {

namespace {
/// "sm_90a" is {90, 'a'}.
struct Architecture {
  int capability = 0;
  char suffix = 0;
};
} // namespace

static Architecture parseArchitecture(const std::string &text) {
  Architecture result;
  size_t at = text.find('_') + 1;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
    result.capability = result.capability * 10 + (text[at] - '0');
  if (at < text.size())
    result.suffix = text[at];
  return result;
}

const CudaImage *chooseImage(const std::vector<CudaImage> &images, int capability) {
  const CudaImage *best = nullptr;
  Architecture bestArch;
  for (const CudaImage &image : images) {
    Architecture arch = parseArchitecture(image.arch);
    bool fits = arch.suffix ? arch.capability == capability : arch.capability <= capability;
    bool better = arch.capability > bestArch.capability ||
                  (arch.capability == bestArch.capability && arch.suffix > bestArch.suffix);
    if (fits && better) {
      best = &image;
      bestArch = arch;
    }
  }
  return best;
}

Status CudaProgram::load(CudaDevice &device, std::shared_ptr<const Artifact> artifact,
                         std::shared_ptr<CudaProgram> &result) {
  std::shared_ptr<CudaProgram> program(new CudaProgram(device, std::move(artifact)));
  const std::vector<CudaImage> &images = program->artifact->images;
  const CudaImage *image = chooseImage(images, device.capability);
  if (!image) {
    std::string names;
    for (const CudaImage &candidate : images)
      names += (names.empty() ? "" : ", ") + candidate.arch;
    return {AZL_UNSUPPORTED, "the model was compiled for " + names + ", and the device is sm_" +
                                 std::to_string(device.capability)};
  }
  CudaDevice::Current current(device);
  if (Status status = program->loadModule(*image); status.failed())
    return status;
  if (Status status = program->findKernels(*image); status.failed())
    return status;
  if (Status status = program->uploadWeights(); status.failed())
    return status;
  result = std::move(program);
  return {};
}

Status CudaProgram::loadModule(const CudaImage &image) {
  const Driver &driver = device.driver;
  // Machine code where it is the device's very own; PTX is what the simulator executes, and what a
  // newer device's driver compiles.
  bool exact = parseArchitecture(image.arch).capability == device.capability;
  if (!image.cubin.empty() && exact && !device.isSimulated() &&
      driver.moduleLoadDataEx(&module, image.cubin.data(), 0, nullptr, nullptr) == CUDA_SUCCESS)
    return {};
  std::string log(8192, 0);
  CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void *values[] = {log.data(), reinterpret_cast<void *>(log.size())};
  CUresult result = driver.moduleLoadDataEx(&module, image.ptx.data(), 2, options, values);
  Status status = driver.check(result, "loading the model's kernels for " + image.arch);
  if (status.failed() && log[0])
    status.message += std::string("\n") + log.c_str();
  return status;
}

Status CudaProgram::findKernels(const CudaImage &image) {
  for (size_t i = 0; i < image.launchers.size(); ++i) {
    Kernel kernel{nullptr, image.launchers[i], artifact->kernelSlots[i]};
    CUresult result =
        device.driver.moduleGetFunction(&kernel.function, module, artifact->kernels[i].c_str());
    if (Status status = device.driver.check(result, "finding " + artifact->describeKernel(i));
        status.failed())
      return status;
    if (kernel.slots < 0)
      return {AZL_BAD_ARTIFACT, "the artifact's metadata does not say how many slots kernel '" +
                                    artifact->kernels[i] + "' takes"};
    kernels.push_back(kernel);
  }
  allowed.assign(kernels.size(), 48 << 10); // what every kernel may have unasked
  return {};
}

Status CudaProgram::uploadWeights() {
  std::string_view bytes = artifact->weightBytes;
  weightMemory = device.allocate(bytes.size());
  if (!weightMemory)
    return {AZL_OUT_OF_MEMORY, "the model's weights (" + std::to_string(bytes.size()) +
                                   " bytes) do not fit into the device's memory"};
  for (void *weight : artifact->weights)
    weights.push_back(static_cast<char *>(weightMemory) +
                      (static_cast<const char *>(weight) - bytes.data()));
  return uploadMapped(device, weightMemory, bytes);
}

CudaProgram::~CudaProgram() {
  device.free(weightMemory);
  if (!module)
    return;
  CudaDevice::Current current(device);
  device.driver.moduleUnload(module);
}

Status CudaProgram::allowShared(int64_t kernel, int64_t bytes) const {
  std::lock_guard<std::mutex> lock(mutex);
  if (bytes <= allowed[kernel])
    return {};
  CUresult result = device.driver.functionSetAttribute(
      kernels[kernel].function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, int(bytes));
  if (result != CUDA_SUCCESS)
    return device.driver.check(result, "giving " + artifact->describeKernel(kernel) + " " +
                                           std::to_string(bytes) + " bytes of shared memory");
  allowed[kernel] = bytes;
  return {};
}

} // namespace azulejo::runtime::cuda
