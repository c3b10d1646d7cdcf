"""CUB's block primitives, and kernels as applications write them."""

import numpy as np

from .case import Array, Case, close, equal, floats, zeros


def make_cases(rng):
    cases = []

    def case(*arguments, **options):
        cases.append(Case("library", *arguments, **options))

    def words(*shape):
        return zeros(*shape, dtype=np.int32)

    def sorted_blocks(i, o):
        keys = np.sort(i[0].reshape(2, 256), axis=1)
        equal(o[1].reshape(2, 256), keys)
        equal(o[2].reshape(2, 256), np.cumsum(keys & 1, axis=1))
        equal(o[3], (keys & 1).sum(axis=1))

    case(
        "blockSort",
        [2],
        [64],
        [
            Array(rng.integers(0, 2**32, 512).astype(np.uint32)),
            zeros(512, dtype=np.uint32),
            words(512),
            words(2),
        ],
        sorted_blocks,
        bugs={1: ["shared-race", "uninitialized-shared"]},
    )
    n = 300
    case(
        "stencil",
        [3],
        [128],
        [Array(floats(rng, n)), zeros(n), np.int32(n)],
        lambda i, o: close(o[1], np.convolve(i[0], [0.1, 0.2, 0.4, 0.2, 0.1], "same"), 1e-5),
        bugs={2: ["uninitialized-shared"], 3: ["out-of-bounds"]},
    )

    nodes = 60
    graph = [sorted(rng.choice(nodes, 6, replace=False)) for _ in range(nodes)]
    offsets = np.cumsum([0] + [len(each) for each in graph]).astype(np.int32)
    levels = np.full(nodes, -1, np.int32)
    frontier = np.array([3, 7, 11, 30], np.int32)
    levels[frontier] = 0

    def level(i, o):
        reached = {int(e) for node in i[3] for e in graph[node]} - {int(node) for node in i[3]}
        expected = i[2].copy()
        expected[list(reached)] = 1
        equal(o[2], expected)
        equal(o[5], np.array([len(reached)]))
        equal(np.sort(o[4][: len(reached)]), np.array(sorted(reached)))

    case(
        "breadthFirst",
        [2],
        [32],
        [
            Array(offsets),
            Array(np.concatenate(graph).astype(np.int32)),
            Array(levels),
            Array(frontier),
            np.int32(len(frontier)),
            words(nodes),
            words(1),
            np.int32(1),
        ],
        level,
        bugs={4: ["global-race"]},
    )
    case(
        "fft",
        [1],
        [64],
        [Array(floats(rng, 64, 2)), zeros(64, 2)],
        lambda i, o: close(
            o[1].view(np.complex64)[:, 0], np.fft.fft(i[0].view(np.complex64)[:, 0]), 1e-4
        ),
        bugs={5: ["shared-race"]},
    )
    rows, columns = 8, 256

    def product(i, o):
        nibbles = i[0].view(np.uint8).reshape(rows, -1)
        weights = np.stack([nibbles & 15, nibbles >> 4], 2).reshape(rows, columns)
        scaled = (weights.astype(np.float64) - 8) * np.repeat(i[1], 32, axis=1)
        close(o[3], scaled @ i[2], 1e-5)

    case(
        "quantised",
        [2],
        [128],
        [
            Array(rng.integers(0, 2**32, (rows, columns // 8)).astype(np.uint32)),
            Array(floats(rng, rows, columns // 32)),
            Array(floats(rng, columns)),
            zeros(rows),
            np.int32(columns),
        ],
        product,
        bugs={6: ["out-of-bounds"]},
    )
    edges = rng.integers(0, 100, (70, 2)).astype(np.int32)

    def connected(i, o):
        parents = list(range(100))

        def find(node):
            while parents[node] != node:
                node = parents[node]
            return node

        for a, b in i[1]:
            a, b = find(a), find(b)
            parents[max(a, b)] = min(a, b)
        expected = [find(node) for node in range(100)]
        found = o[0]
        for _ in range(100):
            found = found[found]
        equal(found, np.array(expected))

    case(
        "components",
        [3],
        [32],
        [Array(np.arange(100, dtype=np.int32)), Array(edges), np.int32(70)],
        connected,
        bugs={7: ["global-race"]},
    )

    def normalised(i, o):
        x = i[0].astype(np.float64)
        expected = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(
            x.var(axis=1, keepdims=True) + 1e-5
        )
        close(o[1], expected, 1e-5)

    case(
        "layerNorm",
        [3],
        [128],
        [Array(floats(rng, 3, 200)), zeros(3, 200), np.int32(200)],
        normalised,
        bugs={8: ["shared-race", "uninitialized-shared"]},
    )
    return cases
