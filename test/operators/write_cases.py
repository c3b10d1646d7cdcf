#!/usr/bin/env python3
"""Writes cases of operators outside ONNX, with their expected outputs, as the backend suite lies:
write_cases.py FOLDER [--count=N] [--seed=N] [--only=REGEX] [--fixed-weights]

Each case draws shapes, types, attributes and which optional operands there are; operands that are
weights in real models are constants in about every second case. azulejo-conformance runs them."""

import argparse
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import attention
import quantized
import simple
from cases import write_suite


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=8, help="cases of each operator")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default=".", help="makers whose name matches")
    parser.add_argument(
        "--fixed-weights",
        action="store_true",
        help="every weight is a constant, as for cases whose inputs' sizes will not be known",
    )
    options = parser.parse_args()
    makers = simple.MAKERS | quantized.MAKERS | attention.MAKERS
    makers = {name: maker for name, maker in makers.items() if re.search(options.only, name)}
    os.makedirs(options.folder, exist_ok=True)
    index = write_suite(
        options.folder, makers, options.count, options.seed, options.fixed_weights
    )
    print(f"{len(index)} cases")


if __name__ == "__main__":
    main()
