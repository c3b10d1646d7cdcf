"""What a case is that ONNX's suite lacks, and how one is made."""

import dataclasses
import typing

import numpy as np
from onnx import ModelProto, TensorProto, helper

ML = "ai.onnx.ml"
FLOAT, INT32, INT64 = TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT64
STRING, BOOL, DOUBLE = TensorProto.STRING, TensorProto.BOOL, TensorProto.DOUBLE


@dataclasses.dataclass
class Case:
    name: str
    model: ModelProto
    inputs: list
    # Who says what is expected: "onnxruntime"; "reference", ONNX's evaluator, where the
    # specification says what ONNX Runtime does not do (the case has the reason beside it); or
    # "values", which neither of the two can compute.
    oracle: str = "onnxruntime"
    values: typing.Optional[list] = None


def tensor_type(kind, rank):
    return helper.make_tensor_type_proto(kind, [None] * rank)


def map_type(key, value):
    return helper.make_map_type_proto(key, helper.make_tensor_type_proto(value, []))


def sequence_type(element):
    return helper.make_sequence_type_proto(element)


def type_of(value):
    """The type of an array with its shape, of a list of arrays, or of a dictionary."""
    if isinstance(value, np.ndarray):
        return helper.make_tensor_type_proto(
            helper.np_dtype_to_tensor_dtype(value.dtype), value.shape
        )
    if isinstance(value, list):
        kind = helper.np_dtype_to_tensor_dtype(value[0].dtype)
        return sequence_type(tensor_type(kind, value[0].ndim))
    kinds = {str: STRING, int: INT64, float: FLOAT}
    key, element = next(iter(value.items()))
    if isinstance(element, np.generic):
        return map_type(kinds[type(key)], helper.np_dtype_to_tensor_dtype(element.dtype))
    return map_type(kinds[type(key)], kinds[type(element)])


def make_model(nodes, inputs, outputs, version=1):
    """`inputs` are values by name, `outputs` types by name; `version` is that of ai.onnx.ml."""
    graph = helper.make_graph(
        nodes,
        nodes[-1].op_type,
        [helper.make_value_info(name, type_of(value)) for name, value in inputs.items()],
        [helper.make_value_info(name, kind) for name, kind in outputs.items()],
    )
    imports = [helper.make_opsetid("", 17)]
    if any(node.domain for node in nodes):
        imports.append(helper.make_opsetid(ML, version))
    return helper.make_model(graph, opset_imports=imports, ir_version=8)


def node_case(
    name,
    inputs,
    op,
    output_types,
    domain="",
    version=1,
    oracle="onnxruntime",
    values=None,
    **attributes,
):
    """A case of one node over `inputs`. An output is (element type, rank), or a type."""
    fed = {f"x{position}": value for position, value in enumerate(inputs)}
    outputs = {
        f"y{position}": tensor_type(*kind) if isinstance(kind, tuple) else kind
        for position, kind in enumerate(output_types)
    }
    node = helper.make_node(op, list(fed), list(outputs), domain=domain, **attributes)
    return Case(f"test_{name}", make_model([node], fed, outputs, version), inputs, oracle, values)
