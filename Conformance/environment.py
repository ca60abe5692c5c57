"""The Python that the suite needs: ONNX 1.17.0, which holds its models and data, and numpy.

They are installed from PyPI into a folder of their own, once; nothing else on the machine changes.
"""
import os
import pathlib
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / ".build" / "conformance"
REQUIREMENTS = ["onnx==1.17.0", "numpy>=1.23,<3"]
# The Pythons that the package is built for and these scripts run on.
OLDEST, NEWEST = (3, 9), (3, 12)


def enter():
    """Goes on in the folder's Python, which is made first where it is missing."""
    place = CACHE / "python-{}.{}".format(*sys.version_info[:2])
    python = place / "bin" / "python"
    if pathlib.Path(sys.prefix).resolve() == place.resolve():
        return
    done = place / "complete"
    if not done.exists():
        _make(place, python)
        done.write_text("\n".join(REQUIREMENTS) + "\n")
    os.execv(python, [str(python), *sys.argv])


def _make(place, python):
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.exit("onnx 1.17.0 goes with Python 3.9 to 3.12, and this is {}.{}: say which to use, "
                 "as make conformance PYTHON=python3.12".format(*sys.version_info[:2]))
    print("Installing {} into {}".format(" and ".join(REQUIREMENTS), place), flush=True)
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(place)
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"{place}: no virtual environment ({error}); Debian has them in python3-venv")
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
               "--only-binary=:all:", *REQUIREMENTS]
    if subprocess.run(command).returncode != 0:
        sys.exit("the suite could not be installed from PyPI, see above")
