"""Random valid graphs, made a node at a time: ONNX Runtime runs every node alone as it is added, so
that the generator knows each value's elements and how exact they are."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

import values
from operators import MAKERS
from values import Value

OPSET = 22
LARGEST = 4000  # elements of a value
DEEPEST = 7  # operators that round, one behind the other


def run_onnxruntime(model, feeds):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, feeds)


def make_model(nodes, inputs, outputs, constants=(), symbols=None):
    """inputs, outputs: Values. A size in `symbols` gets its name, unless 0 or 1."""
    symbols = symbols or {}

    def shape(value):
        return [symbols.get(size, size) for size in value.shape]

    graph = helper.make_graph(
        nodes,
        "random",
        [
            helper.make_tensor_value_info(v.name, values.element_type(v.array), shape(v))
            for v in inputs
        ],
        # Shapes of outputs are the compiler's to find.
        [
            helper.make_tensor_value_info(v.name, values.element_type(v.array), None)
            for v in outputs
        ],
        [onnx.numpy_helper.from_array(array, name) for name, array in constants],
    )
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", OPSET)])


class Graph:
    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.inputs, self.nodes, self.constants, self.made = [], [], [], []
        # A few sizes, so that operands fit together; rarely none at all, and odd ones.
        self.sizes = [
            1,
            *self.random.choice([2, 3, 4, 5, 7, 8, 12, 16, 17, 33], 4, replace=False).tolist(),
        ]
        if self.chance(0.15):
            self.sizes.append(0)
        for _ in range(int(self.random.integers(2, 6))):
            self.add_input()
        makers, weights = list(MAKERS), np.array(list(MAKERS.values()), float)
        target = int(self.random.integers(3, 30))
        for _ in range(6 * target):
            if len(self.nodes) == target:
                break
            maker = makers[int(self.random.choice(len(makers), p=weights / weights.sum()))]
            if proposal := maker(self):
                self.add(proposal)

    # What makers draw from.
    def chance(self, probability):
        return bool(self.random.random() < probability)

    def coin(self):
        return int(self.random.integers(0, 2))

    def below(self, bound):
        return int(self.random.integers(0, bound))

    def choose(self, options):
        return options[self.below(len(options))]

    def axes(self, rank):
        count = int(self.random.integers(1, rank + 1))
        return sorted(self.random.permutation(rank)[:count].tolist())

    def signs(self, axes, rank):
        return [axis - rank if self.chance(0.3) else axis for axis in axes]

    def factors(self, count):
        """A shape of `count` elements, perhaps with one size left to be inferred."""
        shape = []
        while count > 1 and len(shape) < 3:
            divisors = [d for d in range(1, count + 1) if count % d == 0]
            shape.append(int(self.choose(divisors)))
            count //= shape[-1]
        shape.append(count)
        if self.chance(0.5) and 0 not in shape:
            shape[self.below(len(shape))] = -1
        return shape

    def onnx_type(self, name):
        return helper.np_dtype_to_tensor_dtype(np.dtype(name))

    def largest(self, operand):
        return (
            operand.largest()
            if isinstance(operand, Value)
            else float(np.abs(operand.astype(float)).max(initial=0))
        )

    def numbers(self, dtype, shape, fractions=False):
        if dtype == "bool":
            return self.random.integers(0, 2, shape).astype(bool)
        low = 0 if dtype.startswith("u") else -4
        array = self.random.integers(low, 5, shape)
        if fractions:
            array = self.random.uniform(-2, 2, shape)
        return np.asarray(array, dtype)

    def values(self, floats=None, exact=False, special=False, dtype=None, least_rank=0, where=None):
        """Values that fit, those of graph inputs and those computed alike."""
        return [
            v
            for v in self.made
            if (floats is None or v.is_float == floats)
            and (v.exact or not exact)
            and (special or not v.special)
            and (dtype is None or v.dtype == dtype)
            and v.rank >= least_rank
            and (where is None or where(v))
        ]

    def value(self, **wanted):
        fitting = self.values(**wanted)
        if not fitting:
            return None
        # New values more often, so that graphs get deep.
        return fitting[max(self.below(len(fitting)), self.below(len(fitting)))]

    def broadcastable(self, **wanted):
        a = self.value(**wanted)
        if a is None:
            return None

        def fits(v):
            try:
                return np.broadcast_shapes(v.shape, a.shape) is not None
            except ValueError:
                return False

        others = self.values(**{**wanted, "dtype": a.dtype, "where": fits})
        return (a, self.choose(others)) if self.coin() else (self.choose(others), a)

    # Building.
    def add_input(self):
        rank = self.choose([0, 1, 2, 2, 3, 3, 4, 4])
        shape = tuple(self.choose(self.sizes) for _ in range(rank))
        while int(np.prod(shape)) > LARGEST:
            shape = shape[1:]
        dtype = self.choose(
            ["float32"] * 6
            + ["float64", "float16", "int64", "int64", "int32", "int8", "uint8", "bool", "bool"]
        )
        fractions = dtype in values.FLOATS and self.chance(0.5)
        array = self.numbers(dtype, shape, fractions)
        special = dtype in values.FLOATS and array.size > 0 and self.chance(0.1)
        if special:
            for element in (np.nan, np.inf, -np.inf):
                array.flat[self.below(array.size)] = element
        value = Value(f"x{len(self.inputs)}", array, not fractions or special, special=special)
        self.inputs.append(value)
        self.made.append(value)

    def add(self, proposal):
        names, operands, constants = [], [], []
        for operand in proposal.inputs:
            if operand is None:
                names.append("")
            elif isinstance(operand, Value):
                names.append(operand.name)
                operands.append(operand)
            else:
                constants.append((f"c{len(self.constants) + len(constants)}", operand))
                names.append(constants[-1][0])
        while names and not names[-1]:
            names.pop()
        number = len(self.nodes)
        outputs = [f"v{number}" if i == 0 else f"v{number}_{i}" for i in range(proposal.outputs)]
        node = helper.make_node(
            proposal.op, names, outputs, f"n{number}_{proposal.op}", **proposal.attributes
        )
        unique = list({v.name: v for v in operands}.values())
        unknown = [helper.make_empty_tensor_value_info(name) for name in outputs]
        model = make_model([node], unique, [], constants)
        model.graph.output.extend(unknown)
        try:
            arrays = run_onnxruntime(model, {v.name: v.array for v in unique})
        except Exception:  # ONNX Runtime refuses it: not valid, or it has no kernel
            return
        results = [
            self.describe(proposal, operands, name, array) for name, array in zip(outputs, arrays)
        ]
        if not all(results):
            return
        self.nodes.append(node)
        self.constants.extend(constants)
        self.made.extend(results)

    def describe(self, proposal, operands, name, array):
        """The new value, or None where it would make what follows unpredictable."""
        if (
            not isinstance(array, np.ndarray)
            or array.size > LARGEST
            or array.dtype.name
            not in (
                *values.FLOATS,
                *values.INTEGERS,
                "bool",
            )
        ):
            return None
        is_float = array.dtype.name in values.FLOATS
        special = is_float and not bool(np.isfinite(array).all())
        if special and not any(v.special for v in operands):
            return None  # overflow, a pole: a matter of rounding
        exact = all(v.exact for v in operands)
        depth = max((v.depth for v in operands), default=0)
        if not is_float or proposal.moves or proposal.jumps:
            error = max((v.error for v in operands), default=0.0) if is_float else 0.0
            value = Value(name, array, exact, error, special, depth)
            return value if exact or is_float else None
        if exact and not special and whole(array) and proposal.op in EXACT:
            return Value(name, array, True, depth=depth)
        if special and exact and proposal.op in EXACT_SPECIAL:
            return Value(name, array, True, special=True, depth=depth)
        value = Value(name, array, False, special=special, depth=depth + 1)
        largest = max([value.largest(), *(v.largest() for v in operands), 1.0])
        unit = values.ROUNDING[array.dtype.name]
        narrowest = max([unit, *(values.ROUNDING[v.dtype] for v in operands if v.is_float)])
        value.error = sum(v.error for v in operands) * proposal.growth + narrowest * largest * (
            4 + proposal.terms
        )
        # Beyond this a comparison says nothing.
        if value.depth > DEEPEST or value.error > 0.02 * max(value.largest(), 0.05):
            return None
        return value

    def outputs(self):
        """Values that nobody reads, and some that somebody does."""
        read = {name for node in self.nodes for name in node.input}
        results = [v for v in self.made if v not in self.inputs]
        return [v for v in results if v.name not in read or self.chance(0.15)]

    def model(self, symbolic):
        symbols = {size: f"n{size}" for size in self.sizes if size > 1} if symbolic else {}
        read = {name for node in self.nodes for name in node.input}
        return Case(
            self.nodes,
            [v for v in self.inputs if v.name in read],
            self.outputs(),
            self.constants,
            symbols,
        )


EXACT = {
    "Add",
    "Sub",
    "Mul",
    "Neg",
    "Abs",
    "Max",
    "Min",
    "Relu",
    "Clip",
    "ReduceSum",
    "ReduceMax",
    "ReduceMin",
    "ReduceSumSquare",
    "ReduceL1",
    "MatMul",
    "Conv",
    "CumSum",
    "MaxPool",
    "GlobalMaxPool",
    "Cast",
    "ScatterElements",
    "ScatterND",
    "Where",
}
EXACT_SPECIAL = {"Neg", "Abs", "Cast", "Where"}


def whole(array):
    return values.whole(array)


class Case:
    """A model with its inputs and what must come out."""

    def __init__(self, nodes, inputs, outputs, constants, symbols):
        self.nodes, self.inputs, self.outputs = nodes, inputs, outputs
        used = {name for node in nodes for name in node.input}
        self.constants = [(name, array) for name, array in constants if name in used]
        self.symbols = symbols

    def model(self):
        return make_model(self.nodes, self.inputs, self.outputs, self.constants, self.symbols)
