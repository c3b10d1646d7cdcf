//===- main.cpp - azulejo-lsp-server: editors' language server for .mlir files ----------------===//
#include "lib/Pipelines/Register.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  azulejo::registerAllDialects(registry);
  return failed(mlir::MlirLspServerMain(argc, argv, registry));
}
