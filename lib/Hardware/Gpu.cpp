#include "lib/Hardware/Gpu.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace azulejo::hardware {

static const unsigned char kArchitectures[] = {
#include "lib/Hardware/architectures.json.inc"
};
static const unsigned char kGpus[] = {
#include "lib/Hardware/gpus.json.inc"
};
static const unsigned char kAzure[] = {
#include "lib/Hardware/azure.json.inc"
};

/// The files are part of the program, so one that is wrong is an error of the program: tests read
/// every entry.
template <size_t size> static json::Object parse(const unsigned char (&text)[size]) {
  Expected<json::Value> value = json::parse(StringRef(reinterpret_cast<const char *>(text), size));
  if (!value)
    report_fatal_error(value.takeError());
  return std::move(*value->getAsObject());
}

static int64_t integer(const json::Object &object, StringRef key) {
  std::optional<int64_t> value = object.getInteger(key);
  if (!value)
    report_fatal_error("hardware description without '" + key + "'");
  return *value;
}

static std::string text(const json::Object &object, StringRef key) {
  std::optional<StringRef> value = object.getString(key);
  if (!value)
    report_fatal_error("hardware description without '" + key + "'");
  return value->str();
}

static GpuDescription readGpu(StringRef name, const json::Object &object,
                              const json::Object &architectures) {
  GpuDescription gpu;
  gpu.name = name.str();
  gpu.title = text(object, "title");
  gpu.arch = text(object, "arch");
  gpu.multiprocessors = integer(object, "multiprocessors");
  gpu.clockHz = integer(object, "clock_mhz") * 1'000'000;
  gpu.memoryBytes = integer(object, "memory_gib") << 30;
  gpu.memoryBytesPerSecond = integer(object, "memory_gb_per_second") * 1'000'000'000;
  gpu.l2Bytes = integer(object, "l2_mib") << 20;
  gpu.linkBytesPerSecond = integer(object, "link_gb_per_second") * 1'000'000'000;

  const json::Object *arch = architectures.getObject(gpu.arch);
  if (!arch)
    report_fatal_error("no description of architecture " + Twine(gpu.arch));
  gpu.sharedBytesPerBlock = integer(*arch, "shared_bytes_per_block");
  gpu.sharedBytesPerMultiprocessor = integer(*arch, "shared_bytes_per_multiprocessor");
  gpu.threadsPerMultiprocessor = integer(*arch, "threads_per_multiprocessor");
  gpu.blocksPerMultiprocessor = integer(*arch, "blocks_per_multiprocessor");
  gpu.scalarF32 = integer(*arch, "scalar_f32");
  gpu.scalarF64 = integer(*arch, "scalar_f64");
  for (const auto &[type, rate] : *arch->getObject("tensor"))
    gpu.tensorRates[StringRef(type)] = *rate.getAsInteger();
  for (const json::Value &feature : *arch->getArray("features"))
    gpu.features.insert(*feature.getAsString());
  return gpu;
}

int64_t GpuDescription::computeCapability() const {
  int64_t number = 0;
  StringRef(arch).drop_front(3).consumeInteger(10, number);
  return number;
}

double GpuDescription::multiplyAddsPerSecond(StringRef type) const {
  int64_t perClock = tensorRate(type);
  if (!perClock)
    perClock = type == "f64" ? scalarF64 : scalarF32;
  return double(perClock) * multiprocessors * clockHz;
}

std::vector<GpuDescription> allGpus() {
  json::Object architectures = parse(kArchitectures), gpus = parse(kGpus);
  std::vector<GpuDescription> result;
  for (const auto &[name, object] : gpus)
    result.push_back(readGpu(name, *object.getAsObject(), architectures));
  llvm::sort(result, [](const auto &a, const auto &b) { return a.name < b.name; });
  return result;
}

std::vector<MachineDescription> allMachines() {
  json::Object machines = parse(kAzure);
  std::vector<MachineDescription> result;
  for (const auto &[name, value] : machines) {
    const json::Object &object = *value.getAsObject();
    result.push_back({name.str(), text(object, "gpu"), integer(object, "gpus"),
                      integer(object, "cpus"), integer(object, "memory_gib") << 30});
  }
  llvm::sort(result, [](const auto &a, const auto &b) { return a.name < b.name; });
  return result;
}

/// Of several GPUs of an architecture, the one that code for the architecture alone is tuned for.
static StringRef representative(StringRef arch) {
  return llvm::StringSwitch<StringRef>(arch)
      .Case("sm_80", "a100")
      .Case("sm_86", "a10")
      .Case("sm_89", "l4")
      .Case("sm_90a", "h100")
      .Case("sm_100a", "b200")
      .Case("sm_120a", "rtx5090")
      .Default("");
}

Expected<GpuDescription> describeGpu(StringRef name) {
  StringRef wanted = name;
  std::vector<MachineDescription> machines;
  if (wanted.consume_front("azure:")) {
    machines = allMachines();
    auto machine = llvm::find_if(machines, [&](const auto &each) { return each.name == wanted; });
    if (machine == machines.end())
      return createStringError("there is no description of the Azure VM size '" + wanted +
                               "': `azulejo hardware` lists those there are");
    wanted = machine->gpu;
  } else if (wanted.starts_with("sm_")) {
    wanted = representative(wanted);
  }
  for (GpuDescription &gpu : allGpus())
    if (gpu.name == wanted)
      return std::move(gpu);
  return createStringError("unknown GPU '" + name +
                           "': give an architecture (sm_80, sm_86, sm_89, sm_90a, sm_100a, "
                           "sm_120a), a GPU or azure:SIZE, as `azulejo hardware` lists them");
}

} // namespace azulejo::hardware
