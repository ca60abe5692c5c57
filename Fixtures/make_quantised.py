#!/usr/bin/env python3
"""Writes quantised/: networks that onnxruntime.quantization makes, and networks of ties, with what ONNX
Runtime makes of their inputs. Needs numpy, onnx, onnxruntime and scikit-learn.

NAME.onnx ends in integers; NAME.x.npy holds its inputs along the first axis, NAME.y.npy what comes out.
The networks of digits share digits.npy, of pixels from 0 to 16. Every random choice is seeded.

    make_quantised.py [FOLDER]

The networks' weights are random: nobody asks here what a network is good for.
"""
import pathlib
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from sklearn.datasets import load_digits

HERE = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "quantised")
SAMPLES = 340
RANDOM = np.random.default_rng(10)
DIGITS = load_digits().data


class Network:
    """Nodes, and the weights that they ask for."""

    def __init__(self, shape):
        self.shape, self.nodes, self.weights = shape, [], []

    def node(self, operation, operands, result, **attributes):
        self.nodes.append(helper.make_node(operation, operands, [result], **attributes))
        return result

    def weight(self, *shape):
        values = RANDOM.standard_normal(shape) / np.sqrt(np.prod(shape[1:]) if len(shape) > 1 else 30)
        return self.constant(values.astype(np.float32))

    def constant(self, values):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def model(self, kind=TensorProto.FLOAT, result=None):
        result = result or self.nodes[-1].output[0]
        graph = helper.make_graph(
            self.nodes, "network", [helper.make_tensor_value_info("x", kind, ["n"] + self.shape)],
            [helper.make_tensor_value_info(result, kind, None)], self.weights)
        model = helper.make_model(graph, ir_version=9, opset_imports=[
            helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)])
        return model


def perceptron():
    net = Network([64])
    a = net.node("Add", [net.node("MatMul", ["x", net.weight(64, 40)], "m"), net.weight(40)], "a")
    b = net.node("Gemm", [net.node("Relu", [a], "r"), net.weight(32, 40), net.weight(32)], "b", transB=1)
    net.node("Gemm", [net.node("Sigmoid", [b], "s"), net.weight(10, 32), net.weight(10)], "y", transB=1)
    return net


def convolutions():
    net, x = Network([1, 8, 8]), "x"
    for place, (before, after) in enumerate([(1, 8), (8, 12)]):
        c = net.node("Conv", [x, net.weight(after, before, 3, 3), net.weight(after)], f"c{place}", pads=[1] * 4)
        r = net.node("Relu", [c], f"r{place}")
        x = net.node("MaxPool", [r], f"p{place}", kernel_shape=[2, 2], strides=[2, 2])
    net.node("Gemm", [net.node("Flatten", [x], "f"), net.weight(10, 48), net.weight(10)], "y", transB=1)
    return net


def residual():
    net, c = Network([1, 8, 8]), 8
    first = net.node("Conv", ["x", net.weight(c, 1, 3, 3), net.weight(c)], "c0", strides=[2, 2], pads=[1] * 4)
    x = net.node("Relu", [first], "r0")
    deep = net.node("Conv", [x, net.weight(c, 1, 3, 3), net.weight(c)], "d", pads=[1] * 4, group=c)
    point = net.node("Conv", [net.node("Relu", [deep], "rd"), net.weight(c, c, 1, 1), net.weight(c)], "p")
    both = net.node("Relu", [net.node("Add", [point, x], "s")], "rs")
    mean = net.node("Flatten", [net.node("GlobalAveragePool", [both], "g")], "f")
    net.node("Gemm", [mean, net.weight(10, c), net.weight(10)], "y", transB=1)
    return net


class Calibration(CalibrationDataReader):
    def __init__(self, shape):
        self.samples = iter((DIGITS[-100:] / 16).astype(np.float32).reshape([100, 1] + shape))

    def get_next(self):
        sample = next(self.samples, None)
        return None if sample is None else {"x": sample}


def quantised(net, form, activations, channels):
    """The network in integers, without the last node, which makes reals of them."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = pathlib.Path(folder) / "before.onnx", pathlib.Path(folder) / "after.onnx"
        onnx.save(net.model(), before)
        quantize_static(
            before, after, Calibration(net.shape), quant_format=form, activation_type=activations,
            weight_type=QuantType.QInt8, per_channel=channels)
        model = onnx.load(after)
    last = next(node for node in model.graph.node if model.graph.output[0].name in node.output)
    assert last.op_type == "DequantizeLinear"
    model.graph.node.remove(last)
    zero = next(w for w in model.graph.initializer if w.name == last.input[2])
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info(last.input[0], zero.data_type, None))
    return model


def ties(kind, zero):
    """Sums of which every second is half way between two integers, in two channels; beyond both ends."""
    net = Network([2])
    low = np.iinfo(kind).min
    scales = [net.constant(np.float32(s)) for s in [0.5, 2.0]]
    columns = net.constant(np.array([1.0, 0.5], np.float32))
    zeros = [net.constant(np.array(z, kind)) for z in [low + 128, zero]]
    weights = net.constant(np.array([[1, 3], [5, -2]], np.int8))
    net.node("QLinearMatMul", ["x", scales[0], zeros[0], weights, columns,
                               net.constant(np.zeros(2, np.int8)), scales[1], zeros[1]], "y")
    x = np.stack(np.meshgrid(np.arange(0, 256, 3), np.arange(0, 256, 7)), -1).reshape(-1, 2) + low
    return net, x.astype(kind)


def pairs(operation, kind, scales):
    """All pairs of integers."""
    net = Network([2])
    low = np.iinfo(kind).min
    parts = [net.node("Gather", ["x", net.constant(np.array([place]))], f"x{place}", axis=1) for place in [0, 1]]
    operands = []
    for name, scale, zero in zip(parts + [None], scales, [120, 131, 126]):
        operands += ([name] if name else []) + [
            net.constant(np.float32(scale)), net.constant(np.array(zero + low, kind))]
    net.node(operation, operands, "y", domain="com.microsoft")
    x = np.stack(np.meshgrid(np.arange(256), np.arange(0, 256, 5)), -1).reshape(-1, 2) + low
    return net, x.astype(kind)


def windows(kind, scale):
    """Averages of two by two, a quarter of them half way between two integers but for single precision."""
    net = Network([2, 5, 4])
    low = np.iinfo(kind).min
    scales, zero = net.constant(np.float32(scale)), net.constant(np.array(low + 125, kind))
    net.node("DequantizeLinear", ["x", scales, zero], "a")
    net.node("AveragePool", ["a"], "b", kernel_shape=[2, 2], strides=[1, 2])
    net.node("QuantizeLinear", ["b", scales, zero], "y")
    return net, np.random.default_rng(7).integers(low, low + 256, [60] + net.shape).astype(kind)


def windows_between():
    """The same between two layers that make integers with a sign of reals."""
    net = Network([2, 5, 4])
    scales, zero = net.constant(np.float32(0.0123)), net.constant(np.array(-3, np.int8))
    for place, (before, after) in enumerate([("x", "a"), ("b", "c"), ("d", "y")]):
        net.node("QuantizeLinear", [before, scales, zero], f"{after}q" if place < 2 else after)
        if place < 2:
            net.node("DequantizeLinear", [f"{after}q", scales, zero], after)
        if place == 0:
            net.node("AveragePool", ["a"], "b", kernel_shape=[2, 2], strides=[1, 2])
        if place == 1:
            net.node("Relu", ["c"], "d")
    inputs = np.random.default_rng(8).uniform(-1.6, 1.6, [60] + net.shape)
    graph = net.model().graph
    graph.output[0].type.tensor_type.elem_type = TensorProto.INT8
    return helper.make_model(graph, ir_version=9, opset_imports=net.model().opset_import), inputs.astype(np.float32)


def write(name, model, inputs, save=True):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    result = session.run(None, {"x": inputs})[0]
    onnx.save(model, HERE / f"{name}.onnx")
    if save:
        np.save(HERE / f"{name}.x.npy", inputs)
    np.save(HERE / f"{name}.y.npy", result)
    print(name, model.ByteSize(), result.shape, result.dtype)


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    np.save(HERE / "digits.npy", DIGITS[:SAMPLES].astype(np.uint8))
    forms = {"qdq": (QuantFormat.QDQ, QuantType.QUInt8, True),
             "integers": (QuantFormat.QOperator, QuantType.QInt8, False)}
    for net in [perceptron, convolutions, residual]:
        made = net()
        for form, how in forms.items():
            inputs = (DIGITS[:SAMPLES] / 16).astype(np.float32).reshape([SAMPLES] + made.shape)
            write(f"{net.__name__}_{form}", quantised(made, *how), inputs, save=False)
    for name, kind, zero in [("ties_unsigned", np.uint8, 128), ("ties_signed", np.int8, -3)]:
        net, x = ties(kind, zero)
        write(name, net.model(helper.np_dtype_to_tensor_dtype(x.dtype)), x)
    for name, operation, kind, scales in [
            ("sums", "QLinearAdd", np.uint8, [0.5, 0.25, 0.5]), ("sums_of_any", "QLinearAdd", np.int8, [0.031, 0.0177, 0.05]),
            ("products", "QLinearMul", np.uint8, [0.25, 0.5, 2.0])]:
        net, x = pairs(operation, kind, scales)
        write(name, net.model(helper.np_dtype_to_tensor_dtype(x.dtype)), x)
    for name, kind, scale in [("windows_unsigned", np.uint8, 0.0123), ("windows_signed", np.int8, 0.717)]:
        net, x = windows(kind, scale)
        write(name, net.model(helper.np_dtype_to_tensor_dtype(x.dtype)), x)
    write("windows_between", *windows_between())


if __name__ == "__main__":
    main()
