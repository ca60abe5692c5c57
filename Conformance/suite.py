"""The cases of the official ONNX backend suite, as the package onnx 1.17.0 holds them."""
import dataclasses
import pathlib

import numpy
import onnx
from onnx import TensorProto, numpy_helper

# The folders whose cases count, and one of whole small networks that are run beside them.
COUNTED = ["node", "simple", "pytorch-operator"]
BESIDE = ["pytorch-converted"]
FLOATS = {TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16}
# Positions of real operands that say what a node does, and not on what: a network has them as
# constants.
PARAMETERS = {"DequantizeLinear": {1}, "Dropout": {1}, "MelWeightMatrix": {3, 4},
              "NonMaxSuppression": {3, 4}, "OneHot": {1}, "Pad": {2},
              "QLinearConv": {1, 4, 6}, "QLinearMatMul": {1, 4, 6}, "QuantizeLinear": {1},
              "Range": {0, 1, 2}, "Resize": {1, 2}, "Upsample": {1}}
# Answers of the suite that are wrong: its zero points are taken off in 8 bits, where they wrap around.
# These are ONNX Runtime's.
CORRECTED = {
    "test_qlinearmatmul_2D_int8_float32": [41, -12, -9, 1, -75, -128],
    "test_qlinearmatmul_3D_int8_float32": 2 * [-86, -128, -128, 115, 39, -121],
}


@dataclasses.dataclass
class Port:
    """An input or output of a model, with the file that holds its value."""
    name: str
    element: int  # an element type of ONNX, or None of what is no tensor
    path: pathlib.Path
    corrected: list = None  # the right values, where the file has wrong ones
    is_parameter: bool = False  # whether nodes read it at positions of PARAMETERS, and nowhere else

    @property
    def is_real(self):
        return self.element in FLOATS

    @property
    def is_constant(self):
        """Whether it is made a constant of the network."""
        return not self.is_real or self.is_parameter

    @property
    def type_name(self):
        return TensorProto.DataType.Name(self.element) if self.element else "no tensor"

    def tensor(self):
        """The value, as a TensorProto of the element type that the model declares.

        The suite stores formats that numpy lacks as integers of the same bits.
        """
        tensor = self.stored()
        if tensor.HasField("raw_data"):
            tensor.data_type = self.element
        return tensor

    def stored(self):
        """What the file holds."""
        tensor = TensorProto()
        tensor.ParseFromString(self.path.read_bytes())
        return tensor

    @property
    def is_relabelled(self):
        """Whether the file gives a tensor another element type than the model does."""
        return self.element is not None and self.tensor() != self.stored()

    def values(self):
        """The shape, and the values as Python numbers in row-major order."""
        array = numpy_helper.to_array(self.tensor())
        kind = float if self.is_real else None
        if self.corrected is not None:
            return list(array.shape), self.corrected
        return list(array.shape), numpy.asarray(array, dtype=kind).ravel().tolist()


@dataclasses.dataclass
class Case:
    """A model with its inputs, and the outputs that are right."""
    folder: str
    name: str
    model: pathlib.Path
    inputs: list
    outputs: list
    operators: list

    @property
    def identifier(self):
        return f"{self.folder}/{self.name}"

    @property
    def has_float(self):
        return any(p.element == TensorProto.FLOAT for p in self.inputs + self.outputs)


def cases():
    """All cases with an input or output of type float (of 32 bits), in a fixed order."""
    data = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data"
    found = [read(folder, path) for folder in COUNTED + BESIDE
             for path in sorted((data / folder).iterdir())]
    return [case for case in found if case.has_float]


def read(folder, path):
    """The case in a folder of the package. All have one set of data."""
    graph = onnx.load(path / "model.onnx", load_external_data=False).graph
    initial = {tensor.name for tensor in graph.initializer}
    values = path / "test_data_set_0"
    parameters = parameter_names(graph)
    inputs = [value for value in graph.input if value.name not in initial]
    return Case(
        folder, path.name, path / "model.onnx",
        [port(v, values / f"input_{n}.pb", parameters) for n, v in enumerate(inputs)],
        [port(v, values / f"output_{n}.pb", corrected=CORRECTED.get(path.name))
         for n, v in enumerate(graph.output)],
        sorted({node.op_type for node in graph.node}))


def parameter_names(graph):
    """What nodes read as parameters only. A graph within a node may read anything."""
    parameters, others = set(), {value.name for value in graph.output}
    for node in graph.node:
        positions = PARAMETERS.get(node.op_type, ())
        for position, name in enumerate(node.input):
            (parameters if position in positions else others).add(name)
    return parameters - others


def port(value, path, parameters=(), corrected=None):
    is_tensor = value.type.WhichOneof("value") == "tensor_type"
    return Port(value.name, value.type.tensor_type.elem_type if is_tensor else None, path, corrected,
                value.name in parameters)
