#!/usr/bin/env python3
"""Compiles models for GPUs, assembles their kernels with ptxas and names those that spill.

A kernel that spills keeps numbers in memory that belong in registers. MAY_SPILL has those that
may, with the reason and how much. Exits with 1 if another one does, or if ptxas refuses one."""

import argparse
import os
import re
import sys
import tempfile

import panel
from azulejo_cli import Azulejo, Failure

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "tools", "dev.d"))
from ptx import assemble, read_ptx

# (model, architecture, precision, kernel's name as a regular expression): the most bytes it spills.
MAY_SPILL = {
    # ptxas keeps two blocks on a multiprocessor, and so 128 registers, for two words of the
    # epilogue that it stores and loads once.
    ("resnet50", "sm_90a", "f16", r"main_k\d+_node_conv_node_add_node_relu"): 8,
    # Attention in f32 by fused multiply-adds keeps a tile's scores and sums in registers: a few
    # words are too many for 128 registers, and still for 255 (16 bytes).
    ("vit_b_16_dyn", "sm_80", "f32", r"main_k\d+_node_mul_node_matmul_node_softmax"): 8,
    ("vit_b_16_dyn", "sm_90a", "f32", r"main_k\d+_node_mul_node_matmul_node_softmax"): 24,
    ("vit_b_16", "sm_80", "f32", r"main_k\d+_node_mul_node_matmul_node_softmax"): 8,
    ("vit_b_16", "sm_90a", "f32", r"main_k\d+_node_mul_node_matmul_node_softmax"): 24,
    # The same for one query and all keys.
    ("gpt2_decode", "sm_90a", "f32", r"main_k\d+_node_transpose_node_reshape_node_mul"): 32,
    ("gpt2_decode_dyn", "sm_90a", "f32", r"main_k\d+_node_transpose_node_reshape_node_mul"): 32,
    # A product of 28 by 28 by 784 is one step, all of whose operands ptxas reads ahead.
    ("light_shufflenet", "sm_80", "f32", r"main_k\d+_n"): 148,
    ("light_shufflenet", "sm_90a", "f32", r"main_k\d+_n"): 136,
    # A row of a weight that is one constant: no tile program, but dot products that are unrolled.
    ("light_bvlc_alexnet", "sm_80", "f32", r"main_k\d+_n"): 16,
    ("light_bvlc_alexnet", "sm_90a", "f32", r"main_k\d+_n"): 16,
    ("light_vgg19", "sm_80", "f32", r"main_k\d+_n"): 16,
    ("light_vgg19", "sm_90a", "f32", r"main_k\d+_n"): 16,
    ("light_zfnet512", "sm_90a", "f32", r"main_k\d+_n"): 16,
    # A thread's row of 54 maxima is unrolled.
    ("light_zfnet512", "sm_80", "f32", r"main_k\d+_max_pool"): 96,
    ("light_zfnet512", "sm_90a", "f32", r"main_k\d+_max_pool"): 56,
    ("light_zfnet512", "sm_80", "f16", r"main_k\d+_max_pool"): 96,
    ("light_zfnet512", "sm_90a", "f16", r"main_k\d+_max_pool"): 56,
}


def allowed_spills(name, arch, precision, kernel):
    for (*where, pattern), most in MAY_SPILL.items():
        if where == [name, arch, precision] and re.fullmatch(pattern, kernel):
            return most
    return 0


def check(name, arch, precision, options):
    """Returns (kernels, their faults)."""
    path = panel.model_path(name, options.folder)
    with tempfile.TemporaryDirectory() as folder:
        artifact = os.path.join(folder, "model.azm")
        told = [f"--target=cuda:{arch}", "--no-cubin", f"--precision={precision}"]
        Azulejo(options.bin).compile(path, artifact, told)
        ptx = read_ptx(artifact, arch, options.objcopy, folder)
        kernels = assemble(ptx, arch, options.ptxas, folder)
    faults = [
        f"{kernel} spills {spills} bytes with {registers} registers"
        for kernel, (registers, spills) in kernels.items()
        if spills > allowed_spills(name, arch, precision, kernel)
    ]
    return len(kernels), faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="models; every model by default")
    parser.add_argument("--bin", default="build/bin", help="folder of the programs")
    parser.add_argument("--folder", default="build/models", help="where models are made")
    parser.add_argument("--arch", action="append", help="sm_80 and sm_90a unless given")
    parser.add_argument("--precision", action="append", help="f32 unless given")
    parser.add_argument("--ptxas", default="ptxas")
    parser.add_argument("--objcopy", default="llvm-objcopy")
    options = parser.parse_args()
    failed = 0
    for name in options.names or panel.names():
        for arch in options.arch or ["sm_80", "sm_90a"]:
            for precision in options.precision or ["f32"]:
                try:
                    count, faults = check(name, arch, precision, options)
                except Failure as failure:
                    count, faults = 0, [str(failure)]
                failed += bool(faults)
                print(f"{name} for {arch}, {precision}: {count} kernels", flush=True)
                for fault in faults:
                    print(f"  {fault}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
