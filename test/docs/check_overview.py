#!/usr/bin/env python3
"""check_overview.py OVERVIEW.md MODEL.onnx: is the IR that the overview shows what the compiler
makes?

Before each block of IR the page names its stage in a comment, <!-- stage: graph -->. Every line of
the block must stand in that stage's dump of MODEL, in the page's order; "…" stands for anything
within a line, and a line of "…" alone for any lines.
"""

import re
import subprocess
import sys


def blocks(text):
    pattern = r"<!-- stage: (\w+) -->\s*```mlir\n(.*?)```"
    return [(m[1], m[2].splitlines()) for m in re.finditer(pattern, text, re.S)]


def find_missing(shown, dump):
    """The first line of `shown` that does not follow the one before it in `dump`, or None."""
    lines = iter(dump)
    for line in shown:
        parts = [re.escape(part.strip()) for part in line.split("…")]
        if not any(parts):
            continue
        wanted = re.compile(".*".join(parts))
        if not any(wanted.search(candidate) for candidate in lines):
            return line
    return None


def main(page, model):
    found = blocks(open(page, encoding="utf-8").read())
    if not found:
        sys.exit(f"{page} shows no stage")
    dumps = {}
    for stage, shown in found:
        if stage not in dumps:
            command = ["azulejo", "compile", model, f"--compile-to={stage}"]
            dumps[stage] = subprocess.run(
                command, check=True, capture_output=True, text=True
            ).stdout.splitlines()
        missing = find_missing(shown, dumps[stage])
        if missing is not None:
            sys.exit(
                f"{page}: stage {stage} does not make this line, or not after those before it:\n"
                f"  {missing.strip()}"
            )
    print(f"{len(found)} blocks agree")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
