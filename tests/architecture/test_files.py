"""Files stay short enough to read, and name nothing of the machine they were written on."""

import re

from tests.architecture.files import ROOT, tracked_files, tracked_texts

LONGEST = 600
CODE = {".py", ".html", ".ts", ".css", ".scss", ".mjs"}
# Put together here, so that this file names none of them either.
REGISTRIES = tuple(
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"))
)
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:home/\w|root/|work/|Users/\w)")


def test_no_file_is_longer_than_600_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in tracked_files()
        if path.suffix in CODE
        and path.relative_to(ROOT).parts[:2] in {("src", "civitas"), ("frontend", "src")}
        and "migrations" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    ]
    assert not long


def test_no_file_names_a_package_registry() -> None:
    found = [f"{path.relative_to(ROOT)}: {host}" for path, text in tracked_texts() for host in REGISTRIES if host in text]
    assert not found


def test_no_file_names_a_path_of_this_machine() -> None:
    found = []
    for path, text in tracked_texts():
        if path == ROOT / "tests/architecture/test_files.py":
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in MACHINE_PATH.finditer(text)]
        # A checkout directly under the root folder would match too much.
        if len(ROOT.parts) > 2 and str(ROOT) in text:
            found.append(f"{path.relative_to(ROOT)}: {ROOT}")
    assert not found
