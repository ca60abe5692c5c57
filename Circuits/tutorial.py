"""Runs the commands of the tutorial, and writes what they print into it.

Usage: python3 Circuits/tutorial.py FOLDER, where FOLDER has the program assay

A block that begins with ```circuit NAME is written to the file NAME. In one that begins with
```console each line that begins with a dollar sign is run, in a folder with these files and those of
Fixtures/tutorial; what follows up to the next one is replaced.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

circuits = Path(__file__).resolve().parent
tutorial = circuits / "README.md"


def run(command: str, folder: str, programs: str) -> list[str]:
    """What a command prints, errors after results."""
    environment = dict(os.environ, PATH=f"{programs}:{os.environ['PATH']}")
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return (done.stdout + done.stderr).rstrip("\n").split("\n")


def main(programs: str) -> None:
    """Rewrites the tutorial."""
    lines = tutorial.read_text().split("\n")
    result: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("network.onnx", "input.json"):
            shutil.copy(circuits.parent / "Fixtures/tutorial" / name, folder)
        isConsole = False
        for number, line in enumerate(lines):
            file = re.match(r"```circuit (\S+)", line)
            if file:
                end = lines.index("```", number)
                Path(folder, file[1]).write_text("\n".join(lines[number + 1 : end]) + "\n")
            if line.startswith("```"):
                isConsole = line == "```console"
            if isConsole and not line.startswith(("$ ", "```")):
                continue
            result.append(line)
            if isConsole and line.startswith("$ "):
                result += run(line[2:], folder, programs)
    tutorial.write_text("\n".join(result))


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]))
