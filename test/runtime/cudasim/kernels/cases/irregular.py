"""Work whose shape the data give, and pipelines that programs write by hand."""

import numpy as np

from .case import Array, Case, close, equal, floats, ints, zeros


def sparse(rng):
    """Rows of a sparse matrix, some of them empty and one long, and the product's check."""
    lengths = rng.integers(0, 50, 11)
    lengths[3], lengths[7] = 0, 130
    begin = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    column = rng.integers(0, 64, begin[-1]).astype(np.int32)

    def check(i, o):
        rows = np.repeat(np.arange(11), lengths)
        expected = np.zeros(11)
        np.add.at(expected, rows, i[2].astype(np.float64) * i[3][i[1]])
        close(o[4], expected, 1e-5)

    arguments = [Array(begin), Array(column), Array(floats(rng, begin[-1])), Array(floats(rng, 64))]
    return arguments + [zeros(11), np.int32(11)], check


def check_attention(i, o):
    q, k, v = (each.astype(np.float64) for each in i[:3])
    scores = q @ k.T
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    close(o[3], weights @ v / weights.sum(axis=1, keepdims=True), 1e-5)


def check_persistent(i, o):
    x = i[0][0]
    for _ in range(5):
        x = np.roll(x, 1) + np.roll(x, -1)
    equal(o[0][1], x)


def check_planes(i, o):
    x = np.pad(i[0].astype(np.float64), 1)
    around = sum(np.roll(x, step, axis) for axis in range(3) for step in (1, -1))
    close(o[1], (around - 6 * x)[1:-1, 1:-1, 1:-1], 1e-5)


def check_appended(i, o):
    expected = i[0][i[0] % 3 == 0]
    assert o[2][0] == expected.size, f"{o[2][0]} of {expected.size} were counted"
    equal(np.sort(o[1][: expected.size]), np.sort(expected))


def make_cases(rng):
    cases = []

    def case(kernel, *arguments, **options):
        cases.append(Case("irregular", kernel, *arguments, **options))

    def words(*shape):
        return zeros(*shape, dtype=np.int32)

    arguments, check = sparse(rng)
    case("sparseProduct", [3], [128], arguments, check, bugs={1: ["shared-race"]})
    case(
        "largest",
        [2],
        [128],
        [Array(ints(rng, 256)), words(2, 5), np.int32(5)],
        lambda i, o: equal(o[1], -np.sort(-i[0].reshape(2, 128))[:, :5]),
        bugs={
            2: ["shared-race", "uninitialized-shared"],
            3: ["shared-race", "uninitialized-shared"],
        },
    )
    case(
        "chunkedAttention",
        [1],
        [32],
        [Array(floats(rng, 32, 16))]
        + [Array(floats(rng, 96, 16)) for _ in range(2)]
        + [zeros(32, 16), np.int32(3)],
        check_attention,
        bugs={4: ["async-race"], 5: ["async-race", "shared-race"]},
    )
    case(
        "persistent",
        [4],
        [64],
        [
            Array(np.stack([rng.integers(0, 99, 256), np.zeros(256)]).astype(np.int32)),
            words(2),
            np.int32(5),
        ],
        check_persistent,
        cooperative=True,
        bugs={6: ["global-race"], 7: ["global-race"]},
    )
    case(
        "planes",
        [1],
        [8, 8],
        [Array(floats(rng, 9, 8, 8)), zeros(9, 8, 8), np.int32(9)],
        check_planes,
        bugs={8: ["shared-race"]},
    )
    case(
        "doubled",
        [1],
        [128],
        [Array(ints(rng, 128)), words(128)],
        lambda i, o: equal(o[1], np.cumsum(i[0])),
        bugs={9: ["shared-race"]},
    )
    case(
        "filledAndDrained",
        [1],
        [128],
        [Array(ints(rng, 6, 64)), words(6, 64), np.int32(6)],
        lambda i, o: equal(o[1], i[0][:, ::-1] * 2 + 1),
        bugs={10: ["shared-race", "mbarrier-misuse"], 11: ["shared-race", "uninitialized-shared"]},
    )
    case(
        "piped",
        [1],
        [128],
        [Array(ints(rng, 5, 128)), words(128), np.int32(5)],
        lambda i, o: equal(o[1], i[0].sum(axis=0)[::-1]),
        bugs={12: ["async-race", "uninitialized-shared", "mbarrier-misuse"]},
    )
    case(
        "appended",
        [3],
        [64],
        [Array(ints(rng, 500)), words(500), words(1), np.int32(500)],
        check_appended,
        bugs={13: ["global-race"]},
    )
    case(
        "firstOfMost",
        [3],
        [64],
        [
            Array(rng.integers(0, 40, 192).astype(np.int32)),
            words(3),
            Array(np.array([1000], np.int32)),
        ],
        lambda i, o: equal(o[2][0], np.argmax(i[0])),
        cooperative=True,
        bugs={14: ["global-race", "uninitialized-global"]},
    )
    return cases
