"""Runs one kernel of an object made by --azulejo-emit-object and compares its results with NumPy's.

    run_kernel.py kernels.o NAME --in a='?x768:f32:7x768' --out y='?x768:f32:7x768' \\
                  --scalar n=i64:7 --expect 'y=np.exp(a)'

An operand is its type in the kernel ('?' where a dimension is dynamic), its element type, and its
actual shape; operands are given in the kernel's order. Inputs are random, or what a fourth part
says: an expression of NumPy's. Outputs start as NaN or -1 unless a fourth part says otherwise.
"""

import argparse
import ctypes
import os
import subprocess
import sys
import tempfile

import ml_dtypes
import numpy as np

TYPES = {
    "f32": np.float32,
    "f64": np.float64,
    "f16": np.float16,
    "bf16": ml_dtypes.bfloat16,
    "i8": np.int8,
    "i16": np.int16,
    "i32": np.int32,
    "i64": np.int64,
    "i1": np.bool_,
    "f8E4M3FN": ml_dtypes.float8_e4m3fn,
    "f8E5M2": ml_dtypes.float8_e5m2,
    "c64": np.complex64,
}


class Scratch(ctypes.Structure):
    _fields_ = [
        ("base", ctypes.c_void_p),
        ("size", ctypes.c_int64),
        ("used", ctypes.c_int64),
        ("grow", ctypes.c_void_p),
    ]


def aligned(array):
    """A copy of `array` at an address that is a multiple of 64, as the runtime's buffers are."""
    memory = np.empty(array.nbytes + 64, np.uint8)
    start = -memory.ctypes.data % 64
    copy = memory[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def operand(text, scope, rng, is_output):
    name, spec = text.split("=", 1)
    parts = spec.split(":", 3)
    declared = [d for d in parts[0].split("x") if d]
    dtype = TYPES[parts[1]]
    shape = [int(d) for d in parts[2].split("x") if d]
    if len(parts) > 3:
        value = np.broadcast_to(np.asarray(eval(parts[3], scope)).astype(dtype), shape)
    elif is_output:
        value = np.full(
            shape, -1 if np.issubdtype(dtype, np.integer) or dtype is np.bool_ else np.nan
        ).astype(dtype)
    elif np.issubdtype(dtype, np.integer):
        value = rng.integers(-100, 100, shape).astype(dtype)
    else:
        value = rng.standard_normal(shape).astype(dtype)
    array = aligned(np.array(value))
    slots = [array.ctypes.data] + [s for d, s in zip(declared, shape) if d == "?"]
    return name, array, slots


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("object")
    parser.add_argument("kernel")
    parser.add_argument("--in", dest="inputs", action="append", default=[])
    parser.add_argument("--out", dest="outputs", action="append", default=[])
    parser.add_argument("--scalar", dest="scalars", action="append", default=[])
    parser.add_argument("--expect", action="append", default=[])
    parser.add_argument("--rtol", type=float, default=1e-5)
    parser.add_argument("--atol", type=float, default=1e-6)
    parser.add_argument("--repeat", type=int, default=0, help="print the best time of so many runs")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        library = os.path.join(folder, "kernels.so")
        subprocess.run(
            ["ld.lld", "-shared", "-z", "notext", arguments.object, "-o", library], check=True
        )
        code = ctypes.CDLL(library)
    rng = np.random.default_rng(7)
    scope, slots = {"np": np, "rng": rng, "ml_dtypes": ml_dtypes}, []
    for group, is_output in ((arguments.inputs, False), (arguments.outputs, True)):
        for text in group:
            name, array, own = operand(text, scope, rng, is_output)
            scope[name] = array
            slots += own
    for text in arguments.scalars:
        name, spec = text.split("=", 1)
        kind, value = spec.split(":")
        scope[name] = TYPES[kind](value)
        slots.append(
            int(np.array(scope[name]).view({4: np.uint32, 8: np.int64}[scope[name].nbytes]))
        )

    values = (ctypes.c_int64 * max(1, len(slots)))(*slots)
    memory = np.empty((64 << 20) + 64, np.uint8)
    scratch = Scratch(memory.ctypes.data + -memory.ctypes.data % 64, 64 << 20, 0, 0)
    count = getattr(code, arguments.kernel + ".count")
    count.restype = ctypes.c_int64
    run = getattr(code, arguments.kernel)
    run.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
    total = count(values)
    # One call for each workgroup, last first: they must not depend on each other.
    for workgroup in reversed(range(total)):
        run(values, workgroup, workgroup + 1, ctypes.byref(scratch))
    if scratch.used:
        sys.exit(f"{arguments.kernel} leaves {scratch.used} bytes of scratch memory taken")
    print(f"{arguments.kernel}: {total} workgroups")
    for text in arguments.expect:
        name, expression = text.split("=", 1)
        wanted, got = np.asarray(eval(expression, scope)), scope[name]
        np.testing.assert_allclose(
            got.astype(wanted.dtype), wanted, rtol=arguments.rtol, atol=arguments.atol, err_msg=name
        )
        print(f"{name}: as expected")
    if arguments.repeat:
        import time

        best = float("inf")
        for _ in range(arguments.repeat):
            start = time.perf_counter()
            run(values, 0, total, ctypes.byref(scratch))
            best = min(best, time.perf_counter() - start)
        print(f"{best * 1e6:.1f} microseconds")


main()
