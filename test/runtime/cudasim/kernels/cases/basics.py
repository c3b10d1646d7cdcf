"""Reductions, scans, transposes, histograms, products, and the barriers of a block."""

import numpy as np

from .case import Array, Case, close, equal, floats, ints, zeros


def make_cases(rng):
    cases = []

    def case(*arguments, **options):
        cases.append(Case(*arguments, **options))

    # --- reduce.cu
    def blocks(x):
        return np.array([x[i : i + 256].sum(dtype=np.float64) for i in range(0, len(x), 256)])

    n = 1000
    case(
        "reduce",
        "blockSum",
        [4],
        [256],
        [Array(floats(rng, n)), zeros(4), np.int32(n)],
        lambda i, o: close(o[1], blocks(i[0]), 1e-5),
        bugs={
            1: ["shared-race", "uninitialized-shared"],
            2: ["out-of-bounds", "shared-race"],
            3: ["shared-race"],
        },
    )
    case(
        "reduce",
        "warpSum",
        [4],
        [256],
        [Array(floats(rng, n)), zeros(4), np.int32(n)],
        lambda i, o: close(o[1], blocks(i[0]), 1e-5),
        bugs={4: ["uninitialized-shared"], 5: ["wrong-mask"]},
    )
    case(
        "reduce",
        "lastBlockSum",
        [7],
        [256],
        [Array(floats(rng, 10000)), zeros(7), zeros(1), np.int32(10000)],
        lambda i, o: close(o[2], i[0].sum(dtype=np.float64), 1e-5),
        bugs={6: ["global-race"], 7: ["global-race"]},
    )

    # --- scan.cu
    case(
        "scan",
        "blockScan",
        [3],
        [128],
        [Array(ints(rng, 300)), zeros(300, dtype=np.int32), np.int32(300)],
        lambda i, o: equal(
            o[1], np.concatenate([np.cumsum(i[0][k : k + 128]) for k in range(0, 300, 128)])
        ),
        bugs={1: ["wrong-mask", "not-converged"], 2: ["shared-race"]},
    )
    case(
        "scan",
        "warpScan",
        [2],
        [32],
        [Array(ints(rng, 64)), zeros(64, dtype=np.int32)],
        lambda i, o: equal(o[1], np.cumsum(i[0].reshape(2, 32), axis=1).reshape(-1)),
        bugs={3: ["shared-race"], 4: ["shared-race"]},
    )

    # --- transpose.cu
    case(
        "transpose",
        "transpose",
        [3, 2],
        [32, 8],
        [Array(floats(rng, 50, 70)), zeros(70, 50), np.int32(50), np.int32(70)],
        lambda i, o: equal(o[1], i[0].T),
        bugs={
            1: ["out-of-bounds"],
            2: ["shared-race", "uninitialized-shared"],
            3: ["uninitialized-shared", "out-of-bounds"],
        },
    )
    case(
        "transpose",
        "copyVectors",
        [4],
        [64],
        [Array(floats(rng, 1000)), zeros(1000), np.int32(250)],
        lambda i, o: equal(o[1], i[0]),
        bugs={4: ["misaligned"], 5: ["out-of-bounds"], 6: ["out-of-bounds"]},
    )

    # --- histogram.cu
    case(
        "histogram",
        "histogram",
        [5],
        [64],
        [
            Array(rng.integers(0, 256, 3000).astype(np.uint8)),
            zeros(256, dtype=np.uint32),
            np.int32(3000),
        ],
        lambda i, o: equal(o[1], np.bincount(i[0], minlength=256)),
        bugs={
            1: ["uninitialized-shared"],
            2: ["shared-race", "uninitialized-shared"],
            3: ["shared-race"],
            4: ["shared-race"],
            5: ["global-race"],
        },
    )

    # --- rows.cu
    n = 1000
    case(
        "rows",
        "saxpy",
        [4],
        [256],
        [Array(floats(rng, n)), Array(floats(rng, n)), np.int32(n), np.float32(1.5)],
        lambda i, o: close(o[1], np.float32(1.5) * i[0] + i[1], 1e-6),
    )

    def softmax_rows(i, o):
        expected = np.exp(i[0].astype(np.float64) - i[0].max(axis=1, keepdims=True))
        close(o[1], expected / expected.sum(axis=1, keepdims=True), 1e-5)

    case(
        "rows",
        "softmaxRows",
        [3],
        [128],
        [Array(floats(rng, 3, 200)), zeros(3, 200), np.int32(200)],
        softmax_rows,
        bugs={1: ["shared-race"]},
    )
    rows, columns = 13, 72
    case(
        "rows",
        "gatherRows",
        [4],
        [128],
        [
            Array(floats(rng, 50, columns)),
            Array(rng.integers(0, 50, rows).astype(np.int32)),
            zeros(rows, columns),
            np.int32(rows),
            np.int32(columns),
        ],
        lambda i, o: equal(o[2], i[0][i[1]]),
        bugs={2: ["out-of-bounds"]},
    )

    # --- matmul.cu
    m, n, k = 40, 56, 44
    for kernel, bugs in (
        ("matmul", {1: ["out-of-bounds"], 2: ["shared-race"]}),
        ("matmulTwoBuffers", {3: ["shared-race"]}),
    ):
        case(
            "matmul",
            kernel,
            [4, 3],
            [16, 16],
            [
                Array(floats(rng, m, k)),
                Array(floats(rng, k, n)),
                zeros(m, n),
                np.int32(m),
                np.int32(n),
                np.int32(k),
            ],
            lambda i, o: close(o[2], i[0].astype(np.float64) @ i[1], 1e-5),
            bugs=bugs,
        )

    # --- barrier.cu
    case(
        "barrier",
        "everybody",
        [1],
        [128],
        [Array(ints(rng, 100)), zeros(100, dtype=np.int32), np.int32(100)],
        lambda i, o: equal(o[1], np.pad(i[0], (0, 28))[::-1][:100] + 1),
        # The hardware lets a warp's barrier count when its last threads have left; what they did
        # not write is missed.
        bugs={
            1: ["missing-barrier", "uninitialized-shared"],
            2: ["divergent-barrier"],
            3: ["missing-barrier", "shared-race", "uninitialized-shared"],
        },
    )
    case(
        "barrier",
        "producerConsumer",
        [1],
        [128],
        [Array(ints(rng, 4 * 64)), zeros(4 * 64, dtype=np.int32), np.int32(4)],
        lambda i, o: equal(o[1], i[0].reshape(4, 64)[:, ::-1].reshape(-1)),
        bugs={
            4: ["missing-barrier", "deadlock", "shared-race", "illegal-instruction"],
            5: ["missing-barrier", "deadlock"],
            6: ["shared-race"],
        },
    )
    case(
        "barrier",
        "lock",
        [3],
        [64],
        [zeros(1, dtype=np.int32), zeros(1, dtype=np.int32)],
        lambda i, o: equal(o[1], np.array([192])),
    )
    case(
        "barrier",
        "message",
        [2],
        [64],
        [
            Array(ints(rng, 64)),
            zeros(1, dtype=np.int32),
            zeros(64, dtype=np.int32),
            zeros(64, dtype=np.int32),
        ],
        lambda i, o: equal(o[3], i[0] * 2),
        bugs={7: ["global-race"], 8: ["global-race"]},
    )
    return cases
