//===- Attributes.cpp - A node's attributes ---------------------------------------------------===//
#include "dialects/ONNX/Schema.h"
#include "lib/Import/GraphImporter.h"
#include "onnx/defs/schema.h"

using namespace mlir;
using azulejo::onnx::EmitError;
using ::onnx::AttributeProto;
using ::onnx::OpSchema;

namespace azulejo {

AttributeProto::AttributeType getAttributeKind(const AttributeProto &attribute) {
  if (attribute.type() != AttributeProto::UNDEFINED)
    return attribute.type();
  if (attribute.has_f())
    return AttributeProto::FLOAT;
  if (attribute.has_i())
    return AttributeProto::INT;
  if (attribute.has_s())
    return AttributeProto::STRING;
  if (attribute.has_t())
    return AttributeProto::TENSOR;
  if (attribute.has_g())
    return AttributeProto::GRAPH;
  if (attribute.floats_size() != 0)
    return AttributeProto::FLOATS;
  if (attribute.ints_size() != 0)
    return AttributeProto::INTS;
  if (attribute.strings_size() != 0)
    return AttributeProto::STRINGS;
  return AttributeProto::UNDEFINED;
}

FailureOr<Attribute> importAttributeValue(ModelState &state, const AttributeProto &attribute,
                                          EmitError emitError) {
  Builder builder(state.context);
  auto prefixed = [&] { return emitError() << "attribute '" << attribute.name() << "': "; };
  switch (getAttributeKind(attribute)) {
  case AttributeProto::INT:
    return Attribute(builder.getI64IntegerAttr(attribute.i()));
  case AttributeProto::FLOAT:
    return Attribute(builder.getF32FloatAttr(attribute.f()));
  case AttributeProto::STRING:
    return Attribute(builder.getStringAttr(attribute.s()));
  case AttributeProto::INTS:
    return Attribute(builder.getDenseI64ArrayAttr(
        SmallVector<int64_t>(attribute.ints().begin(), attribute.ints().end())));
  case AttributeProto::FLOATS:
    return Attribute(builder.getDenseF32ArrayAttr(
        SmallVector<float>(attribute.floats().begin(), attribute.floats().end())));
  case AttributeProto::STRINGS:
    return Attribute(builder.getStrArrayAttr(
        SmallVector<StringRef>(attribute.strings().begin(), attribute.strings().end())));
  case AttributeProto::TENSOR: {
    FailureOr<TypedAttr> tensor =
        importTensor(state.context, attribute.t(), state.source, prefixed);
    return failed(tensor) ? FailureOr<Attribute>(failure()) : Attribute(*tensor);
  }
  case AttributeProto::SPARSE_TENSOR: {
    FailureOr<TypedAttr> tensor =
        importSparseTensor(state.context, attribute.sparse_tensor(), state.source, prefixed);
    return failed(tensor) ? FailureOr<Attribute>(failure()) : Attribute(*tensor);
  }
  case AttributeProto::TYPE_PROTO: {
    auto readDim = [&](StringRef text) { return state.dimNames.read(text); };
    FailureOr<Type> type = onnx::importType(state.context, attribute.tp(), readDim, prefixed);
    if (failed(type))
      return failure();
    if (!*type)
      return prefixed() << "it is no complete type";
    return Attribute(TypeAttr::get(*type));
  }
  default:
    return prefixed() << "a value of kind "
                      << AttributeProto::AttributeType_Name(getAttributeKind(attribute))
                      << " is not known here";
  }
}

FailureOr<Attribute> GraphImporter::importAttribute(const Node &node,
                                                    const AttributeProto &attribute, Scope &scope) {
  if (attribute.ref_attr_name().empty())
    return importAttributeValue(state, attribute, [&] { return node.emitError(); });
  if (!scope.attributes)
    return node.emitError() << "attribute '" << attribute.name() << "' refers to '"
                            << attribute.ref_attr_name()
                            << "', an attribute of a function, outside of any function";
  return scope.attributes->get(attribute.ref_attr_name());
}

/// The kind of a value that came in by reference, and so has no message that says it.
static AttributeProto::AttributeType getValueKind(Attribute value) {
  if (auto integer = dyn_cast<IntegerAttr>(value))
    return AttributeProto::INT;
  if (isa<FloatAttr>(value))
    return AttributeProto::FLOAT;
  if (isa<StringAttr>(value))
    return AttributeProto::STRING;
  if (isa<DenseI64ArrayAttr>(value))
    return AttributeProto::INTS;
  if (isa<DenseF32ArrayAttr>(value))
    return AttributeProto::FLOATS;
  if (isa<ArrayAttr>(value))
    return AttributeProto::STRINGS;
  if (isa<TypeAttr>(value))
    return AttributeProto::TYPE_PROTO;
  return AttributeProto::TENSOR;
}

LogicalResult GraphImporter::importAttributes(const Node &node, const OpSchema &schema,
                                              Scope &scope, OperationState &op,
                                              SmallVectorImpl<Subgraph> &subgraphs) {
  llvm::StringMap<const AttributeProto *> graphs;
  llvm::StringSet<> seen;
  for (const AttributeProto &attribute : node.proto.attribute()) {
    StringRef name = attribute.name();
    if (!seen.insert(name).second)
      return node.emitError() << "attribute '" << name << "' is there twice";
    // ONNX leaves names that start so to tools, which note there what is no part of the model.
    if (name.starts_with("__"))
      continue;
    auto formal = schema.attributes().find(attribute.name());
    if (formal == schema.attributes().end())
      return node.emitError() << "has an attribute '" << name
                              << "', which the operator does not know";
    AttributeProto::AttributeType expected = formal->second.type;
    auto refuseKind = [&](AttributeProto::AttributeType found) {
      return node.emitError() << "attribute '" << name << "' is of kind "
                              << AttributeProto::AttributeType_Name(found) << ", and ONNX asks for "
                              << AttributeProto::AttributeType_Name(expected);
    };
    bool isReference = !attribute.ref_attr_name().empty();
    AttributeProto::AttributeType kind = getAttributeKind(attribute);
    // A list without elements does not say of what.
    if (!isReference && kind != expected && kind != AttributeProto::UNDEFINED)
      return refuseKind(kind);
    if (!isReference && kind == AttributeProto::GRAPH) {
      graphs[name] = &attribute;
      continue;
    }
    FailureOr<Attribute> value = importAttribute(node, attribute, scope);
    if (failed(value))
      return failure();
    if (!*value)
      continue;
    if (isReference && getValueKind(*value) != expected)
      return refuseKind(getValueKind(*value));
    op.addAttribute(onnx::getAttributeName(name), *value);
  }
  for (const auto &[name, formal] : schema.attributes()) {
    if (formal.type == AttributeProto::GRAPH) {
      auto graph = graphs.find(name);
      Subgraph &subgraph = subgraphs.emplace_back();
      subgraph.name = name;
      Region *region = op.addRegion();
      if (graph != graphs.end()) {
        subgraph.graph = &graph->second->g();
        region->emplaceBlock();
      } else if (formal.required) {
        return node.emitError() << "subgraph '" << name << "' is missing";
      }
    } else if (formal.required && !op.attributes.get(onnx::getAttributeName(name))) {
      return node.emitError() << "attribute '" << name << "' is missing";
    }
  }
  return success();
}

} // namespace azulejo
