#!/usr/bin/env python3
"""Proves what trained networks say that people use, and compares it with ONNX Runtime:

    real.py ASSAY [NETWORK ...] [--threads N] [--json]

Each network comes from PyPI as its makers publish it. Three inputs choose the scales, a fourth is
proven and verified with everything but the output hidden. An answer is right where people read the same
from it, all elements are within 1 % of the output's range, and, of an embedding, the cosine is at least
0.9999. Exits with 1 where one is not.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import environment

environment.enter()

import numpy
import onnxruntime

from networks import NETWORKS

TOLERANCE = 0.01
LEAST_COSINE = 0.9999


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("assay", type=pathlib.Path, help="the program assay")
    parser.add_argument("network", nargs="*", help=f"of {', '.join(NETWORKS)}; all unless given")
    parser.add_argument("--threads", type=int, help="threads to prove on")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    options = parser.parse_args()
    for name in options.network:
        if name not in NETWORKS:
            parser.error(f"there is no network {name}; there are {', '.join(NETWORKS)}")
    return options


def expected(network):
    """What ONNX Runtime answers for the sample that is proven, by output."""
    session = onnxruntime.InferenceSession(network.model, providers=["CPUExecutionProvider"])
    values = session.run(None, {**network.samples[-1], **network.constants})
    return {output.name: value for output, value in zip(session.get_outputs(), values)}


def proven(assay, network, folder, threads):
    """What `assay run` prints."""
    model = folder / "model.onnx"
    model.write_bytes(network.model)
    command = [str(assay.resolve()), "run", str(model), "--json"]
    if threads:
        command += ["--threads", str(threads)]

    def file(option, name, values, number=0):
        path = folder / f"{option.strip('-')}-{number}-{name}.npy"
        numpy.save(path, values)
        return [option, f"{name}={path}"]

    for name, values in network.constants.items():
        command += file("--constant", name, values)
    *others, last = network.samples
    for name, values in last.items():
        command += file("--input", name, values)
        command += file("--calibration", name, numpy.stack([sample[name] for sample in others]))
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError((done.stderr.strip() or f"exit status {done.returncode}").split("\n")[0])
    return json.loads(done.stdout)


def judged(network, wanted, report):
    """A row of the table."""
    found = {
        name: numpy.array(output["values"], float).reshape(output["shape"])
        for name, output in report["outputs"].items()}
    error = max(
        float(numpy.abs(found[name] - value).max() / max(numpy.abs(value).max(), 1e-30))
        for name, value in wanted.items())
    says, should = network.reading(found), network.reading(wanted)
    a, b = (next(iter(values.values())).ravel() for values in (found, wanted))
    cosine = float(a @ b / (numpy.linalg.norm(a) * numpy.linalg.norm(b)))
    reads_alike = says == should or network.is_embedding or "probability" in says
    right = reads_alike and error <= TOLERANCE and report["verified"]
    if network.is_embedding:
        right = right and cosine >= LEAST_COSINE
        says = f"cosine {cosine:.6f}"
    seconds = report["timings"]
    return {
        "right": bool(right), "says": says, "onnxruntime": should, "error": error,
        "compile": seconds["compile"], "setup": seconds["setup"],
        "prove": seconds["witness"] + seconds["prove"], "verify": seconds["verify"],
        "proof": report["proof_bytes"]}


def row(name, result):
    if "refused" in result:
        return f"{name:16} {result['refused']}"
    return (
        f"{name:16} {'yes' if result['right'] else 'NO':5} {100 * result['error']:7.3f} %"
        f" {result['compile']:8.2f} s {result['setup']:7.2f} s {result['prove']:7.2f} s"
        f" {1000 * result['verify']:5.0f} ms {result['proof'] / 1024:6.0f} KiB  {result['says']}")


def main():
    options = parsed()
    results = {}
    if not options.json:
        print(f"{'network':16} right   error    compile     setup     prove   verify      proof  says")
    for name in options.network or NETWORKS:
        network = NETWORKS[name]()
        with tempfile.TemporaryDirectory() as folder:
            try:
                report = proven(options.assay, network, pathlib.Path(folder), options.threads)
                results[name] = judged(network, expected(network), report)
            except RuntimeError as error:
                results[name] = {"right": False, "refused": str(error)}
        if not options.json:
            print(row(name, results[name]), flush=True)
    if options.json:
        print(json.dumps(results, indent=1))
    sys.exit(not all(result["right"] for result in results.values()))


main()
