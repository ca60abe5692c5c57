#!/usr/bin/env python3
"""Compares the integers of quantised networks with ONNX Runtime's, one by one:

    quantised.py [--assay .build/release/assay] [--samples 1797] [--prove]

The networks are those of `Fixtures/make_quantised.py`, which it needs numpy, onnx, onnxruntime and
scikit-learn for, quantised in more ways; the inputs are scikit-learn's digits. --prove also proves one inference
of each. Exits with 1 if an integer differs.
"""
import argparse
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import QuantFormat, QuantType

HERE = pathlib.Path(__file__).parent
WAYS = [(form, kind, channels) for form in (QuantFormat.QDQ, QuantFormat.QOperator)
        for kind in (QuantType.QUInt8, QuantType.QInt8) for channels in (True, False)]


def maker():
    sys.argv = sys.argv[:1]
    spec = importlib.util.spec_from_file_location("maker", HERE / "../Fixtures/make_quantised.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def result(assay, model, inputs, *options):
    done = subprocess.run([assay, "run", model, "--input", f"x={inputs}", "--json", *options],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description="Compares integers of quantised networks.")
    parser.add_argument("--assay", default=".build/release/assay")
    parser.add_argument("--samples", type=int, default=1797)
    parser.add_argument("--prove", action="store_true")
    options = parser.parse_args()
    make, differing = maker(), 0
    with tempfile.TemporaryDirectory() as folder:
        for network in (make.perceptron, make.convolutions, make.residual):
            made = network()
            inputs = (make.DIGITS[:options.samples] / 16).astype(np.float32).reshape([-1] + made.shape)
            np.save(f"{folder}/x.npy", inputs)
            np.save(f"{folder}/one.npy", inputs[:1])
            for form, kind, channels in WAYS:
                model = make.quantised(made, form, kind, channels)
                onnx.save(model, f"{folder}/model.onnx")
                session = onnxruntime.InferenceSession(model.SerializeToString())
                expected = session.run(None, {"x": inputs})[0]
                outputs = result(options.assay, f"{folder}/model.onnx", f"{folder}/x.npy", "--no-proof")["outputs"]
                values = np.array(next(iter(outputs.values() if isinstance(outputs, dict) else outputs))["values"])
                other = int((values.reshape(expected.shape) != expected).sum())
                differing += other
                line = f"{network.__name__} {form.name} {kind.name} {'channels' if channels else 'tensors'}"
                line += f": {other} of {expected.size} differ"
                if options.prove:
                    seconds = result(options.assay, f"{folder}/model.onnx", f"{folder}/one.npy")["timings"]
                    line += f", proof {seconds['prove']:.3f} s, verified {seconds['verify']:.3f} s"
                print(line, flush=True)
    sys.exit(differing > 0)


if __name__ == "__main__":
    main()
