#!/usr/bin/env python3
"""kernel_nodes.py MODEL.onnx...: compiles models and checks that every node which computes is among
the nodes of a kernel.

Not looked for: constants and what is made of them, shapes and arithmetic on shapes, and nodes
that only give a tensor another shape, or repeat it where it is read."""
import argparse
import json
import os
import sys
import tempfile

import onnx

from azulejo_cli import Azulejo, run_program

VIEWS = {
    "Constant",
    "ConstantOfShape",
    "Dropout",
    "Expand",
    "Flatten",
    "Identity",
    "Reshape",
    "Squeeze",
    "Unsqueeze",
}
SHAPES = {"Shape", "Size"}


def computing_nodes(graph):
    """The nodes whose work a kernel must do, in order."""
    known = {tensor.name for tensor in graph.initializer}
    for node in graph.node:
        inputs = [name for name in node.input if name]
        if node.op_type in SHAPES or all(name in known for name in inputs):
            known.update(node.output)
        elif node.op_type not in VIEWS:
            yield node


def check(path, artifact, runner):
    """What is wrong with the nodes that an artifact of the model names, a line each, and how many
    it should name."""
    metadata = json.loads(run_program([runner, artifact, "--print-metadata"])[0])
    computed = {node for kernel in metadata["kernels"] for node in kernel["nodes"]}
    graph = onnx.load(path, load_external_data=False).graph
    # A number that went into a kernel's code may be named, too.
    known = {named.name for named in [*graph.node, *graph.initializer]}
    expected = list(computing_nodes(graph))
    faults = [
        f"no kernel computes {node.op_type} {node.name}"
        for node in expected
        if node.name not in computed
    ]
    faults += [f"a kernel computes {name}, which is no node" for name in sorted(computed - known)]
    return faults, len(expected)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="+")
    parser.add_argument("--bin", default="build/bin", help="folder of the programs")
    options = parser.parse_args()
    azulejo = Azulejo(options.bin)
    wrong = 0
    for path in options.models:
        with tempfile.TemporaryDirectory() as folder:
            artifact = os.path.join(folder, "m.azm")
            azulejo.compile(path, artifact)
            faults, count = check(path, artifact, azulejo.runner)
        wrong += bool(faults)
        print("\n".join([f"{path}: {count} computing nodes", *faults]))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
