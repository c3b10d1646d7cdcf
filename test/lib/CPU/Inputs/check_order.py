"""Equal rows times equal columns give equal elements, to the last bit, in whole tiles and in what
is left over: an element is summed in an order that does not depend on where it stands."""

import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import helper, numpy_helper

# rows (None: known at run time), columns
CASES = [(1, 70), (2, 33), (3, 1000), (5, 169), (17, 49), (None, 40), (1000, 169)]


def check(folder, cpu, rows, columns):
    depth, count = 515, rows or 19
    random = np.random.default_rng(count * columns)
    x = np.tile(random.standard_normal(depth).astype("f4") * 1e9, (count, 1))
    w = np.tile(random.standard_normal((depth, 1)).astype("f4"), (1, columns))
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", 1, [rows or "m", depth])],
        [helper.make_tensor_value_info("y", 1, None)],
        [numpy_helper.from_array(w, "w")],
    )
    model, artifact = os.path.join(folder, "product.onnx"), os.path.join(folder, "product.azm")
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)]), model)
    subprocess.run(["azulejo", "compile", model, f"--cpu={cpu}", "-o", artifact], check=True)
    np.save(os.path.join(folder, "x.npy"), x)
    subprocess.run(
        ["azulejo-run", artifact, "--input=@x.npy", "--output=@y.npy"], cwd=folder, check=True
    )
    values = np.unique(np.load(os.path.join(folder, "y.npy")))
    return "" if len(values) == 1 else f"{len(values)} values, {values[:3]}"


def main():
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for cpu in sys.argv[1:]:
            for rows, columns in CASES:
                if wrong := check(folder, cpu, rows, columns):
                    print(f"{cpu}, {rows} x {columns}: {wrong}")
                    failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main())
