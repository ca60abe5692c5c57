#!/usr/bin/env python3
"""Writes fused/: what ONNX Runtime makes of nodes that its optimiser and its quantiser write, over their
options. Needs numpy, onnx and onnxruntime.

OPERATOR.json lists cases as in equations/, where an integer that is not of 64 bits also has its "type".
normalised.onnx normalises what a sum of integers stands for. Every random choice is seeded.
"""
import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import make_equations
from make_equations import CASES, Constant, add, real, run

HERE = pathlib.Path(__file__).parent / "fused"
MICROSOFT = {"domain": "com.microsoft"}


def plain(value, constant=False, digits=9):
    result = TENSOR(value, constant, digits)
    if value.dtype.kind in "iu" and value.dtype != np.int64:
        result["type"] = value.dtype.name
    return result


TENSOR, make_equations.tensor = make_equations.tensor, plain


def integers(*shape, kind=np.uint8, seed=0):
    limits = np.iinfo(kind)
    random = np.random.default_rng([seed, len(shape), *shape])
    return random.integers(limits.min, limits.max + 1, shape).astype(kind)


def fixed(value, kind=np.float32):
    return Constant(np.array(value, kind))


def scales(*shape, seed=0):
    return Constant(real(*shape, seed=seed, low=0.005, high=0.03))


def masks(batch, queries, keys):
    """Where the keys end, with where they begin, with where the texts do, and for each query."""
    ends = [keys - 1, keys][:batch]
    shown = np.arange(batch * queries * keys).reshape(batch, queries, keys) % 3 > 0
    return [
        np.array(ends, np.int32), np.array(ends + [1, 0][:batch], np.int32),
        np.array(ends + [0] * (2 * batch + 2), np.int32), shown.astype(np.int32)]


def attention():
    x, w, b = real(2, 3, 8), Constant(real(8, 24, seed=1)), Constant(real(24, seed=2))
    own, past = MICROSOFT | {"num_heads": 2}, real(2, 2, 2, 4, 4, seed=4)
    for mask in [m for k, m in enumerate(masks(2, 3, 3)) if k != 2]:
        add("Attention", [x, w, b, mask], **own)
        add("Attention", [x, w, b, mask], **own, unidirectional=1, mask_filter_value=-2.5)
    for mask in masks(2, 3, 7)[:2]:
        add("Attention", [x, w, b, mask, past], 2, **own)
    added = real(2, 2, 3, 3, seed=3)
    add("Attention", [x, w, b, masks(2, 3, 3)[3], None, added], **own, scale=0.3)
    wide, more = Constant(real(8, 28, seed=1)), Constant(real(28, seed=2))
    add("Attention", [x, wide, more, masks(2, 3, 3)[0]], **own, qkv_hidden_sizes=[8, 8, 12])
    q, k, v = real(2, 3, 8), real(2, 5, 8, seed=1), real(2, 5, 6, seed=2)
    for mask in [masks(2, 3, 5)[0], masks(2, 3, 5)[2], masks(2, 3, 5)[3]]:
        add("MultiHeadAttention", [q, k, v, None, mask], **own)
    heads = [real(2, 2, 5, 4, seed=s) for s in (5, 6)]
    add("MultiHeadAttention", [q, *heads], **own)
    add("MultiHeadAttention", [q, *heads, None, masks(2, 3, 5)[0]], **own)
    k, v, earlier = real(2, 3, 8, seed=1), real(2, 3, 8, seed=2), [real(2, 2, 4, 4, seed=s) for s in (5, 6)]
    add("MultiHeadAttention", [q, k, v, None, masks(2, 3, 7)[0], None, *earlier], 3, **own)


def quantised_attention():
    own = MICROSOFT | {"num_heads": 2}
    b, one = Constant(real(24, seed=2)), fixed(0.02)
    x, w = integers(2, 3, 8), Constant(integers(8, 24, kind=np.uint8, seed=1))
    zeros = [fixed(11, np.uint8), fixed(120, np.uint8)]
    add("QAttention", [x, w, b, one, fixed(0.01), None, *zeros], **own)
    w = Constant(integers(8, 24, kind=np.int8, seed=1))
    zeros = [fixed(130, np.uint8), fixed(0, np.int8)]
    for mask in [m for k, m in enumerate(masks(2, 3, 3)) if k != 2]:
        add("QAttention", [x, w, b, one, fixed(0.01), mask, *zeros], **own)
    flat = np.array([[1, 1, 0], [1, 1, 1]], np.int32)
    add("QAttention", [x, w, b, one, scales(24), flat, fixed(130, np.uint8), Constant(np.zeros(24, np.int8))],
        **own, unidirectional=1)
    past = real(2, 2, 2, 4, 4, seed=4)
    add("QAttention", [x, w, b, one, fixed(0.01), None, *zeros, past], 2, **own)


def convolutions():
    units = [fixed(0.05), fixed(120, np.uint8)]
    result = [fixed(0.4), fixed(100, np.uint8)]
    x, bias = integers(1, 6, 7, 4), Constant(integers(8, kind=np.int32, seed=2) // 2**18)
    w = Constant(integers(8, 4, 3, 3, kind=np.int8, seed=1))
    for weights in [[w, fixed(0.02), fixed(0, np.int8)], [w, scales(8), Constant(np.zeros(8, np.int8))]]:
        for more in [{}, {"pads": [1, 0, 1, 2], "strides": [2, 1]}, {"dilations": [2, 2]}]:
            add("QLinearConv", [x, *units, *weights, *result, bias], **MICROSOFT, channels_last=1, **more)
    deep = Constant(integers(4, 1, 3, 3, kind=np.int8, seed=1))
    add("QLinearConv", [x, *units, deep, fixed(0.02), fixed(0, np.int8), *result], **MICROSOFT,
        channels_last=1, group=4)
    line = Constant(integers(3, 4, 3, kind=np.int8, seed=1))
    add("QLinearConv", [integers(2, 9, 4), *units, line, fixed(0.02), fixed(0, np.int8), *result],
        **MICROSOFT, channels_last=1)
    first = integers(1, 4, 6, 7)
    add("QLinearConv", [first, *units, w, fixed(0.02), fixed(0, np.int8), *result, bias], **MICROSOFT)


def pooling():
    for kind in [np.uint8, np.int8]:
        x = integers(1, 6, 7, 3, kind=kind)
        for more in [{}, {"strides": [2, 2], "pads": [1, 1, 1, 1]}, {"dilations": [1, 2]}, {"ceil_mode": 1}]:
            add("NhwcMaxPool", [x], **MICROSOFT, kernel_shape=[2, 2], **more)
        units = [fixed(0.05), fixed(3, kind), fixed(0.0618), fixed(5, kind)]
        for last in [0, 1]:
            own = MICROSOFT | {"channels_last": last}
            add("QLinearGlobalAveragePool", [x, *units], **own)
            for more in [{}, {"pads": [1, 1, 1, 1]}, {"pads": [1, 0, 1, 0], "count_include_pad": 1}]:
                add("QLinearAveragePool", [x, *units], **own, kernel_shape=[3, 3], strides=[2, 1], **more)
            # The last window reaches beyond the padding, and counts whole.
            add("QLinearAveragePool", [x, *units], **own, kernel_shape=[3, 3], strides=[2, 3], pads=[0, 1, 1, 0],
                ceil_mode=1, count_include_pad=1)
            # Halves, to which an odd zero point is added.
            halves = [fixed(0.5), fixed(3, kind), fixed(0.5), fixed(5, kind)]
            add("QLinearAveragePool", [x, *halves], **own, kernel_shape=[2, 2])


def products():
    for kind in [np.uint8, np.int8]:
        for weights in [np.int8, np.uint8]:
            if kind == np.int8 and weights == np.uint8:
                continue
            a, b = integers(2, 3, 8, kind=kind), Constant(integers(8, 5, kind=weights, seed=1))
            zeros = [fixed(7, kind), fixed(3, weights)]
            bias = Constant(real(5, seed=3))
            for units in [[fixed(0.02), fixed(0.01)], [Constant(np.float32([0.02])), scales(5)]]:
                add("MatMulIntegerToFloat", [a, b, *units, *zeros, bias], **MICROSOFT)
                add("MatMulIntegerToFloat", [a, b, *units], **MICROSOFT)
    for weights in [np.int8, np.uint8]:
        a, b = real(3, 8), Constant(integers(8, 5, kind=weights, seed=1))
        for unit, zero in [(fixed(0.01), fixed(3, weights)), (scales(5), Constant(np.full(5, 3, weights)))]:
            add("DynamicQuantizeMatMul", [a, b, unit, zero, Constant(real(5, seed=3))], **MICROSOFT)
            add("DynamicQuantizeMatMul", [a, b, unit, zero], **MICROSOFT)
        add("DynamicQuantizeMatMul", [a, b, fixed(0.01)], **MICROSOFT)


def softmax():
    for kind in [np.uint8, np.int8]:
        x, zero = integers(2, 3, 4, kind=kind), np.iinfo(kind).min
        for unit, result in [(0.05, 1 / 256), (0.02, 0.0031), (0.3, 0.00402)]:
            units = [fixed(unit), fixed(3, kind), fixed(result), fixed(zero, kind)]
            for more in [{"opset": 12}, {"opset": 12, "axis": 2}, {"opset": 12, "axis": -2},
                         {"opset": 13}, {"opset": 13, "axis": 1}]:
                # ONNX Runtime lets a result of 1 wrap around in integers with a sign.
                if kind == np.int8 and (unit > 0.1 or result == 1 / 256):
                    continue
                # Its attribute is called as the parameter of `add` is.
                case = ("QLinearSoftmax", [x, *units], 1, "com.microsoft", None, more)
                CASES.setdefault("QLinearSoftmax", []).append(case)


def chosen():
    for kind in [np.uint8, np.int8]:
        x, y = integers(2, 4, kind=kind), integers(1, 4, kind=kind, seed=1)
        condition = np.arange(8).reshape(2, 4) % 3 == 0
        units = [[fixed(s), fixed(z, kind)] for s, z in [(0.05, 3), (0.02, 9), (0.04, 5)]]
        add("QLinearWhere", [condition, x, *units[0], y, *units[1], *units[2]], **MICROSOFT)


def packed():
    a = real(3, 40)
    for bits in [2, 4, 8]:
        for block in [16, 32]:
            blocks, bytes = -(-40 // block), block * bits // 8
            b = Constant(integers(6, blocks, bytes, seed=1))
            own = MICROSOFT | {"K": 40, "N": 6, "bits": bits, "block_size": block}
            unit = scales(6 * blocks)
            add("MatMulNBits", [a, b, unit], **own)
            if bits == 2:
                continue
            zeros = Constant(integers(6 * -(-blocks * bits // 8), seed=2))
            add("MatMulNBits", [a, b, unit, zeros], **own)
            add("MatMulNBits", [real(2, 3, 40), b, unit, zeros, None, Constant(real(6, seed=3))], **own)
            if bits == 4:
                add("MatMulNBits", [a, b, unit, Constant(real(6 * blocks, seed=4))], **own)
    b, unit = Constant(integers(6, 3, 8, seed=1)), scales(18)
    rows = Constant((np.arange(48) * 7 % 3).astype(np.int32))
    add("MatMulNBits", [real(3, 48), b, unit, None, rows], **MICROSOFT, K=48, N=6, bits=4, block_size=16)
    places = np.array([[1, 4], [0, 2]], np.int64)
    table, unit = Constant(integers(5, 32, seed=1)), scales(5, 2, seed=2)
    own = MICROSOFT | {"bits": 8, "block_size": 16}
    add("GatherBlockQuantized", [table, places, unit], **own)
    add("GatherBlockQuantized", [table, places, unit, Constant(integers(5, 2, seed=3))], **own)
    half, own = Constant(integers(5, 16, seed=1)), own | {"bits": 4}
    add("GatherBlockQuantized", [half, places, unit], **own)
    add("GatherBlockQuantized", [half, places, unit, Constant(integers(5, 1, seed=3))], **own)


def embedded():
    words, kinds = np.array([[1, 3, 2], [0, 4, 1]], np.int32), np.array([[0, 0, 1], [1, 0, 0]], np.int32)
    tables = [Constant(integers(*s, seed=k)) for k, s in enumerate([(5, 8), (4, 8), (2, 8), (8,), (8,)])]
    units = [fixed(0.01 + k / 200) for k in range(5)]
    zeros = [fixed(100 + k, np.uint8) for k in range(5)]
    add("QEmbedLayerNormalization", [words, kinds, *tables, None, *units, *zeros], 2, **MICROSOFT)


def normalised():
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]),
        helper.make_node("QLinearAdd", ["q", "s", "z", "q", "s", "z", "t", "u"], ["sum"], **MICROSOFT),
        helper.make_node("DequantizeLinear", ["sum", "t", "u"], ["d"]),
        helper.make_node("LayerNormalization", ["d", "w"], ["y"])]
    values = {
        "s": np.float32(0.0237), "z": np.uint8(144), "t": np.float32(0.021889629), "u": np.uint8(146),
        "w": np.ones(16, np.float32)}
    graph = helper.make_graph(
        nodes, "normalised", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [5, 16])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [5, 16])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()])
    return helper.make_model(graph, ir_version=9, opset_imports=[
        helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)])


if __name__ == "__main__":
    for function in [attention, quantised_attention, convolutions, pooling, products, softmax, chosen,
                     packed, embedded]:
        function()
    HERE.mkdir(exist_ok=True)
    for operator, cases in sorted(CASES.items()):
        lines = ",\n".join(json.dumps(run(case), separators=(",", ":")) for case in cases)
        (HERE / f"{operator}.json").write_text(f"[\n{lines}\n]\n")
    onnx.save(normalised(), HERE / "normalised.onnx")
