"""Which functions of our scripts each walk runs and which pages it opens: what nothing but a browser can tell of them.

    TRACES=build/traces make test ARGS=tests/browser     # writes down the traces, worker by worker
    .venv/bin/python -m tests.browser.traces build/traces

The second line chooses the walks that CI plays (`tests/choosing.py`): all that are marked `every_time`, and of the others so many of
the shortest that nearly every function runs once and many pages are opened, before the eyes of axe. What pages say, forms refuse
and rules forbid is told by each room's own tests.
"""

from __future__ import annotations

import re
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import Error as PlaywrightError
from tests.choosing import Told, choose, read, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from playwright.sync_api import BrowserContext, CDPSession, Page, Response

CHOICE = Path(__file__).with_name("run_by_others.txt")
# What the build puts behind a script's name.
_HASH = re.compile(r"-[\w-]{8}(?=\.js$)")
_LANGUAGE = re.compile(r"^/(en|einfach)(?=/|$)")
# What brings fewer new functions and pages a second, by the average of all walks, is left to who plays all.
LEAST = 1.0


def page_of(path: str) -> str:
    """The pattern that an address fits, in whichever language."""
    from django.urls import Resolver404, resolve

    bare = _LANGUAGE.sub("", path) or "/"
    try:
        return f"page {resolve(bare).route}"
    except Resolver404:
        return "page that is not there"


class Traces:
    """The functions that one walk runs and the pages that it opens, in all of its windows."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def follow(self, context: BrowserContext) -> None:
        """Note what a window's pages run: before each is left, and when the window is closed."""
        sessions: list[CDPSession] = []

        def begin(page: Page) -> None:
            with suppress(PlaywrightError):  # the walk has closed it already
                session = context.new_cdp_session(page)
                session.send("Profiler.enable")
                session.send("Profiler.startPreciseCoverage", {"callCount": False, "detailed": False})
                sessions.append(session)

        def note_page(answer: Response) -> None:
            if answer.status == 200 and answer.request.is_navigation_request():
                self.found.add(page_of(urlsplit(answer.url).path))

        def note_scripts() -> None:
            for session in sessions:
                with suppress(PlaywrightError):
                    for script in session.send("Profiler.takePreciseCoverage")["result"]:
                        self._note_script(script)

        close = context.close

        def note_and_close(**options: Any) -> None:
            note_scripts()
            close(**options)

        context.on("page", begin)
        context.on("response", note_page)
        context.on("request", lambda request: note_scripts() if request.is_navigation_request() else None)
        context.close = note_and_close  # type: ignore[method-assign]

    def _note_script(self, script: dict[str, Any]) -> None:
        path = urlsplit(script["url"]).path
        if path.startswith("/static/"):
            name = _HASH.sub("", path.rpartition("/")[2])
            ranges = ((each["functionName"], each["ranges"][0]) for each in script["functions"])
            self.found |= {f"{name} {function} {ran['startOffset']}" for function, ran in ranges if ran["count"]}


class Recorder:
    """Notes the traces of each walk of a run."""

    def __init__(self) -> None:
        self.tests: dict[str, Told] = {}
        self.now = Traces()

    @contextmanager
    def following(self, item: pytest.Item) -> Iterator[None]:
        self.now, began = Traces(), time.monotonic()
        yield
        always = item.get_closest_marker("every_time") is not None
        self.tests[item.nodeid] = Told(frozenset(self.now.found), time.monotonic() - began, always=always)


RECORDER = Recorder()


def main(folder: str) -> None:
    walks = read(sorted(Path(folder).glob("*.json")))
    chosen = choose(walks, LEAST)
    CHOICE.write_text("".join(f"{name}\n" for name in written(set(walks) - chosen, chosen)), encoding="utf-8")
    told, known = ({word for name in names for word in walks[name].words} for names in (chosen, walks))
    seconds, all_seconds = (sum(walks[name].seconds for name in names) for names in (chosen, walks))
    print(f"{len(chosen)} of {len(walks)} walks ({seconds:.0f} of {all_seconds:.0f} s)")
    print(f"{len(told)} of {len(known)} functions and pages")


if __name__ == "__main__":
    main(*sys.argv[1:])
