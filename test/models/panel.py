"""The panel: exported architectures that the compiler is measured with, made whole and fed with
inputs that mean something.

graphs/NAME.graph.onnx are real exports whose large weights were taken out to keep them small;
expand.py makes them again from a seed. minilm is all-MiniLM-L6-v2 with its real weights
(minilm_real.py)."""

import os
import sys

import numpy as np
import onnx
import onnx.backend.test
from onnx import TensorProto, helper, numpy_helper

import expand

GRAPHS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "graphs")
SUFFIX = ".graph.onnx"
SUITE = os.path.join(os.path.dirname(onnx.backend.test.__file__), "data", "light")
# The values of the symbols for each seed; a model uses those that it has.
SYMBOLS = [
    {"batch": 1, "seq": 128, "past": 128},
    {"batch": 2, "seq": 37, "past": 5},
    {"batch": 3, "seq": 64, "past": 63},
]


def names():
    """All models: the exported architectures, then ONNX's."""
    return exported_names() + suite_names()


def exported_names():
    return sorted(file.removesuffix(SUFFIX) for file in os.listdir(GRAPHS) if file.endswith(SUFFIX))


def suite_names():
    """The architectures of ONNX's backend suite, as the package names their files: light_vgg19.
    Their large weights are constants that the graph makes, so outputs are nearly constant, too."""
    return sorted(file[:-5] for file in os.listdir(SUITE) if file.endswith(".onnx"))


def model_path(name, folder):
    """The whole model NAME, made in `folder` unless it is there; a path to an .onnx file stands for
    itself."""
    if name.endswith(".onnx"):
        return name
    if name in suite_names():
        return os.path.join(SUITE, name + ".onnx")
    if name not in exported_names():
        sys.exit(f"there is no model {name}; these there are: {' '.join(names())}")
    target = os.path.join(folder, name + ".onnx")
    if not os.path.exists(target):
        os.makedirs(folder, exist_ok=True)
        part = os.path.join(folder, name + ".part.onnx")
        expand.expand(os.path.join(GRAPHS, name + SUFFIX), part)
        os.replace(part, target)
    return target


def model_bytes(path):
    """What a model holds: its file, external data, and what the graph of one of the suite's fills
    with constants."""
    size = sum(os.path.getsize(file) for file in (path, path + ".data") if os.path.exists(file))
    graph = onnx.load(path, load_external_data=False).graph
    shapes = {
        tensor.name: numpy_helper.to_array(tensor)
        for tensor in graph.initializer
        if os.path.dirname(path) == SUITE and tensor.data_type == TensorProto.INT64
    }
    for node in graph.node:
        if node.op_type == "ConstantOfShape" and node.input[0] in shapes:
            size += 4 * int(np.prod(shapes[node.input[0]]))
    return size


class Inputs:
    """Makes seeded inputs for a model's graph inputs: token ids within the vocabulary, masks that
    hide something but never everything, positions that follow the past."""

    def __init__(self, path):
        self.graph = onnx.load(path, load_external_data=False).graph
        initializers = {tensor.name: tensor for tensor in self.graph.initializer}
        self.infos = [info for info in self.graph.input if info.name not in initializers]
        self.vocabularies = self._find_vocabularies(initializers)
        self.has_past = any(info.name.startswith("past") for info in self.infos)
        self.outputs = [output.name for output in self.graph.output]

    def make(self, seed):
        """Returns {name: array} in the model's order."""
        symbols = dict(SYMBOLS[seed % len(SYMBOLS)])
        symbols["total"] = symbols["past"] + 1
        if any(output.type.tensor_type.shape.dim[0].dim_value == 1 for output in self.graph.output):
            symbols["batch"] = 1  # the export lost its batch on the way
        generator = np.random.Generator(np.random.PCG64(seed))
        return {info.name: self._value(info, symbols, generator) for info in self.infos}

    def _find_vocabularies(self, initializers):
        """{input: rows of the table that it selects from}, also through operators that only
        rearrange it."""
        producers = {name: node for node in self.graph.node for name in node.output}
        found = {}
        for node in self.graph.node:
            if node.op_type != "Gather" or node.input[0] not in initializers:
                continue
            name = node.input[1]
            while name in producers and producers[name].op_type in (
                "Cast",
                "Flatten",
                "Identity",
                "Reshape",
                "Squeeze",
                "Unsqueeze",
            ):
                name = producers[name].input[0]
            found[name] = initializers[node.input[0]].dims[0]
        return found

    def _value(self, info, symbols, generator):
        tensor = info.type.tensor_type
        shape = [
            symbols[dim.dim_param] if dim.dim_param else dim.dim_value for dim in tensor.shape.dim
        ]
        dtype = helper.tensor_dtype_to_np_dtype(tensor.elem_type)
        if tensor.elem_type == TensorProto.FLOAT:
            return generator.standard_normal(shape, dtype=np.float32)
        if info.name == "attention_mask":
            return self._mask(shape, generator).astype(dtype)
        if info.name == "position_ids":
            past = next(
                value.type.tensor_type.shape.dim[2]
                for value in self.infos
                if value.name.startswith("past")
            )
            return np.full(
                shape, symbols[past.dim_param] if past.dim_param else past.dim_value, dtype
            )
        if info.name == "token_type_ids":
            return (np.arange(shape[-1]) >= shape[-1] // 2).astype(dtype) * np.ones(shape, dtype)
        if info.name not in self.vocabularies:
            sys.exit(f"input {info.name}: nothing says what its integers mean")
        return generator.integers(0, self.vocabularies[info.name], shape).astype(dtype)

    def _mask(self, shape, generator):
        """Ones; in each row up to a quarter are hidden: the oldest where there is a past, the last
        ones otherwise."""
        mask = np.ones(shape, np.int64)
        for row in mask:
            hidden = int(generator.integers(1, max(2, len(row) // 4)))
            row[slice(0, hidden) if self.has_past else slice(len(row) - hidden, None)] = 0
        return mask
