"""all-MiniLM-L6-v2 as an ONNX network, made of its published weights."""
import json

import numpy
from onnx import TensorProto, helper, numpy_helper

TOKENS, HEADS, WIDTH, LAYERS = 24, 12, 32, 6


def weights(safetensors):
    """The tensors of a safetensors file, by name."""
    size = int.from_bytes(safetensors[:8], "little")
    start = 8 + size
    tensors = {}
    for name, entry in json.loads(safetensors[8:start]).items():
        if entry.get("dtype") != "F32":
            continue
        low, high = entry["data_offsets"]
        values = numpy.frombuffer(safetensors[start + low:start + high], numpy.float32)
        tensors[name] = values.reshape(entry["shape"])
    return tensors


class Writer:
    """Nodes and constants of a graph, in the order in which they are written down."""

    def __init__(self, tensors):
        self.tensors, self.nodes, self.constants = tensors, [], []

    def constant(self, values):
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(numpy.ascontiguousarray(values), name))
        return name

    def integers(self, *values):
        return self.constant(numpy.array(values, numpy.int64))

    def node(self, kind, *inputs, output=None, **attributes):
        output = output or f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def linear(self, x, path):
        product = self.node("MatMul", x, self.constant(self.tensors[path + ".weight"].T))
        return self.node("Add", product, self.constant(self.tensors[path + ".bias"]))

    def normalised(self, x, path):
        scale, shift = (self.constant(self.tensors[f"{path}.{end}"]) for end in ("weight", "bias"))
        return self.node("LayerNormalization", x, scale, shift, axis=-1, epsilon=1e-12)

    def heads(self, x, order):
        split = self.node("Reshape", x, self.integers(1, TOKENS, HEADS, WIDTH))
        return self.node("Transpose", split, perm=order)


def embedded(write):
    table = "embeddings."
    words = write.node(
        "Gather", write.constant(write.tensors[table + "word_embeddings.weight"]), "input_ids")
    places = write.tensors[table + "position_embeddings.weight"][:TOKENS]
    kind = write.tensors[table + "token_type_embeddings.weight"][0]
    sum_ = write.node("Add", words, write.constant((places + kind)[None]))
    return write.normalised(sum_, table + "LayerNorm")


def attention(write, x, hidden, path):
    query = write.heads(write.linear(x, path + "self.query"), [0, 2, 1, 3])
    key = write.heads(write.linear(x, path + "self.key"), [0, 2, 3, 1])
    value = write.heads(write.linear(x, path + "self.value"), [0, 2, 1, 3])
    scores = write.node(
        "Div", write.node("MatMul", query, key), write.constant(numpy.float32(WIDTH ** 0.5)))
    shares = write.node("Softmax", write.node("Add", scores, hidden), axis=-1)
    mixed = write.node("Transpose", write.node("MatMul", shares, value), perm=[0, 2, 1, 3])
    flat = write.node("Reshape", mixed, write.integers(1, TOKENS, HEADS * WIDTH))
    return write.normalised(
        write.node("Add", write.linear(flat, path + "output.dense"), x), path + "output.LayerNorm")


def embedding(write, x, mask):
    """The mean of the tokens that are none of padding, of length 1."""
    column = write.node("Unsqueeze", mask, write.integers(2))
    total = write.node(
        "ReduceSum", write.node("Mul", x, column), write.integers(1), keepdims=0)
    mean = write.node("Div", total, write.node("ReduceSum", mask, write.integers(1), keepdims=1))
    length = write.node("ReduceL2", mean, write.integers(1), keepdims=1)
    write.node("Div", mean, length, output="embedding")


def model(safetensors):
    """The network: token numbers and which of them count in, the embedding of the text out."""
    write = Writer(weights(safetensors))
    mask = write.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    absent = write.node("Sub", write.constant(numpy.float32(1)), mask)
    wide = write.node("Unsqueeze", absent, write.integers(1, 2))
    hidden = write.node("Mul", wide, write.constant(numpy.float32(-1e4)))
    x = embedded(write)
    for layer in range(LAYERS):
        path = f"encoder.layer.{layer}."
        x = attention(write, x, hidden, path + "attention.")
        inner = write.node("Gelu", write.linear(x, path + "intermediate.dense"))
        outer = write.node("Add", write.linear(inner, path + "output.dense"), x)
        x = write.normalised(outer, path + "output.LayerNorm")
    embedding(write, x, mask)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, [1, TOKENS])
        for name in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, HEADS * WIDTH])
    graph = helper.make_graph(write.nodes, "minilm", inputs, [output], write.constants)
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])
    network.ir_version = 9
    return network.SerializeToString()


def tokens(text, vocabulary):
    """A text as the network's inputs; each of its words is one of the vocabulary."""
    place = {word: number for number, word in enumerate(vocabulary)}
    numbers = [place[word] for word in ["[CLS]", *text.split(), "[SEP]"]]
    row, mask = (numpy.zeros((1, TOKENS), numpy.int64) for _ in range(2))
    row[0, :len(numbers)], mask[0, :len(numbers)] = numbers, 1
    return {"input_ids": row, "attention_mask": mask}
