"""Activations, normalisations, contractions and convolutions of com.microsoft."""

import numpy as np
from cases import Node

MAKERS = {}


def maker(function):
    MAKERS[function.__name__] = function
    return function


@maker
def gelu(draw):
    return Node("Gelu", [draw.floats(*draw.shape(), scale=2)])


@maker
def bias_gelu(draw):
    shape = draw.shape()
    return Node("BiasGelu", [draw.floats(*shape), draw.floats(shape[-1])], weights=(1,))


@maker
def fast_gelu(draw):
    shape = draw.shape()
    bias = draw.maybe(draw.floats(shape[-1]))
    return Node("FastGelu", [draw.floats(*shape, scale=2), bias], weights=(1,))


@maker
def quick_gelu(draw):
    attributes = draw.choose({}, {"alpha": 1.0}, {"alpha": -0.5})
    return Node("QuickGelu", [draw.floats(*draw.shape(), scale=3)], attributes)


@maker
def bias_add(draw):
    n, s, c = draw.size(), draw.size(), draw.size()
    node = Node("BiasAdd", [draw.floats(n, s, c), draw.floats(c), draw.floats(n, s, c)])
    node.reference = lambda node: [node.inputs[0] + node.inputs[1] + node.inputs[2]]
    return node


def erf(x):
    from math import erf

    return np.vectorize(erf, otypes=[np.float64])(x)


@maker
def bias_split_gelu(draw):
    n, s, c = draw.size(), draw.size(), draw.size()
    node = Node("BiasSplitGelu", [draw.floats(n, s, 2 * c), draw.floats(2 * c)])

    def reference(node):
        left, right = np.split((node.inputs[0] + node.inputs[1]).astype(np.float64), 2, axis=-1)
        return [(left * right * 0.5 * (1 + erf(right / np.sqrt(2)))).astype(np.float32)]

    node.reference = reference
    return node


# ===-------------------------------------------------------------------------------------------===
# Normalisations
# ===-------------------------------------------------------------------------------------------===


@maker
def simplified_layer_normalization(draw):
    shape = draw.shape(2, 4)
    outputs = draw.choose((0,), (0, 1))
    return Node(
        "SimplifiedLayerNormalization",
        [draw.floats(*shape), draw.floats(shape[-1])],
        {"axis": -1, "epsilon": draw.choose(1e-5, 1e-6), "stash_type": 1},
        outputs,
        weights=(1,),
        domain="",
    )


def skip(draw, op, has_beta):
    batch, length, hidden = draw.size(1, 4), draw.size(), draw.size(1, 20)
    dtype = draw.choose(np.float32, np.float32, np.float16)
    shape = draw.choose((batch, length, hidden), (batch * length, hidden))
    skips = [shape]
    if len(shape) == 3 and has_beta:
        skips += [(1, length, hidden), (length, hidden)]
    floats = lambda *shape: draw.floats(*shape, dtype=dtype)
    inputs = [floats(*shape), floats(*draw.choose(*skips)), floats(hidden)]
    if has_beta:
        inputs.append(draw.maybe(floats(hidden)))
    inputs.append(draw.maybe(floats(hidden)))
    node = Node(op, inputs, {"epsilon": draw.choose(1e-12, 1e-5)}, draw.choose((0,), (0, 3)))
    node.weights = tuple(range(2, len(inputs)))
    if dtype == np.float16:
        node.rtol = node.atol = 1e-2
    return node


@maker
def skip_layer_normalization(draw):
    return skip(draw, "SkipLayerNormalization", True)


@maker
def skip_simplified_layer_normalization(draw):
    return skip(draw, "SkipSimplifiedLayerNormalization", False)


@maker
def layer_normalization_1(draw):
    """What ONNX Runtime keeps in ai.onnx before opset 17."""
    shape = draw.shape(2, 4)
    node = Node(
        "LayerNormalization",
        [draw.floats(*shape), draw.floats(shape[-1]), draw.floats(shape[-1])],
        {"axis": -1, "epsilon": 1e-5},
        draw.choose((0,), (0, 1, 2)),
        weights=(1, 2),
        domain="",
    )
    node.opset = 12
    return node


@maker
def embed_layer_normalization(draw):
    batch, length, hidden, words = draw.size(1, 4), draw.size(), draw.size(2, 20), draw.size(2, 30)
    ids = lambda below: draw.indices(below, batch, length, dtype=np.int32)
    has_segments = draw.chance()
    positions = draw.choose(None, 1, batch)
    inputs = [
        ids(words),
        ids(2) if has_segments else None,
        draw.floats(words, hidden),
        draw.floats(length + draw.size(0, 5), hidden),
        draw.floats(2, hidden) if has_segments else None,
        draw.floats(hidden),
        draw.floats(hidden),
        draw.maybe(ids(2)),
        None if positions is None else draw.indices(length, positions, length, dtype=np.int32),
    ]
    # ONNX Runtime asks for the second output, which the definition does not.
    outputs = draw.choose((0, 1), (0, 1, 2))
    return Node(
        "EmbedLayerNormalization", inputs, {"epsilon": 1e-12}, outputs, weights=(2, 3, 4, 5, 6)
    )


# ===-------------------------------------------------------------------------------------------===
# Contractions
# ===-------------------------------------------------------------------------------------------===


@maker
def fused_mat_mul(draw):
    m, k, n, batch = draw.size(), draw.size(), draw.size(), draw.shape(0, 2, 4)
    names = ("transA", "transB", "transBatchA", "transBatchB")
    attributes = {name: draw.choose(0, 1) for name in names}
    if not batch:
        attributes["transBatchA"] = attributes["transBatchB"] = 0

    def operand(rows, columns, name):
        if attributes["trans" + name]:
            rows, columns = columns, rows
        if attributes["transBatch" + name]:
            return draw.floats(rows, *batch, columns)
        return draw.floats(*batch, rows, columns)

    attributes["alpha"] = draw.choose(1.0, 0.125)
    return Node("FusedMatMul", [operand(m, k, "A"), operand(k, n, "B")], attributes, weights=(1,))


@maker
def transpose_mat_mul(draw):
    m, k, n = draw.size(), draw.size(), draw.size()
    a, b = draw.choose(0, 1), draw.choose(0, 1)
    x, y = draw.floats(*((k, m) if a else (m, k))), draw.floats(*((n, k) if b else (k, n)))
    return Node("TransposeMatMul", [x, y], {"transA": a, "transB": b, "alpha": 0.5}, weights=(1,))


ACTIVATIONS = [
    ("", []),
    ("Relu", []),
    ("Tanh", []),
    ("Sigmoid", []),
    ("LeakyRelu", [0.1]),
    ("HardSigmoid", [0.3, 0.4]),
    ("Clip", [-0.5, 0.75]),
]


@maker
def fused_gemm(draw):
    m, k, n = draw.size(), draw.size(), draw.size()
    a, b = draw.choose(0, 1), draw.choose(0, 1)
    name, parameters = draw.choose(*ACTIVATIONS[1:6])
    attributes = {"transA": a, "transB": b, "alpha": 0.5, "beta": 2.0, "activation": name}
    attributes |= dict(zip(("activation_alpha", "activation_beta"), parameters))
    c = draw.maybe(draw.floats(*draw.choose((n,), (m, n), (m, 1))))
    x, y = draw.floats(*((k, m) if a else (m, k))), draw.floats(*((n, k) if b else (k, n)))
    return Node("FusedGemm", [x, y, c], attributes, weights=(1, 2))


# ===-------------------------------------------------------------------------------------------===
# Convolutions
# ===-------------------------------------------------------------------------------------------===


def window(draw, rank):
    kernel = [draw.size(1, 3) for _ in range(rank)]
    attributes = {"kernel_shape": kernel, "strides": [draw.size(1, 2) for _ in range(rank)]}
    if draw.chance():
        attributes["dilations"] = [draw.size(1, 2) for _ in range(rank)]
    if draw.chance():
        attributes["pads"] = [draw.size(0, size - 1) for size in kernel] * 2
    elif draw.chance():
        attributes["auto_pad"] = draw.choose("SAME_UPPER", "SAME_LOWER", "VALID")
        attributes["dilations"] = [1] * rank
    return attributes


def convolution(draw, rank):
    group, batch = draw.choose(1, 1, 2), draw.size(1, 3)
    channels, filters = group * draw.size(1, 4), group * draw.size(1, 4)
    attributes = window(draw, rank) | {"group": group}
    x = draw.floats(batch, channels, *[draw.size(6, 10) for _ in range(rank)])
    w = draw.floats(filters, channels // group, *attributes["kernel_shape"])
    return x, w, draw.maybe(draw.floats(filters)), attributes


def conv(x, w, b, attributes):
    """ONNX Runtime's Conv."""
    from cases import Draw, make_model, run_reference

    node = Node("Conv", [x, w, b], attributes, domain="")
    return run_reference(*make_model(node, Draw(0)))[0]


@maker
def fused_conv(draw):
    x, w, b, attributes = convolution(draw, 2)
    name, parameters = draw.choose(*ACTIVATIONS)
    z = draw.maybe(draw.floats(*conv(x, w, b, attributes).shape))
    if name:
        attributes |= {"activation": name}
    if parameters:
        attributes |= {"activation_params": parameters}
    return Node("FusedConv", [x, w, b, z], attributes, weights=(1, 2))


def channels_last(x):
    return np.ascontiguousarray(np.moveaxis(x, 1, -1))


@maker
def nhwc_conv(draw):
    """Against ONNX Runtime's Conv, since its CPU provider has no NhwcConv."""
    x, w, b, attributes = convolution(draw, draw.choose(1, 2, 3))
    expected = channels_last(conv(x, w, b, attributes))
    node = Node("NhwcConv", [channels_last(x), w, b], attributes, weights=(1, 2))
    node.reference = lambda node: [expected]
    return node


@maker
def nhwc_fused_conv(draw):
    """Against ONNX Runtime's Conv, since its CPU provider has no NhwcFusedConv of floats."""
    x, w, b, attributes = convolution(draw, 2)
    y = conv(x, w, b, attributes)
    z = draw.maybe(draw.floats(*y.shape))
    expected = np.maximum(y if z is None else y + z, 0)
    inputs = [channels_last(x), w, b, None if z is None else channels_last(z)]
    node = Node("NhwcFusedConv", inputs, attributes | {"activation": "Relu"}, weights=(1, 2))
    node.reference = lambda node: [channels_last(expected)]
    return node


@maker
def nhwc_max_pool(draw):
    dtype, channels = draw.choose(np.int8, np.uint8), draw.size(1, 4)
    attributes = window(draw, 2) | {"ceil_mode": 0}
    x = draw.bytes(draw.size(1, 2), draw.size(6, 9), draw.size(6, 9), channels, dtype=dtype)
    return Node("NhwcMaxPool", [x], attributes)
