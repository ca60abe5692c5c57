"""Tests of the scripts themselves, which need no suite: python3 -m unittest, in this folder."""
import json
import math
import pathlib
import stat
import tempfile
import unittest
from types import SimpleNamespace

import judge
import manifest


class Port(SimpleNamespace):
    def values(self):
        return self.shape, self.wanted


def port(name, wanted, is_real=True, shape=None):
    return Port(name=name, element=1, is_real=is_real, is_constant=not is_real, is_relabelled=False, path="x.pb",
                shape=shape or [len(wanted)], wanted=wanted)


def case(*outputs, operators=("Relu",), inputs=()):
    return SimpleNamespace(model=pathlib.Path("/suite/model.onnx"), inputs=inputs,
                           outputs=outputs, operators=list(operators))


def report(verified=True, **outputs):
    values = {n: {"shape": [len(v)], "values": v} for n, v in outputs.items()}
    return json.dumps({"outputs": values, "verified": verified})


class Judging(unittest.TestCase):
    def outcome(self, outputs, status, text):
        return judge.judge(case(*outputs), status, text).outcome

    def test_reals_may_be_off_by_half_a_percent_of_the_range(self):
        wanted = [port("y", [100.0, 300.0])]
        self.assertEqual(self.outcome(wanted, 0, report(y=[100.99, 300])), "passes")
        self.assertEqual(self.outcome(wanted, 0, report(y=[101.01, 300])), "wrong")

    def test_or_by_a_thousandth(self):
        wanted = [port("y", [100.0])]
        self.assertEqual(self.outcome(wanted, 0, report(y=[100.0009])), "passes")
        self.assertEqual(self.outcome(wanted, 0, report(y=[100.0011])), "wrong")

    def test_integers_must_be_equal(self):
        wanted = [port("y", [1, 1000], is_real=False)]
        self.assertEqual(self.outcome(wanted, 0, report(y=[1.0, 1000.0])), "passes")
        self.assertEqual(self.outcome(wanted, 0, report(y=[1, 999.9999])), "wrong")

    def test_what_is_not_finite_must_be_the_same(self):
        for wanted in (math.nan, math.inf):
            outputs = [port("y", [0.0, wanted])]
            self.assertEqual(self.outcome(outputs, 0, report(y=[0.0, wanted])), "passes")
            for found in (-math.inf, 65504.0, None):
                self.assertEqual(self.outcome(outputs, 0, report(y=[0.0, found])), "wrong")
        self.assertEqual(self.outcome([port("y", [0.0])], 0, report(y=[math.nan])), "wrong")

    def test_every_output_counts(self):
        wanted = [port("y", [1.0]), port("z", [2.0])]
        self.assertEqual(self.outcome(wanted, 0, report(y=[1], z=[2])), "passes")
        for found in ({"y": [1]}, {"y": [1], "z": [3]}, {"z": [2], "y": [1]}, {"y": [1], "w": [2]}):
            self.assertEqual(self.outcome(wanted, 0, report(**found)), "wrong")
        self.assertEqual(self.outcome([port("y", [1.0], shape=[1, 1])], 0, report(y=[1])), "wrong")
        self.assertEqual(self.outcome([port("y", [1.0])], 0, report(False, y=[1])), "wrong")

    def test_a_refusal_says_why(self):
        said = json.dumps({"error": "too deep", "exit": 2})
        self.assertEqual(self.outcome([], 2, said), "refused")
        for status, text in [(3, said), (2, '{"exit": 2}'), (2, ""), (1, said), (4, said), (0, "")]:
            self.assertEqual(self.outcome([], status, text), "crash")

    def test_a_program_that_dies_or_hangs_crashes(self):
        for script, reason in [("kill -SEGV $$", "signal 11"), ("exec sleep 60", "0.2 seconds")]:
            with tempfile.TemporaryDirectory() as folder:
                program = pathlib.Path(folder) / "assay"
                program.write_text(f"#!/bin/sh\n{script}\n")
                program.chmod(stat.S_IRWXU)
                verdict = judge.run(program, case(), 0.2)
            self.assertEqual(verdict.outcome, "crash")
            self.assertIn(reason, verdict.reason)

    def test_only_reals_are_inputs(self):
        scale = port("s", [2.0])
        scale.is_constant = True
        ports = [port("x", [1.0]), port("n", [1], is_real=False), scale]
        found = list(judge.arguments(case(inputs=ports), pathlib.Path("/")))
        self.assertEqual(
            found, ["--input", "x=x.pb", "--constant", "n=x.pb", "--constant", "s=x.pb"])

    def test_the_program_is_asked_for_what_is_allowed_and_never_for_less_than_its_own_measure(self):
        def asked(*outputs):
            return judge.tolerance(case(*outputs))

        self.assertAlmostEqual(asked(port("y", [100.0, 300.0])), 1 / 300)
        self.assertAlmostEqual(asked(port("y", [-50.0])), 1e-3 / 50)
        self.assertAlmostEqual(asked(port("n", [7, 200], is_real=False)), 0.5 / 200)
        self.assertAlmostEqual(asked(port("y", [1.0, 2.0]), port("z", [math.nan, 10.0])), 1e-4)
        for output in (port("y", [1e-5]), port("y", [0.0]), port("y", [math.inf])):
            self.assertEqual(asked(output), judge.TOLERANCE)


class Reasons(unittest.TestCase):
    def test_operators_are_named_once_and_nodes_never(self):
        message = ("/suite/model.onnx: 3 unsupported nodes:\n    Elu (a)\n    b (Conv): too wide\n"
                   "    Elu (c (d))")
        self.assertEqual(judge.reason(case(operators=["Elu", "Conv"]), message),
                         "Conv: too wide; Elu")

    def test_paths_and_measurements_are_left_out(self):
        self.assertEqual(judge.reason(case(), "/suite/data/input_0.pb: no"), "input_0.pb: no")
        self.assertEqual(judge.reason(case(), "/suite/model.onnx: off by 1.5 %, not 1%"),
                         "off by … %, not … %")


class Listing(unittest.TestCase):
    OLD = {"a": ("passes", ""), "b": ("refused", "Elu"), "gone": ("passes", "")}

    def remark(self, name, outcome, reason=""):
        return manifest.remark(self.OLD.get(name), judge.Verdict(outcome, reason))

    def test_what_is_as_listed_needs_no_words(self):
        self.assertEqual(self.remark("a", "passes"), (False, None))
        self.assertEqual(self.remark("b", "refused", "Elu"), (False, None))

    def test_what_is_worse_fails_and_what_is_better_is_said(self):
        for name, outcome in [("a", "refused"), ("a", "wrong"), ("b", "wrong"), ("b", "crash"),
                              ("new", "passes"), ("new", "refused")]:
            failed, text = self.remark(name, outcome, "Elu")
            self.assertTrue(failed and text, f"{name} {outcome}")
        for outcome, reason in [("passes", ""), ("refused", "Conv")]:
            failed, text = self.remark("b", outcome, reason)
            self.assertTrue(not failed and text, f"{outcome} {reason}")

    def test_wrong_and_crash_are_never_blessed(self):
        verdicts = {"a": judge.Verdict("wrong", "off"), "b": judge.Verdict("passes"),
                    "new": judge.Verdict("crash", "dies"), "fine": judge.Verdict("refused", "Elu")}
        self.assertEqual(manifest.blessed(self.OLD, verdicts), {
            "a": ("passes", ""), "b": ("passes", ""), "fine": ("refused", "Elu")})

    def test_a_list_is_read_as_it_was_written(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "manifest.tsv"
            self.assertEqual(manifest.read(path), {})
            manifest.write(path, self.OLD)
            self.assertEqual(manifest.read(path), self.OLD)
            for bad in ["a", "a\tskipped", "a\twrong\toff", "a\tpasses\na\tpasses"]:
                path.write_text(bad + "\n")
                with self.assertRaises(ValueError):
                    manifest.read(path)


if __name__ == "__main__":
    unittest.main()
