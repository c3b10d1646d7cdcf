"""What the kernels of a few well-known problems are made of: registers and spills by ptxas, and by
the simulator's counters occupancy, memory traffic, bank conflicts and tensor-core instructions.

One row for each kernel that a problem becomes. Times are no part of it: the simulator has none.
"""

import argparse
import json
import os
import re
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ptx import assemble, read_ptx, run

FLOAT, BF16, INT64 = TensorProto.FLOAT, TensorProto.BFLOAT16, TensorProto.INT64
COLUMNS = [
    ("kernel", 34),
    ("regs", 5),
    ("spill B", 8),
    ("shared B", 9),
    ("occupancy", 10),
    ("load B/sector", 14),
    ("store B/sector", 15),
    ("conflicts", 10),
    ("128-bit", 8),
    ("tensor MACs", 12),
    ("mma/loop", 9),
    ("feeds", 12),
]


def graph(nodes, inputs, outputs, constants=()):
    """A model from its nodes; inputs and outputs are (name, type, shape)."""
    values = lambda entries: [helper.make_tensor_value_info(*entry) for entry in entries]
    return helper.make_model(
        helper.make_graph(nodes, "report", values(inputs), values(outputs), list(constants)),
        opset_imports=[helper.make_opsetid("", 23)],
        ir_version=11,
    )


def gemm(size):
    shape = [size, size]
    return graph(
        [helper.make_node("MatMul", ["a", "b"], ["c"])],
        [("a", BF16, shape), ("b", BF16, shape)],
        [("c", BF16, shape)],
    )


def attention(heads, length, depth):
    shape = [1, heads, length, depth]
    return graph(
        [helper.make_node("Attention", ["q", "k", "v"], ["y"])],
        [(name, BF16, shape) for name in "qkv"],
        [("y", BF16, shape)],
    )


def convolution():
    return graph(
        [helper.make_node("Conv", ["x", "w"], ["y"], pads=[1, 1, 1, 1])],
        [("x", BF16, [1, 64, 56, 56]), ("w", BF16, [64, 64, 3, 3])],
        [("y", BF16, [1, 64, 56, 56])],
    )


def unary(operator, shape, output=None, **attributes):
    return graph(
        [helper.make_node(operator, ["x"], ["y"], **attributes)],
        [("x", FLOAT, shape)],
        [("y", FLOAT, output or shape)],
    )


def layer_norm(rows, columns):
    scale = numpy_helper.from_array(np.ones(columns, np.float32), "scale")
    return graph(
        [helper.make_node("LayerNormalization", ["x", "scale"], ["y"])],
        [("x", FLOAT, [rows, columns])],
        [("y", FLOAT, [rows, columns])],
        [scale],
    )


def gather(rows, columns, count):
    return graph(
        [helper.make_node("Gather", ["x", "i"], ["y"])],
        [("x", FLOAT, [rows, columns]), ("i", INT64, [count])],
        [("y", FLOAT, [count, columns])],
    )


def chain(count):
    return graph(
        [
            helper.make_node("Mul", ["x", "z"], ["p"]),
            helper.make_node("Add", ["p", "x"], ["s"]),
            helper.make_node("Sigmoid", ["s"], ["g"]),
            helper.make_node("Mul", ["s", "g"], ["y"]),
        ],
        [("x", FLOAT, [count]), ("z", FLOAT, [count])],
        [("y", FLOAT, [count])],
    )


PROBLEMS = {
    "gemm": lambda: gemm(4096),
    "attention": lambda: attention(16, 2048, 128),
    "convolution": convolution,
    "softmax": lambda: unary("Softmax", [4096, 1024], axis=-1),
    "layer_norm": lambda: layer_norm(4096, 1024),
    "transpose": lambda: unary("Transpose", [2048, 1024], [1024, 2048], perm=[1, 0]),
    "gather": lambda: gather(30522, 384, 512),
    "elementwise": lambda: chain(1 << 22),
}


def main_loop(body):
    """The instructions of the shortest loop with a tensor-core instruction in it."""
    statements = [text.split() for text in re.sub(r"(\$\w+:)", r"\1;", body).split(";")]
    lines = [" ".join(words) for words in statements]
    labels = {line[:-1]: i for i, line in enumerate(lines) if re.fullmatch(r"\$\w+:", line)}
    best = None
    for i, line in enumerate(lines):
        branch = re.search(r"\bbra(?:\.uni)?\s+(\$\w+)$", line)
        start = labels.get(branch.group(1)) if branch else None
        if start is None or start > i:
            continue
        loop = [code for code in lines[start + 1 : i] if code and not code.startswith(("//", "."))]
        if any(is_product(code) for code in loop) and (best is None or len(loop) < len(best)):
            best = loop
    return best


def is_product(code):
    return re.search(r"\b(?:mma\.sync|wgmma\.mma_async)", code)


def describe(body):
    """Of a kernel's PTX: the share of global accesses of 128 bits, tensor-core instructions for
    each instruction of the main loop, and how its operands arrive."""
    accesses = re.findall(r"\b(?:ld|st)\.global\S*", body)
    wide = [code for code in accesses if re.search(r"v4\.[bfus]32|v2\.[bfus]64|v8\.b16", code)]
    copies = re.findall(r"cp\.async\.c[ag]\.shared\.global[^;]*", body)
    wide_copies = [code for code in copies if re.search(r",\s*16\b", code)]
    total = len(accesses) + len(copies)
    loop = main_loop(body)
    share = ""
    if loop:
        products = [code for code in loop if is_product(code)]
        share = f"{len(products)}/{len(loop)}"
    feeds = "TMA" if "cp.async.bulk.tensor" in body else "cp.async" if copies else "loads"
    if "wgmma" in body:
        feeds += "+wgmma"
    return f"{len(wide) + len(wide_copies)}/{total}", share, feeds


def kernel_bodies(ptx):
    return dict(re.findall(r"\.entry\s+(\S+?)\s*\(.*?\)[^{]*\{(.*?)\n\}", ptx, re.S))


def per_sector(counters, kind):
    sectors = counters[f"global_{kind}_sectors"]
    return f"{counters[f'global_{kind}_bytes'] / sectors:.1f}/32" if sectors else "-"


def report(name, arch, options, folder):
    model, artifact = os.path.join(folder, "model.onnx"), os.path.join(folder, "model.azm")
    onnx.save(PROBLEMS[name](), model)
    azulejo = os.path.join(options.bin, "azulejo")
    run([azulejo, "compile", model, f"--target=cuda:{arch}", "-o", artifact])
    ptx = read_ptx(artifact, arch, options.objcopy, folder)
    bodies, assembled = kernel_bodies(ptx), assemble(ptx, arch, options.ptxas, folder)
    path = os.path.join(folder, "counters.json")
    inputs = []
    for value in onnx.load(model).graph.input:
        dims = [str(dim.dim_value) for dim in value.type.tensor_type.shape.dim]
        kind = {BF16: "bf16=0.5", FLOAT: "f32=0.5", INT64: "i64=7"}
        inputs.append(f"--input={'x'.join(dims)}x{kind[value.type.tensor_type.elem_type]}")
    run(
        [azulejo, "run", artifact, f"--device=cudasim:{arch}", *inputs],
        env=dict(os.environ, AZULEJO_CUDASIM_COUNTERS=path, AZULEJO_CUDASIM_CHECKS="0"),
    )
    with open(path) as file:
        launches = [json.loads(line) for line in file]
    os.remove(path)
    for launch in launches:
        counters, kernel = launch["counters"], launch["kernel"]
        registers, spills = assembled.get(kernel, ("?", "?"))
        wide, share, feeds = describe(bodies.get(kernel, ""))
        products = counters["tensor_multiply_adds"] + counters["scalar_multiply_adds"]
        row = [
            kernel,
            registers,
            spills,
            launch["dynamic_shared_bytes"],
            f"{launch['occupancy']['fraction']:.0%}",
            per_sector(counters, "load"),
            per_sector(counters, "store"),
            counters["shared_bank_conflicts"],
            wide,
            f"{counters['tensor_multiply_adds'] / products:.1%}" if products else "-",
            share,
            feeds,
        ]
        print("  " + "".join(str(cell).ljust(width) for cell, (_, width) in zip(row, COLUMNS)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="the folder of azulejo")
    parser.add_argument("--objcopy", required=True)
    parser.add_argument("--ptxas", default="", help="without it no registers and spills")
    parser.add_argument("--arch", action="append", help="sm_80 and sm_90a unless given")
    parser.add_argument("--problem", action="append", choices=PROBLEMS, help="all unless given")
    options = parser.parse_args()
    for arch in options.arch or ["sm_80", "sm_90a"]:
        for name in options.problem or PROBLEMS:
            print(f"{name} on {arch}")
            print("  " + "".join(title.ljust(width) for title, width in COLUMNS))
            with tempfile.TemporaryDirectory() as folder:
                report(name, arch, options, folder)


if __name__ == "__main__":
    main()
