"""Runs the .mlir, .test and .py tests of this tree with the programs in build/bin: lit
build/test."""

import os
import sys

import lit.formats

config.name = "azulejo"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".onnxtxt"]
config.excludes = ["Inputs", "CMakeLists.txt"]
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
