//===- Activation.cpp - Activations with what exporters fuse into them ------------------------===//
#include "lib/Import/Schemas/Operator.h"

namespace azulejo::schemas {

static Operator activation(const char *name, const char *doc) {
  return Operator(name, __FILE__, doc);
}

void addActivationSchemas() {
  activation("Gelu", "x * Phi(x), exactly.")
      .input("X", "T")
      .output("Y", "T")
      .types("T", allFloats())
      .infer(sameAs())
      .body("Y = Gelu(X)")
      .define();

  activation("BiasGelu", "Gelu of A plus a bias of A's last dimension.")
      .input("A", "T")
      .input("B", "T", "of rank 1")
      .output("C", "T")
      .types("T", allFloats())
      .infer(sameAs())
      .body("S = Add(A, B)  C = Gelu(S)")
      .define();

  activation("FastGelu", "Gelu in its tanh form, of X plus an optional bias.")
      .input("X", "T")
      .optionalInput("bias", "T", "of rank 1")
      .output("Y", "T")
      .types("T", allFloats())
      .infer(sameAs())
      .body([](Body &body) {
        body.add(body.has("bias") ? "S = Add(X, bias)" : "S = Identity(X)");
        body.add("Y = Gelu <approximate = \"tanh\"> (S)");
        return true;
      })
      .define();

  activation("QuickGelu", "x * sigmoid(alpha * x).")
      .input("X", "T")
      .output("Y", "T")
      .number("alpha", 1.702f)
      .types("T", allFloats())
      .infer(sameAs())
      .body("Y = Swish <alpha : float = @alpha> (X)")
      .define();

  activation("BiasAdd", "X plus a bias of its last dimension plus a residual.")
      .input("X", "T")
      .input("bias", "T", "of rank 1")
      .input("skip", "T", "of X's shape")
      .output("Y", "T")
      .types("T", smallFloats())
      .infer(sameAs())
      .body("S = Add(X, bias)  Y = Add(S, skip)")
      .define();

  activation("BiasSplitGelu",
             "Of X plus a bias the first half of the last dimension, times Gelu of "
             "the second.")
      .input("X", "T", "(N, S, D)")
      .input("bias", "T", "(D)")
      .output("Y", "T", "(N, S, D / 2)")
      .types("T", smallFloats())
      .infer([](::onnx::InferenceContext &context) {
        requireRank(context, 0, 3, 3);
        setLike(context, 0, 0);
        if (const auto *shape = shapeOf(context, 0)) {
          auto *last =
              context.getOutputType(0)->mutable_tensor_type()->mutable_shape()->mutable_dim(2);
          *last = shape->dim(2) / 2;
        }
      })
      .body("S = Add(X, bias)  A, B = Split <axis = -1, num_outputs = 2> (S)  G = Gelu(B)  "
            "Y = Mul(A, G)")
      .define();
}

} // namespace azulejo::schemas
