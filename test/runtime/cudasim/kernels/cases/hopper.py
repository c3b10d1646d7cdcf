"""sm_90a: bulk copies, clusters, and wgmma in all kinds of types."""

import numpy as np

from .case import Array, Case, close, equal, floats, ints, zeros


def make_cases(rng):
    cases = []

    def case(*arguments, **options):
        cases.append(Case(*arguments, **options))

    def words(*shape):
        return zeros(*shape, dtype=np.int32)

    # --- bulk.cu
    case(
        "bulk",
        "addOne",
        [2],
        [128],
        [Array(ints(rng, 2048)), words(2048)],
        lambda i, o: equal(o[1], i[0] + 1),
        bugs={
            1: ["mbarrier-misuse", "async-race"],
            2: ["async-race", "uninitialized-shared"],
            3: ["missing-proxy-fence"],
            4: ["illegal-instruction", "misaligned"],
            5: ["async-race", "use-after-free"],
        },
    )
    case(
        "bulk",
        "sumTiles",
        [3],
        [256],
        [Array(floats(rng, 768)), zeros(256)],
        lambda i, o: close(o[1], i[0].reshape(3, 256).sum(axis=0) * 2, 1e-6),
        bugs={
            6: ["async-race", "uninitialized-shared", "missing-proxy-fence"],
            7: ["global-race", "async-race"],
        },
    )
    case(
        "bulk",
        "ring",
        [8],
        [128],
        [Array(ints(rng, 1024)), words(1024)],
        lambda i, o: equal(
            o[1].reshape(2, 4, 128), np.roll(i[0].reshape(2, 4, 128), 1, axis=1)
        ),
        bugs={
            8: ["mbarrier-misuse", "async-race", "shared-race"],
            9: ["async-race", "uninitialized-shared"],
        },
    )

    def gathered(i, o):
        x = i[0].reshape(3, 2, 64)
        expected = np.repeat((x[:, 0] * 1000 + x[:, 1])[:, None], 2, axis=1)
        equal(o[1].reshape(3, 2, 64), expected)

    case(
        "bulk",
        "allGather",
        [6],
        [64],
        [Array(ints(rng, 384)), words(384)],
        gathered,
        bugs={10: ["deadlock"], 11: ["async-race", "uninitialized-shared"]},
    )
    case(
        "bulk",
        "clusterHistogram",
        [4],
        [128],
        [
            Array(rng.integers(0, 256, 3000).astype(np.uint8)),
            zeros(256, dtype=np.uint32),
            np.int32(3000),
        ],
        lambda i, o: equal(o[1], np.bincount(i[0], minlength=256)),
        bugs={
            12: ["shared-race", "uninitialized-shared"],
            13: ["shared-race"],
            14: ["shared-race", "use-after-free"],
        },
    )

    # --- wgmma_types.cu
    def e4m3(bits):
        bits = bits.astype(np.int32)
        exponent, mantissa = bits >> 3 & 15, (bits & 7) / 8
        value = np.where(exponent, (1 + mantissa) * 2.0 ** (exponent - 7), mantissa / 64)
        return np.where(bits & 0x80, -value, value)

    case(
        "wgmma_types",
        "bytes",
        [1],
        [128],
        [
            Array(rng.integers(-128, 128, (64, 32)).astype(np.int8)),
            Array(rng.integers(-128, 128, (16, 32)).astype(np.int8)),
            words(64, 16),
        ],
        lambda i, o: equal(o[2], i[0].astype(np.int32) @ i[1].astype(np.int32).T),
        bugs={1: ["missing-proxy-fence"], 2: ["async-race"]},
    )
    case(
        "wgmma_types",
        "e4m3",
        [1],
        [128],
        [
            Array(rng.integers(0, 0x70, (64, 32)).astype(np.uint8)),
            Array((rng.integers(0, 0x70, (16, 32)) | 0x80).astype(np.uint8)),
            zeros(64, 16),
        ],
        lambda i, o: close(o[2], e4m3(i[0]) @ e4m3(i[1]).T, 1e-3),
        bugs={3: ["async-race"]},
    )
    case(
        "wgmma_types",
        "tf32",
        [1],
        [128],
        [Array(floats(rng, 64, 32)), Array(floats(rng, 16, 32)), zeros(64, 16)],
        lambda i, o: close(o[2], i[0] @ i[1].T, 3e-3),
        bugs={4: ["async-race"]},
    )
    case(
        "wgmma_types",
        "registers",
        [1],
        [128],
        [
            Array(floats(rng, 64, 16).astype(np.float16)),
            Array(floats(rng, 16, 16).astype(np.float16)),
            zeros(64, 16),
        ],
        lambda i, o: close(o[2], i[0].astype(np.float32) @ i[1].astype(np.float32).T, 1e-5),
        bugs={5: ["async-race", "not-converged"]},
    )

    def stored(i, o):
        pairs = i[0].view(np.uint16).reshape(4, 8, 8)
        equal(o[1].view(np.uint16).reshape(4, 8, 8), pairs.transpose(0, 2, 1))

    case(
        "wgmma_types",
        "storeMatrix",
        [1],
        [32],
        [Array(rng.integers(0, 2**32, 128).astype(np.uint32)), zeros(128, dtype=np.uint32)],
        stored,
        bugs={6: ["shared-race"]},
    )
    return cases
