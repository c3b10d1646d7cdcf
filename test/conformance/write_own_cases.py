#!/usr/bin/env python3
"""Writes cases that ONNX's suite lacks, in its form: write_own_cases.py SUITE FOLDER

Operators without a case, from own_operators.py, own_models.py and own_lists.py, and old versions of
operators: the suite has newest ones only, so each of its cases (of SUITE, as write_cases.py leaves
them) is imported once more for every older version of its operator that can express it. What became
an input since is an attribute again. Expected values are ONNX Runtime's; what it does not run is no
case. Where it fails the suite's own case, and says of the old version what it says of that, it errs
about both: what the suite expects is expected. Of values that are drawn at random their
distribution is expected (random_cases.txt), of newest versions only.
"""

import json
import os
import sys
import warnings

warnings.simplefilter("ignore")
import numpy as np
import onnx
import onnx.reference
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import own_lists
import own_models
import own_operators
from write_cases import Writer, to_proto, write

onnxruntime.set_default_logger_severity(4)
RTOL, ATOL = 1e-3, 1e-7  # the suite's own
CASES_A_VERSION = 3  # the suite's first cases of an operator that an old version can express


def run_onnxruntime(model, inputs):
    """None where it does not run the model."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        onnx.checker.check_model(model, full_check=True)
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        outputs = session.run(None, feed(model, inputs))
    except Exception:  # of many types, and each means the same here
        return None
    return None if any(output is None for output in outputs) else outputs


def run_reference(model, inputs):
    return onnx.reference.ReferenceEvaluator(model).run(None, feed(model, inputs))


def feed(model, inputs):
    return dict(zip((value.name for value in model.graph.input), inputs))


def agree(actual, expected, case):
    """Whether two lists of arrays are the same within the case's tolerance."""
    return len(actual) == len(expected) and all(
        one.shape == other.shape
        and np.allclose(one, other, case["rtol"], case["atol"], equal_nan=True)
        for one, other in zip(actual, expected)
        if np.issubdtype(other.dtype, np.number)
    )


def expected_of_old(old, values, case, suite_case):
    """What an old version is to give: see above. `suite_case` is the suite's own model, with its
    inputs and outputs."""
    outputs = run_onnxruntime(old, values)
    if outputs is None:
        return None
    if old.graph.node[0].op_type in ("DFT", "STFT"):
        # ONNX Runtime sums these in single precision, further off than the tolerance.
        return run_reference(old, values)
    model, inputs, suite_outputs = suite_case
    newest = run_onnxruntime(model, inputs)
    errs = newest is not None and not agree(newest, suite_outputs, case)
    return suite_outputs if errs and agree(outputs, newest, case) else outputs


def to_map(value, kind, name):
    """A dictionary as a MapProto, with values of any element type."""
    element = helper.tensor_dtype_to_np_dtype(kind.value_type.tensor_type.elem_type)
    made = onnx.MapProto(name=name, key_type=kind.key_type)
    if kind.key_type == TensorProto.STRING:
        made.string_keys.extend(key.encode() for key in value)
    else:
        made.keys.extend(value)
    made.values.elem_type = onnx.SequenceProto.TENSOR
    made.values.tensor_values.extend(
        numpy_helper.from_array(np.array(number, element)) for number in value.values()
    )
    return made


def to_own_proto(value, info):
    """What write_cases.to_proto does, for maps too that ONNX's helpers cannot write."""
    if info.type.WhichOneof("value") == "map_type":
        return to_map(value, info.type.map_type, info.name)
    inner = info.type.sequence_type.elem_type
    if inner.WhichOneof("value") != "map_type":
        return to_proto(value, info)
    made = onnx.SequenceProto(name=info.name, elem_type=onnx.SequenceProto.MAP)
    made.map_values.extend(to_map(row, inner.map_type, "") for row in value)
    return made


class OwnWriter(Writer):
    def add_case(self, category, name, model, inputs, outputs, rtol=RTOL, atol=ATOL):
        folder = os.path.join(self.folder, category, name)
        data = os.path.join(folder, "test_data_set_0")
        os.makedirs(data, exist_ok=True)
        write(os.path.join(folder, "model.onnx"), model)
        for prefix, values, infos in (
            ("input", inputs, model.graph.input),
            ("output", outputs, model.graph.output),
        ):
            for position, (value, info) in enumerate(zip(values, infos)):
                write(os.path.join(data, f"{prefix}_{position}.pb"), to_own_proto(value, info))
        self.add(category, name, model, rtol, atol, 1)


def older_versions(op, domain):
    """[(since, the last opset with that version)] but for the newest, oldest first."""
    versions = sorted(
        schema.since_version
        for schema in onnx.defs.get_all_schemas_with_history()
        if schema.name == op and schema.domain == domain and not schema.deprecated
    )
    return [(since, later - 1) for since, later in zip(versions, versions[1:])]


def as_version(model, node, inputs, schema, opset):
    """The case's model and inputs for an old version of its one node; None where that cannot be."""
    newest = onnx.defs.get_schema(node.op_type, domain=node.domain)
    old_node = onnx.NodeProto()
    old_node.CopyFrom(node)
    by_name = dict(zip((value.name for value in model.graph.input), inputs))
    by_name.update(
        (tensor.name, numpy_helper.to_array(tensor)) for tensor in model.graph.initializer
    )
    names = [parameter.name for parameter in newest.inputs]
    del old_node.input[:]
    for position, name in enumerate(node.input):
        formal = names[min(position, len(names) - 1)]
        if formal in schema.attributes and name in by_name:
            kind = schema.attributes[formal].type
            number = float if kind.name.startswith("FLOAT") else int
            plain = [number(element) for element in np.asarray(by_name[name]).reshape(-1)]
            if not kind.name.endswith("S"):
                plain = plain[0]
            old_node.attribute.append(helper.make_attribute(formal, plain, attr_type=kind.value))
        else:
            old_node.input.append(name)
    fed = [pair for pair in zip(model.graph.input, inputs) if pair[0].name in old_node.input]
    initializers = [tensor for tensor in model.graph.initializer if tensor.name in old_node.input]
    graph = helper.make_graph(
        [old_node], "old", [info for info, _ in fed], list(model.graph.output), initializers
    )
    # An old version's model is as old as its opset, so that checkers read it as such.
    imports = [helper.make_opsetid(node.domain, opset)]
    if node.domain:
        imports.append(helper.make_opsetid("", 17))
    return helper.make_model(graph, opset_imports=imports, ir_version=8), [
        value for _, value in fed
    ]


def read_values(folder, prefix, infos):
    values = []
    for position in range(len(infos)):
        tensor = onnx.TensorProto()
        path = os.path.join(folder, "test_data_set_0", f"{prefix}_{position}.pb")
        with open(path, "rb") as file:
            tensor.ParseFromString(file.read())
        values.append(numpy_helper.to_array(tensor))
    return values


def write_old_versions(writer, suite):
    with open(os.path.join(suite, "index.json"), encoding="utf-8") as file:
        index = json.load(file)
    made = {}
    for name in sorted(name for name in index if name.startswith("node/")):
        case = index[name]
        kinds = [value["kind"] for value in case["inputs"] + case["outputs"]]
        if any(kind != "tensor" for kind in kinds) or "_expanded" in name:
            continue
        folder = os.path.join(suite, name)
        model = onnx.load(os.path.join(folder, "model.onnx"))
        if len(model.graph.node) != 1 or model.functions:
            continue
        node = model.graph.node[0]
        if (
            any(attribute.g.node for attribute in node.attribute)
            or node.op_type in own_operators.RANDOM
        ):
            continue
        suite_case = None
        for since, opset in older_versions(node.op_type, node.domain):
            key = (node.domain, node.op_type, since)
            if made.get(key, 0) == CASES_A_VERSION:
                continue
            if suite_case is None:
                inputs = read_values(folder, "input", model.graph.input)
                suite_case = model, inputs, read_values(folder, "output", model.graph.output)
            schema = onnx.defs.get_schema(node.op_type, opset, node.domain)
            old, values = as_version(model, node, inputs, schema, opset)
            outputs = expected_of_old(old, values, case, suite_case)
            if outputs is None:
                continue
            made[key] = made.get(key, 0) + 1
            plain = name.removeprefix("node/")
            writer.add_case(
                "old", f"{plain}_v{since}", old, values, outputs, case["rtol"], case["atol"]
            )
    return made


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    suite, folder = sys.argv[1:]
    writer = OwnWriter(folder)
    for source in (own_operators, own_models, own_lists):
        for case in source.cases():
            outputs = case.values
            if case.oracle == "onnxruntime":
                outputs = run_onnxruntime(case.model, case.inputs)
            elif case.oracle == "reference":
                outputs = run_reference(case.model, case.inputs)
            if outputs is None:
                sys.exit(f"{case.name}: ONNX Runtime does not run it")
            writer.add_case("own", case.name, case.model, case.inputs, outputs)
    made = write_old_versions(writer, suite)
    with open(os.path.join(folder, "index.json"), "w", encoding="utf-8") as file:
        json.dump(writer.index, file, indent=1, sort_keys=True)
    print(f"{len(writer.index)} cases, of {len(made)} old versions among them")


if __name__ == "__main__":
    main()
