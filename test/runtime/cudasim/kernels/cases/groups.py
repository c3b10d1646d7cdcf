"""Cooperative groups, and a pass of a radix sort."""

import numpy as np

from .case import Array, Case, equal, ints, zeros


def check_tiles(i, o):
    values = i[0].reshape(-1, 8)
    before = np.cumsum(values, axis=1) - values
    sums, most = values.sum(axis=1, keepdims=True), values.max(axis=1, keepdims=True)
    equal(o[1].reshape(-1, 8), sums * 3 + most * 5 + before)


def check_labels(i, o):
    values = i[0]
    same = values[:, None] % 4 == values % 4
    alike = values[:, None] % 2 == values % 2
    equal(o[1], (same * values).sum(axis=1) + 1000 * alike.sum(axis=1))


def make_cases(rng):
    cases = []

    def case(kernel, *arguments, **options):
        cases.append(Case("groups", kernel, *arguments, **options))

    case("tiles8", [2], [128], [Array(ints(rng, 256)), zeros(256, dtype=np.int32)], check_tiles)
    case(
        "staged",
        [1],
        [128],
        [Array(ints(rng, 5, 128)), zeros(128, dtype=np.int32), np.int32(5)],
        lambda i, o: equal(o[1], i[0].sum(axis=0)[(np.arange(128) * 7 + 3) % 128]),
        shared=1024,
        bugs={1: ["async-race", "uninitialized-shared"], 2: ["async-race"]},
    )
    case(
        "labels",
        [1],
        [32],
        [Array(np.abs(ints(rng, 32))), zeros(32, dtype=np.int32)],
        check_labels,
    )
    case(
        "radixPass",
        [1],
        [256],
        [
            Array(rng.integers(0, 2**31, 256).astype(np.uint32)),
            zeros(256, dtype=np.uint32),
            np.int32(8),
        ],
        lambda i, o: equal(o[1], i[0][np.argsort(i[0] >> 8 & 15, kind="stable")]),
        bugs={3: ["shared-race"], 4: ["shared-race"]},
    )
    return cases
