//===- UpgradeTables.cpp - LabelEncoder of version 1
//----------------------------------------------===//
#include "lib/Graph/Upgrades.h"
#include "lib/Import/SchemaInference.h"
#include <numeric>

using namespace mlir;

namespace azulejo::graph {

/// One list of classes, whose places are the other side of the table.
static LogicalResult upgradeLabelEncoder(Operation *op, int, NodeBuilder &build) {
  auto classes = op->getAttrOfType<ArrayAttr>("classes_strings");
  if (!classes)
    return op->emitError() << onnx::describeNode(op) << ": classes_strings is missing";
  SmallVector<int64_t> places(classes.size());
  std::iota(places.begin(), places.end(), 0);
  bool fromInts = getElementType(op->getOperand(0)).isInteger(64);
  ArrayRef<int64_t> numbers = places;
  return upgradeTo(op, build, getFormalOperandValues(op), {"classes_strings"},
                   {build.attr(fromInts ? "keys_int64s" : "values_int64s", numbers),
                    build.attr(fromInts ? "values_strings" : "keys_strings", Attribute(classes))});
}

void addTableUpgrades(UpgradeRules &rules) {
  rules.add({"ai_onnx_ml.LabelEncoder"}, 2, upgradeLabelEncoder);
}

} // namespace azulejo::graph
