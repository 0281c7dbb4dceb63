"""What Vite built: hashed files and the manifest that names them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

BUILT = Path(__file__).parent / "static" / "kit"


class NotBuilt(Exception):
    """The front end was not built yet."""


def built_files(entry: str) -> tuple[list[str], str]:
    """The style sheets and the script of an entry ('main.ts') as paths below the static address; raises NotBuilt."""
    chunk = _manifest()[f"src/{entry}"]
    return [f"kit/{name}" for name in chunk.get("css", [])], f"kit/{chunk['file']}"


def built_fonts(*names: str) -> list[str]:
    """Fonts ('fira-sans-latin-400') as paths below the static address, to be fetched before the style sheet asks for them."""
    return [f"kit/{_manifest()[f'src/fonts/{name}.woff2']['file']}" for name in names]


def built_scripts(entry: str) -> list[str]:
    """A script that pages fetch when they need it ('islands/giving.ts') and those it imports, as paths below the static address."""
    manifest = _manifest()
    found: dict[str, None] = {}
    waiting = [f"src/{entry}"]
    while waiting:
        key = waiting.pop()
        chunk = manifest[key]
        if chunk["file"] not in found and key != "src/main.ts":
            found[chunk["file"]] = None
            waiting += chunk.get("imports", [])
    return [f"kit/{name}" for name in found]


_read: list[tuple[int, dict[str, Any]]] = []


def _manifest() -> dict[str, Any]:
    path = BUILT / "manifest.json"
    try:
        changed = path.stat().st_mtime_ns
        if not _read or _read[0][0] != changed:
            _read[:] = [(changed, json.loads(path.read_text()))]
    except (FileNotFoundError, json.JSONDecodeError):
        # While somebody builds anew, the files of before are as good as any.
        if not _read:
            raise NotBuilt("The front end is not built. `make front` builds it.") from None
    return _read[0][1]
