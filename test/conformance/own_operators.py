"""Models of one operator each that ONNX's suite has no case of, with inputs: see cases()."""

import numpy as np
import onnx
from onnx import TensorProto, helper

# Draws: what is expected of them is a distribution.
RANDOM = {
    "Bernoulli",
    "Dropout",
    "Multinomial",
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
}

ML = "ai.onnx.ml"


def model(op, inputs, output_types, domain="", opset=None, **attributes):
    """A model of one node over `inputs` (arrays), with outputs of these (element type, rank)."""
    names = [f"x{position}" for position in range(len(inputs))]
    results = [f"y{position}" for position in range(len(output_types))]
    node = helper.make_node(op, names, results, domain=domain, **attributes)
    infos = [
        helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape
        )
        for name, value in zip(names, inputs)
    ]
    outputs = [
        helper.make_tensor_value_info(name, kind, [None] * rank)
        for name, (kind, rank) in zip(results, output_types)
    ]
    graph = helper.make_graph([node], op, infos, outputs)
    imports = [helper.make_opsetid("", 17)]
    if domain:
        imports.append(helper.make_opsetid(domain, opset or 1))
    return helper.make_model(graph, opset_imports=imports, ir_version=8)


FLOAT, INT64, STRING = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING


def trees():
    """Two trees over three features: attributes of nodes, and leaves as (tree, node, weight)."""
    nodes = dict(
        nodes_treeids=[0, 0, 0, 0, 0, 1, 1, 1],
        nodes_nodeids=[0, 1, 2, 3, 4, 0, 1, 2],
        nodes_featureids=[0, 1, 0, 0, 0, 2, 0, 0],
        nodes_modes=["BRANCH_LEQ", "BRANCH_LEQ", "LEAF", "LEAF", "LEAF"]
        + ["BRANCH_LEQ", "LEAF", "LEAF"],
        nodes_values=[0.0, 0.5, 0.0, 0.0, 0.0, -0.25, 0.0, 0.0],
        nodes_truenodeids=[1, 3, 0, 0, 0, 1, 0, 0],
        nodes_falsenodeids=[2, 4, 0, 0, 0, 2, 0, 0],
    )
    leaves = [(0, 2, 1.5), (0, 3, -0.5), (0, 4, 0.25), (1, 1, 2.0), (1, 2, -1.0)]
    return nodes, leaves


def cases():
    """Yields (name, model, inputs)."""
    random = np.random.RandomState(20261128)
    x = random.randn(5, 3).astype(np.float32)

    def case(name, inputs, *arguments, **attributes):
        return f"test_{name}", model(arguments[0], inputs, *arguments[1:], **attributes), inputs

    image = random.randn(2, 3, 5, 7).astype(np.float32)
    for p in (1, 2, 3):
        yield case(f"global_lp_pool_{p}", [image], "GlobalLpPool", [(FLOAT, 4)], p=p)
    regions = np.array([[0, 0, 0, 4, 3], [1, 1, 2, 6, 4], [0, 2, 1, 3, 2]], np.float32)
    yield case("max_roi_pool", [image, regions], "MaxRoiPool", [(FLOAT, 4)], pooled_shape=[2, 2])

    holes = x.copy()
    holes[0, 1] = holes[3, 2] = np.nan
    yield case(
        "imputer_nan",
        [holes],
        "Imputer",
        [(FLOAT, 2)],
        ML,
        imputed_value_floats=[1.0, 2.0, 3.0],
        replaced_value_float=float("nan"),
    )
    numbers = np.array([[1, -1, 3], [-1, 5, 6]], np.int64)
    yield case(
        "imputer_int",
        [numbers],
        "Imputer",
        [(INT64, 2)],
        ML,
        imputed_value_int64s=[7],
        replaced_value_int64=-1,
    )
    yield case(
        "scaler", [x], "Scaler", [(FLOAT, 2)], ML, offset=[0.5, -1.0, 2.0], scale=[2.0, 0.5, 1.0]
    )
    yield case("scaler_int", [numbers], "Scaler", [(FLOAT, 2)], ML, offset=[1.0], scale=[0.5])
    for norm in ("MAX", "L1", "L2"):
        yield case(f"normalizer_{norm.lower()}", [x], "Normalizer", [(FLOAT, 2)], ML, norm=norm)
    yield case(
        "feature_vectorizer",
        [x, x[:, :2].copy()],
        "FeatureVectorizer",
        [(FLOAT, 2)],
        ML,
        inputdimensions=[3, 2],
    )
    labels = np.array([3, 1, 9, 7], np.int64)
    for zeros in (0, 1):
        rows = labels if zeros else np.array([3, 1, 7, 7], np.int64)
        yield case(
            f"one_hot_encoder_{zeros}",
            [rows],
            "OneHotEncoder",
            [(FLOAT, 2)],
            ML,
            cats_int64s=[1, 3, 7],
            zeros=zeros,
        )
    words = np.array(["cat", "dog", "bird"], dtype=object)
    yield case(
        "one_hot_encoder_strings",
        [words],
        "OneHotEncoder",
        [(FLOAT, 2)],
        ML,
        cats_strings=["dog", "cat"],
        zeros=1,
    )
    yield case(
        "category_mapper_to_int",
        [words],
        "CategoryMapper",
        [(INT64, 1)],
        ML,
        cats_strings=["dog", "cat"],
        cats_int64s=[4, 6],
        default_int64=-1,
    )
    yield case(
        "category_mapper_to_string",
        [labels],
        "CategoryMapper",
        [(STRING, 1)],
        ML,
        cats_strings=["a", "b"],
        cats_int64s=[3, 7],
        default_string="none",
    )
    for transform in ("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"):
        yield case(
            f"linear_regressor_{transform.lower()}",
            [x],
            "LinearRegressor",
            [(FLOAT, 2)],
            ML,
            coefficients=[0.5, -1.0, 2.0, 1.0, 0.0, -0.5],
            intercepts=[0.1, -0.2],
            targets=2,
            post_transform=transform,
        )
        yield case(
            f"linear_classifier_{transform.lower()}",
            [x],
            "LinearClassifier",
            [(INT64, 1), (FLOAT, 2)],
            ML,
            coefficients=[0.5, -1.0, 2.0, 1.0, 0.0, -0.5, -1.0, 1.0, 0.25],
            intercepts=[0.1, -0.2, 0.0],
            classlabels_ints=[2, 5, 9],
            post_transform=transform,
        )
    yield case(
        "linear_classifier_strings",
        [x],
        "LinearClassifier",
        [(STRING, 1), (FLOAT, 2)],
        ML,
        coefficients=[0.5, -1.0, 2.0, 1.0, 0.0, -0.5],
        intercepts=[0.1, -0.2],
        classlabels_strings=["no", "yes"],
    )
    nodes, leaves = trees()
    targets = dict(
        target_treeids=[leaf[0] for leaf in leaves],
        target_nodeids=[leaf[1] for leaf in leaves],
        target_ids=[0] * len(leaves),
        target_weights=[leaf[2] for leaf in leaves],
    )
    for how in ("SUM", "AVERAGE", "MIN", "MAX"):
        yield case(
            f"tree_ensemble_regressor_{how.lower()}",
            [x],
            "TreeEnsembleRegressor",
            [(FLOAT, 2)],
            ML,
            **nodes,
            **targets,
            n_targets=1,
            aggregate_function=how,
            base_values=[0.5],
        )
    classes = dict(
        class_treeids=[leaf[0] for leaf in leaves],
        class_nodeids=[leaf[1] for leaf in leaves],
        class_ids=[0, 1, 2, 0, 1],
        class_weights=[abs(leaf[2]) for leaf in leaves],
    )
    for transform in ("NONE", "SOFTMAX"):
        yield case(
            f"tree_ensemble_classifier_{transform.lower()}",
            [x],
            "TreeEnsembleClassifier",
            [(INT64, 1), (FLOAT, 2)],
            ML,
            **nodes,
            **classes,
            classlabels_int64s=[3, 4, 8],
            post_transform=transform,
        )
    support = random.randn(4, 3).astype(np.float32)
    for kernel in ("LINEAR", "RBF", "POLY", "SIGMOID"):
        yield case(
            f"svm_regressor_{kernel.lower()}",
            [x],
            "SVMRegressor",
            [(FLOAT, 2)],
            ML,
            kernel_type=kernel,
            kernel_params=[0.3, 0.1, 2.0],
            n_supports=4,
            support_vectors=support.reshape(-1).tolist(),
            coefficients=[1.0, -0.5, 0.25, 2.0],
            rho=[0.2],
        )
        yield case(
            f"svm_classifier_{kernel.lower()}",
            [x],
            "SVMClassifier",
            [(INT64, 1), (FLOAT, 2)],
            ML,
            kernel_type=kernel,
            kernel_params=[0.3, 0.1, 2.0],
            vectors_per_class=[2, 2],
            support_vectors=support.reshape(-1).tolist(),
            coefficients=[1.0, 0.5, -0.25, -1.0],
            rho=[0.2],
            classlabels_ints=[0, 1],
        )
