// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

// Strings of constants have numbers, the empty one 0.
// CHECK: module attributes {plan.strings = ["", "b", "a", "[0-9]+", "x"]}

// CHECK-LABEL: func.func @movement
// CHECK-SAME:    %[[X:.*]]: tensor<2xi64> {azulejo.name = "x", azulejo.shape = [2], azulejo.type = "string"}
// CHECK:         arith.constant dense<[1, 0, 2]> : tensor<3xi64>
// CHECK:         arith.cmpi eq, %{{.*}}, %{{.*}} : i64
func.func @movement(%x: tensor<2x!plan.string> {onnx.name = "x"}) -> tensor<3x2xi1> {
  %c = onnx.Constant() {value = dense<["b", "", "a"]> : tensor<3x!plan.string>} : () -> tensor<3x!plan.string>
  %axes = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %u = onnx.Unsqueeze(%c, %axes) : (tensor<3x!plan.string>, tensor<1xi64>) -> tensor<3x1x!plan.string>
  %y = onnx.Equal(%u, %x) : (tensor<3x1x!plan.string>, tensor<2x!plan.string>) -> tensor<3x2xi1>
  return %y : tensor<3x2xi1>
}

// Attributes come first.
// CHECK-LABEL: func.func @attributes
// CHECK:         %[[P:.*]] = arith.constant dense<3> : tensor<i64>
// CHECK:         plan.apply "RegexFullMatch"(%[[P]], %arg0) {input_names = ["string", "string"], result_names = ["bool"]} : (tensor<i64>, tensor<2xi64>) -> tensor<2xi1>
func.func @attributes(%x: tensor<2x!plan.string>) -> tensor<2xi1> {
  %y = onnx.RegexFullMatch(%x) {pattern = "[0-9]+"} : (tensor<2x!plan.string>) -> tensor<2xi1>
  return %y : tensor<2xi1>
}

// Defaults of the schema; an integer that has none is -1.
// CHECK-LABEL: func.func @defaults
// CHECK:         %[[D:.*]] = arith.constant dense<0> : tensor<i64>
// CHECK:         %[[M:.*]] = arith.constant dense<-1> : tensor<i64>
// CHECK:         %{{.*}}:2 = plan.apply "StringSplit"(%[[D]], %[[M]], %arg0) {{.*}} -> (tensor<2x?xi64>, tensor<2xi64>)
func.func @defaults(%x: tensor<2x!plan.string>) -> (tensor<2x?x!plan.string, #onnx.dims<2, "n">>, tensor<2xi64>) {
  %y, %z = onnx.StringSplit(%x) : (tensor<2x!plan.string>) -> (tensor<2x?x!plan.string, #onnx.dims<2, "n">>, tensor<2xi64>)
  return %y, %z : tensor<2x?x!plan.string, #onnx.dims<2, "n">>, tensor<2xi64>
}

// CHECK-LABEL: func.func @sequence
// CHECK-SAME:    !plan.value {{.*}}azulejo.shape = [], azulejo.type = "seq(tensor(uint8))"
// CHECK:         plan.apply "SequenceAt"({{.*}}) {input_names = ["seq(tensor(uint8))", "int64"], result_names = ["uint8"]} : (!plan.value, tensor<i64>) -> tensor<?x4xi8>
func.func @sequence(%s: !plan.sequence<tensor<?x4xui8>>, %i: tensor<i64>) -> tensor<?x4xui8, #onnx.dims<"n", 4>> {
  %y = onnx.SequenceAt(%s, %i) : (!plan.sequence<tensor<?x4xui8>>, tensor<i64>) -> tensor<?x4xui8, #onnx.dims<"n", 4>>
  return %y : tensor<?x4xui8, #onnx.dims<"n", 4>>
}

// Lists of numbers, and the type of what an empty map becomes.
// CHECK-LABEL: func.func @maps
// CHECK-DAG:     %[[NUMBERS:.*]] = arith.constant dense<[4, 7]> : tensor<2xi64>
// CHECK-DAG:     %[[WORDS:.*]] = linalg.fill {{.*}} -> tensor<0xi64>
// CHECK-DAG:     %[[FLOAT:.*]] = arith.constant dense<1> : tensor<i64>
// CHECK:         plan.apply "DictVectorizer"(%[[NUMBERS]], %[[WORDS]], %[[FLOAT]], %arg0) {input_names = ["int64", "string", "int64", "map(int64,tensor(float))"], result_names = ["float"]}
func.func @maps(%m: !plan.map<i64, tensor<f32>>) -> tensor<1x2xf32> {
  %y = onnx.ai_onnx_ml.DictVectorizer(%m) {int64_vocabulary = array<i64: 4, 7>} : (!plan.map<i64, tensor<f32>>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// Casts to and from strings are the host's, others are not.
// CHECK-LABEL: func.func @casts
// CHECK:         plan.apply "Cast"
// CHECK:         arith.sitofp
func.func @casts(%x: tensor<2x!plan.string>) -> tensor<2xf32> {
  %y = onnx.Cast(%x) {to = 7 : i64} : (tensor<2x!plan.string>) -> tensor<2xi64>
  %z = onnx.Cast(%y) {to = 1 : i64} : (tensor<2xi64>) -> tensor<2xf32>
  return %z : tensor<2xf32>
}

// CHECK-LABEL: func.func @carried
// CHECK:         scf.for {{.*}} -> (!plan.value)
func.func @carried(%m: tensor<i64>, %s: !plan.sequence<tensor<*xf32>>, %x: tensor<2xf32>) -> !plan.sequence<tensor<*xf32>> {
  %r = onnx.Loop(%m, _, %s) body {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %v: !plan.sequence<tensor<*xf32>>):
    %t = onnx.SequenceInsert(%v, %x) : (!plan.sequence<tensor<*xf32>>, tensor<2xf32>) -> !plan.sequence<tensor<*xf32>>
    onnx.yield %c, %t : tensor<i1>, !plan.sequence<tensor<*xf32>>
  } : (tensor<i64>, !plan.sequence<tensor<*xf32>>) -> !plan.sequence<tensor<*xf32>>
  return %r : !plan.sequence<tensor<*xf32>>
}

// CHECK-LABEL: func.func @concat
// CHECK:         plan.apply "StringConcat"
func.func @concat(%x: tensor<2x!plan.string>) -> tensor<2x!plan.string> {
  %c = onnx.Constant() {value = dense<"x"> : tensor<!plan.string>} : () -> tensor<!plan.string>
  %y = onnx.StringConcat(%x, %c) : (tensor<2x!plan.string>, tensor<!plan.string>) -> tensor<2x!plan.string>
  return %y : tensor<2x!plan.string>
}
