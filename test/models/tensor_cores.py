#!/usr/bin/env python3
"""How many of a model's multiply-adds tensor cores do, by the counters of the simulated GPU.

Exits with 1 if it is less than --least."""

import argparse
import json
import os
import sys
import tempfile

import panel
from azulejo_cli import Azulejo


def count(name, arch, options):
    """(multiply-adds of tensor-core instructions, of scalar ones) in a run."""
    path = panel.model_path(name, options.folder)
    azulejo = Azulejo(options.bin)
    with tempfile.TemporaryDirectory() as folder:
        artifact, counters = os.path.join(folder, "model.azm"), os.path.join(folder, "counters")
        told = [f"--target=cuda:{arch}", "--no-cubin", f"--precision={options.precision}"]
        azulejo.compile(path, artifact, told)
        os.environ["AZULEJO_CUDASIM_COUNTERS"] = counters
        os.environ["AZULEJO_CUDASIM_CHECKS"] = "0"  # others see to that; it is faster
        inputs = panel.Inputs(path)
        azulejo.run(artifact, inputs.make(0), inputs.outputs, device=f"cudasim:{arch}")
        with open(counters) as file:
            launches = [json.loads(line)["counters"] for line in file]
    return [sum(one[f"{kind}_multiply_adds"] for one in launches) for kind in ("tensor", "scalar")]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="models; minilm_l6 and llama_prefill by default")
    parser.add_argument("--bin", default="build/bin", help="folder of the programs")
    parser.add_argument("--folder", default="build/models", help="where models are made")
    parser.add_argument("--arch", action="append", help="sm_80 and sm_90a unless given")
    parser.add_argument("--precision", default="f16")
    parser.add_argument("--least", type=float, default=0.95)
    options = parser.parse_args()
    failed = 0
    for name in options.names or ["minilm_l6", "llama_prefill"]:
        for arch in options.arch or ["sm_80", "sm_90a"]:
            tensor, scalar = count(name, arch, options)
            share = tensor / max(1, tensor + scalar)
            failed += share < options.least
            print(f"{name} on {arch}, {options.precision}: {share:.1%} by tensor cores", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
