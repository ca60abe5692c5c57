#!/usr/bin/env python3
"""Measures what zero knowledge costs: each network is proven alternately under a hiding key and
under one of `setup --no-zk`, on the same machine in the same run.

    overhead.py FOLDER NETWORK... [--runs 9] [--proofs 1000] [--touch 1500] [--bin .build/release]

FOLDER holds what `make_models.py` writes. Figures are medians of the runs: `prove` is seconds from
the witness to the proof, `verify` those of the whole program `assay-verify` for who has checked the
key before (--skip-key-proof), `verify_key` those of checking the key, `proof_bytes` the proof's.
`prove_first` is the first proof's time, which under a hiding key may include making the commitment
that the next proofs open too (`proofs_per_commitment` of them). `load` is the machine's load average
after the runs: figures of a machine that did other work are too high.

Before each run the script touches `--touch` MiB of memory and gives them back. On a virtual machine
whose host takes unused memory away, the first touch of a page may take twenty times as long as later
ones; without this the mode that needs more memory pays for pages that the other one did not use up.
`--touch 0` leaves it out.
"""
import argparse
import json
import mmap
import os
import pathlib
import statistics
import subprocess
import tempfile
import time


def report(*command):
    """A command's JSON report and the seconds it took."""
    start = time.perf_counter()
    output = subprocess.run([str(part) for part in command], check=True, capture_output=True,
                            text=True).stdout
    return json.loads(output), time.perf_counter() - start


def touch(mebibytes):
    """Has the machine provide so much memory, which is free again afterwards."""
    if mebibytes > 0:
        with mmap.mmap(-1, mebibytes << 20, flags=mmap.MAP_PRIVATE) as memory:
            if hasattr(mmap, "MADV_HUGEPAGE"):
                memory.madvise(mmap.MADV_HUGEPAGE)
            memory[::mmap.PAGESIZE] = bytes(len(memory) // mmap.PAGESIZE)


class Mode:
    """One of the two ways to prove, with its keys and what was measured."""

    def __init__(self, arguments, work, name, circuit, options):
        self.assay = f"{arguments.bin}/assay"
        self.verifier = f"{arguments.bin}/assay-verify"
        self.hides = not options
        self.options = options
        self.keys = [work / f"{name}.pk", work / f"{name}.vk"]
        self.proof = work / f"{name}.proof"
        counts = ["--proofs", arguments.proofs] if self.hides else []
        setup, seconds = report(
            self.assay, "setup", circuit, "--proving-key", self.keys[0], "--verifying-key",
            self.keys[1], "--json", *counts, *options)
        self.row = {
            "setup": setup["timings"]["setup"],
            "proving_key_bytes": self.keys[0].stat().st_size,
            "verifying_key_bytes": self.keys[1].stat().st_size,
        }
        budget = setup["zero_knowledge_budget"]
        if budget:
            self.row["proofs_per_commitment"] = budget["proofs_per_commitment"]
        checked, self.row["verify_key"] = report(
            self.verifier, "--key-only", self.keys[1], "--json")
        self.key_digest = checked["key_digest"]
        self.figures = {"prove": [], "verify": [], "proof_bytes": [], "peak_rss_bytes": []}

    def run(self, values):
        proven, _ = report(
            self.assay, "prove", "--proving-key", self.keys[0], "--input", values, "--proof",
            self.proof, "--json", *self.options)
        verdict, seconds = report(
            self.verifier, "--verifying-key", self.keys[1], "--proof", self.proof, "--json",
            "--skip-key-proof", self.key_digest, *([] if self.hides else ["--allow-non-hiding"]))
        assert verdict["accepted"] and verdict["zero_knowledge"] == self.hides
        self.figures["prove"].append(proven["timings"]["prove"])
        self.figures["verify"].append(seconds)
        self.figures["proof_bytes"].append(proven["proof_bytes"])
        self.figures["peak_rss_bytes"].append(proven["peak_rss_bytes"])

    def medians(self):
        first = {"prove_first": self.figures["prove"][0]}
        return self.row | first | {key: statistics.median(runs) for key, runs in self.figures.items()}


def measure(arguments, name, work):
    model = f"{arguments.folder}/{name}.onnx"
    values = f"{arguments.folder}/{name}.input.npy"
    circuit = work / "circuit"
    report(f"{arguments.bin}/assay", "compile", model, "--calibration", values, "--output",
           circuit, "--json")
    hiding = Mode(arguments, work, "hiding", circuit, [])
    plain = Mode(arguments, work, "plain", circuit, ["--no-zk"])
    for _ in range(arguments.runs):
        for mode in (hiding, plain):
            touch(arguments.touch)
            mode.run(values)
    rows = {"hiding": hiding.medians(), "plain": plain.medians()}
    ratios = {f"{key}_ratio": rows["hiding"][key] / rows["plain"][key]
              for key in ("prove", "verify", "proof_bytes")}
    return {"network": name, **rows, **ratios, "load": os.getloadavg()[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("networks", nargs="+")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--proofs", type=int, default=1000)
    parser.add_argument("--touch", type=int, default=1500)
    parser.add_argument("--bin", default=".build/release", type=pathlib.Path)
    arguments = parser.parse_args()
    for name in arguments.networks:
        with tempfile.TemporaryDirectory() as work:
            print(json.dumps(measure(arguments, name, pathlib.Path(work)), indent=2), flush=True)


if __name__ == "__main__":
    main()
