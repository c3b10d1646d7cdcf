//===- Layout.cpp - Basic blocks and their order --------------------------===//
#include "runtime/cudasim/Program/Layout.h"
#include <algorithm>

using namespace azulejo::cudasim;

ControlFlow::ControlFlow(const ptx::Function &function) {
  findBlocks(function);
  findOrder();
}

static bool endsBlock(const ptx::Statement &statement) {
  return statement.opcode == "bra" || statement.opcode == "brx" || statement.opcode == "ret" ||
         statement.opcode == "exit";
}

void ControlFlow::findBlocks(const ptx::Function &function) {
  const std::vector<ptx::Statement> &statements = function.statements;
  uint32_t count = uint32_t(statements.size());
  std::vector<bool> begins(count + 1, false);
  begins[0] = begins[count] = true;
  for (const ptx::Label &label : function.labels) {
    labels.emplace(label.name, label.at);
    begins[label.at] = true;
  }
  for (uint32_t i = 0; i < count; ++i)
    if (endsBlock(statements[i]))
      begins[i + 1] = true;

  blockAt.resize(count + 1);
  for (uint32_t i = 0; i <= count; ++i) {
    if (begins[i]) {
      if (!blocks.empty())
        blocks.back().end = i;
      blocks.emplace_back();
      blocks.back().begin = blocks.back().end = i;
    }
    blockAt[i] = uint32_t(blocks.size() - 1);
  }

  std::unordered_map<std::string_view, const ptx::TargetList *> lists;
  for (const ptx::TargetList &list : function.targetLists)
    lists.emplace(list.name, &list);
  for (uint32_t i = 0; i < blocks.size(); ++i) {
    BasicBlock &block = blocks[i];
    const ptx::Statement *last = block.end > block.begin ? &statements[block.end - 1] : nullptr;
    bool ends = last && endsBlock(*last);
    auto addTarget = [&](std::string_view name) {
      if (auto found = labels.find(name); found != labels.end())
        block.successors.push_back(blockAt[found->second]);
    };
    if (ends && last->opcode == "bra") {
      for (const ptx::Operand &operand : last->operands)
        addTarget(operand.name);
    } else if (ends && last->opcode == "brx" && last->operands.size() > 1) {
      if (auto found = lists.find(last->operands[1].name); found != lists.end())
        for (std::string_view target : found->second->targets)
          addTarget(target);
    }
    block.fallsThrough = i + 1 < blocks.size() && (!ends || !last->guard.empty());
    if (block.fallsThrough)
      block.successors.push_back(i + 1);
  }
}

namespace {

/// Loops nested deeper than this keep the order of a depth-first search within.
constexpr unsigned deepestLoop = 64;

/// Bourdoncle's weak topological order: strongly connected components in topological order, each
/// with its head first, then what is left of it without the head, in the same way.
class LoopOrder {
public:
  LoopOrder(const std::vector<BasicBlock> &blocks)
      : blocks(blocks), region(blocks.size(), 0), index(blocks.size(), 0), low(blocks.size(), 0),
        onStack(blocks.size(), false) {}

  std::vector<uint32_t> run() {
    std::vector<uint32_t> order;
    std::vector<Item> work;
    decompose({0}, 0, 0, false, work);
    while (!work.empty()) {
      Item item = std::move(work.back());
      work.pop_back();
      if (item.vertices.size() == 1) {
        order.push_back(item.vertices[0]);
        continue;
      }
      uint32_t number = ++regions;
      for (uint32_t vertex : item.vertices)
        region[vertex] = number;
      decompose(item.vertices, number, item.depth, true, work);
    }
    return order;
  }

private:
  struct Item { // a component to be laid out: its head is vertices[0]
    std::vector<uint32_t> vertices;
    unsigned depth;
  };
  struct Frame {
    uint32_t vertex;
    size_t next;
  };

  /// Tarjan's algorithm from vertices[0] within `number`; `ignoreHead`: without the edges that lead
  /// back to it. Pushes the components so that the first in topological order is popped first.
  void decompose(const std::vector<uint32_t> &vertices, uint32_t number, unsigned depth,
                 bool ignoreHead, std::vector<Item> &work) {
    for (uint32_t vertex : vertices)
      index[vertex] = 0;
    uint32_t head = vertices[0], counter = 0;
    std::vector<uint32_t> stack;
    std::vector<Frame> frames{{head, 0}};
    index[head] = low[head] = ++counter;
    stack.push_back(head);
    onStack[head] = true;
    while (!frames.empty()) {
      Frame &frame = frames.back();
      uint32_t vertex = frame.vertex;
      if (frame.next < blocks[vertex].successors.size()) {
        uint32_t to = blocks[vertex].successors[frame.next++];
        if (region[to] != number || (ignoreHead && to == head))
          continue;
        if (!index[to]) {
          index[to] = low[to] = ++counter;
          stack.push_back(to);
          onStack[to] = true;
          frames.push_back({to, 0});
        } else if (onStack[to]) {
          low[vertex] = std::min(low[vertex], index[to]);
        }
        continue;
      }
      frames.pop_back();
      if (!frames.empty())
        low[frames.back().vertex] = std::min(low[frames.back().vertex], low[vertex]);
      if (low[vertex] != index[vertex])
        continue;
      // `vertex` was the first of its component that was reached: its head.
      size_t begin = stack.size();
      while (stack[begin - 1] != vertex)
        --begin;
      Item item{{stack.begin() + long(begin) - 1, stack.end()}, depth + 1};
      stack.resize(begin - 1);
      for (uint32_t each : item.vertices)
        onStack[each] = false;
      if (depth < deepestLoop) {
        work.push_back(std::move(item));
        continue;
      }
      std::sort(item.vertices.begin() + 1, item.vertices.end());
      for (size_t i = item.vertices.size(); i-- > 0;)
        work.push_back({{item.vertices[i]}, depth + 1});
    }
  }

  const std::vector<BasicBlock> &blocks;
  std::vector<uint32_t> region, index, low;
  std::vector<bool> onStack;
  uint32_t regions = 0;
};

} // namespace

void ControlFlow::findOrder() {
  order = LoopOrder(blocks).run();
  std::vector<bool> placed(blocks.size(), false);
  for (uint32_t each : order)
    placed[each] = true;
  for (uint32_t i = 0; i < blocks.size(); ++i)
    if (!placed[i])
      order.push_back(i);
}
