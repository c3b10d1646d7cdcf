//===- ResolveLists.cpp - azulejo-resolve-lists -----------------------------------------------===//
//
// What a sequence or an optional holds is mostly known: the values that some nodes before have put
// into it. Then it is those values, and whoever takes one out takes the value itself. What control
// flow carries, and what a model gets and gives, stays.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include "lib/Graph/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace azulejo::graph {
#define GEN_PASS_DEF_RESOLVELISTS
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;

namespace azulejo::graph {
namespace {

/// A list of more values than this is a list, and no values.
constexpr int64_t maxLength = 1024;

using List = SmallVector<Value>;

class ListResolver {
public:
  void run(Operation *root) {
    SmallVector<Operation *> nodes;
    root->walk<WalkOrder::PreOrder>([&](Operation *op) { nodes.push_back(op); });
    for (Operation *op : nodes)
      resolve(op);
    // Users come after what they use.
    for (Operation *op : llvm::reverse(nodes)) {
      bool isList = op->getNumResults() == 1 && lists.contains(op->getResult(0));
      if (replaced.contains(op) || (isList && op->use_empty()))
        op->erase();
    }
  }

private:
  using Handler = void (ListResolver::*)(Operation *);

  void resolve(Operation *op) {
    static const llvm::StringMap<Handler> handlers = {
        {"SequenceEmpty", &ListResolver::makeFromOperands},
        {"SequenceConstruct", &ListResolver::makeFromOperands},
        {"Optional", &ListResolver::makeFromOperands},
        {"SequenceInsert", &ListResolver::insert},
        {"SequenceErase", &ListResolver::eraseElement},
        {"SequenceAt", &ListResolver::takeElement},
        {"SequenceLength", &ListResolver::takeLength},
        {"SplitToSequence", &ListResolver::split},
        {"ConcatFromSequence", &ListResolver::concat},
        {"OptionalHasElement", &ListResolver::askElement},
        {"OptionalGetElement", &ListResolver::takeOptional},
    };
    auto handler = handlers.find(getOpType(op));
    if (handler != handlers.end())
      (this->*handler->second)(op);
  }

  const List *find(Value value) const {
    auto list = lists.find(value);
    return list == lists.end() ? nullptr : &list->second;
  }
  void define(Operation *op, List list) { lists[op->getResult(0)] = std::move(list); }
  /// Nodes are erased at the end: the walk still has them.
  void replace(Operation *op, Value value) {
    replaceValue(op->getResult(0), value);
    replaced.insert(op);
  }

  void makeFromOperands(Operation *op) { define(op, List(op->getOperands())); }

  /// A constant position, counted from the front; nothing where it is not known, or wrong. Without
  /// an operand it is `standard`.
  std::optional<int64_t> getPosition(Value operand, int64_t length, int64_t standard) {
    if (!operand)
      return standard;
    auto constant = getConstantInts(operand);
    if (!constant || constant->size() != 1)
      return std::nullopt;
    return normalizeAxis((*constant)[0], length);
  }

  void insert(Operation *op) {
    const List *known = find(getOperand(op, 0));
    int64_t length = known ? known->size() : 0;
    auto position = getPosition(getOperand(op, 2), length, length);
    if (!known || !position || *position < 0 || *position > length || length >= maxLength)
      return;
    List list = *known;
    list.insert(list.begin() + *position, getOperand(op, 1));
    define(op, std::move(list));
  }

  void eraseElement(Operation *op) {
    const List *known = find(getOperand(op, 0));
    int64_t length = known ? known->size() : 0;
    auto position = getPosition(getOperand(op, 1), length, length - 1);
    if (!known || !position || *position < 0 || *position >= length)
      return;
    List list = *known;
    list.erase(list.begin() + *position);
    define(op, std::move(list));
  }

  void takeElement(Operation *op) {
    const List *known = find(getOperand(op, 0));
    int64_t length = known ? known->size() : 0;
    auto position = getPosition(getOperand(op, 1), length, 0);
    if (known && position && *position >= 0 && *position < length)
      replace(op, (*known)[*position]);
  }

  void takeLength(Operation *op) {
    const List *known = find(getOperand(op, 0));
    OpBuilder builder(op);
    if (known)
      replace(op, NodeBuilder(builder, op->getLoc()).scalarInt(known->size()));
  }

  /// Into slices, where it is known how many there are.
  void split(Operation *op) {
    Value tensor = getOperand(op, 0), sizes = getOperand(op, 1);
    auto dims = getDims(tensor);
    if (!dims)
      return;
    int64_t axis = normalizeAxis(getInt(op, "axis"), dims->size());
    if (axis < 0 || axis >= static_cast<int64_t>(dims->size()))
      return;
    auto whole = (*dims)[axis] ? (*dims)[axis]->getConstant() : std::nullopt;
    SmallVector<int64_t> parts;
    if (sizes && getRank(sizes) == 1) {
      auto constant = getConstantInts(sizes);
      int64_t total = 0;
      for (int64_t part : constant ? *constant : SmallVector<int64_t>())
        total += part < 0 || part > INT64_MAX / maxLength ? -1 : part;
      if (!constant || !whole || total != *whole || llvm::any_of(*constant, isNegative))
        return;
      parts = *constant;
    } else {
      auto constant = sizes ? getConstantInts(sizes) : SmallVector<int64_t>{1};
      if (!constant || constant->size() != 1 || (*constant)[0] <= 0 || !whole ||
          *whole / (*constant)[0] > maxLength)
        return;
      for (int64_t left = *whole; left > 0; left -= parts.back())
        parts.push_back(std::min(left, (*constant)[0]));
    }
    if (static_cast<int64_t>(parts.size()) > maxLength)
      return;
    OpBuilder builder(op);
    NodeBuilder build(builder, op->getLoc());
    List list;
    int64_t at = 0;
    for (int64_t part : parts) {
      Value slice = build.node("Slice", {tensor, build.ints(at), build.ints(at + part),
                                         build.ints(axis), build.ints(1)});
      if (!sizes && getInt(op, "keepdims") == 0)
        slice = build.node("Squeeze", {slice, build.ints(axis)});
      list.push_back(slice);
      at += part;
    }
    define(op, std::move(list));
  }

  static bool isNegative(int64_t size) { return size < 0; }

  void concat(Operation *op) {
    const List *known = find(getOperand(op, 0));
    if (!known || known->empty())
      return;
    auto rank = getRank(known->front());
    if (!rank)
      return;
    OpBuilder builder(op);
    NodeBuilder build(builder, op->getLoc());
    bool makesAxis = getInt(op, "new_axis") != 0;
    int64_t axis = normalizeAxis(getInt(op, "axis"), *rank + makesAxis);
    List parts = *known;
    for (Value &part : parts)
      if (makesAxis)
        part = build.node("Unsqueeze", {part, build.ints(axis)});
    replace(op, build.node("Concat", parts, {build.attr("axis", axis)}));
  }

  void askElement(Operation *op) {
    Value operand = getOperand(op, 0);
    const List *known = operand ? find(operand) : nullptr;
    if (operand && !known && isa<plan::OptionalType>(operand.getType()))
      return;
    bool has = operand && (!isa<plan::OptionalType>(operand.getType()) || !known->empty());
    OpBuilder builder(op);
    replace(op, NodeBuilder(builder, op->getLoc()).scalar(has, builder.getI1Type()));
  }

  void takeOptional(Operation *op) {
    Value operand = getOperand(op, 0);
    const List *known = find(operand);
    if (!isa<plan::OptionalType>(operand.getType()))
      replace(op, operand);
    else if (known && !known->empty())
      replace(op, known->front());
  }

  DenseMap<Value, List> lists;
  llvm::SmallPtrSet<Operation *, 16> replaced;
};

struct ResolveLists : impl::ResolveListsBase<ResolveLists> {
  void runOnOperation() override {
    ListResolver().run(getOperation());
    updateSignature(getOperation());
  }
};

} // namespace
} // namespace azulejo::graph
