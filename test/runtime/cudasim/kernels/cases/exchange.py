"""Clusters whose blocks feed each other, and tensor maps that kernels make."""

import numpy as np

from .case import Array, Case, TensorMap, bfloat16, close, equal, floats, ints, widen, zeros


def make_cases(rng):
    cases = []

    def case(kernel, *arguments, **options):
        cases.append(Case("exchange", kernel, *arguments, **options))

    m, n, k = 256, 64, 320
    a, b = Array(bfloat16(floats(rng, m, k))), Array(bfloat16(floats(rng, n, k)))
    case(
        "multicastGemm",
        [4],
        [256],
        [
            TensorMap(a, (64, 64), 128, "bfloat16"),
            TensorMap(b, (32, 64), 128, "bfloat16"),
            zeros(m, n),
            np.int32(k),
        ],
        lambda i, o: close(o[2], widen(i[0]).astype(np.float64) @ widen(i[1]).T, 1e-5),
        shared=4 * 64 * 64 * 2,
        bugs={
            1: ["async-race"],
            2: ["mbarrier-misuse", "async-race"],
            3: ["async-race"],
            4: ["async-race", "use-after-free", "out-of-bounds"],
        },
    )
    case(
        "ring",
        [8],
        [128],
        [Array(ints(rng, 2, 4, 128)), zeros(2, 4, 128, dtype=np.int32)],
        lambda i, o: equal(o[1], np.repeat(i[0].sum(axis=1, keepdims=True), 4, axis=1)),
        bugs={
            5: ["deadlock", "mbarrier-misuse"],
            6: ["async-race", "uninitialized-shared"],
        },
    )
    heights = [16, 5, 9]
    starts = np.append(0, np.cumsum(heights)).astype(np.int32)

    def tiles(i, o):
        for at, (start, end) in enumerate(zip(starts, starts[1:])):
            equal(o[4][at, : end - start], i[0][start:end])
            equal(o[4][at, end - start :], np.zeros((16 - end + start, 32), np.float32))

    data = Array(floats(rng, int(starts[-1]), 32))
    case(
        "grouped",
        [3],
        [64],
        [
            TensorMap(data, (16, 32)),
            data,
            Array(starts),
            zeros(3, 32, dtype=np.int32),
            zeros(3, 16, 32),
        ],
        tiles,
        bugs={7: ["shared-race"], 8: ["missing-proxy-fence"], 12: ["missing-proxy-fence"]},
    )
    sums = Array(np.zeros((32, 16), np.float16))

    def added(i, o):
        equal(o[0].reshape(2, 16, 16), np.repeat(2 * i[1].astype(np.float16)[None], 2, axis=0))

    case(
        "addTile",
        [4],
        [32],
        [TensorMap(sums, (16, 16)), Array(rng.integers(-50, 50, (16, 16)).astype(np.float32))],
        added,
        bugs={
            9: ["misaligned"],
            10: ["missing-proxy-fence"],
            11: ["async-race", "uninitialized-shared"],
        },
    )
    case(
        "lend",
        [8],
        [128],
        [Array(rng.integers(-1000, 1000, 1024).astype(np.int32)), zeros(1024, dtype=np.int32)],
        lambda i, o: equal(o[1].reshape(4, 2, 128), i[0].reshape(4, 2, 128)[:, ::-1, ::-1]),
        bugs={13: ["use-after-free"], 14: ["use-after-free"]},
    )
    return cases
