"""What each walk asks of the house and runs in the browser: one that leaves no trace of its own may be left out where time is short.

    TRACES=build/traces make test ARGS=tests/browser     # writes down the traces, worker by worker
    .venv/bin/python -m tests.browser.traces build/traces

A trace is an address of the house with method, status and language, or a function of our scripts that ran; both are told apart by the
window's size where the page may differ. The second line chooses the walks that CI plays (`tests/choosing.py`).
"""

from __future__ import annotations

import re
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import Error as PlaywrightError
from tests.choosing import Told, choose, read, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, CDPSession, Page, Request, Response

CHOICE = Path(__file__).with_name("told_by_others.txt")
_LANGUAGE = re.compile(r"^/(en|einfach)(?=/|$)")
_HASH = re.compile(r"-[\w-]{8}(?=\.js$)")


def route_of(path: str) -> str:
    """The language of an address and the pattern that it fits."""
    from django.urls import Resolver404, resolve
    from django.utils.translation import override

    language = found[1] if (found := _LANGUAGE.match(path)) else "de"
    with suppress(Resolver404), override({"einfach": "de-simple"}.get(language, language)):
        return f"{language} {resolve(path).route}"
    return f"{language} {re.sub('[0-9]+', 'N', path)}"


@dataclass
class Traces:
    """The traces of one walk, from all of its windows."""

    found: set[str] = field(default_factory=set)

    def follow(self, context: BrowserContext, size: str) -> None:
        """Note what a window asks and runs."""
        sessions: dict[Page, CDPSession] = {}

        def note_answer(answer: Response) -> None:
            address = urlsplit(answer.url)
            if (address.hostname or "").endswith("localhost") and not address.path.startswith("/static/"):
                kind = "part " if "x-part" in answer.request.headers else ""
                self.found.add(f"{kind}{answer.request.method} {route_of(address.path)} {answer.status} {size}")

        def note_scripts(page: Page) -> None:
            with suppress(PlaywrightError):
                for script in sessions[page].send("Profiler.takePreciseCoverage")["result"]:
                    self._note_script(script, size)

        def begin(page: Page) -> None:
            with suppress(PlaywrightError):
                sessions[page] = context.new_cdp_session(page)
                sessions[page].send("Profiler.enable")
                sessions[page].send("Profiler.startPreciseCoverage", {"callCount": False, "detailed": False})

        def before_leaving(request: Request) -> None:
            if request.is_navigation_request():
                for page in list(sessions):
                    note_scripts(page)

        close = context.close

        def note_and_close(**options: Any) -> None:
            for page in list(sessions):
                note_scripts(page)
            close(**options)

        context.on("response", note_answer)
        context.on("request", before_leaving)
        context.on("page", begin)
        context.close = note_and_close  # type: ignore[method-assign]

    def _note_script(self, script: dict[str, Any], size: str) -> None:
        path = urlsplit(script["url"]).path
        if not path.startswith("/static/") or "maplibre" in path:
            return
        name = _HASH.sub("", path.rpartition("/")[2])
        for function in script["functions"]:
            ran = function["ranges"][0]
            if ran["count"]:
                self.found.add(f"{name} {function['functionName']} {ran['startOffset']} {size}")


class Recorder:
    """Notes the traces of each walk of a run."""

    def __init__(self) -> None:
        self.tests: dict[str, Told] = {}
        self.now = Traces()

    @contextmanager
    def following(self, name: str) -> Iterator[None]:
        self.now, began = Traces(), time.monotonic()
        yield
        self.tests[name] = Told(frozenset(self.now.found), time.monotonic() - began)


RECORDER = Recorder()


def main(folder: str) -> None:
    walks = read(sorted(Path(folder).glob("*.json")))
    chosen = choose(walks)
    CHOICE.write_text("".join(f"{name}\n" for name in written(set(walks) - chosen, chosen)), encoding="utf-8")
    total = sum(walk.seconds for walk in walks.values())
    print(f"{len(chosen)} of {len(walks)} walks leave all traces ({sum(walks[name].seconds for name in chosen):.0f} of {total:.0f} s)")


if __name__ == "__main__":
    main(*sys.argv[1:])
