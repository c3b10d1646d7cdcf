#!/usr/bin/env python3
"""Compiles panel models and compares every output with ONNX Runtime's on seeded random inputs.

An output agrees if its largest error is at most 1e-4 of its largest magnitude and its cosine with
the expected one at least 0.99999. Exits with 1 if one does not."""

import argparse
import os
import sys

import numpy as np
import onnxruntime

import panel
from azulejo_cli import Azulejo, Failure

LARGEST_ERROR = 1e-4
SMALLEST_COSINE = 0.99999


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
    return np.max(np.abs(expected - actual)) / scale, (
        float(expected @ actual / norms) if norms else 0.0
    )


def compare(name, options):
    """Returns one table row; raises Failure where the model does not come as far as an answer."""
    path = panel.model_path(name, options.folder)
    azulejo = Azulejo(options.bin)
    artifact = os.path.join(options.folder, os.path.basename(name).removesuffix(".onnx") + ".azm")
    usage = azulejo.compile(path, artifact, options.compile_option)
    inputs = panel.Inputs(path)
    session_options = onnxruntime.SessionOptions()
    session_options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        path, session_options, providers=["CPUExecutionProvider"]
    )
    worst_error, worst_cosine, worst_place = 0.0, 1.0, ""
    for seed in range(options.seeds):
        values = inputs.make(seed)
        expected = dict(zip(inputs.outputs, session.run(inputs.outputs, values)))
        actual = azulejo.run(artifact, values, inputs.outputs, options.threads)
        for output in inputs.outputs:
            error, cosine = difference(expected[output], actual[output])
            if error > worst_error or cosine < worst_cosine:
                worst_place = f"{output}, seed {seed}"
            worst_error, worst_cosine = max(worst_error, error), min(worst_cosine, cosine)
    size = sum(os.path.getsize(file) for file in (path, path + ".data") if os.path.exists(file))
    good = worst_error <= LARGEST_ERROR and worst_cosine >= SMALLEST_COSINE
    text = (
        f"| {name} | {worst_error:.1e} | {worst_cosine:.7f} | {usage.seconds:.1f} s | {usage.peak_bytes / 1e6:.0f} MB | "
        f"{size / 1e6:.0f} MB | {'agrees' if good else 'DIFFERS: ' + worst_place} |"
    )
    return good, text


def discard(name, folder):
    for suffix in (".onnx", ".onnx.data", ".azm"):
        path = os.path.join(folder, name + suffix)
        if os.path.exists(path):
            os.remove(path)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", help="panel models or .onnx files; all of the panel by default"
    )
    parser.add_argument("--bin", default="build/bin", help="folder of the programs")
    parser.add_argument("--folder", default="build/models", help="where models are made")
    parser.add_argument("--seeds", type=int, default=3, help="how many inputs each model is run on")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument(
        "--discard", action="store_true", help="delete each model and artifact when it is done with"
    )
    parser.add_argument(
        "--compile-option", action="append", default=[], help="passed to azulejo compile"
    )
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)

    print(
        "| model | largest error | cosine | compile | peak memory | model | |\n|---|---|---|---|---|---|---|"
    )
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
