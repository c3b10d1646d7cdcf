//===- Load.cpp - From an image to a module -------------------------------===//
#include "runtime/cudasim/Driver/Load.h"
#include "runtime/cudasim/Count/Registers.h"
#include "runtime/cudasim/Driver/Ptxas.h"
#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>

namespace azulejo::cudasim::driver {

namespace {

/// Copies as much of `text` as fits, ended by a 0, and says how much that was.
void writeLog(char *buffer, size_t size, void **sizeOut, const std::string &text) {
  size_t written = 0;
  if (buffer && size != 0) {
    written = std::min(text.size(), size - 1);
    std::memcpy(buffer, text.data(), written);
    buffer[written] = 0;
  }
  if (sizeOut)
    *sizeOut = reinterpret_cast<void *>(written);
}

/// PTX's versions that decoding knows; a newer one is for a newer driver.
constexpr uint32_t newestIsa = 90;

/// "sm_90a" or "compute_80": what the PTX was written for must run on the GPU.
void checkTarget(const Architecture &gpu, std::string_view target, std::string &complaint) {
  size_t underscore = target.find('_');
  unsigned number = 0;
  size_t at = underscore == std::string_view::npos ? target.size() : underscore + 1;
  for (; at < target.size() && target[at] >= '0' && target[at] <= '9'; ++at)
    number = number * 10 + unsigned(target[at] - '0');
  char suffix = at < target.size() ? target[at] : 0;
  bool fits = number <= gpu.sm();
  if (suffix == 'a')
    fits = number == gpu.sm() && gpu.hasFamilyFeatures;
  if (suffix == 'f')
    fits = number <= gpu.sm() && number / 10 == gpu.sm() / 10;
  if (!fits)
    complaint = "the module is for " + std::string(target) + ", the simulated GPU is " + gpu.name;
}

/// As ptxas says where it is to be asked, otherwise an estimate.
void countRegisters(Driver &driver, Program &program, const std::string &text) {
  std::map<std::string, unsigned> counted;
  if (!driver.configuration.ptxas.empty()) {
    std::string complaint;
    counted = askPtxas(driver.configuration.ptxas, text, driver.architecture(), complaint);
    if (!complaint.empty())
      driver.say("ptxas: " + complaint + "\n", "");
  }
  for (auto &[name, kernel] : program.kernels) {
    auto found = counted.find(name);
    kernel.registersPerThread =
        found != counted.end() ? found->second : estimateRegisters(program, kernel);
  }
}

} // namespace

JitOptions readOptions(unsigned count, const CUjit_option *options, void **values) {
  require(count == 0 || (options != nullptr && values != nullptr));
  JitOptions read;
  for (unsigned i = 0; i < count; ++i) {
    require(options[i] >= 0 && options[i] < CU_JIT_NUM_OPTIONS);
    switch (options[i]) {
    case CU_JIT_INFO_LOG_BUFFER:
      read.infoLog = static_cast<char *>(values[i]);
      break;
    case CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES:
      read.infoSize = uint32_t(reinterpret_cast<uintptr_t>(values[i]));
      read.infoSizeOut = &values[i];
      break;
    case CU_JIT_ERROR_LOG_BUFFER:
      read.errorLog = static_cast<char *>(values[i]);
      break;
    case CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES:
      read.errorSize = uint32_t(reinterpret_cast<uintptr_t>(values[i]));
      read.errorSizeOut = &values[i];
      break;
    case CU_JIT_WALL_TIME:
      read.wallTimeOut = &values[i];
      break;
    default:
      break; // of a compiler: nothing to choose here
    }
  }
  return read;
}

std::string textOf(const void *image) {
  const auto *bytes = static_cast<const unsigned char *>(image);
  static const unsigned char elf[] = {0x7f, 'E', 'L', 'F'};
  // The wrapper that nvcc makes, and the fat binary itself.
  static const unsigned char wrapper[] = {0xb1, 0x43, 0x62, 0x46}, fat[] = {0x50, 0xed, 0x55, 0xba};
  auto begins = [&](const unsigned char (&magic)[4]) {
    for (unsigned i = 0; i < 4; ++i)
      if (bytes[i] != magic[i]) // and never past a 0
        return false;
    return true;
  };
  if (begins(elf) || begins(wrapper) || begins(fat)) {
    Driver::get().say("load error: the image is machine code or a fat binary; the simulated "
                      "driver runs PTX\n",
                      "");
    fail(CUDA_ERROR_NO_BINARY_FOR_GPU);
  }
  std::string text(static_cast<const char *>(image));
  // Text, that is: PTX begins with a comment, white space or a directive.
  bool plausible = !text.empty() && text.find(".version") != std::string::npos &&
                   std::none_of(text.begin(), text.end(), [](char c) {
                     return (unsigned char)c < 0x20 && !std::strchr("\t\n\v\f\r", c);
                   });
  require(plausible, CUDA_ERROR_INVALID_IMAGE);
  return text;
}

std::string readFile(const char *path) {
  std::ifstream file(path, std::ios::binary);
  require(bool(file), CUDA_ERROR_FILE_NOT_FOUND);
  std::stringstream content;
  content << file.rdbuf();
  require(bool(content), CUDA_ERROR_FILE_NOT_FOUND); // a folder, for example
  return content.str();
}

std::shared_ptr<Module> loadModule(Driver &driver, Context &context, const std::string &text,
                                   const JitOptions &options) {
  const Architecture &gpu = driver.architecture();
  auto refuse = [&](const std::string &complaint, CUresult result) {
    writeLog(options.errorLog, options.errorSize, options.errorSizeOut, complaint);
    writeLog(options.infoLog, options.infoSize, options.infoSizeOut, "");
    if (!options.errorLog)
      driver.say("load error: " + complaint + "\n", "");
    fail(result);
  };

  auto module = std::make_shared<Module>();
  module->context = driver.currentOrNull();
  auto undo = [&] {
    for (uint64_t begin : module->globals)
      driver.release(begin);
  };
  std::unique_ptr<ptx::Module> parsed;
  try {
    parsed = ptx::parse(text);
    if (parsed->isaMajor * 10 + parsed->isaMinor > newestIsa)
      refuse("PTX ISA " + std::to_string(parsed->isaMajor) + "." +
                 std::to_string(parsed->isaMinor) + " is newer than 9.0",
             CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
    std::string complaint;
    checkTarget(gpu, parsed->target, complaint);
    if (!complaint.empty())
      refuse(complaint, CUDA_ERROR_NO_BINARY_FOR_GPU);
    module->program =
        decode(std::move(parsed), gpu, [&](const ptx::Variable &variable, uint64_t size, uint32_t) {
          MemoryRecord record;
          record.kind = MemoryRecord::Global;
          record.context = module->context;
          std::string origin = "global variable `" + std::string(variable.name) + "`";
          uint64_t address = driver.allocate(std::max<uint64_t>(size, 1), record, origin.c_str());
          module->globals.push_back(address);
          return address;
        });
  } catch (const ptx::LoadError &error) {
    undo();
    refuse(error.what(), CUDA_ERROR_INVALID_PTX);
  } catch (...) {
    undo();
    throw;
  }
  for (const Program::InitialValue &each : module->program->initialValues)
    std::memcpy(driver.devicePointer(each.address, each.bytes.size()), each.bytes.data(),
                each.bytes.size());
  countRegisters(driver, *module->program, text);
  for (auto &[name, kernel] : module->program->kernels) {
    auto function = driver.registry.add(std::make_shared<KernelFunction>());
    function->module = module;
    function->name = name;
    function->kernel = &kernel;
    module->functions.emplace(name, function);
  }
  driver.registry.add(module);
  module->bank = driver.nextBank++;
  driver.banks[module->bank] = module;
  context.modules.push_back(module);
  writeLog(options.infoLog, options.infoSize, options.infoSizeOut, "");
  writeLog(options.errorLog, options.errorSize, options.errorSizeOut, "");
  if (options.wallTimeOut) {
    float milliseconds = 0;
    std::memcpy(options.wallTimeOut, &milliseconds, sizeof milliseconds);
  }
  return module;
}

void unloadModule(Driver &driver, Module &module) {
  for (auto &[name, function] : module.functions)
    driver.registry.remove(*function);
  for (uint64_t begin : module.globals)
    driver.release(begin);
  driver.banks.erase(module.bank);
  driver.registry.remove(module);
  if (std::shared_ptr<Context> context = module.context.lock()) {
    auto &modules = context->modules;
    modules.erase(std::remove_if(modules.begin(), modules.end(),
                                 [&](const auto &each) { return each.get() == &module; }),
                  modules.end());
  }
}

void getGlobal(const Module &module, const char *name, CUdeviceptr *address, size_t *bytes) {
  auto found = module.program->globals.find(std::string_view(name));
  require(found != module.program->globals.end(), CUDA_ERROR_NOT_FOUND);
  const Symbol &symbol = found->second;
  if (address)
    *address = symbol.space == ptx::StateSpace::Const
                   ? constantAddress(module.bank, symbol.address & 0xffffffff)
                   : symbol.address;
  if (bytes)
    *bytes = symbol.size;
}

std::shared_ptr<Module> moduleOf(Driver &driver, Library &library) {
  Context &context = driver.current();
  std::shared_ptr<Module> &module = library.modules[&context];
  if (!module) {
    module = loadModule(driver, context, library.text, {});
    for (auto &[name, kernel] : library.kernels) {
      auto function = module->functions.find(name);
      if (function != module->functions.end())
        function->second->settings = kernel->settings;
    }
  }
  return module;
}

std::shared_ptr<KernelFunction> functionOf(Driver &driver, LibraryKernel &kernel) {
  std::shared_ptr<Library> library = kernel.library.lock();
  require(library != nullptr, CUDA_ERROR_INVALID_HANDLE);
  std::shared_ptr<Module> module = moduleOf(driver, *library);
  module->library = library;
  auto found = module->functions.find(kernel.name);
  require(found != module->functions.end(), CUDA_ERROR_NOT_FOUND);
  return found->second;
}

} // namespace azulejo::cudasim::driver
