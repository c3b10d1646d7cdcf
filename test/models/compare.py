#!/usr/bin/env python3
"""Compiles models and compares every output with ONNX Runtime's on seeded random inputs.

An output agrees if its largest error is at most 1e-4 of its largest magnitude and its cosine with
the expected one at least 0.99999. Exits with 1 if one does not, or if no kernel of an exported
model's artifact names one of the nodes that compute."""

import argparse
import os
import sys

import numpy as np
import onnxruntime

import kernel_nodes
import panel
from azulejo_cli import Azulejo, Failure

LARGEST_ERROR = 1e-4
SMALLEST_COSINE = 0.99999
HEADER = """\
| model | largest error | cosine | compile | peak memory | model | |
|---|---|---|---|---|---|---|"""


def difference(expected, actual):
    """(largest error by largest magnitude, cosine); not finite or misshapen values are infinitely
    far."""
    if expected.shape != actual.shape or expected.dtype != actual.dtype:
        return float("inf"), 0.0
    expected, actual = expected.astype(np.float64).ravel(), actual.astype(np.float64).ravel()
    if not np.array_equal(np.isfinite(expected), np.isfinite(actual)):
        return float("inf"), 0.0
    finite = np.isfinite(expected)
    expected, actual = expected[finite], actual[finite]
    if np.array_equal(expected, actual):
        return 0.0, 1.0
    scale = max(np.max(np.abs(expected)), np.finfo(np.float32).tiny)
    norms = np.linalg.norm(expected) * np.linalg.norm(actual)
    cosine = float(expected @ actual / norms) if norms else 0.0
    return np.max(np.abs(expected - actual)) / scale, cosine


def open_onnxruntime(path, threads):
    """A session on this many threads; 0 leaves it to ONNX Runtime."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def artifact_path(name, folder):
    return os.path.join(folder, os.path.basename(name).removesuffix(".onnx") + ".azm")


def target_options(device):
    """What `azulejo compile` is told where the model is to run on this device."""
    kind, _, architecture = device.partition(":")
    if kind == "cudasim":  # which executes PTX
        return [f"--target=cuda:{architecture or 'sm_90a'}", "--no-cubin"]
    return ["--target=cuda:sm_80,cuda:sm_90a"] if kind == "cuda" else []


def compile_options(options):
    return [f"--cpu={options.cpu}", *target_options(options.device), *options.compile_option]


def compare(name, options):
    """Returns one table row; raises Failure where the model does not come as far as an answer."""
    path = panel.model_path(name, options.folder)
    azulejo = Azulejo(options.bin)
    artifact = artifact_path(name, options.folder)
    usage = azulejo.compile(path, artifact, compile_options(options))
    inputs = panel.Inputs(path)
    session = open_onnxruntime(path, 0)
    worst_error, worst_cosine, worst_place = 0.0, 1.0, ""
    for seed in range(options.seeds):
        values = inputs.make(seed)
        expected = dict(zip(inputs.outputs, session.run(inputs.outputs, values)))
        actual = azulejo.run(
            artifact, values, inputs.outputs, options.threads, options.device
        )
        for output in inputs.outputs:
            error, cosine = difference(expected[output], actual[output])
            if error > worst_error or cosine < worst_cosine:
                worst_place = f"{output}, seed {seed}"
            worst_error, worst_cosine = max(worst_error, error), min(worst_cosine, cosine)
    good = worst_error <= LARGEST_ERROR and worst_cosine >= SMALLEST_COSINE
    if os.path.basename(artifact).removesuffix(".azm") in panel.exported_names():
        faults, _ = kernel_nodes.check(path, artifact, azulejo.runner)
        if faults:
            raise Failure("\n".join(faults))
    cells = [
        name,
        f"{worst_error:.1e}",
        f"{worst_cosine:.7f}",
        f"{usage.seconds:.1f} s",
        f"{usage.peak_bytes / 1e6:.0f} MB",
        f"{panel.model_bytes(path) / 1e6:.0f} MB",
        "agrees" if good else f"DIFFERS: {worst_place}",
    ]
    return good, f"| {' | '.join(cells)} |"


def discard(name, folder):
    """Deletes what was made in `folder` for a model."""
    for suffix in (".onnx", ".onnx.data", ".azm"):
        path = os.path.join(folder, name + suffix)
        if os.path.exists(path):
            os.remove(path)


def add_common_options(parser):
    parser.add_argument("names", nargs="*", help="models or .onnx files; every model by default")
    parser.add_argument("--bin", default="build/bin", help="folder of the programs")
    parser.add_argument("--folder", default="build/models", help="where models are made")
    parser.add_argument("--cpu", default="host", help="passed to azulejo compile: x86-64-v3, …")
    parser.add_argument("--device", default="cpu", help="where models run: cuda, cudasim:sm_80, …")
    parser.add_argument(
        "--compile-option", action="append", default=[], help="passed to azulejo compile"
    )
    parser.add_argument(
        "--discard", action="store_true", help="delete each model when it is done with"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_common_options(parser)
    parser.add_argument("--seeds", type=int, default=3, help="inputs that each model is run on")
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)

    print(HEADER)
    failed = 0
    for name in options.names or panel.names():
        try:
            good, text = compare(name, options)
        except Failure as failure:
            good, text = False, f"| {name} | | | | | | FAILED |\n{failure}"
        failed += not good
        print(text, flush=True)
        if options.discard:
            discard(name, options.folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
