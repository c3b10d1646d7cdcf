"""C++ on the device, warp-level functions, and arithmetic of all types."""

import numpy as np

from .case import Array, Case, bfloat16, close, equal, floats, ints, widen, zeros


def make_cases(rng):
    cases = []

    def case(*arguments, **options):
        cases.append(Case(*arguments, **options))

    def words(*shape):
        return zeros(*shape, dtype=np.int32)

    # --- language.cu
    t = np.arange(64)
    case(
        "language",
        "pointers",
        [1],
        [64],
        [Array(ints(rng, 64)), words(64)],
        lambda i, o: equal(o[1], np.choose(t % 3, [i[0] * 2, i[0] * i[0], -i[0]])),
        bugs={1: ["illegal-instruction", "out-of-bounds"]},
    )
    case(
        "language",
        "virtuals",
        [1],
        [64],
        [words(64)],
        lambda i, o: equal(o[0], np.where(t % 2, t * t, t)),
        bugs={2: ["use-after-free"], 3: ["use-after-free"], 4: ["leak"]},
    )

    def ackermann(m, n):
        return [n + 1, n + 2, 2 * n + 3][m]

    case(
        "language",
        "recursive",
        [1],
        [64],
        [words(64)],
        lambda i, o: equal(o[0], np.array([ackermann(k % 3, k % 5) for k in t])),
    )
    programs = np.array([[0, 5, 4, 1, 2, 6, 7], [1, 0, 9, 3, 8, 6, 5]], np.uint8)

    def interpret(i, o):
        even = ~(i[1] * i[1] + t.astype(np.int32)) >> 1
        # 1 0 9 3: in - t; then its set bits, inverted
        odd = ~np.array([bin(int(x) & 0xFFFFFFFF).count("1") for x in i[1] - t])
        equal(o[2], np.where(t % 2, odd, even))

    case(
        "language",
        "interpreter",
        [1],
        [64],
        [Array(programs), Array(ints(rng, 64)), words(64), np.int32(7)],
        interpret,
    )
    case(
        "language",
        "checked",
        [1],
        [32],
        [Array(ints(rng, 32)), words(32), np.int32(-2000)],
        lambda i, o: equal(o[1], i[0]),
        bugs={5: ["trap"]},
    )
    case(
        "language",
        "lists",
        [1],
        [32],
        [words(32), np.int32(5)],
        lambda i, o: equal(o[0], np.arange(32) * 10),
        bugs={6: ["use-after-free"]},
    )

    def vectors(i, o):
        equal(o[4], i[0][:, ::-1])
        equal(o[5], np.stack([i[1][:, 1], -i[1][:, 0]], 1))
        equal(o[6], np.stack([i[2].sum(axis=1), i[2][:, 0] - i[2][:, 1]], 1))
        expected = i[3].copy()
        expected[:, 0] += i[3][:, 1] + i[3][:, 2] + i[3][:, 3]
        close(o[7], expected, 1e-6)

    inputs = [
        rng.integers(0, 256, (64, 4)).astype(np.uint8),
        rng.integers(-9999, 9999, (64, 2)).astype(np.int16),
        rng.integers(-(2**60), 2**60, (64, 2)),
        floats(rng, 64, 4),
    ]
    case(
        "language",
        "vectors",
        [2],
        [32],
        [Array(each) for each in inputs] + [Array(np.zeros_like(each)) for each in inputs],
        vectors,
        bugs={7: ["misaligned"]},
    )
    text = np.frombuffer(b"what there is  to be said about words, and how   many", np.uint8)
    case(
        "language",
        "words",
        [1],
        [64],
        [Array(text), words(1), np.int32(len(text))],
        lambda i, o: equal(o[1], np.array([len(bytes(i[0]).split())])),
        bugs={8: ["out-of-bounds"]},
    )
    n = 5000
    case(
        "language",
        "carved",
        [1],
        [256],
        [Array(rng.standard_normal(n)), zeros(n, dtype=np.float64), np.int32(n)],
        lambda i, o: equal(o[1], i[0][::-1] + np.arange(n) + (n - 1 - np.arange(n)) % 3),
        shared=n * 13,
        bugs={9: ["out-of-bounds"]},
    )

    # --- warp.cu
    case(
        "warp",
        "radixSort",
        [1],
        [256],
        [Array(rng.integers(0, 2**32, 240).astype(np.uint32)), np.int32(240)],
        lambda i, o: equal(o[0], np.sort(i[0])),
        bugs={
            1: ["shared-race"],
            2: ["shared-race", "uninitialized-shared"],
        },
    )

    def reduced(i, o):
        x, out = i[0], o[2].reshape(32, 8)
        halves = np.repeat(x.reshape(2, 16).sum(axis=1), 16)
        lane = np.arange(32)
        down = np.where(lane % 8 + 3 < 8, lane + 3, lane)
        expected = np.stack(
            [
                np.full(32, x.sum()),
                np.full(32, x.min()),
                np.full(32, x.max()),
                np.full(32, np.bitwise_xor.reduce(i[1])).astype(np.int32),
                halves,
                np.full(32, np.all(x < 0) or np.all(x >= 0)),
                np.full(32, 2 * np.any(x > 900) + 1),
                x[lane ^ 9] + x[down],
            ],
            1,
        )
        equal(out, expected)

    case(
        "warp",
        "reduced",
        [1],
        [32],
        [
            Array(ints(rng, 32)),
            Array(rng.integers(0, 2**31, 32).astype(np.uint32)),
            words(256),
        ],
        reduced,
        bugs={3: ["wrong-mask", "not-converged"], 4: ["wrong-mask", "not-converged"]},
    )
    case(
        "warp",
        "warpSynchronous",
        [1],
        [128],
        [Array(floats(rng, 128)), zeros(4)],
        lambda i, o: close(o[1], i[0].reshape(4, 32).sum(axis=1, dtype=np.float64), 1e-5),
        bugs={5: ["shared-race"]},
    )
    case(
        "warp",
        "bitonic",
        [1],
        [32],
        [Array(ints(rng, 64)), words(64)],
        lambda i, o: equal(o[1], np.sort(i[0])),
    )

    def early(i, o):
        even = i[0].reshape(-1, 32)[:, ::2]
        pairs = even.reshape(-1, 16)
        # exchanged over distances of 16, 8, 4 and 2 lanes: all sixteen are added
        sums = np.repeat(pairs.sum(axis=1), 16).reshape(-1, 16)
        expected = np.zeros_like(i[0]).reshape(-1, 32)
        expected[:, ::2] = sums
        equal(o[1], expected.reshape(-1))

    case(
        "warp",
        "early",
        [1],
        [64],
        [Array(ints(rng, 64)), words(64)],
        early,
        bugs={6: ["wrong-mask", "not-converged"]},
    )

    # --- numbers.cu
    def half(*shape):
        return floats(rng, *shape).astype(np.float16)

    def halves(i, o):
        a, b = (each.astype(np.float64) for each in i[:2])
        out = o[2].reshape(6, 32, 2)
        sums = (i[0] + i[1]).astype(np.float64)
        equal(out[0], (a * b + sums).astype(np.float16))
        equal(out[1], (i[0] - i[1]) * abs(i[1]))
        equal(out[2], np.maximum(i[0], -i[1]))
        close(out[3], a / (abs(b) + 1), 2e-3)
        equal(out[4], np.maximum(a * b + b, 0).astype(np.float16))
        close(out[5], np.sqrt(abs(a)), 1e-3)

    case(
        "numbers",
        "halves",
        [1],
        [32],
        [Array(half(32, 2)), Array(half(32, 2)), zeros(6 * 64, dtype=np.float16), np.int32(32)],
        halves,
    )

    def bfloats(i, o):
        a, b = (widen(each).astype(np.float64) for each in i[:2])
        equal(o[2][:32], bfloat16(a * b + a))
        equal(o[2][32:], bfloat16(np.minimum(a, b)))

    case(
        "numbers",
        "bfloats",
        [1],
        [32],
        [
            Array(bfloat16(floats(rng, 32, 2))),
            Array(bfloat16(floats(rng, 32, 2))),
            zeros(64, 2, dtype=np.uint16),
            np.int32(32),
        ],
        bfloats,
    )

    def numbers_of_bytes(i, o):
        a, b = i[0].astype(np.uint64), i[1].astype(np.uint64)
        x, y = i[0].view(np.uint8).reshape(-1, 4), i[1].view(np.uint8).reshape(-1, 4)
        out = o[2].reshape(8, 32)
        dot = (x.view(np.int8).astype(np.int32) * y.view(np.int8)).sum(axis=1) + 7
        equal(out[0].view(np.int32), dot)
        pairs = np.stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]], 1)
        equal(out[1].view(np.uint8).reshape(-1, 4), pairs)
        equal(out[2].view(np.uint8).reshape(-1, 4), x + y)
        difference = abs(x.astype(np.int32) - y).astype(np.uint8)
        equal(out[3].view(np.uint8).reshape(-1, 4), difference)
        equal(out[4], (a * b >> np.uint64(32)).astype(np.uint32))
        shift = np.arange(32, dtype=np.uint64)
        equal(out[5], ((b << np.uint64(32) | a) << shift >> np.uint64(32)).astype(np.uint32))
        reversed_bits = [int(f"{int(v):032b}"[::-1], 2) for v in a]
        leading = [32 - int(v).bit_length() for v in b]
        first = [(int(v) & -int(v)).bit_length() for v in a]
        equal(out[6], np.array([p ^ q ^ r for p, q, r in zip(reversed_bits, leading, first)]))
        product = np.array([int(p) * int(q) % 1000003 for p, q in zip(a, b)])
        equal(out[7], (product + i[0] // (i[1] | 1)).astype(np.uint32))

    case(
        "numbers",
        "bytes",
        [1],
        [32],
        [
            Array(rng.integers(0, 2**32, 32).astype(np.uint32)),
            Array(rng.integers(0, 2**32, 32).astype(np.uint32)),
            zeros(256, dtype=np.uint32),
            np.int32(32),
        ],
        numbers_of_bytes,
    )
    case(
        "numbers",
        "mmaBytes",
        [1],
        [32],
        [
            Array(rng.integers(-128, 128, (16, 32)).astype(np.int8)),
            Array(rng.integers(-128, 128, (8, 32)).astype(np.int8)),
            words(16, 8),
        ],
        lambda i, o: equal(o[2], i[0].astype(np.int32) @ i[1].astype(np.int32).T),
    )
    case(
        "numbers",
        "mmaTf32",
        [1],
        [32],
        [Array(floats(rng, 16, 32)), Array(floats(rng, 16, 32)), zeros(16, 16)],
        lambda i, o: close(o[2], i[0] @ i[1].T, 2e-3),
        bugs={1: ["out-of-bounds"], 2: ["not-converged"]},
    )
    case(
        "numbers",
        "mmaDouble",
        [1],
        [32],
        [
            Array(rng.standard_normal((8, 16))),
            Array(rng.standard_normal((8, 16))),
            zeros(8, 8, dtype=np.float64),
        ],
        lambda i, o: close(o[2], i[0] @ i[1].T, 1e-14),
    )
    case(
        "numbers",
        "transposed",
        [1],
        [32],
        [Array(half(16, 16)), Array(half(16, 8)), zeros(16, 8)],
        lambda i, o: close(o[2], i[0].astype(np.float32) @ i[1].astype(np.float32), 1e-6),
        bugs={3: ["shared-race"], 4: ["misaligned"]},
    )

    def fp8(i, o):
        def decode(bits, exponent_bits, mantissa_bits):
            bits = bits.astype(np.int32)
            sign = np.where(bits & 0x80, -1.0, 1.0)
            exponent = bits >> mantissa_bits & (1 << exponent_bits) - 1
            mantissa = (bits & (1 << mantissa_bits) - 1) / (1 << mantissa_bits)
            bias = (1 << exponent_bits - 1) - 1
            value = np.where(
                exponent, (1 + mantissa) * 2.0 ** (exponent - bias), mantissa * 2.0 ** (1 - bias)
            )
            return sign * value

        for out, e, m, largest in ((o[1], 4, 3, 448), (o[2], 5, 2, 57344)):
            every = np.unique(decode(np.arange(256), e, m))
            every = every[abs(every) <= largest]
            nearest = every[abs(np.clip(i[0], -largest, largest)[:, None] - every).argmin(axis=1)]
            equal(decode(out, e, m), nearest)
        equal(o[3], decode(o[1], 4, 3).astype(np.float32))

    case(
        "numbers",
        "fp8",
        [1],
        [128],
        [
            Array(floats(rng, 128) * 2.0 ** rng.integers(-12, 18, 128).astype(np.float32)),
            zeros(128, dtype=np.uint8),
            zeros(128, dtype=np.uint8),
            zeros(128),
        ],
        fp8,
    )
    return cases
