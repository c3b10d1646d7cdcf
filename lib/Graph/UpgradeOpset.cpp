//===- UpgradeOpset.cpp - azulejo-upgrade-opset -----------------------------------------------===//
//
// Most versions of an operator differ from the next in the types they allow, or in attributes that
// came with a default which says what had been the case before. Those are renamed here. The rest
// has rules, by family, in Upgrade*.cpp.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Schema.h"
#include "lib/Graph/Passes.h"
#include "lib/Graph/Upgrades.h"
#include "lib/Import/SchemaInference.h"
#include "onnx/defs/schema.h"

namespace azulejo::graph {
#define GEN_PASS_DEF_UPGRADEOPSET
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;
using ::onnx::AttributeProto;
using ::onnx::OpSchema;

namespace azulejo::graph {

SmallVector<Value> getFormalOperandValues(Operation *op) {
  const OpSchema *schema = onnx::getSchema(op->getName());
  SmallVector<Value> operands;
  for (unsigned i = 0; i < schema->inputs().size(); ++i) {
    OperandRange range = onnx::getFormalOperands(op, i);
    if (range.empty() && schema->inputs()[i].GetOption() != OpSchema::Variadic)
      operands.push_back({});
    llvm::append_range(operands, range);
  }
  return operands;
}

/// An attribute's default as an attribute; null for the kinds whose defaults never differ between
/// versions.
static Attribute getDefaultAttribute(Builder builder, const AttributeProto &value) {
  switch (value.type()) {
  case AttributeProto::INT:
    return builder.getI64IntegerAttr(value.i());
  case AttributeProto::FLOAT:
    return builder.getF32FloatAttr(value.f());
  case AttributeProto::STRING:
    return builder.getStringAttr(value.s());
  default:
    return {};
  }
}

LogicalResult upgradeTo(Operation *op, NodeBuilder &build, ArrayRef<Value> operands,
                        ArrayRef<StringRef> dropped, ArrayRef<NamedAttribute> added,
                        StringRef opType) {
  const OpSchema *old = onnx::getSchema(op->getName());
  const OpSchema *schema =
      onnx::getNewestSchema(old->domain(), opType.empty() ? StringRef(old->Name()) : opType);
  SmallVector<NamedAttribute> attributes(added);
  auto isAdded = [&](StringRef name) {
    return llvm::any_of(added,
                        [&](NamedAttribute attribute) { return attribute.getName() == name; });
  };
  for (NamedAttribute attribute : op->getAttrs()) {
    StringRef name = attribute.getName();
    if (name != onnx::operandSegmentsName && name != onnx::resultSegmentsName &&
        name != "consumed_inputs" && !llvm::is_contained(dropped, name) && !isAdded(name))
      attributes.push_back(attribute);
  }
  // What the old version meant by silence, where the newest means something else.
  for (const auto &[name, attribute] : old->attributes()) {
    auto current = schema->attributes().find(name);
    if (op->hasAttr(onnx::getAttributeName(name)) || isAdded(name) ||
        llvm::is_contained(dropped, StringRef(name)) || current == schema->attributes().end() ||
        attribute.default_value.SerializeAsString() ==
            current->second.default_value.SerializeAsString())
      continue;
    if (Attribute value = getDefaultAttribute(build.builder, attribute.default_value))
      attributes.push_back(build.attr(onnx::getAttributeName(name), value));
  }
  SmallVector<Type> types;
  SmallVector<Value> results;
  for (unsigned i = 0; i < old->outputs().size(); ++i) {
    ResultRange range = onnx::getFormalResults(op, i);
    if (i >= schema->outputs().size()) {
      if (!range.empty() && !range.front().use_empty())
        return op->emitError() << onnx::describeNode(op) << ": output '"
                               << old->outputs()[i].GetName()
                               << "' no longer exists in ONNX and is in use";
      continue;
    }
    if (range.empty() && old->outputs()[i].GetOption() != OpSchema::Variadic)
      types.push_back({});
    for (Value result : range) {
      types.push_back(result.getType());
      results.push_back(result);
    }
  }
  Operation *created = createNode(build.builder, build.loc, onnx::getOperationName(*schema),
                                  operands, types, attributes);
  for (auto [from, to] : llvm::zip(op->getRegions(), created->getRegions()))
    to.takeBody(from);
  for (auto [from, to] : llvm::zip(results, created->getResults()))
    from.replaceAllUsesWith(to);
  op->erase();
  return success();
}

namespace {

/// Whether a node of the older version means the same under the newest's name.
bool hasSameForm(Operation *op, const OpSchema &old, const OpSchema &schema) {
  if (schema.Deprecated() || old.inputs().size() > schema.inputs().size())
    return false;
  for (size_t i = 0; i < old.inputs().size(); ++i)
    if ((old.inputs()[i].GetOption() == OpSchema::Variadic) !=
        (schema.inputs()[i].GetOption() == OpSchema::Variadic))
      return false;
  for (size_t i = old.inputs().size(); i < schema.inputs().size(); ++i)
    if (schema.inputs()[i].GetOption() == OpSchema::Single)
      return false;
  for (const auto &[name, attribute] : old.attributes()) {
    auto current = schema.attributes().find(name);
    bool present = op->hasAttr(onnx::getAttributeName(name));
    if (name != "consumed_inputs" && present &&
        (current == schema.attributes().end() || current->second.type != attribute.type))
      return false;
  }
  for (const auto &[name, attribute] : schema.attributes())
    if (attribute.required && attribute.type != AttributeProto::GRAPH &&
        !op->hasAttr(onnx::getAttributeName(name)) && !old.attributes().count(name))
      return false;
  return true;
}

struct UpgradeOpset : impl::UpgradeOpsetBase<UpgradeOpset> {
  UpgradeRules rules;

  LogicalResult initialize(MLIRContext *) override {
    addArithmeticUpgrades(rules);
    addMovementUpgrades(rules);
    addNeuralUpgrades(rules);
    addTableUpgrades(rules);
    addTreeUpgrades(rules);
    return success();
  }

  /// The rule of an operator in any version; null without one.
  const UpgradeRules::Rule *findRule(const OpSchema &old) const {
    std::string name = onnx::getOperationName(*onnx::getNewestSchema(old.domain(), old.Name()));
    auto found = rules.rules.find(StringRef(name).drop_front(StringRef("onnx.").size()));
    return found == rules.rules.end() ? nullptr : &found->second;
  }

  LogicalResult upgrade(Operation *op) {
    const OpSchema *old = onnx::getSchema(op->getName());
    const OpSchema *schema = onnx::getNewestSchema(old->domain(), old->Name());
    OpBuilder builder(op);
    NodeBuilder build(builder, op->getLoc());
    const UpgradeRules::Rule *rule = findRule(*old);
    if (rule && old->SinceVersion() < rule->before)
      return rule->apply(op, old->SinceVersion(), build);
    if (old == schema && !schema->Deprecated())
      return success();
    if (hasSameForm(op, *old, *schema))
      return upgradeTo(op, build, getFormalOperandValues(op));
    return op->emitError() << onnx::describeNode(op) << ": version " << old->SinceVersion()
                           << " of this operator cannot be upgraded to version "
                           << schema->SinceVersion();
  }

  void runOnOperation() override {
    // Collected first, outer nodes before those in their subgraphs; subgraphs move with their node,
    // and the nodes in them stay.
    SmallVector<Operation *> nodes;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      const OpSchema *schema = onnx::getSchema(op->getName());
      if (schema &&
          (schema->Deprecated() ||
           onnx::getNewestSchema(schema->domain(), schema->Name()) != schema || findRule(*schema)))
        nodes.push_back(op);
    });
    for (Operation *op : nodes)
      if (failed(upgrade(op)))
        return signalPassFailure();
    updateSignature(getOperation());
  }
};

} // namespace
} // namespace azulejo::graph
