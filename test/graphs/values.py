"""What the generator knows of a value: its elements, and how far two correct implementations may
be apart on it."""

import dataclasses

import numpy as np
import onnx

FLOATS = ("float32", "float64", "float16")
INTEGERS = ("int64", "int32", "int8", "uint8")

# Units in the last place that one operator may be off by, and then some: ONNX Runtime's own
# approximations differ from a correctly rounded result by a few.
ROUNDING = {"float32": 2e-6, "float64": 2e-9, "float16": 4e-3}


@dataclasses.dataclass
class Value:
    name: str
    array: np.ndarray
    # Both must compute the very same elements: small whole numbers stay so through arithmetic.
    exact: bool
    # The absolute error that is allowed, beyond which the two differ.
    error: float = 0.0
    # Has NaN or infinity, which not every operator treats alike everywhere.
    special: bool = False
    depth: int = 0

    @property
    def dtype(self):
        return self.array.dtype.name

    @property
    def rank(self):
        return self.array.ndim

    @property
    def shape(self):
        return self.array.shape

    @property
    def is_float(self):
        return self.dtype in FLOATS

    def largest(self):
        finite = self.array[np.isfinite(self.array)] if self.is_float else self.array
        return float(np.max(np.abs(finite.astype(np.float64)))) if finite.size else 0.0


def whole(array):
    """Whether all elements are whole numbers that f16 adds and multiplies without rounding."""
    with np.errstate(invalid="ignore"):
        return bool(np.all((np.floor(array) == array) & (np.abs(array) <= 512)))


def element_type(array):
    return onnx.helper.np_dtype_to_tensor_dtype(array.dtype)


def differs(value, expected, actual):
    """Why `actual` is not the value, or None."""
    if actual.dtype != expected.dtype:
        return f"has element type {actual.dtype}, expected {expected.dtype}"
    if actual.shape != expected.shape:
        return f"has shape {list(actual.shape)}, expected {list(expected.shape)}"
    if not value.is_float or value.exact:
        equal = np.array_equal(actual, expected, equal_nan=value.is_float)
        return None if equal else f"is {sample(actual, expected)}"
    a, e = actual.astype(np.float64), expected.astype(np.float64)
    finite = np.isfinite(e)
    if not np.array_equal(a[~finite], e[~finite], equal_nan=True):
        return f"is {sample(actual, expected)}"
    wrong = ~(np.abs(a[finite] - e[finite]) <= value.error)
    if not wrong.any():
        return None
    worst = np.nanmax(np.abs(a[finite] - e[finite]))
    return f"is off by {worst:.3g}, allowed {value.error:.3g}: {sample(actual, expected)}"


def sample(actual, expected):
    a, e = actual.ravel(), expected.ravel()
    with np.errstate(invalid="ignore"):
        places = np.flatnonzero(~((a == e) | ((a != a) & (e != e))))
    place = int(
        places[
            np.argmax(
                np.abs(
                    np.nan_to_num(
                        a[places].astype(np.float64) - e[places].astype(np.float64), nan=np.inf
                    )
                )
            )
        ]
    )
    return f"{a[place]} at {place} of {a.size}, expected {e[place]}"
