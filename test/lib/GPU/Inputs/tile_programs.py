"""Tile programs, from text to numbers: compiled by azulejo-opt, executed by the simulated GPU with
its checkers, assembled by ptxas ($PTXAS), and compared with what numpy says. `run` is all that a
test needs."""
import os
import re
import subprocess
import tempfile

import numpy as np

PASSES = (
    "builtin.module(func.func(azulejo-assign-layouts,canonicalize,azulejo-place-shared),"
    "azulejo-distribute-tiles,"
    "func.func(scf-forall-to-for,canonicalize,cse,convert-scf-to-cf,arith-expand),"
    "expand-strided-metadata,convert-math-to-llvm,convert-arith-to-llvm,convert-index-to-llvm,"
    "finalize-memref-to-llvm,convert-func-to-llvm{use-bare-ptr-memref-call-conv=1},"
    "convert-cf-to-llvm,canonicalize,cse,reconcile-unrealized-casts)")
ARCHITECTURES = {"sm_80": "+ptx80", "sm_90a": "+ptx80"}


def call(*command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stderr[:1500]}\n{(text or '')[:6000]}")
    return done.stdout + done.stderr


def lower(body, arguments, warps, arch, assign):
    """LLVM's dialect of a kernel."""
    module = (f"module attributes {{azulejo.gpu = \"{arch}\"}} {{ func.func @k({arguments}) "
              f"attributes {{cta.warps = {warps} : i64}} {{\n{body}\n return }} }}")
    passes = PASSES if assign else PASSES.replace("azulejo-assign-layouts,", "")
    lowered = call("azulejo-opt", "-", "--pass-pipeline=" + passes, text=module)
    lowered = lowered.replace("llvm.byval", "nvvm.grid_constant, llvm.byval")
    return lowered.replace("azulejo.threads", f"nvvm.kernel, "
                           f"nvvm.maxntid = array<i32: {32 * warps}>, azulejo.threads")


def to_ptx(lowered, arch):
    binary = call("mlir-opt", "-", "--allow-unregistered-dialect",
                  "--pass-pipeline=builtin.module(nvvm-attach-target"
                  f"{{chip={arch} O=3 features={ARCHITECTURES[arch]}}},"
                  "gpu.module(convert-nvvm-to-llvm),gpu-module-to-binary{format=isa})",
                  text="module { " + lowered.replace("module", "gpu.module @m", 1) + "}")
    text = re.search(r'assembly = "((?:[^"\\]|\\.)*)"', binary).group(1)
    short = {"n": "\n", "t": "\t"}
    unescape = lambda m: chr(int(m[1], 16)) if len(m[1]) == 2 else short.get(m[1], m[1])
    return re.sub(r"\\([0-9A-Fa-f]{2}|.)", unescape, text).rstrip("\0")


def words(array):
    """An array as 64-bit words, since a command line has an end; as its own where it is small."""
    flat = array.ravel()
    width = 8 if flat.nbytes % 8 == 0 and flat.nbytes else array.itemsize
    return flat.view(f"u{width}")


class Result:
    def __init__(self, arrays, ptx, counters):
        self.arrays, self.ptx, self.counters = arrays, ptx, counters

    def __getitem__(self, number):
        return self.arrays[number]


def run(body, memrefs, warps, arch="sm_80", scalars=(), grid="1", maps=(), spills=0,
        assign=True):
    """`memrefs`: (name, MLIR type, numpy array); all are printed back. `scalars`: (name, value), as
    index. `maps`: (number of a memref, box, swizzle)."""
    arguments = ", ".join([f"%{name}: {kind}" for name, kind, _ in memrefs] +
                          [f"%{name}: index" for name, _ in scalars])
    lowered = lower(body, arguments, warps, arch, assign)
    shared = int(re.search(r"cta.shared_bytes = (\d+)", lowered).group(1))
    ptx = to_ptx(lowered, arch)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "k.ptx")
        with open(path, "w") as file:
            file.write(ptx)
        report = call(*os.environ["PTXAS"].split(), "-v", f"-arch={arch}", path)
        spilled = sum(int(n) for n in re.findall(r"(\d+) bytes spill", report))
        assert spilled <= spills, f"{spilled} bytes spilled:\n{report}"
        command = ["azulejo-ptx", path, f"--arch={arch}", f"--block={32 * warps}",
                   f"--shared={shared}", f"--grid={grid}", "--columns=65536", "--counters"]
        for number, (_, _, array) in enumerate(memrefs):
            data = words(array)
            values = ",".join(hex(v) for v in data) if data.any() else "zeros"
            command.append(f"--buffer=B{number}:b{8 * data.itemsize}*{data.size}={values}:out:hex")
            command.append(f"--arg=@B{number}")
        for _, value in scalars:
            command.append(f"--arg=s64:{value}")
        for number, (source, dims, box, swizzle) in enumerate(maps):
            command.append(f"--tensor-map=M{number}:B{source},dims={dims},box={box},type=f16,"
                           f"swizzle={swizzle}")
            command.append(f"--arg=@M{number}")
        output = call(*command)
    arrays = []
    for number, (_, _, array) in enumerate(memrefs):
        line = re.search(rf"^B{number}\b[^\n]*?[:=]\s*([^\n]*)$", output, re.M)
        data = np.array([int(word, 16) for word in re.findall(r"0x([0-9a-f]+)", line.group(1))],
                        dtype=words(array).dtype)
        arrays.append(data.view(array.dtype).reshape(array.shape))
    return Result(arrays, ptx, output)
