"""split.py IN OUT: writes the parts of a --split-input-file output to OUT.0.mlir, OUT.1.mlir,
..."""

import sys

for number, part in enumerate(open(sys.argv[1]).read().split("// -----")):
    open(f"{sys.argv[2]}.{number}.mlir", "w").write(part)
