#include "lib/Import/Import.h"
#include "dialects/ONNX/ONNX.h"
#include "lib/Import/FunctionFiles.h"
#include "lib/Import/GraphImporter.h"
#include "lib/Import/Text.h"
#include "onnx/common/constants.h"
#include "onnx/defs/parser.h"
#include "onnx/defs/schema.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using azulejo::onnx::EmitError;
using ::onnx::GraphProto;
using ::onnx::ModelProto;
using ::onnx::NodeProto;
using ::onnx::TypeProto;

namespace azulejo {

//===------------------------------------------------------------------------------------------===//
// Bytes to message
//===------------------------------------------------------------------------------------------===//

static LogicalResult parseText(StringRef text, ModelProto &model, EmitError emitError) {
  if (failed(checkNesting(text, emitError)))
    return failure();
  std::string copy = text.str();
  auto status = ::onnx::OnnxParser::Parse(model, copy.c_str());
  if (!status.IsOK())
    return emitError() << "not a textual ONNX model: " << StringRef(status.ErrorMessage()).trim();
  return success();
}

//===------------------------------------------------------------------------------------------===//
// The model as a whole
//===------------------------------------------------------------------------------------------===//

/// Opsets that this build of ONNX does not know change the meaning of operators it does know.
static LogicalResult checkVersions(const ModelProto &model, const Opsets &opsets,
                                   EmitError emitError) {
  if (model.ir_version() > ::onnx::IR_VERSION)
    return emitError() << "the model has IR version " << model.ir_version()
                       << ", and the newest known here is "
                       << static_cast<int64_t>(::onnx::IR_VERSION);
  const auto &ranges = ::onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  for (const auto &entry : opsets) {
    auto range = ranges.find(entry.getKey().str());
    if (range == ranges.end())
      continue;
    auto [oldest, newest] = range->second;
    if (entry.second < oldest || entry.second > newest)
      return emitError() << "the model imports opset " << entry.second << " of domain '"
                         << (entry.getKey().empty() ? "ai.onnx" : entry.getKey())
                         << "', and this build knows opsets " << oldest << " to " << newest;
  }
  return success();
}

namespace {
/// Looks through all graphs and functions of a model for what no part of it can be imported with.
class UnknownOperators {
public:
  explicit UnknownOperators(const ModelState &state) : state(state) {}

  void visit(const NodeList &nodes, const Opsets &opsets) {
    for (auto [index, node] : llvm::enumerate(nodes)) {
      for (const auto &attribute : node.attribute())
        if (attribute.has_g())
          visit(attribute.g().node(), opsets);
      StringRef domain = normaliseDomain(node.domain());
      auto opset = opsets.find(domain);
      // A domain without an opset is an error of its own, at the node.
      if (opset == opsets.end() || getNodeSchema(domain, node.op_type(), opset->second) ||
          state.functions.contains(getFunctionKey(domain, node.op_type(), node.overload())))
        continue;
      std::string name =
          node.name().empty() ? node.op_type() + "_" + std::to_string(index) : node.name();
      SmallVector<std::string> &entry =
          found["'" + node.op_type() + "' (opset " + std::to_string(opset->second) +
                " of domain '" + (domain.empty() ? "ai.onnx" : domain).str() + "')"];
      entry.push_back(name);
    }
  }

  LogicalResult report(EmitError emitError) const {
    if (found.empty())
      return success();
    InFlightDiagnostic error = emitError() << "the model uses operators that do not exist here: ";
    llvm::interleave(
        found,
        [&](const auto &entry) {
          constexpr size_t maxNames = 3;
          error << entry.first << " in node";
          error << (entry.second.size() == 1 ? " " : "s ");
          for (auto [index, name] : llvm::enumerate(ArrayRef(entry.second).take_front(maxNames)))
            error << (index ? ", '" : "'") << name << "'";
          if (entry.second.size() > maxNames)
            error << " and " << entry.second.size() - maxNames << " more";
        },
        [&] { error << "; "; });
    return error << " (docs/AddAnOperator.md says how to add one)";
  }

private:
  const ModelState &state;
  std::map<std::string, SmallVector<std::string>>
      found; // operator → nodes; sorted, so that the error is always the same
};
} // namespace

static void declareDims(const TypeProto &type, DimNames &names) {
  auto declare = [&](const ::onnx::TensorShapeProto &shape) {
    for (const auto &dim : shape.dim())
      names.declare(dim.dim_param());
  };
  switch (type.value_case()) {
  case TypeProto::kTensorType:
    return declare(type.tensor_type().shape());
  case TypeProto::kSparseTensorType:
    return declare(type.sparse_tensor_type().shape());
  case TypeProto::kSequenceType:
    return declareDims(type.sequence_type().elem_type(), names);
  case TypeProto::kOptionalType:
    return declareDims(type.optional_type().elem_type(), names);
  case TypeProto::kMapType:
    return declareDims(type.map_type().value_type(), names);
  default:
    return;
  }
}

/// What the model says of itself, as attributes of the module.
static void addMetadata(const ModelProto &model, const Opsets &opsets, ModuleOp module) {
  Builder builder(module.getContext());
  auto setText = [&](StringRef name, const std::string &text) {
    if (!text.empty())
      module->setAttr(name, builder.getStringAttr(text));
  };
  module->setAttr("onnx.ir_version", builder.getI64IntegerAttr(model.ir_version()));
  SmallVector<NamedAttribute> imports;
  for (const auto &entry : opsets)
    imports.push_back(builder.getNamedAttr(entry.getKey().empty() ? "ai.onnx" : entry.getKey(),
                                           builder.getI64IntegerAttr(entry.second)));
  module->setAttr("onnx.opset_imports", builder.getDictionaryAttr(imports));
  setText("onnx.producer_name", model.producer_name());
  setText("onnx.producer_version", model.producer_version());
  setText("onnx.domain", model.domain());
  if (model.has_model_version())
    module->setAttr("onnx.model_version", builder.getI64IntegerAttr(model.model_version()));
  NamedAttrList metadata;
  for (const auto &entry : model.metadata_props())
    if (!entry.key().empty())
      metadata.set(entry.key(), builder.getStringAttr(entry.value()));
  if (!metadata.empty())
    module->setAttr("onnx.metadata", metadata.getDictionary(module.getContext()));
}

/// The graph's inputs without a default, its body and its outputs as @main.
static LogicalResult importMain(const GraphProto &graph, ModelState &state, const Opsets &opsets,
                                ModuleOp module, EmitError emitError) {
  OpBuilder builder(module.getContext());
  builder.setInsertionPointToStart(module.getBody());
  GraphImporter importer(state, builder);
  Scope scope(opsets);
  llvm::StringSet<> initialized;
  for (const auto &tensor : graph.initializer())
    initialized.insert(tensor.name());
  for (const auto &tensor : graph.sparse_initializer())
    initialized.insert(tensor.values().name());

  SmallVector<Type> types;
  SmallVector<Location> locations;
  SmallVector<DictionaryAttr> attributes;
  SmallVector<std::string> names;
  auto addName = [&](const std::string &name) {
    attributes.push_back(
        builder.getDictionaryAttr(builder.getNamedAttr("onnx.name", builder.getStringAttr(name))));
  };
  for (const auto &input : graph.input()) {
    if (initialized.contains(input.name())) {
      scope.declaredTypes[input.name()] = &input.type();
      continue;
    }
    auto emitInputError = [&] { return emitError() << "input '" << input.name() << "': "; };
    FailureOr<Type> type = importer.importDeclaredType(input.type(), emitInputError);
    if (failed(type))
      return failure();
    if (!*type || input.name().empty())
      return emitInputError() << (input.name().empty()
                                      ? "it has no name"
                                      : "the model does not say of what type it is");
    types.push_back(*type);
    locations.push_back(importer.getLocation(input.name(), "Input"));
    names.push_back(input.name());
    addName(input.name());
  }

  auto main =
      func::FuncOp::create(builder, module.getLoc(), "main", builder.getFunctionType(types, {}));
  Block *block = main.addEntryBlock();
  main.setAllArgAttrs(attributes);
  for (auto [argument, location, name] : llvm::zip_equal(block->getArguments(), locations, names)) {
    argument.setLoc(location);
    if (failed(importer.define(name, argument, scope,
                               [&] { return emitError() << "the graph's inputs: "; })))
      return failure();
  }
  builder.setInsertionPointToEnd(block);
  GraphImporter body(state, builder);
  if (failed(body.importGraph(graph, scope)))
    return failure();

  SmallVector<Value> outputs;
  attributes.clear();
  for (const auto &output : graph.output()) {
    auto emitOutputError = [&] { return emitError() << "output "; };
    FailureOr<Value> value = body.getOutput(output.name(), scope, "an output", emitError);
    if (failed(value) ||
        failed(body.mergeDeclaredType(value->getType(), output.name(), scope, emitOutputError)))
      return failure();
    outputs.push_back(*value);
    addName(output.name());
  }
  builder.setInsertionPointToEnd(block);
  func::ReturnOp::create(builder, module.getLoc(), outputs);
  main.setFunctionType(builder.getFunctionType(types, ValueRange(outputs).getTypes()));
  main.setAllResultAttrs(attributes);
  return success();
}

static FailureOr<OwningOpRef<ModuleOp>> importMessage(const ModelProto &model, TensorSource &source,
                                                      Location location, EmitError emitError) {
  if (!model.has_graph())
    return emitError() << "not an ONNX model: it has no graph";
  MLIRContext *context = location.getContext();
  ModelState state(context);
  state.source = &source;
  Opsets opsets = getOpsets(model.opset_import());
  // Before IR version 3 models did not say.
  if (opsets.empty() && model.ir_version() < 3)
    opsets[""] = 1;
  if (failed(checkVersions(model, opsets, emitError)))
    return failure();

  for (const auto &function : model.functions())
    if (!state.functions
             .try_emplace(getFunctionKey(function.domain(), function.name(), function.overload()),
                          &function)
             .second)
      return emitError() << "function '" << function.name() << "' of domain '" << function.domain()
                         << "' is defined twice";
  UnknownOperators unknown(state);
  unknown.visit(model.graph().node(), opsets);
  for (const auto &function : model.functions())
    unknown.visit(function.node(), getOpsets(function.opset_import()));
  if (failed(unknown.report(emitError)))
    return failure();

  for (const auto *list :
       {&model.graph().input(), &model.graph().output(), &model.graph().value_info()})
    for (const auto &info : *list)
      declareDims(info.type(), state.dimNames);

  std::optional<StringRef> name;
  if (!model.graph().name().empty())
    name = model.graph().name();
  OwningOpRef<ModuleOp> module = ModuleOp::create(location, name);
  addMetadata(model, opsets, *module);
  SymbolTable symbols(*module);
  state.symbols = &symbols;
  if (failed(importMain(model.graph(), state, opsets, *module, emitError)))
    return failure();
  return module;
}

//===------------------------------------------------------------------------------------------===//
// Entry points
//===------------------------------------------------------------------------------------------===//

/// `keep` gives the bytes to the weight store under a name, and is asked only when weights stay in
/// them.
static FailureOr<OwningOpRef<ModuleOp>>
importBytes(StringRef bytes, NameLoc location, StringRef folder, ArrayRef<std::string> functions,
            llvm::function_ref<std::string(plan::WeightStore &)> keep) {
  MLIRContext *context = location.getContext();
  context->loadDialect<onnx::ONNXDialect, plan::PlanDialect, func::FuncDialect>();
  plan::WeightStore &store = context->getLoadedDialect<plan::PlanDialect>()->getWeightStore();
  auto emitError = [&] {
    return mlir::emitError(location) << location.getName().getValue() << ": ";
  };
  // The ONNX library throws: also std::bad_alloc and std::length_error, on what no check of ours
  // foresaw.
  try {
    ModelProto model;
    TensorSource source{{}, {}, ExternalData(folder, store)};
    if (isText(bytes)) {
      if (failed(parseText(bytes, model, emitError)))
        return failure();
    } else {
      llvm::Expected<SlimModel> slim = slimModel(bytes);
      if (!slim)
        return emitError() << "not an ONNX model: " << llvm::toString(slim.takeError());
      if (!model.ParseFromString(slim->bytes))
        return emitError() << "not an ONNX model: it cannot be parsed";
      source.data = std::move(slim->data);
      if (!source.data.empty())
        source.file = keep(store);
    }
    if (failed(addFunctionFiles(functions, location.getContext(), model)))
      return failure();
    return importMessage(model, source, location, emitError);
  } catch (const std::exception &error) {
    return emitError() << error.what();
  }
}

FailureOr<OwningOpRef<ModuleOp>> importModel(StringRef path, MLIRContext *context,
                                             const ImportOptions &options) {
  NameLoc location = NameLoc::get(StringAttr::get(context, path));
  auto buffer =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return emitError(location) << path << ": cannot be read: " << buffer.getError().message();
  std::string folder =
      options.folder.empty() ? llvm::sys::path::parent_path(path).str() : options.folder;
  return importBytes((*buffer)->getBuffer(), location, folder.empty() ? "." : folder,
                     options.functions, [&](plan::WeightStore &store) {
                       store.add(path, std::move(*buffer));
                       return path.str();
                     });
}

FailureOr<OwningOpRef<ModuleOp>> importFromMemory(StringRef bytes, StringRef name,
                                                  MLIRContext *context,
                                                  const ImportOptions &options) {
  NameLoc location = NameLoc::get(StringAttr::get(context, name.empty() ? "model" : name));
  return importBytes(
      bytes, location, options.folder, options.functions, [&](plan::WeightStore &store) {
        // No path can be named so; equal models share the name and the bytes.
        std::string key = "memory:" + llvm::utohexstr(llvm::xxh3_64bits(bytes), /*LowerCase=*/true);
        store.add(key, llvm::MemoryBuffer::getMemBufferCopy(bytes, key));
        return key;
      });
}

} // namespace azulejo
