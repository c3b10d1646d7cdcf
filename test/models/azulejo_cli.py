"""Compiling and running through the command line, as a user does, with what the system says about
time and memory."""

import dataclasses
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


class Failure(Exception):
    """A program that ended with an error; says which and what it printed."""


@dataclasses.dataclass
class Usage:
    seconds: float
    peak_bytes: int


def run_program(command, show_errors=False):
    """Runs it to its end; returns (standard output, Usage). What it says on standard error is part
    of the Failure, or, with show_errors, goes to the terminal as it comes."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "usage.json")
        launcher = [sys.executable, "-S", "-E", os.path.join(HERE, "run_measured.py"), report]
        done = subprocess.run(
            launcher + command,
            stdout=subprocess.PIPE,
            stderr=None if show_errors else subprocess.PIPE,
            text=True,
        )
        if not os.path.exists(report):
            raise Failure(f"{command[0]} cannot be run\n{done.stderr or ''}")
        with open(report, encoding="utf-8") as file:
            result = json.load(file)
    if result["status"]:
        said = "\n".join((done.stdout + (done.stderr or "")).splitlines()[-12:])
        raise Failure(f"{' '.join(command[:3])} … ended with status {result['status']}\n{said}")
    return done.stdout, Usage(result["seconds"], result["peak_bytes"])


class Azulejo:
    def __init__(self, bin_folder):
        self.compiler = os.path.join(bin_folder, "azulejo")
        self.runner = os.path.join(bin_folder, "azulejo-run")

    def compile(self, model, artifact, options=(), show_progress=False):
        return run_program(
            [self.compiler, "compile", model, "-o", artifact, *options], show_progress
        )[1]

    def run(self, artifact, inputs, outputs, threads=0, device="cpu"):
        """inputs: {name: array} in the model's order; returns {name: array} for the names in
        `outputs`."""
        with tempfile.TemporaryDirectory() as folder:
            command = [self.runner, artifact, f"--threads={threads}", f"--device={device}"]
            command += save_inputs(inputs, folder)
            targets = [os.path.join(folder, f"output_{i}.npy") for i in range(len(outputs))]
            run_program(command + [f"--output=@{target}" for target in targets])
            return {name: np.load(target) for name, target in zip(outputs, targets)}

    def bench(self, artifact, inputs, threads, options=()):
        """Returns the object that `azulejo bench --json` prints."""
        with tempfile.TemporaryDirectory() as folder:
            command = [self.compiler, "bench", artifact, "--json", f"--threads={threads}", *options]
            output, _ = run_program(command + save_inputs(inputs, folder))
        return json.loads(output)


def save_inputs(inputs, folder):
    flags = []
    for i, value in enumerate(inputs.values()):
        path = os.path.join(folder, f"input_{i}.npy")
        np.save(path, value)
        flags.append(f"--input=@{path}")
    return flags
