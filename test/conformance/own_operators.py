"""Operators of one node and no model behind them: see cases()."""

import numpy as np
from own_cases import BOOL, DOUBLE, FLOAT, INT32, INT64, ML, STRING, node_case

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


def draws():
    """Random numbers, as many as show their distribution; random_cases.txt names these cases."""
    yield node_case(
        "random_uniform", [], "RandomUniform", [(FLOAT, 2)], shape=[40, 50], low=-1.0, high=3.0
    )
    yield node_case(
        "random_uniform_seed",
        [],
        "RandomUniform",
        [(DOUBLE, 1)],
        shape=[3000],
        dtype=DOUBLE,
        seed=7.0,
    )
    yield node_case(
        "random_normal", [], "RandomNormal", [(FLOAT, 3)], shape=[20, 10, 11], mean=2.0, scale=0.5
    )
    yield node_case(
        "random_normal_seed",
        [],
        "RandomNormal",
        [(DOUBLE, 1)],
        shape=[2999],
        dtype=DOUBLE,
        seed=7.0,
    )
    like = np.zeros((30, 100), np.float32)
    yield node_case(
        "random_uniform_like", [like], "RandomUniformLike", [(FLOAT, 2)], low=0.0, high=0.25
    )
    yield node_case(
        "random_uniform_like_dtype",
        [like.astype(np.int32)],
        "RandomUniformLike",
        [(DOUBLE, 2)],
        dtype=DOUBLE,
        seed=3.0,
    )
    yield node_case("random_normal_like", [like], "RandomNormalLike", [(FLOAT, 2)], mean=-1.0)
    yield node_case(
        "random_normal_like_dtype",
        [like.astype(np.int32)],
        "RandomNormalLike",
        [(DOUBLE, 2)],
        dtype=DOUBLE,
        scale=3.0,
        seed=3.0,
    )
    logits = np.log(np.array([[0.1, 0.2, 0.3, 0.4], [0.7, 0.0, 0.2, 0.1]], np.float32) + 1e-9)
    yield node_case("multinomial", [logits], "Multinomial", [(INT32, 2)], sample_size=2000)
    yield node_case(
        "multinomial_int64",
        [logits],
        "Multinomial",
        [(INT64, 2)],
        sample_size=1000,
        dtype=INT64,
        seed=11.0,
    )


def cases():
    random = np.random.RandomState(20261128)
    x = random.randn(5, 3).astype(np.float32)
    yield from draws()
    for op, name in (("GreaterOrEqual", "greater_or_equal"), ("LessOrEqual", "less_or_equal")):
        other = np.where(random.rand(5, 3) < 0.5, x, -x)
        yield node_case(name, [x, other], op, [(BOOL, 2)])
        yield node_case(f"{name}_broadcast", [x, other[2]], op, [(BOOL, 2)])
        numbers = random.randint(-2, 3, (4, 6)).astype(np.int64)
        yield node_case(f"{name}_int64", [numbers, numbers[:, ::-1].copy()], op, [(BOOL, 2)])

    image = random.randn(2, 3, 5, 7).astype(np.float32)
    for p in (1, 2, 3):
        yield node_case(f"global_lp_pool_{p}", [image], "GlobalLpPool", [(FLOAT, 4)], p=p)
    regions = np.array([[0, 0, 0, 4, 3], [1, 1, 2, 6, 4], [0, 2, 1, 3, 2]], np.float32)
    yield node_case(
        "max_roi_pool", [image, regions], "MaxRoiPool", [(FLOAT, 4)], pooled_shape=[2, 2]
    )

    holes = x.copy()
    holes[0, 1] = holes[3, 2] = np.nan
    yield node_case(
        "imputer_nan",
        [holes],
        "Imputer",
        [(FLOAT, 2)],
        ML,
        imputed_value_floats=[1.0, 2.0, 3.0],
        replaced_value_float=float("nan"),
    )
    numbers = np.array([[1, -1, 3], [-1, 5, 6]], np.int64)
    yield node_case(
        "imputer_int",
        [numbers],
        "Imputer",
        [(INT64, 2)],
        ML,
        imputed_value_int64s=[7],
        replaced_value_int64=-1,
    )
    yield node_case(
        "scaler", [x], "Scaler", [(FLOAT, 2)], ML, offset=[0.5, -1.0, 2.0], scale=[2.0, 0.5, 1.0]
    )
    yield node_case("scaler_int", [numbers], "Scaler", [(FLOAT, 2)], ML, offset=[1.0], scale=[0.5])
    for norm in ("MAX", "L1", "L2"):
        yield node_case(
            f"normalizer_{norm.lower()}", [x], "Normalizer", [(FLOAT, 2)], ML, norm=norm
        )
    yield node_case(
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
        yield node_case(
            f"one_hot_encoder_{zeros}",
            [rows],
            "OneHotEncoder",
            [(FLOAT, 2)],
            ML,
            cats_int64s=[1, 3, 7],
            zeros=zeros,
        )
    words = np.array(["cat", "dog", "bird"], dtype=object)
    yield node_case(
        "one_hot_encoder_strings",
        [words],
        "OneHotEncoder",
        [(FLOAT, 2)],
        ML,
        cats_strings=["dog", "cat"],
        zeros=1,
    )
    yield node_case(
        "category_mapper_to_int",
        [words],
        "CategoryMapper",
        [(INT64, 1)],
        ML,
        cats_strings=["dog", "cat"],
        cats_int64s=[4, 6],
        default_int64=-1,
    )
    yield node_case(
        "category_mapper_to_string",
        [labels],
        "CategoryMapper",
        [(STRING, 1)],
        ML,
        cats_strings=["a", "b"],
        cats_int64s=[3, 7],
        default_string="none",
    )
    # Version 1 had one list of classes, which no newer case can express.
    yield node_case(
        "label_encoder_classes_to_int",
        [words],
        "LabelEncoder",
        [(INT64, 1)],
        ML,
        classes_strings=["dog", "cat"],
        default_int64=-2,
    )
    yield node_case(
        "label_encoder_classes_to_string",
        [np.array([1, 0, 5], np.int64)],
        "LabelEncoder",
        [(STRING, 1)],
        ML,
        classes_strings=["dog", "cat"],
    )
