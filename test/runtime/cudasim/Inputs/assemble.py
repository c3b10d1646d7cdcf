"""assemble.py FOLDER PTXAS: PTXAS takes every module of FOLDER, for the architecture that it names.
Does nothing where PTXAS is `true`."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def assemble(path, ptxas):
    with open(path, encoding="utf-8") as file:
        target = re.search(r"^\.target (\w+)", file.read(), re.M).group(1)
    # What it would do to make the code fast is not asked for.
    run = subprocess.run(
        [*ptxas, "-O0", f"-arch={target}", path], capture_output=True, text=True, check=False
    )
    return run.returncode and f"{os.path.basename(path)}: {run.stderr.strip()[:400]}"


def main():
    folder, ptxas = sys.argv[1], sys.argv[2:]
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    if ptxas == ["true"]:
        return
    with ThreadPoolExecutor(2) as pool:
        refused = [each for each in pool.map(lambda path: assemble(path, ptxas), paths) if each]
    print("\n".join(refused))
    print(f"{len(paths)} modules, {len(refused)} refused")
    sys.exit(len(refused) != 0)


main()
