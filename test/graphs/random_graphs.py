#!/usr/bin/env python3
"""Compiles random graphs and compares every output with ONNX Runtime's.

Graphs are a few to thirty nodes of core operators over mixed element types, with broadcasting, odd
sizes, scalars, dimensions without elements, NaN and infinity; half of them have symbolic
dimensions. One that crashes, is refused or differs is made small and left in the folder of
findings, as a model with its inputs and expected outputs. Exits with 1 if there is one."""

import argparse
import os
import random
import sys
import tempfile

import numpy as np
import onnx

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "models"))

import values
from azulejo_cli import Azulejo, Failure
from compare import target_options
from generate import Graph
from reduce import reduce


def fault(case, azulejo, options):
    """What is wrong with Azulejo's answer, or None."""
    with tempfile.TemporaryDirectory() as folder:
        path, artifact = os.path.join(folder, "graph.onnx"), os.path.join(folder, "graph.azm")
        onnx.save(case.model(), path)
        try:
            azulejo.compile(path, artifact, target_options(options.device))
            names = [v.name for v in case.outputs]
            inputs = {v.name: v.array for v in case.inputs}
            results = azulejo.run(artifact, inputs, names, 1, options.device)
        except Failure as failure:
            return str(failure)
    for value in case.outputs:
        if said := values.differs(value, value.array, results[value.name]):
            return f"output {value.name} {said}"
    return None


def keep(case, folder, seed, said):
    """Leaves the case as ONNX's backend suite does it: model.onnx and test_data_set_0."""
    where = os.path.join(folder, f"graph_{seed}")
    data = os.path.join(where, "test_data_set_0")
    os.makedirs(data, exist_ok=True)
    onnx.save(case.model(), os.path.join(where, "model.onnx"))
    for kind, tensors in (("input", case.inputs), ("output", case.outputs)):
        for i, value in enumerate(tensors):
            tensor = onnx.numpy_helper.from_array(np.asarray(value.array), value.name)
            with open(os.path.join(data, f"{kind}_{i}.pb"), "wb") as file:
                file.write(tensor.SerializeToString())
    with open(os.path.join(where, "fault.txt"), "w", encoding="utf-8") as file:
        file.write(said + "\n")
    return where


def check(seed, azulejo, options):
    """Returns None, or what is wrong with the graph of this seed, made small."""
    graph = Graph(seed)
    case = graph.model(symbolic=seed % 2 == 1)
    if not case.outputs:
        return None
    said = fault(case, azulejo, options)
    if not said:
        return None
    size = len(case.nodes)
    if options.reduce:
        case = reduce(
            case, graph.made, lambda smaller: fault(smaller, azulejo, options) is not None
        )
        said = fault(case, azulejo, options) or said
    where = keep(case, options.findings, seed, said)
    nodes = ", ".join(node.op_type for node in case.nodes)
    return f"graph {seed}: {said}\n  {len(case.nodes)} of {size} nodes: {nodes}\n  {where}"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument(
        "--seed", type=int, default=random.randrange(10**6), help="of the first graph"
    )
    parser.add_argument("--bin", default="build/bin", help="folder of the programs")
    parser.add_argument("--findings", default="build/graphs")
    parser.add_argument("--no-reduce", dest="reduce", action="store_false")
    parser.add_argument("--device", default="cpu", help="where to run: cuda, cudasim:sm_80, …")
    options = parser.parse_args()
    azulejo = Azulejo(options.bin)

    faults = 0
    for seed in range(options.seed, options.seed + options.count):
        if sys.stderr.isatty():
            print(f"\r\033[Kgraph {seed}, {faults} faults", end="", file=sys.stderr)
        said = check(seed, azulejo, options)
        if said:
            faults += 1
            print(("\r\033[K" if sys.stderr.isatty() else "") + said, flush=True)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    print(
        f"random graphs: {options.count - faults} of {options.count} agree, --seed={options.seed}"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
