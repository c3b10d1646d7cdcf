"""Compiles the .cu files of this folder to ptx/ with nvcc, once for each planted bug; or only those
it is given. `queue.cu:3` is that bug alone. Tests need the results only.

A variant keeps those kernels alone that its bug changes."""

import os
import re
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))


ENTRY = "\n.visible .entry "


def keep_changed(variant, base):
    """`variant` without the kernels that `base` has just so."""

    def parts(text):
        code, files, sections = text.partition("\t.file\t")
        return *code.split(ENTRY), files + sections

    first, *kernels, sections = parts(variant)
    same = set(parts(base)[1:-1])
    return ENTRY.join([first] + [kernel for kernel in kernels if kernel not in same]) + sections


def main():
    os.makedirs(os.path.join(FOLDER, "ptx"), exist_ok=True)
    for argument in sys.argv[1:] or sorted(os.listdir(FOLDER)):
        name, _, only = argument.partition(":")
        if not name.endswith(".cu"):
            continue
        with open(os.path.join(FOLDER, name)) as file:
            text = file.read()
        bugs = sorted({int(number) for number in re.findall(r"BUG [!=]= (\d+)", text)})
        for bug in [0] + ([int(only)] if only else bugs):
            path = os.path.join(FOLDER, "ptx", name[:-3] + (f".{bug}" if bug else "") + ".ptx")
            subprocess.run(
                [
                    "nvcc",
                    "-arch=sm_90a" if "sm_90a" in text else "-arch=sm_80",
                    "-ptx",
                    "-lineinfo",
                    "-w",
                    f"-DBUG={bug}",
                    "-o",
                    path,
                    name,
                ],
                cwd=FOLDER,
                check=True,
            )
            with open(path) as file:
                ptx = re.sub(r'(\t\.file\t\d+ )"[^"]*/([^/"]+)"', r'\1"\2"', file.read())
            if bug == 0:
                base = ptx
            with open(path, "w") as file:
                file.write(keep_changed(ptx, base) if bug else ptx)


if __name__ == "__main__":
    main()
