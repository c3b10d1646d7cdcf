#include "lib/Package/Ptxas.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>

using namespace llvm;

namespace azulejo::package {

std::optional<std::string> findPtxas() {
  if (const char *path = std::getenv("AZULEJO_PTXAS"); path && *path)
    return sys::fs::can_execute(path) ? std::optional<std::string>(path) : std::nullopt;
  if (const char *home = std::getenv("CUDA_HOME"); home && *home) {
    SmallString<128> path(home);
    sys::path::append(path, "bin", "ptxas");
    if (sys::fs::can_execute(path))
      return std::string(path);
  }
  if (ErrorOr<std::string> path = sys::findProgramByName("ptxas"))
    return *path;
  return std::nullopt;
}

/// The number before `unit` in a line such as "Used 10 registers, 16 bytes smem"; 0 without one.
static int64_t numberBefore(StringRef line, StringRef unit) {
  StringRef before = line.take_front(line.find(unit));
  if (before.size() == line.size())
    return 0;
  before = before.rtrim();
  int64_t number = 0;
  before.drop_front(before.find_last_not_of("0123456789") + 1).getAsInteger(10, number);
  return number;
}

StringMap<KernelResources> parseResources(StringRef text) {
  StringMap<KernelResources> kernels;
  KernelResources *current = nullptr;
  SmallVector<StringRef> lines;
  text.split(lines, '\n');
  for (StringRef line : lines) {
    if (line.contains("Compiling entry function '"))
      current = &kernels[line.split('\'').second.split('\'').first];
    else if (line.contains("Function properties for"))
      continue;
    if (!current)
      continue;
    current->registers += numberBefore(line, "registers");
    current->sharedBytes += numberBefore(line, "bytes smem");
    current->stackBytes += numberBefore(line, "bytes stack frame");
    current->spilledBytes +=
        numberBefore(line, "bytes spill stores") + numberBefore(line, "bytes spill loads");
    if (line.contains("Used "))
      current = nullptr;
  }
  return kernels;
}

namespace {
/// A file that goes when this does.
struct TemporaryFile {
  SmallString<128> path;
  FileRemover remover;

  Error create(StringRef suffix) {
    if (std::error_code code = sys::fs::createTemporaryFile("azulejo", suffix, path))
      return createStringError(code, "cannot create a temporary file: " + code.message());
    remover.setFile(path);
    return Error::success();
  }
  Expected<std::string> read() {
    auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false,
                                        /*IsVolatile=*/true);
    if (!buffer)
      return createStringError(buffer.getError(),
                               "cannot read '" + path + "': " + buffer.getError().message());
    return (*buffer)->getBuffer().str();
  }
};
} // namespace

Expected<Assembled> assemble(StringRef ptxas, StringRef ptx, StringRef arch) {
  TemporaryFile input, output, log;
  if (Error error = input.create("ptx"))
    return error;
  if (Error error = output.create("cubin"))
    return error;
  if (Error error = log.create("log"))
    return error;
  {
    std::error_code code;
    raw_fd_ostream stream(input.path, code);
    stream << ptx;
    stream.flush();
    if (code || (code = stream.error())) {
      stream.clear_error();
      return createStringError(code, "cannot write '" + input.path + "': " + code.message());
    }
  }
  std::string gpu = ("--gpu-name=" + arch).str();
  StringRef arguments[] = {ptxas, "-v", "-O3", gpu, input.path, "-o", output.path};
  std::optional<StringRef> redirects[] = {"", log.path, log.path};
  std::string message;
  int status = sys::ExecuteAndWait(ptxas, arguments, std::nullopt, redirects, 0, 0, &message);
  Expected<std::string> said = log.read();
  if (!said)
    return said.takeError();
  if (status)
    return createStringError(
        "ptxas refuses the kernels for " + arch + ": " +
        (message.empty() ? StringRef(*said).trim().take_front(2000) : StringRef(message)));
  Expected<std::string> cubin = output.read();
  if (!cubin)
    return cubin.takeError();
  return Assembled{std::move(*cubin), parseResources(*said)};
}

} // namespace azulejo::package
