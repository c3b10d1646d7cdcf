"""Small kernels: stacks, local arrays, masks, mbarriers, atomics, traps."""

import numpy as np

from .case import Array, Case, equal, ints, zeros


def make_cases(rng):
    cases = []

    def case(*arguments, **options):
        cases.append(Case(*arguments, **options))

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
    return cases
