"""Blocks that talk to each other while they run: look-back scans, atomics, queues, locks, stream-K,
cooperative groups, and the standard library's barriers and pipelines."""

import numpy as np

from .case import Array, Case, bfloat16, close, equal, floats, ints, widen, zeros


def make_cases(rng):
    cases = []

    def case(*arguments, **options):
        cases.append(Case(*arguments, **options))

    def words(*shape):
        return zeros(*shape, dtype=np.int32)

    # --- lookback.cu
    n = 128 * 9 - 50
    scan = lambda i, o: equal(o[1], np.cumsum(i[0]))
    case(
        "lookback",
        "scanByFlags",
        [9],
        [128],
        [Array(ints(rng, n)), words(n), words(1), words(9), words(9), words(9), np.int32(n)],
        scan,
        bugs={
            1: ["shared-race", "uninitialized-shared"],
            2: ["global-race"],
            3: ["global-race"],
            4: ["global-race"],
        },
    )
    case(
        "lookback",
        "scanByWords",
        [9],
        [128],
        [Array(ints(rng, n)), words(n), words(1), zeros(9, dtype=np.uint64), np.int32(n)],
        scan,
        bugs={5: ["global-race"], 6: ["shared-race", "uninitialized-shared"]},
    )

    # --- atomics.cu
    case(
        "atomics",
        "compact",
        [4],
        [128],
        [Array(ints(rng, 500)), words(500), words(1), np.int32(500)],
        lambda i, o: equal(
            np.sort(o[1]), np.sort(np.pad(i[0][i[0] > 0], (0, np.count_nonzero(i[0] <= 0))))
        ),
        bugs={1: ["global-race"], 2: ["wrong-mask", "not-converged"]},
    )

    def loops(i, o):
        equal(o[1], np.array([max(i[0].max(), 0)], np.float32))
        equal(widen(o[2]), np.array([100.0, 100, 100], np.float32))

    case(
        "atomics",
        "loops",
        [3],
        [128],
        [Array(floats(rng, 300)), zeros(1), zeros(3, dtype=np.uint16), np.int32(300)],
        loops,
        bugs={3: ["global-race"]},
    )

    def kinds(i, o):
        t = np.arange(256, dtype=np.uint64)
        first = i[0].copy()
        first[0] += t.sum()
        first[1] = (-int(t.sum())) % 2**32
        first[2], first[3] = 7, 765
        first[4], first[5] = np.array([-250, -5], np.int32).view(np.uint32)
        first[6], first[7], first[8] = 0, 0x7FFFFFFF, np.bitwise_xor.reduce(t)
        first[9] = 256 % 100
        first[10] = (0 - 256) % 100
        equal(o[0], first)
        longs = np.zeros(6, np.uint64)
        longs[0], longs[1] = t.sum() << np.uint64(20), 255 << 33
        longs[2:3] = np.array([-255], np.int64).view(np.uint64)
        longs[4], longs[5] = (1 << 63) - 1, 0
        equal(o[1], longs)
        equal(o[2], np.array([128], np.float32))
        equal(o[3], np.array([64.0]))
        equal(o[4], np.array([256, 512], np.float16))
        equal(widen(o[5]), np.array([256, 0], np.float32))

    start = np.zeros(11, np.uint32)
    start[[2, 6]] = 0xFFFFFFFF
    start[5] = np.int32(-1000).astype(np.uint32)
    longs = np.zeros(6, np.uint64)
    longs[3] = 0xFFFFFFFFFFFFFFFF
    case(
        "atomics",
        "kinds",
        [2],
        [128],
        [
            Array(start),
            Array(longs),
            zeros(1),
            zeros(1, dtype=np.float64),
            zeros(2, dtype=np.float16),
            zeros(2, dtype=np.uint16),
        ],
        kinds,
    )
    case(
        "atomics",
        "scopes",
        [4],
        [64],
        [words(3), words(4)],
        lambda i, o: (equal(o[0], np.full(3, 256)), equal(o[1], np.full(4, 64))),
        bugs={4: ["global-race"], 5: ["global-race"]},
    )
    keys = rng.integers(1, 60, 200).astype(np.uint32)

    def table(i, o):
        entries = {int(each) >> 32: int(each) & 0xFFFFFFFF for each in o[1] if each}
        assert entries == {int(k): int(c) for k, c in zip(*np.unique(i[0], return_counts=True))}

    case(
        "atomics",
        "hashTable",
        [2],
        [128],
        [Array(keys), zeros(97, dtype=np.uint64), np.int32(200), np.int32(97)],
        table,
        bugs={6: ["global-race"]},
    )

    # --- queue.cu
    case(
        "queue",
        "workers",
        [3],
        [64],
        [Array(ints(rng, 10 * 64)), words(10), words(1), np.int32(10)],
        lambda i, o: equal(o[1], i[0].reshape(10, 64).sum(axis=1)),
        bugs={
            1: ["shared-race", "uninitialized-shared"],
            2: ["out-of-bounds"],
            3: ["missing-barrier", "deadlock", "shared-race"],
        },
    )
    case(
        "queue",
        "spinLock",
        [5],
        [96],
        [words(1), words(1)],
        lambda i, o: equal(o[1], np.array([15])),
        bugs={5: ["global-race"], 6: ["global-race"], 7: ["deadlock"]},
    )

    def tickets(i, o):
        value = 0
        for _ in range(6):
            value = value * 3 + 1
        equal(o[2], np.array([value]))

    case("queue", "ticketLock", [6], [32], [words(1), words(1), words(1)], tickets)
    m, n, k = 48, 32, 64
    steps = m // 16 * (n // 16) * (k // 16)
    case(
        "queue",
        "streamK",
        [5],
        [16, 16],
        [
            Array(floats(rng, m, k)),
            Array(floats(rng, k, n)),
            zeros(m, n),
            zeros(6, 256),
            words(6),
            np.int32(m),
            np.int32(n),
            np.int32(k),
            np.int32(-(-steps // 5)),
        ],
        lambda i, o: close(o[2], i[0].astype(np.float64) @ i[1], 1e-5),
        bugs={8: ["global-race"], 9: ["global-race"], 10: ["global-race"], 11: ["global-race"]},
    )

    # --- coop.cu
    x = ints(rng, 128)

    def tiles(i, o):
        equal(o[1], i[0].reshape(-1, 8).sum(axis=1))
        equal(o[2], np.cumsum(i[0].reshape(-1, 8), axis=1).reshape(-1))
        equal(o[3], i[0].reshape(-1, 32).max(axis=1))

    case("coop", "tiles", [2], [64], [Array(x), words(16), words(128), words(4)], tiles)

    def evens(i, o):
        even = np.sort(i[0][i[0] % 2 == 0])
        equal(o[2], np.array([len(even)]))
        equal(np.sort(o[1][: len(even)]), even)

    case("coop", "coalesced", [2], [64], [Array(x), words(128), words(1)], evens)
    case(
        "coop",
        "copied",
        [2],
        [256],
        [Array(floats(rng, 512)), zeros(512)],
        lambda i, o: equal(o[1], i[0].reshape(2, 256)[:, ::-1].reshape(-1) * 2),
        bugs={1: ["async-race", "uninitialized-shared"]},
    )

    def jacobi(i, o):
        a = i[0].astype(np.float64)
        for _ in range(5):
            padded = np.pad(a, 1)
            a = 0.25 * padded[:-2] + 0.5 * a + 0.25 * padded[2:]
        close(o[1], a, 1e-5)

    case(
        "coop",
        "jacobi",
        [4],
        [64],
        [Array(floats(rng, 700)), zeros(700), np.int32(700), np.int32(5)],
        jacobi,
        cooperative=True,
        bugs={2: ["global-race"], 3: ["deadlock", "global-race"]},
    )

    # --- pipeline.cu
    case(
        "pipeline",
        "split",
        [1],
        [128],
        [Array(ints(rng, 128)), words(128)],
        lambda i, o: equal(o[1], i[0] * 3 + i[0][::-1]),
        bugs={
            1: ["mbarrier-misuse", "shared-race", "uninitialized-shared"],
            2: ["mbarrier-misuse", "shared-race", "uninitialized-shared"],
            3: ["shared-race", "uninitialized-shared"],
        },
    )
    case(
        "pipeline",
        "copies",
        [1],
        [128],
        [Array(ints(rng, 512)), words(512)],
        lambda i, o: equal(o[1], i[0][::-1]),
        bugs={4: ["async-race", "uninitialized-shared"]},
    )
    for kernel in ("twoStages", "fourStages"):
        case(
            "pipeline",
            kernel,
            [1],
            [128],
            [Array(floats(rng, 128 * 9)), zeros(128 * 9), np.int32(128 * 9)],
            lambda i, o: equal(o[1], i[0].reshape(9, 128)[:, ::-1].reshape(-1) + 1),
            bugs={
                5: ["async-race", "uninitialized-shared"],
                6: ["async-race", "uninitialized-shared"],
            },
        )
    case(
        "pipeline",
        "roles",
        [1],
        [128],
        [Array(floats(rng, 64 * 7)), zeros(64 * 7), np.int32(64 * 7)],
        lambda i, o: equal(o[1], i[0].reshape(7, 64)[:, ::-1].reshape(-1)),
        bugs={7: ["async-race", "shared-race"]},
    )
    case(
        "pipeline",
        "handOver",
        [2],
        [64],
        [Array(ints(rng, 64)), words(64), words(1), words(64)],
        lambda i, o: equal(o[3], i[0] * 2 + 2),
        bugs={8: ["global-race"], 9: ["global-race"]},
    )
    return cases
