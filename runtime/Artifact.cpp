#include "runtime/Artifact.h"
#include "azulejo/Artifact/Hash.h"
#include "runtime/HostLibrary.h"
#include "runtime/OperatorLibraries.h"
#include "runtime/cpu/Features.h"
#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <sys/mman.h>

namespace azulejo::runtime {

Artifact::~Artifact() {
  if (handle)
    ::dlclose(handle);
  for (const Mapping &mapping : mappings)
    ::munmap(mapping.start, mapping.size);
}

Status Artifact::load(const std::string &path, bool checkWeights,
                      std::shared_ptr<Artifact> &result) {
  auto artifact = std::make_shared<Artifact>();
  artifact->path = path;
  if (Status status = artifact->file.open(path); status.failed())
    return status;
  if (Status status = artifact->readMetadata(); status.failed())
    return status;
  if (Status status = artifact->mapWeights(checkWeights); status.failed())
    return status;
  if (Status status = artifact->mapImages(); status.failed())
    return status;
  if (Status status = artifact->loadCode(); status.failed())
    return status;
  result = std::move(artifact);
  return {};
}

Status Artifact::readMetadata() {
  ElfFile::Section section = file.find(AZM_META_SECTION);
  if (!section.found)
    return {AZL_BAD_ARTIFACT, "'" + path +
                                  "' is not a compiled model, or a stripped one: it has no " +
                                  AZM_META_SECTION + " section"};
  metadata.resize(section.size);
  Status damaged(AZL_BAD_ARTIFACT, "'" + path + "' is damaged: its metadata cannot be read");
  if (!file.read(section.offset, metadata.data(), section.size))
    return damaged;
  std::optional<Json> json = Json::parse(metadata);
  if (!json)
    return damaged;

  int64_t format = (*json)["format"].integer().value_or(-1);
  if (format != AZM_FORMAT_VERSION)
    return {AZL_BAD_ARTIFACT, "'" + path + "' has format version " + std::to_string(format) +
                                  ", and this runtime reads version " +
                                  std::to_string(AZM_FORMAT_VERSION) + "; compile the model again"};
  if (Status status = checkTarget((*json)["target"]); status.failed())
    return status;

  if (auto *text = (*json)["name"].string())
    name = *text;
  if (auto *text = (*json)["unbounded"].string())
    unbounded = *text;
  for (const Json &symbol : (*json)["symbols"].elements()) {
    if (!symbol.string())
      return damaged;
    symbols.push_back(*symbol.string());
  }
  for (const Json &kernel : (*json)["kernels"].elements()) {
    if (!kernel["name"].string())
      return damaged;
    kernels.push_back(*kernel["name"].string());
    std::string nodes;
    for (const Json &node : kernel["nodes"].elements())
      if (node.string())
        nodes += (nodes.empty() ? "'" : ", '") + *node.string() + "'";
    kernelNodes.push_back(std::move(nodes));
    kernelSlots.push_back(kernel["slots"].integer().value_or(-1));
  }
  for (const Json &image : (*json)["cuda"].elements()) {
    const Json &ptx = image["ptx"], &cubin = image["cubin"];
    auto ptxOffset = ptx["offset"].integer(), ptxLength = ptx["length"].integer();
    if (!image["arch"].string() || !ptxOffset || !ptxLength)
      return damaged;
    images.push_back({*image["arch"].string(), {}, {}, {}});
    imageTable.push_back({*ptxOffset, *ptxLength, cubin["offset"].integer().value_or(0),
                          cubin["length"].integer().value_or(0)});
  }
  for (const Json &check : (*json)["checks"].elements())
    checks.push_back(check.string() ? *check.string() : "");
  if ((*json)["strings"].isArray())
    strings.clear();
  for (const Json &text : (*json)["strings"].elements())
    strings.push_back(text.string() ? *text.string() : "");
  for (size_t i = 0; i < strings.size(); ++i)
    stringNumbers.emplace(strings[i], i);
  if (Status status = readHostCalls((*json)["host_calls"]); status.failed())
    return status;
  for (const Json &weight : (*json)["weights"].elements()) {
    auto offset = weight["offset"].integer(), length = weight["length"].integer();
    auto *hash = weight["hash"].string();
    if (!offset || !length || !hash || *offset < 0 || *length < 0 || *offset % AZM_BUFFER_ALIGNMENT)
      return damaged;
    weightTable.push_back({*offset, *length, *hash});
  }
  weightsSize = (*json)["weights_size"].integer().value_or(-1);
  if (weightsSize < 0)
    return damaged;
  if (Status status = readSignature((*json)["inputs"], "input", inputs); status.failed())
    return status;
  return readSignature((*json)["outputs"], "output", outputs);
}

Status Artifact::readHostCalls(const Json &calls) {
  auto read = [](const Json &values, std::vector<HostCall::Slot> &slots) {
    for (const Json &value : values.elements()) {
      HostCall::Slot &slot = slots.emplace_back();
      if (auto *type = value["type"].string())
        slot.type = azl_element_type_from_name(type->c_str());
      for (const Json &size : value["shape"].elements())
        slot.shape.push_back(size.integer().value_or(-1));
    }
  };
  for (const Json &entry : calls.elements()) {
    HostCall &call = hostCalls.emplace_back();
    auto *function = entry["function"].string(), *node = entry["node"].string();
    if (!function || !node)
      return {AZL_BAD_ARTIFACT, "'" + path + "' is damaged: a call of the host has no name"};
    call.function = *function;
    call.node = *node;
    read(entry["inputs"], call.inputs);
    read(entry["outputs"], call.outputs);
    // An operator of a library has a domain. What an artifact says of itself needs no library.
    if (call.function.find('.') != call.function.npos) {
      if (Status status = findOperator(call.function, call.run); status.failed())
        missingOperator = {status.code, "'" + path + "': " + status.message};
      continue;
    }
    if (Status status = findHostFunction(call.function, call.run); status.failed())
      return {status.code, "'" + path + "': " + status.message};
  }
  return {};
}

Status Artifact::checkTarget(const Json &target) {
  if (auto *text = target["device"].string())
    device = *text;
  std::string missing;
  for (const Json &feature : target["features"].elements())
    if (feature.string() && !cpu::hasFeature(*feature.string()))
      missing += (missing.empty() ? "" : ", ") + *feature.string();
  if (missing.empty())
    return {};
  return {AZL_UNSUPPORTED, "'" + path + "' needs CPU features that this machine lacks: " + missing};
}

Status Artifact::readSignature(const Json &values, const char *what,
                               std::vector<ValueInfo> &result) {
  Status damaged(AZL_BAD_ARTIFACT, "'" + path + "' is damaged: " + what + " " +
                                       std::to_string(result.size()) + " has no proper type");
  if (!values.isArray())
    return damaged;
  for (const Json &value : values.elements()) {
    ValueInfo info;
    auto *name = value["name"].string(), *type = value["type"].string();
    if (!name || !type || !value["shape"].isArray())
      return damaged;
    info.name = *name;
    info.type = azl_element_type_from_name(type->c_str());
    if (info.type == AZL_UNDEFINED && type->find('(') == type->npos)
      return damaged;
    if (info.type == AZL_UNDEFINED)
      info.valueType = *type;
    for (const Json &dim : value["shape"].elements()) {
      if (!dim.integer() && !dim.string())
        return damaged;
      info.shape.push_back(dim.integer().value_or(-1));
      info.symbols.push_back(dim.string() ? *dim.string() : "");
      auto found = std::find(symbols.begin(), symbols.end(), info.symbols.back());
      info.symbolIndex.push_back(found == symbols.end() ? -1 : int(found - symbols.begin()));
      bool isExpression = dim.string() && info.symbolIndex.back() < 0 && *dim.string() != "?";
      info.expressions.push_back(isExpression ? Expression::parse(info.symbols.back(), symbols)
                                              : std::nullopt);
    }
    result.push_back(std::move(info));
  }
  for (ValueInfo &info : result)
    for (std::string &symbol : info.symbols)
      info.symbolText.push_back(symbol.empty() ? nullptr : symbol.c_str());
  return {};
}

const char *Artifact::map(const char *name, size_t &size, Status &status) {
  ElfFile::Section section = file.find(name);
  size = section.size;
  if (!section.found || !size)
    return nullptr;
  size_t before = section.offset % AZM_PAGE_SIZE; // mappings begin at a page
  void *mapped = ::mmap(nullptr, before + size, PROT_READ, MAP_SHARED, file.descriptor(),
                        static_cast<off_t>(section.offset - before));
  if (mapped == MAP_FAILED) {
    status = Status(AZL_OUT_OF_MEMORY, "cannot map section " + std::string(name) + " of '" + path +
                                           "': " + std::strerror(errno));
    return nullptr;
  }
  mappings.push_back({mapped, before + size});
  return static_cast<const char *>(mapped) + before;
}

Status Artifact::mapWeights(bool checkHashes) {
  // Weights without elements need no section, and yet an address.
  alignas(AZM_BUFFER_ALIGNMENT) static char nothing[AZM_BUFFER_ALIGNMENT];
  const char *start = nothing;
  if (weightsSize) {
    ElfFile::Section section = file.find(AZM_WEIGHTS_SECTION);
    if (!section.found)
      return {AZL_BAD_ARTIFACT, "the weights of '" + path +
                                    "' are missing (was it stripped?): it has no " +
                                    AZM_WEIGHTS_SECTION + " section"};
    if (section.size != static_cast<uint64_t>(weightsSize) || section.offset % AZM_PAGE_SIZE)
      return {AZL_BAD_ARTIFACT, "the weights of '" + path + "' are damaged: the section has " +
                                    std::to_string(section.size) + " bytes, not " +
                                    std::to_string(weightsSize)};
    Status status;
    size_t size;
    start = map(AZM_WEIGHTS_SECTION, size, status);
    if (!start)
      return status;
  }
  weightBytes = {start, static_cast<size_t>(weightsSize)};
  for (size_t i = 0; i < weightTable.size(); ++i) {
    const WeightEntry &entry = weightTable[i];
    if (entry.offset > weightsSize || entry.length > weightsSize - entry.offset)
      return {AZL_BAD_ARTIFACT, "'" + path + "' is damaged: weight " + std::to_string(i) +
                                    " lies outside of its section"};
    weights.push_back(const_cast<char *>(start) + entry.offset);
    if (!checkHashes)
      continue;
    char text[17];
    std::snprintf(text, sizeof text, "%016" PRIx64, xxh64(weights.back(), entry.length));
    if (entry.hash != text)
      return {AZL_BAD_ARTIFACT, "the weights of '" + path + "' are damaged: weight " +
                                    std::to_string(i) + " has hash " + text + ", not " +
                                    entry.hash};
  }
  return {};
}

Status Artifact::mapImages() {
  if (images.empty())
    return {};
  Status status;
  size_t size = 0;
  const char *start = map(AZM_CUDA_SECTION, size, status);
  if (status.failed())
    return status;
  auto within = [&](int64_t offset, int64_t length) {
    return offset >= 0 && length >= 0 && uint64_t(offset) <= size &&
           uint64_t(length) <= size - offset;
  };
  for (size_t i = 0; i < images.size(); ++i) {
    const ImageEntry &entry = imageTable[i];
    if (!within(entry.ptxOffset, entry.ptxLength) ||
        !within(entry.cubinOffset, entry.cubinLength) || !entry.ptxLength ||
        start[entry.ptxOffset + entry.ptxLength - 1] != 0)
      return {AZL_BAD_ARTIFACT, "the kernels of '" + path +
                                    "' are missing or damaged (was it "
                                    "stripped?): see section " AZM_CUDA_SECTION};
    images[i].ptx = {start + entry.ptxOffset, size_t(entry.ptxLength - 1)};
    images[i].cubin = {start + entry.cubinOffset, size_t(entry.cubinLength)};
  }
  return {};
}

Status Artifact::loadCode() {
  // Through the descriptor, and not by path: the dynamic loader would answer a path that it knows
  // with what it loaded before, even where the file has since been replaced.
  std::string link = "/proc/self/fd/" + std::to_string(file.descriptor());
  handle = ::dlopen(link.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    handle = ::dlopen(path.find('/') == path.npos ? ("./" + path).c_str() : path.c_str(),
                      RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return {AZL_BAD_ARTIFACT, "cannot load the code of '" + path + "': " + ::dlerror()};
  run = reinterpret_cast<azm_run_function>(::dlsym(handle, AZM_RUN_SYMBOL));
  peakMemory = reinterpret_cast<azm_peak_memory_function>(::dlsym(handle, AZM_PEAK_MEMORY_SYMBOL));
  if (!run || !peakMemory)
    return {AZL_BAD_ARTIFACT, "'" + path +
                                  "' is damaged: its code lacks " AZM_RUN_SYMBOL
                                  " or " AZM_PEAK_MEMORY_SYMBOL};
  for (CudaImage &image : images)
    for (const std::string &kernel : kernels) {
      std::string symbol = kernel + "." + image.arch;
      auto found = reinterpret_cast<azm_gpu_kernel>(::dlsym(handle, symbol.c_str()));
      if (!found)
        return {AZL_BAD_ARTIFACT, "'" + path + "' is damaged: its code lacks " + symbol};
      image.launchers.push_back(found);
    }
  return {};
}

Status Artifact::explainCheck(int64_t check, int64_t index, int64_t low, int64_t high) const {
  std::string message = size_t(check) < checks.size() ? checks[check] : "a kernel's index";
  message += " holds " + std::to_string(index) + ", ";
  message += low == high ? "and the dimension has no elements"
                         : "which is not within [" + std::to_string(low) + ", " +
                               std::to_string(high - 1) + "]";
  return {AZL_RUN_FAILED, message};
}

std::string Artifact::describeKernel(int64_t kernel) const {
  std::string text = "kernel '" + kernels[kernel] + "'";
  if (!kernelNodes[kernel].empty())
    text += " (node " + kernelNodes[kernel] + ")";
  return text;
}

} // namespace azulejo::runtime
