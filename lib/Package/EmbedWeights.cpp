#include "azulejo/compiler.h"
#include "dialects/Plan/Plan.h"
#include "lib/Package/Passes.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

namespace azulejo {
#define GEN_PASS_DEF_EMBEDWEIGHTS
#include "lib/Package/Passes.h.inc"
} // namespace azulejo

using namespace mlir;
using namespace azulejo;

/// Elements smaller than a byte, packed in the file, one byte each, as all resources hold them.
static AsmResourceBlob unpack(ArrayRef<char> packed, int64_t count, unsigned bits) {
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(count, /*align=*/64, /*dataIsMutable=*/true);
  for (int64_t i = 0; i < count; ++i) {
    uint8_t element = 0;
    for (unsigned bit = 0; bit < bits; ++bit)
      element |= (packed[(i * bits + bit) / 8] >> ((i * bits + bit) % 8) & 1) << bit;
    blob.getMutableData()[i] = static_cast<char>(element);
  }
  return blob;
}

LogicalResult azulejo::embedWeights(ModuleOp module) {
  bool readable = true;
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](plan::WeightAttr weight) -> Attribute {
    FailureOr<ArrayRef<char>> bytes = weight.getBytes(module.getLoc());
    if (failed(bytes)) {
      readable = false;
      return weight;
    }
    auto type = cast<RankedTensorType>(weight.getType());
    Type element = type.getElementType();
    unsigned bits = element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 8;
    // Whole bytes stay where they are mapped: whoever parses the module gets them aligned.
    AsmResourceBlob blob = bits > 1 && bits < 8
                               ? unpack(*bytes, type.getNumElements(), bits)
                               : UnmanagedAsmResourceBlob::allocateWithAlign(*bytes, /*align=*/64);
    return DenseResourceElementsAttr::get(type, "weight", std::move(blob));
  });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true);
  return success(readable);
}

namespace {
struct EmbedWeightsPass : azulejo::impl::EmbedWeightsBase<EmbedWeightsPass> {
  void runOnOperation() override {
    if (failed(embedWeights(getOperation())))
      signalPassFailure();
  }
};
} // namespace
