"""make.py FOLDER: FOLDER/m.onnx, a model with weights in its file, transposed, sliced, joined and
narrow, and an input and its output, x.npy and y.npy, for the tests of dumps."""
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

folder = sys.argv[1]
random = np.random.default_rng(0)
columns = 2112


def weight(name, *shape):
    return numpy_helper.from_array(random.integers(-4, 5, shape).astype(np.float32), name)


def ints(name, *values):
    return numpy_helper.from_array(np.array(values, np.int64), name)


nodes = [
    helper.make_node("MatMul", ["x", "plain"], ["a"], "first"),
    helper.make_node("Relu", ["a"], ["b"], "relu"),
    helper.make_node("Transpose", ["turned"], ["t"], "turn", perm=[1, 0]),
    helper.make_node("MatMul", ["b", "t"], ["c"], "second"),
    helper.make_node("Slice", ["wide", "starts", "ends", "axes"], ["s"], "slice"),
    helper.make_node("Concat", ["s", "tail"], ["joined"], "join", axis=1),
    helper.make_node("MatMul", ["c", "joined"], ["d"], "third"),
    helper.make_node("Cast", ["nibbles"], ["n"], "widen", to=TensorProto.FLOAT),
    helper.make_node("Add", ["d", "n"], ["e"], "shift"),
    helper.make_node("Where", ["mask", "e", "d"], ["y"], "choose"),
]
nibbles = random.integers(0, 16, columns).astype(np.uint8)
initializers = [
    weight("plain", 40, 72),
    weight("turned", 240, 72),
    weight("wide", 240, 2500),
    weight("tail", 240, 96),
    ints("starts", 400),
    ints("ends", 2416),
    ints("axes", 1),
    TensorProto(
        name="nibbles",
        data_type=TensorProto.INT4,
        dims=[columns],
        raw_data=(nibbles[0::2] | nibbles[1::2] << 4).tobytes(),
    ),
    numpy_helper.from_array(random.integers(0, 2, columns).astype(bool), "mask"),
]
graph = helper.make_graph(
    nodes,
    "weights",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 40])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", columns])],
    initializers,
)
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])
onnx.save(model, os.path.join(folder, "m.onnx"))

# All numbers are small integers, so that sums are exact in any order.
value = {t.name: numpy_helper.to_array(t) for t in initializers if t.name != "nibbles"}
x = random.integers(-2, 3, (3, 40)).astype(np.float32)
hidden = np.maximum(x @ value["plain"], 0) @ value["turned"].T
product = hidden @ np.concatenate([value["wide"][:, 400:2416], value["tail"]], 1)
signed = nibbles.astype(np.int32) - 16 * (nibbles > 7)
y = np.where(value["mask"], product + signed, product).astype(np.float32)
np.save(os.path.join(folder, "x.npy"), x)
np.save(os.path.join(folder, "y.npy"), y)
