#!/usr/bin/env python3
"""Writes Fixtures/conformance: the cases of the suite that make test runs.

The rule: of the operators that have such a case, in alphabetical order, every second one; and of
each the first case, by name, that uses no other operator, is no expanded function, holds at most
4096 bytes, and has tensors of finite numbers only. Whether Assay supports it does not matter.

Each case is CASE.onnx, the model as it is, and CASE.json: {"inputs": {name: {"type", "shape",
"values"}}, "constants": ..., "outputs": ..., "tolerance", "options"}, what the program is given.
"""
import json
import math

import environment

FOLDER = environment.ROOT / "Fixtures" / "conformance"
STEP = 2
GREATEST = 4096


def chosen():
    first = {}
    for case in suite.cases():
        if case.folder == "node" and len(case.operators) == 1 and is_small(case):
            first.setdefault(case.operators[0], case)
    return [first[operator] for operator in sorted(first)][::STEP]


def is_small(case):
    ports = case.inputs + case.outputs
    if case.name.endswith("_expanded") or not all(port.element for port in ports):
        return False
    files = [case.model, *(port.path for port in ports)]
    if sum(file.stat().st_size for file in files) > GREATEST:
        return False
    return all(isinstance(value, (int, float)) and math.isfinite(value)
               for port in ports for value in port.values()[1])


def record(port):
    shape, values = port.values()
    if port.element == suite.TensorProto.FLOAT:
        values = [float(str(suite.numpy.float32(value))) for value in values]
    elif not port.is_real:
        values = [int(value) for value in values]
    return {"type": port.type_name.lower(), "shape": shape, "values": values}


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in [*FOLDER.glob("*.onnx"), *FOLDER.glob("*.json")]:
        old.unlink()
    for case in chosen():
        (FOLDER / f"{case.name}.onnx").write_bytes(case.model.read_bytes())
        contents = {
            "inputs": {port.name: record(port) for port in case.inputs if not port.is_constant},
            "constants": {port.name: record(port) for port in case.inputs if port.is_constant},
            "outputs": {port.name: record(port) for port in case.outputs},
            "tolerance": judge.tolerance(case)}
        if options := list(judge.rows(case)):
            contents["options"] = options
        (FOLDER / f"{case.name}.json").write_text(json.dumps(contents) + "\n")


if __name__ == "__main__":
    environment.enter()
    import judge
    import suite
    main()
