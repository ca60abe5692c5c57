"""Runs the program on a case, and says what came of it."""
import dataclasses
import json
import math
import pathlib
import re
import subprocess
import tempfile
import time

# How far an output may be off: a fraction of its range, or this much where that is more.
FRACTION_OF_RANGE = 0.005
ABSOLUTE = 1e-3
# The program's own tolerance, a fraction of an output's greatest magnitude. None greater is asked.
TOLERANCE = 0.01
# Exit statuses of a refusal: bad input, and an unsupported network.
REFUSALS = (2, 3)


@dataclasses.dataclass
class Verdict:
    """`passes`, `refused`, `wrong` or `crash`, with the reason of the last three."""
    outcome: str
    reason: str = ""
    error: float = 0.0  # the greatest of a real output, as a fraction of what is allowed
    seconds: float = 0.0


def run(program, case, timeout):
    """Compiles, proves and verifies the case's model on its own inputs, and compares the outputs."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        command = [str(program), "run", str(case.model), "--json", "--threads", "1",
                   "--tolerance", repr(tolerance(case)), *arguments(case, pathlib.Path(scratch)),
                   *rows(case)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace",
                                  stdin=subprocess.DEVNULL, timeout=timeout)
            verdict = judge(case, done.returncode, done.stdout)
        except subprocess.TimeoutExpired:
            verdict = Verdict("crash", f"does not end within {timeout} seconds")
    verdict.seconds = time.monotonic() - start
    return verdict


def arguments(case, scratch):
    """Reals are inputs of the network; parameters, and what is not real, become constants of it."""
    for number, port in enumerate(case.inputs):
        path = port.path
        if port.is_relabelled:
            path = scratch / f"input_{number}.pb"
            path.write_bytes(port.tensor().SerializeToString())
        yield "--constant" if port.is_constant else "--input"
        yield f"{port.name}={path}"


def rows(case):
    """How many boxes are selected depends on values, and the suite says how many are to be."""
    if "NonMaxSuppression" in case.operators:
        yield from ("--selected-rows", str(case.outputs[0].values()[0][0]))


def tolerance(case):
    """What the program is asked for: the greatest error, as a fraction of an output's greatest
    magnitude, that is right for every output.

    The program has one tolerance for all outputs, and measures by magnitudes and not by ranges. So
    this is no more than what is allowed, and may be less.
    """
    fractions = [TOLERANCE]
    for port in case.outputs:
        if not port.element:
            continue
        wanted = [value for value in port.values()[1] if isinstance(value, (int, float))]
        finite = [value for value in wanted if math.isfinite(value)]
        magnitude = max(map(abs, finite), default=0)
        if magnitude > 0:
            fractions.append((allowed(finite) if port.is_real else 0.5) / magnitude)
    return min(fractions)


def judge(case, status, output):
    """What an exit status and the JSON on standard output amount to."""
    if status < 0:
        return Verdict("crash", f"ended by signal {-status}")
    try:
        report = json.loads(output)
    except ValueError:
        return Verdict("crash", f"exit status {status} and no JSON")
    if status in REFUSALS:
        message = report.get("error", "")
        if not message or report.get("exit") != status:
            return Verdict("crash", f"exit status {status} without a reason")
        return Verdict("refused", reason(case, message))
    if status != 0:
        return Verdict("crash", f"exit status {status}: {report.get('error', '')}")
    if report.get("verified") is not True:
        return Verdict("wrong", "it is not verified")
    return compare(case, report["outputs"])


def compare(case, outputs):
    """Whether all outputs are there and right."""
    if list(outputs) != [port.name for port in case.outputs]:
        return Verdict("wrong", f"the outputs are {', '.join(outputs)}")
    worst = 0.0
    for port in case.outputs:
        if not port.element:
            return Verdict("wrong", f"{port.name} is no tensor")
        shape, wanted = port.values()
        found = outputs[port.name]
        if found["shape"] != shape or len(found["values"]) != len(wanted):
            return Verdict("wrong", f"{port.name} has shape {found['shape']}, not {shape}")
        error = (relative_error if port.is_real else difference)(found["values"], wanted)
        worst = max(worst, error)
        if not error <= 1:
            return Verdict("wrong", f"{port.name} is off by {error:.3g} times what is allowed", error)
    return Verdict("passes", error=worst)


def relative_error(found, wanted):
    """The greatest difference of reals, as a fraction of what is allowed.

    The range is that of the finite values. What is not finite must be the same.
    """
    limit = allowed([value for value in wanted if math.isfinite(value)])
    worst = 0.0
    for have, want in zip(found, wanted):
        if isinstance(have, (int, float)) and math.isfinite(have) and math.isfinite(want):
            worst = max(worst, abs(have - want) / limit)
        elif not same(have, want):
            return math.inf
    return worst


def allowed(finite):
    """How far reals may be off, of which these are the finite ones."""
    span = max(finite) - min(finite) if finite else 0.0
    return max(FRACTION_OF_RANGE * span, ABSOLUTE)


def same(have, want):
    if not isinstance(have, float):
        return have == want
    return have == want or (math.isnan(have) and math.isnan(want))


def difference(found, wanted):
    """Integers and truth values must be equal."""
    return 0.0 if all(have == want for have, want in zip(found, wanted)) else math.inf


def reason(case, message):
    """Why a case is refused, in one line without paths, names of nodes and measured errors.

    Of unsupported nodes it gives each operator once, with what the program says of it.
    """
    lines = message.split("\n")
    nodes = [m for m in (re.match(r"\s+(.+?) \((.*?)\)(?:: (.*))?$", l) for l in lines[1:]) if m]
    if "unsupported node" in lines[0] and nodes:
        return "; ".join(sorted({_node(case, m) for m in nodes}))
    text = lines[0].replace(f"{case.model}: ", "")
    text = re.sub(r"\S*/(input_\d+\.pb)", r"\1", text)
    return re.sub(r"[\d.]+(e-?\d+)? ?%", "… %", text)


def _node(case, match):
    first, second, why = match.groups()
    operator = first if first in case.operators or second not in case.operators else second
    return f"{operator}: {why}" if why else operator
