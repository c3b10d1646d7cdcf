#include "lib/Codegen/Library.h"

namespace azulejo::codegen {

static const unsigned char kCpuLibrary[] = {
#include "lib/Codegen/Library.x86_64.bc.inc"
};

static const unsigned char kNvptxLibrary[] = {
#include "lib/Codegen/Library.nvptx64.bc.inc"
};

llvm::StringRef getCpuLibraryBitcode() {
  return {reinterpret_cast<const char *>(kCpuLibrary), sizeof(kCpuLibrary)};
}

llvm::StringRef getNvptxLibraryBitcode() {
  return {reinterpret_cast<const char *>(kNvptxLibrary), sizeof(kNvptxLibrary)};
}

} // namespace azulejo::codegen
