#ifndef AZULEJO_LIB_PACKAGE_PASSES_TD
#define AZULEJO_LIB_PACKAGE_PASSES_TD

include "mlir/Pass/PassBase.td"

def WriteArtifact : Pass<"azulejo-write-artifact", "mlir::ModuleOp"> {
  let summary = "Compiles the module to machine code and writes the artifact.";
  let description = [{
    The module is what `azulejo-convert-plan-to-llvm` leaves: kernels and host code in LLVM's
    dialect, and attributes that say what weights, inputs and outputs there are. A `gpu.module`
    holds the kernels for the GPUs of the architecture that it is named by; the artifact has them as
    PTX and, where there is a ptxas, as machine code. The artifact is a file, so the module stays as
    it is.

    ```
    azulejo-opt kernels.mlir --azulejo-schedule --azulejo-write-artifact=path=model.azm
    ```
  }];
  let options = [
    Option<"path", "path", "std::string", "\"model.azm\"", "Where the artifact goes.">,
    Option<"cpu", "cpu", "std::string", "\"host\"",
           "The CPU to compile for: host, or a name that LLVM knows.">,
    Option<"assemble", "assemble", "bool", "true",
           "Whether ptxas makes machine code of the kernels of GPUs.">,
  ];
  let dependentDialects = ["::azulejo::plan::PlanDialect"];
}

def EmbedWeights : Pass<"azulejo-embed-weights", "mlir::ModuleOp"> {
  let summary = "Makes a module that needs no other file.";
  let description = [{
    ```mlir
    %w = plan.constant #plan.weight<"model.onnx", 4096, 1536, 0x9ae1f00d> : tensor<384xf32>
    ```
    becomes
    ```mlir
    %w = plan.constant dense_resource<weight> : tensor<384xf32>
    ```
    with the bytes among the module's resources. It is what `azulejo compile --embed-weights` does
    to a dump; compilation goes on from it as from the original, to the same artifact.
  }];
  let dependentDialects = ["::azulejo::plan::PlanDialect"];
}

#endif // AZULEJO_LIB_PACKAGE_PASSES_TD
