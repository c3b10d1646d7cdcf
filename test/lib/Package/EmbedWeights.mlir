// RUN: printf '\1\0\2\0\3\0\4\0\205' > %t.bin
// RUN: sed 's#FILE#%t.bin#' %s > %t.mlir
// RUN: azulejo-opt %t.mlir --azulejo-embed-weights | FileCheck %s
// RUN: sed 's#0x0#0x1#' %t.mlir > %t.changed.mlir
// RUN: not azulejo-opt %t.changed.mlir --azulejo-embed-weights 2>&1 | FileCheck %s --check-prefix=CHANGED
// CHANGED: weight file '{{.*}}' changed since this module was written

// Also inside of what is derived; elements of less than a byte take one each.
// CHECK: plan.constant dense_resource<[[PLAIN:.*]]> : tensor<4xi16>
// CHECK: plan.constant #plan.strided<dense_resource<[[PLAIN]]> : tensor<4xi16>, 3, [-1]> : tensor<4xi16>
// CHECK: plan.constant dense_resource<[[NIBBLES:.*]]> : tensor<2xi4>
// CHECK-DAG: [[PLAIN]]: "0x400000000100020003000400"
// CHECK-DAG: [[NIBBLES]]: "0x400000000508"
func.func @main() -> (tensor<4xi16>, tensor<4xi16>, tensor<2xi4>) {
  %0 = plan.constant #plan.weight<"FILE", 0, 8, 0x0> : tensor<4xi16>
  %1 = plan.constant #plan.strided<#plan.weight<"FILE", 0, 8, 0x0> : tensor<4xi16>, 3, [-1]> : tensor<4xi16>
  %2 = plan.constant #plan.weight<"FILE", 8, 1, 0x0> : tensor<2xi4>
  return %0, %1, %2 : tensor<4xi16>, tensor<4xi16>, tensor<2xi4>
}
