"""Writes requirements/*.txt from requirements/*.in: every version, every hash, no download address."""

import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "requirements"
OPTIONS = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--universal", "--python-version", "3.11"]


def lock_requirements() -> int:
    """Locks base first, since dev is held to base's versions."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        print(f"uv is missing, which resolves the locks; this command brings it: {sys.executable} -m pip install uv")
        return 1
    for name in ("base", "dev"):
        command = [uv, "pip", "compile", "--quiet", *OPTIONS, f"{name}.in", "--output-file", f"{name}.txt"]
        subprocess.run(command, cwd=FOLDER, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(lock_requirements())
