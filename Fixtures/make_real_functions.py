#!/usr/bin/env python3
"""Writes real_functions.json: values of formulas over reals as tables have them (Paper, section 3.10),
from the implementation of the second verifier. Needs the package mpmath.

Each entry has a formula, and pairs of an argument and its value; null is for no value.
"""

import json
import pathlib
import random
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent / "Paper"))

import tables  # noqa: E402

# Functions of t, at several scales of the argument and of the result.
SCALED = {
    "1 / (1 + exp(-t))": [(12, 15), (2, 15), (0, 30)],
    "t / 2 * (1 + erf(t / sqrt(2)))": [(12, 12), (3, 20)],
    "t / 2 * (1 + tanh(sqrt(2 / (4 * atan(1))) * (t + 44715 / 10^6 * t^3)))": [(12, 12)],
    "t / (1 + exp(-t))": [(12, 12), (5, 25)],
    "log1p(exp(t))": [(12, 12), (4, 20)],
    "max(t, 0) + log1p(exp(-abs(t)))": [(12, 12), (-2, 6)],
    "t * tanh(log1p(exp(t)))": [(12, 12)],
    "select(t < 0, expm1(t), t)": [(12, 12), (1, 10)],
    "1 / sqrt(t)": [(12, 12), (20, 8)],
    "t^(-1/2)": [(8, 20)],
    "t^(3/2)": [(8, 10)],
    "t^(1/7)": [(8, 30)],
    "abs(t)^(2/3)": [(8, 20)],
    "t^5 - 3 * t^2 / 7": [(8, 4)],
    "1 / t": [(10, 14), (3, 30)],
    "min(max(t / 6 + 1/2, 0), 1) * t": [(12, 12)],
    "limit(log(t))": [(12, 10)],
    "limit(acos(t))": [(14, 14)],
    "limit(acosh(t))": [(12, 12)],
    "exp(-t^2)": [(12, 16)],
    "sin(t) / t": [(12, 16)],
    "sin(10^6 * t)": [(3, 16)],
    "exp(t) * exp(-t)": [(6, 1)],
    "exp(700 * t) * exp(-700 * t) + t / 2": [(15, 12)],
    "floor(t) + ceil(t / 3) - trunc(t / 5) + roundeven(t / 2)": [(2, 3)],
    "sign(sin(t)) + sign(t)": [(4, 1)],
    "sqrt(t^2)": [(5, 3)],
    "cbrt(t^3) + cbrt(t)": [(5, 9)],
    "floor(tanh(t))": [(0, 5)],
    "log(1 - tanh(t))": [(7, 8)],
}
NAMES = (
    "exp expm1 log log1p sqrt cbrt erf sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh "
    "abs sign floor ceil trunc roundeven").split()
WHOLE = ["x / 2", "x / 3", "(2 * x + 1) / 2", "x / 2^20 + 1/2", "-x / 2 - 1/4", "2^40 * x"]


def arguments(formula):
    picked = random.Random(formula)
    special = [0, 1, -1, 2, -2, 3, 4, -4, 4096, -4096, 16384, -16384, 32767, -32768]
    return sorted({*special, *(picked.randint(-32768, 32767) for _ in range(26))})


def value(formula, x):
    try:
        result = tables.rounded(formula, x)
    except tables.Undefined:
        return None
    return result if abs(result) <= 2**48 else None


def main():
    texts = list(WHOLE)
    for function, scales in SCALED.items():
        texts += [scaled(function, *scale) for scale in scales]
    texts += [scaled(f"{name}(t)", *scale) for name in NAMES for scale in [(12, 12), (15, 33)]]
    entries = []
    for text in texts:
        formula, = tables.columns(f"round({text})")
        entries.append({
            "formula": text, "values": [[x, value(formula, x)] for x in arguments(text)]})
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    (FOLDER / "real_functions.json").write_text(f"[\n{lines}\n]\n")


def scaled(function, argument_bits, result_bits):
    """round(2^result_bits · function(x / 2^argument_bits)), as text."""
    argument = f"(x / 2^{argument_bits})" if argument_bits > 0 else f"(x * 2^{-argument_bits})"
    text = "".join(argument if part == "t" else part for part in split(function))
    return f"2^{result_bits} * ({text})"


def split(function):
    import re

    return re.split(r"\b(t)\b", function)


main()
