#!/usr/bin/env python3
"""Measures panel models against ONNX Runtime, side by side: in each round one runs right after the
other, with the same threads and the same input, because a shared machine's speed moves from minute
to minute. The ratio is that of the fastest runs (below 1 Azulejo is faster); the spread of the
rounds' own ratios says how far to trust it."""

import argparse
import json
import math
import os
import statistics
import sys
import time

import onnxruntime

import panel
from azulejo_cli import Azulejo, Failure


def measure_onnxruntime(session, inputs, seconds):
    """Latencies in ms of runs that take `seconds` in all, and at least five; two before them are
    not counted."""
    for _ in range(2):
        session.run(None, inputs)
    latencies, end = [], time.perf_counter() + seconds
    while len(latencies) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        session.run(None, inputs)
        latencies.append((time.perf_counter() - start) * 1e3)
    return {"min": min(latencies), "median": statistics.median(latencies)}


def measure(name, options):
    path = panel.model_path(name, options.folder)
    azulejo = Azulejo(options.bin)
    artifact = os.path.join(options.folder, os.path.basename(name).removesuffix(".onnx") + ".azm")
    azulejo.compile(path, artifact, options.compile_option)
    session_options = onnxruntime.SessionOptions()
    session_options.intra_op_num_threads = options.threads
    session_options.inter_op_num_threads = 1
    session_options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        path, session_options, providers=["CPUExecutionProvider"]
    )
    inputs = panel.Inputs(path).make(seed=0)
    rounds = []
    for _ in range(options.rounds):
        theirs = measure_onnxruntime(session, inputs, options.seconds)
        ours = azulejo.bench(artifact, inputs, options.threads, options.bench_option)["latency_ms"]
        rounds.append(
            {"onnxruntime": theirs, "azulejo": {key: ours[key] for key in ("min", "median")}}
        )
    os.remove(artifact)

    def best(who, key):
        return min(entry[who][key] for entry in rounds)

    ratios = [entry["azulejo"]["min"] / entry["onnxruntime"]["min"] for entry in rounds]
    return {
        "model": name,
        "threads": options.threads,
        "onnxruntime_ms": {
            "min": best("onnxruntime", "min"),
            "median": best("onnxruntime", "median"),
        },
        "azulejo_ms": {"min": best("azulejo", "min"), "median": best("azulejo", "median")},
        "ratio": best("azulejo", "min") / best("onnxruntime", "min"),
        "median_ratio": best("azulejo", "median") / best("onnxruntime", "median"),
        "ratio_spread": [min(ratios), max(ratios)],
        "rounds": rounds,
    }


def row(result):
    low, high = result["ratio_spread"]
    return (
        f"| {result['model']} | {result['onnxruntime_ms']['min']:.2f} | {result['azulejo_ms']['min']:.2f} | "
        f"{result['ratio']:.2f} | {result['median_ratio']:.2f} | {low:.2f}-{high:.2f} |"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", help="panel models or .onnx files; all of the panel by default"
    )
    parser.add_argument("--bin", default="build/bin", help="folder of the programs")
    parser.add_argument("--folder", default="build/models", help="where models are made")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="ONNX Runtime's share of a round"
    )
    parser.add_argument("--json", help="write everything measured to this file")
    parser.add_argument(
        "--compile-option", action="append", default=[], help="passed to azulejo compile"
    )
    parser.add_argument(
        "--bench-option", action="append", default=[], help="passed to azulejo bench"
    )
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)

    print(
        f"Latency in ms, {options.threads} thread{'s' * (options.threads > 1)}, fastest of {options.rounds} rounds\n"
    )
    print(
        "| model | ONNX Runtime | Azulejo | ratio | of medians | ratio by round |\n|---|---|---|---|---|---|"
    )
    results, failed = [], 0
    for name in options.names or panel.names():
        try:
            results.append(measure(name, options))
            print(row(results[-1]), flush=True)
        except Failure as failure:
            failed += 1
            print(f"| {name} | FAILED |\n{failure}", flush=True)
    if results:
        mean = math.exp(statistics.fmean(math.log(result["ratio"]) for result in results))
        print(
            f"\ngeometric mean of {len(results)}: {mean:.2f}; worst {max(result['ratio'] for result in results):.2f}"
        )
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
