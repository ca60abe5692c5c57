#!/usr/bin/env python3
"""Writes operators/: one small model for each way an operator can be used, and what ONNX Runtime
makes of it; and shapes/: models that leave sizes open. Needs numpy, onnx and onnxruntime.

Each case is CASE.onnx and CASE.json: {"inputs": {name: {"shape", "values"}}, "outputs": ...}, every
number in full single precision. Every random choice is seeded.
"""
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent / "operators"
node = helper.make_node
CASES = {}


def case(function):
    """Registers a function that yields (name, nodes, inputs, constants, options)."""
    for name, nodes, inputs, constants, *options in function():
        assert name not in CASES, name
        CASES[name] = (nodes, inputs, constants, options[0] if options else {})
    return function


def values(*shape, seed=0, low=-2.0, high=2.0):
    rng = np.random.default_rng([seed, *shape])
    return rng.uniform(low, high, shape).astype(np.float32)


def ints(*entries):
    return np.array(entries, np.int64)


def unary(operator, shape, **attributes):
    return [node(operator, ["x"], ["y"], **attributes)], {"x": values(*shape)}, {}


@case
def linear():
    x, w = values(2, 5), values(5, 3, seed=1)
    yield "gemm", [node("Gemm", ["x", "w", "c"], ["y"], alpha=0.5, beta=2.0)], {"x": x}, {
        "w": w, "c": values(3, seed=2)}, {"opset": 7}
    yield "gemm_transposed", [node("Gemm", ["x", "w", "c"], ["y"], transA=1, transB=1)], {
        "x": values(5, 2)}, {"w": values(3, 5), "c": values(2, 1)}
    yield "gemm_without_bias", [node("Gemm", ["x", "w"], ["y"])], {"x": x}, {"w": w}
    yield "gemm_scalar_bias", [node("Gemm", ["x", "w", "c"], ["y"])], {"x": x}, {
        "w": w, "c": np.float32(0.75)}
    yield "matmul", [node("MatMul", ["x", "w"], ["y"])], {"x": x}, {"w": w}
    yield "matmul_batched", [node("MatMul", ["a", "b"], ["y"])], {
        "a": values(2, 1, 3, 4), "b": values(5, 4, 2)}, {}
    yield "matmul_vector_left", [node("MatMul", ["x", "w"], ["y"])], {"x": values(4)}, {
        "w": values(3, 4, 2)}
    yield "matmul_vector_right", [node("MatMul", ["w", "x"], ["y"])], {"x": values(4)}, {
        "w": values(3, 2, 4)}
    yield "matmul_vectors", [node("MatMul", ["w", "x"], ["y"])], {"x": values(4)}, {
        "w": values(4, seed=3)}


@case
def convolutions():
    def conv(name, x, w, bias=True, opset=13, **attributes):
        constants = {"w": values(*w, seed=1)}
        if bias:
            constants["b"] = values(w[0], seed=2)
        return name, [node("Conv", ["x", *constants], ["y"], **attributes)], {
            "x": values(*x)}, constants, {"opset": opset}

    yield conv("conv", (1, 2, 5, 6), (3, 2, 3, 3), opset=7)
    yield conv("conv_batch", (3, 2, 5, 5), (4, 2, 3, 3), pads=[1, 1, 1, 1])
    yield conv("conv_stride_pads", (1, 2, 7, 8), (3, 2, 3, 2), strides=[2, 3], pads=[1, 0, 2, 1])
    yield conv("conv_dilation", (1, 2, 8, 9), (2, 2, 3, 3), dilations=[2, 3], pads=[2, 1, 0, 3])
    yield conv("conv_groups", (2, 4, 5, 5), (6, 2, 3, 3), group=2, kernel_shape=[3, 3])
    yield conv("conv_depthwise", (1, 5, 6, 6), (5, 1, 3, 3), group=5, pads=[1] * 4, bias=False)
    yield conv("conv_depth_multiplier", (1, 3, 6, 6), (6, 1, 3, 3), group=3, strides=[2, 2])
    yield conv("conv_pointwise", (1, 9, 4, 5), (7, 9, 1, 1), bias=False)
    yield conv("conv_1d", (2, 3, 11), (4, 3, 3), strides=[2], pads=[1, 2], dilations=[2])
    yield conv("conv_1d_groups", (1, 4, 9), (8, 2, 5), group=2)
    yield conv("conv_same_upper", (1, 2, 7, 6), (3, 2, 3, 4), auto_pad="SAME_UPPER",
               strides=[2, 3])
    yield conv("conv_same_lower", (1, 2, 7, 6), (3, 2, 4, 4), auto_pad="SAME_LOWER",
               strides=[3, 2])
    yield conv("conv_valid", (1, 2, 6, 6), (3, 2, 3, 3), auto_pad="VALID")
    yield conv("conv_wide", (1, 3, 9, 13), (37, 3, 3, 3), pads=[1] * 4)


@case
def elementwise():
    yield "add_broadcast", [node("Add", ["x", "c"], ["y"])], {"x": values(2, 3, 4)}, {
        "c": values(3, 1)}
    yield "add_expanding", [node("Add", ["x", "c"], ["y"])], {"x": values(3, 1)}, {
        "c": values(2, 1, 4)}
    yield "add_scalar", [node("Add", ["c", "x"], ["y"])], {"x": values(2, 3)}, {
        "c": np.float32(1.5)}
    yield "subtract", [node("Sub", ["a", "b"], ["y"])], {"a": values(2, 3), "b": values(3)}, {}
    yield "subtract_itself", [node("Sub", ["x", "x"], ["y"])], {"x": values(2, 3)}, {}
    yield "multiply", [node("Mul", ["a", "b"], ["y"])], {
        "a": values(2, 3, 1), "b": values(1, 3, 4)}, {}
    yield "square", [node("Mul", ["x", "x"], ["y"])], {"x": values(7)}, {}
    yield "divide_by_constant", [node("Div", ["x", "c"], ["y"])], {"x": values(2, 3)}, {
        "c": values(3, low=1, high=3)}
    yield "relu", *unary("Relu", (3, 5))
    yield "leaky_relu", *unary("LeakyRelu", (3, 5))
    yield "leaky_relu_slope", *unary("LeakyRelu", (3, 5), alpha=0.3)
    yield "leaky_relu_falling", *unary("LeakyRelu", (3, 5), alpha=-0.3)
    yield "leaky_relu_absolute", [
        node("MatMul", ["x", "w"], ["a"]), node("LeakyRelu", ["a"], ["y"], alpha=-1.0)], {
            "x": values(3, 5)}, {"w": values(5, 4)}
    yield "clip_attributes", *unary("Clip", (3, 5), min=-0.5, max=1.25), {"opset": 7}
    yield "clip_operands", [node("Clip", ["x", "low", "high"], ["y"])], {"x": values(3, 5)}, {
        "low": np.float32(-0.25), "high": np.float32(0.75)}
    yield "clip_upper", [node("Clip", ["x", "", "high"], ["y"])], {"x": values(3, 5)}, {
        "high": np.float32(0.5)}
    yield "clip_lower", [node("Clip", ["x", "low"], ["y"])], {"x": values(3, 5)}, {
        "low": np.float32(0.5)}
    yield "clip_crossed", [node("Clip", ["x", "low", "high"], ["y"])], {"x": values(3, 5)}, {
        "low": np.float32(1), "high": np.float32(-1)}


@case
def poolings():
    def pool(name, operator, shape, opset=13, **attributes):
        return name, *unary(operator, shape, **attributes), {"opset": opset}

    for short, operator in [("max", "MaxPool"), ("average", "AveragePool")]:
        yield pool(f"{short}_pool", operator, (1, 2, 6, 7), opset=7, kernel_shape=[2, 3],
                   strides=[2, 2])
        yield pool(f"{short}_pool_unit_stride", operator, (2, 2, 4, 4), kernel_shape=[2, 2])
        yield pool(f"{short}_pool_1d", operator, (2, 3, 9), kernel_shape=[3], strides=[2],
                   pads=[1, 1])
        yield pool(f"{short}_pool_pads", operator, (1, 2, 6, 6), kernel_shape=[3, 3],
                   strides=[2, 2], pads=[1, 2, 2, 1])
        yield pool(f"{short}_pool_ceil", operator, (1, 2, 6, 7), kernel_shape=[3, 3],
                   strides=[2, 2], ceil_mode=1)
        yield pool(f"{short}_pool_ceil_pads", operator, (1, 1, 6, 8), opset=22,
                   kernel_shape=[3, 3], strides=[3, 2], pads=[1, 1, 1, 1], ceil_mode=1)
        yield pool(f"{short}_pool_same_upper", operator, (1, 2, 5, 6), kernel_shape=[2, 3],
                   strides=[2, 2], auto_pad="SAME_UPPER")
        yield pool(f"{short}_pool_same_lower", operator, (1, 2, 5, 6), kernel_shape=[2, 3],
                   strides=[2, 2], auto_pad="SAME_LOWER")
        yield pool(f"{short}_pool_dilation", operator, (1, 1, 8, 9), opset=19,
                   kernel_shape=[2, 3], dilations=[3, 2], pads=[1, 1, 1, 1])
    yield pool("average_pool_counting_pads", "AveragePool", (1, 2, 6, 6), kernel_shape=[3, 3],
               strides=[2, 2], pads=[1, 2, 2, 1], count_include_pad=1)
    yield pool("average_pool_ceil_counting_pads", "AveragePool", (1, 1, 6, 8), opset=22,
               kernel_shape=[3, 3], strides=[3, 2], pads=[1, 1, 1, 1], ceil_mode=1,
               count_include_pad=1)
    yield pool("global_average_pool", "GlobalAveragePool", (2, 3, 4, 5))
    yield pool("global_average_pool_1d", "GlobalAveragePool", (2, 3, 7))


@case
def reductions_and_statistics():
    tied = np.array([[1, 3, 3, 2], [5, 5, 5, 5], [-1, -2, -1, -3]], np.float32)
    yield "argmax_ties", [node("ArgMax", ["x"], ["y"], axis=-1, keepdims=0)], {"x": tied}, {}
    yield "argmax_middle_axis", [node("ArgMax", ["x"], ["y"], axis=1)], {"x": values(2, 4, 3)}, {}
    yield "argmax_default", [node("ArgMax", ["x"], ["y"])], {"x": values(4, 3)}, {}

    statistics = {"s": values(3, seed=1), "b": values(3, seed=2), "m": values(3, seed=3),
                  "v": values(3, seed=4, low=0.2, high=2)}
    norm = node("BatchNormalization", ["h", *statistics], ["y"], epsilon=1e-3)
    yield "batch_normalization_after_conv", [
        node("Conv", ["x", "w"], ["h"], kernel_shape=[3, 3]), norm], {"x": values(1, 2, 5, 5)}, {
            "w": values(3, 2, 3, 3), **statistics}
    yield "batch_normalization_after_gemm", [node("Gemm", ["x", "w"], ["h"]), norm], {
        "x": values(2, 4)}, {"w": values(4, 3), **statistics}, {"opset": 11}
    yield "batch_normalization_after_relu", [node("Relu", ["x"], ["h"]), norm], {
        "x": values(2, 3, 4, 2)}, statistics, {"opset": 15}
    yield "batch_normalization_first", [
        node("BatchNormalization", ["x", *statistics], ["h"], momentum=0.8),
        node("Relu", ["h"], ["y"])], {"x": values(1, 3, 6)}, statistics, {"opset": 9}
    yield "batch_normalization_spatial", [
        node("BatchNormalization", ["x", *statistics], ["y"], spatial=1)], {
            "x": values(1, 3, 2, 2)}, statistics, {"opset": 7}


@case
def reshaping():
    x = {"x": values(2, 3, 4)}
    for axis in [0, 2, -1]:
        yield f"flatten_{axis}".replace("-", "minus_"), *unary("Flatten", (2, 3, 4), axis=axis)
    yield "reshape", [node("Reshape", ["x", "shape"], ["y"])], x, {"shape": ints(0, -1)}
    yield "reshape_scalar", [node("Reshape", ["x", "shape"], ["y"])], {"x": values(1, 1)}, {
        "shape": np.zeros(0, np.int64)}
    yield "reshape_computed", [
        node("Shape", ["x"], ["shape"]),
        node("Gather", ["shape", "zero"], ["batch"]),
        node("Unsqueeze", ["batch", "axes"], ["batch_list"]),
        node("Constant", [], ["rest"], value_ints=[-1]),
        node("Concat", ["batch_list", "rest"], ["target"], axis=0),
        node("Reshape", ["x", "target"], ["y"])], x, {"zero": np.int64(0), "axes": ints(0)}
    yield "reshape_arithmetic", [
        node("Shape", ["x"], ["shape"]),
        node("Slice", ["shape", "from", "to"], ["tail"]),
        node("Mul", ["tail", "two"], ["doubled"]),
        node("Div", ["doubled", "four"], ["halved"]),
        node("Concat", ["rest", "halved"], ["target"], axis=0),
        node("Reshape", ["x", "target"], ["y"])], x, {
            "from": ints(-1), "to": ints(2**62), "two": ints(2), "four": np.int64(4),
            "rest": ints(-1)}
    yield "transpose", *unary("Transpose", (2, 3, 4), perm=[1, 2, 0])
    yield "transpose_default", *unary("Transpose", (2, 3, 4))
    yield "squeeze_attribute", *unary("Squeeze", (1, 3, 1, 2), axes=[0, -2]), {"opset": 11}
    yield "squeeze_operand", [node("Squeeze", ["x", "axes"], ["y"])], {"x": values(1, 3, 1)}, {
        "axes": ints(2)}
    yield "squeeze_all", *unary("Squeeze", (1, 3, 1, 2))
    yield "unsqueeze_attribute", *unary("Unsqueeze", (3, 2), axes=[0, 3]), {"opset": 11}
    yield "unsqueeze_operand", [node("Unsqueeze", ["x", "axes"], ["y"])], {"x": values(3, 2)}, {
        "axes": ints(-1, 1)}


@case
def joining_and_cutting():
    x = {"x": values(4, 6)}
    yield "concat", [node("Concat", ["a", "b", "a"], ["y"], axis=-1)], {
        "a": values(2, 3), "b": values(2, 1)}, {}
    yield "concat_constant", [node("Concat", ["x", "c"], ["y"], axis=0)], x, {"c": values(1, 6)}
    yield "slice_attributes", [
        node("Slice", ["x"], ["y"], starts=[1, -4], ends=[3, 1000], axes=[0, 1])], x, {}, {
            "opset": 9}
    yield "slice_operands", [node("Slice", ["x", "s", "e", "a", "t"], ["y"])], x, {
        "s": ints(0, 5), "e": ints(4, 0), "a": ints(0, -1), "t": ints(3, -2)}
    yield "slice_reversed", [node("Slice", ["x", "s", "e", "a", "t"], ["y"])], x, {
        "s": ints(-1), "e": ints(-(2**63)), "a": ints(0), "t": ints(-1)}
    yield "slice_default_axes", [node("Slice", ["x", "s", "e"], ["y"])], x, {
        "s": ints(-100, 2), "e": ints(100, -1)}
    split = ["a", "b", "c"]
    yield "split_attribute", [node("Split", ["x"], split, axis=1, split=[1, 3, 2])], x, {}, {
        "opset": 11}
    yield "split_operand", [node("Split", ["x", "sizes"], split, axis=-1)], x, {
        "sizes": ints(2, 2, 2)}
    yield "split_equal", [node("Split", ["x"], split, axis=1)], x, {}
    yield "split_uneven", [node("Split", ["x"], ["a", "b", "c", "d"], axis=1, num_outputs=4)], {
        "x": values(2, 7)}, {}, {"opset": 18}
    yield "pad_attribute", *unary("Pad", (2, 3), pads=[1, 0, 2, 1], value=0.5), {"opset": 10}
    yield "pad_operands", [node("Pad", ["x", "p", "v"], ["y"])], x, {
        "p": ints(0, 2, 1, 0), "v": np.float32(-1)}
    yield "pad_negative", [node("Pad", ["x", "p"], ["y"])], x, {"p": ints(-1, 2, 1, -3)}
    yield "pad_axes", [node("Pad", ["x", "p", "", "a"], ["y"])], x, {
        "p": ints(1, 2), "a": ints(-1)}, {"opset": 18}
    yield "gather_scalar", [node("Gather", ["x", "i"], ["y"], axis=1)], x, {"i": np.int64(-2)}
    yield "gather_list", [node("Gather", ["x", "i"], ["y"], axis=0)], x, {
        "i": np.array([[3, 0], [1, 1]], np.int64)}


@case
def pass_through():
    x = {"x": values(2, 3)}
    yield "identity", [node("Identity", ["x"], ["h"]), node("Relu", ["h"], ["y"])], x, {}
    yield "identity_output", [
        node("Relu", ["x"], ["h"]), node("Identity", ["h"], ["y"]),
        node("Identity", ["h"], ["z"])], x, {}
    yield "dropout_attribute", *unary("Dropout", (2, 3), ratio=0.3), {"opset": 7}
    yield "dropout_operands", [node("Dropout", ["x", "r", "t"], ["y"])], x, {
        "r": np.float32(0.5), "t": np.array(False)}
    yield "cast_between_floats", [
        node("Cast", ["x"], ["h"], to=TensorProto.DOUBLE),
        node("Cast", ["h"], ["y"], to=TensorProto.FLOAT)], x, {}
    yield "constants", [
        node("Constant", [], ["a"], value=numpy_helper.from_array(values(3))),
        node("Constant", [], ["b"], value_float=0.5),
        node("Constant", [], ["c"], value_floats=[1.0, 2.0, 3.0]),
        node("Mul", ["x", "a"], ["h"]), node("Add", ["h", "b"], ["i"]),
        node("Mul", ["i", "c"], ["y"])], x, {}
    yield "folded_weights", [
        node("Transpose", ["w"], ["wt"]), node("Mul", ["wt", "scale"], ["v"]),
        node("MatMul", ["x", "v"], ["y"])], x, {"w": values(4, 3), "scale": np.float32(0.5)}
    yield "constant_of_shape", [
        node("Shape", ["x"], ["s"]),
        node("ConstantOfShape", ["s"], ["c"],
             value=numpy_helper.from_array(np.array([2.5], np.float32))),
        node("Add", ["x", "c"], ["y"])], x, {}
    yield "expand_constant", [
        node("Shape", ["x"], ["s"]), node("Expand", ["c", "s"], ["d"]),
        node("Mul", ["x", "d"], ["y"])], x, {"c": values(3)}
    yield "cast_constant", [
        node("Cast", ["i"], ["f"], to=TensorProto.FLOAT), node("Mul", ["x", "f"], ["y"])], x, {
            "i": np.array([1, -2, 300], np.int32)}
    yield "double_weights", [
        node("Cast", ["w"], ["v"], to=TensorProto.FLOAT), node("MatMul", ["x", "v"], ["y"])], x, {
            "w": values(3, 2).astype(np.float64)}
    yield "half_weights", [
        node("Cast", ["w"], ["v"], to=TensorProto.FLOAT), node("MatMul", ["x", "v"], ["y"])], x, {
            "w": np.array([[1e-7, -65504, 0.1], [6e-5, 2.5, -0.0], [1, 3, -7]], np.float16)}
    yield "residual", [
        node("Conv", ["x", "w"], ["h"], pads=[1] * 4), node("Relu", ["h"], ["r"]),
        node("Add", ["r", "x"], ["s"]), node("Mul", ["s", "r"], ["y"]),
        node("Sub", ["s", "h"], ["z"])], {"x": values(1, 2, 4, 4)}, {"w": values(2, 2, 3, 3)}
    yield "external_data", [node("Gemm", ["x", "w", "b"], ["y"], transB=1)], x, {
        "w": values(4, 3), "b": values(4)}, {"external": True}


@case
def folded():
    """Constants that only operators compute which must not depend on an input."""
    x = {"x": values(2, 3)}
    reduced = [("ReduceMean", 17), ("ReduceMax", 13), ("ReduceMin", 13), ("ReduceProd", 13),
               ("ReduceL1", 13), ("ReduceL2", 13), ("ReduceSumSquare", 13), ("ReduceLogSum", 13)]
    yield "fold_unary", [
        node("Abs", ["w"], ["a"]), node("Sqrt", ["a"], ["b"]), node("Exp", ["b"], ["c"]),
        node("Log", ["c"], ["d"]), node("Neg", ["d"], ["e"]), node("Tanh", ["e"], ["f"]),
        node("Erf", ["f"], ["g"]), node("Sigmoid", ["g"], ["h"]), node("Reciprocal", ["h"], ["i"]),
        node("Softplus", ["i"], ["j"]), node("Sin", ["j"], ["k"]), node("Cos", ["k"], ["l"]),
        node("Mul", ["x", "l"], ["y"])], x, {"w": values(3)}
    yield "fold_rounding", [
        node("Floor", ["w"], ["a"]), node("Ceil", ["w"], ["b"]), node("Round", ["w"], ["c"]),
        node("Sign", ["w"], ["d"]), node("Sum", ["a", "b", "c", "d"], ["e"]),
        node("Mean", ["e", "w"], ["m"]), node("Add", ["x", "m"], ["y"])], x, {
            "w": np.array([[-2.5], [0.5], [1.5], [-0.2]], np.float32)[:, :, None]}
    yield "fold_scale", [
        node("Shape", ["x"], ["s"]), node("Gather", ["s", "last"], ["n"]),
        node("Cast", ["n"], ["f"], to=TensorProto.FLOAT), node("Sqrt", ["f"], ["r"]),
        node("Div", ["x", "r"], ["y"])], {"x": values(1, 3, 16)}, {"last": np.int64(2)}
    yield "fold_weight_norm", [
        node("Mul", ["v", "v"], ["vv"]), node("ReduceSum", ["vv", "axes"], ["ss"]),
        node("Pow", ["ss", "half"], ["n"]), node("Div", ["v", "n"], ["u"]),
        node("Mul", ["u", "g"], ["w"]), node("Gemm", ["x", "w"], ["y"], transB=1)], {
            "x": values(1, 4)}, {"v": values(3, 4), "g": values(3, 1, seed=1), "axes": ints(1),
                                 "half": np.float32(0.5)}
    yield "fold_range", [
        node("Shape", ["x"], ["s"]), node("Gather", ["s", "one"], ["n"]),
        node("Sub", ["n", "one"], ["last"]),
        node("Range", ["last", "end", "down"], ["r"]), node("Gather", ["x", "r"], ["y"], axis=1)], {
            "x": values(2, 5)}, {"one": np.int64(1), "end": np.int64(-1), "down": np.int64(-1)}
    yield "fold_mask", [
        node("ConstantOfShape", ["s"], ["ones"],
             value=numpy_helper.from_array(np.array([1], np.float32))),
        node("Trilu", ["ones", "k"], ["t"], upper=0), node("Cast", ["t"], ["c"], to=TensorProto.BOOL),
        node("Not", ["c"], ["u"]), node("Where", ["u", "low", "zero"], ["m"]),
        node("Add", ["x", "m"], ["y"])], {"x": values(4, 4)}, {
            "s": ints(4, 4), "k": np.int64(-1), "low": np.float32(-3), "zero": np.float32(0)}, {
                "opset": 14}
    yield "fold_comparisons", [
        node("Less", ["a", "b"], ["c"]), node("Greater", ["a", "b"], ["d"]),
        node("Or", ["c", "d"], ["e"]), node("Equal", ["a", "b"], ["f"]),
        node("And", ["c", "d"], ["g"]), node("Xor", ["e", "g"], ["h"]),
        node("LessOrEqual", ["a", "b"], ["i"]), node("GreaterOrEqual", ["a", "b"], ["j"]),
        node("Where", ["h", "a", "b"], ["k"]), node("Where", ["f", "k", "a"], ["l"]),
        node("Where", ["i", "l", "one"], ["m"]), node("Where", ["j", "m", "k"], ["n"]),
        node("Max", ["n", "one", "b"], ["o"]), node("Min", ["o", "two"], ["p"]),
        node("Mul", ["x", "p"], ["y"])], x, {
            "a": np.array([1, 2, 3], np.float32), "b": np.array([[2], [2]], np.float32),
            "one": np.float32(1), "two": np.float32(2.5)}
    yield "fold_integers", [
        node("Mod", ["a", "b"], ["c"]), node("Mod", ["a", "b"], ["d"], fmod=1),
        node("Pow", ["c", "b"], ["e"]), node("Sub", ["e", "d"], ["f"]), node("Abs", ["f"], ["g"]),
        node("Neg", ["g"], ["h"]), node("ReduceSum", ["h"], ["i"]), node("Tile", ["i", "n"], ["j"]),
        node("Cast", ["j"], ["k"], to=TensorProto.FLOAT), node("Add", ["x", "k"], ["y"])], x, {
            "a": ints(-7, 7, 5), "b": ints(3, -2, 4), "n": ints(3)}
    yield "fold_tile", [
        node("Tile", ["w", "n"], ["t"]), node("Mul", ["x", "t"], ["y"])], {"x": values(4, 6)}, {
            "w": values(2, 2), "n": ints(2, 3)}
    for operator, opset in reduced:
        yield f"fold_{operator.lower()}", [
            node(operator, ["w"], ["a"], axes=[-1], keepdims=0), node(operator, ["w"], ["b"]),
            node("Mul", ["x", "a"], ["h"]), node("Add", ["h", "b"], ["y"])], {"x": values(3)}, {
                "w": np.abs(values(3, 2)) + 0.5}, {"opset": opset}
    yield "fold_reduce_operand", [
        node("ReduceMean", ["w", "axes"], ["a"], keepdims=0),
        node("ReduceSum", ["w", ""], ["b"], noop_with_empty_axes=1),
        node("Mul", ["x", "a"], ["h"]), node("Add", ["h", "b"], ["y"])], {"x": values(3)}, {
            "w": values(2, 3), "axes": ints(0)}, {"opset": 18}
    yield "fold_gather", [
        node("Gather", ["w", "i"], ["g"], axis=1), node("Mul", ["x", "g"], ["y"])], {
            "x": values(2, 1500)}, {"w": values(2, 7), "i": np.arange(1500, dtype=np.int64) % 14 - 7}


@case
def outputs():
    x = {"x": values(2, 3)}
    yield "output_is_input", [node("Relu", ["x"], ["r"]), node("MatMul", ["r", "w"], ["y"])], x, {
        "w": values(3, 4)}, {"outputs": ["y", "x", "r"]}
    yield "output_is_constant", [node("Relu", ["x"], ["y"]), node("Shape", ["x"], ["s"])], x, {
        "c": values(2), "large": np.float32(40000)}, {"outputs": ["c", "y", "s", "large"]}
    yield "output_thrice", [
        node("Relu", ["x"], ["r"]), node("Identity", ["r"], ["a"]),
        node("Identity", ["r"], ["b"])], x, {}, {"outputs": ["b", "r", "a"]}
    yield "output_marked", [node("Relu", ["x"], ["x (output)"])], x, {}, {
        "outputs": ["x (output)", "x"]}
    yield "no_inputs", [node("Relu", ["w"], ["y"])], {}, {"w": values(2, 3)}
    yield "pad_fill_output", [node("Pad", ["x", "p", "v"], ["y"])], {"x": values(1, 4)}, {
        "p": ints(0, 1, 0, 0), "v": np.float32(0.5)}
    yield "unread", [
        node("Softmax", ["x"], ["s"]), node("Relu", ["x"], ["y"])], x, {}, {"outputs": ["y"]}
    yield "parts_pooled", [
        node("AveragePool", ["x"], ["a"], kernel_shape=[3, 3], pads=[1] * 4),
        node("MaxPool", ["a"], ["y"], kernel_shape=[2, 2], pads=[0, 0, 1, 1])], {
            "x": values(1, 2, 8, 8)}, {}
    yield "parts_pooled_1d", [
        node("Concat", ["x", "z", "x", "z"], ["c"], axis=2),
        node("MaxPool", ["c"], ["y"], kernel_shape=[3], pads=[1, 1])], {
            "x": values(1, 2, 5), "z": values(1, 2, 3)}, {}
    w = {"w": values(3, 2), "b": values(2), "s": ints(1, 2, 2)}
    for opset in [22, 23, 24, 25]:
        yield f"opset_{opset}", [
            node("Gemm", ["x", "w", "b"], ["h"]), node("Relu", ["h"], ["r"]),
            node("Reshape", ["r", "s"], ["t"]), node("Transpose", ["t"], ["u"], perm=[0, 2, 1]),
            node("Identity", ["u"], ["i"]), node("Conv", ["i", "k2"], ["c"]),
            node("Flatten", ["c"], ["f"]), node("Cast", ["f"], ["y"], to=TensorProto.FLOAT)], x, {
                **w, "k2": values(1, 2, 1)}, {"opset": opset}


@case
def attention():
    q, k, v = values(2, 4, 3, 4), values(2, 2, 5, 4, seed=1), values(2, 2, 5, 4, seed=2)
    new = {"opset": 23}
    yield "attention_grouped", [node("Attention", ["q", "k", "v"], ["y"], is_causal=1)], {
        "q": q, "k": k, "v": v}, {}, new
    yield "attention_masked", [node("Attention", ["q", "k", "v", "m"], ["y"], scale=0.25)], {
        "q": q, "k": k, "v": v}, {
            "m": np.array([[1, 0, 1, 1, 1], [0, 0, 0, 0, 0], [0, 1, 1, 1, 0]], bool)}, new
    yield "attention_of_rows", [node(
        "Attention", ["q", "k", "v"], ["y"], q_num_heads=2, kv_num_heads=1, softcap=2.0)], {
            "q": values(1, 3, 8), "k": values(1, 3, 4, seed=1), "v": values(1, 3, 4, seed=2)}, {}, new
    angles = values(6, 2, seed=3)
    for beside in [0, 1]:
        yield f"rotary_embedding_{beside}", [node(
            "RotaryEmbedding", ["x", "c", "s", "p"], ["y"], interleaved=beside)], {
                "x": values(1, 2, 3, 4)}, {
                    "c": np.cos(angles), "s": np.sin(angles), "p": ints([0, 2, 5])}, new


@case
def places_that_are_values():
    ties = np.array([[1, 2, 2, 0, 2, 1], [3, 3, 3, 3, 3, 3]], np.float32)
    for largest in [0, 1]:
        yield f"top_k_ties_{largest}", [node("TopK", ["x", "k"], ["y", "i"], largest=largest)], {
            "x": ties}, {"k": ints(4)}
    yield "top_k_repeated", [
        node("Expand", ["x", "s"], ["r"]), node("TopK", ["r", "k"], ["y", "i"])], {
            "x": ties[:1, :4]}, {"s": ints(3, 4), "k": ints(3)}
    top = node("TopK", ["x", "k"], ["t", "i"], axis=0)
    x = {"x": values(5, 3)}
    yield "gather_nd_places", [
        top, node("Unsqueeze", ["i", "a"], ["u"]), node("GatherND", ["z", "u"], ["y"])], {
            **x, "z": values(5, 2, seed=1)}, {"k": ints(2), "a": ints(2)}
    for word in ["none", "add", "mul", "max"]:
        yield f"scatter_places_{word}", [top, node(
            "ScatterElements", ["z", "i", "u"], ["y"], axis=0, reduction=word)], {
                **x, "z": values(5, 3, seed=1), "u": values(2, 3, seed=2)}, {"k": ints(2)}, {
                    "opset": 18, "outputs": ["y"]}
    yield "scatter_nd_places", [
        top, node("Unsqueeze", ["i", "a"], ["n"]), node("ScatterND", ["z", "n", "u"], ["y"])], {
            **x, "z": values(5, 2, seed=1), "u": values(2, 3, 2, seed=2)}, {
                "k": ints(2), "a": ints(2)}, {"outputs": ["y"]}
    yield "max_unpool", [
        node("MaxPool", ["x"], ["p", "i"], kernel_shape=[2, 2], strides=[2, 2]),
        node("MaxUnpool", ["p", "i"], ["y"], kernel_shape=[2, 2], strides=[2, 2])], {
            "x": values(1, 2, 4, 4)}, {}
    yield "max_pool_places", [node(
        "MaxPool", ["x"], ["y", "i"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2])], {
            "x": values(1, 2, 4, 4)}, {}


@case
def sampling():
    x, grid = values(1, 2, 4, 5), values(1, 2, 3, 2, seed=1, low=-1.3, high=1.3)
    for mode in ["linear", "nearest", "cubic"]:
        yield f"grid_sample_{mode}", [node("GridSample", ["x", "g"], ["y"], mode=mode)], {
            "x": x, "g": grid}, {}, {"opset": 20}
    yield "grid_sample_known", [node(
        "GridSample", ["x", "g"], ["y"], padding_mode="reflection")], {"x": x}, {"g": grid}, {
            "opset": 20}
    yield "roi_align", [node(
        "RoiAlign", ["x", "r", "i"], ["y"], output_height=2, output_width=2, sampling_ratio=2)], {
            "x": values(2, 2, 5, 5), "r": np.array([[0, 1, 3, 4], [-1, 0, 4, 2]], np.float32)}, {
                "i": ints(1, 0)}, {"opset": 16}
    yield "deform_conv", [node(
        "DeformConv", ["x", "w", "o", "b"], ["y"], kernel_shape=[2, 2], pads=[0, 0, 0, 0])], {
            "x": values(1, 2, 3, 3), "o": values(1, 8, 2, 2, seed=1)}, {
                "w": values(2, 2, 2, 2, seed=2), "b": values(2, seed=3)}, {"opset": 19}


@case
def open_shapes():
    """Models that leave sizes open, in a folder of their own."""
    yield "image", [
        node("Conv", ["x", "w"], ["c"], pads=[1] * 4), node("GlobalAveragePool", ["c"], ["g"]),
        node("Flatten", ["g"], ["y"])], {"x": values(1, 1, 6, 8)}, {"w": values(4, 1, 3, 3)}, {
            "axes": {"x": ["N", 1, "H", "W"]}}
    yield "unnamed", [node("Relu", ["x"], ["y"])], {"x": values(1, 3, 4)}, {}, {
        "axes": {"x": [None, None, 4]}}
    yield "mixed", [
        node("Transpose", ["x"], ["t"]), node("MatMul", ["x", "t"], ["y"])], {
            "x": values(3, 4)}, {}, {"axes": {"x": ["n", 4]}}
    yield "rows", [
        node("Gemm", ["x", "w"], ["h"]), node("Softmax", ["h"], ["y"])], {"x": values(3, 4)}, {
            "w": values(4, 2)}, {"axes": {"x": ["batch", 4]}}
    yield "fitted", [node("Add", ["x", "w"], ["y"])], {"x": values(3, 4)}, {
        "w": values(3, 4, seed=1)}, {"axes": {"x": ["n", 4]}}
    yield "reshaped", [node("Reshape", ["x", "s"], ["y"])], {"x": values(3, 4)}, {
        "s": ints(6, 2)}, {"axes": {"x": ["n", 4]}}
    size = [node("Shape", ["x"], ["s"]), node("Gather", ["s", "i"], ["n"])]
    yield "sized_bound", [
        *size, node("Cast", ["n"], ["b"], to=TensorProto.FLOAT),
        node("Clip", ["x", "", "b"], ["y"])], {"x": values(3, 4, high=5.0)}, {
            "i": np.int64(0)}, {"axes": {"x": ["n", 4]}}
    yield "sized_pad", [
        *size, node("Concat", ["z", "n"], ["p"], axis=0), node("Pad", ["x", "p"], ["y"])], {
            "x": values(3, 4)}, {"i": ints(0), "z": ints(0, 0, 0)}, {"axes": {"x": ["n", 4]}}
    yield "mixed_beyond", [
        node("Sub", ["x", "c"], ["a"]), node("Relu", ["a"], ["b"]), node("Transpose", ["b"], ["t"]),
        node("MatMul", ["b", "t"], ["m"]), node("MatMul", ["m", "x"], ["z"]),
        node("Add", ["x", "z"], ["y"])], {"x": values(3, 2, low=11.0, high=13.0)}, {
            "c": np.float32(10)}, {"axes": {"x": ["n", 2]}}
    yield "shared", [node("Add", ["x", "z"], ["y"])], {"x": values(3, 4), "z": values(1, 4)}, {}, {
        "axes": {"x": ["n", 4]}}
    yield "single", [node("Gemm", ["x", "w"], ["y"])], {"x": values(1, 4)}, {
        "w": values(4, 2)}, {"axes": {"x": [1, 4]}}


def build(name, nodes, inputs, constants, opset, names=None, axes={}):
    """A checked model and the values of its outputs: unless named, the tensors that no node reads."""
    read = {i for n in nodes for i in n.input}
    names = names or [o for n in nodes for o in n.output if o not in read]
    graph = helper.make_graph(
        nodes, name,
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, axes.get(n, v.shape))
         for n, v in inputs.items()],
        [helper.make_empty_tensor_value_info(n) for n in names],
        [numpy_helper.from_array(np.asarray(v), n) for n, v in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 8
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"])
    outputs = dict(zip(names, session.run(names, inputs)))
    del model.graph.output[:]
    for n, v in outputs.items():
        kind = helper.np_dtype_to_tensor_dtype(v.dtype)
        shape = [None] * v.ndim if axes else v.shape
        model.graph.output.append(helper.make_tensor_value_info(n, kind, shape))
    onnx.checker.check_model(model, full_check=True)
    return model, outputs


def record(tensors):
    return {name: {"shape": list(np.shape(value)),
                   "values": [v if isinstance(v, int) else float(str(np.float32(v)))
                              for v in np.ravel(value).tolist()]}
            for name, value in tensors.items()}


def main():
    for name, (nodes, inputs, constants, options) in CASES.items():
        folder = HERE.parent / "shapes" if "axes" in options else HERE
        folder.mkdir(exist_ok=True)
        model, outputs = build(name, nodes, inputs, constants, options.get("opset", 13),
                               options.get("outputs"), options.get("axes", {}))
        if options.get("external"):
            (folder / f"{name}.bin").unlink(missing_ok=True)
            onnx.save(model, folder / f"{name}.onnx", save_as_external_data=True,
                      location=f"{name}.bin", size_threshold=0)
        else:
            onnx.save(model, folder / f"{name}.onnx")
        text = json.dumps({"inputs": record(inputs), "outputs": record(outputs)})
        (folder / f"{name}.json").write_text(text + "\n")
    print(f"{len(CASES)} cases")


if __name__ == "__main__":
    main()
