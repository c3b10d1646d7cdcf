#!/usr/bin/env python3
"""Writes every case of the ONNX backend suite out as files: write_cases.py FOLDER

FOLDER/<category>/<case>/model.onnx and test_data_set_N/{input,output}_K.pb, as ONNX's own test data
lies, and FOLDER/index.json, which says for each case its tolerances, operators and the kind of
every value. Single-operator cases are no files in the package: its loader generates them. The real
architectures come with an expected output only; their inputs are the dummy data that the suite's
own runner would feed.

Needs Pillow (ImageDecoder's cases are made with it) and the locale en_US.UTF-8 (so are
StringNormalizer's).
"""

import collections
import json
import os
import shutil
import sys
import warnings

warnings.simplefilter("ignore")
import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx.backend.test.loader import DATA_DIR, load_model_tests
from onnx.backend.test.runner import Runner

KINDS = {
    "tensor_type": "tensor",
    "sequence_type": "sequence",
    "optional_type": "optional",
    "map_type": "map",
    "sparse_tensor_type": "sparse",
}


def value_kind(type_proto):
    """The word "tensor", or for what holds other values "sequence(tensor)" and the like."""
    which = type_proto.WhichOneof("value")
    kind = KINDS.get(which, "unknown")
    if kind in ("sequence", "optional"):
        return f"{kind}({value_kind(getattr(type_proto, which).elem_type)})"
    return kind


def to_proto(value, info):
    which = info.type.WhichOneof("value")
    if which == "map_type":
        return numpy_helper.from_dict(value, info.name)
    if which == "sequence_type":
        return numpy_helper.from_list(value, info.name)
    if which == "optional_type":
        if isinstance(value, TensorProto):
            value = numpy_helper.to_array(value)
        return numpy_helper.from_optional(value, info.name)
    if isinstance(value, TensorProto):
        return value
    return numpy_helper.from_array(np.asarray(value), info.name)


def operators(model):
    """How often each operator occurs, subgraphs and functions included, most specific domain
    first."""
    counts = collections.Counter()

    def walk(nodes):
        for node in nodes:
            domain = "" if node.domain == "ai.onnx" else node.domain
            counts[f"{domain}.{node.op_type}" if domain else node.op_type] += 1
            for attribute in node.attribute:
                for graph in [attribute.g, *attribute.graphs]:
                    walk(graph.node)

    walk(model.graph.node)
    for function in model.functions:
        walk(function.node)
    return dict(sorted(counts.items()))


def fed_inputs(model):
    """The inputs that a run is given: those that have an initializer have their value already."""
    initializers = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in initializers]


class Writer:
    def __init__(self, folder):
        self.folder = folder
        self.index = {}

    def add(self, category, name, model, rtol, atol, sets):
        self.index[f"{category}/{name}"] = {
            "rtol": rtol,
            "atol": atol,
            "sets": sets,
            "operators": operators(model),
            "operator": category_operator(category, name, model),
            "inputs": [
                {"name": value.name, "kind": value_kind(value.type)} for value in fed_inputs(model)
            ],
            "outputs": [
                {"name": value.name, "kind": value_kind(value.type)} for value in model.graph.output
            ],
        }

    def write_generated(self):
        for case in load_model_tests(kind="node"):
            folder = os.path.join(self.folder, "node", case.name)
            os.makedirs(folder, exist_ok=True)
            write(os.path.join(folder, "model.onnx"), case.model)
            for number, (inputs, outputs) in enumerate(case.data_sets):
                data = os.path.join(folder, f"test_data_set_{number}")
                os.makedirs(data, exist_ok=True)
                for prefix, values, infos in (
                    ("input", inputs, case.model.graph.input),
                    ("output", outputs, case.model.graph.output),
                ):
                    if len(values) != len(infos):
                        sys.exit(f"{case.name}: {len(values)} {prefix} values for {len(infos)}")
                    for position, (value, info) in enumerate(zip(values, infos)):
                        write(os.path.join(data, f"{prefix}_{position}.pb"), to_proto(value, info))
            self.add("node", case.name, case.model, case.rtol, case.atol, len(case.data_sets))

    def copy_shipped(self, category):
        for case in load_model_tests(kind=category):
            folder = os.path.join(self.folder, category, case.name)
            shutil.copytree(case.model_dir, folder, dirs_exist_ok=True)
            model = onnx.load(os.path.join(folder, "model.onnx"))
            sets = sum(entry.startswith("test_data_set") for entry in os.listdir(folder))
            self.add(category, case.name, model, case.rtol, case.atol, sets)

    def write_real(self):
        for case in load_model_tests(kind="real"):
            source = os.path.join(DATA_DIR, "light", os.path.basename(case.url))
            folder = os.path.join(self.folder, "real", case.name)
            data = os.path.join(folder, "test_data_set_0")
            os.makedirs(data, exist_ok=True)
            shutil.copy(source, os.path.join(folder, "model.onnx"))
            model = onnx.load(source)
            for position, info in enumerate(fed_inputs(model)):
                value = Runner.generate_dummy_data(info, seed=0, name=case.model_name, random=False)
                write(
                    os.path.join(data, f"input_{position}.pb"),
                    numpy_helper.from_array(value, info.name),
                )
            for position in range(len(model.graph.output)):
                shutil.copy(
                    f"{os.path.splitext(source)[0]}_output_{position}.pb",
                    os.path.join(data, f"output_{position}.pb"),
                )
            self.add("real", case.name, model, case.rtol, case.atol, 1)


def category_operator(category, name, model):
    """The operator a case is about, under which the scoreboard counts it."""
    if category == "real":
        return "(whole models)"
    nodes = {node.op_type: node.domain for node in model.graph.node}
    plain = name.removeprefix("test_").replace("_", "").lower()
    named = [
        op
        for op in [*nodes, *(schema.name for schema in onnx.defs.get_all_schemas())]
        if plain.startswith(op.lower())
    ]
    if named and "_expanded" in name:  # a function's body: the operator is in the name only
        return max(named, key=len) + " (expanded)"
    if named:
        return max(named, key=len)
    return next(iter(nodes), "(none)")


def write(path, proto):
    with open(path, "wb") as file:
        file.write(proto.SerializeToString(deterministic=True))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    writer = Writer(sys.argv[1])
    writer.write_generated()
    for category in ("simple", "pytorch-converted", "pytorch-operator"):
        writer.copy_shipped(category)
    writer.write_real()
    with open(os.path.join(sys.argv[1], "index.json"), "w", encoding="utf-8") as file:
        json.dump(writer.index, file, indent=1, sort_keys=True)
    print(f"{len(writer.index)} cases")


if __name__ == "__main__":
    main()
