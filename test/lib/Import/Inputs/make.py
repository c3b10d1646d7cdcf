"""make.py FOLDER NAME...: writes FOLDER/NAME.onnx, models that no exporter writes, for the tests of
Import."""

import os
import sys

import onnx
from onnx import AttributeProto, TensorProto, helper, numpy_helper
import numpy as np

folder, *names = sys.argv[1:]


def value(name, dtype=TensorProto.FLOAT, shape=(4,)):
    return helper.make_tensor_value_info(name, dtype, shape)


def model(nodes, inputs=None, outputs=None, initializers=(), opsets=(("", 20),), **extra):
    graph = helper.make_graph(
        nodes,
        "graph",
        inputs if inputs is not None else [value("x")],
        outputs if outputs is not None else [value("y")],
        list(initializers),
    )
    return helper.make_model(
        graph,
        ir_version=10,
        opset_imports=[helper.make_opsetid(*opset) for opset in opsets],
        **extra,
    )


def node(op, inputs, outputs, name=None, **attributes):
    return helper.make_node(op, inputs, outputs, name=name or op.lower(), **attributes)


def with_tensor(tensor):
    """A model that adds a tensor to its input."""
    return model([node("Add", ["x", "w"], ["y"])], initializers=[tensor])


def tensor(dtype=TensorProto.FLOAT, dims=(4,), **fields):
    result = TensorProto(name="w", data_type=dtype, dims=dims)
    for field, content in fields.items():
        if isinstance(content, (list, tuple)):
            getattr(result, field).extend(content)
        else:
            setattr(result, field, content)
    return result


def external(location, dims=(4,), **entries):
    result = tensor(dims=dims, data_location=TensorProto.EXTERNAL)
    for key, content in {"location": location, **entries}.items():
        result.external_data.add(key=key, value=str(content))
    return with_tensor(result)


def write(path, size):
    with open(os.path.join(folder, path), "wb") as file:
        file.write(np.arange(size // 4, dtype=np.float32).tobytes())


def nested(depth):
    """A subgraph in a subgraph in …"""
    graph = helper.make_graph([node("Identity", ["x"], ["v"])], "inner", [], [value("v")])
    for level in range(depth):
        branch = [
            helper.make_attribute("then_branch", graph),
            helper.make_attribute("else_branch", graph),
        ][level % 2]
        other = helper.make_graph([node("Identity", ["x"], ["v"])], "other", [], [value("v")])
        if_node = node("If", ["flag"], ["v"])
        if_node.attribute.append(branch)
        if_node.attribute.append(
            helper.make_attribute("else_branch" if level % 2 == 0 else "then_branch", other)
        )
        graph = helper.make_graph([if_node], "graph", [], [value("v")])
    return model(list(graph.node), [value("x"), value("flag", TensorProto.BOOL, ())], [value("v")])


# ---- bytes


def truncated():
    return with_tensor(
        numpy_helper.from_array(np.zeros(1000, np.float32), "w")
    ).SerializeToString()[:2000]


def empty():
    return b""


def noise():
    return b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def no_graph():
    return onnx.ModelProto(ir_version=9)


def deep():
    return nested(30)


def too_deep():
    """By hand: no library writes it."""

    def field(number, content):
        length, size = b"", len(content)
        while size >= 128:
            length += bytes([size % 128 + 128])
            size //= 128
        return bytes([number * 8 + 2]) + length + bytes([size]) + content

    graph = b""
    for _ in range(40):
        graph = field(1, field(4, b"If") + field(5, field(1, b"then_branch") + field(6, graph)))
    return field(7, graph)


# ---- tensors


def element_types():
    """One small constant of every element type, each through raw_data and through typed data."""
    nodes, outputs = [], []
    skipped = {TensorProto.UNDEFINED, TensorProto.STRING}
    for number in TensorProto.DataType.values():
        if number in skipped:
            continue
        kind = TensorProto.DataType.Name(number).lower()
        array = np.array([0, 1, 1, 0, 1]).astype(helper.tensor_dtype_to_np_dtype(number))
        raw = numpy_helper.from_array(array, "raw")
        raw.data_type = number
        typed = helper.make_tensor("typed", number, [5], array)
        for form, content in (("raw", raw), ("typed", typed)):
            nodes.append(
                node("Constant", [], [f"{kind}_{form}"], name=f"{kind}_{form}", value=content)
            )
            outputs.append(value(f"{kind}_{form}", number, (5,)))
    return model(nodes, [], outputs, opsets=(("", onnx.defs.onnx_opset_version()),))


def weights():
    """Weights over 1 KiB of whole and of half bytes, floats in a typed field, and one that is
    small."""
    tensors = [
        numpy_helper.from_array(np.arange(300, dtype=np.float32), "big"),
        helper.make_tensor("typed", TensorProto.FLOAT, [300], np.arange(300, dtype=np.float32)),
        tensor_of_int4(3001),
        numpy_helper.from_array(np.arange(4, dtype=np.float32), "small"),
    ]
    names = [t.name for t in tensors]
    outputs = [value(f"{t.name}_out", t.data_type, tuple(t.dims)) for t in tensors]
    return model(
        [node("Identity", [n], [f"{n}_out"], name=n) for n in names],
        [],
        outputs,
        tensors,
        (("", 21),),
    )


def tensor_of_int4(count):
    return TensorProto(
        name="half",
        data_type=TensorProto.INT4,
        dims=[count],
        raw_data=bytes(i % 256 for i in range((count + 1) // 2)),
    )


def sparse():
    values = numpy_helper.from_array(np.array([5, 7], np.float32), "w")
    linear = numpy_helper.from_array(np.array([1, 3], np.int64), "i")
    made = helper.make_sparse_tensor(values, linear, [2, 2])
    result = model([node("Identity", ["w"], ["y"])], [], [value("y", shape=(2, 2))])
    result.graph.sparse_initializer.append(made)
    return result


def sparse_constant():
    values = numpy_helper.from_array(np.array([5, 7], np.int64), "w")
    pairs = numpy_helper.from_array(np.array([[0, 1], [1, 0]], np.int64), "i")
    made = helper.make_sparse_tensor(values, pairs, [2, 2])
    return model(
        [node("Constant", [], ["y"], sparse_value=made)],
        [],
        [value("y", TensorProto.INT64, (2, 2))],
    )


def sparse_outside():
    values = numpy_helper.from_array(np.array([5, 7], np.float32), "w")
    result = model([node("Identity", ["w"], ["y"])], [], [value("y", shape=(2, 2))])
    result.graph.sparse_initializer.append(
        helper.make_sparse_tensor(
            values, numpy_helper.from_array(np.array([1, 4], np.int64), "i"), [2, 2]
        )
    )
    return result


def sparse_huge():
    values = numpy_helper.from_array(np.array([5], np.float32), "w")
    result = model([node("Identity", ["w"], ["y"])], [], [value("y", shape=(1 << 20, 1 << 20))])
    result.graph.sparse_initializer.append(
        helper.make_sparse_tensor(
            values, numpy_helper.from_array(np.array([1], np.int64), "i"), [1 << 20, 1 << 20]
        )
    )
    return result


def raw_too_short():
    return with_tensor(tensor(raw_data=b"\0" * 12))


def big_raw_too_short():
    return with_tensor(tensor(dims=(1 << 40,), raw_data=b"\0" * 4096))


def typed_too_long():
    return with_tensor(tensor(float_data=[1.0] * 5))


def no_data():
    return with_tensor(tensor())


def negative_size():
    return with_tensor(tensor(dims=(-4,), float_data=[1.0] * 4))


def size_overflow():
    return with_tensor(tensor(dims=(1 << 32, 1 << 32, 4), float_data=[1.0] * 4))


def unknown_element_type():
    return with_tensor(tensor(dtype=77, raw_data=b"\0" * 16))


def strings_missing():
    return with_tensor(tensor(dtype=TensorProto.STRING, string_data=[b"a"]))


def segment():
    result = tensor(raw_data=b"\0" * 16)
    result.segment.begin = 0
    return with_tensor(result)


def fake_slim():
    """doc_string is where Import itself notes the place of a large tensor's data."""
    small = tensor(float_data=[1.0, 2.0, 3.0, 4.0], doc_string="0")
    large = numpy_helper.from_array(np.zeros(1000, np.float32), "large")
    return model([node("Add", ["x", "w"], ["y"])], initializers=[small, large])


# ---- external data


def external_good():
    os.makedirs(os.path.join(folder, "parts"), exist_ok=True)
    write("parts/data", 8192)
    result = external("parts/data", dims=(512,), offset=4096, length=2048)
    result.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 512
    result.graph.output[0].type.tensor_type.shape.dim[0].dim_value = 512
    return result


def external_missing():
    return external("no_such_file")


def external_parent():
    return external("../secret")


def external_inner_parent():
    return external("parts/../../secret")


def external_absolute():
    return external("/etc/passwd")


def external_link():
    link = os.path.join(folder, "link")
    if not os.path.islink(link):
        os.symlink("/etc/passwd", link)
    return external("link")


def external_link_folder():
    link = os.path.join(folder, "linked")
    if not os.path.islink(link):
        os.symlink("/etc", link)
    return external("linked/passwd")


def external_folder():
    os.makedirs(os.path.join(folder, "parts"), exist_ok=True)
    return external("parts")


def external_pipe():
    pipe = os.path.join(folder, "pipe")
    if not os.path.exists(pipe):
        os.mkfifo(pipe)
    return external("pipe")


def external_beyond():
    write("short", 64)
    return external("short", offset=56, length=16)


def external_offset_overflow():
    write("short", 64)
    return external("short", offset=(1 << 64) - 8, length=16)


def external_wrong_length():
    write("short", 64)
    return external("short", length=12)


def external_no_number():
    write("short", 64)
    return external("short", offset="four")


def external_no_location():
    result = tensor(data_location=TensorProto.EXTERNAL)
    return with_tensor(result)


# ---- graphs


def attribute_twice():
    bad = node("Softmax", ["x"], ["y"], name="head", axis=0)
    bad.attribute.append(helper.make_attribute("axis", 0))
    return model([bad])


def graphs_attribute():
    bad = node("Softmax", ["x"], ["y"], name="head")
    bad.attribute.append(AttributeProto(name="axis", type=AttributeProto.GRAPHS))
    return model([bad])


def first_versions():
    """IR version 1: no opset, and attributes without a kind."""
    concat = node("Concat", ["x", "x"], ["y"], name="join", axis=0)
    concat.attribute[0].ClearField("type")
    result = model([concat], outputs=[value("y", shape=(8,))])
    result.ir_version = 1
    del result.opset_import[:]
    return result


def calls_too_deep():
    functions = [
        helper.make_function(
            "local",
            f"f{i}",
            ["v"],
            ["w"],
            [helper.make_node(f"f{i + 1}", ["v"], ["w"], name=f"to{i + 1}", domain="local")],
            [helper.make_opsetid("local", 1)],
        )
        for i in range(1000)
    ]
    functions.append(
        helper.make_function(
            "local",
            "f1000",
            ["v"],
            ["w"],
            [helper.make_node("Relu", ["v"], ["w"])],
            [helper.make_opsetid("", 20)],
        )
    )
    return model(
        [helper.make_node("f0", ["x"], ["y"], domain="local", name="start")],
        opsets=(("", 20), ("local", 1)),
        functions=functions,
    )


for name in names:
    content = globals()[name]()
    with open(os.path.join(folder, name + ".onnx"), "wb") as file:
        file.write(
            content if isinstance(content, bytes) else content.SerializeToString(deterministic=True)
        )
