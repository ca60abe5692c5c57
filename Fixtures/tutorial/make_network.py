"""A network of one layer of a custom domain, and an input for it: what the tutorial proves.

Usage: python3 make_network.py FOLDER (needs onnx and numpy)
"""

import json
import sys
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
random = numpy.random.default_rng(1)
weights = random.normal(0, 0.5, (2, 8, 4)).astype(numpy.float32)
graph = helper.make_graph(
    [
        helper.make_node("MatMul", ["x", "values"], ["value"], name="value"),
        helper.make_node("MatMul", ["x", "gates"], ["gate"], name="gate"),
        helper.make_node("GatedUnit", ["value", "gate"], ["y"], name="gated", domain="lab", slope=1.5),
    ],
    "network",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 8])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4])],
    [numpy_helper.from_array(weights[0], "values"), numpy_helper.from_array(weights[1], "gates")],
)
opsets = [helper.make_opsetid("", 17), helper.make_opsetid("lab", 1)]
onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), folder / "network.onnx")
sample = [round(float(value), 3) for value in random.normal(0, 1, 8)]
(folder / "input.json").write_text(json.dumps({"input_data": [sample]}) + "\n")
