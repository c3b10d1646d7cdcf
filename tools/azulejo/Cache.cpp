//===- Cache.cpp - Artifacts of models that were run without being compiled first -------------===//
//
// `azulejo run model.onnx` keeps what it compiled under a key of everything that decides its bytes:
// the model's content (and that of external data beside it, by size and time), the options and this
// very compiler. The folder is bounded: the artifacts not used for longest go first.
//
//===------------------------------------------------------------------------------------------===//
#include "tools/azulejo/Command.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"
#include "llvm/TargetParser/Host.h"
#include <cstdlib>
#include <dlfcn.h>

namespace azulejo::tool {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

static constexpr uint64_t maxCacheBytes = uint64_t(8) << 30;

static std::string getCacheFolder() {
  if (const char *folder = std::getenv("AZULEJO_CACHE"))
    return std::string(folder) + "/artifacts";
  llvm::SmallString<128> folder;
  if (const char *base = std::getenv("XDG_CACHE_HOME"); base && *base)
    folder = base;
  else if (!path::home_directory(folder))
    return "";
  else
    path::append(folder, ".cache");
  path::append(folder, "azulejo", "artifacts");
  return std::string(folder);
}

/// Files beside a model may hold its weights: any change of one gives another key.
static void appendSiblings(const std::string &model, std::string &key) {
  std::error_code error;
  llvm::SmallString<128> folder = path::parent_path(model);
  if (folder.empty())
    folder = ".";
  std::vector<std::string> lines;
  for (fs::directory_iterator entry(folder, error), end; entry != end && !error;
       entry.increment(error)) {
    auto status = entry->status();
    llvm::StringRef name = path::filename(entry->path());
    if (status && status->type() == fs::file_type::regular_file && !name.ends_with(".azm") &&
        name != path::filename(model) && status->getSize() > 0 &&
        (name.contains(".data") || name.ends_with(".bin") || name.ends_with(".weight") ||
         name.contains("onnx_data")))
      lines.push_back((name + "\n" + llvm::Twine(status->getSize()) + "\n" +
                       llvm::Twine(status->getLastModificationTime().time_since_epoch().count()))
                          .str());
  }
  llvm::sort(lines);
  key += llvm::join(lines, "\n");
}

/// The compiler itself: a library that was built again is another compiler, whatever its version
/// says.
static std::string identifyCompiler() {
  Dl_info info;
  fs::file_status status;
  if (!dladdr(reinterpret_cast<void *>(&getStageName), &info) || fs::status(info.dli_fname, status))
    return "";
  return (llvm::Twine(info.dli_fname) + "\n" + llvm::Twine(status.getSize()) + "\n" +
          llvm::Twine(status.getLastModificationTime().time_since_epoch().count()))
      .str();
}

static void trim(const std::string &folder, const std::string &keep) {
  struct Entry {
    std::string path;
    uint64_t size;
    llvm::sys::TimePoint<> used;
  };
  std::vector<Entry> entries;
  uint64_t total = 0;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; entry != end && !error;
       entry.increment(error))
    if (auto status = entry->status(); status && path::extension(entry->path()) == ".azm") {
      entries.push_back({entry->path(), status->getSize(), status->getLastModificationTime()});
      total += status->getSize();
    }
  llvm::sort(entries, [](const Entry &a, const Entry &b) { return a.used < b.used; });
  for (const Entry &entry : entries) {
    if (total <= maxCacheBytes)
      break;
    if (entry.path == keep)
      continue;
    fs::remove(entry.path);
    total -= entry.size;
  }
}

std::string findArtifact(const std::string &model, CompileFlags &flags) {
  if (llvm::StringRef(model).ends_with(".azm"))
    return model;
  auto content =
      llvm::MemoryBuffer::getFile(model, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!content)
    return fail("cannot read '" + model + "': " + content.getError().message()), "";
  std::string folder = getCacheFolder();
  if (folder.empty() || fs::create_directories(folder))
    return fail("no folder to keep artifacts in: set AZULEJO_CACHE, or compile to a file first"),
           "";

  std::string key = std::string(azl_version()) + "\n" + identifyCompiler() + "\n" +
                    llvm::join(flags.options.targets, "\n") + "\n" +
                    (flags.options.assembles ? "cubin\n" : "ptx\n") + flags.options.cpu + "\n" +
                    flags.precision + "\n" + llvm::sys::getHostCPUName().str() + "\n" +
                    llvm::join(flags.shapes, "\n") + "\n" + flags.options.extraPasses + "\n" +
                    flags.extraPassesAfter + "\n" + llvm::join(flags.plugins, "\n") + "\n";
  appendSiblings(model, key);
  auto hash = [](llvm::StringRef bytes) {
    return llvm::utohexstr(llvm::xxh3_64bits(bytes), true, 16);
  };
  for (const auto *files : {&flags.options.functions, &flags.operators})
    for (const std::string &path : *files)
      if (auto file = llvm::MemoryBuffer::getFile(path))
        key += hash((*file)->getBuffer()) + "\n";
  std::string artifact = folder + "/" + hash((*content)->getBuffer()) + hash(key) + ".azm";
  if (int file; !fs::openFileForReadWrite(artifact, file, fs::CD_OpenExisting, fs::OF_None)) {
    // Its time of modification is the time of its last use.
    fs::setLastAccessAndModificationTime(file, std::chrono::system_clock::now());
    fs::file_t handle = fs::convertFDToNativeFile(file);
    fs::closeFile(handle);
    return artifact;
  }
  if (!compileFile(model, artifact, flags))
    return "";
  trim(folder, artifact);
  return artifact;
}

} // namespace azulejo::tool
