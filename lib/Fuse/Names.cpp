#include "lib/Fuse/Names.h"
#include "dialects/Tile/Tile.h"

using namespace mlir;

namespace azulejo::fuse {

void collectNodeNames(Location location, SmallVectorImpl<StringRef> &names) {
  if (auto name = dyn_cast<NameLoc>(location)) {
    if (!llvm::is_contained(names, name.getName().getValue()))
      names.push_back(name.getName());
  } else if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      collectNodeNames(part, names);
  }
}

/// The telling part of a node's name: "/encoder/layer.3/attention/MatMul_1" is "matmul".
static std::string shortName(StringRef name) {
  name = name.rsplit('/').second.empty() ? name : name.rsplit('/').second;
  std::string result;
  for (char c : name)
    if (llvm::isAlnum(c))
      result += llvm::toLower(c);
    else if (!result.empty() && result.back() != '_')
      result += '_';
  StringRef trimmed(result);
  trimmed = trimmed.rtrim("0123456789_");
  return trimmed.take_front(40).str();
}

KernelNames::KernelNames(ModuleOp module) {
  for (Operation &op : module.getOps())
    if (auto symbol = op.getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName()))
      taken.insert(symbol.getValue());
}

std::string KernelNames::make(ArrayRef<Operation *> ops) {
  SmallVector<StringRef> nodes;
  for (Operation *op : ops)
    collectNodeNames(op->getLoc(), nodes);
  SmallVector<std::string> parts;
  for (StringRef node : nodes)
    if (std::string part = shortName(node); !part.empty() && !llvm::is_contained(parts, part))
      parts.push_back(part);
  if (parts.empty())
    for (Operation *op : ops)
      if (std::string part = op->getName().stripDialect().str(); !llvm::is_contained(parts, part))
        parts.push_back(part);
  std::string suffix;
  for (const std::string &part : ArrayRef(parts).take_front(3))
    suffix += "_" + part;
  return makeUnique(StringRef(suffix).drop_front());
}

std::string KernelNames::makeUnique(StringRef hint) {
  // A name made here before keeps its telling part only.
  if (hint.consume_front("main_k"))
    hint = hint.ltrim("0123456789").ltrim('_');
  std::string part = shortName(hint), name;
  do
    name = "main_k" + std::to_string(next++) + (part.empty() ? "" : "_" + part);
  while (!taken.insert(name).second);
  return name;
}

} // namespace azulejo::fuse
