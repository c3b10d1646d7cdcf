//===- Verify.cpp - The one verifier of all operations: against their schemas -----------------===//
#include "dialects/ONNX/ONNX.h"
#include "dialects/ONNX/Schema.h"
#include "dialects/ONNX/Types.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "onnx/defs/schema.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using ::onnx::AttributeProto;
using ::onnx::OpSchema;

namespace azulejo::onnx {

static std::string quoteTypes(const ::onnx::DataTypeSet &types) {
  SmallVector<StringRef> names;
  for (::onnx::DataType type : types)
    names.push_back(*type);
  llvm::sort(names);
  return llvm::join(names, ", ");
}

/// Checks operands or results: presence, types allowed, and that one type variable ("T") is one
/// type.
template <typename GetRange>
static LogicalResult verifyFormals(Operation *op, StringRef kind,
                                   const std::vector<OpSchema::FormalParameter> &formals,
                                   GetRange getRange, llvm::StringMap<std::string> &typeVariables) {
  for (auto [index, formal] : llvm::enumerate(formals)) {
    auto range = getRange(index);
    if (formal.GetOption() == OpSchema::Single && range.empty())
      return op->emitOpError() << kind << " '" << formal.GetName() << "' is missing";
    if (formal.GetOption() == OpSchema::Variadic &&
        static_cast<int>(range.size()) < formal.GetMinArity())
      return op->emitOpError() << kind << " '" << formal.GetName() << "' needs at least "
                               << formal.GetMinArity() << " values, got " << range.size();
    for (Value value : range) {
      std::string type = getTypeString(value.getType());
      if (llvm::none_of(formal.GetTypes(),
                        [&](::onnx::DataType allowed) { return *allowed == type; }))
        return op->emitOpError() << kind << " '" << formal.GetName() << "' has type "
                                 << value.getType() << ", and ONNX allows "
                                 << quoteTypes(formal.GetTypes());
      if (formal.GetOption() == OpSchema::Variadic && !formal.GetIsHomogeneous())
        continue;
      auto [entry, first] = typeVariables.try_emplace(formal.GetTypeStr(), type);
      if (!first && entry->second != type)
        return op->emitOpError() << kind << " '" << formal.GetName() << "' is a " << type
                                 << ", but " << formal.GetTypeStr() << " is " << entry->second
                                 << " in another operand or result";
    }
  }
  return success();
}

static bool hasKind(Attribute value, AttributeProto::AttributeType kind) {
  switch (kind) {
  case AttributeProto::INT: {
    auto integer = dyn_cast<IntegerAttr>(value);
    return integer && integer.getType().isInteger(64);
  }
  case AttributeProto::FLOAT: {
    auto number = dyn_cast<FloatAttr>(value);
    return number && number.getType().isF32();
  }
  case AttributeProto::STRING:
    return isa<StringAttr>(value);
  case AttributeProto::INTS:
    return isa<DenseI64ArrayAttr>(value);
  case AttributeProto::FLOATS:
    return isa<DenseF32ArrayAttr>(value);
  case AttributeProto::STRINGS: {
    auto strings = dyn_cast<ArrayAttr>(value);
    return strings &&
           llvm::all_of(strings, [](Attribute element) { return isa<StringAttr>(element); });
  }
  case AttributeProto::TENSOR:
    return isa<ElementsAttr, plan::WeightAttr, plan::StridedAttr, plan::ConcatAttr,
               plan::ConvertedAttr>(value);
  case AttributeProto::TYPE_PROTO:
    return isa<TypeAttr>(value);
  default:
    return true;
  }
}

static LogicalResult verifyAttributes(Operation *op, const OpSchema &schema) {
  for (const auto &[name, attribute] : schema.attributes()) {
    if (attribute.type == AttributeProto::GRAPH)
      continue;
    Attribute value = op->getAttr(getAttributeName(name));
    if (!value && attribute.required)
      return op->emitOpError() << "attribute '" << name << "' is missing";
    if (value && !hasKind(value, attribute.type))
      return op->emitOpError() << "attribute '" << name << "' is not of kind "
                               << AttributeProto::AttributeType_Name(attribute.type) << ": "
                               << value;
  }
  for (NamedAttribute attribute : op->getAttrs()) {
    StringRef name = attribute.getName();
    // A name with a dot belongs to a dialect, not to the operator.
    bool known = name == operandSegmentsName || name == resultSegmentsName || name.contains('.') ||
                 llvm::any_of(schema.attributes(), [&](const auto &entry) {
                   return getAttributeName(entry.first) == name;
                 });
    if (!known)
      return op->emitOpError() << "has no attribute '" << name << "'";
  }
  return success();
}

/// Recorded sizes must add up before anything may ask for a formal parameter's values.
static LogicalResult verifySegments(Operation *op, StringRef name, bool needed, size_t formals,
                                    size_t values) {
  if (!needed)
    return success();
  auto sizes = op->getAttrOfType<DenseI32ArrayAttr>(name);
  if (!sizes || sizes.size() != static_cast<int64_t>(formals) ||
      llvm::any_of(sizes.asArrayRef(), [](int32_t size) { return size < 0; }) ||
      llvm::sum_of(sizes.asArrayRef(), size_t(0)) != values)
    return op->emitOpError() << "attribute '" << name << "' does not fit its " << values
                             << " values";
  return success();
}

static LogicalResult verifyCount(Operation *op, StringRef kind,
                                 const std::vector<OpSchema::FormalParameter> &formals,
                                 size_t values) {
  size_t least = 0;
  bool open = false;
  for (const auto &formal : formals) {
    least += formal.GetOption() == OpSchema::Single;
    open |= formal.GetOption() == OpSchema::Variadic;
  }
  if (values < least || (!open && values > formals.size()))
    return op->emitOpError() << "has " << values << " " << kind << "s, and ONNX asks for "
                             << (least == formals.size() && !open ? "" : "at least ") << least;
  return success();
}

LogicalResult verifySchema(Operation *op) {
  const OpSchema *schema = getSchema(op->getName());
  if (!schema)
    return op->emitOpError() << "has no schema";
  if (failed(verifySegments(op, operandSegmentsName, needsOperandSegments(*schema),
                            schema->inputs().size(), op->getNumOperands())) ||
      failed(verifySegments(op, resultSegmentsName, needsResultSegments(*schema),
                            schema->outputs().size(), op->getNumResults())) ||
      failed(verifyCount(op, "operand", schema->inputs(), op->getNumOperands())) ||
      failed(verifyCount(op, "result", schema->outputs(), op->getNumResults())))
    return failure();

  llvm::StringMap<std::string> typeVariables;
  if (failed(verifyFormals(
          op, "operand", schema->inputs(), [&](unsigned i) { return getFormalOperands(op, i); },
          typeVariables)) ||
      failed(verifyFormals(
          op, "result", schema->outputs(), [&](unsigned i) { return getFormalResults(op, i); },
          typeVariables)) ||
      failed(verifyAttributes(op, *schema)))
    return failure();

  for (Region &region : op->getRegions())
    if (!region.empty() &&
        (!region.hasOneBlock() || region.front().empty() || !isa<YieldOp>(region.front().back())))
      return op->emitOpError() << "a subgraph is one block that ends in onnx.yield";
  return success();
}

} // namespace azulejo::onnx
