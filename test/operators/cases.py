"""One node with its operands, and what it must give: ONNX Runtime's answer, or that of an
independent definition in numpy where ONNX Runtime's CPU provider has no kernel."""

import dataclasses
import hashlib
import json
import os
import random

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"
IR_VERSION = 10


@dataclasses.dataclass
class Node:
    op: str
    inputs: list  # of arrays; None for what is left out; an onnx.TensorProto is a constant
    attributes: dict = dataclasses.field(default_factory=dict)
    outputs: tuple = (0,)  # which of the operator's outputs are asked for
    weights: tuple = ()  # inputs that are as often constants as not
    constants: tuple = ()  # inputs that are constants
    domain: str = MICROSOFT
    opset: int = 21  # of ai.onnx
    reference: object = None  # function(node) to a list of arrays
    rtol: float = 2e-4
    atol: float = 2e-5


class Draw:
    """Random numbers, sizes and choices of one case."""

    def __init__(self, seed, fixed=False):
        self.fixed = fixed  # whether all weights are constants
        self.random = random.Random(seed)
        self.numbers = np.random.default_rng(seed)

    def choose(self, *of):
        return self.random.choice(of)

    def chance(self, probability=0.5):
        return self.random.random() < probability

    def size(self, low=1, high=9):
        return self.random.randint(low, high)

    def shape(self, low=1, high=4, largest=9):
        return tuple(self.size(1, largest) for _ in range(self.size(low, high)))

    def floats(self, *shape, scale=1.0, dtype=np.float32):
        return (self.numbers.standard_normal(shape) * scale).astype(dtype)

    def bytes(self, *shape, dtype=np.uint8, low=None, high=None):
        info = np.iinfo(dtype)
        low, high = info.min if low is None else low, info.max if high is None else high
        return np.asarray(self.numbers.integers(low, high + 1, shape)).astype(dtype)

    def indices(self, below, *shape, dtype=np.int64):
        return self.numbers.integers(0, below, shape).astype(dtype)

    def power(self, low, high):
        """A scale that floats multiply and divide by without rounding: both sides then compute the
        very same numbers, and no tie is rounded another way."""
        return np.array(2.0 ** self.size(low, high), dtype=np.float32)

    def zero_point(self, dtype):
        """An even one: ONNX Runtime adds some before it rounds, ONNX after, which is the same for
        every tie then."""
        low, high = (-10, 20) if dtype == np.int8 else (45, 75)
        return np.asarray(2 * self.bytes(dtype=dtype, low=low, high=high))

    def maybe(self, value):
        return value if self.chance() else None


def is_constant(node, index, draw):
    value = node.inputs[index]
    return (
        isinstance(value, TensorProto)
        or index in node.constants
        or (index in node.weights and (draw.fixed or draw.chance()))
    )


def make_model(node, draw):
    """The model, and the arrays that it is fed."""
    names, fed, inputs, constants = [], {}, [], []
    for i, value in enumerate(node.inputs):
        if value is None:
            names.append("")
            continue
        names.append(f"x{i}")
        if isinstance(value, TensorProto):
            constants.append(TensorProto.FromString(value.SerializeToString()))
            constants[-1].name = names[-1]
        elif is_constant(node, i, draw):
            constants.append(numpy_helper.from_array(value, names[-1]))
        else:
            fed[names[-1]] = value
            kind = helper.np_dtype_to_tensor_dtype(value.dtype)
            inputs.append(helper.make_tensor_value_info(names[-1], kind, value.shape))
    while names and not names[-1]:
        names.pop()
    results = [f"y{i}" if i in node.outputs else "" for i in range(max(node.outputs) + 1)]
    proto = helper.make_node(node.op, names, results, domain=node.domain, **node.attributes)
    outputs = [helper.make_empty_tensor_value_info(name) for name in results if name]
    graph = helper.make_graph([proto], node.op, inputs, outputs, constants)
    imports = [helper.make_opsetid("", node.opset), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(graph, opset_imports=imports, ir_version=IR_VERSION), fed


def run_reference(model, fed):
    options = onnxruntime.SessionOptions()
    # The operator's own kernel, not what an optimizer makes of it.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, fed)


def write(folder, name, node, draw):
    """Leaves the case as the backend suite's are, and returns its entry in the index."""
    model, fed = make_model(node, draw)
    expected = node.reference(node) if node.reference else run_reference(model, fed)
    # A model says of what type its outputs are.
    for info, value in zip(model.graph.output, expected):
        info.type.tensor_type.elem_type = helper.np_dtype_to_tensor_dtype(value.dtype)
    where = os.path.join(folder, name)
    data = os.path.join(where, "test_data_set_0")
    os.makedirs(data, exist_ok=True)
    onnx.save(model, os.path.join(where, "model.onnx"))
    for kind, arrays in (("input", list(fed.values())), ("output", expected)):
        for i, array in enumerate(arrays):
            with open(os.path.join(data, f"{kind}_{i}.pb"), "wb") as file:
                file.write(numpy_helper.from_array(np.asarray(array)).SerializeToString())
    return {
        "rtol": node.rtol,
        "atol": node.atol,
        "sets": 1,
        "operator": node.op,
        "inputs": [{"name": info.name, "kind": "tensor"} for info in model.graph.input],
        "outputs": [{"name": info.name, "kind": "tensor"} for info in model.graph.output],
    }


def write_suite(folder, makers, count, seed, fixed):
    """`count` cases of each maker, a dictionary of names to functions of a Draw."""
    index = {}
    for name, maker in makers.items():
        for i in range(count):
            draw = Draw(key(name, seed, i), fixed)
            case = f"{name}/{i}"
            try:
                index[case] = write(folder, case, maker(draw), draw)
            except Exception as error:
                raise RuntimeError(f"{case} of --seed={seed}: {error}") from error
    with open(os.path.join(folder, "index.json"), "w", encoding="utf-8") as file:
        json.dump(index, file, indent=1, sort_keys=True)
    return index


def key(name, seed, i):
    """A number that is the same on every machine."""
    digest = hashlib.sha256(f"{name} {seed} {i}".encode()).digest()
    return int.from_bytes(digest[:8], "little")
