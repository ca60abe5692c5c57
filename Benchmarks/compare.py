#!/usr/bin/env python3
"""Times Assay on benchmark networks and, with --ezkl, ezkl on the same ones on the same machine:

    compare.py FOLDER NETWORK... [--runs 5] [--assay .build/release/assay] [--no-zk]
               [--ezkl] [--ezkl-runs 1] [--srs FOLDER]

FOLDER holds what `make_models.py` writes. Figures are medians of the runs; Assay hides input and
model, and with --no-zk nothing. ezkl proves with input and
output public and fixed parameters; its structured reference string is made locally, which is
insecure but changes no other figure, and kept in the folder of --srs for the next time. `load` is the
machine's load average after the runs: figures of a machine that did other work are too high. Needs
ezkl (PyPI, 23.0.5) for --ezkl only.
"""
import argparse
import asyncio
import inspect
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time


def assay(arguments, name):
    """Medians over the runs of one network."""
    reports = []
    for _ in range(arguments.runs):
        output = subprocess.run(
            [arguments.assay, "run", f"{arguments.folder}/{name}.onnx", "--input",
             f"{arguments.folder}/{name}.input.npy", "--json",
             *(["--no-zk"] if arguments.no_zk else [])],
            check=True, capture_output=True, text=True).stdout
        reports.append(json.loads(output))
    row = {stage: statistics.median(report["timings"][stage] for report in reports)
           for stage in reports[0]["timings"]}
    for key in ("proof_bytes", "verifying_key_bytes", "peak_rss_bytes", "max_abs_error"):
        row[key] = statistics.median(report[key] for report in reports)
    row["load"] = os.getloadavg()[0]
    return row


async def timed(row, stage, function, *values, **options):
    start = time.perf_counter()
    result = function(*values, **options)
    if inspect.isawaitable(result):
        result = await result
    row[stage] = time.perf_counter() - start
    return result


async def ezkl_stages(folder, name, work, references):
    """One run of every stage of ezkl."""
    import ezkl
    import numpy
    model = f"{folder}/{name}.onnx"
    values = numpy.load(f"{folder}/{name}.input.npy").astype(float).ravel().tolist()
    (work / "input.json").write_text(json.dumps({"input_data": [values]}))
    path = {part: str(work / part) for part in (
        "input.json", "settings.json", "circuit", "witness.json", "vk", "pk", "proof")}
    run = ezkl.PyRunArgs()
    run.input_visibility, run.param_visibility, run.output_visibility = "public", "fixed", "public"
    row = {}
    await timed(row, "settings", ezkl.gen_settings, model, path["settings.json"], py_run_args=run)
    await timed(row, "calibrate", ezkl.calibrate_settings, path["input.json"], model,
                path["settings.json"], "resources")
    await timed(row, "compile", ezkl.compile_circuit, model, path["circuit"],
                path["settings.json"])
    row["logrows"] = json.loads((work / "settings.json").read_text())["run_args"]["logrows"]
    reference = references / str(row["logrows"])
    if not reference.exists():
        ezkl.gen_srs(str(reference), row["logrows"])
    srs = str(reference)
    await timed(row, "setup", ezkl.setup, path["circuit"], path["vk"], path["pk"], srs)
    await timed(row, "witness", ezkl.gen_witness, path["input.json"], path["circuit"],
                path["witness.json"])
    await timed(row, "prove", ezkl.prove, path["witness.json"], path["circuit"], path["pk"],
                path["proof"], srs)
    verified = await timed(row, "verify", ezkl.verify, path["proof"], path["settings.json"],
                           path["vk"], srs)
    assert verified, "ezkl rejects its own proof"
    for part in ("proof", "vk", "pk"):
        row[f"{part}_file_bytes"] = (work / part).stat().st_size
    row["load"] = os.getloadavg()[0]
    return row


def ezkl(arguments, name):
    rows = []
    for _ in range(arguments.ezkl_runs):
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            references = pathlib.Path(arguments.srs or work)
            rows.append(asyncio.run(ezkl_stages(arguments.folder, name, work, references)))
    return {key: statistics.median(row[key] for row in rows) for key in rows[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("networks", nargs="+")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-zk", action="store_true")
    parser.add_argument("--ezkl", action="store_true")
    parser.add_argument("--ezkl-runs", type=int, default=1)
    parser.add_argument("--srs")
    parser.add_argument("--assay", default=".build/release/assay")
    arguments = parser.parse_args()
    for name in arguments.networks:
        row = {"network": name, "assay": assay(arguments, name)}
        if arguments.ezkl:
            row["ezkl"] = ezkl(arguments, name)
            row["prove_ratio"] = row["ezkl"]["prove"] / row["assay"]["prove"]
        print(json.dumps(row, indent=2), flush=True)


if __name__ == "__main__":
    main()
