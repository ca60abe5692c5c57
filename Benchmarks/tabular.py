#!/usr/bin/env python3
"""Decisions of classical models as proven ones, against the float models that they are made of:

    tabular.py ASSAY [--rows N] [--only WORD]

Trains five kinds of model on five tables of scikit-learn's, exports each with skl2onnx and compares its
decisions on N rows (1,000) with ONNX Runtime's; then proves one row. Tables of fewer rows are drawn
from with a little noise. Exits with 1 where fewer than 99.5 % of the decisions are the same. Needs
scikit-learn, skl2onnx and onnxruntime.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy
import onnxruntime
from skl2onnx import to_onnx
from sklearn import datasets
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

LEAST_AGREEMENT = 0.995
CALIBRATION_ROWS = 200


def cover():
    """A table like the forest cover types: columns of unlike magnitudes, seven classes."""
    x, y = datasets.make_classification(
        n_samples=6000, n_features=20, n_informative=12, n_classes=7, random_state=0)
    return x * numpy.logspace(-2, 3, 20) + numpy.linspace(0, 2000, 20), y


def diabetes():
    """Whether the disease progresses more than it does at the median."""
    x, y = datasets.load_diabetes(return_X_y=True)
    return x, (y > numpy.median(y)).astype(int)


TABLES = {
    "digits": lambda: datasets.load_digits(return_X_y=True),
    "breast cancer": lambda: datasets.load_breast_cancer(return_X_y=True),
    "wine": lambda: datasets.load_wine(return_X_y=True),
    "diabetes": diabetes,
    "cover types": cover,
}

MODELS = {
    "MLP": lambda: make_pipeline(
        StandardScaler(), MLPClassifier((32,), max_iter=400, random_state=0)),
    "forest": lambda: RandomForestClassifier(100, max_depth=8, random_state=0),
    "boosting": lambda: GradientBoostingClassifier(n_estimators=40, random_state=0),
    "SVM": lambda: make_pipeline(StandardScaler(), SVC()),
    "logistic regression": lambda: make_pipeline(
        StandardScaler(), LogisticRegression(max_iter=1000)),
}


def rows_of(x, count, numbers):
    """So many rows: those that there are, or else drawn from them with a little noise."""
    if len(x) >= count:
        return x[:count]
    drawn = x[numbers.integers(len(x), size=count)]
    return drawn + numbers.normal(size=drawn.shape) * x.std(axis=0) * 0.05


def run(assay, *arguments):
    """The results of `assay run` with the given arguments. What differs is counted here: a decision that
    does is refused with the usual tolerance, and accepted with that of everything."""
    for tolerance in ("0.01", "1"):
        done = subprocess.run(
            [assay, "run", *map(str, arguments), "--json", "--tolerance", tolerance],
            capture_output=True, text=True)
        if done.returncode != 3:
            break
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[0])
    return json.loads(done.stdout)


def measure(assay, x, y, model, count, folder):
    """How many decisions are the same, and what proving one of them takes."""
    numbers = numpy.random.default_rng(0)
    x = x.astype(numpy.float32)
    train, rest, labels, _ = train_test_split(x, y, test_size=0.3, random_state=0)
    test = rows_of(rest, count, numbers).astype(numpy.float32)
    model.fit(train, labels)
    network = folder / "model.onnx"
    exported = to_onnx(model, train[:1], target_opset={"": 17, "ai.onnx.ml": 3},
                       options={"zipmap": False})
    network.write_bytes(exported.SerializeToString())
    for name, rows in (("calibration", train[:CALIBRATION_ROWS]), ("test", test),
                       ("one", test[:1])):
        numpy.save(folder / f"{name}.npy", rows)
    session = onnxruntime.InferenceSession(str(network))
    label = session.get_outputs()[0].name
    expected = session.run([label], {session.get_inputs()[0].name: test})[0]
    common = [network, "--output-tensor", label, "--calibration", folder / "calibration.npy",
              "--headroom-bits", 3]
    found = run(assay, *common, "--input", folder / "test.npy", "--no-proof")
    same = numpy.mean(numpy.array(found["outputs"][label]["values"]) == expected.ravel())
    proven = run(assay, *common, "--input", folder / "one.npy")
    return same, proven["timings"]["prove"], proven["timings"]["verify"], proven["proof_bytes"]


def main():
    parser = argparse.ArgumentParser(description="Compares decisions of classical models.")
    parser.add_argument("program", type=pathlib.Path, help="the program assay")
    parser.add_argument("--rows", type=int, default=1000, help="how many decisions of each model")
    parser.add_argument("--only", default="", help="tables and models whose names hold this")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    print(f"{'table':14} {'model':20} {'same':>7} {'prove':>8} {'verify':>8} {'proof':>8}")
    failed = 0
    for table, load in TABLES.items():
        x, y = load()
        for name, make in MODELS.items():
            if options.only not in f"{table} {name}":
                continue
            with tempfile.TemporaryDirectory() as folder:
                try:
                    same, prove, verify, size = measure(
                        options.program.resolve(), x, y, make(), options.rows,
                        pathlib.Path(folder))
                except RuntimeError as error:
                    failed += 1
                    print(f"{table:14} {name:20} {error}", flush=True)
                    continue
            failed += same < LEAST_AGREEMENT
            print(f"{table:14} {name:20} {100 * same:6.2f}% {prove:6.2f} s {verify:6.3f} s "
                  f"{size / 1024:4.0f} KiB", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
