#!/usr/bin/env python3
"""Compares the integers of quantised networks with ONNX Runtime's, one by one:

    quantised.py [--assay .build/release/assay] [--samples 1797] [--prove]

The networks are those of `Fixtures/make_quantised.py`, which it needs numpy, onnx, onnxruntime and
scikit-learn for, quantised in more ways, others with averages, transposed convolutions, resizing and a softmax,
and, where PyTorch is there, one that PyTorch has quantised and written. The inputs are scikit-learn's digits.
--prove also proves one inference of each. Exits with 1 if an integer differs in a network of which no note says
that ONNX Runtime computes a layer in single precision.
"""
import argparse
import functools
import importlib.util
import io
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
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
    # Every integer is compared here, so that one that is one off is no reason to refuse a network of few.
    done = subprocess.run([assay, "run", model, "--input", f"x={inputs}", "--json", "--tolerance", "0.1", *options],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout), "middle of two integers" in done.stderr


def pooled(make):
    """Averages of windows, with and without padding beside them."""
    net = make.Network([1, 8, 8])
    c = net.node("Conv", ["x", net.weight(8, 1, 3, 3), net.weight(8)], "c", pads=[1] * 4)
    p = net.node("AveragePool", [net.node("Relu", [c], "r")], "p", kernel_shape=[2, 2], strides=[2, 2])
    d = net.node("Conv", [p, net.weight(12, 8, 3, 3), net.weight(12)], "d", pads=[1] * 4)
    q = net.node("AveragePool", [d], "q", kernel_shape=[3, 3], strides=[1, 1], pads=[1] * 4)
    net.node("Gemm", [net.node("Flatten", [q], "f"), net.weight(10, 192), net.weight(10)], "y", transB=1)
    return net


def enlarged(make):
    """What makes a small image large again."""
    net = make.Network([1, 8, 8])
    c = net.node("Conv", ["x", net.weight(8, 1, 3, 3), net.weight(8)], "c", strides=[2, 2], pads=[1] * 4)
    t = net.node("ConvTranspose", [net.node("Relu", [c], "r"), net.weight(8, 6, 2, 2), net.weight(6)], "t",
                 strides=[2, 2])
    scales = net.constant(np.array([1, 1, 2, 2], np.float32))
    z = net.node("Resize", [t, "", scales], "z", mode="nearest")
    net.node("Conv", [z, net.weight(2, 6, 3, 3), net.weight(2)], "y", strides=[2, 2])
    return net


def classified(make):
    """Probabilities."""
    net = make.perceptron()
    net.node("Softmax", [net.nodes[-1].output[0]], "p", axis=-1)
    return net


def written(scale=0.011):
    """A network that PyTorch has quantised; None without it."""
    try:
        import torch
    except ImportError:
        return None
    functional = torch.nn.functional

    def fake(x, step, zero=0, low=0, high=255):
        return torch.fake_quantize_per_tensor_affine(x, step, zero, low, high)

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.dense = torch.nn.Conv2d(1, 8, 3, bias=False), torch.nn.Linear(72, 10, bias=False)

        def weights(self, layer):
            return fake(layer.weight, float(layer.weight.detach().abs().max()) / 127, 0, -128, 127)

        def forward(self, x):
            c = fake(torch.relu(functional.conv2d(fake(x, 1 / 255), self.weights(self.conv))), scale)
            p = fake(functional.avg_pool2d(c, 2), scale)
            return fake(functional.linear(p.flatten(1), self.weights(self.dense)), 0.02, 128)

    torch.manual_seed(10)
    file = io.BytesIO()
    torch.onnx.export(
        Net().eval(), (torch.rand(2, 1, 8, 8),), file, dynamo=False, opset_version=17, input_names=["x"],
        output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
    model = onnx.load_from_string(file.getvalue())
    last = model.graph.node.pop()
    assert last.op_type == "DequantizeLinear"
    model.graph.output[0].CopyFrom(helper.make_tensor_value_info(last.input[0], TensorProto.UINT8, None))
    return model


def models(make):
    """The name, the inputs' shape and the model of each network in each way."""
    makers = [make.perceptron, make.convolutions, make.residual] + [
        functools.partial(network, make) for network in (pooled, enlarged, classified)]
    for network in makers:
        made, name = network(), getattr(network, "func", network).__name__
        for form, kind, channels in WAYS:
            # There is no softmax of integers here.
            if name == "classified" and form == QuantFormat.QOperator:
                continue
            name_of_way = f"{name} {form.name} {kind.name} {'channels' if channels else 'tensors'}"
            yield name_of_way, made.shape, make.quantised(made, form, kind, channels)
    model = written()
    if model is not None:
        yield "written by PyTorch", [1, 8, 8], model


def compared(assay, name, model, inputs, folder, prove):
    """How many integers differ without a note, and a line about it."""
    path = f"{folder}/model.onnx"
    onnx.save(model, path)
    np.save(f"{folder}/x.npy", inputs)
    np.save(f"{folder}/one.npy", inputs[:1])
    expected = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": inputs})[0]
    found, noted = result(assay, path, f"{folder}/x.npy", "--no-proof")
    outputs = found["outputs"]
    values = np.array(next(iter(outputs.values() if isinstance(outputs, dict) else outputs))["values"])
    other = int((values.reshape(expected.shape) != expected).sum())
    line = f"{name}: {other} of {expected.size} differ{', as a note says' if noted and other else ''}"
    if prove:
        seconds = result(assay, path, f"{folder}/one.npy")[0]["timings"]
        line += f", proof {seconds['prove']:.3f} s, verified {seconds['verify']:.3f} s"
    return 0 if noted else other, line


def main():
    parser = argparse.ArgumentParser(description="Compares integers of quantised networks.")
    parser.add_argument("--assay", default=".build/release/assay")
    parser.add_argument("--samples", type=int, default=1797)
    parser.add_argument("--prove", action="store_true")
    options = parser.parse_args()
    make, differing = maker(), 0
    with tempfile.TemporaryDirectory() as folder:
        for name, shape, model in models(make):
            inputs = (make.DIGITS[:options.samples] / 16).astype(np.float32).reshape([-1] + shape)
            other, line = compared(options.assay, name, model, inputs, folder, options.prove)
            differing += other
            print(line, flush=True)
    sys.exit(differing > 0)


if __name__ == "__main__":
    main()
