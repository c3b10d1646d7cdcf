//===- Upgrades.h - Rules from older versions of operators to the newest ----------------------===//
#ifndef AZULEJO_LIB_GRAPH_UPGRADES_H
#define AZULEJO_LIB_GRAPH_UPGRADES_H

#include "lib/Graph/Nodes.h"
#include "llvm/ADT/StringMap.h"

namespace azulejo::graph {

/// Rewrites one node of an older version. May make nodes of any newest version before it; replaces
/// and erases it. A rule that cannot do what the node says reports an error at it.
using UpgradeRule =
    std::function<llvm::LogicalResult(mlir::Operation *op, int version, NodeBuilder &build)>;

/// The rules by operator name, as getOpType gives the newest version's; that version's own form
/// needs none.
struct UpgradeRules {
  struct Rule {
    int before; // applies to versions before this one
    UpgradeRule apply;
  };
  llvm::StringMap<Rule> rules;

  void add(llvm::ArrayRef<llvm::StringRef> opTypes, int before, UpgradeRule rule) {
    for (llvm::StringRef opType : opTypes)
      rules[opType] = {before, rule};
  }
};

void addArithmeticUpgrades(UpgradeRules &rules);
void addMovementUpgrades(UpgradeRules &rules);
void addNeuralUpgrades(UpgradeRules &rules);
void addTableUpgrades(UpgradeRules &rules);
void addTreeUpgrades(UpgradeRules &rules);

/// Makes the newest version of the node with these operands, and the attributes and subgraphs that
/// the node has, less `dropped`, plus `added`; replaces the node, its results one by one.
llvm::LogicalResult upgradeTo(mlir::Operation *op, NodeBuilder &build,
                              llvm::ArrayRef<mlir::Value> operands,
                              llvm::ArrayRef<llvm::StringRef> dropped = {},
                              llvm::ArrayRef<mlir::NamedAttribute> added = {},
                              llvm::StringRef opType = {});

/// The node's formal operands as upgradeTo takes them: null where absent.
llvm::SmallVector<mlir::Value> getFormalOperandValues(mlir::Operation *op);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_UPGRADES_H
