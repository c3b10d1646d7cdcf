"""check_narrow.py CPU...: products by weights of i8, f16 and bf16 against sums in f64.

The weights are exact in what they are compared with, so that only f32's roundings are left: of the
products' magnitudes at most as many units as there are products, and far fewer seen. With
--precision=int8-weights the expected result is of the integers that numpy rounds to."""

import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# rows (None: known at run time), products a sum, columns: few rows, whose sums are kept in several
# parts; columns that fill no vector, or not the last one. All of more than the 1 MiB up to which a
# converted weight becomes a constant of its own.
CASES = [(1, 4099, 70), (2, 8064, 33), (3, 2065, 128), (17, 6661, 40), (None, 2755, 96)]
STORED = {
    "i8": TensorProto.INT8,
    "f16": TensorProto.FLOAT16,
    "bf16": TensorProto.BFLOAT16,
    "quantized": TensorProto.FLOAT,
}


def make(kind, rows, depth, columns, transposed, random):
    """A model, its weight as numbers, and the factors of its columns."""
    scales = random.uniform(0.5, 2, columns).astype("f4")
    w = random.standard_normal((depth, columns)).astype("f4")
    if kind == "quantized":
        largest = np.abs(w).max(axis=0)
        scales = largest / np.float32(127)
        numbers = np.clip(np.rint(w / scales), -127, 127)
        nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
        weights = [numpy_helper.from_array(w, "w")]
        return nodes, weights, numbers.astype("f8"), scales.astype("f8")
    if kind == "i8":
        w = random.integers(-127, 128, w.shape)
    else:
        bits = 10 if kind == "f16" else 7  # of the mantissa
        w = np.ldexp(np.rint(np.ldexp(np.frexp(w)[0], bits)), np.frexp(w)[1] - bits)
    stored = np.ascontiguousarray(w.T if transposed else w)
    weight = helper.make_tensor("w", STORED[kind], stored.shape, stored.reshape(-1).tolist())
    nodes = [helper.make_node("Cast", ["w"], ["wide"], to=TensorProto.FLOAT)]
    if kind == "i8" and not transposed:
        nodes = [helper.make_node("DequantizeLinear", ["w", "s"], ["wide"], axis=1)]
    if transposed:
        nodes.append(helper.make_node("Transpose", ["wide"], ["turned"], perm=[1, 0]))
    nodes.append(helper.make_node("MatMul", ["x", nodes[-1].output[0]], ["y"]))
    if nodes[0].op_type != "DequantizeLinear":
        scales[:] = 1
    weights = [weight, numpy_helper.from_array(scales, "s")]
    return nodes, weights, w.astype("f8"), scales.astype("f8")


def check(folder, options, kind, case, transposed):
    rows, depth, columns = case
    random = np.random.default_rng(depth * columns)
    nodes, weights, numbers, scales = make(kind, rows, depth, columns, transposed, random)
    x = random.standard_normal((rows or 9, depth)).astype("f4")
    graph = helper.make_graph(
        nodes,
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [rows or "m", depth])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        weights,
    )
    model, artifact = os.path.join(folder, "product.onnx"), os.path.join(folder, "product.azm")
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)]), model)
    command = ["azulejo", "compile", model, *options]
    if kind == "quantized":
        command.append("--precision=int8-weights")
    fused = subprocess.run([*command, "--compile-to=tiling"], capture_output=True, text=True)
    element = "i8" if kind == "quantized" else kind
    if not any(
        "tile.matmul" in line and f"x{element}>)" in line for line in fused.stdout.split("\n")
    ):
        return f"no product by a weight of {element}\n{fused.stderr}"
    subprocess.run([*command, "-o", artifact], check=True)
    np.save(os.path.join(folder, "x.npy"), x)
    done = subprocess.run(
        ["azulejo-run", artifact, "--input=@x.npy", "--output=@y.npy"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return done.stderr
    y = np.load(os.path.join(folder, "y.npy"))
    most = 2e-6 * (np.abs(x.astype("f8")) @ np.abs(numbers)) * scales
    error = np.abs(y - x.astype("f8") @ numbers * scales)
    return (
        ""
        if (error <= most).all()
        else f"error {error.max()}, {(error / most).max()} of it allowed"
    )


def main():
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for cpu in sys.argv[1:]:
            for kind in STORED:
                for case in CASES:
                    for transposed in (False, True) if kind != "quantized" else (False,):
                        wrong = check(folder, [f"--cpu={cpu}"], kind, case, transposed)
                        if wrong:
                            print(f"{cpu}, {kind}, {case}, transposed {transposed}: {wrong}")
                            failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main())
