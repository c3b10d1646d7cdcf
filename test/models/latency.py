#!/usr/bin/env python3
"""Measures models against ONNX Runtime, side by side: in each round one runs right after the other,
with the same threads and the same input, because a shared machine's speed moves from minute to
minute. The ratio is that of the fastest runs (below 1 Azulejo is faster); the spread of the rounds'
own ratios says how far to trust it.

    latency.py --threads 1,2 --markdown latency.md --json latency.json

measures every model on one and on two threads, and how long and how much memory each took to
compile. Rows appear as they are measured; the files are written again after each."""

import argparse
import json
import math
import os
import statistics
import sys
import time

import compare
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


def measure_latency(path, artifact, inputs, threads, options):
    """What the rounds gave with this many threads, and their best."""
    azulejo = Azulejo(options.bin)
    session = compare.open_onnxruntime(path, threads)
    rounds = []
    for _ in range(options.rounds):
        theirs = measure_onnxruntime(session, inputs, options.seconds)
        ours = azulejo.bench(artifact, inputs, threads, options.bench_option)["latency_ms"]
        rounds.append(
            {"onnxruntime": theirs, "azulejo": {key: ours[key] for key in ("min", "median")}}
        )

    def best(who):
        return {key: min(entry[who][key] for entry in rounds) for key in ("min", "median")}

    ours, theirs = best("azulejo"), best("onnxruntime")
    ratios = [entry["azulejo"]["min"] / entry["onnxruntime"]["min"] for entry in rounds]
    return {
        "threads": threads,
        "onnxruntime_ms": theirs,
        "azulejo_ms": ours,
        "ratio": ours["min"] / theirs["min"],
        "median_ratio": ours["median"] / theirs["median"],
        "ratio_spread": [min(ratios), max(ratios)],
        "rounds": rounds,
    }


def measure(name, options):
    path = panel.model_path(name, options.folder)
    artifact = compare.artifact_path(name, options.folder)
    usage = Azulejo(options.bin).compile(path, artifact, compare.compile_options(options))
    inputs = panel.Inputs(path).make(seed=0)
    size = panel.model_bytes(path)
    result = {
        "model": name,
        "cpu": options.cpu,
        "compile": {
            "seconds": usage.seconds,
            "peak_bytes": usage.peak_bytes,
            "model_bytes": size,
            "artifact_bytes": os.path.getsize(artifact),
            "peak_by_model": usage.peak_bytes / size,
        },
        "latency": [
            measure_latency(path, artifact, inputs, threads, options) for threads in options.threads
        ],
    }
    os.remove(artifact)
    return result


def header(threads):
    columns = ["model", "compile s", "peak MB", "model MB", "peak by model"]
    for count in threads:
        columns += [f"ONNX Runtime ms, {count}T", "Azulejo ms", "ratio", "of medians", "by round"]
    return f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}"


def row(result):
    compiling = result["compile"]
    cells = [
        result["model"],
        f"{compiling['seconds']:.1f}",
        f"{compiling['peak_bytes'] / 1e6:.0f}",
        f"{compiling['model_bytes'] / 1e6:.0f}",
        f"{compiling['peak_by_model']:.1f}",
    ]
    for latency in result["latency"]:
        low, high = latency["ratio_spread"]
        cells += [
            f"{latency['onnxruntime_ms']['min']:.2f}",
            f"{latency['azulejo_ms']['min']:.2f}",
            f"{latency['ratio']:.2f}",
            f"{latency['median_ratio']:.2f}",
            f"{low:.2f}-{high:.2f}",
        ]
    return f"| {' | '.join(cells)} |"


def summarize(results):
    """For each number of threads the geometric mean of the ratios, and the worst with its model."""
    summary = []
    for position, latency in enumerate(results[0]["latency"] if results else []):
        ratios = {result["model"]: result["latency"][position]["ratio"] for result in results}
        worst = max(ratios, key=ratios.get)
        summary.append(
            {
                "threads": latency["threads"],
                "models": len(ratios),
                "geometric_mean": math.exp(statistics.fmean(map(math.log, ratios.values()))),
                "worst": ratios[worst],
                "worst_model": worst,
            }
        )
    return summary


def summary_text(summary):
    return "\n".join(
        f"{entry['threads']} thread{'s' * (entry['threads'] > 1)}: geometric mean of "
        f"{entry['models']} models {entry['geometric_mean']:.2f}, worst {entry['worst']:.2f} "
        f"({entry['worst_model']})"
        for entry in summary
    )


def write_files(results, failures, options):
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(
                {"summary": summarize(results), "models": results, "failed": failures},
                file,
                indent=1,
            )
    if options.markdown:
        lines = [header(options.threads), *map(row, results)]
        lines += [f"| {name} | FAILED |" for name in failures]
        with open(options.markdown, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + f"\n\n{summary_text(summarize(results))}\n")


def counts(text):
    """A list of numbers of threads: 1,2."""
    return [int(part) for part in text.split(",")]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    compare.add_common_options(parser)
    parser.add_argument("--threads", type=counts, default=[1], help="1, or 1,2 for both in turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="ONNX Runtime's in a round")
    parser.add_argument("--json", help="write everything measured to this file")
    parser.add_argument("--markdown", help="write the table to this file")
    parser.add_argument(
        "--bench-option", action="append", default=[], help="passed to azulejo bench"
    )
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)

    print(f"fastest of {options.rounds} rounds, compiled for {options.cpu}\n")
    print(header(options.threads), flush=True)
    results, failures = [], []
    for name in options.names or panel.names():
        try:
            results.append(measure(name, options))
            print(row(results[-1]), flush=True)
        except Failure as failure:
            failures.append(name)
            print(f"| {name} | FAILED |\n{failure}", flush=True)
        if options.discard:
            compare.discard(name, options.folder)
        write_files(results, failures, options)
    print(f"\n{summary_text(summarize(results))}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
