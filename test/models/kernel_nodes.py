#!/usr/bin/env python3
"""kernel_nodes.py MODEL.onnx...: compiles models and checks that every node which computes something is among the nodes of
a kernel.

Not looked for: constants and what is made of them, shapes and arithmetic on shapes, and nodes
that only give a tensor another shape, or repeat it where it is read."""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import onnx

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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--bin", required=True, help="where azulejo and azulejo-run are")
    parser.add_argument("--removed", action="append", default=[], metavar="NODE",
                        help="a node that does nothing, and is in no kernel (repeated)")
    options = parser.parse_args()
    missing = 0
    for path in options.models:
        with tempfile.TemporaryDirectory() as folder:
            artifact = os.path.join(folder, "m.azm")
            compiler = os.path.join(options.bin, "azulejo")
            subprocess.run([compiler, "compile", path, "-o", artifact], check=True)
            printed = subprocess.run(
                [os.path.join(options.bin, "azulejo-run"), artifact, "--print-metadata"],
                check=True, capture_output=True, text=True)
            metadata = json.loads(printed.stdout)
        computed = {node for kernel in metadata["kernels"] for node in kernel["nodes"]}
        model = onnx.load(path, load_external_data=False)
        known = {node.name for node in model.graph.node}
        expected = list(computing_nodes(model.graph))
        for node in expected:
            if node.name not in computed and node.name not in options.removed:
                print(f"{path}: no kernel computes {node.op_type} {node.name}")
                missing += 1
        # A number that went into a kernel's code may be named, too.
        known.update(tensor.name for tensor in model.graph.initializer)
        for name in sorted(computed - known):
            print(f"{path}: a kernel computes {name}, which is no node")
            missing += 1
        print(f"{path}: {len(expected)} computing nodes, {len(metadata['kernels'])} kernels")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
