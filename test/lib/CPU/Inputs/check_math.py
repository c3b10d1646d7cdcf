"""check_math.py OBJECT f32|f64 KERNEL: the functions of CallLibrary.mlir, over ranges and special
values."""

import ctypes
import math
import subprocess
import sys
import tempfile

import numpy as np

library, kind, kernel = sys.argv[1:]
dtype, wide = (np.float32, np.float64) if kind == "f32" else (np.float64, np.longdouble)
each = lambda f: lambda x: np.array([f(float(v)) for v in x], np.float64)
UNARY = [
    "exp",
    "exp2",
    "expm1",
    "log",
    "log2",
    "log10",
    "log1p",
    "cbrt",
    "sin",
    "cos",
    "tan",
    "arcsin",
    "arccos",
    "arctan",
    "sinh",
    "cosh",
    "tanh",
    "arcsinh",
    "arccosh",
    "arctanh",
    "erf",
    "erfc",
    "rsqrt",
    "round",
    "roundeven",
    "floor",
    "ceil",
    "trunc",
    "sqrt",
    "absf",
]
BINARY = ["pow", "arctan2", "fmod"]
OWN = {
    "erf": each(math.erf),
    "erfc": each(math.erfc),
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "round": lambda x: np.copysign(np.floor(np.abs(x) + wide(0.5)), x),
    "roundeven": np.rint,
    "absf": np.abs,
}
# Units in the last place that a function may be off; the polynomials in single precision are
# shorter.
ULPS = {
    "f32": {"exp": 2, "log": 2, "tanh": 8, "erf": 4},
    "f64": {
        "pow": 400,
        "tan": 6,
        "sinh": 6,
        "cosh": 6,
        "tanh": 6,
        "arcsinh": 6,
        "arccosh": 8,
        "arctanh": 8,
        "arcsin": 6,
        "arccos": 6,
        "arctan2": 6,
        "erf": 16,
        "erfc": 2000,
        "exp2": 4,
        "cbrt": 4,
        "log1p": 6,
        "expm1": 6,
    },
}[kind]

with tempfile.TemporaryDirectory() as folder:
    subprocess.run(
        ["ld.lld", "-shared", "-z", "notext", library, "-o", folder + "/k.so"], check=True
    )
    code = ctypes.CDLL(folder + "/k.so")


def run(x, y):
    def aligned(a):
        memory = np.empty(a.nbytes + 64, np.uint8)
        start = -memory.ctypes.data % 64
        copy = memory[start : start + a.nbytes].view(a.dtype)
        copy[...] = a
        return copy

    arrays = [aligned(x), aligned(y)] + [aligned(np.zeros_like(x)) for _ in UNARY + BINARY]
    slots = [s for a in arrays for s in (a.ctypes.data, len(a))] + [len(x)]
    values = (ctypes.c_int64 * len(slots))(*slots)
    count = getattr(code, kernel + ".count")
    count.restype = ctypes.c_int64
    function = getattr(code, kernel)
    function.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
    scratch = (ctypes.c_int64 * 4)()
    function(values, 0, count(values), scratch)
    return dict(zip(UNARY + BINARY, arrays[2:]))


def compare(x, y):
    results = run(x, y)
    for name, got in results.items():
        with np.errstate(all="ignore"):
            f = OWN.get(name) or getattr(np, name if name != "pow" else "power")
            operands = [x.astype(wide)] + ([y.astype(wide)] if name in BINARY else [])
            wanted = f(*operands)
            rounded = wanted.astype(dtype)
            assert (np.isnan(got) == np.isnan(rounded)).all(), (
                name,
                x[np.isnan(got) != np.isnan(rounded)],
                y[np.isnan(got) != np.isnan(rounded)],
            )
            infinite = np.isinf(rounded) | np.isinf(got)
            close = (
                infinite
                & (np.abs(got.astype(np.float64)) > np.finfo(dtype).max / 2)
                & (np.sign(got) == np.sign(rounded))
            )
            assert (close == infinite).all(), (
                name,
                x[infinite & ~close],
                got[infinite & ~close],
                rounded[infinite & ~close],
            )
            finite = np.isfinite(rounded) & np.isfinite(got)
            unit = np.spacing(np.maximum(np.abs(rounded[finite]), np.finfo(dtype).tiny))
            error = np.abs(got[finite].astype(wide) - wanted[finite]) / unit
            # Near the zeros of circular functions only the absolute error is bounded.
            if name in ("sin", "cos", "tan"):
                error = np.where(np.abs(wanted[finite]) < 1e-3, 0, error)
            most = float(error.max()) if len(error) else 0
            at = int(error.argmax()) if len(error) else 0
        limit = ULPS.get(name, 2 if kind == "f32" else 4)
        assert most <= limit, (
            f"{name}({x[finite][at]!r}) is {most} ulps off: {got[finite][at]!r}, "
            f"not {rounded[finite][at]!r}"
        )


rng = np.random.default_rng(1)
size = 20000
for scale in (0.01, 1.0, 10.0, 80.0):
    compare(
        (rng.standard_normal(size) * scale).astype(dtype),
        (rng.standard_normal(size) * 3).astype(dtype),
    )
compare(
    np.abs(rng.standard_normal(size) * 5).astype(dtype),
    (rng.standard_normal(size) * 8).astype(dtype),
)
compare((rng.integers(-20, 20, size) * 0.5).astype(dtype), rng.integers(-4, 5, size).astype(dtype))
special = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    np.inf,
    -np.inf,
    np.nan,
    np.finfo(dtype).tiny / 4,
    0.49999997,
    2.5,
    -2.5,
]
x, y = np.meshgrid(special, special)
x, y = x.ravel().astype(dtype), y.ravel().astype(dtype)
compare(x, y)
print(kernel, "agrees")
