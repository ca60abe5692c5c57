#!/usr/bin/env python3
"""Writes the benchmark networks and an input for each into a folder: make_models.py FOLDER [NAME...].

The weights are random (He initialisation, seed 0 for each network, drawn in the order of the
layers, the weights of a layer before its bias) and the inputs too (seed 1000 + the network's
number), so that every system that is compared gets the same files. Needs numpy and onnx.
"""
import math
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Network:
    """A network being written layer by layer; `shape` is the current tensor's, without batch."""

    def __init__(self, name, shape):
        self.name = name
        self.input_shape = self.shape = shape
        self.rng = np.random.default_rng(0)
        self.nodes, self.initializers = [], []
        self.current = "input"
        self.parameters = self.multiplications = 0

    def constant(self, values, kind):
        label = f"{kind}_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(values, label))
        self.parameters += values.size
        return label

    def append(self, operator, operands, **attributes):
        output = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(
            operator, operands, [output], name=f"{output}_node", **attributes))
        self.current = output
        return output

    def draw(self, shape, fan_in, gain):
        """Weights and bias of a layer."""
        weights = self.rng.standard_normal(shape) * math.sqrt(gain / fan_in)
        bias = self.rng.standard_normal(shape[0]) * 0.05
        return [self.constant(weights.astype(np.float32), "weight"),
                self.constant(bias.astype(np.float32), "bias")]

    def dense(self, outputs):
        inputs, = self.shape
        self.append("Gemm", [self.current, *self.draw((outputs, inputs), inputs, 2.0)], transB=1)
        self.shape = [outputs]
        self.multiplications += inputs * outputs
        return self

    def conv(self, outputs, kernel, padding=0, stride=1, gain=2.0):
        inputs, height, width = self.shape
        fan_in = inputs * kernel * kernel
        operands = [self.current, *self.draw((outputs, inputs, kernel, kernel), fan_in, gain)]
        self.append("Conv", operands, kernel_shape=[kernel] * 2, pads=[padding] * 4,
                    strides=[stride] * 2, dilations=[1, 1], group=1)
        size = [(extent + 2 * padding - kernel) // stride + 1 for extent in (height, width)]
        self.shape = [outputs, *size]
        self.multiplications += math.prod(self.shape) * fan_in
        return self

    def relu(self):
        self.append("Relu", [self.current])
        return self

    def max_pool(self):
        self.append("MaxPool", [self.current], kernel_shape=[2, 2], strides=[2, 2], pads=[0] * 4)
        self.shape = [self.shape[0], *(extent // 2 for extent in self.shape[1:])]
        return self

    def average_pool(self, size):
        self.append("AveragePool", [self.current], kernel_shape=[size] * 2, strides=[size] * 2)
        self.shape = [self.shape[0], *(extent // size for extent in self.shape[1:])]
        return self

    def flatten(self):
        self.append("Flatten", [self.current], axis=1)
        self.shape = [math.prod(self.shape)]
        return self

    def residual_block(self, outputs, stride):
        """Two 3x3 convolutions and a shortcut; the second one's gain keeps the sum's variance."""
        start, start_shape = self.current, self.shape
        self.conv(outputs, 3, 1, stride).relu().conv(outputs, 3, 1, gain=0.5)
        branch, branch_shape = self.current, self.shape
        self.current, self.shape = start, start_shape
        if stride != 1 or start_shape[0] != outputs:
            self.conv(outputs, 1, 0, stride)
        self.append("Add", [branch, self.current])
        self.shape = branch_shape
        return self.relu()

    def save(self, folder, values):
        self.nodes[-1].output[0] = "output"
        graph = helper.make_graph(
            self.nodes, self.name,
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, *self.input_shape])],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, *self.shape])],
            self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        onnx.save(model, folder / f"{self.name}.onnx")
        np.save(folder / f"{self.name}.input.npy", values.astype(np.float32))
        print(f"{self.name:20} {self.parameters:>10,} parameters "
              f"{self.multiplications:>12,} multiplications", flush=True)


def mlp(name, widths):
    network = Network(name, [widths[0]])
    for width in widths[1:-1]:
        network.dense(width).relu()
    return network.dense(widths[-1])


def lenet(name, channels, size, padding, widths):
    """LeNet-5: two 5x5 convolutions, each with ReLU and max-pooling, then dense layers."""
    network = Network(name, [channels, size, size])
    first, second, *dense = widths
    network.conv(first, 5, padding).relu().max_pool().conv(second, 5).relu().max_pool().flatten()
    for width in dense:
        network.dense(width).relu()
    return network.dense(10)


def vgg(name, stages):
    """VGG for CIFAR-10, batch normalisation folded: each stage ends in a max-pooling."""
    network = Network(name, [3, 32, 32])
    for stage in stages:
        for width in stage:
            network.conv(width, 3, 1).relu()
        network.max_pool()
    return network.flatten().dense(512).relu().dense(512).relu().dense(10)


def resnet18(name):
    """ResNet-18 for CIFAR-10, batch normalisation folded."""
    network = Network(name, [3, 32, 32]).conv(64, 3, 1).relu()
    for width, stride in [(64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),
                          (512, 1)]:
        network.residual_block(width, stride)
    return network.average_pool(4).flatten().dense(10)


UNIT = (0.0, 1.0)
SYMMETRIC = (-1.0, 1.0)
NETWORKS = {
    "m1_mlp_784_128_10": (lambda name: mlp(name, [784, 128, 10]), 1, UNIT),
    "m2_lenet5_28": (lambda name: lenet(name, 1, 28, 2, [6, 16, 120, 84]), 2, UNIT),
    "m3_cnn_264k": (lambda name: lenet(name, 3, 32, 0, [12, 33, 251, 175]), 3, SYMMETRIC),
    "m4_mlp_4m": (lambda name: mlp(name, [1024] * 5 + [10]), 4, SYMMETRIC),
    "vgg11_cifar": (lambda name: vgg(
        name, [[64], [128], [256] * 2, [512] * 2, [512] * 2]), 6, SYMMETRIC),
    "vgg16_cifar": (lambda name: vgg(
        name, [[64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3]), 6, SYMMETRIC),
    "resnet18_cifar": (resnet18, 7, SYMMETRIC),
}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or NETWORKS:
        make, number, (low, high) = NETWORKS[name]
        network = make(name)
        shape = (1, *network.input_shape)
        rng = np.random.default_rng(1000 + number)
        values = rng.random(shape) if low == 0 else rng.uniform(low, high, shape)
        network.save(folder, values)


if __name__ == "__main__":
    main()
