"""The operators that graphs are made of. Each maker takes the generator and gives a proposal, or
None where the graph has no operands for it. ONNX Runtime is asked whether the proposal is a valid
node, so a maker need not know every rule.

Operators that jump (Floor, a comparison, TopK) take exact values only: two correct implementations
may be apart by a rounding error before them, and by anything behind."""

import dataclasses

import numpy as np

MAKERS = {}


@dataclasses.dataclass
class Proposal:
    op: str
    inputs: list  # of Values, of arrays (which become constants), and None for what is left out
    attributes: dict = dataclasses.field(default_factory=dict)
    outputs: int = 1
    # How much larger than its operands' the absolute error may be, beside rounding.
    growth: float = 1.0
    # Adds up so many products or terms.
    terms: int = 1
    moves: bool = False  # only moves elements: errors stay as they are
    jumps: bool = False


def maker(weight=1):
    def register(function):
        MAKERS[function] = weight
        return function

    return register


def ints(*values):
    return np.array(values, dtype=np.int64)


# ===-------------------------------------------------------------------------------------------===
# Elementwise
# ===-------------------------------------------------------------------------------------------===

SMOOTH = {  # with the largest slope where it is used
    "Neg": 1,
    "Abs": 1,
    "Relu": 1,
    "Sigmoid": 1,
    "Tanh": 1,
    "Erf": 1.2,
    "Sin": 1,
    "Cos": 1,
    "Softplus": 1,
    "Elu": 1,
    "LeakyRelu": 1,
    "HardSigmoid": 1,
    "Softsign": 1,
    "Gelu": 1.3,
    "Mish": 1.3,
    "HardSwish": 1.5,
    "Selu": 1.8,
    "ThresholdedRelu": None,
    "Celu": 1,
    "Atan": 1,
}


@maker(8)
def smooth(g):
    op = g.choose(list(SMOOTH))
    x = g.value(floats=True, special=op in ("Neg", "Abs", "Sigmoid", "Tanh"))
    if x is None:
        return None
    if SMOOTH[op] is None:
        return Proposal(op, [x], jumps=True)
    return Proposal(op, [x], growth=SMOOTH[op])


@maker(2)
def exponential(g):
    x = g.value(floats=True)
    if x is None or x.largest() > 8:
        return None
    return Proposal("Exp", [x], growth=float(np.exp(x.largest())))


@maker(2)
def root(g):
    x = g.value(floats=True)
    if x is None or x.array.size == 0 or x.array.min() < 0.1:
        return None
    op = g.choose(["Sqrt", "Log", "Reciprocal"])
    return Proposal(op, [x], growth=100.0 if op == "Reciprocal" else 10.0)


@maker(3)
def rounding(g):
    x = g.value(floats=True, exact=True)
    return x and Proposal(g.choose(["Floor", "Ceil", "Round", "Sign"]), [x], jumps=True)


@maker(10)
def arithmetic(g):
    op = g.choose(["Add", "Sub", "Mul"])
    pair = g.broadcastable(special=op != "Mul")
    if not pair:
        return None
    a, b = pair
    growth = 2.0 if op != "Mul" else a.largest() + b.largest() + 1
    return Proposal(op, [a, b], growth=growth)


@maker(3)
def division(g):
    pair = g.broadcastable()
    if not pair or pair[1].array.size == 0 or np.abs(pair[1].array.astype(np.float64)).min() < 0.25:
        return None
    a, b = pair
    return Proposal("Div", [a, b], growth=4 + 16 * a.largest(), jumps=not a.is_float)


@maker(4)
def extremes(g):
    pair = g.broadcastable()
    return pair and Proposal(g.choose(["Max", "Min"]), list(pair))


@maker(3)
def remainder(g):
    pair = g.broadcastable(floats=False, exact=True)
    if not pair or (pair[1].array == 0).any() or pair[0].dtype == "bool":
        return None
    return Proposal("Mod", list(pair), jumps=True)


@maker(5)
def comparison(g):
    pair = g.broadcastable(exact=True, special=True)
    op = g.choose(["Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual"])
    return pair and Proposal(op, list(pair), jumps=True)


@maker(3)
def logic(g):
    pair = g.broadcastable(dtype="bool")
    if not pair:
        return None
    if g.chance(0.2):
        return Proposal("Not", [pair[0]])
    return Proposal(g.choose(["And", "Or", "Xor"]), list(pair))


@maker(4)
def where(g):
    condition = g.value(dtype="bool")
    pair = condition and g.broadcastable(special=True)
    return pair and Proposal("Where", [condition, *pair], moves=True)


@maker(2)
def is_special(g):
    x = g.value(dtype=g.choose(["float32", "float64"]), exact=True, special=True)
    return x and Proposal(g.choose(["IsNaN", "IsInf"]), [x], jumps=True)


@maker(2)
def bits(g):
    pair = g.broadcastable(floats=False, exact=True)
    if not pair or pair[0].dtype == "bool":
        return None
    return Proposal(g.choose(["BitwiseAnd", "BitwiseOr", "BitwiseXor"]), list(pair), jumps=True)


@maker(2)
def clip(g):
    x = g.value(floats=True)
    if x is None:
        return None
    low, high = sorted(g.random.integers(-3, 4, 2).tolist())
    limits = [np.array(low, x.array.dtype), np.array(high, x.array.dtype)]
    return Proposal("Clip", [x, *limits])


@maker(4)
def cast(g):
    x = g.value()
    if x is None:
        return None
    to = g.choose(["float32", "float64", "float16", "int64", "int32", "bool", "int8", "uint8"])
    if to not in ("float32", "float64", "float16"):
        if not x.exact or x.special:
            return None
        info = None if to == "bool" else np.iinfo(to)
        if info and x.array.size and not (x.array.min() >= info.min and x.array.max() <= info.max):
            return None
    return Proposal(
        "Cast", [x], {"to": g.onnx_type(to)}, jumps=to not in ("float32", "float64", "float16")
    )


# ===-------------------------------------------------------------------------------------------===
# Reductions and contractions
# ===-------------------------------------------------------------------------------------------===


@maker(6)
def reduction(g):
    op = g.choose(
        [
            "ReduceSum",
            "ReduceMean",
            "ReduceMax",
            "ReduceMin",
            "ReduceSumSquare",
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSumExp",
        ]
    )
    x = g.value(floats=op not in ("ReduceSum", "ReduceMax", "ReduceMin") or None, least_rank=1)
    if x is None or x.dtype == "bool" or x.array.size == 0:
        return None
    axes = g.axes(x.rank)
    terms = int(np.prod([x.shape[axis] for axis in axes])) or 1
    growth = {"ReduceSumSquare": 2 * x.largest() + 1}.get(op, 1.0) * terms
    if op in ("ReduceL2", "ReduceLogSumExp"):
        growth = 4.0 * terms
    if op == "ReduceL2" and not (x.array != 0).all():
        return None  # its slope at 0
    return Proposal(
        op, [x, ints(*g.signs(axes, x.rank))], {"keepdims": g.coin()}, growth=growth, terms=terms
    )


@maker(3)
def position(g):
    x = g.value(exact=True, least_rank=1, dtype=g.choose(["float32", "int32", "int64", "float64"]))
    if x is None or 0 in x.shape:
        return None
    axis = g.below(x.rank)
    return Proposal(
        g.choose(["ArgMax", "ArgMin"]), [x], {"axis": axis, "keepdims": g.coin()}, jumps=True
    )


@maker(2)
def top(g):
    x = g.value(exact=True, least_rank=1, dtype=g.choose(["float32", "int64", "float64"]))
    if x is None or 0 in x.shape:
        return None
    axis = g.below(x.rank)
    k = int(g.random.integers(0, x.shape[axis] + 1))
    return Proposal(
        "TopK", [x, ints(k)], {"axis": axis, "largest": g.coin()}, outputs=2, jumps=True
    )


@maker(2)
def running_sum(g):
    x = g.value(least_rank=1, dtype=g.choose(["float32", "int64", "int32", "float64"]))
    if x is None:
        return None
    axis = g.below(x.rank)
    return Proposal(
        "CumSum",
        [x, np.array(axis, np.int64)],
        {"exclusive": g.coin(), "reverse": g.coin()},
        growth=max(1, x.shape[axis]),
        terms=max(1, x.shape[axis]),
    )


@maker(8)
def matmul(g):
    a = g.value(least_rank=1, dtype=g.choose(["float32", "float32", "float64", "int32", "float16"]))
    if a is None:
        return None
    k = a.shape[-1]
    b = g.value(dtype=a.dtype, where=lambda v: v.rank and v.shape[-2 if v.rank > 1 else -1] == k)
    if b is None or g.chance(0.4):
        b = g.numbers(a.dtype, (k, int(g.random.integers(1, 20))))
    return Proposal(
        "MatMul", [a, b], growth=max(1, k) * (a.largest() + g.largest(b) + 1), terms=max(1, k)
    )


@maker(3)
def gemm(g):
    a = g.value(dtype=g.choose(["float32", "float64"]), where=lambda v: v.rank == 2)
    if a is None:
        return None
    transposed = g.coin()
    k, n = a.shape[0 if transposed else 1], int(g.random.integers(1, 20))
    b = g.numbers(a.dtype, (n, k))
    c = g.numbers(a.dtype, g.choose([(n,), (1, n), ()])) if g.coin() else None
    return Proposal(
        "Gemm",
        [a, b, c],
        {"transA": transposed, "transB": 1, "alpha": 0.5, "beta": 2.0},
        growth=max(1, k) * (a.largest() + 4),
        terms=max(1, k),
    )


@maker(4)
def normalization(g):
    x = g.value(least_rank=1, dtype=g.choose(["float32", "float32", "float64"]))
    if x is None or 0 in x.shape:
        return None
    axis = g.below(x.rank)
    op = g.choose(["Softmax", "LogSoftmax", "LayerNormalization", "LpNormalization"])
    if op in ("Softmax", "LogSoftmax"):
        return Proposal(op, [x], {"axis": axis}, growth=2.0 + x.shape[axis], terms=x.shape[axis])
    if op == "LpNormalization":
        if np.abs(x.array).min() < 0.25:
            return None
        return Proposal(
            op, [x], {"axis": axis, "p": g.choose([1, 2])}, growth=8.0, terms=x.shape[axis]
        )
    rest = x.shape[axis:]
    if x.array.reshape(x.shape[:axis] + (-1,)).std(axis=-1).min() < 0.1:
        return None
    return Proposal(
        op,
        [x, g.numbers(x.dtype, rest), g.numbers(x.dtype, rest) if g.coin() else None],
        {"axis": axis},
        growth=100.0,
        terms=int(np.prod(rest)),
    )


@maker(4)
def convolution(g):
    x = g.value(dtype="float32", where=lambda v: v.rank in (3, 4) and 0 not in v.shape)
    if x is None:
        return None
    spatial = x.rank - 2
    channels = x.shape[1]
    group = g.choose([d for d in range(1, channels + 1) if channels % d == 0])
    kernel = [int(g.random.integers(1, 4)) for _ in range(spatial)]
    attributes = {
        "strides": [int(g.random.integers(1, 3)) for _ in range(spatial)],
        "pads": [int(g.random.integers(0, k)) for _ in range(2) for k in kernel],
        "dilations": [int(g.random.integers(1, 3)) for _ in range(spatial)],
        "group": group,
    }
    filters = group * int(g.random.integers(1, 4))
    if g.chance(0.25):
        w = g.numbers("float32", (channels, filters // group, *kernel))
        return Proposal("ConvTranspose", [x, w], attributes, growth=3.0 * w.size, terms=w.size)
    w = g.numbers("float32", (filters, channels // group, *kernel))
    b = g.numbers("float32", (filters,)) if g.coin() else None
    return Proposal("Conv", [x, w, b], attributes, growth=3.0 * w[0].size, terms=w[0].size)


@maker(3)
def pooling(g):
    x = g.value(dtype="float32", where=lambda v: v.rank in (3, 4) and 0 not in v.shape)
    if x is None:
        return None
    if g.chance(0.3):
        return Proposal(
            g.choose(["GlobalAveragePool", "GlobalMaxPool"]),
            [x],
            growth=1.0,
            terms=int(np.prod(x.shape[2:])),
        )
    kernel = [int(g.random.integers(1, 4)) for _ in range(x.rank - 2)]
    attributes = {
        "kernel_shape": kernel,
        "strides": [int(g.random.integers(1, 3)) for _ in kernel],
        "pads": [int(g.random.integers(0, k)) for _ in range(2) for k in kernel],
        "ceil_mode": g.coin(),
    }
    op = g.choose(["MaxPool", "AveragePool"])
    if op == "AveragePool":
        attributes["count_include_pad"] = g.coin()
    return Proposal(op, [x], attributes, terms=int(np.prod(kernel)))


# ===-------------------------------------------------------------------------------------------===
# Movement
# ===-------------------------------------------------------------------------------------------===


@maker(6)
def transpose(g):
    x = g.value(least_rank=1, special=True)
    return x and Proposal(
        "Transpose", [x], {"perm": g.random.permutation(x.rank).tolist()}, moves=True
    )


@maker(6)
def reshape(g):
    x = g.value(special=True)
    if x is None:
        return None
    op = g.choose(["Reshape", "Reshape", "Flatten", "Unsqueeze", "Squeeze"])
    if op == "Flatten":
        return Proposal(op, [x], {"axis": int(g.random.integers(0, x.rank + 1))}, moves=True)
    if op == "Unsqueeze":
        return Proposal(op, [x, ints(g.below(x.rank + 1))], moves=True) if x.rank < 5 else None
    if op == "Squeeze":
        ones = [axis for axis, size in enumerate(x.shape) if size == 1]
        return Proposal(op, [x, ints(g.choose(ones))], moves=True) if ones else None
    return Proposal(op, [x, ints(*g.factors(x.array.size))], moves=True)


@maker(4)
def expand(g):
    x = g.value(special=True)
    if x is None or x.array.size > 2000:
        return None
    shape = [int(g.random.integers(1, 4)) if size == 1 else g.choose([size, 1]) for size in x.shape]
    lead = [int(g.random.integers(1, 4))] if g.chance(0.3) else []
    return Proposal("Expand", [x, ints(*lead, *shape)], moves=True)


@maker(5)
def concat(g):
    x = g.value(least_rank=1, special=True)
    if x is None:
        return None
    axis = g.below(x.rank)
    others = g.values(
        dtype=x.dtype,
        special=True,
        where=lambda v: v.rank == x.rank
        and all(a == b for i, (a, b) in enumerate(zip(v.shape, x.shape)) if i != axis),
    )
    parts = [x] + [g.choose(others) for _ in range(int(g.random.integers(1, 3)))]
    return Proposal("Concat", parts, {"axis": axis}, moves=True)


@maker(6)
def slicing(g):
    x = g.value(least_rank=1, special=True)
    if x is None:
        return None
    axes = g.axes(x.rank)
    starts, ends, steps = [], [], []
    for axis in axes:
        size = x.shape[axis]
        step = g.choose([1, 1, 1, 2, -1, -2])
        a, b = sorted(int(v) for v in g.random.integers(-size - 1, size + 2, 2))
        starts.append(b if step < 0 else a)
        ends.append(a if step < 0 else b)
        steps.append(step)
    return Proposal("Slice", [x, ints(*starts), ints(*ends), ints(*axes), ints(*steps)], moves=True)


@maker(3)
def split(g):
    x = g.value(least_rank=1, special=True)
    if x is None:
        return None
    axis = g.below(x.rank)
    cut = int(g.random.integers(0, x.shape[axis] + 1))
    return Proposal(
        "Split", [x, ints(cut, x.shape[axis] - cut)], {"axis": axis}, outputs=2, moves=True
    )


@maker(4)
def pad(g):
    x = g.value(least_rank=1, dtype=g.choose(["float32", "float32", "int64", "int32", "float64"]))
    if x is None or x.array.size > 2000:
        return None
    mode = g.choose(["constant", "constant", "edge", "reflect"])
    if mode != "constant" and 0 in x.shape:
        return None
    most = [2 if mode != "reflect" else min(2, size - 1) for size in x.shape]
    pads = [int(g.random.integers(0, m + 1)) for _ in range(2) for m in most]
    return Proposal(
        "Pad",
        [x, ints(*pads), np.array(3, x.array.dtype) if mode == "constant" else None],
        {"mode": mode},
        moves=True,
    )


@maker(3)
def tile(g):
    x = g.value(least_rank=1, special=True)
    if x is None or x.array.size > 500:
        return None
    return Proposal(
        "Tile", [x, ints(*g.random.integers(0 if g.chance(0.1) else 1, 4, x.rank))], moves=True
    )


@maker(6)
def gather(g):
    x = g.value(least_rank=1, special=True)
    if x is None:
        return None
    axis = g.below(x.rank)
    size = x.shape[axis]
    op = g.choose(["Gather", "Gather", "GatherElements", "GatherND"])
    if size == 0 or (op == "GatherND" and 0 in x.shape):
        return None
    if op == "Gather":
        shape = g.choose([(), (3,), (2, 2), (0,), (1,)])
        return Proposal(
            op,
            [x, g.random.integers(-size, size, shape).astype(np.int64)],
            {"axis": axis},
            moves=True,
        )
    if op == "GatherElements":
        shape = list(x.shape)
        shape[axis] = int(g.random.integers(1, 4))
        return Proposal(
            op,
            [x, g.random.integers(-size, size, shape).astype(np.int64)],
            {"axis": axis},
            moves=True,
        )
    depth = int(g.random.integers(1, x.rank + 1))
    indices = np.stack([g.random.integers(-s, s, (3,)) for s in x.shape[:depth]], -1).astype(
        np.int64
    )
    return Proposal(op, [x, indices], moves=True)


@maker(4)
def scatter(g):
    x = g.value(least_rank=1, dtype=g.choose(["float32", "int64", "float64", "int32"]))
    if x is None or 0 in x.shape:
        return None
    axis = g.below(x.rank)
    reduction_kind = g.choose(["none", "none", "add", "max", "min"])
    if g.coin():
        # Each place once, so that without a reduction the order does not matter.
        rows = min(2, x.shape[axis])
        shape = list(x.shape)
        shape[axis] = rows
        order = g.random.permuted(
            np.broadcast_to(
                np.arange(x.shape[axis]).reshape([-1 if i == axis else 1 for i in range(x.rank)]),
                x.shape,
            ),
            axis=axis,
        )
        indices = np.take(order, range(rows), axis).astype(np.int64)
        return Proposal(
            "ScatterElements",
            [x, indices, g.numbers(x.dtype, shape)],
            {"axis": axis, "reduction": reduction_kind},
            growth=2.0,
        )
    rows = min(2, x.shape[0])
    indices = g.random.permutation(x.shape[0])[:rows].astype(np.int64).reshape(rows, 1)
    return Proposal(
        "ScatterND",
        [x, indices, g.numbers(x.dtype, (rows, *x.shape[1:]))],
        {"reduction": reduction_kind},
        growth=2.0,
    )


@maker(2)
def image(g):
    x = g.value(dtype="float32", where=lambda v: v.rank == 4 and 0 not in v.shape)
    if x is None:
        return None
    if x.shape[1] % 4 == 0:
        return Proposal(
            "DepthToSpace", [x], {"blocksize": 2, "mode": g.choose(["DCR", "CRD"])}, moves=True
        )
    if x.shape[2] % 2 == 0 and x.shape[3] % 2 == 0 and g.coin():
        return Proposal("SpaceToDepth", [x], {"blocksize": 2}, moves=True)
    scales = np.array([1, 1, g.choose([1, 2, 3]), g.choose([1, 2])], np.float32)
    return Proposal(
        "Resize",
        [x, None, scales],
        (
            {
                "mode": "nearest",
                "nearest_mode": "floor",
                "coordinate_transformation_mode": "asymmetric",
            }
            if g.coin()
            else {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        ),
        growth=2.0,
    )


@maker(2)
def triangle(g):
    x = g.value(least_rank=2, dtype=g.choose(["float32", "int64", "bool", "float64"]), special=True)
    return x and Proposal(
        "Trilu", [x, np.array(g.random.integers(-2, 3), np.int64)], {"upper": g.coin()}, moves=True
    )


@maker(2)
def data_dependent(g):
    x = g.value(exact=True, dtype=g.choose(["float32", "int64", "bool", "int32"]))
    if x is None or x.rank == 0:
        return None
    if g.coin():
        return Proposal("NonZero", [x], jumps=True)
    axis = g.below(x.rank)
    condition = g.random.integers(0, 2, x.shape[axis]).astype(bool)
    return Proposal("Compress", [x, condition], {"axis": axis}, moves=True)


@maker(3)
def sizes(g):
    x = g.value(special=True)
    return x and Proposal(g.choose(["Shape", "Size"]), [x], jumps=True)


@maker(2)
def one_hot(g):
    x = g.value(exact=True, dtype="int64")
    if x is None or x.array.size > 100 or x.rank > 3:
        return None
    values = g.numbers(g.choose(["float32", "int64"]), (2,))
    return Proposal("OneHot", [x, np.array(5, np.int64), values], {"axis": -1}, jumps=True)
