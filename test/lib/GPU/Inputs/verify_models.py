"""Compares every model of a folder (.onnxtxt) with ONNX Runtime on the simulated GPUs."""

import argparse
import pathlib
import subprocess
import sys

import onnx

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--python", required=True, help="the interpreter that has ONNX Runtime")
options = parser.parse_args()
for text in sorted(options.folder.glob("*.onnxtxt")):
    model = text.with_suffix(".onnx")
    onnx.save(onnx.parser.parse_model(text.read_text()), model)
    for arch in ("sm_80", "sm_90a"):
        command = [
            "azulejo",
            "verify",
            str(model),
            f"--target=cuda:{arch}",
            f"--device=cudasim:{arch}",
            "--against=onnxruntime",
            f"--python={options.python}",
            "--rtol=0.02",
            "--atol=0.02",
            "--size",
            "s=77",
        ]
        print(arch, text.stem, flush=True)
        if subprocess.run(command).returncode:
            sys.exit(f"{text.stem} is wrong on {arch}")
