"""The panel's inputs mean something, and the comparison sees what it should: checked without
compiling anything."""

import os
import unittest

import numpy as np

import azulejo_cli
import compare
import latency
import panel


class InputsTest(unittest.TestCase):
    def test_inputs_of_every_model(self):
        for name in panel.names():
            # The exported ones need no weights for this, so they are not made whole.
            graph = os.path.join(panel.GRAPHS, name + panel.SUFFIX)
            suite = os.path.join(panel.SUITE, name + ".onnx")
            inputs = panel.Inputs(graph if os.path.exists(graph) else suite)
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


class ModelsTest(unittest.TestCase):
    def test_all_are_there(self):
        self.assertEqual(len(panel.exported_names()), 22)
        self.assertEqual(len(panel.suite_names()), 9)
        self.assertFalse(set(panel.exported_names()) & set(panel.suite_names()))

    def test_what_a_graph_fills_with_constants_counts(self):
        path = panel.model_path("light_vgg19", "")
        self.assertAlmostEqual(panel.model_bytes(path) / 1e6, 575, delta=5)


class LatencyTest(unittest.TestCase):
    def result(self, model, ratio):
        return {
            "model": model,
            "compile": {
                "seconds": 2.0,
                "peak_bytes": 3e8,
                "model_bytes": 1e8,
                "artifact_bytes": 1e8,
                "peak_by_model": 3.0,
            },
            "latency": [
                {
                    "threads": 2,
                    "onnxruntime_ms": {"min": 10.0, "median": 11.0},
                    "azulejo_ms": {"min": 10.0 * ratio, "median": 11.0 * ratio},
                    "ratio": ratio,
                    "median_ratio": ratio,
                    "ratio_spread": [ratio, ratio],
                }
            ],
        }

    def test_summary(self):
        results = [self.result("a", 0.5), self.result("b", 2.0)]
        text = latency.summary_text(latency.summarize(results))
        self.assertEqual(text, "2 threads: geometric mean of 2 models 1.00, worst 2.00 (b)")
        self.assertEqual(latency.summarize([]), [])

    def test_rows_have_the_header_s_columns(self):
        columns = latency.header([2]).splitlines()[0].count("|")
        self.assertEqual(latency.row(self.result("a", 0.5)).count("|"), columns)


class RunProgramTest(unittest.TestCase):
    def test_output_and_failure(self):
        output, usage = azulejo_cli.run_program(["echo", "hello"])
        self.assertEqual(output, "hello\n")
        self.assertLess(usage.seconds, 10)
        with self.assertRaisesRegex(azulejo_cli.Failure, "status 3\nwhy"):
            azulejo_cli.run_program(["sh", "-c", "echo why >&2; exit 3"])
        with self.assertRaisesRegex(azulejo_cli.Failure, "cannot be run"):
            azulejo_cli.run_program(["/no/such/program"])

    def test_peak_is_the_program_s_own(self):
        ours = b"x" * (200 << 20)  # touched; what this process has is not the program's
        _, usage = azulejo_cli.run_program(["true"])
        self.assertLess(usage.peak_bytes, len(ours) // 4)


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
