"""Learned models of ai.onnx.ml: linear ones, support vectors, trees: see cases().

ONNX Runtime says what is expected but where its answer contradicts the operators' text, which
promises scores of every class after `post_transform`, or is no label of the model's:

- LinearClassifier with one score for two classes gives 1 - s for the first, and applies neither
  SOFTMAX nor SOFTMAX_ZERO. ONNX's evaluator gives -s, as for SVMClassifier.
- SVMClassifier with two classes gives 1 - s, untransformed, for SOFTMAX and SOFTMAX_ZERO.
- TreeEnsembleClassifier of two classes that both have votes answers 0 or 1 whatever the labels are,
  and by the second score's sign alone; the text says that the top class is the answer.
- TreeEnsembleRegressor forgets the base value of a target that no leaf was reached for.

There ONNX's reference evaluator is asked (of more than two classes with probabilities it has an
error of its own, and ONNX Runtime's, which is LIBSVM's algorithm, is right).
"""

import numpy as np
from onnx import TensorProto, helper
from own_cases import FLOAT, INT64, ML, STRING, node_case

TRANSFORMS = ("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO")
KERNELS = ("LINEAR", "RBF", "POLY", "SIGMOID")


def lower(text):
    return text.lower().removeprefix("branch_")


def classifier(name, op, x, labels="classlabels_ints", **attributes):
    kind = STRING if labels == "classlabels_strings" else INT64
    return node_case(name, [x], op, [(kind, 1), (FLOAT, 2)], ML, **attributes)


def linear(x):
    two, three = [0.5, -1.0, 2.0, 1.0, 0.0, -0.5], [-1.0, 1.0, 0.25]
    for transform in TRANSFORMS:
        yield node_case(
            f"linear_regressor_{lower(transform)}",
            [x],
            "LinearRegressor",
            [(FLOAT, 2)],
            ML,
            coefficients=two,
            intercepts=[0.1, -0.2],
            targets=2,
            post_transform=transform,
        )
        yield classifier(
            f"linear_classifier_{lower(transform)}",
            "LinearClassifier",
            x,
            coefficients=two + three,
            intercepts=[0.1, -0.2, 0.0],
            classlabels_ints=[2, 5, 9],
            post_transform=transform,
        )
        yield classifier(
            f"linear_classifier_shared_{lower(transform)}",
            "LinearClassifier",
            x,
            oracle="reference",
            coefficients=two[:3],
            intercepts=[0.1],
            classlabels_ints=[2, 5],
            post_transform=transform,
        )
    yield classifier(
        "linear_classifier_strings",
        "LinearClassifier",
        x,
        "classlabels_strings",
        coefficients=two,
        intercepts=[0.1, -0.2],
        classlabels_strings=["no", "yes"],
    )


def support_vectors(x, random):
    support = random.randn(6, 3).astype(np.float32)
    for kernel in KERNELS:
        common = dict(kernel_type=kernel, kernel_params=[0.3, 0.1, 2.0])
        four = dict(common, support_vectors=support[:4].reshape(-1).tolist())
        for one_class in (0, 1):
            yield node_case(
                f"svm_regressor_{lower(kernel)}{'_one_class' * one_class}",
                [x],
                "SVMRegressor",
                [(FLOAT, 2)],
                ML,
                n_supports=4,
                coefficients=[1.0, -0.5, 0.25, 2.0],
                rho=[-1.3 if one_class else 0.2],
                one_class=one_class,
                **four,
            )
        yield classifier(
            f"svm_classifier_{lower(kernel)}",
            "SVMClassifier",
            x,
            vectors_per_class=[2, 2],
            coefficients=[1.0, 0.5, -0.25, -1.0],
            rho=[0.2],
            classlabels_ints=[0, 1],
            **four,
        )
        yield classifier(
            f"svm_classifier_{lower(kernel)}_three",
            "SVMClassifier",
            x,
            "classlabels_strings",
            vectors_per_class=[1, 2, 3],
            support_vectors=support.reshape(-1).tolist(),
            coefficients=random.randn(12).tolist(),
            rho=[0.2, -0.1, 0.3],
            classlabels_strings=["a", "b", "c"],
            **common,
        )
    for classes, per_class in ((2, [3, 3]), (3, [1, 2, 3]), (4, [1, 2, 1, 2])):
        pairs = classes * (classes - 1) // 2
        for transform in TRANSFORMS:
            for likely in (False, True):
                is_shared = classes == 2 and not likely and transform.startswith("SOFTMAX")
                chances = dict(prob_a=[-1.5] * pairs, prob_b=random.randn(pairs).tolist())
                yield classifier(
                    f"svm_classifier_{classes}_{lower(transform)}{'_likely' * likely}",
                    "SVMClassifier",
                    x,
                    oracle="reference" if is_shared else "onnxruntime",
                    kernel_type="RBF",
                    kernel_params=[0.3, 0.0, 0.0],
                    vectors_per_class=per_class,
                    support_vectors=support.reshape(-1).tolist(),
                    coefficients=random.randn(6 * (classes - 1)).tolist(),
                    rho=random.randn(pairs).tolist(),
                    classlabels_ints=[3, 5, 7, 9][:classes],
                    post_transform=transform,
                    **(chances if likely else {}),
                )
    # Without support vectors: a linear score for each class.
    linear = dict(kernel_type="LINEAR", kernel_params=[0.0, 0.0, 0.0])
    yield node_case(
        "svm_regressor_features",
        [x],
        "SVMRegressor",
        [(FLOAT, 2)],
        ML,
        coefficients=[0.5, -1.0, 2.0],
        rho=[0.2],
        **linear,
    )
    yield classifier(
        "svm_classifier_features",
        "SVMClassifier",
        x,
        coefficients=random.randn(9).tolist(),
        rho=[0.2, 0.1, 0.3],
        classlabels_ints=[3, 5, 7],
        **linear,
    )


def forest(mode="BRANCH_LEQ", **more):
    """Two trees over three features, their nodes' attributes, and a third that is one leaf."""
    branch = [mode, "LEAF"]
    return dict(
        nodes_treeids=[0, 0, 0, 0, 0, 1, 1, 1, 2],
        nodes_nodeids=[0, 1, 2, 3, 4, 0, 1, 2, 0],
        nodes_featureids=[0, 1, 0, 0, 0, 2, 0, 0, 0],
        nodes_modes=[branch[leaf] for leaf in (0, 0, 1, 1, 1, 0, 1, 1, 1)],
        nodes_values=[0.0, 0.5, 0.0, 0.0, 0.0, -0.25, 0.0, 0.0, 0.0],
        nodes_truenodeids=[1, 3, 0, 0, 0, 1, 0, 0, 0],
        nodes_falsenodeids=[2, 4, 0, 0, 0, 2, 0, 0, 0],
        **more,
    )


def votes(prefix, ids, weights):
    """A vote of each leaf, in the order of the leaves."""
    return {
        f"{prefix}_treeids": [0, 0, 0, 1, 1, 2],
        f"{prefix}_nodeids": [2, 3, 4, 1, 2, 0],
        f"{prefix}_ids": ids,
        f"{prefix}_weights": weights,
    }


def trees(x):
    weights = [1.5, -0.5, 0.25, 2.0, -1.0, 0.125]
    shares = [0.1, 0.4, 0.3, 0.2, 0.35, 0.05]

    def regressor(name, x, oracle="onnxruntime", **attributes):
        return node_case(
            f"tree_ensemble_regressor_{name}",
            [x],
            "TreeEnsembleRegressor",
            [(FLOAT, 2)],
            ML,
            attributes.pop("version", 1),
            oracle,
            **attributes,
        )

    def tree_classifier(name, labels="classlabels_int64s", **attributes):
        return classifier(
            f"tree_ensemble_classifier_{name}", "TreeEnsembleClassifier", x, labels, **attributes
        )

    one = votes("target", [0] * 6, weights)
    for how in ("SUM", "AVERAGE", "MIN", "MAX"):
        for base in ({}, dict(base_values=[0.5])):
            name = lower(how) + "_base" * len(base)
            yield regressor(name, x, aggregate_function=how, n_targets=1, **forest(), **one, **base)
    halves = np.round(2 * x) / 2
    for mode in ("LEQ", "LT", "GTE", "GT", "EQ", "NEQ"):
        yield regressor(lower(mode), halves, n_targets=1, **forest(f"BRANCH_{mode}"), **one)
    holes = x.copy()
    holes[1:3, 0] = holes[2:4, 2] = np.nan
    yield regressor("missing", holes, n_targets=1, **forest(), **one)
    tracks = forest(nodes_missing_value_tracks_true=[1, 0, 0, 0, 0, 1, 0, 0, 0])
    yield regressor("missing_tracks", holes, n_targets=1, **tracks, **one)
    double = forest()
    double["nodes_values_as_tensor"] = doubles(double.pop("nodes_values"))
    double.update(one)
    double["target_weights_as_tensor"] = doubles(double.pop("target_weights"))
    yield regressor("double", x.astype(np.float64), n_targets=1, version=3, **double)
    two = votes("target", [0, 1, 0, 1, 0, 1], weights)
    for transform in TRANSFORMS:
        yield regressor(
            f"two_{lower(transform)}",
            x,
            "reference" if transform == "NONE" else "onnxruntime",
            n_targets=2,
            post_transform=transform,
            aggregate_function="SUM",
            **({"base_values": [0.5, 0.25]} if transform == "NONE" else {}),
            **forest(),
            **two,
        )

    three = dict(forest(), **votes("class", [0, 1, 2, 0, 1, 2], shares))
    for transform in (*TRANSFORMS, "PROBIT"):
        yield tree_classifier(
            lower(transform),
            classlabels_int64s=[3, 4, 8],
            post_transform=transform,
            base_values=[0.3, 0.1, 0.2],
            **three,
        )
    yield tree_classifier(
        "strings", "classlabels_strings", classlabels_strings=["a", "b", "c"], **three
    )
    yield classifier(
        "tree_ensemble_classifier_int64",
        "TreeEnsembleClassifier",
        np.arange(-6, 6, dtype=np.int64).reshape(4, 3),
        classlabels_int64s=[3, 4, 8],
        **three,
    )
    # All votes for one of two classes: shares of one, or weights of either sign. Of the first class
    # they are the second's score; SOFTMAX of that ONNX Runtime leaves out.
    for of in (0, 1):
        for name, numbers in (("shares", shares), ("weights", weights)):
            for transform in ("NONE", "LOGISTIC", "SOFTMAX"):
                if transform == "SOFTMAX" and of == 0:
                    continue
                yield tree_classifier(
                    f"binary_{of}_{name}_{lower(transform)}",
                    classlabels_int64s=[5, 7],
                    post_transform=transform,
                    **forest(),
                    **votes("class", [of] * 6, numbers),
                )
    yield tree_classifier(
        "binary_base",
        classlabels_int64s=[5, 7],
        base_values=[0.75],
        post_transform="LOGISTIC",
        **forest(),
        **votes("class", [0] * 6, weights),
    )
    # A leaf that votes for both classes.
    both = votes("class", [0] * 6, shares)
    for key, more in votes("class", [1] * 6, [1 - share for share in shares]).items():
        both[key] = both[key] + more
    yield tree_classifier("two", oracle="reference", classlabels_int64s=[5, 7], **forest(), **both)


def doubles(numbers):
    return helper.make_tensor("numbers", TensorProto.DOUBLE, [len(numbers)], numbers)


def cases():
    random = np.random.RandomState(20261128)
    x = random.randn(5, 3).astype(np.float32)
    yield from linear(x)
    yield from support_vectors(x, random)
    yield from trees(x)
