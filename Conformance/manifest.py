"""The list of what comes of each case: one line a case, `CASE<tab>passes` or
`CASE<tab>refused<tab>REASON`. What is wrong or crashes is never in it."""
HEADER = """\
# What comes of the cases of the ONNX 1.17 backend suite. Written by make conformance BLESS=1.
"""


def read(path):
    """Case to (outcome, reason)."""
    entries = {}
    for number, line in enumerate(path.read_text().splitlines() if path.exists() else [], 1):
        if line.startswith("#") or not line:
            continue
        fields = line.split("\t") + [""]
        if len(fields) < 3 or fields[1] not in ("passes", "refused") or fields[0] in entries:
            raise ValueError(f"{path}:{number}: expected CASE<tab>passes, or "
                             f"CASE<tab>refused<tab>REASON, each case once; found {line!r}")
        entries[fields[0]] = (fields[1], fields[2])
    return entries


def write(path, entries):
    lines = ["\t".join(field for field in (case, *entry) if field)
             for case, entry in entries.items()]
    path.write_text(HEADER + "".join(line + "\n" for line in lines))


def blessed(old, verdicts):
    """The entries that these verdicts make. A case that is wrong or crashes keeps the old one."""
    entries = {}
    for case, verdict in verdicts.items():
        if verdict.outcome in ("passes", "refused"):
            entries[case] = (verdict.outcome, verdict.reason)
        elif case in old:
            entries[case] = old[case]
    return entries


def remark(entry, verdict):
    """What is to be said of a case: (whether it has failed, a remark or None).

    `entry` is its line in the list, or None.
    """
    if verdict.outcome in ("wrong", "crash"):
        return True, f"{verdict.outcome}: {verdict.reason}"
    if entry is None:
        return True, f"not listed: {verdict.outcome} {verdict.reason}".rstrip()
    listed, reason = entry
    if verdict.outcome == "refused" and listed == "passes":
        return True, f"listed as passing, and refused: {verdict.reason}"
    if verdict.outcome == "passes" and listed == "refused":
        return False, "passes, and is listed as refused"
    if verdict.reason != reason:
        return False, f"refused: {verdict.reason}\n    listed with: {reason}"
    return False, None
