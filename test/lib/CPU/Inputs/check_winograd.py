"""Compiles 3x3 convolutions for each CPU given and compares them with sums in f64.

The error allowed is relative to the sum of the products' magnitudes, which does not depend on how
much cancels. With tiles of 2 x 2 all that is added is as large as what is multiplied: 1e-6, eight
roundings of f32. With tiles of 4 x 4 the transforms' rows have magnitudes of up to 10 and 18 in
each of two dimensions, and what they add up cancels again: 1e-5 (seen: at most 4e-6)."""

import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import helper, numpy_helper

MOST = {2: 1e-6, 4: 1e-5}
# channels, filters, height, width, pads, images (None: known at run time), outputs of a tile
CASES = [
    (48, 40, 29, 30, [1, 1, 1, 1], 1, 4),
    (32, 32, 33, 21, [0, 2, 1, 0], 2, 4),
    (32, 48, 67, 4, [1, 1, 1, 1], 1, 4),
    (32, 32, 24, 70, [2, 2, 2, 2], None, 4),
    (128, 128, 11, 13, [1, 1, 1, 1], 1, 2),
    (128, 128, 14, 15, [1, 0, 0, 1], None, 2),
]


def convolve(x, w, pads):
    """In f64: the results, and the sums of magnitudes."""
    top, left, bottom, right = pads
    results = []
    for image, filters in ((x, w), (abs(x), abs(w))):
        padded = np.pad(image.astype("f8"), [(0, 0), (0, 0), (top, bottom), (left, right)])
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
        results.append(np.einsum("nchwij,mcij->nmhw", windows, filters.astype("f8"), optimize=True))
    return results


def check(folder, cpu, case):
    channels, filters, height, width, pads, images, outputs = case
    random = np.random.default_rng(channels * height + width)
    w = random.standard_normal((filters, channels, 3, 3)).astype("f4")
    b = random.standard_normal(filters).astype("f4")
    x = random.standard_normal((images or 3, channels, height, width)).astype("f4")
    model, artifact = os.path.join(folder, "conv.onnx"), os.path.join(folder, "conv.azm")
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w", "b"], ["y"], pads=pads)],
        "conv",
        [helper.make_tensor_value_info("x", 1, [images or "n", channels, height, width])],
        [helper.make_tensor_value_info("y", 1, None)],
        [numpy_helper.from_array(w, "w"), numpy_helper.from_array(b, "b")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)]), model)
    command = ["azulejo", "compile", model, f"--cpu={cpu}"]
    fused = subprocess.run([*command, "--compile-to=fuse"], capture_output=True, text=True)
    if f"tile.winograd_output {{outputs = {outputs} : i64}}" not in fused.stdout:
        return f"no tiles of {outputs}\n{fused.stderr}"
    subprocess.run([*command, "-o", artifact], check=True)
    np.save(os.path.join(folder, "x.npy"), x)
    run = ["azulejo-run", artifact, f"--input=@{folder}/x.npy", f"--output=@{folder}/y.npy"]
    subprocess.run(run, check=True)
    expected, magnitude = convolve(x, w, pads)
    error = abs(np.load(os.path.join(folder, "y.npy")) - expected - b[:, None, None]) / magnitude
    print(f"{cpu} {case}: {error.max():.1e}")
    return f"off by {error.max()}" if error.max() > MOST[outputs] else None


with tempfile.TemporaryDirectory() as scratch:
    faults = [
        f"{cpu} {case}: {said}"
        for cpu in sys.argv[1:]
        for case in CASES
        if (said := check(scratch, cpu, case))
    ]
sys.exit("\n".join(faults) or None)
