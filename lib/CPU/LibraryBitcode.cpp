#include "lib/CPU/EmitObject.h"

namespace azulejo::cpu {

static const unsigned char kLibrary[] = {
#include "lib/CPU/Library.bc.inc"
};

llvm::StringRef getLibraryBitcode() {
  return {reinterpret_cast<const char *>(kLibrary), sizeof(kLibrary)};
}

} // namespace azulejo::cpu
