#include "lib/Import/ExternalData.h"
#include "llvm/Support/Path.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mlir;

namespace azulejo {

namespace {
/// A file descriptor that closes itself.
class Descriptor {
public:
  explicit Descriptor(int value) : value(value) {}
  Descriptor(Descriptor &&other) : value(std::exchange(other.value, -1)) {}
  Descriptor &operator=(Descriptor &&other) {
    std::swap(value, other.value);
    return *this;
  }
  ~Descriptor() {
    if (value >= 0)
      close(value);
  }
  int get() const { return value; }

private:
  int value;
};
} // namespace

FailureOr<ExternalData::File> ExternalData::open(StringRef location, onnx::EmitError emitError) {
  if (auto known = files.find(location); known != files.end())
    return known->second;

  auto refuse = [&](const Twine &reason) {
    return emitError() << "external data file '" << location << "' " << reason;
  };
  if (folder.empty())
    return refuse("cannot be found: the model came from memory, and has no folder");
  if (location.empty() || location.contains('\0') || location.contains('\\'))
    return refuse("is no relative path");
  if (location.starts_with("/"))
    return refuse("is an absolute path; it must lie in the model's folder");

  SmallVector<StringRef> components;
  location.split(components, '/', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  llvm::erase(components, ".");
  if (components.empty())
    return refuse("is no file");
  if (llvm::is_contained(components, ".."))
    return refuse("leads out of the model's folder");

  Descriptor at(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (auto [index, component] : llvm::enumerate(components)) {
    if (at.get() < 0)
      return refuse(Twine("cannot be read: ") + std::strerror(errno));
    bool last = index + 1 == components.size();
    // O_NONBLOCK: a pipe must not make us wait before it is seen to be none of what is allowed.
    int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | (last ? O_NONBLOCK : O_DIRECTORY);
    struct stat status;
    if (fstatat(at.get(), component.str().c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISLNK(status.st_mode))
      return refuse("lies behind a symbolic link, '" + component +
                    "', which may lead out of the model's folder");
    at = Descriptor(openat(at.get(), component.str().c_str(), flags));
  }
  struct stat status;
  if (at.get() < 0 || fstat(at.get(), &status) != 0)
    return refuse(Twine("cannot be read: ") + std::strerror(errno));
  if (!S_ISREG(status.st_mode))
    return refuse("is no ordinary file");

  SmallString<256> path(folder);
  for (StringRef component : components)
    llvm::sys::path::append(path, component);
  auto buffer = llvm::MemoryBuffer::getOpenFile(at.get(), path, status.st_size,
                                                /*RequiresNullTerminator=*/false);
  if (!buffer)
    return refuse("cannot be read: " + buffer.getError().message());
  File file{path.str().str(), static_cast<uint64_t>((*buffer)->getBufferSize())};
  store.add(file.path, std::move(*buffer));
  files[location] = file;
  return file;
}

} // namespace azulejo
