"""Operators of com.microsoft on bytes, and on weights of few bits."""

import numpy as np
from cases import Node
from onnx import TensorProto, helper
from simple import channels_last, convolution, window

MAKERS = {}


def maker(function):
    MAKERS[function.__name__] = function
    return function


def kind(draw):
    return draw.choose(np.uint8, np.int8)


def binary(draw, op, scales):
    dtype, shape = kind(draw), draw.shape()
    other = draw.choose(shape, shape[-1:], tuple(1 if draw.chance() else s for s in shape))
    parts = []
    for size in (shape, other):
        # ONNX Runtime does not take an absent zero point, which the definition allows.
        parts += [draw.bytes(*size, dtype=dtype), draw.power(*scales), draw.zero_point(dtype)]
    inputs = [*parts, draw.power(-3, 1), draw.zero_point(dtype)]
    return Node(op, inputs, weights=(1, 2, 3, 4, 5, 6, 7))


@maker
def qlinear_add(draw):
    return binary(draw, "QLinearAdd", (-3, 1))


@maker
def qlinear_mul(draw):
    return binary(draw, "QLinearMul", (-4, -1))


@maker
def qlinear_sigmoid(draw):
    dtype = kind(draw)
    zero, last = draw.zero_point(dtype), draw.zero_point(dtype)
    x = draw.bytes(*draw.shape(), dtype=dtype)
    scale = np.array(1 / 256, dtype=np.float32)
    return Node("QLinearSigmoid", [x, draw.power(-6, -3), zero, scale, last], weights=(1, 2, 3, 4))


@maker
def qlinear_leaky_relu(draw):
    dtype = kind(draw)
    x, zero = draw.bytes(*draw.shape(), dtype=dtype), draw.zero_point(dtype)
    inputs = [x, draw.power(-4, 0), zero, draw.power(-3, 0), draw.zero_point(dtype)]
    return Node("QLinearLeakyRelu", inputs, {"alpha": 0.25}, weights=(1, 2, 3, 4))


@maker
def qlinear_where(draw):
    dtype, shape = kind(draw), draw.shape()
    inputs = [draw.numbers.integers(0, 2, shape).astype(bool)]
    for _ in range(2):
        inputs += [draw.bytes(*shape, dtype=dtype), draw.power(-3, 0), draw.zero_point(dtype)]
    inputs += [draw.power(-3, 0), draw.zero_point(dtype)]
    # ONNX Runtime crashes where some of them are constants and others are not.
    return Node("QLinearWhere", inputs, constants=draw.choose((), (2, 3, 5, 6, 7, 8)))


@maker
def qlinear_softmax(draw):
    dtype, shape = kind(draw), draw.shape(2, 4)
    opset = draw.choose(11, 13)
    axis = draw.size(1, len(shape) - 1) if opset == 11 else draw.choose(-1, len(shape) - 1)
    low = np.array(np.iinfo(dtype).min, dtype=dtype)
    scale = np.array(1 / 256, dtype=np.float32)
    x, zero = draw.bytes(*shape, dtype=dtype), draw.zero_point(dtype)
    inputs = [x, draw.power(-6, -4), zero, scale, low]
    return Node("QLinearSoftmax", inputs, {"axis": axis, "opset": opset}, weights=(1, 2, 3, 4))


@maker
def qlinear_reduce_mean(draw):
    """By its definition, since ONNX Runtime's CPU provider has no kernel."""
    dtype, shape = kind(draw), draw.shape(2, 4)
    axes = sorted(draw.random.sample(range(len(shape)), draw.size(1, len(shape))))
    x_scale, y_scale, keep = draw.power(-3, 0), draw.power(-3, 0), draw.choose(0, 1)
    x_zero, y_zero = draw.zero_point(dtype), draw.zero_point(dtype)
    x = draw.bytes(*shape, dtype=dtype)

    def reference(node):
        real = (x.astype(np.float64) - x_zero) * x_scale
        mean = real.mean(axis=tuple(axes), keepdims=bool(keep))
        info = np.iinfo(dtype)
        return [np.clip(np.rint(mean / y_scale) + y_zero, info.min, info.max).astype(dtype)]

    inputs = [x, x_scale, x_zero, y_scale, y_zero]
    return Node(
        "QLinearReduceMean", inputs, {"axes": axes, "keepdims": keep}, reference=reference
    )


@maker
def qlinear_concat(draw):
    dtype, shape = kind(draw), list(draw.shape(1, 4))
    axis = draw.size(0, len(shape) - 1)
    inputs = [draw.power(-3, 0), draw.zero_point(dtype)]
    for _ in range(draw.size(1, 4)):
        shape[axis] = draw.size()
        inputs += [draw.bytes(*shape, dtype=dtype), draw.power(-3, 0), draw.zero_point(dtype)]
    constant = tuple(i for i in range(len(inputs)) if i < 2 or i % 3 != 2)
    axis -= draw.choose(0, len(shape))
    return Node("QLinearConcat", inputs, {"axis": axis}, weights=constant)


@maker
def qlinear_global_average_pool(draw):
    dtype, last = kind(draw), draw.choose(0, 1)
    size = draw.choose((4, 4), (2, 8), (8, 1))  # dividing by which rounds nothing
    x = draw.bytes(draw.size(1, 3), draw.size(1, 5), *size, dtype=dtype)
    inputs = [x, draw.power(-3, 0), draw.zero_point(dtype)]
    inputs += [draw.power(-3, 0), draw.zero_point(dtype)]
    if last:
        inputs[0] = channels_last(x)
    return Node("QLinearGlobalAveragePool", inputs, {"channels_last": last}, weights=(1, 2, 3, 4))


@maker
def qlinear_average_pool(draw):
    dtype, last = kind(draw), draw.choose(0, 1)
    attributes = {
        "kernel_shape": draw.choose([2, 2], [1, 4], [4, 2]),
        "strides": [draw.size(1, 2), draw.size(1, 2)],
        "channels_last": last,
        "ceil_mode": 0,
    }
    x = draw.bytes(draw.size(1, 3), draw.size(1, 5), draw.size(5, 9), draw.size(5, 9), dtype=dtype)
    inputs = [x, draw.power(-3, 0), draw.zero_point(dtype)]
    inputs += [draw.power(-3, 0), draw.zero_point(dtype)]
    if last:
        inputs[0] = channels_last(x)
    return Node("QLinearAveragePool", inputs, attributes, weights=(1, 2, 3, 4))


@maker
def qlinear_conv(draw):
    dtype, last = kind(draw), draw.choose(0, 1)
    x, w, b, attributes = convolution(draw, 2)
    x = draw.bytes(*x.shape, dtype=dtype)
    weight = kind(draw) if dtype == np.uint8 else np.int8
    w = draw.bytes(*w.shape, dtype=weight)
    b = None if b is None else draw.numbers.integers(-500, 500, b.shape).astype(np.int32)
    if last:
        x = channels_last(x)
    inputs = [x, draw.power(-4, -2), draw.zero_point(dtype)]
    inputs += [w, draw.power(-5, -3), draw.bytes(dtype=weight, low=0, high=0)]
    inputs += [draw.power(0, 3), draw.zero_point(dtype), b]
    attributes |= {"channels_last": last}
    return Node("QLinearConv", inputs, attributes, weights=(1, 2, 3, 4, 5, 6, 7, 8))


# ===-------------------------------------------------------------------------------------------===
# QuantizeLinear, DequantizeLinear
# ===-------------------------------------------------------------------------------------------===


@maker
def quantize_linear(draw):
    dtype, shape = draw.choose(np.uint8, np.int8, np.int16, np.uint16), draw.shape(1, 4)
    if draw.chance():
        scale, attributes, size = draw.power(-4, 0), {}, ()
    else:
        axis = draw.size(0, len(shape) - 1)
        attributes, size = {"axis": axis}, (shape[axis],)
        scale = np.array([draw.power(-4, 0) for _ in range(shape[axis])])
    zero = draw.bytes(*size, dtype=dtype, low=0, high=100)
    if dtype == np.uint8:
        zero = draw.maybe(zero)
    return Node(
        "QuantizeLinear", [draw.floats(*shape, scale=5), scale, zero], attributes, weights=(1, 2)
    )


@maker
def dequantize_linear(draw):
    dtype = draw.choose(np.uint8, np.int8, np.int16, np.uint16, np.int32)
    shape = draw.shape(1, 4)
    if draw.chance():
        scale, attributes, size = np.float32(0.03), {}, ()
    else:
        axis = draw.size(0, len(shape) - 1)
        attributes, size = {"axis": axis}, (shape[axis],)
        scale = abs(draw.floats(shape[axis]))
    zero = draw.bytes(*size, dtype=dtype, low=0, high=100) if dtype != np.int32 else None
    x = draw.bytes(*shape, dtype=dtype, low=0, high=120)
    return Node(
        "DequantizeLinear", [x, np.asarray(scale), draw.maybe(zero)], attributes, weights=(1, 2)
    )


# ===-------------------------------------------------------------------------------------------===
# Products
# ===-------------------------------------------------------------------------------------------===


@maker
def mat_mul_integer_to_float(draw):
    m, k, n, batch = draw.size(), draw.size(1, 20), draw.size(), draw.shape(0, 2, 3)
    a_type, b_type = draw.choose((np.uint8, np.uint8), (np.uint8, np.int8), (np.int8, np.int8))
    columns = draw.choose((), (n,))
    inputs = [
        draw.bytes(*batch, m, k, dtype=a_type),
        draw.bytes(k, n, dtype=b_type),
        np.asarray(abs(draw.floats(scale=0.1))),
        np.asarray(abs(draw.floats(*columns, scale=0.1))),
        draw.maybe(draw.zero_point(a_type)),
        draw.maybe(draw.bytes(*columns, dtype=b_type)),
        draw.maybe(draw.floats(n)),
    ]
    return Node("MatMulIntegerToFloat", inputs, weights=(1, 2, 3, 4, 5, 6))


@maker
def dynamic_quantize_mat_mul(draw):
    m, k, n, dtype = draw.size(), draw.size(1, 20), draw.size(), kind(draw)
    columns = draw.choose((), (n,))
    inputs = [
        draw.floats(*draw.shape(0, 2, 3), m, k),
        draw.bytes(k, n, dtype=dtype),
        np.asarray(abs(draw.floats(*columns, scale=0.1))),
        draw.maybe(draw.bytes(*columns, dtype=dtype)),
        draw.maybe(draw.floats(n)),
    ]
    # One unit of A's quantisation, should the two round a tie differently.
    return Node("DynamicQuantizeMatMul", inputs, weights=(1, 2, 3, 4), rtol=1e-3, atol=1e-3)


@maker
def qgemm(draw):
    m, k, n = draw.size(), draw.size(1, 20), draw.size()
    a_type, b_type = draw.choose((np.uint8, np.uint8), (np.uint8, np.int8), (np.int8, np.int8))
    a, b = draw.choose(0, 1), draw.choose(0, 1)
    columns = draw.choose((), (n,))
    inputs = [
        draw.bytes(*((k, m) if a else (m, k)), dtype=a_type),
        draw.power(-6, -4),
        draw.zero_point(a_type),
        draw.bytes(*((n, k) if b else (k, n)), dtype=b_type),
        np.asarray([draw.power(-6, -4) for _ in range(n)]) if columns else draw.power(-6, -4),
        draw.bytes(*columns, dtype=b_type),
        draw.maybe(draw.numbers.integers(-300, 300, (n,)).astype(np.int32)),
    ]
    if draw.chance():
        inputs += [draw.power(-3, 0), draw.zero_point(a_type)]
    attributes = {"transA": a, "transB": b, "alpha": draw.choose(1.0, 0.5)}
    return Node("QGemm", inputs, attributes, weights=tuple(range(1, len(inputs))))


# ===-------------------------------------------------------------------------------------------===
# Blocks
# ===-------------------------------------------------------------------------------------------===


@maker
def mat_mul_n_bits(draw):
    k, n = draw.size(1, 70), draw.size(1, 12)
    bits, block = draw.choose(4, 4, 8, 2), draw.choose(16, 32)
    blocks = -(-k // block)
    zero = draw.choose(None, "packed", "floats") if bits == 4 else draw.choose(None, "packed")
    if zero == "packed":
        zero = draw.bytes(n, -(-blocks * bits // 8))
    elif zero == "floats":
        zero = draw.floats(n, blocks, scale=4)
    inputs = [
        draw.floats(*draw.shape(1, 3, 4), k),
        draw.bytes(n, blocks, block * bits // 8),
        abs(draw.floats(n, blocks, scale=0.2)),
        zero,
        None,
        draw.maybe(draw.floats(n)),
    ]
    attributes = {"K": k, "N": n, "bits": bits, "block_size": block}
    node = Node("MatMulNBits", inputs, attributes, weights=(1, 2, 3, 5), rtol=1e-3, atol=1e-3)
    return node


def packed(array, data_type):
    """The numbers as a constant of a 4-bit type, two in a byte."""
    flat = array.astype(np.int64).ravel() & 15
    flat = np.append(flat, np.zeros(flat.size % 2, np.int64))
    raw = (flat[0::2] | flat[1::2] << 4).astype(np.uint8).tobytes()
    return helper.make_tensor("", data_type, array.shape, raw, raw=True)


@maker
def gather_block_quantized(draw):
    rows, blocks, block = draw.size(2, 12), draw.size(1, 4), draw.choose(16, 32)
    indices = draw.numbers.integers(-rows, rows, draw.shape(0, 2, 5))
    indices = indices.astype(draw.choose(np.int32, np.int64))
    scales = abs(draw.floats(rows, blocks, scale=0.2))
    form = draw.choose("uint8/4", "uint8/8", "int4", "uint4")
    if form.startswith("uint8"):
        bits = int(form[-1])
        data = draw.bytes(rows, blocks * block * bits // 8)
        zeros = draw.bytes(rows, -(-blocks * bits // 8))
    else:
        bits, low = 4, -8 if form == "int4" else 0
        data_type = TensorProto.INT4 if form == "int4" else TensorProto.UINT4
        numbers = lambda *shape: packed(draw.numbers.integers(low, low + 16, shape), data_type)
        data, zeros = numbers(rows, blocks * block), numbers(rows, blocks)
    attributes = {"bits": bits, "block_size": block, "gather_axis": 0, "quantize_axis": 1}
    inputs = [data, indices, scales, draw.maybe(zeros)]
    return Node("GatherBlockQuantized", inputs, attributes, weights=(0, 2, 3))
