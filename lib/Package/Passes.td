#ifndef AZULEJO_LIB_PACKAGE_PASSES_TD
#define AZULEJO_LIB_PACKAGE_PASSES_TD

include "mlir/Pass/PassBase.td"

def WriteArtifact : Pass<"azulejo-write-artifact", "mlir::ModuleOp"> {
  let summary = "Compiles the module to machine code and writes the artifact.";
  let description = [{
    The module is what `azulejo-convert-plan-to-llvm` leaves: kernels and host code in LLVM's
    dialect, and attributes that say what weights, inputs and outputs there are. The artifact is a
    file, so the module stays as it is.

    ```
    azulejo-opt kernels.mlir --azulejo-schedule --azulejo-write-artifact=path=model.azm
    ```
  }];
  let options = [
    Option<"path", "path", "std::string", "\"model.azm\"", "Where the artifact goes.">,
    Option<"cpu", "cpu", "std::string", "\"host\"",
           "The CPU to compile for: host, or a name that LLVM knows.">,
  ];
  let dependentDialects = ["::azulejo::plan::PlanDialect"];
}

#endif // AZULEJO_LIB_PACKAGE_PASSES_TD
