"""The import contracts of pyproject.toml hold."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.architecture.files import ROOT


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stdout[done.stdout.find("Contracts") :] + done.stderr, pytrace=False)
