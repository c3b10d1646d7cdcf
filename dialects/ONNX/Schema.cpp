#include "dialects/ONNX/Schema.h"
#include "dialects/ONNX/ONNX.h"
#include "lib/Import/Schemas/Schemas.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "onnx/defs/schema.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using ::onnx::OpSchema;

namespace azulejo::onnx {

namespace {
/// Where to find the schemas.
struct SchemaTable {
  std::vector<const OpSchema *> all;
  llvm::StringMap<SmallVector<const OpSchema *, 4>>
      byOperator;                                    // "domain/Name" → versions, oldest first
  llvm::StringMap<const OpSchema *> byOperationName; // "onnx.Softmax_v11"

  static std::string key(StringRef domain, StringRef opType) {
    return ((domain == "ai.onnx" ? "" : domain) + "/" + opType).str();
  }

  SchemaTable() {
    for (const OpSchema &schema : schemas::getSchemas())
      all.push_back(&schema);
    llvm::sort(all, [](const OpSchema *a, const OpSchema *b) {
      return std::make_tuple(StringRef(a->domain()), StringRef(a->Name()), a->SinceVersion()) <
             std::make_tuple(StringRef(b->domain()), StringRef(b->Name()), b->SinceVersion());
    });
    for (const OpSchema *schema : all)
      byOperator[key(schema->domain(), schema->Name())].push_back(schema);
    for (const OpSchema *schema : all)
      byOperationName[getName(*schema)] = schema;
  }

  const OpSchema *newest(StringRef domain, StringRef opType) const {
    auto versions = byOperator.find(key(domain, opType));
    return versions == byOperator.end() ? nullptr : versions->second.back();
  }

  std::string getName(const OpSchema &schema) const {
    std::string name = "onnx.";
    if (!schema.domain().empty()) {
      for (char c : schema.domain())
        name += c == '.' ? '_' : c;
      name += '.';
    }
    name += schema.Name();
    if (newest(schema.domain(), schema.Name())->SinceVersion() != schema.SinceVersion())
      name += "_v" + std::to_string(schema.SinceVersion());
    return name;
  }
};
} // namespace

static const SchemaTable &getTable() {
  static const SchemaTable table;
  return table;
}

const OpSchema *getSchema(OperationName name) {
  return getTable().byOperationName.lookup(name.getStringRef());
}

const OpSchema *getSchema(StringRef domain, StringRef opType, int opsetVersion) {
  auto versions = getTable().byOperator.find(SchemaTable::key(domain, opType));
  if (versions == getTable().byOperator.end())
    return nullptr;
  for (const OpSchema *schema : llvm::reverse(versions->second))
    if (schema->SinceVersion() <= opsetVersion)
      return schema;
  return nullptr;
}

const OpSchema *getNewestSchema(StringRef domain, StringRef opType) {
  return getTable().newest(domain, opType);
}

ArrayRef<const OpSchema *> getAllSchemas() { return getTable().all; }

std::string getOperationName(const OpSchema &schema) { return getTable().getName(schema); }

StringRef getAttributeName(StringRef onnxName) {
  return onnxName == "type" ? StringRef("type_proto") : onnxName;
}

static bool needsSegments(const std::vector<OpSchema::FormalParameter> &formals) {
  return llvm::count_if(formals, [](const auto &formal) {
           return formal.GetOption() != OpSchema::Single;
         }) > 1;
}

bool needsOperandSegments(const OpSchema &schema) { return needsSegments(schema.inputs()); }
bool needsResultSegments(const OpSchema &schema) { return needsSegments(schema.outputs()); }

/// The position and number of formal parameter `index` among `total` values. Without recorded sizes
/// at most one parameter is not single, and takes what the others leave.
static std::pair<unsigned, unsigned>
getSegment(ArrayRef<int32_t> sizes, const std::vector<OpSchema::FormalParameter> &formals,
           unsigned index, unsigned total) {
  if (!sizes.empty()) {
    unsigned start = 0;
    for (unsigned i = 0; i < index; ++i)
      start += sizes[i];
    return {start, sizes[index]};
  }
  unsigned singles = llvm::count_if(
      formals, [](const auto &formal) { return formal.GetOption() == OpSchema::Single; });
  unsigned start = 0;
  for (unsigned i = 0;; ++i) {
    unsigned length = formals[i].GetOption() == OpSchema::Single ? 1 : total - singles;
    if (i == index)
      return {start, length};
    start += length;
  }
}

static ArrayRef<int32_t> getSegmentSizes(Operation *op, StringRef name) {
  auto sizes = op->getAttrOfType<DenseI32ArrayAttr>(name);
  return sizes ? sizes.asArrayRef() : ArrayRef<int32_t>();
}

OperandRange getFormalOperands(Operation *op, unsigned index) {
  if (auto schemaOp = dyn_cast<SchemaOp>(op))
    return schemaOp.getFormalOperands(index);
  auto [start, length] =
      getSegment(getSegmentSizes(op, operandSegmentsName), getSchema(op->getName())->inputs(),
                 index, op->getNumOperands());
  return op->getOperands().slice(start, length);
}

ResultRange getFormalResults(Operation *op, unsigned index) {
  if (auto schemaOp = dyn_cast<SchemaOp>(op))
    return schemaOp.getFormalResults(index);
  auto [start, length] =
      getSegment(getSegmentSizes(op, resultSegmentsName), getSchema(op->getName())->outputs(),
                 index, op->getNumResults());
  return op->getResults().slice(start, length);
}

} // namespace azulejo::onnx
