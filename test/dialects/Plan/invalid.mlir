// RUN: azulejo-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{a weight of type 'tensor<4xf32>' has 16 bytes, not 12}}
#w = #plan.weight<"w.bin", 0, 12, 0x1> : tensor<4xf32>

// -----

// expected-error @below {{a weight needs a statically shaped tensor type}}
#w = #plan.weight<"w.bin", 0, 12, 0x1> : tensor<?xf32>

// -----

func.func @constant() {
  // expected-error @below {{all of {value, result} have same type}}
  %0 = "plan.constant"() {value = dense<1.0> : tensor<4xf32>} : () -> tensor<5xf32>
  return
}
