"""The example package is installed into a fresh environment, is found there, runs, concludes, and keeps the contract."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "civitas_method_wishes"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment that sees the house's packages and, installed by pip without a network, the example."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=False)
    bin_folder = folder / ("Scripts" if os.name == "nt" else "bin")
    found = subprocess.run(
        [bin_folder / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, check=True, text=True
    )
    house = Path(found.stdout.strip()) / "house.pth"
    house.write_text(f"{ROOT / 'src'}\n{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "--python", bin_folder / "python", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--no-index", EXAMPLE], check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    return bin_folder / "python"


def run(python: Path, *arguments: str | Path) -> str:
    """Run the fresh Python in the house's folder; its output, or a failed test that shows it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV", "PYTHONPATH"))}
    kept["PYTEST_XDIST_WORKER"] = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_inside"  # a database beside that of the run around it
    done = subprocess.run([python, *arguments], cwd=ROOT, env=kept, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)
    return done.stdout


def test_it_is_known_where_it_is_installed_and_nowhere_else(python: Path) -> None:
    ask = "from importlib.metadata import entry_points; print([point.name for point in entry_points(group='civitas.methods')])"
    assert run(python, "-c", ask).strip() == "['wish_tree']"
    assert "wish_tree" not in run(Path(sys.executable), "-c", ask)


@pytest.mark.django_db  # the inner run asks the database: so on PostgreSQL, too
def test_it_hangs_on_the_wall_runs_concludes_and_keeps_the_contract(python: Path) -> None:
    # One after the other: each folder's run has the database of its worker for itself.
    for tests in (EXAMPLE / "tests", ROOT / "tests/methods/test_contract.py"):
        said = run(python, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-k", "wish", tests)
        assert " passed" in said
        assert "skipped" not in said
