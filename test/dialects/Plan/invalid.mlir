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

// -----

// expected-error @below {{elements 1 to 4 are not in 'tensor<4xf32>'}}
#s = #plan.strided<dense<1.0> : tensor<4xf32>, 1, [1]> : tensor<4xf32>

// -----

// expected-error @below {{strides lead out of 'tensor<4xf32>'}}
#s = #plan.strided<dense<1.0> : tensor<4xf32>, 1, [9223372036854775807]> : tensor<4xf32>

// -----

// expected-error @below {{elements need whole bytes, and the same number}}
#s = #plan.strided<dense<1.0> : tensor<4xf32>, 0, [1]> : tensor<4xf16>

// -----

// expected-error @below {{expected one stride per dimension}}
#s = #plan.strided<dense<1.0> : tensor<4xf32>, 0, [1, 1]> : tensor<4xf32>

// -----

// expected-error @below {{cannot be part of 'tensor<4x2xf32>' along axis 0}}
#c = #plan.concat<[dense<1.0> : tensor<2x2xf32>, dense<1.0> : tensor<2x1xf32>], 0> : tensor<4x2xf32>

// -----

// expected-error @below {{the parts have 3 along axis 0, and the whole 4}}
#c = #plan.concat<[dense<1.0> : tensor<3xf32>], 0> : tensor<4xf32>

// -----

// expected-error @below {{panels of 'tensor<2x5xf32>' cannot be 'tensor<1x2x4xf32>'}}
#p = #plan.panels<dense<1.0> : tensor<2x5xf32>> : tensor<1x2x4xf32>

// -----

// expected-error @below {{3x3 filters 'tensor<2x4x3x3xf32>' cannot be transformed to 'tensor<25x2x4xf32>'}}
#w = #plan.winograd<dense<1.0> : tensor<2x4x3x3xf32>> : tensor<25x2x4xf32>

// -----

func.func @apply(%s: !plan.value) -> tensor<?xf32> {
  // expected-error @below {{has 1 inputs and 1 results, and names the types of 0 and 1}}
  %t = plan.apply "SequenceAt"(%s) {input_names = [], result_names = ["float"]} : (!plan.value) -> tensor<?xf32>
  return %t : tensor<?xf32>
}

// -----

// expected-error @below {{'tensor<4xf64>' cannot be converted to 'tensor<4xf16>'}}
#c = #plan.converted<dense<1.0> : tensor<4xf64>> : tensor<4xf16>

// -----

// expected-error @below {{'tensor<4xf32>' cannot be converted to 'tensor<2x2xf16>'}}
#c = #plan.converted<dense<1.0> : tensor<4xf32>> : tensor<2x2xf16>
