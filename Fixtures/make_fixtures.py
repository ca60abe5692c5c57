#!/usr/bin/env python3
"""Trains the fixture networks and writes each as a folder beside this script.

Needs numpy, scikit-learn (for its data sets), onnx and onnxruntime; takes a minute. Every random
choice is seeded. Each folder gets

    model.onnx       the trained network; its batch axis is symbolic
    calibration.npy  64 of the inputs it was trained on
    inputs.npy       200 inputs that it was not trained on
    input.npy        the first of those
    outputs.npy      ONNX Runtime's outputs for all 200
    labels.npy       their true classes
"""
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_breast_cancer, load_digits

from training import Conv, Dense, Flatten, MaxPool, Relu, predict, train

HERE = pathlib.Path(__file__).parent
TEST_COUNT = 200
CALIBRATION_COUNT = 64
OPSET = 17


def to_onnx(name, layers, input_shape, classes):
    """The layers as an ONNX model from "input" to "logits"."""
    nodes, initializers = [], []

    def constant(label, values):
        initializers.append(numpy_helper.from_array(values.astype(np.float32), label))
        return label

    current = "input"
    for index, layer in enumerate(layers):
        kind = type(layer).__name__.lower()
        output = "logits" if index == len(layers) - 1 else f"{kind}{index}"
        inputs, attributes = [current], {}
        if layer.parameters():
            inputs += [constant(f"{kind}{index}.weight", layer.w),
                       constant(f"{kind}{index}.bias", layer.b)]
        if kind == "conv":
            attributes = dict(kernel_shape=[3, 3], pads=[1] * 4)
        elif kind == "maxpool":
            attributes = dict(kernel_shape=[2, 2], strides=[2, 2])
        elif kind == "dense":
            attributes = dict(transB=1)
        operators = dict(conv="Conv", maxpool="MaxPool", dense="Gemm", relu="Relu",
                         flatten="Flatten")
        nodes.append(helper.make_node(operators[kind], inputs, [output],
                                      name=f"{kind}{index}", **attributes))
        current = output
    graph = helper.make_graph(
        nodes, name,
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", *input_shape])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", classes])],
        initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)],
                              producer_name="assay-fixtures")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def write(name, layers, calibration, inputs, labels, classes):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    model = to_onnx(name, layers, inputs.shape[1:], classes)
    onnx.save(model, folder / "model.onnx")
    inputs = inputs.astype(np.float32)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"])
    outputs = session.run(None, {"input": inputs})[0]
    np.save(folder / "calibration.npy", calibration.astype(np.float32))
    np.save(folder / "input.npy", inputs[:1])
    np.save(folder / "inputs.npy", inputs)
    np.save(folder / "outputs.npy", outputs)
    np.save(folder / "labels.npy", labels.astype(np.int64))
    accuracy = (outputs.argmax(1) == labels).mean()
    parameters = sum(p.size for l in layers for p in l.parameters())
    print(f"{name}: {parameters} parameters, accuracy {accuracy:.1%} on {len(labels)} test inputs")
    assert accuracy > 0.95, f"{name} did not train"


def split(x, labels, rng):
    order = rng.permutation(len(x))
    test, rest = order[:TEST_COUNT], order[TEST_COUNT:]
    return x[rest], labels[rest], x[test], labels[test]


def make(name, x, labels, build, classes, epochs, standardize=False):
    rng = np.random.default_rng(2024)
    x_train, y_train, x_test, y_test = split(x, labels, rng)
    if standardize:
        mean, deviation = x_train.mean(0), x_train.std(0)
        x_train, x_test = (x_train - mean) / deviation, (x_test - mean) / deviation
    layers = build(rng)
    train(layers, x_train, y_train, rng, epochs)
    assert np.all(np.isfinite(predict(layers, x_test)))
    write(name, layers, x_train[:CALIBRATION_COUNT], x_test, y_test, classes)


def main():
    digits = load_digits()
    pixels = digits.data / 16
    make("digits_mlp", pixels, digits.target, lambda rng: [
        Dense(rng, 64, 48), Relu(), Dense(rng, 48, 32), Relu(), Dense(rng, 32, 10)], 10, 40)
    make("digits_cnn", pixels.reshape(-1, 1, 8, 8), digits.target, lambda rng: [
        Conv(rng, 1, 8), Relu(), MaxPool(), Conv(rng, 8, 16), Relu(), Flatten(),
        Dense(rng, 256, 10)], 10, 20)
    cancer = load_breast_cancer()
    make("breast_cancer", cancer.data, cancer.target, lambda rng: [
        Dense(rng, 30, 16), Relu(), Dense(rng, 16, 8), Relu(), Dense(rng, 8, 2)], 2, 40,
        standardize=True)


if __name__ == "__main__":
    main()
