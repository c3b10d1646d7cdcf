//===- main.cpp - azulejo-opt: runs passes over a module --------------------------------------===//
#include "lib/Pipelines/Register.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  azulejo::registerAllDialects(registry);
  azulejo::registerAllPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "Azulejo's optimizer driver: runs passes over a module\n", registry));
}
