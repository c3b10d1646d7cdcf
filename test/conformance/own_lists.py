"""Sequences, optionals, maps and a batch of scans: see cases()."""

import numpy as np
from onnx import helper
from own_cases import (
    BOOL,
    FLOAT,
    INT64,
    ML,
    STRING,
    Case,
    make_model,
    map_type,
    node_case,
    sequence_type,
    tensor_type,
)


def sequences(random):
    # As many lists as cases: a list is what a caller hands over, not a tensor.
    floats = [random.randn(2, 3).astype(np.float32) for _ in range(4)]
    uneven = [random.randn(rows, 3).astype(np.float32) for rows in (1, 4, 2)]
    words = [np.array(["a", "b"], object), np.array(["c"], object)]
    for place in (0, 2, -1):
        at = np.array(place, np.int64)
        yield node_case(f"sequence_at_{place % 4}", [floats, at], "SequenceAt", [(FLOAT, 2)])
        yield node_case(
            f"sequence_erase_{place % 4}",
            [uneven, at],
            "SequenceErase",
            [sequence_type(tensor_type(FLOAT, 2))],
        )
    yield node_case(
        "sequence_at_int32", [uneven, np.array(1, np.int32)], "SequenceAt", [(FLOAT, 2)]
    )
    yield node_case(
        "sequence_at_strings", [words, np.array(0, np.int64)], "SequenceAt", [(STRING, 1)]
    )
    yield node_case(
        "sequence_erase_last", [uneven], "SequenceErase", [sequence_type(tensor_type(FLOAT, 2))]
    )
    yield node_case("sequence_length", [uneven], "SequenceLength", [(INT64, 0)])
    yield node_case("sequence_length_strings", [words], "SequenceLength", [(INT64, 0)])
    for axis in (0, -2):
        yield node_case(
            f"concat_from_sequence_{axis % 2}_{'negative' if axis < 0 else 'positive'}",
            [uneven],
            "ConcatFromSequence",
            [(FLOAT, 2)],
            axis=axis,
        )
    for axis in (0, 1, -1):
        yield node_case(
            f"concat_from_sequence_new_{axis % 3}",
            [floats],
            "ConcatFromSequence",
            [(FLOAT, 3)],
            axis=axis,
            new_axis=1,
        )
    yield node_case(
        "concat_from_sequence_strings", [words], "ConcatFromSequence", [(STRING, 1)], axis=0
    )


def optionals(random):
    """An optional that is made, asked and opened again."""
    x = random.randn(2, 3).astype(np.float32)
    for name, value, kind in (
        ("tensor", x, tensor_type(FLOAT, 2)),
        ("sequence", [x, x + 1], sequence_type(tensor_type(FLOAT, 2))),
    ):
        nodes = [
            helper.make_node("Optional", ["x"], ["o"]),
            helper.make_node("OptionalHasElement", ["o"], ["has"]),
            helper.make_node("OptionalGetElement", ["o"], ["y"]),
        ]
        model = make_model(nodes, {"x": value}, {"has": tensor_type(BOOL, 0), "y": kind})
        yield Case(f"test_optional_{name}", model, [value])
    empty = helper.make_node(
        "Optional", [], ["o"], type=helper.make_tensor_type_proto(FLOAT, [None, 3])
    )
    asked = helper.make_node("OptionalHasElement", ["o"], ["has"])
    shape = helper.make_node("Shape", ["x"], ["s"])
    model = make_model(
        [empty, shape, asked], {"x": x}, {"has": tensor_type(BOOL, 0), "s": tensor_type(INT64, 1)}
    )
    yield Case("test_optional_empty", model, [x])


def maps():
    numbers = {7: 1.5, 2: -2.5, 4: 8.0}
    texts = {7: "1.5", 2: "-2", 4: "8"}
    row = {"a": np.float32(1.5), "z": np.float32(2.5)}

    def cast(name, value, kind, values=None, **attributes):
        oracle = "onnxruntime" if values is None else "values"
        return node_case(
            f"cast_map_{name}",
            [value],
            "CastMap",
            [(kind, 2)],
            ML,
            oracle=oracle,
            values=values,
            **attributes,
        )

    sparse = dict(map_form="SPARSE", max_map=9)
    yield cast("dense", numbers, FLOAT)
    yield cast("sparse", numbers, FLOAT, **sparse)
    yield cast("int64", numbers, INT64, cast_to="TO_INT64")
    yield cast("int64_sparse", numbers, INT64, cast_to="TO_INT64", **sparse)
    # Maps to strings ONNX Runtime has, but its Python interface does not take them.
    in_order = np.array([["-2", "8", "1.5"]], object)
    yield cast("strings", texts, STRING, [in_order], cast_to="TO_STRING")
    yield cast("strings_to_float", texts, FLOAT, [np.array([[-2, 8, 1.5]], np.float32)])
    spread = np.array([["", "", "-2", "", "8", "", "", "1.5", ""]], object)
    yield cast("strings_sparse", texts, STRING, [spread], cast_to="TO_STRING", **sparse)

    def vectorize(name, value, kind, values=None, **attributes):
        oracle = "onnxruntime" if values is None else "values"
        return node_case(
            f"dict_vectorizer_{name}",
            [value],
            "DictVectorizer",
            [(kind, 2)],
            ML,
            oracle=oracle,
            values=values,
            **attributes,
        )

    yield vectorize("strings", row, FLOAT, string_vocabulary=["z", "b", "a"])
    yield vectorize("unknown", row, FLOAT, string_vocabulary=["c", "z"])
    yield vectorize("ints", numbers, FLOAT, int64_vocabulary=[2, 3, 4, 7])
    yield vectorize(
        "texts",
        texts,
        STRING,
        [np.array([["-2", "", "1.5"]], object)],
        int64_vocabulary=[2, 3, 7],
    )
    # Their values too that Python's interface takes for floats.
    yield vectorize(
        "int64",
        {"a": np.int64(3), "c": np.int64(2**53 + 1)},
        INT64,
        [np.array([[3, 0, 2**53 + 1]], np.int64)],
        string_vocabulary=["a", "b", "c"],
    )

    scores = np.arange(6, dtype=np.float32).reshape(2, 3) / 4
    for name, key, labels in (
        ("ints", INT64, dict(classlabels_int64s=[10, 20, 30])),
        ("strings", STRING, dict(classlabels_strings=["a", "b", "c"])),
    ):
        rows = [sequence_type(map_type(key, FLOAT))]
        yield node_case(f"zip_map_{name}", [scores], "ZipMap", rows, ML, **labels)
        yield node_case(f"zip_map_{name}_vector", [scores[1]], "ZipMap", rows, ML, **labels)


def scans(random):
    """Version 8 of Scan, which had a batch; the body adds to a state and shows its square."""
    body = helper.make_graph(
        [
            helper.make_node("Add", ["state", "slice"], ["sum"]),
            helper.make_node("Mul", ["sum", "sum"], ["square"]),
        ],
        "body",
        [helper.make_tensor_value_info(name, FLOAT, [2]) for name in ("state", "slice")],
        [helper.make_tensor_value_info(name, FLOAT, [2]) for name in ("sum", "square")],
    )
    x = random.randn(3, 5, 2).astype(np.float32)
    start = random.randn(3, 2).astype(np.float32)
    for name, lengths in (("all", None), ("lengths", np.array([5, 1, 3], np.int64))):
        for direction in (0, 1):
            inputs = {"lengths": lengths, "start": start, "x": x}
            node = helper.make_node(
                "Scan",
                ["" if value is None else key for key, value in inputs.items()],
                ["y", "z"],
                body=body,
                num_scan_inputs=1,
                directions=[direction],
            )
            fed = {key: value for key, value in inputs.items() if value is not None}
            outputs = {"y": tensor_type(FLOAT, 2), "z": tensor_type(FLOAT, 3)}
            model = make_model([node], fed, outputs)
            model.opset_import[0].version = 8
            model.ir_version = 3
            title = f"test_scan_batch_{name}{'_backward' * direction}"
            yield Case(title, model, list(fed.values()))


def cases():
    random = np.random.RandomState(20261128)
    yield from sequences(random)
    yield from optionals(random)
    yield from maps()
    yield from scans(random)
