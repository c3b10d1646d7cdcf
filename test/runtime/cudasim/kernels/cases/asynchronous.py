"""Asynchronous copies, tensor cores, clusters, and what LLVM emits."""

import numpy as np

from .case import Array, Case, TensorMap, bfloat16, close, equal, floats, widen, zeros


def make_cases(rng):
    cases = []

    def case(*arguments, **options):
        cases.append(Case(*arguments, **options))

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
