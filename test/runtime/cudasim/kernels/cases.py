"""The kernels of this folder: how each is launched, what it must compute, and what its planted bugs
must be called.

`bugs` maps the value of BUG to the classes of fault that name it: more than one where a kernel that
is wrong in one way may be caught in another first."""

import numpy as np

from driver import Array, TensorMap


class Case:
    """`check(inputs, outputs)` gets the arrays before and after; it asserts."""

    def __init__(
        self, file, kernel, grid, block, arguments, check, shared=0, bugs={}, arch="sm_90a"
    ):
        self.file, self.kernel, self.arguments, self.check = file, kernel, arguments, check
        self.grid, self.block = (tuple(each) + (1, 1, 1) for each in (grid, block))
        self.grid, self.block = self.grid[:3], self.block[:3]
        self.shared, self.bugs, self.arch = shared, bugs, arch


def floats(rng, *shape):
    return rng.standard_normal(shape).astype(np.float32)


def ints(rng, *shape):
    return rng.integers(-1000, 1000, shape).astype(np.int32)


def zeros(*shape, dtype=np.float32):
    return Array(np.zeros(shape, dtype))


def bfloat16(values):
    """Rounded to nearest even, as the bits."""
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(np.uint16)


def widen(bits):
    return (bits.astype(np.uint32) << 16).view(np.float32)


def close(actual, expected, tolerance):
    """Relative to the largest value expected: sums of floats differ by their order."""
    error = np.abs(actual - expected).max() / max(np.abs(expected).max(), 1e-30)
    assert error <= tolerance, f"differs by {error:.3g} of the largest value"


def equal(actual, expected):
    assert np.array_equal(
        actual, expected
    ), f"{np.count_nonzero(actual != expected)} of {expected.size} values differ"


def make_cases(seed):
    rng = np.random.default_rng(seed)
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

    # --- cp_async.cu: sm_80's tensor cores
    m, n, k = 64, 128, 160
    case(
        "cp_async",
        "gemm",
        [2, 1],
        [128],
        [
            Array(floats(rng, m, k).astype(np.float16)),
            Array(floats(rng, n, k).astype(np.float16)),
            zeros(m, n),
            np.int32(m),
            np.int32(n),
            np.int32(k),
        ],
        lambda i, o: close(o[2], i[0].astype(np.float64) @ i[1].astype(np.float64).T, 1e-5),
        bugs={
            1: ["async-race", "uninitialized-shared"],
            2: ["async-race", "uninitialized-shared"],
            3: ["async-race", "uninitialized-shared"],
            4: ["async-race"],
        },
    )

    # --- attention.cu
    def attend(i, o):
        scores = i[0].astype(np.float64) @ i[1].astype(np.float64).T / 8
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        close(o[3], weights @ i[2].astype(np.float64), 2e-3)  # probabilities are rounded to half

    rows, keys = 40, 72
    case(
        "attention",
        "attention",
        [2],
        [64],
        [
            Array(floats(rng, rows, 64).astype(np.float16)),
            Array(floats(rng, keys, 64).astype(np.float16)),
            Array(floats(rng, keys, 64).astype(np.float16)),
            zeros(rows, 64),
            np.int32(rows),
            np.int32(keys),
        ],
        attend,
        bugs={
            1: ["shared-race"],
            2: ["out-of-bounds"],
            3: ["shared-race", "uninitialized-shared"],
            4: ["misaligned"],
            5: ["out-of-bounds"],
        },
    )

    # --- misuse.cu
    case(
        "misuse",
        "recursion",
        [1],
        [64],
        [zeros(64, dtype=np.int32), np.int32(3)],
        lambda i, o: equal(o[0], np.arange(64) % 4 + 3),
        bugs={1: ["stack-overflow"]},
    )
    case(
        "misuse",
        "localArray",
        [1],
        [32],
        [Array(ints(rng, 512)), zeros(32, dtype=np.int32), np.int32(5)],
        lambda i, o: equal(o[1], i[0].reshape(32, 16)[:, 5]),
        bugs={2: ["out-of-bounds", "stack-overflow"]},
    )
    case(
        "misuse",
        "masks",
        [1],
        [32],
        [Array(ints(rng, 32)), zeros(32, dtype=np.int32)],
        lambda i, o: equal(
            o[1].view(np.uint32),
            np.full(32, sum(1 << k for k in range(32) if i[0][k] > 0), np.uint32),
        ),
        bugs={3: ["wrong-mask"]},
    )
    case(
        "misuse",
        "mbarrier",
        [1],
        [64],
        [Array(ints(rng, 64)), zeros(64, dtype=np.int32)],
        lambda i, o: equal(o[1], i[0][::-1]),
        bugs={
            4: ["deadlock"],
            5: ["mbarrier-misuse", "shared-race", "uninitialized-shared"],
            6: ["mbarrier-misuse", "uninitialized-shared"],
            7: ["mbarrier-misuse"],
        },
    )
    case(
        "misuse",
        "pointer",
        [1],
        [32],
        [Array(ints(rng, 32)), zeros(32, dtype=np.int32)],
        lambda i, o: equal(o[1], i[0] + 1),
        bugs={8: ["out-of-bounds"], 9: ["out-of-bounds"]},
    )
    case(
        "misuse",
        "constants",
        [1],
        [32],
        [zeros(32, dtype=np.int32)],
        lambda i, o: equal(o[0], np.array([3, 1, 4, 1, 5, 9, 2, 6] + [0] * 24) + 1),
        bugs={10: ["read-only"]},
    )
    case(
        "misuse",
        "checked",
        [1],
        [32],
        [Array(np.arange(32, dtype=np.int32)), zeros(32, dtype=np.int32), np.int32(32)],
        lambda i, o: equal(o[1], i[0]),
        bugs={11: ["trap"]},
    )
    case(
        "misuse",
        "sharedOutOfBounds",
        [1],
        [32],
        [Array(ints(rng, 32)), zeros(32, dtype=np.int32)],
        lambda i, o: equal(o[1], i[0] + 2 * i[0][::-1]),
        bugs={12: ["out-of-bounds"]},
    )
    case(
        "misuse",
        "exchange",
        [1],
        [32],
        [Array(ints(rng, 32)), zeros(32, dtype=np.int32)],
        lambda i, o: equal(o[1], np.concatenate([i[0][:16][::-1], i[0][16:]])),
        bugs={13: ["not-converged"]},
    )
    case(
        "misuse",
        "lateRead",
        [1],
        [64],
        [Array(ints(rng, 64)), zeros(64, dtype=np.int32)],
        lambda i, o: equal(o[1], i[0][::-1]),
        shared=512,
        bugs={14: ["uninitialized-shared"]},
    )

    # --- tma.cu, wgmma.cu and cluster.cu: sm_90a
    source, target = Array(floats(rng, 32 * 9, 64)), zeros(32 * 9, 64)
    case(
        "tma",
        "scale",
        [2],
        [160],
        [TensorMap(source, (32, 64)), TensorMap(target, (32, 64)), np.int32(9)],
        lambda i, o: equal(o[1], i[0] * 2 + 1),
        shared=3 * 32 * 64 * 4,
        bugs={
            1: ["mbarrier-misuse", "shared-race", "uninitialized-shared"],
            2: ["async-race", "mbarrier-misuse"],
            3: ["deadlock"],
            4: ["mbarrier-misuse", "async-race"],
            5: ["async-race", "uninitialized-shared"],
            6: ["deadlock"],
            7: ["async-race"],
            8: ["missing-proxy-fence"],
            9: ["async-race", "uninitialized-shared"],
        },
    )

    m, n, k = 128, 64, 320
    a, b, c = (Array(bfloat16(floats(rng, m, k))), Array(bfloat16(floats(rng, n, k))), zeros(m, n))
    case(
        "wgmma",
        "gemm",
        [1, 2],
        [256],
        [
            TensorMap(a, (64, 64), 128, "bfloat16"),
            TensorMap(b, (64, 64), 128, "bfloat16"),
            TensorMap(c, (64, 64)),
            np.int32(k),
        ],
        lambda i, o: close(o[2], widen(i[0]).astype(np.float64) @ widen(i[1]).T, 1e-5),
        shared=6 * 64 * 64 * 2 + 64 * 64 * 4,
        bugs={
            1: ["async-race", "uninitialized-shared"],
            2: ["async-race"],
            3: ["async-race"],
            4: ["async-race"],
            5: ["async-race"],
            6: ["missing-proxy-fence"],
            7: ["async-race", "uninitialized-shared", "shared-race"],
            8: ["async-race", "missing-barrier"],
        },
    )

    case(
        "cluster",
        "clusterSum",
        [8],
        [128],
        [Array(floats(rng, 1024)), zeros(1024)],
        lambda i, o: close(
            o[1].reshape(2, 4, 128),
            i[0].reshape(2, 4, 128).sum(axis=1, keepdims=True) * np.arange(1, 5).reshape(1, 4, 1),
            1e-5,
        ),
        bugs={
            1: ["shared-race", "uninitialized-shared"],
            2: ["out-of-bounds"],
            3: ["use-after-free", "out-of-bounds", "shared-race"],
        },
    )
    source = Array(floats(rng, 32, 64))
    case(
        "cluster",
        "multicast",
        [4],
        [128],
        [TensorMap(source, (16, 64)), zeros(4 * 1024)],
        lambda i, o: equal(
            o[1].reshape(2, 2, 1024), i[0].reshape(2, 1, 1024) + np.float32([0, 1]).reshape(1, 2, 1)
        ),
        shared=4096,
        bugs={
            4: ["mbarrier-misuse", "shared-race", "async-race"],
            5: ["async-race", "uninitialized-shared"],
        },
    )

    # --- ptx/llvm_*.ptx: what LLVM 22's NVPTX backend emits for kernels written in MLIR's nvgpu and
    # nvvm dialects: a persistent, warp-specialised product with a ring of four stages, one by
    # cp.async and mma.sync, and a softmax by shuffles. No source is kept: tools wrote it.
    m, n, k = 200, 304, 200
    a, b, c = (
        Array(bfloat16(floats(rng, m, k))),
        Array(bfloat16(floats(rng, n, k))),
        zeros(m, n, dtype=np.uint16),
    )
    case(
        "llvm_wgmma",
        "gemm",
        [2],
        [384],
        [
            TensorMap(a, (128, 64), 128, "bfloat16"),
            TensorMap(b, (256, 64), 128, "bfloat16"),
            TensorMap(c, (64, 64), 128, "bfloat16"),
            np.int32(m),
            np.int32(n),
            np.int32(k),
        ],
        lambda i, o: close(
            widen(o[2]), widen(i[0]).astype(np.float64) @ widen(i[1]).T, 5e-3
        ),  # rounded to bfloat16
        shared=229440,
    )
    # Sizes are constants of these kernels; one block computes the first tile, or row.
    a, b, c = (
        Array(bfloat16(floats(rng, 4096, 4096))),
        Array(bfloat16(floats(rng, 4096, 4096))),
        zeros(4096, 4096, dtype=np.uint16),
    )
    case(
        "llvm_mma",
        "gemm",
        [1],
        [256],
        [a, b, c],
        lambda i, o: close(
            widen(o[2][:128, :128]),
            widen(i[0][:128]).astype(np.float64) @ widen(i[1][:, :128]),
            5e-3,
        ),
        shared=65536,
    )

    def softmax(i, o):
        rows = widen(i[0][:4]).astype(np.float64)
        expected = np.exp(rows - rows.max(axis=1, keepdims=True))
        close(widen(o[1][:4]), expected / expected.sum(axis=1, keepdims=True), 5e-3)

    case("llvm_softmax", "softmax", [4], [512], [a, c], softmax)
    return cases
