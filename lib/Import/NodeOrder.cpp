#include "lib/Import/NodeOrder.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <queue>

using namespace llvm;
using ::onnx::GraphProto;
using ::onnx::NodeProto;

namespace azulejo {

static void addUses(const NodeProto &node, StringSet<> &uses);

/// The names a subgraph uses and does not define.
static void addFreeNames(const GraphProto &graph, StringSet<> &uses) {
  StringSet<> inner, defined;
  for (const auto &input : graph.input())
    defined.insert(input.name());
  for (const auto &initializer : graph.initializer())
    defined.insert(initializer.name());
  for (const auto &initializer : graph.sparse_initializer())
    defined.insert(initializer.values().name());
  for (const NodeProto &node : graph.node()) {
    addUses(node, inner);
    for (const std::string &output : node.output())
      defined.insert(output);
  }
  for (const auto &output : graph.output())
    inner.insert(output.name());
  for (const auto &name : inner)
    if (!defined.contains(name.getKey()))
      uses.insert(name.getKey());
}

static void addUses(const NodeProto &node, StringSet<> &uses) {
  for (const std::string &input : node.input())
    if (!input.empty())
      uses.insert(input);
  for (const auto &attribute : node.attribute())
    if (attribute.has_g())
      addFreeNames(attribute.g(), uses);
  for (StringRef name : getNamedValues(node))
    uses.insert(name);
}

/// Gradient's attributes name what it differentiates, and by what.
SmallVector<StringRef> getNamedValues(const NodeProto &node) {
  SmallVector<StringRef> names;
  if (node.op_type() != "Gradient" || node.domain() != "ai.onnx.preview.training")
    return names;
  for (StringRef wanted : {"xs", "y"})
    for (const auto &attribute : node.attribute()) {
      if (attribute.name() != wanted)
        continue;
      names.append(attribute.strings().begin(), attribute.strings().end());
      if (attribute.has_s())
        names.push_back(attribute.s());
    }
  return names;
}

mlir::FailureOr<SmallVector<unsigned>> getNodeOrder(const NodeList &nodes,
                                                    SmallVectorImpl<unsigned> &cycle) {
  StringMap<unsigned> producers;
  for (auto [index, node] : enumerate(nodes))
    for (const std::string &output : node.output())
      if (!output.empty())
        producers.try_emplace(output, index);

  unsigned count = nodes.size();
  std::vector<SmallVector<unsigned, 2>> users(count), dependencies(count);
  bool sorted = true;
  for (auto [index, node] : enumerate(nodes)) {
    StringSet<> uses;
    addUses(node, uses);
    for (const auto &name : uses)
      if (auto producer = producers.find(name.getKey()); producer != producers.end()) {
        users[producer->second].push_back(index);
        dependencies[index].push_back(producer->second);
        sorted &= producer->second < index;
      }
  }
  SmallVector<unsigned> order;
  if (sorted) {
    order.resize(count);
    std::iota(order.begin(), order.end(), 0);
    return order;
  }

  std::vector<unsigned> waiting(count);
  std::priority_queue<unsigned, std::vector<unsigned>, std::greater<unsigned>> ready;
  for (unsigned i = 0; i < count; ++i) {
    waiting[i] = dependencies[i].size();
    if (waiting[i] == 0)
      ready.push(i);
  }
  while (!ready.empty()) {
    unsigned index = ready.top();
    ready.pop();
    order.push_back(index);
    for (unsigned user : users[index])
      if (--waiting[user] == 0)
        ready.push(user);
  }
  if (order.size() == count)
    return order;

  // Whatever still waits, waits for something that waits: following that leads into a cycle.
  unsigned at = llvm::find_if(waiting, [](unsigned left) { return left != 0; }) - waiting.begin();
  SmallVector<unsigned> path;
  while (!is_contained(path, at)) {
    path.push_back(at);
    at = *llvm::find_if(dependencies[at], [&](unsigned other) { return waiting[other] != 0; });
  }
  cycle.assign(llvm::find(path, at), path.end());
  return failure();
}

} // namespace azulejo
