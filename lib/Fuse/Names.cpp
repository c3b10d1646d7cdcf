#include "lib/Fuse/Names.h"
#include "dialects/Tile/Tile.h"

using namespace mlir;

namespace azulejo::fuse {

static std::optional<StringRef> firstName(Location location) {
  if (auto name = dyn_cast<NameLoc>(location))
    return name.getName().getValue();
  if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      if (auto name = firstName(part))
        return name;
  return std::nullopt;
}

std::string nodeName(Location location) { return firstName(location).value_or("?").str(); }

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

static void collectNames(Location location, SmallVectorImpl<std::string> &names) {
  if (auto name = dyn_cast<NameLoc>(location)) {
    std::string part = shortName(name.getName().getValue());
    if (!part.empty() && !llvm::is_contained(names, part))
      names.push_back(part);
  } else if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      collectNames(part, names);
  }
}

std::string KernelNames::make(ArrayRef<Operation *> ops) {
  SmallVector<std::string> parts;
  for (Operation *op : ops)
    collectNames(op->getLoc(), parts);
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
