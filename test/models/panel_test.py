"""The panel's inputs mean something, and the comparison sees what it should: checked without
compiling anything."""

import os
import unittest

import numpy as np

import compare
import panel


class InputsTest(unittest.TestCase):
    def test_inputs_of_every_model(self):
        for name in panel.names():
            inputs = panel.Inputs(os.path.join(panel.GRAPHS, name + panel.SUFFIX))
            for seed in range(3):
                with self.subTest(name=name, seed=seed):
                    self.check(inputs, inputs.make(seed))
                    again = inputs.make(seed)
                    self.assertTrue(
                        all(
                            np.array_equal(value, again[key])
                            for key, value in inputs.make(seed).items()
                        )
                    )

    def check(self, inputs, values):
        self.assertEqual(list(values), [info.name for info in inputs.infos])
        for name, value in values.items():
            if name in inputs.vocabularies:
                self.assertGreaterEqual(value.min(), 0)
                self.assertLess(value.max(), inputs.vocabularies[name])
            if name == "attention_mask":
                self.assertEqual(set(np.unique(value)), {0, 1})
                self.assertTrue((value.sum(axis=1) > 0).all())
            if name == "position_ids":
                self.assertEqual(value.max() + 1, values["attention_mask"].shape[1])


class DifferenceTest(unittest.TestCase):
    def test_equal(self):
        value = np.arange(6, dtype=np.float32)
        self.assertEqual(compare.difference(value, value), (0.0, 1.0))

    def test_error_is_relative_to_the_largest(self):
        expected = np.array([100, 0], np.float32)
        error, cosine = compare.difference(expected, np.array([100, 0.01], np.float32))
        self.assertAlmostEqual(error, 1e-4, places=6)
        self.assertGreater(cosine, 0.99999)

    def test_nothing_like_it(self):
        one = np.ones(2, np.float32)
        for actual in (
            np.ones(3, np.float32),
            np.ones(2, np.float64),
            np.array([1, np.nan], np.float32),
        ):
            self.assertEqual(compare.difference(one, actual), (float("inf"), 0.0))
        self.assertEqual(compare.difference(one, np.zeros(2, np.float32))[1], 0.0)


if __name__ == "__main__":
    unittest.main()
