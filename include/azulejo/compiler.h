//===- compiler.h - Compiles models: the C++ API of libAzulejoCompiler ------------------------===//
//
//     mlir::MLIRContext context(registry);            // azulejo::registerAllDialects(registry)
//     azulejo::CompileOptions options;
//     auto module = azulejo::loadModel("model.onnx", context, options);
//     if (failed(module) || failed(azulejo::compile(**module, "model.azm", options)))
//       …                                             // the context's diagnostics have said why
//
// Compilation is a street of stages with one direction. After each, the module is complete,
// printable and parsable, and says how far it came in its attribute `azulejo.stage`; so `runStages`
// goes on where an earlier call, or another process, stopped.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_COMPILER_H
#define AZULEJO_COMPILER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace azulejo {

/// In order. A module at stage S has S behind it; each passes through CPU or through GPU.
enum class Stage { Import, Graph, Lower, Fuse, Tiling, CPU, GPU, Schedule };

/// "import", "graph", "lower", "fuse", "tiling", "cpu", "gpu", "schedule".
llvm::StringRef getStageName(Stage stage);
std::optional<Stage> parseStage(llvm::StringRef name);

/// What a model's f32 may be computed in. F32 is strict; with TF32 the operands of contractions may
/// be rounded to ten bits of mantissa, which tensor cores multiply; with F16 and BF16 activations
/// and weights become such floats where that is safe, and sums stay f32; with Int8Weights the
/// matrices that are multiplied by are stored as 8-bit integers with a scale a column, and all else
/// is F32.
enum class Precision { F32, TF32, F16, BF16, Int8Weights };

/// "f32", "tf32", "f16", "bf16", "int8-weights".
llvm::StringRef getPrecisionName(Precision precision);
std::optional<Precision> parsePrecision(llvm::StringRef name);

struct CompileOptions {
  /// "host", an x86-64 level ("x86-64-v3") or any CPU name that LLVM knows.
  std::string cpu = "host";

  /// The architectures ("sm_80", "sm_90a") or GPUs ("h100") to compile the kernels for, one of each
  /// architecture; empty for the CPU, which runs the host code in either case. A dump that has
  /// Tiling behind it keeps its own.
  std::vector<std::string> targets;

  /// Whether ptxas makes machine code of the kernels of GPUs, where there is a ptxas.
  bool assembles = true;

  Precision precision = Precision::F32;

  /// Dimensions given a fixed size, by the symbol's name.
  std::vector<std::pair<std::string, int64_t>> shapes;

  /// Files with ONNX functions for operators that the model uses and does not define: models that
  /// carry functions, or lists of functions in ONNX's textual format.
  std::vector<std::string> functions;

  /// Where every stage's module is written as <number>-<stage>.mlir; empty for nowhere.
  std::string dumpDirectory;

  /// Whether dumps hold the weights' bytes, rather than refer to the files they come from.
  bool embedWeights = false;

  /// A textual pass pipeline for builtin.module, run when `extraPassesAfter` has been reached;
  /// empty for none.
  std::string extraPasses;
  Stage extraPassesAfter = Stage::Graph;

  /// Called before each step with its name, for a progress line.
  std::function<void(llvm::StringRef step)> onStep;
};

/// Makes the operators of a shared library (azulejo/operators.h) known to this process, before any
/// context has a model. An artifact of a model that uses them needs the library when it runs, too.
llvm::Error loadOperators(llvm::StringRef path);

/// Reads an ONNX model (.onnx, or textual .onnxtxt) or the dump of any stage (.mlir). Errors go to
/// the context's diagnostics.
llvm::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
loadModel(llvm::StringRef path, mlir::MLIRContext &context, const CompileOptions &options);

/// Runs the stages that the module does not have behind it, up to and including `last`.
llvm::LogicalResult runStages(mlir::ModuleOp module, Stage last, const CompileOptions &options);

/// Puts the bytes of the weights into the module, which then needs no other file.
llvm::LogicalResult embedWeights(mlir::ModuleOp module);

/// Runs all stages that are left and writes the artifact. The file appears whole or not at all.
llvm::LogicalResult compile(mlir::ModuleOp module, llvm::StringRef artifactPath,
                            const CompileOptions &options);

} // namespace azulejo

#endif // AZULEJO_COMPILER_H
