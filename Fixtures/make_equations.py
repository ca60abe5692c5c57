#!/usr/bin/env python3
"""Writes equations/: for each operator of Circuits/operators, what ONNX Runtime, or where it has no
such operator the reference evaluator of onnx, makes of some nodes. Needs numpy, onnx and onnxruntime.

OPERATOR.json lists cases: {"operation", "domain", "opset", "attributes", "inputs", "outputs"}. An
input or output is null where it is left out, or {"kind", "shape", "values", "constant"}. Every random
choice is seeded.
"""
import json
import math
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

HERE = pathlib.Path(__file__).parent / "equations"
CASES = {}
ONNX_OPSET = 21


class Constant:
    """An operand that must not depend on an input."""

    def __init__(self, value):
        self.value = np.asarray(value)


def add(operator, inputs, outputs=1, operation=None, domain="", opset=None, **attributes):
    """`outputs` is a number, or a list of which results are used."""
    case = (operation or operator, inputs, outputs, domain, opset, attributes)
    CASES.setdefault(operator, []).append(case)


def real(*shape, seed=0, low=-2.0, high=2.0):
    rng = np.random.default_rng([seed, len(shape), *shape])
    return np.maximum(rng.uniform(low, high, shape).round(2), low).astype(np.float32)


def ints(*shape, seed=0, low=-9, high=10):
    rng = np.random.default_rng([seed, len(shape), *shape])
    return rng.integers(low, high, shape).astype(np.int64)


def truth(*shape, seed=0):
    return ints(*shape, seed=seed, low=0, high=2).astype(bool)


def unary():
    plain = ["Exp", "Erf", "Sin", "Cos", "Tan", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Floor",
             "Ceil", "Round", "Neg", "Abs", "Sign", "Identity", "Sigmoid", "Relu", "Softplus", "Softsign",
             "HardSwish", "Mish", "Reciprocal"]
    for name in plain:
        add(name, [real(2, 3, 4)])
        add(name, [np.float32(0.75).reshape(())])
    for name in ["Neg", "Abs", "Sign", "Identity"]:
        add(name, [ints(5)])
    add("Relu", [ints(5).astype(np.int32)])
    add("Round", [np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], np.float32)])
    add("Softplus", [np.array([-200, -30, 0, 30, 200], np.float32)])
    add("Identity", [truth(3)])
    for name in ["Log", "Sqrt"]:
        add(name, [real(3, 5, low=0.01, high=9)])
    for name in ["Asin", "Acos", "Atanh"]:
        add(name, [real(3, 5, low=-0.9, high=0.9)])
    add("Acosh", [real(3, 5, low=1.01, high=5)])
    strange = np.array([np.nan, np.inf, -np.inf, 0, 1], np.float32)
    add("IsNaN", [strange])
    add("IsInf", [strange])
    add("IsInf", [strange], detect_negative=0)
    add("IsInf", [strange], detect_positive=0)
    add("Dropout", [real(3, 4)], opset=21)
    add("Dropout", [real(3, 4), Constant(np.float32(0.3)), Constant(False)], [1, 1])
    add("Dropout", [real(3, 4), Constant(np.float32(0)), Constant(True)])
    add("Dropout", [real(3, 4)], opset=7, ratio=0.3)


def activations():
    x = real(2, 3, 4, low=-4, high=4)
    add("LeakyRelu", [x])
    add("LeakyRelu", [x], alpha=0.3)
    for slope in [(4,), (3, 1), (1,), ()]:
        add("PRelu", [x, real(*slope, seed=1)])
    for slope in [3, 1]:
        add("PRelu6", [x, real(slope, seed=1)], opset=6, operation="PRelu")
    for name in ["ThresholdedRelu", "Elu", "Celu", "Selu", "HardSigmoid", "Shrink"]:
        add(name, [x])
    add("ThresholdedRelu", [x], alpha=0.2)
    add("Elu", [x], alpha=0.7)
    add("Celu", [x], alpha=2.0)
    add("Selu", [x], alpha=1.1, gamma=2.0)
    add("HardSigmoid", [x], alpha=0.3, beta=0.4)
    add("Shrink", [x], lambd=1.0, bias=0.25)
    add("Swish", [x], opset=24)
    add("Swish", [x], opset=24, alpha=0.5)
    add("QuickGelu", [x], domain="com.microsoft")
    add("QuickGelu", [x], domain="com.microsoft", alpha=1.0)
    add("Gelu", [x], opset=20)
    add("Gelu", [x], opset=20, approximate="tanh")
    add("Gelu", [x], domain="com.microsoft")
    add("FastGelu", [x], domain="com.microsoft")
    add("FastGelu", [x, real(4, seed=2)], domain="com.microsoft")
    add("BiasGelu", [x, real(4, seed=2)], domain="com.microsoft")
    add("BiasSplitGelu", [x, real(4, seed=2)], domain="com.microsoft")


PAIRS = [((2, 3, 4), (2, 3, 4)), ((2, 3, 4), (4,)), ((2, 1, 4), (3, 1)), ((), (2, 2)), ((3,), ())]


def arithmetic():
    for a, b in PAIRS:
        for name in ["Add", "Sub", "Mul", "Div"]:
            add(name, [real(*a), real(*b, seed=1, low=0.5)])
        for name in ["Add", "Sub", "Mul"]:
            add(name, [ints(*a), ints(*b, seed=1)])
        add("IntegerDiv", [ints(*a), ints(*b, seed=1, low=1)], operation="Div")
        add("Pow", [real(*a, low=0.1), real(*b, seed=1)])
        add("IntegerPow", [ints(*a), ints(*b, seed=1, low=0, high=4)], operation="Pow")
        add("Mod", [ints(*a), ints(*b, seed=1, low=1)])
        add("Mod", [ints(*a), ints(*b, seed=1, low=-9, high=0)])
        add("Mod", [ints(*a), ints(*b, seed=1, low=-9, high=0)], fmod=1)
        add("Mod", [real(*a), real(*b, seed=1, low=0.5)], fmod=1)
        add("BitShift", [ints(*a, low=0).astype(np.uint64), ints(*b, seed=1, low=0, high=4).astype(
            np.uint64)], direction="LEFT")
        add("BitShift", [ints(*a, low=0).astype(np.uint64), ints(*b, seed=1, low=0, high=4).astype(
            np.uint64)], direction="RIGHT")
        for name in ["Sum", "Mean", "Max", "Min"]:
            add(name, [real(*a), real(*b, seed=1)])
        for name in ["Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal"]:
            add(name, [ints(*a, low=-2, high=2), ints(*b, seed=1, low=-2, high=2)])
        for name in ["Less", "LessOrEqual", "Greater", "GreaterOrEqual"]:
            add(name, [real(*a), real(*b, seed=1)])
        for name in ["And", "Or", "Xor"]:
            add(name, [truth(*a), truth(*b, seed=1)])
        add("Where", [truth(*a), real(*b, seed=1), real(*a, seed=2)])
        add("Where", [truth(*b), ints(*a, seed=1), ints(seed=2)])
    for name in ["Add", "Sub", "Mul", "Div"]:
        add(name, [real(2, 3), real(3, seed=1, low=0.5)], opset=6, broadcast=1)
    add("Pow", [real(2, 3), Constant(np.array(2, np.int64))])
    add("BiasAdd", [real(2, 3, 4), real(4, seed=1), real(2, 3, 4, seed=2)], domain="com.microsoft")
    for name in ["Sum", "Mean", "Max", "Min"]:
        add(name, [real(2, 3)])
        add(name, [real(2, 3), real(3, seed=1), real(2, 1, seed=2), real(seed=3), real(3, seed=4)])
    for name in ["Max", "Min"]:
        add(name, [ints(2, 3), ints(3, seed=1)], opset=13)
    add("Not", [truth(2, 3)])
    add("Equal", [truth(2, 3), truth(3, seed=1)])
    x = real(3, 4, low=-5, high=5)
    add("Clip", [x])
    add("Clip", [x, np.float32(-1.0), np.float32(2.0)])
    add("Clip", [x, None, np.float32(2.0)])
    add("Clip", [x, Constant(np.float32(-1.5))])
    add("Clip", [ints(3, 4), np.int64(-2), np.int64(3)], opset=13)
    add("Clip", [x], opset=6, min=-1.0, max=2.5)
    add("Clip", [x], opset=6, max=2.5)
    for to in [TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL]:
        for value in [x, ints(3, 4, low=-1, high=2), truth(3, 4)]:
            add("Cast", [value], to=to)


def reductions():
    x = real(2, 3, 4, 5, low=0.1, high=2)
    names = ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
             "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"]
    for name in names:
        for axes in [[1], [-1], [1, 3], [0, 1, 2, 3], [3, 1]]:
            for keep in [0, 1]:
                add(name, [x, Constant(np.array(axes, np.int64))], opset=18, keepdims=keep)
            add(name, [x], opset=11, axes=axes, keepdims=keep)
        add(name, [x], opset=18)
        add(name, [x], opset=11, keepdims=0)
        add(name, [real(3)], opset=18, keepdims=0)
    for name in ["ReduceSum", "ReduceMean", "ReduceMax"]:
        add(name, [x, Constant(np.array([], np.int64))], opset=18, noop_with_empty_axes=1)
        add(name, [x, Constant(np.array([], np.int64))], opset=18)
    for name in ["ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd"]:
        add(name, [ints(2, 3, 4), Constant(np.array([1], np.int64))], opset=18)
    add("ReduceSum", [x, Constant(np.array([2], np.int64))], opset=13)
    y = ints(3, 4, 5, low=0, high=3).astype(np.float32)
    for name in ["ArgMax", "ArgMin"]:
        for axis in [0, 1, -1]:
            for keep in [0, 1]:
                for last in [0, 1]:
                    add(name, [y], axis=axis, keepdims=keep, select_last_index=last)
        add(name, [y])
        add(name, [real(7)], keepdims=0)
        add(name, [y], opset=11)
    for axis in [0, 1, -1]:
        for exclusive in [0, 1]:
            for reverse in [0, 1]:
                add("CumSum", [real(3, 4, 2), Constant(np.array(axis, np.int64))], exclusive=exclusive,
                    reverse=reverse)
    add("CumSum", [ints(5), Constant(np.array(0, np.int64))])


def softmax():
    for name in ["Softmax", "LogSoftmax", "Hardmax"]:
        for axis in [0, 1, -1]:
            add(name, [real(2, 3, 4, seed=3)], axis=axis)
            add(name, [real(2, 3, 4, seed=3)], opset=11, axis=axis)
        add(name, [real(2, 3, 4, seed=3)])
        add(name, [real(2, 3, 4, seed=3)], opset=11)
        add(name, [real(5, seed=3)])
    add("Softmax", [np.array([[200, -200, 100], [3, 3, 3]], np.float32)])


def normalisations():
    x = real(2, 4, 3, 5)
    c = [real(4, seed=s, low=0.5) for s in range(1, 5)]
    add("BatchNormalization", [x, *c])
    add("BatchNormalization", [x, *c], epsilon=0.1, momentum=0.5)
    add("BatchNormalization", [real(3, 4), *c], opset=9)
    add("BatchNormalization", [real(3, 4, 2), *c])
    add("BatchNormalization", [x, *c], 3, opset=15, training_mode=1, momentum=0.75)
    word, part = ints(2, 3, low=0, high=6), ints(2, 3, seed=1, low=0, high=2)
    lists = [real(n, 8, seed=n) for n in (6, 5, 2)]
    ends = [real(8, seed=s) for s in (3, 4)]
    narrow = [v.astype(np.int32) for v in (word, part, ints(2, 3, seed=2, low=0, high=2))]
    add("EmbedLayerNormalization", [*narrow[:2], *lists, *ends, narrow[2]], 3,
        domain="com.microsoft", epsilon=1e-5)
    add("EmbedLayerNormalization", [narrow[0], None, *lists[:2], None, *ends], [1, 0],
        domain="com.microsoft")
    add("EmbedLayerNormalization",
        [*narrow[:2], *lists, *ends, None, ints(1, 3, seed=3, low=0, high=5).astype(np.int32)], [1, 0],
        domain="com.microsoft")
    for shape in [(2, 4, 3, 5), (2, 4, 6), (1, 4, 2, 2, 2)]:
        add("InstanceNormalization", [real(*shape), *c[:2]])
    add("InstanceNormalization", [x, *c[:2]], epsilon=0.2)
    for groups in [1, 2, 4]:
        add("GroupNormalization", [x, *c[:2]], opset=21, num_groups=groups)
        add("GroupNormalization18", [x, real(groups, seed=1), real(groups, seed=2)], opset=18,
            operation="GroupNormalization", num_groups=groups, epsilon=0.01)
    for axis in [-1, 1, 2, 3]:
        scale, bias = real(*x.shape[axis:], seed=1), real(*x.shape[axis:], seed=2)
        add("LayerNormalization", [x, scale, bias], axis=axis)
        add("LayerNormalization", [x, scale], [1, 1, 1], axis=axis, epsilon=0.03)
        add("RMSNormalization", [x, scale], axis=axis, opset=23)
    add("LayerNormalization", [x, real(5, seed=1), real(5, seed=2)])
    add("RMSNormalization", [x, real(5, seed=1)], operation="SimplifiedLayerNormalization",
        epsilon=0.1)
    row = real(2, 3, 8)
    s = [real(8, seed=i) for i in range(1, 4)]
    skip = real(2, 3, 8, seed=5)
    add("SkipLayerNormalization", [row, skip, *s], [1, 0, 0, 1], domain="com.microsoft", epsilon=1e-5)
    add("SkipLayerNormalization", [row, skip, s[0]], domain="com.microsoft")
    add("SkipLayerNormalization", [row, skip, s[0], None, s[2]], domain="com.microsoft")
    add("SkipLayerNormalization", [row, real(1, 3, 8, seed=6), *s[:2]], domain="com.microsoft")
    add("SkipSimplifiedLayerNormalization", [row, skip, s[0], s[1]], [1, 0, 0, 1],
        domain="com.microsoft", epsilon=1e-5)
    add("SkipSimplifiedLayerNormalization", [row, skip, s[0]], domain="com.microsoft")
    for axis in [0, 1, -1]:
        for p in [1, 2]:
            add("LpNormalization", [real(3, 4, 5)], axis=axis, p=p)
    add("LpNormalization", [real(3, 4)])
    for size in [1, 3, 5]:
        add("LRN", [x], size=size)
    add("LRN", [x], size=3, alpha=0.02, beta=0.5, bias=2.0)
    add("MeanVarianceNormalization", [x])
    add("MeanVarianceNormalization", [x], axes=[0, 2])


def products():
    for a, b in [((3, 4), (4, 2)), ((2, 3, 4), (4, 2)), ((2, 1, 3, 4), (5, 4, 2)), ((1, 3, 4), (6, 4, 1))]:
        add("MatMul", [real(*a), real(*b, seed=1)])
    add("MatMul", [ints(3, 4), ints(4, 2)])
    add("MatMulColumn", [real(2, 3, 4), real(4, seed=1)], operation="MatMul")
    add("MatMulRow", [real(4), real(2, 4, 3, seed=1)], operation="MatMul")
    add("MatMulVectors", [real(4), real(4, seed=1)], operation="MatMul")
    for ta in [0, 1]:
        for tb in [0, 1]:
            a, b = real(*((5, 2) if ta else (2, 5))), real(*((3, 5) if tb else (5, 3)), seed=1)
            for c in [(2, 3), (3,), (2, 1), ()]:
                add("Gemm", [a, b, real(*c, seed=2)], transA=ta, transB=tb, alpha=0.5, beta=2.0)
            add("Gemm", [a, b], transA=ta, transB=tb)
    add("Gemm", [real(2, 5), real(5, 3), real(3)], opset=7)
    for a, b in [((2, 3), (3, 4)), ((2, 2, 3), (3, 4)), ((2, 1, 2, 3), (5, 3, 4))]:
        for ta in [0, 1]:
            for tb in [0, 1]:
                x, y = real(*a), real(*b, seed=1)
                add("FusedMatMul", [x.swapaxes(-1, -2) if ta else x, y.swapaxes(-1, -2) if tb else y],
                    domain="com.microsoft", transA=ta, transB=tb, alpha=0.5)


def convolutions():
    for rank in [1, 2, 3]:
        size = (5, 6)[:rank] if rank < 3 else (5, 3, 3)
        x = real(1, 4, *size)
        for group in [1, 2, 4] if rank < 3 else [1, 4]:
            w = real(8, 4 // group, *(3, 2, 2)[:rank], seed=1)
            bias = real(8, seed=2)
            add("Conv", [x, w], group=group)
            add("Conv", [x, w, bias], group=group, strides=[2, 1, 2][:rank],
                pads=[1, 0, 1][:rank] + [0, 2, 1][:rank])
            add("Conv", [x, w, bias], group=group, dilations=[2, 1, 2][:rank],
                kernel_shape=[3, 2, 2][:rank])
            for mode in ["SAME_UPPER", "SAME_LOWER", "VALID"]:
                add("Conv", [x, w], group=group, auto_pad=mode, strides=[2] * rank)
            v = real(4, 6 // group if group < 4 else 2, *(3, 2, 2)[:rank], seed=3)
            beta = real(v.shape[1] * group, seed=4)
            add("ConvTranspose", [x, v], group=group)
            add("ConvTranspose", [x, v, beta], group=group, strides=[2, 3, 2][:rank],
                pads=[1, 0, 1][:rank] + [0, 2, 1][:rank])
            add("ConvTranspose", [x, v, beta], group=group, strides=[3, 2, 2][:rank],
                output_padding=[1, 0, 1][:rank], kernel_shape=[3, 2, 2][:rank])
            add("ConvTranspose", [x, v, beta], group=group, dilations=[2, 1, 2][:rank])
            add("ConvTranspose", [x, v], group=group, dilations=[2, 1, 3][:rank],
                strides=[3, 2, 2][:rank])
            add("ConvTranspose", [x, v], group=group, strides=[2] * rank, auto_pad="SAME_UPPER")
            add("ConvTranspose", [x, v], group=group, strides=[2] * rank, auto_pad="VALID")
            add("ConvTranspose", [x, v], group=group, strides=[2] * rank, auto_pad="SAME_UPPER",
                output_shape=[s * 2 for s in size])


def pooling():
    for rank in [1, 2, 3]:
        x = real(*(2, 3, 7) if rank == 1 else (1, 2, 7, 6, 5)[:rank + 2])
        kernel = [3, 2, 2][:rank]
        for name in ["MaxPool", "AveragePool", "LpPool"]:
            opset = 22
            add(name, [x], opset=opset, kernel_shape=kernel)
            add(name, [x], opset=opset, kernel_shape=kernel, strides=[2, 1, 3][:rank],
                pads=[1, 0, 1][:rank] + [1, 1, 0][:rank])
            for mode in ["SAME_UPPER", "SAME_LOWER", "VALID"]:
                add(name, [x], opset=opset, kernel_shape=kernel, auto_pad=mode, strides=[2] * rank)
            if name != "LpPool":
                add(name, [x], opset=opset, kernel_shape=kernel, strides=[2] * rank, ceil_mode=1)
                add(name, [x], opset=opset, kernel_shape=kernel, strides=[3] * rank, ceil_mode=1,
                    pads=[1, 0, 1][:rank] + [1, 1, 0][:rank])
                add(name, [x], opset=opset, kernel_shape=kernel, dilations=[2, 1, 2][:rank])
        add("AveragePool", [x], opset=opset, kernel_shape=kernel, strides=[2] * rank, ceil_mode=1,
            count_include_pad=1, pads=[1, 0, 1][:rank] + [0] * rank)
        for pads in [[0] * 2 * rank, [1, 0, 1][:rank] + [1, 1, 0][:rank]]:
            add("AveragePool", [x], opset=opset, kernel_shape=kernel, pads=pads, count_include_pad=1)
        add("LpPool", [x], opset=opset, kernel_shape=kernel, p=3)
        for name in ["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"]:
            add(name, [x])
        add("GlobalLpPool", [x], p=1)


def places():
    for upper in [0, 1]:
        for k in [-1, 0, 2]:
            add("Trilu", [real(2, 3, 4), Constant(np.array(k, np.int64))], upper=upper)
    add("Trilu", [ints(3, 3)])
    add("Trilu", [truth(3, 3)], upper=0)
    add("EyeLike", [real(3, 4)], dtype=TensorProto.FLOAT)
    add("EyeLike", [real(3, 4)], dtype=TensorProto.INT64, k=-1)
    add("EyeLike", [real(4, 3)], k=1)
    for start, limit, delta in [(2, 11, 3), (11, 2, -4), (0, 5, 1), (3, 9, 7)]:
        for kind in [np.int64, np.float32]:
            add("Range", [Constant(kind(v)) for v in (start, limit, delta)])
    add("Range", [Constant(np.float32(v)) for v in (0, 1, 0.25)])


def attention():
    q, k, v = real(2, 4, 3, 8), real(2, 4, 5, 8, seed=1), real(2, 4, 5, 6, seed=2)
    few = [real(2, 2, 5, 8, seed=s) for s in (3, 4)]
    past = [real(2, 4, 2, w, seed=s) for w, s in ((8, 5), (6, 6))]
    mask = np.array([[1, 0, 1, 1, 1], [0, 0, 0, 0, 0], [0, 1, 1, 1, 0]], bool)
    add("Attention", [q, k, v], opset=23)
    add("Attention", [q, *few], opset=23, softcap=2.0, scale=0.25)
    add("Attention", [q, k, v, real(3, 5, seed=7)], opset=23)
    add("Attention", [q, k, v, real(2, 1, 3, 5, seed=7)], opset=23, is_causal=1)
    add("Attention", [q, k, v, mask], opset=23)
    add("Attention", [q, k, v, None, *past], 3, opset=23, is_causal=1)
    for mode in range(4):
        add("Attention", [q, k, v], [1, 0, 0, 1], opset=23, qk_matmul_output_mode=mode)
    add("Attention", [q, k, v, None, None, None, np.array([3, 5])], opset=24, is_causal=1)
    add("Attention", [q, k, v], opset=25, left_window_size=1, right_window_size=1)
    rows = [real(2, n, w, seed=w) for n, w in ((3, 32), (5, 16), (5, 12))]
    heads = {"q_num_heads": 4, "kv_num_heads": 2}
    earlier = [real(2, 2, 2, w, seed=s) for w, s in ((8, 5), (6, 6))]
    for more in [{}, {"is_causal": 1}, {"softcap": 1.5, "scale": 0.5}]:
        add("AttentionOfRows", rows, operation="Attention", opset=23, **heads, **more)
        add("AttentionOfRows", [*rows, None, *earlier], 3, operation="Attention", opset=23, **heads,
            **more)
    add("AttentionOfRows", [*rows, mask], operation="Attention", opset=23, **heads)
    x, w, b = real(2, 3, 8), real(8, 24, seed=1), real(24, seed=2)
    own = {"operation": "Attention", "domain": "com.microsoft", "num_heads": 2}
    seen = np.array([[1, 1, 0], [1, 1, 1]], np.int32)
    add("SelfAttention", [x, w, b], **own)
    add("SelfAttention", [x, w, b, seen], **own, unidirectional=1)
    add("SelfAttention", [x, w, b], **own, scale=0.5, qkv_hidden_sizes=[8, 8, 8])
    add("SelfAttention", [x, w, b, None, None, real(2, 2, 3, 3, seed=3)], **own)
    add("SelfAttention", [x, w, b, None, real(2, 2, 2, 4, 4, seed=4)], 2, **own, unidirectional=1)
    q, k, v = real(2, 3, 8), real(2, 5, 8, seed=1), real(2, 5, 6, seed=2)
    several = {"domain": "com.microsoft", "num_heads": 2}
    add("MultiHeadAttention", [q, k, v], **several)
    add("MultiHeadAttention", [q, k, v, real(22, seed=3)], **several, scale=0.5)
    add("MultiHeadAttention", [q, k, real(2, 5, 8, seed=2), None, np.array(
        [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], np.int32), real(1, 2, 3, 5, seed=4)], **several)
    angles = real(10, 8, seed=7)
    turns = [np.cos(angles), np.sin(angles)]
    q, k, v = real(1, 4, 64), real(1, 4, 32, seed=1), real(1, 4, 32, seed=2)
    lengths = [Constant(np.array([3], np.int32)), Constant(np.array(4, np.int32))]
    grouped = {"domain": "com.microsoft", "num_heads": 4, "kv_num_heads": 2}
    for more in [{}, {"local_window_size": 2}, {"softcap": 1.5, "scale": 0.5}]:
        add("GroupQueryAttention", [q, k, v, None, None, *lengths], 3, **grouped, **more)
        for beside in [0, 1]:
            add("GroupQueryAttention", [q, k, v, None, None, *lengths, *turns], 3, **grouped, **more,
                do_rotary=1, rotary_interleaved=beside)
    q, k, v = real(2, 3, 64), real(2, 3, 32, seed=1), real(2, 3, 32, seed=2)
    ragged = [Constant(np.array([2, 1], np.int32)), Constant(np.array(3, np.int32))]
    add("GroupQueryAttention", [q, k, v, None, None, *ragged], 3, **grouped)
    short = [Constant(np.array([0, 1], np.int32)), Constant(np.array(3, np.int32))]
    add("GroupQueryAttention", [q, k, v, None, None, *short], 3, **grouped, local_window_size=2)
    q, k, v = real(2, 1, 64), real(2, 1, 32, seed=1), real(2, 1, 32, seed=2)
    earlier = [real(2, 2, 3, 16, seed=s) for s in (3, 4)]
    more = [Constant(np.array([3, 3], np.int32)), Constant(np.array(4, np.int32))]
    add("GroupQueryAttention", [q, k, v, *earlier, *more], 3, **grouped)
    add("GroupQueryAttention", [q, k, v, *earlier, *more, *turns], 3, **grouped, do_rotary=1)


def positions():
    angles = real(10, 4, seed=7)
    cosine, sine = np.cos(angles), np.sin(angles)
    place = np.array([[0, 2, 3], [5, 9, 1]])
    x, row = real(2, 2, 3, 8), real(2, 3, 16)
    own = {"operation": "RotaryEmbedding"}
    for beside in [{"interleaved": 0}, {"interleaved": 1}]:
        add("RotaryEmbedding", [x, cosine, sine, place], opset=23, **beside)
        add("RotaryEmbedding", [x, cosine[:, :2], sine[:, :2], place], opset=23,
            rotary_embedding_dim=4, **beside)
        add("RotaryEmbedding", [x, place, cosine, sine], domain="com.microsoft", **beside)
        add("RotaryEmbeddingOfPlaces", [x, cosine[place], sine[place]], opset=23, **own, **beside)
        add("RotaryEmbeddingOfRows", [row, cosine, sine, place], opset=23, num_heads=2, **own, **beside)
        add("RotaryEmbeddingOfRows", [row, cosine[:, :2], sine[:, :2], place], opset=23, num_heads=2,
            rotary_embedding_dim=4, **own, **beside)
        add("RotaryEmbeddingOfRowsAndPlaces", [row, cosine[place], sine[place]], opset=23, num_heads=2,
            **own, **beside)
        add("RotaryEmbeddingOfWholeRows", [row, place, cosine, sine], domain="com.microsoft", **own,
            **beside)
        add("RotaryEmbeddingFrom", [row, np.array([2]), cosine, sine], domain="com.microsoft", **own,
            **beside)


def sampling():
    x, grid = real(2, 3, 4, 5), real(2, 3, 4, 2, seed=1, low=-1.3, high=1.3)
    volume, places = real(1, 2, 3, 4, 5), real(1, 3, 2, 2, 3, seed=2, low=-1.2, high=1.2)
    for padding in ["zeros", "border", "reflection"]:
        for aligned in [0, 1]:
            for mode, name in [("linear", ""), ("nearest", "Nearest"), ("cubic", "Cubic")]:
                for value in [grid, Constant(grid)]:
                    add("GridSample" + name, [x, value], operation="GridSample", opset=20, mode=mode,
                        padding_mode=padding, align_corners=aligned)
                if mode != "cubic":
                    for value in [places, Constant(places)]:
                        add("GridSampleVolume" + name, [volume, value], operation="GridSample",
                            opset=20, mode=mode, padding_mode=padding, align_corners=aligned)
    add("GridSample", [x, grid], opset=16)
    image = real(2, 3, 8, 8)
    boxes = np.array([[1, 1, 5, 6], [0, 2, 7, 7.5], [-2, -2, 3, 3]], np.float32)
    for way in ["half_pixel", "output_half_pixel"]:
        for scale in [1.0, 0.75]:
            add("RoiAlign", [image, boxes, np.array([0, 1, 1])], opset=16, output_height=2,
                output_width=3, sampling_ratio=2, spatial_scale=scale,
                coordinate_transformation_mode=way)
        add("RoiAlignMaximum", [image, boxes, np.array([0, 1, 1])], operation="RoiAlign", opset=16,
            output_height=2, output_width=3, sampling_ratio=2, mode="max",
            coordinate_transformation_mode=way)
    for group, parts in [(1, 1), (2, 1), (1, 2), (2, 2)]:
        add("DeformConv", [real(1, 4, 5, 5), real(6, 4 // group, 3, 3, seed=1), real(1, parts * 18, 3, 3),
                           real(6, seed=2), real(1, parts * 9, 3, 3, seed=3)], opset=19, group=group,
            offset_group=parts, kernel_shape=[3, 3])
    add("DeformConv", [real(1, 4, 5, 5), real(6, 4, 3, 2, seed=1), real(1, 12, 3, 5)], opset=19,
        strides=[2, 1], pads=[1, 0, 1, 1], kernel_shape=[3, 2])


def einsum():
    for text, *shapes in [
        ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("bij,bjk->bik", (2, 3, 4), (2, 4, 2)),
        ("...ij,...jk->...ik", (2, 1, 3, 4), (5, 4, 2)), ("i,j->ij", (3,), (4,)), ("ii->i", (3, 3)),
        ("ii", (3, 3)), ("ij->ji", (2, 3)), ("ba", (2, 3)), ("ij->", (2, 3)), ("bhid,bhjd->bhij", (1, 2, 3, 4),
        (1, 2, 5, 4)), ("ij, jk, kl -> il", (2, 3), (3, 2), (2, 4)), ("...->...", (2, 3)),
        ("...i->...", (2, 3, 4)), ("i...->...i", (2, 3, 4)), ("Ab,bA->", (2, 3), (3, 2))]:
        add("Einsum", [real(*s, seed=i) for i, s in enumerate(shapes)], equation=text)


def signals():
    for name in ["HannWindow", "HammingWindow", "BlackmanWindow"]:
        for size in [1, 8, 9]:
            add(name, [Constant(np.array(size, np.int64))])
            if size > 1:
                add(name, [Constant(np.array(size, np.int64))], periodic=0)
    for x in [real(2, 3), real(6, low=0.5), real(6, high=-0.25), real(1, 2, 3, low=-100, high=3)]:
        add("DynamicQuantizeLinear", [x], 3)
    add("DynamicQuantizeLinear", [np.zeros(3, np.float32)], [0, 2])


def sorting():
    x = real(3, 5, 2)
    ties = ints(2, 6, low=0, high=3)
    for k in [1, 3, 5]:
        for largest in [0, 1]:
            count = Constant(np.array([k], np.int64))
            add("TopK", [x, count], 2, axis=1, largest=largest)
            add("TopK", [ties, count], 2, largest=largest)
    add("TopK", [real(7), Constant(np.array([2], np.int64))], [0, 1], opset=10)


def losses():
    for shape in [(4, 3), (2, 3, 4), (2, 3, 2, 2)]:
        x = real(*shape)
        label = ints(shape[0], *shape[2:], low=0, high=3)
        for reduction in ["none", "sum", "mean"]:
            name = "" if reduction == "none" else "Total"
            for rest in [[], [real(3, seed=1, low=0.5)]]:
                for ignored in [{}, {"ignore_index": 1}]:
                    add("NegativeLogLikelihood" + name, [x, Constant(label), *rest], opset=13,
                        operation="NegativeLogLikelihoodLoss", reduction=reduction, **ignored)
                    add("SoftmaxCrossEntropy" + name, [x, Constant(label), *rest], 2, opset=13,
                        operation="SoftmaxCrossEntropyLoss", reduction=reduction, **ignored)
    far = np.where(ints(4, low=0, high=2) == 0, 255, 1)
    for name in ["NegativeLogLikelihood", "SoftmaxCrossEntropy"]:
        add(name + "Total", [real(4, 3), Constant(far)], operation=name + "Loss", opset=13,
            ignore_index=255)


def recurrent():
    def layer(kind, time=3, batch=2, given=True, bias=True, lengths=None, peepholes=False,
              seed=0, private=False, **attributes):
        gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
        count = 2 if attributes.get("direction") == "bidirectional" else 1
        hold = (lambda v: v) if private else Constant

        def small(*shape, seed=0):
            return real(*shape, seed=seed, low=-0.8, high=0.8)

        state = small(count, batch, 2, seed=seed + 3) if given else None
        inputs = [real(time, batch, 3, seed=seed), hold(small(count, gates * 2, 3, seed=seed + 1)),
                  hold(small(count, gates * 2, 2, seed=seed + 2)),
                  hold(small(count, gates * 4, seed=seed + 4)) if bias else None,
                  None if lengths is None else Constant(np.array(lengths, np.int32)), state]
        if kind == "LSTM":
            inputs += [small(count, batch, 2, seed=seed + 5) if given else None,
                       Constant(small(count, 6, seed=seed + 6)) if peepholes else None]
        while inputs[-1] is None:
            inputs.pop()
        add(kind, inputs, 3 if kind == "LSTM" else 2, hidden_size=2, opset=14, **attributes)

    for kind in ["RNN", "GRU", "LSTM"]:
        for direction in ["forward", "reverse", "bidirectional"]:
            layer(kind, direction=direction)
            layer(kind, direction=direction, batch=3, lengths=[3, 1, 2], given=False)
        layer(kind, batch=3, lengths=[2, 0, 3], direction="bidirectional")
        layer(kind, bias=False, given=False, time=5)
        layer(kind, private=True)
        layer(kind, clip=0.25)
        for time in [1, 2, 7]:
            layer(kind, time=time)
    layer("GRU", linear_before_reset=1, direction="bidirectional")
    layer("GRU", linear_before_reset=1, bias=False)
    layer("GRU", linear_before_reset=1, clip=0.3)
    layer("GRU", activations=["HardSigmoid", "ScaledTanh"], activation_alpha=[0.3, 0.9],
          activation_beta=[0.4, 0.7])
    layer("LSTM", peepholes=True, direction="bidirectional")
    layer("LSTM", peepholes=True, clip=0.2)
    layer("LSTM", input_forget=1)
    layer("LSTM", input_forget=1, peepholes=True)
    layer("LSTM", direction="bidirectional", activation_alpha=[0.3, 0.1, 0.7], activation_beta=[0.4],
          activations=["HardSigmoid", "Softsign", "Tanh", "Sigmoid", "LeakyRelu", "Elu"])
    for name, alpha, beta in [("Relu", [], []), ("Affine", [0.5], [0.25]), ("LeakyRelu", [0.25], []),
                              ("ThresholdedRelu", [0.125], []), ("ScaledTanh", [0.75], [1.5]),
                              ("HardSigmoid", [], []), ("Elu", [0.5], []), ("Elu", [], []),
                              ("Softsign", [], []), ("Softplus", [], []), ("Sigmoid", [], [])]:
        layer("RNN", activations=[name], **({"activation_alpha": alpha} if alpha else {}),
              **({"activation_beta": beta} if beta else {}))


def resizing():
    x = real(1, 2, 4, 5)

    def resize(mode, scales=None, sizes=None, opset=19, **attributes):
        lists = [Constant(np.array(v, t)) if v is not None else None
                 for v, t in ((scales, np.float32), (sizes, np.int64))]
        lists = lists[:1] if sizes is None else lists
        add("Resize", [x, None, *lists], opset=opset, mode=mode, **attributes)

    for mode in ["nearest", "linear", "cubic"]:
        ways = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]
        for way in ways + (["half_pixel_symmetric"] if mode != "cubic" else []):
            for scales in [[1, 1, 2, 3], [1, 1, 0.6, 0.8], [1, 1, 1.5, 1]]:
                resize(mode, scales, coordinate_transformation_mode=way)
            resize(mode, sizes=[1, 2, 7, 3], coordinate_transformation_mode=way)
        resize(mode, sizes=[1, 2, 1, 1], coordinate_transformation_mode="pytorch_half_pixel")
        resize(mode, sizes=[6, 9], axes=[2, 3])
    for way in ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]:
        for scales in [[1, 1, 2, 3], [1, 1, 0.6, 0.75]]:
            resize("nearest", scales, nearest_mode=way)
            resize("nearest", scales, nearest_mode=way, opset=11,
                   coordinate_transformation_mode="asymmetric")
    resize("cubic", [1, 1, 2, 2], cubic_coeff_a=-0.5)
    for policy in ["not_larger", "not_smaller"]:
        resize("nearest", sizes=[7, 8], axes=[2, 3], keep_aspect_ratio_policy=policy)
    for mode in ["nearest", "linear"]:
        scales = Constant(np.array([1, 1, 2, 3], np.float32))
        add("Resize", [x, scales], opset=10, mode=mode)
        add("Resize", [x, scales], operation="Upsample", opset=9, mode=mode)
        add("Resize", [x], operation="Upsample", opset=7, mode=mode, scales=[1.0, 1.0, 2.0, 3.0])


def tensor(value, constant=False, digits=9):
    kind = {"f": "real", "b": "boolean"}.get(value.dtype.kind, "integer")
    if kind == "real":
        values = [float(np.format_float_scientific(v, digits - 1)) if np.isfinite(v) else str(v)
                  for v in value.reshape(-1)]
    else:
        values = [int(v) for v in value.reshape(-1)]
    values = [int(v) if not isinstance(v, str) and v == int(v) and abs(v) < 1e6 else v for v in values]
    result = {"kind": kind, "shape": list(value.shape), "values": values}
    return result | {"constant": True} if constant else result


def gelu(x):
    return x / 2 * (1 + np.vectorize(math.erf)(x / np.sqrt(2)))


# Operators that ONNX Runtime has only for processors of other kinds.
FOREIGN = {
    "BiasAdd": lambda x, bias, skip: x + bias + skip,
    "BiasSplitGelu": lambda x, bias: np.multiply(*(
        f(part) for f, part in zip((np.asarray, gelu), np.split(x + bias, 2, -1)))).astype(np.float32),
}


def run(case):
    operation, inputs, outputs, domain, opset, attributes = case
    used = [1] * outputs if isinstance(outputs, int) else outputs
    opset = opset or (1 if domain else ONNX_OPSET)
    plain = [v.value if isinstance(v, Constant) else None if v is None else np.asarray(v) for v in inputs]
    names = ["" if v is None else f"x{i}" for i, v in enumerate(plain)]
    results = [f"y{i}" if u else "" for i, u in enumerate(used)]
    node = helper.make_node(operation, names, results, domain=domain, **attributes)
    # Some operators of ONNX Runtime stand in ONNX's domain beside a later opset.
    imports = [helper.make_opsetid(domain, opset)]
    if domain:
        imports.append(helper.make_opsetid("", ONNX_OPSET))
    infos = [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape)
             for n, v, i in zip(names, plain, inputs) if n and not isinstance(i, Constant)]
    constants = [numpy_helper.from_array(v, n)
                 for n, v, i in zip(names, plain, inputs) if isinstance(i, Constant)]
    graph = helper.make_graph(
        [node], "g", infos, [helper.make_empty_tensor_value_info(r) for r in results if r], constants)
    model = helper.make_model(graph, opset_imports=imports, ir_version=10)
    feeds = {i.name: plain[names.index(i.name)] for i in infos}
    found, faults = None, []
    try:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        found = session.run(None, feeds)
    except Exception as fault:
        faults.append(str(fault))
    if found is None or "--compare" in sys.argv:
        try:
            reference = ReferenceEvaluator(model).run(None, feeds)
            for a, b in zip(found or [], reference):
                if not np.allclose(a, b, 1e-4, 1e-5, equal_nan=True) or a.shape != b.shape:
                    print("DIFFERENT", operation, attributes, [p.shape for p in plain if p is not None])
            found = found or reference
        except Exception as fault:
            faults.append(str(fault))
    if found is None and operation in FOREIGN:
        found = [FOREIGN[operation](*plain)]
    if found is None:
        raise SystemExit(f"{operation} {attributes} {opset}: {faults}")
    answers = iter(found)
    return {
        "operation": operation, "domain": domain, "opset": opset, "attributes": attributes,
        "inputs": [None if v is None else tensor(p, isinstance(v, Constant))
                   for v, p in zip(inputs, plain)],
        "outputs": [tensor(np.asarray(next(answers)), digits=7) if u else None for u in used],
    }


if __name__ == "__main__":
    for function in [unary, activations, arithmetic, reductions, softmax, normalisations, products,
                     convolutions, pooling, places, resizing, einsum, signals, sorting,
                     losses, recurrent, attention, positions, sampling]:
        function()
    HERE.mkdir(exist_ok=True)
    for operator, cases in sorted(CASES.items()):
        lines = ",\n".join(json.dumps(run(case), separators=(",", ":")) for case in cases)
        (HERE / f"{operator}.json").write_text(f"[\n{lines}\n]\n")
