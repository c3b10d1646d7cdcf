#!/usr/bin/env python3
"""Makes a panel model whole: expand.py NAME.graph.onnx OUT.onnx

The weights that were taken out of a graph are made again from a seed, with the mean and deviation
of the weight each stands for, so every machine gets the same model. Weights over 1.5 GB in all go
to OUT.onnx.data beside it.
"""

import os
import re
import sys

import numpy as np
import onnx
from onnx.helper import tensor_dtype_to_np_dtype

LARGEST_PROTOBUF = 1_500_000_000


def expand(source, target):
    model = onnx.load(source)
    total = 0
    for tensor in model.graph.initializer:
        recipe = re.fullmatch(r"normal seed=(\d+) mean=(\S+) std=(\S+)", tensor.doc_string)
        if not recipe:
            continue
        seed, mean, deviation = int(recipe[1]), np.float32(recipe[2]), np.float32(recipe[3])
        values = np.random.Generator(np.random.PCG64(seed)).standard_normal(
            tuple(tensor.dims), dtype=np.float32
        )
        values = (values * deviation + mean).astype(tensor_dtype_to_np_dtype(tensor.data_type))
        if re.search(r"running_var|\.var$", tensor.name):  # a variance is never negative
            values = np.abs(values)
        tensor.raw_data = values.tobytes()
        tensor.doc_string = ""
        total += values.nbytes
    model.doc_string = ""
    onnx.save(
        model,
        target,
        save_as_external_data=total > LARGEST_PROTOBUF,
        location=os.path.basename(target) + ".data",
    )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    expand(*sys.argv[1:])
