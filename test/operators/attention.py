"""Attention of com.microsoft in its forms, and mixtures of experts. What ONNX Runtime's CPU
provider has no kernel for (batches without padding, experts with a third layer) is checked against
definitions in numpy."""

import numpy as np
from cases import Draw, Node, make_model, run_reference

MAKERS = {}


def maker(function):
    MAKERS[function.__name__] = function
    return function


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@maker
def rotary_embedding(draw):
    batch, heads, length, half = draw.size(1, 3), draw.size(1, 4), draw.size(), draw.size(1, 6)
    most, size = length + draw.size(0, 5), 2 * half
    attributes = {"interleaved": draw.choose(0, 1)}
    if draw.chance():
        # Part of a head is rotated.
        size += 2 * draw.size(1, 3)
        attributes |= {"num_heads": heads, "rotary_embedding_dim": 2 * half}
    flat = draw.chance()
    shape = (batch, length, heads * size) if flat else (batch, heads, length, size)
    if draw.chance():
        positions = draw.indices(most, batch, length)
    else:
        positions = draw.indices(most - length + 1, 1)
    angles = draw.floats(most, half)
    inputs = [draw.floats(*shape), positions, np.cos(angles), np.sin(angles)]
    return Node("RotaryEmbedding", inputs, attributes, constants=(2, 3))


def mask(draw, batch, length, total, forms):
    form = draw.choose(None, *forms)
    if form is None:
        return None
    if form == "ends":
        return draw.numbers.integers(1, total + 1, batch).astype(np.int32)
    if form == "both":
        ends = draw.numbers.integers(1, total + 1, batch)
        starts = draw.numbers.integers(0, ends)
        return np.concatenate([ends, starts]).astype(np.int32)
    shape = {"keys": (batch, total), "queries": (batch, length, total)}[form]
    marked = draw.numbers.integers(0, 2, shape).astype(np.int32)
    marked[..., 0] = 1
    return marked


@maker
def multi_head_attention(draw):
    batch, heads, size = draw.size(1, 3), draw.size(1, 4), draw.size(1, 8)
    length, hidden = draw.size(1, 6), heads * size
    form = draw.choose("plain", "plain", "cross", "packed", "packed keys", "heads")
    keys = length if form in ("plain", "packed") else draw.size(1, 7)
    value_size = draw.size(1, 8) if form == "plain" else size
    past = draw.size(0, 4) if form == "plain" and draw.chance() else None
    q, k = draw.floats(batch, length, hidden), draw.floats(batch, keys, hidden)
    v = draw.floats(batch, keys, heads * value_size)
    if past is not None:
        value_size = size
        v = draw.floats(batch, keys, hidden)
    bias = draw.maybe(draw.floats(2 * hidden + heads * value_size))
    if form == "packed":
        q, k, v, bias = draw.floats(batch, length, heads, 3, size), None, None, None
    elif form == "packed keys":
        k, v, bias = draw.floats(batch, keys, heads, 2, size), None, None
    elif form == "heads":
        k, v = draw.floats(batch, heads, keys, size), draw.floats(batch, heads, keys, size)
        bias = None
    total = keys + (past or 0)
    forms = ["keys"] if past is not None else ["keys", "queries"]
    hidden_keys = mask(draw, batch, length, total, forms)
    added = draw.maybe(draw.floats(draw.choose(1, batch), draw.choose(1, heads), length, total))
    inputs = [q, k, v, bias, hidden_keys, added]
    outputs = (0,)
    if past is not None:
        inputs += [draw.floats(batch, heads, past, size), draw.floats(batch, heads, past, size)]
        outputs = (0, 1, 2)
    attributes = {"num_heads": heads}
    if draw.chance(0.3):
        attributes["scale"] = 0.4
    if form == "plain" and draw.chance(0.3):
        attributes["unidirectional"] = 1
    node = Node("MultiHeadAttention", inputs, attributes, outputs)
    if form.startswith("packed"):
        # ONNX Runtime's CPU provider knows them side by side only.
        apart = [q] if form == "packed keys" else []
        apart += [part.reshape(*part.shape[:2], hidden) for part in split_parts(k if apart else q)]
        alike = Node("MultiHeadAttention", [*apart, None, *inputs[4:]], attributes)
        node.reference = lambda node: run_reference(*make_model(alike, Draw(0)))
    return node


def split_parts(packed):
    return np.moveaxis(packed, 3, 0)


@maker
def attention(draw):
    batch, heads, size = draw.size(1, 3), draw.size(1, 4), draw.size(1, 8)
    length, hidden, inner = draw.size(1, 6), heads * size, draw.size(1, 12)
    past = draw.size(1, 4) if draw.chance() else None
    total = length + (past or 0)
    attributes, value_size = {"num_heads": heads}, size
    if past is None and draw.chance(0.3):
        value_size = draw.size(1, 8)
        attributes["qkv_hidden_sizes"] = [hidden, hidden, heads * value_size]
    forms = ["keys", "queries"] if past is not None else ["ends", "both", "keys", "queries"]
    width = 2 * hidden + heads * value_size
    inputs = [
        draw.floats(batch, length, inner),
        draw.floats(inner, width, scale=0.5),
        draw.floats(width),
        mask(draw, batch, length, total, forms),
        None if past is None else draw.floats(2, batch, heads, past, size),
        # ONNX Runtime has either this or a past.
        None
        if past is not None or draw.chance()
        else draw.floats(draw.choose(1, batch), draw.choose(1, heads), length, total),
    ]
    if draw.chance(0.3):
        attributes["unidirectional"] = 1
    outputs = (0,) if past is None else (0, 1)
    return Node("Attention", inputs, attributes, outputs, weights=(1, 2))


@maker
def qattention(draw):
    batch, heads, size = draw.size(1, 3), draw.size(1, 4), draw.size(1, 8)
    length, hidden, inner = draw.size(1, 6), heads * size, draw.size(1, 12)
    past = draw.size(1, 4) if draw.chance() else None
    weight = draw.choose(np.uint8, np.int8)
    columns = draw.choose((), (3 * hidden,)) if past is None else ()
    inputs = [
        draw.bytes(batch, length, inner),
        draw.bytes(inner, 3 * hidden, dtype=weight),
        draw.floats(3 * hidden),
        np.asarray(abs(draw.floats(scale=0.02))),
        np.asarray(abs(draw.floats(*columns, scale=0.02))),
        mask(draw, batch, length, length + (past or 0), ["ends"] if past is None else []),
        draw.zero_point(np.uint8),
        draw.bytes(*columns, dtype=weight),
        None if past is None else draw.floats(2, batch, heads, past, size),
    ]
    attributes = {"num_heads": heads, "unidirectional": draw.choose(0, 1)}
    outputs = (0,) if past is None else (0, 1)
    return Node("QAttention", inputs, attributes, outputs, constants=(1, 2, 3, 4, 6, 7))


@maker
def group_query_attention(draw):
    batch, key_heads, half = draw.size(1, 3), draw.size(1, 3), 8 * draw.size(1, 2)
    heads, size = key_heads * draw.size(1, 3), 2 * half
    prompt = draw.chance(0.4)
    length = draw.size(2, 6) if prompt else draw.choose(1, 1, draw.size(1, 3))
    if not prompt and length > 1:
        batch = 1  # as ONNX Runtime wants it
    if prompt:
        past, ends = None, np.full(batch, length)
    else:
        past = draw.size(1, 6)
        ends = np.full(batch, past + length)
    total = int(ends.max())
    if past is not None and length == 1 and draw.chance():
        # Caches of several lengths, the shorter ones with room behind.
        ends = draw.numbers.integers(1, total + 1, batch)
        ends[0] = total
    # A cache that grows, or one with room for what comes.
    cache = None if past is None else past + draw.choose(0, 0, length - 1 + draw.size(1, 4))
    q, k = draw.floats(batch, length, heads * size), draw.floats(batch, length, key_heads * size)
    v = draw.floats(batch, length, key_heads * size)
    if draw.chance(0.3):
        q, k, v = np.concatenate([q, k, v], axis=-1), None, None
    caches = [None, None]
    if cache is not None:
        caches = [draw.floats(batch, key_heads, cache, size) for _ in range(2)]
        # What stands in the buffer behind a sequence's cache is nobody's business; ONNX Runtime
        # makes it zero.
        behind = np.arange(cache) >= (ends - length)[:, None]
        for array in caches:
            array.transpose(0, 2, 1, 3)[behind] = 0
    inputs = [q, k, v, *caches, (ends - 1).astype(np.int32), np.array(total, dtype=np.int32)]
    attributes = {"num_heads": heads, "kv_num_heads": key_heads}
    if draw.chance():
        angles = draw.floats(total + 3, half)
        inputs += [np.cos(angles), np.sin(angles)]
        attributes |= {"do_rotary": 1, "rotary_interleaved": draw.choose(0, 1)}
    else:
        inputs += [None, None]
    inputs += [None]
    if draw.chance(0.3):
        inputs += [draw.floats(draw.choose(1, batch), draw.choose(1, heads), length, total)]
    else:
        inputs += [None]
    if draw.chance(0.3):
        inputs += [draw.floats(heads)]
    elif draw.chance(0.2):
        attributes["smooth_softmax"] = 1
    if draw.chance(0.3):
        attributes["local_window_size"] = draw.size(1, 4)
    if draw.chance(0.3):
        attributes["softcap"] = 3.0
    if draw.chance(0.3):
        attributes["scale"] = 0.3
    return Node("GroupQueryAttention", inputs, attributes, (0, 1, 2), constants=(7, 8, 11))


# ===-------------------------------------------------------------------------------------------===
# Batches without padding
# ===-------------------------------------------------------------------------------------------===


def offsets(lengths, longest):
    """token_offset and cumulative_sequence_length of these sequences."""
    padded = np.arange(len(lengths) * longest).reshape(len(lengths), longest)
    there = np.arange(longest) < np.asarray(lengths)[:, None]
    order = np.concatenate([padded[there], padded[~there]]).reshape(padded.shape)
    return order.astype(np.int32), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def attend(q, k, v, heads, lengths, added, scale):
    """Within each sequence; `q`, `k`, `v` are (tokens, width)."""
    outputs, start = [], 0
    for number, length in enumerate(lengths):
        split = lambda x: x[start : start + length].reshape(length, heads, -1).transpose(1, 0, 2)
        scores = split(q) @ split(k).transpose(0, 2, 1)
        scores = scores * (scale or 1 / np.sqrt(q.shape[1] // heads))
        if added is not None:
            scores = scores + added[min(number, len(added) - 1)][:, :length, :length]
        outputs.append((softmax(scores) @ split(v)).transpose(1, 0, 2).reshape(length, -1))
        start += length
    return np.concatenate(outputs).astype(np.float32)


def packed_batch(draw):
    heads, size = draw.size(1, 3), draw.size(1, 6)
    lengths = [draw.size(1, 5) for _ in range(draw.size(1, 4))]
    added = draw.maybe(
        draw.floats(draw.choose(1, len(lengths)), draw.choose(1, heads), max(lengths), max(lengths))
    )
    return heads, size, lengths, added


@maker
def packed_attention(draw):
    heads, size, lengths, added = packed_batch(draw)
    value_size, inner = draw.size(1, 6), draw.size(1, 9)
    widths = [heads * size, heads * size, heads * value_size]
    order, sums = offsets(lengths, max(lengths))
    x, w = draw.floats(sum(lengths), inner), draw.floats(inner, sum(widths))
    b = draw.floats(sum(widths))

    def reference(node):
        q, k, v = np.split(x.astype(np.float64) @ w + b, np.cumsum(widths)[:2], axis=1)
        return [attend(q, k, v, heads, lengths, added, node.attributes.get("scale"))]

    attributes = {"num_heads": heads, "qkv_hidden_sizes": widths}
    if draw.chance():
        attributes["scale"] = 0.3
    node = Node("PackedAttention", [x, w, b, order, sums, added], attributes, weights=(1, 2))
    node.reference = reference
    return node


@maker
def packed_multi_head_attention(draw):
    heads, size, lengths, added = packed_batch(draw)
    order, sums = offsets(lengths, max(lengths))
    count, width = sum(lengths), heads * size
    q, k, v = (draw.floats(count, width) for _ in range(3))
    bias = draw.maybe(draw.floats(3 * width))
    inputs = [q, k, v, bias, order, sums, added]
    if draw.chance():
        packed = np.stack([x.reshape(count, heads, size) for x in (q, k, v)], axis=2)
        inputs[:3] = [packed, None, None]
    shift = np.zeros(3 * width) if bias is None else bias.astype(np.float64)

    def reference(node):
        parts = [x + s for x, s in zip((q, k, v), np.split(shift, 3))]
        return [attend(*parts, heads, lengths, added, None)]

    return Node("PackedMultiHeadAttention", inputs, {"num_heads": heads}, reference=reference)


@maker
def remove_padding(draw):
    batch, longest, hidden = draw.size(1, 4), draw.size(1, 6), draw.size(1, 5)
    lengths = np.array([draw.size(1, longest) for _ in range(batch)], dtype=np.int32)
    x = draw.floats(batch, longest, hidden)

    def reference(node):
        order, sums = offsets(lengths, longest)
        rows = x.reshape(-1, hidden)[order.ravel()[: lengths.sum()]]
        return [rows, order, sums, lengths.max(keepdims=True)]

    return Node("RemovePadding", [x, lengths], outputs=(0, 1, 2, 3), reference=reference)


@maker
def restore_padding(draw):
    lengths, hidden = [draw.size(1, 5) for _ in range(draw.size(1, 4))], draw.size(1, 5)
    order, _ = offsets(lengths, max(lengths))
    x = draw.floats(sum(lengths), hidden)

    def reference(node):
        padded = np.zeros((order.size, hidden), np.float32)
        padded[order.ravel()[: len(x)]] = x
        return [padded.reshape(*order.shape, hidden)]

    return Node("RestorePadding", [x, order], reference=reference)


# ===-------------------------------------------------------------------------------------------===
# Experts
# ===-------------------------------------------------------------------------------------------===


def experts(draw):
    """Sizes and attributes that MoE and QMoE have in common."""
    count, activation = draw.size(2, 5), draw.choose("relu", "gelu", "silu", "identity", "swiglu")
    attributes = {
        "k": draw.size(1, 2),
        "activation_type": activation,
        "normalize_routing_weights": draw.choose(0, 1),
    }
    if activation == "swiglu":
        attributes |= {"swiglu_fusion": 1, "activation_alpha": 1.702, "activation_beta": 1.0}
        attributes |= draw.choose({}, {"swiglu_limit": 0.75})
    shape = draw.choose((draw.size(1, 7),), (draw.size(1, 3), draw.size(1, 4)))
    return count, attributes, shape, 2 if activation == "swiglu" else 1


@maker
def moe(draw):
    count, attributes, shape, fusion = experts(draw)
    hidden, inner = draw.size(2, 8), draw.size(2, 8)
    inputs = [
        draw.floats(*shape, hidden),
        draw.floats(int(np.prod(shape)), count),
        draw.floats(count, fusion * inner, hidden, scale=0.5),
        draw.maybe(draw.floats(count, fusion * inner)),
        draw.floats(count, hidden, inner, scale=0.5),
        draw.maybe(draw.floats(count, hidden)),
    ]
    return Node("MoE", inputs, attributes, weights=(2, 3, 4, 5), rtol=1e-3, atol=1e-3)


@maker
def moe_three_layers(draw):
    """By its definition: ONNX Runtime's CPU provider has no third layer."""
    count, hidden, inner = draw.size(2, 5), draw.size(2, 8), draw.size(2, 8)
    tokens, k = draw.size(), 2
    x, logits = draw.floats(tokens, hidden), draw.floats(tokens, count)
    up, gate = draw.floats(count, inner, hidden), draw.floats(count, inner, hidden)
    down = draw.floats(count, hidden, inner)

    def reference(node):
        chances, result = softmax(logits.astype(np.float64)), np.zeros((tokens, hidden))
        for t in range(tokens):
            chosen = np.argsort(-chances[t])[:k]
            for e in chosen:
                a = up[e].astype(np.float64) @ x[t]
                h = a / (1 + np.exp(-a)) * (gate[e] @ x[t])
                result[t] += chances[t, e] / chances[t, chosen].sum() * (down[e] @ h)
        return [result.astype(np.float32)]

    attributes = {"k": k, "activation_type": "silu", "normalize_routing_weights": 1}
    inputs = [x, logits, up, None, down, None, gate]
    node = Node("MoE", inputs, attributes, weights=(2, 4, 6), rtol=1e-3, atol=1e-3)
    node.reference = reference
    return node


@maker
def qmoe(draw):
    count, attributes, shape, fusion = experts(draw)
    hidden, inner, bits = 32 * draw.size(1, 2), 32 * draw.size(1, 2), draw.choose(4, 8)
    block = draw.choose(None, 32) if bits == 4 else None
    # ONNX Runtime's CPU provider normalises in any case.
    attributes |= {"normalize_routing_weights": 1}
    attributes |= {"expert_weight_bits": bits, "weights_prepacked": 0}
    if block:
        attributes["block_size"] = block
    scales = lambda rows, columns: (count, rows, columns // block) if block else (count, rows)
    weight = lambda rows, columns: draw.bytes(count, rows, columns * bits // 8)
    inputs = [
        draw.floats(*shape, hidden),
        draw.floats(int(np.prod(shape)), count),
        weight(fusion * inner, hidden),
        abs(draw.floats(*scales(fusion * inner, hidden), scale=0.02)),
        draw.maybe(draw.floats(count, fusion * inner)),
        weight(hidden, inner),
        abs(draw.floats(*scales(hidden, inner), scale=0.02)),
        draw.maybe(draw.floats(count, hidden)),
    ]
    return Node("QMoE", inputs, attributes, constants=(2, 3, 4, 5, 6, 7), rtol=1e-2, atol=1e-2)
