"""Runs the .mlir, .ptx and .test tests of this tree with the programs in build/bin: lit
build/test."""

import os
import shutil
import sys

import lit.formats

config.name = "azulejo"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".onnxtxt", ".ptx"]
# Inputs and ptx hold data.
config.excludes = ["Inputs", "ptx", "CMakeLists.txt"]
config.test_source_root = config.azulejo_source + "/test"
config.test_exec_root = config.azulejo_build + "/test"
config.environment["PATH"] = os.pathsep.join(
    [config.azulejo_build + "/bin", config.llvm_tools, os.environ["PATH"]]
)
config.substitutions += [
    ("%python", config.python or sys.executable),
    ("%source", config.azulejo_source),
    ("%build", config.azulejo_build),
    ("%llvm", os.path.dirname(config.llvm_tools)),
]

# NVIDIA's assembler is the second judge of whether a test is valid PTX; where it is missing,
# `%ptxas FILE` does nothing.
ptxas = (
    shutil.which(config.ptxas)
    or shutil.which("ptxas")
    or shutil.which("ptxas", path="/usr/local/cuda/bin")
)
config.substitutions.append(("%ptxas", ptxas + " --output-file=/dev/null" if ptxas else "true"))
