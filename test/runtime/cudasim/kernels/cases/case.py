"""What a case is, and the values and comparisons that cases are made of."""

import numpy as np

from driver import Array, TensorMap  # noqa: F401


class Case:
    """`check(inputs, outputs)` gets the arrays before and after; it asserts."""

    def __init__(
        self, file, kernel, grid, block, arguments, check, shared=0, bugs={}, cooperative=False
    ):
        self.file, self.kernel, self.arguments, self.check = file, kernel, arguments, check
        self.grid, self.block = (tuple(each) + (1, 1, 1) for each in (grid, block))
        self.grid, self.block = self.grid[:3], self.block[:3]
        self.shared, self.bugs, self.cooperative = shared, bugs, cooperative


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
