"""The kernels that an artifact holds for a GPU, and what ptxas makes of them."""

import json
import os
import re
import subprocess
import sys


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout + done.stderr


def read_ptx(artifact, arch, objcopy, folder):
    """The PTX of one architecture, as the artifact holds it."""
    sections = {}
    for name in (".azm.meta", ".azm.cuda"):
        path = os.path.join(folder, name[1:])
        run([objcopy, f"--dump-section={name}={path}", artifact, os.devnull])
        with open(path, "rb") as file:
            sections[name] = file.read()
    metadata = json.loads(sections[".azm.meta"].rstrip(b"\0"))
    image = next(image for image in metadata["cuda"] if image["arch"] == arch)["ptx"]
    text = sections[".azm.cuda"][image["offset"] : image["offset"] + image["length"]]
    return text.rstrip(b"\0").decode()


def assemble(ptx, arch, ptxas, folder):
    """For each kernel its registers and the bytes that it spills; nothing without a ptxas."""
    if not ptxas:
        return {}
    path = os.path.join(folder, "kernels.ptx")
    with open(path, "w") as file:
        file.write(ptx)
    told = run([ptxas, "-v", f"--gpu-name={arch}", path, "-o", os.devnull])
    found = {}
    pattern = (
        r"Compiling entry function '(\S+)'.*?(\d+) bytes spill stores, (\d+) bytes spill loads"
        r".*?Used (\d+) registers"
    )
    for name, stores, loads, registers in re.findall(pattern, told, re.S):
        found[name] = (int(registers), int(stores) + int(loads))
    return found
