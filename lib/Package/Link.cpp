#include "lib/Package/Link.h"
#include "lld/Common/Driver.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace llvm;

namespace azulejo::package {

/// What the dynamic loader finds in every process's libc.
static bool isAllowedUndefined(StringRef name) {
  return name == "memcpy" || name == "memmove" || name == "memset";
}

static Error checkUndefined(ArrayRef<char> object) {
  auto file = object::ObjectFile::createELFObjectFile(
      MemoryBufferRef(StringRef(object.data(), object.size()), "object"));
  if (!file)
    return file.takeError();
  std::string wrong;
  for (const object::SymbolRef &symbol : (*file)->symbols()) {
    Expected<uint32_t> flags = symbol.getFlags();
    Expected<StringRef> name = symbol.getName();
    if (!flags || !name)
      return joinErrors(flags.takeError(), name.takeError());
    if ((*flags & object::SymbolRef::SF_Undefined) &&
        !(*flags & object::SymbolRef::SF_FormatSpecific) && !name->empty() &&
        !isAllowedUndefined(*name))
      wrong += (wrong.empty() ? "" : ", ") + name->str();
  }
  if (wrong.empty())
    return Error::success();
  return createStringError("the compiled code calls functions that an artifact cannot have: " +
                           wrong);
}

Expected<std::unique_ptr<MemoryBuffer>> linkSharedObject(ArrayRef<char> object) {
  if (Error error = checkUndefined(object))
    return std::move(error);
  SmallString<128> objectPath, outputPath;
  int descriptor;
  if (std::error_code code = sys::fs::createTemporaryFile("azulejo", "o", descriptor, objectPath))
    return createStringError(code, "cannot create a temporary file: " + code.message());
  FileRemover removeObject(objectPath);
  {
    raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
    stream.write(object.data(), object.size());
    stream.flush();
    if (std::error_code code = stream.error()) {
      stream.clear_error();
      return createStringError(code, "cannot write '" + objectPath + "': " + code.message());
    }
  }
  if (std::error_code code = sys::fs::createTemporaryFile("azulejo", "so", outputPath))
    return createStringError(code, "cannot create a temporary file: " + code.message());
  FileRemover removeOutput(outputPath);

  // No build id and no soname: the first would depend on nothing of use, and by the second the
  // dynamic loader would take two models for one. One thread, because what is linked is small.
  const char *arguments[] = {"ld.lld",
                             "-shared",
                             "--gc-sections",
                             "--build-id=none",
                             "--hash-style=gnu",
                             "--threads=1",
                             "-z",
                             "now",
                             "-z",
                             "noexecstack",
                             "--no-rosegment",
                             "-o",
                             outputPath.c_str(),
                             objectPath.c_str()};
  std::string errors;
  raw_string_ostream errorStream(errors);
  static std::mutex mutex; // lld has state of its own
  lld::Result result;
  {
    std::lock_guard<std::mutex> lock(mutex);
    result = lld::lldMain(arguments, nulls(), errorStream, {{lld::Gnu, &lld::elf::link}});
  }
  if (result.retCode)
    return createStringError("the linker failed: " + StringRef(errors).trim());
  auto buffer = MemoryBuffer::getFile(outputPath, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false, /*IsVolatile=*/true);
  if (!buffer)
    return createStringError(buffer.getError(),
                             "cannot read what was linked: " + buffer.getError().message());
  return std::move(*buffer);
}

} // namespace azulejo::package
