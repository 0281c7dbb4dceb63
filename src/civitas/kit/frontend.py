"""What Vite built: hashed files and the manifest that names them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

BUILT = Path(__file__).parent / "static" / "kit"


class NotBuilt(Exception):
    """The front end was not built yet."""


def built_files(entry: str) -> tuple[list[str], str]:
    """The style sheets and the script of an entry ('main.ts') as paths below the static address; raises NotBuilt."""
    manifest = BUILT / "manifest.json"
    try:
        changed = manifest.stat().st_mtime_ns
    except FileNotFoundError:
        raise NotBuilt("The front end is not built. `make front` builds it.") from None
    chunk = _manifest(changed)[f"src/{entry}"]
    return [f"kit/{name}" for name in chunk.get("css", [])], f"kit/{chunk['file']}"


@cache
def _manifest(changed: int) -> dict[str, Any]:  # noqa: ARG001  (a new build has a new time, and so its own entry)
    loaded: dict[str, Any] = json.loads((BUILT / "manifest.json").read_text())
    return loaded
