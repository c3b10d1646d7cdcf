#include "lib/Pipelines/Graph.h"
#include "lib/Fuse/Passes.h"
#include "lib/Graph/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void azulejo::buildGraphPipeline(OpPassManager &pm, const GraphOptions &options) {
  // What is known at once decides more than what is found out later.
  if (!options.shapes.empty()) {
    graph::SpecializeShapesOptions specialize;
    specialize.shapes.assign(options.shapes.begin(), options.shapes.end());
    pm.addPass(graph::createSpecializeShapes(specialize));
  }

  // Functions first, so that every later pass sees one flat graph.
  pm.addPass(graph::createInlineFunctions());

  OpPassManager &function = pm.nest<func::FuncOp>();
  // While results still have the ranks that the model declares.
  function.addPass(graph::createDeduceSizes());
  // Some upgrades ask for ranks, which ONNX infers for old versions too; what it does not find now
  // the newest versions will tell.
  function.addPass(graph::createInferShapes({/*requireRanked=*/false}));
  function.addPass(graph::createUpgradeOpset());
  function.addPass(graph::createInferShapes({/*requireRanked=*/false}));

  // Each of these gives the others work: a folded shape is a rank, a rank an axis, a folded
  // position a sequence less, and a node less a pattern seen. Twice is as deep as exporters nest
  // them; what a third round would find, the rounds behind decomposition do.
  auto cleanUp = [&] {
    function.addPass(graph::createFoldConstants());
    function.addPass(graph::createResolveLists());
    function.addPass(graph::createSimplify());
    function.addPass(fuse::createMergeEqual());
    function.addPass(graph::createInferShapes({/*requireRanked=*/false}));
  };
  cleanUp();
  cleanUp();

  // Patterns before decomposition: one must not take apart what the other is about to recognise.
  // And behind the clean-ups, which leave one spelling of each.
  if (options.recognizePatterns) {
    function.addPass(graph::createRecognizePatterns());
    cleanUp();
  }

  function.addPass(graph::createDecompose());
  // Bodies of functions are written in the versions of their time.
  function.addPass(graph::createUpgradeOpset());
  function.addPass(graph::createInferShapes({/*requireRanked=*/false}));
  // On core operators, of which there are few; and what it makes is cleaned up with the rest.
  function.addPass(graph::createDifferentiate());
  // They compute on constants, and their shapes on shapes.
  cleanUp();
  cleanUp();
  // What folding made constant (axes, sizes) lets rules apply that had to pass before.
  function.addPass(graph::createDecompose());
  function.addPass(graph::createInferShapes({/*requireRanked=*/false}));
  cleanUp();
  function.addPass(graph::createDecompose());

  // Last of all that rewrites: patterns are of f32, and a constant is rounded once.
  if (!options.precision.empty())
    function.addPass(graph::createReducePrecision({options.precision}));
  if (options.quantizesWeights)
    function.addPass(graph::createQuantizeWeights());

  // Inference last, and strict: the border promises ranks and names.
  function.addPass(graph::createInferShapes());
  pm.addPass(graph::createVerifyCore());
}
