"""make_values.py FOLDER: a model that gives its inputs back, with test data of many element types,
as ONNX's test folders have it; the last set expects something else."""

import os
import sys

import ml_dtypes
import numpy as np
import onnx
from onnx import helper, numpy_helper

VALUES = {
    "float": np.array([[1.5, -2.25], [np.inf, 0]], np.float32),
    "double": np.array([0.1], np.float64),
    "half": np.array([0.5, -65504], np.float16),
    "bfloat": np.array([1, 3], ml_dtypes.bfloat16),
    "byte": np.array([-128, 127], np.int8),
    "unsigned": np.array([2**64 - 1], np.uint64),
    "truth": np.array([True, False, True]),
    "nibble": np.array([-8, 7, 1], ml_dtypes.int4),
    "scalar": np.array(7, np.int64),
    "nothing": np.zeros((0, 3), np.float32),
}


def write(path, name, value, typed):
    tensor = numpy_helper.from_array(value, name)
    if typed:  # numbers in a field of their own, not as bytes
        tensor.ClearField("raw_data")
        tensor.float_data.extend(value.ravel().tolist())
    with open(path, "wb") as file:
        file.write(tensor.SerializeToString())


def main():
    folder = sys.argv[1]
    inputs, outputs, nodes = [], [], []
    for name, value in VALUES.items():
        dtype = helper.np_dtype_to_tensor_dtype(value.dtype)
        inputs.append(helper.make_tensor_value_info(name, dtype, value.shape))
        outputs.append(helper.make_tensor_value_info(f"{name}_out", dtype, value.shape))
        nodes.append(helper.make_node("Identity", [name], [f"{name}_out"]))
    graph = helper.make_graph(nodes, "values", inputs, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    os.makedirs(folder, exist_ok=True)
    onnx.save(model, os.path.join(folder, "model.onnx"))
    for number in (0, 1):
        data = os.path.join(folder, f"test_data_set_{number}")
        os.makedirs(data, exist_ok=True)
        for i, (name, value) in enumerate(VALUES.items()):
            typed = value.dtype == np.float32 and value.size > 0
            write(os.path.join(data, f"input_{i}.pb"), name, value, typed)
            wrong = number == 1 and name == "byte"
            expected = value - 1 if wrong else value
            write(os.path.join(data, f"output_{i}.pb"), f"{name}_out", expected, False)


if __name__ == "__main__":
    main()
