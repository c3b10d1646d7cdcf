"""Runs a convolution kernel of an object and compares it with a direct convolution.

    run_convolution.py kernels.o NAME XSHAPE WSHAPE [strides=..] [dilations=..] [pads=..]
                       [group=..] [dynamic=DIMS] [bias]

The kernel's operands are those that azulejo-decompose-structured-ops leaves: the filters' taps
flattened, positions joined.
"""

import os
import subprocess
import sys

import numpy as np

library, name, x, w = sys.argv[1:5]
options = dict(o.split("=") if "=" in o else (o, "") for o in sys.argv[5:])
X, W = ([int(d) for d in s.split("x")] for s in (x, w))
spatial = len(X) - 2
numbers = lambda key, default: (
    [int(v) for v in options[key].split(",")] if key in options else default
)
strides, dilations = numbers("strides", [1] * spatial), numbers("dilations", [1] * spatial)
pads, group = numbers("pads", [0] * 2 * spatial), int(options.get("group", 1))
dynamic = options.get("dynamic", "")
sizes = [
    (X[2 + s] + pads[s] + pads[s + spatial] - dilations[s] * (W[2 + s] - 1) - 1) // strides[s] + 1
    for s in range(spatial)
]
positions, outputs, taps = int(np.prod(sizes)), W[0], int(np.prod(W[2:]))

expected = f"""(lambda p: sum(
    np.einsum('ngc...,goc->ngo...',
              p.reshape({X[0]}, {group}, {X[1] // group}, *p.shape[2:])[
                  (slice(None),) * 3 + tuple(slice(t * d, t * d + (o - 1) * s + 1, s)
                  for t, d, o, s in zip(k, {dilations}, {sizes}, {strides}))],
              w.reshape({group}, {outputs // group}, {W[1]}, {taps})[
                  ..., np.ravel_multi_index(k, {W[2:]})])
    for k in np.ndindex(*{W[2:]})))(
        np.pad(x.reshape({X}), [(0, 0), (0, 0), *zip({pads[:spatial]}, {pads[spatial:]})]))"""
depthwise = group > 1 and W[1] == 1 and outputs == group
pointwise = taps == 1
shape = lambda dims: "x".join(map(str, dims))
declared = lambda dims, which: "x".join(
    "?" if str(i) in which else str(d) for i, d in enumerate(dims)
)
if pointwise:
    xOp = [X[0], X[1], int(np.prod(X[2:]))]
elif group > 1 and not depthwise:
    xOp = [X[0], group, X[1] // group] + X[2:]
else:
    xOp = X
wOp = (
    [outputs] + W[2:]
    if depthwise
    else [group, outputs // group, W[1] * taps] if group > 1 else [outputs, W[1] * taps]
)
yOp = (
    [X[0], group, outputs // group, positions]
    if group > 1 and not depthwise
    else [X[0], outputs, positions]
)
xArg, wArg = f"x={declared(xOp, dynamic)}:f32:{shape(xOp)}", f"w={shape(wOp)}:f32:{shape(wOp)}"
# A matmul of filters and columns takes the filters first.
inputs = [wArg, xArg] if pointwise else [xArg, wArg]
if "bias" in options:
    inputs.append(f"b={outputs}:f32:{outputs}")
    expected = f"({expected}).reshape({X[0]}, {outputs}, {positions}) + b[None, :, None]"
command = [sys.executable, os.path.join(os.path.dirname(__file__), "run_kernel.py"), library, name]
for text in inputs:
    command += ["--in", text]
command += ["--out", f"y={declared(yOp, dynamic)}:f32:{shape(yOp)}"]
if dynamic:
    command += ["--scalar", f"n=i64:{X[0]}", "--scalar", f"p=i64:{positions}"]
command += ["--expect", f"y=({expected}).reshape({yOp})", "--rtol", "1e-4", "--atol", "1e-4"]
sys.exit(subprocess.run(command).returncode)
