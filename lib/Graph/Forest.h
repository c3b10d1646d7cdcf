//===- Forest.h - Trees of decisions, whatever operator holds them ----------------------------===//
#ifndef AZULEJO_LIB_GRAPH_FOREST_H
#define AZULEJO_LIB_GRAPH_FOREST_H

#include "lib/Graph/Nodes.h"

namespace azulejo::graph {

/// Nodes by column, and leaves, each with its votes. A node is a number: those below `nodes` are
/// nodes, the leaves come behind them.
struct Forest {
  enum Mode { LessOrEqual, Less, GreaterOrEqual, Greater, Equal, NotEqual, Member };
  enum Aggregate { Average, Sum, Minimum, Maximum };
  struct Vote {
    int64_t target;
    double weight;
  };

  llvm::SmallVector<int64_t> features, modes, whenTrue, whenFalse, tracksTrue, roots;
  llvm::SmallVector<double> splits;
  std::vector<llvm::SmallVector<double>> members; // of each node; empty where none asks for them
  std::vector<llvm::SmallVector<Vote>> leaves;
  int64_t targetCount = 0;

  int64_t countNodes() const { return features.size(); }
  int64_t countAll() const { return features.size() + leaves.size(); }

  /// Whether all columns are as long as they must be, every number names what there is, and there
  /// are no cycles.
  bool isValid() const;
  /// Levels from a root to its farthest leaf; nothing for a cycle, or for too many.
  std::optional<int64_t> getDepth() const;
};

/// What the leaves that each row of `x` reaches vote for, over all trees: [batch, targets]. A
/// target without a vote has 0.
mlir::Value scoreForest(NodeBuilder &build, const Forest &forest, mlir::Value x,
                        Forest::Aggregate aggregate);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_FOREST_H
