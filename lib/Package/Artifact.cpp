#include "lib/Package/Artifact.h"
#include "azulejo/Artifact/CpuFeatures.h"
#include "azulejo/Artifact/Format.h"
#include "azulejo/Artifact/Hash.h"
#include "dialects/Plan/Plan.h"
#include "lib/Package/ElfWriter.h"
#include "lib/Package/Link.h"
#include "lib/Package/Weights.h"
#include "lib/Schedule/Signature.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::package;

static constexpr StringRef producer = "azulejo " AZULEJO_VERSION;

/// An attribute of strings, integers, arrays and dictionaries.
static llvm::json::Value toJson(Attribute value) {
  if (auto text = dyn_cast<StringAttr>(value))
    return llvm::json::fixUTF8(text.getValue());
  if (auto integer = dyn_cast<IntegerAttr>(value))
    return integer.getInt();
  if (auto array = dyn_cast<ArrayAttr>(value)) {
    llvm::json::Array result;
    for (Attribute element : array)
      result.push_back(toJson(element));
    return result;
  }
  llvm::json::Object result;
  for (NamedAttribute member : cast<DictionaryAttr>(value))
    result[member.getName().getValue()] = toJson(member.getValue());
  return result;
}

/// Of the features that the loader can ask a machine for, those that code for `cpu` may use.
static FailureOr<llvm::json::Array> requiredFeatures(StringRef cpu, Location loc) {
  llvm::InitializeNativeTarget();
  llvm::Triple triple(llvm::sys::getDefaultTargetTriple());
  std::string message, features;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return emitError(loc) << message;
  if (cpu == "host") {
    cpu = llvm::sys::getHostCPUName();
    for (const auto &[name, enabled] : llvm::sys::getHostCPUFeatures())
      features += (features.empty() ? "" : ",") + std::string(enabled ? "+" : "-") + name.str();
  }
  std::unique_ptr<llvm::MCSubtargetInfo> info(target->createMCSubtargetInfo(triple, cpu, features));
  llvm::json::Array result;
  for (const X86Feature &feature : x86Features)
    if (info && triple.isX86() && info->checkFeatures(std::string("+") + feature.name))
      result.push_back(feature.name);
  return result;
}

/// The weights' part of the metadata, and the section while it is written.
static FailureOr<llvm::json::Array> writeWeights(ArrayAttr weights, ElfWriter &writer,
                                                 raw_ostream &stream, Location loc) {
  llvm::json::Array table;
  for (Attribute weight : weights) {
    writer.align(AZM_BUFFER_ALIGNMENT);
    uint64_t offset = writer.sectionOffset();
    Xxh64 hash;
    if (failed(streamElements(weight, loc, [&](ArrayRef<char> bytes) {
          hash.update(bytes.data(), bytes.size());
          stream.write(bytes.data(), bytes.size());
        })))
      return failure();
    auto type = cast<ShapedType>(cast<TypedAttr>(weight).getType());
    std::string element;
    llvm::raw_string_ostream(element) << type.getElementType();
    table.push_back(llvm::json::Object{
        {"offset", offset},
        {"length", writer.sectionOffset() - offset},
        {"hash", llvm::utohexstr(hash.finish(), /*LowerCase=*/true, /*Width=*/16)},
        {"type", element},
        {"shape", llvm::json::Array(type.getShape())}});
  }
  return table;
}

/// A range of the section that is being written, which `bytes` become.
static llvm::json::Object writeRange(StringRef bytes, ElfWriter &writer, raw_ostream &stream) {
  writer.align(AZM_BUFFER_ALIGNMENT);
  uint64_t offset = writer.sectionOffset();
  stream << bytes;
  return llvm::json::Object{{"offset", offset}, {"length", bytes.size()}};
}

/// What ptxas says of the kernels, in the order of names.
static llvm::json::Array describeResources(const llvm::StringMap<KernelResources> &kernels) {
  SmallVector<StringRef> names(kernels.keys());
  llvm::sort(names);
  llvm::json::Array result;
  for (StringRef name : names) {
    KernelResources kernel = kernels.lookup(name);
    result.push_back(llvm::json::Object{{"name", name},
                                        {"registers", kernel.registers},
                                        {"shared", kernel.sharedBytes},
                                        {"stack", kernel.stackBytes},
                                        {"spilled", kernel.spilledBytes}});
  }
  return result;
}

/// The kernels' part of the metadata, and the section while it is written.
static llvm::json::Array writeImages(ArrayRef<GpuImage> images, ElfWriter &writer,
                                     raw_ostream &stream) {
  llvm::json::Array table;
  for (const GpuImage &image : images) {
    StringRef ptx(image.ptx.c_str(), image.ptx.size() + 1); // with the 0 behind it
    llvm::json::Object entry{{"arch", image.arch}, {"ptx", writeRange(ptx, writer, stream)}};
    if (!image.assembled.cubin.empty()) {
      entry["cubin"] = writeRange(image.assembled.cubin, writer, stream);
      entry["kernels"] = describeResources(image.assembled.kernels);
    }
    llvm::json::Array reasons;
    for (const KernelReason &reason : image.reasons)
      reasons.push_back(llvm::json::Object{
          {"kernel", reason.kernel}, {"lacks", reason.lacks}, {"reason", reason.reason}});
    entry["reasons"] = std::move(reasons);
    table.push_back(std::move(entry));
  }
  return table;
}

static LogicalResult writeFile(ModuleOp module, StringRef linked, ArrayRef<GpuImage> images,
                               llvm::json::Object metadata, llvm::raw_pwrite_stream &stream) {
  ElfWriter writer(stream, linked);
  if (!images.empty()) {
    writer.beginSection(AZM_CUDA_SECTION, AZM_BUFFER_ALIGNMENT);
    metadata["cuda"] = writeImages(images, writer, stream);
    writer.endSection();
  }
  auto weights = module->getAttrOfType<ArrayAttr>(schedule::weightsAttr);
  uint64_t weightsSize = 0;
  llvm::json::Array table;
  if (!weights.empty()) {
    writer.beginSection(AZM_WEIGHTS_SECTION, AZM_PAGE_SIZE);
    FailureOr<llvm::json::Array> written = writeWeights(weights, writer, stream, module.getLoc());
    if (failed(written))
      return failure();
    table = std::move(*written);
    weightsSize = writer.sectionOffset();
    writer.endSection();
  }
  metadata["weights"] = std::move(table);
  metadata["weights_size"] = weightsSize;
  writer.beginSection(AZM_META_SECTION, 1);
  stream << llvm::formatv("{0:2}", llvm::json::Value(std::move(metadata)));
  writer.endSection();
  writer.finish();
  const auto &header = writer.getHeader();
  stream.pwrite(reinterpret_cast<const char *>(&header), sizeof header, 0);
  return success();
}

/// Says of each kernel of GPUs how many slots it takes.
static LogicalResult addSlots(ModuleOp module, llvm::json::Array &kernels) {
  for (llvm::json::Value &value : kernels) {
    llvm::json::Object &kernel = *value.getAsObject();
    StringRef name = *kernel.getString("name");
    std::optional<int64_t> slots = countSlots(module, name);
    if (!slots)
      return module.emitError() << "kernel '" << name << "' is launched, and no GPU has it";
    kernel["slots"] = *slots;
  }
  return success();
}

LogicalResult azulejo::writeArtifact(ModuleOp module, ArrayRef<char> object,
                                     ArrayRef<GpuImage> images, const ArtifactOptions &options) {
  Location loc = module.getLoc();
  llvm::json::Object metadata, compileOptions;
  for (auto [attribute, key] : {std::pair<StringRef, const char *>(schedule::inputsAttr, "inputs"),
                                {schedule::outputsAttr, "outputs"},
                                {schedule::symbolsAttr, "symbols"},
                                {schedule::kernelsAttr, "kernels"},
                                {schedule::weightsAttr, ""},
                                {schedule::checksAttr, "checks"},
                                {schedule::hostCallsAttr, "host_calls"},
                                {plan::PlanDialect::getStringsAttrName(), "strings"},
                                {schedule::unfusedAttr, "unfused"},
                                {schedule::unboundedAttr, "unbounded"}}) {
    Attribute value = module->getAttr(attribute);
    if (!value && !llvm::is_contained({"checks", "host_calls", "strings", "unfused", "unbounded"},
                                      StringRef(key)))
      return emitError(loc) << "the module has no attribute '" << attribute
                            << "', which Schedule leaves for Package";
    if (value && *key)
      metadata[key] = toJson(value);
  }
  for (const auto &[name, value] : options.compileOptions)
    compileOptions[name] = value;
  if (!images.empty() && failed(addSlots(module, *metadata.getArray("kernels"))))
    return failure();
  FailureOr<llvm::json::Array> features = requiredFeatures(options.cpu, loc);
  if (failed(features))
    return failure();
  metadata["format"] = AZM_FORMAT_VERSION;
  metadata["producer"] = producer;
  metadata["name"] = llvm::json::fixUTF8(module.getName().value_or(""));
  metadata["options"] = std::move(compileOptions);
  metadata["target"] = llvm::json::Object{
      {"device", images.empty() ? "cpu" : "cuda"},
      {"arch", llvm::Triple(llvm::sys::getDefaultTargetTriple()).getArchName().str()},
      {"features", std::move(*features)}};

  auto linked = linkSharedObject(object);
  if (!linked)
    return emitError(loc) << llvm::toString(linked.takeError());
  auto file = llvm::sys::fs::TempFile::create(options.path + ".%%%%%%%%.tmp",
                                              llvm::sys::fs::all_read | llvm::sys::fs::all_write);
  if (!file)
    return emitError(loc) << "cannot write '" << options.path
                          << "': " << llvm::toString(file.takeError());
  llvm::raw_fd_ostream stream(file->FD, /*shouldClose=*/false);
  LogicalResult result =
      writeFile(module, (*linked)->getBuffer(), images, std::move(metadata), stream);
  stream.flush();
  std::error_code code = stream.error();
  stream.clear_error();
  if (failed(result) || code) {
    llvm::consumeError(file->discard());
    return failed(result)
               ? result
               : emitError(loc) << "cannot write '" << options.path << "': " << code.message();
  }
  if (llvm::Error error = file->keep(options.path))
    return emitError(loc) << "cannot write '" << options.path
                          << "': " << llvm::toString(std::move(error));
  return success();
}
