#!/usr/bin/env python3
"""Runs the official ONNX backend suite through compile, prove and verify:

    run.py ASSAY [--only PATTERN] [--jobs N] [--timeout SECONDS] [--fresh] [--json OUT] [--bless]

Each case is `ASSAY run`, calibrated on the case's own inputs. A run that was interrupted goes on
where it was: what passed or was refused is remembered for the very same program and scripts, and
asked again with --fresh. The results are compared with manifest.tsv, which --bless rewrites.
README.md says which cases there are and what is right. Exits with 1 if a case failed.
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import fnmatch
import hashlib
import json
import os
import pathlib
import sys

import environment

HERE = pathlib.Path(__file__).resolve().parent
MANIFEST = HERE / "manifest.tsv"


def parsed():
    parser = argparse.ArgumentParser(description="Runs the ONNX backend suite.")
    parser.add_argument("program", type=pathlib.Path, help="the program assay")
    parser.add_argument("--only", metavar="PATTERN", help="cases whose FOLDER/NAME matches, "
                        "with * and ?; without a wildcard, whose name holds it")
    parser.add_argument("--jobs", type=int, default=max(2, os.cpu_count() or 2),
                        help="how many cases at a time")
    parser.add_argument("--timeout", type=float, default=120, help="seconds that a case may take")
    parser.add_argument("--fresh", action="store_true", help="forget what was remembered")
    parser.add_argument("--json", metavar="OUT", type=pathlib.Path, help="where to write all results")
    parser.add_argument("--bless", action="store_true", help="rewrite the manifest")
    options = parser.parse_args()
    if options.bless and options.only:
        parser.error("--bless needs a whole run, without --only")
    if options.jobs < 1 or not options.timeout > 0:
        parser.error("--jobs and --timeout must be positive")
    if not os.access(options.program, os.X_OK) or options.program.is_dir():
        parser.error(f"{options.program}: not a program; make build makes it")
    return options


class Memory:
    """Verdicts of this program and these scripts, in a file that grows as they come."""
    KEPT = 4  # files, of so many programs that were run last

    def __init__(self, program, fresh):
        digest = hashlib.sha256(program.read_bytes())
        for script in sorted(HERE.glob("*.py")):
            digest.update(script.read_bytes())
        self.path = environment.CACHE / f"verdicts-{digest.hexdigest()[:16]}.jsonl"
        self.verdicts = {}
        if fresh:
            self.path.unlink(missing_ok=True)
        files = sorted(environment.CACHE.glob("verdicts-*.jsonl"), key=lambda f: f.stat().st_mtime)
        for old in files[:-self.KEPT]:
            old.unlink()
        # The last line of a run that was killed may be half a line.
        for line in self.path.read_text().splitlines() if self.path.exists() else []:
            try:
                case, fields = json.loads(line)
                self.verdicts[case] = judge.Verdict(**fields)
            except ValueError:
                continue

    def add(self, case, verdict):
        """What failed is not remembered: the machine may have been at fault."""
        self.verdicts[case] = verdict
        if verdict.outcome in ("passes", "refused"):
            with self.path.open("a") as file:
                file.write(json.dumps([case, dataclasses.asdict(verdict)]) + "\n")


def is_chosen(case, pattern):
    if pattern is None:
        return True
    if any(sign in pattern for sign in "*?["):
        return fnmatch.fnmatchcase(case.identifier, pattern)
    return pattern in case.identifier


def run_all(options, cases, memory):
    """The verdict of every case, by its identifier, in the order of the suite."""
    todo = [case for case in cases if case.identifier not in memory.verdicts]
    if len(todo) < len(cases):
        print(f"{len(cases) - len(todo)} of {len(cases)} cases are known from an earlier run")
    program = options.program.resolve()
    pool = concurrent.futures.ThreadPoolExecutor(options.jobs)
    try:
        futures = {pool.submit(judge.run, program, case, options.timeout): case for case in todo}
        for done, future in enumerate(concurrent.futures.as_completed(futures), 1):
            memory.add(futures[future].identifier, future.result())
            if sys.stdout.isatty() or done % 200 == 0:
                print(f"{done} of {len(todo)} cases", end="\r" if sys.stdout.isatty() else "\n",
                      flush=True)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return {case.identifier: memory.verdicts[case.identifier] for case in cases}


def report(cases, verdicts, entries):
    """Says what is not as listed, and counts. True if nothing failed."""
    failed = set()
    differing = 0
    for case in cases:
        is_failure, remark = manifest.remark(entries.get(case.identifier),
                                             verdicts[case.identifier])
        if is_failure:
            failed.add(case.identifier)
        if remark:
            differing += 1
            print(f"{'FAILED' if is_failure else 'differs'} {case.identifier}: {remark}")
    if differing > len(failed):
        print("make conformance BLESS=1 rewrites the manifest")
    counts = collections.defaultdict(collections.Counter)
    for case in cases:
        outcome = verdicts[case.identifier].outcome
        if case.identifier in failed:
            outcome = "failed"
        counts[case.folder][outcome] += 1
    for folder in suite.BESIDE:
        if counts[folder]:
            print(f"{folder} (not in the count below): {line(counts[folder])}")
    total = sum((counts[folder] for folder in suite.COUNTED), collections.Counter())
    print(line(total), flush=True)
    return not failed


def line(count):
    return f"{count['passes']} passed, {count['failed']} failed, {count['refused']} skipped"


def write_json(path, cases, verdicts):
    """All that is known of every case."""
    rows = [{"case": case.identifier, **dataclasses.asdict(verdicts[case.identifier]),
             "operators": case.operators, "inputs": [port.type_name for port in case.inputs],
             "outputs": [port.type_name for port in case.outputs]} for case in cases]
    path.write_text(json.dumps(rows, indent=1) + "\n")


def main():
    options = parsed()
    entries = manifest.read(MANIFEST)
    cases = [case for case in suite.cases() if is_chosen(case, options.only)]
    if not cases:
        sys.exit(f"no case matches {options.only}")
    verdicts = run_all(options, cases, Memory(options.program, options.fresh))
    if options.json:
        write_json(options.json, cases, verdicts)
    if not options.only:
        known = {case.identifier for case in cases}
        for lost in sorted(set(entries) - known):
            print(f"differs {lost}: listed, and no case of the suite")
    if options.bless:
        entries = manifest.blessed(entries, verdicts)
        manifest.write(MANIFEST, entries)
    sys.exit(0 if report(cases, verdicts, entries) else 1)


if __name__ == "__main__":
    environment.enter()
    import judge
    import manifest
    import suite
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("interrupted; the next run goes on from here")
