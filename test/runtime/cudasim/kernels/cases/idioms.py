"""Agreement by hand: tickets, grid barriers, semaphores, mailboxes, lock-free lists, swaps."""

import numpy as np

from .case import Array, Case, close, equal, floats, ints, zeros


def softmax(rows):
    weights = np.exp(rows.astype(np.float64) - rows.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def play_rounds(a, count):
    for _ in range(count):
        b = np.roll(a, -1) + np.roll(a, 1)
        a = np.roll(b, -1) - b
    return a


def make_cases(rng):
    cases = []

    def case(kernel, *arguments, **options):
        cases.append(Case("idioms", kernel, *arguments, **options))

    case(
        "guideSum",
        [6],
        [128],
        [Array(floats(rng, 5000)), np.int32(5000), zeros(6)],
        lambda i, o: close(o[1][0], i[0].sum(dtype=np.float64), 1e-4),
        bugs={1: ["shared-race", "uninitialized-shared"]},
    )
    count = 3
    case(
        "rounds",
        [5],
        [64],
        [
            Array(rng.integers(-9, 9, 320).astype(np.int32)),
            zeros(320, dtype=np.int32),
            np.int32(count),
            zeros(2, dtype=np.int32),
        ],
        lambda i, o: equal(o[0], play_rounds(i[0], count)),
        cooperative=True,
        bugs={2: ["global-race"], 3: ["global-race"]},
    )
    m, n, k = 16, 48, 96
    case(
        "splitK",
        [n // 16, 4],
        [256],
        [
            Array(floats(rng, m, k)),
            Array(floats(rng, k, n)),
            zeros(m, n),
            np.int32(k),
            zeros(n // 16, dtype=np.int32),
        ],
        lambda i, o: close(o[2], i[0].astype(np.float64) @ i[1], 1e-5),
        bugs={4: ["global-race"], 5: ["global-race"]},
    )
    case(
        "onlineSoftmax",
        [3],
        [128],
        [Array(floats(rng, 3, 300)), zeros(3, 300), np.int32(300)],
        lambda i, o: close(o[1], softmax(i[0]), 1e-5),
        bugs={6: ["uninitialized-shared"], 7: ["shared-race", "uninitialized-shared"]},
    )

    def product(i, o):
        a, b = (each.view(np.int8).astype(np.int64) for each in i[:2])
        equal(o[2], (a @ b.T).astype(np.int32))

    case(
        "byteProduct",
        [2, 1],
        [256],
        [
            Array(rng.integers(-(2**31), 2**31, (64, 16), dtype=np.int64).astype(np.int32)),
            Array(rng.integers(-(2**31), 2**31, (128, 16), dtype=np.int64).astype(np.int32)),
            zeros(64, 128, dtype=np.int32),
            np.int32(16),
            np.int32(128),
        ],
        product,
        bugs={8: ["shared-race"]},
    )
    letters = ints(rng, 6, 32)
    case(
        "mailbox",
        [1],
        [64],
        [Array(letters), zeros(6, 32, dtype=np.int32), np.int32(6)],
        lambda i, o: equal(o[1], i[0][:, ::-1] + np.arange(6, dtype=np.int32)[:, None]),
        bugs={9: ["shared-race"], 10: ["shared-race"]},
    )
    case(
        "mergeSort",
        [2],
        [256],
        [Array(ints(rng, 2, 256)), zeros(2, 256, dtype=np.int32)],
        lambda i, o: equal(o[1], np.sort(i[0], axis=1)),
        bugs={11: ["uninitialized-shared", "shared-race"], 12: ["shared-race"]},
    )
    case(
        "matchHistogram",
        [3],
        [128],
        [
            Array(rng.integers(0, 16, 3000).astype(np.int32)),
            np.int32(3000),
            zeros(16, dtype=np.int32),
        ],
        lambda i, o: equal(o[1], np.bincount(i[0], minlength=16)),
        bugs={13: ["shared-race", "uninitialized-shared"], 14: ["shared-race"]},
    )
    nodes = 7
    case(
        "freeList",
        [4],
        [32],
        [
            Array(np.zeros(1, np.uint64)),
            Array(np.append(np.arange(1, nodes), -1).astype(np.int32)),
            zeros(nodes, dtype=np.int32),
            np.int32(nodes),
        ],
        lambda i, o: equal(np.array(o[2].sum() > 0), np.array(True)),
        bugs={15: ["global-race"]},
    )
    cases += make_swaps()
    return cases


def make_swaps():
    """256 threads, each with one step at a place of `n`."""
    n = 24
    times = np.bincount(np.arange(256) % n, minlength=n)

    def repeated(step, dtype):
        values = np.zeros(n, dtype)
        for done in range(times.max()):
            values = np.where(done < times, step(values), values).astype(dtype)
        return values

    highest = np.zeros(n, np.float32)
    np.maximum.at(highest, np.arange(256) % n, np.arange(256, dtype=np.float32) * 7 % 101)
    expected = {
        "doubles": (times.astype(np.float64), {}),
        "greatest": (highest, {}),
        "retried": (repeated(lambda x: x * 3 + 1, np.int32), {1: ["global-race"]}),
        "inShared": (
            np.full(64, 4 * n, np.int32),
            {2: ["shared-race", "uninitialized-shared"]},
        ),
        "bytes": (times.astype(np.uint8), {3: ["global-race"]}),
        "halves": ((3 * times).astype(np.uint16), {}),
        "references": (repeated(lambda x: x * 2 + 1, np.int32), {}),
    }
    return [
        Case(
            "swaps",
            kernel,
            [4],
            [64],
            [zeros(values.size, dtype=values.dtype), np.int32(n)],
            lambda i, o, values=values: equal(o[0], values),
            bugs=bugs,
        )
        for kernel, (values, bugs) in expected.items()
    ]
