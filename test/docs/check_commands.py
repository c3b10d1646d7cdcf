"""check_commands.py SOURCE BIN SCRATCH: do the commands that README.md and docs/ show work?

A command is an indented line of a document that begins with a program. Those of build/bin are run
as they stand, in SCRATCH, in the document's order, on a small model and its input under the names
that the documents use. Every other one must be run by a test, which COVERED names with the words of
it that show so; a command that is neither is a fault."""

import os
import re
import shlex
import subprocess
import sys

import numpy as np
import onnx

# What begins a command of a document, and the test that runs it with the words that it runs.
COVERED = {
    "tools/dev test": (".ci/run", "tools/dev"),
    "tools/dev demo": ("tools/dev", "command_demo()"),
    "tools/dev fuzz": ("tools/dev.d/run_tests.py", "azulejo-fuzz"),
    "azulejo-fuzz --replay": ("test/lib/Import/Fuzz.test", "--replay"),
    "tools/dev conformance": ("tools/dev.d/run_tests.py", "azulejo-conformance"),
    "tools/dev gpu-report": ("test/tools/dev/gpu_report.test", "gpu_report.py"),
    "tools/dev graphs": ("tools/dev.d/run_tests.py", "random_graphs.py"),
    "cmake -S test/plugin": ("test/plugin/plugin.test", "cmake -G Ninja -S %S"),
    "cmake --build": ("test/plugin/plugin.test", "cmake --build"),
    "cmake --install": ("test/plugin/plugin.test", "cmake --install"),
    "azulejo-opt --load-pass-plugin=": ("test/plugin/plugin.test", "--load-pass-plugin="),
    "azulejo-opt model.mlir --load-pass-plugin=": (
        "test/plugin/plugin.test",
        "--load-pass-plugin=",
    ),
    "azulejo compile model.onnx --load-pass-plugin=": (
        "test/plugin/plugin.test",
        "--pass-pipeline-after=graph",
    ),
    "azulejo compile model.onnx --functions": ("test/lib/Import/FunctionFiles.test", "--functions"),
    "azulejo compile model.onnx --operators": ("test/docs/add_an_operator.test", "--operators"),
    "azulejo-run model.azm --operators=": ("test/docs/add_an_operator.test", "--operators="),
    "azulejo-ptx kernel.ptx": ("test/runtime/cudasim/Control.ptx", "azulejo-ptx %s"),
    "lit build/test": ("tools/dev.d/run_tests.py", '"lit"'),
    "python test/models/compare.py": ("tools/dev.d/run_tests.py", "compare.py"),
    "python test/models/gpu_kernels.py": ("tools/dev.d/run_tests.py", "gpu_kernels.py"),
    "python test/models/tensor_cores.py": ("tools/dev.d/run_tests.py", "tensor_cores.py"),
    "python test/operators/write_cases.py": ("tools/dev.d/run_tests.py", "write_cases.py"),
    "azulejo-conformance --cases=": ("tools/dev.d/run_tests.py", "azulejo-conformance"),
    "python test/models/latency.py": ("test/models/latency.test", "latency.py"),
}
PROGRAMS = re.compile(r"^(build/bin/|azulejo(-\w+)* |tools/dev |cmake |lit |python3? )")
STAGES = ("import", "graph", "lower", "fuse", "tiling", "cpu", "schedule")


def commands(text):
    """The commands of a document: lines indented by four or more, joined where they end in \\."""
    for line in re.findall(r"^ {4,}(\S.*)$", text.replace("\\\n", " "), re.M):
        if PROGRAMS.match(line):
            yield re.sub(r"\s+# .*$", "", " ".join(line.split()))


def make_model(folder):
    model = onnx.parser.parse_model("""<ir_version: 10, opset_import: ["": 22]>
        g (float[n,4] x) => (float[n,4] y) { y = Relu(x) }""")
    onnx.save(model, os.path.join(folder, "model.onnx"))
    np.save(os.path.join(folder, "x.npy"), np.ones((2, 4), np.float32))


def variants(command):
    """What to run: STAGE stands for each stage."""
    command = command.replace("PYTHON_WITH_ONNXRUNTIME", sys.executable)
    return (
        [command.replace("STAGE", stage) for stage in STAGES] if "STAGE" in command else [command]
    )


def main():
    source, programs, scratch = sys.argv[1:]
    os.makedirs(scratch, exist_ok=True)
    make_model(scratch)
    run, covered, faults = 0, 0, []
    documents = ["README.md"]
    documents += sorted(
        f"docs/{name}" for name in os.listdir(f"{source}/docs") if name[-3:] == ".md"
    )
    for document in documents:
        with open(os.path.join(source, document), encoding="utf-8") as file:
            found = list(commands(file.read()))
        for command in found:
            short = command.removeprefix("build/bin/")
            prefix = next((known for known in COVERED if short.startswith(known)), None)
            if prefix:
                test, words = COVERED[prefix]
                with open(os.path.join(source, test), encoding="utf-8") as file:
                    if words not in file.read():
                        faults.append(f"{document}: {command}: {test} does not run {words}")
                covered += 1
                continue
            if not short.startswith("azulejo"):
                faults.append(f"{document}: {command}: no test runs it")
                continue
            for variant in variants(short):
                words = shlex.split(variant)
                words[0] = os.path.join(programs, words[0])
                if not os.path.exists(words[0]):
                    faults.append(f"{document}: {variant}: there is no such program")
                    continue
                done = subprocess.run(words, cwd=scratch, capture_output=True, text=True)
                run += 1
                if done.returncode:
                    faults.append(f"{document}: {variant}: {done.stderr}")
    print("\n".join(faults), end="\n" * bool(faults))
    print(f"{run} commands run, {covered} run by other tests")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
