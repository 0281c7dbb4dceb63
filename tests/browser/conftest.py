"""A real Chromium on a real server with the demo cities, at phone and desktop size.

    def test_the_front_page_invites(desktop: Visit) -> None:
        desktop.open("hamburg", "/")
        desktop.check_axe()
        expect(desktop.page.get_by_role("heading", level=1)).to_be_visible()

A visit fails its test if a page asks another host for anything (but for the map's background, which is cut off), logs an
error, breaks the content security policy, or if axe finds something on it when it is loaded or when the test ends.
`visit.expect_error("404")` says that one is meant.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect, sync_playwright
from tests import choosing
from tests.browser import traces
from tests.browser.doing import sign_in
from tests.browser.making import MadeDemo, demo_environment, make_database, run_civitas

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from concurrent.futures import Future

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"phone": (360, 780), "desktop": (1280, 900)}
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
]
START_SECONDS = 300
# How long a page may take on a machine with much else to do, in milliseconds; nothing waits for it to pass.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
# An address range for each window.
ADDRESSES = (f"10.{number // 256}.{number % 256}.7" for number in range(65_536))
# A colour on its way to another one is no colour to measure.
FINISH_ANIMATIONS = """() => {
    for (const animation of document.getAnimations()) {
        if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
    }
}"""
# What lies under a bar that sticks to the edge can be scrolled from under it (WCAG 2.5.8): axe looks with the bars in their places.
LOOSEN_BARS = """() => {
    window.looseBars = new CSSStyleSheet();
    window.looseBars.replaceSync(".thumb, .give__nav, .ans-bar, .wq__bulk { position: static !important }");
    document.adoptedStyleSheets.push(window.looseBars);
}"""
FASTEN_BARS = """() => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== window.looseBars);
}"""
# The parts that reach over the window's edge and are not cut off by a part around them.
WHAT_STICKS_OUT = """() => [...document.querySelectorAll("body *")].filter((part) => {
    if (part.getBoundingClientRect().right <= document.documentElement.clientWidth + 1 || !part.checkVisibility()) return false;
    for (let above = part.parentElement; above; above = above.parentElement)
        if (above !== document.body && getComputedStyle(above).overflowX !== "visible") return false;
    return true;
}).slice(0, 12).map((part) => `<${part.localName} class="${part.getAttribute("class") ?? ""}"> ${part.textContent.trim().slice(0, 40)}`)"""

AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
# Half a megabyte of script in every document: as long as nobody calls it, the browser only skims it.
LOAD_AXE = "window.loadAxe = () => {" + AXE + "\n};"
AXE_OPTIONS: dict[str, Any] = {"runOnly": {"type": "tag", "values": AXE_RULES}, "resultTypes": ["violations"]}
# Each page is looked at once by size, language and theme, and again when it has something new to say: a refusal, a dialog, a note.
AXE_ON_LOAD = """(() => {
    if (window.top !== window) return;
    // What axe found in order stays so until something changes that it can see.
    let changes = 0, sound = [];
    const change = () => { changes += 1; };
    new MutationObserver(change).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
    const acts = ["input", "change", "toggle", "click", "keydown", "pointerover", "scroll"];
    for (const kind of acts) addEventListener(kind, change, {capture: true});
    const dark = matchMedia("(prefers-color-scheme: dark)"), forced = matchMedia("(forced-colors: active)");
    const state = () => [changes, innerWidth, innerHeight, dark.matches, forced.matches, document.activeElement, document.title];
    // The page as it is before axe looks: what changes while it looks was not looked at.
    let before = [];
    window.markState = () => { before = state(); };
    window.noteSound = () => { sound = before; };
    window.isStillSound = () => sound.length > 0 && state().every((part, index) => part === sound[index]);
    const look = async () => {
        const root = document.documentElement, spoken = "[role=alert], [role=status], dialog[open], details[open], [aria-invalid=true]";
        const says = [...document.querySelectorAll(spoken)].filter((part) => part.checkVisibility() && part.textContent.trim()).length;
        const page = [location.hostname, location.pathname, document.title].join(" ").replace(/\\d[^/ ]*/g, "N");
        const seen = [page, innerWidth, root.lang, root.dataset.theme, says].join(" ");
        if (!location.protocol.startsWith("http") || !document.body || !await axeWanted(seen)) return;
        if (isStillSound()) return;
        window.axe ?? loadAxe();
        (FINISH)();
        (LOOSEN)();
        markState();
        const { violations } = await axe.run(document, OPTIONS);
        (FASTEN)();
        if (!violations.length) noteSound();
        // What a mark on the map does the list does too (WCAG 2.5.8).
        const isSmall = ({target}) => target.some((css) => !document.querySelector(css)?.closest("city-map"));
        for (const each of violations) if (each.id === "target-size") each.nodes = each.nodes.filter(isSmall);
        await axeFound({look: seen, url: location.href, violations: violations.filter((each) => each.nodes.length)});
    };
    // One after the other: axe refuses to run twice at a time. A page that goes away under it keeps nobody waiting.
    const inTime = (seen) => Promise.race([seen, new Promise((done) => setTimeout(done, 20000))]);
    window.axeBusy = Promise.resolve();
    window.lookWithAxe = () => (window.axeBusy = window.axeBusy.then(() => inTime(look())));
    addEventListener("load", lookWithAxe, {once: true});
})();"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In CI a walk is left out that runs no function of our scripts which others do not run (see tests/browser/traces.py).

    One that fails is played once more there and named as RERUN at the end: a defect to mend next, but not one that holds all else.
    """
    if not os.environ.get("CI"):
        return
    walks = [item for item in items if Path(__file__).parent in item.path.parents]
    if not os.environ.get("DATABASE_URL"):
        names = choosing.left_out(traces.CHOICE, (item.nodeid for item in walks if item.get_closest_marker("every_time") is None))
        config.hook.pytest_deselected(items=[item for item in walks if item.nodeid in names])
        items[:] = [item for item in items if item.nodeid not in names]
    for item in walks:
        item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if "TRACES" not in os.environ:
        return (yield)
    with traces.RECORDER.following(item):
        return (yield)


def pytest_sessionfinish() -> None:
    if "TRACES" in os.environ:
        choosing.write_down(Path(os.environ["TRACES"]), os.environ.get("PYTEST_XDIST_WORKER", "main"), traces.RECORDER.tests)


@dataclass(frozen=True)
class Site:
    """A running server of the house; `data` is its folder, `log` what it printed."""

    port: int
    data: Path
    log: Path
    environment: dict[str, str]

    def url(self, city: str, path: str = "/") -> str:
        """The address of a page; the city '' is the bare host."""
        host = f"{city}.localhost" if city else "localhost"
        return f"http://{host}:{self.port}{path}"

    def run(self, *arguments: str) -> str:
        """Runs `civitas` on the server's database and gives what it printed."""
        return run_civitas(self.environment, *arguments)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def drop_database(url: str, name: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def wait_for_site(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Returns once the server answers; fails with the server's log if it does not."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(f"http://localhost:{port}/health", timeout=10) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"The server did not start:\n{log.read_text(errors='replace')[-4000:]}", pytrace=False)


@pytest.fixture(scope="session")
def made_demo(demo_in_the_making: Future[MadeDemo]) -> MadeDemo:
    """The demo cities, made once in a run of the tests; each worker takes copies."""
    return demo_in_the_making.result()


@contextlib.contextmanager
def serve_demo(data: Path, database: str) -> Iterator[Site]:
    """A server process on a folder of data, until the end of the block."""
    log, port = data / "server.log", find_free_port()
    environment = demo_environment(data, database) | {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LIVE_PORT": str(find_free_port()),
        # Each window comes from an address of its own, as people do: the limits hold as they are.
        "TRUSTED_PROXIES": "1",
        "WEB_PROCESSES": "1",
    }
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "civitas.project.cli", "demo"],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for_site(server, port, log)
        yield Site(port, data, log, environment)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, made_demo: MadeDemo) -> Iterator[Site]:
    """A server process with the demo cities, one for each worker, on a copy of their own."""
    with serve_copy(made_demo, tmp_path_factory.mktemp("site")) as served:
        yield served


@contextlib.contextmanager
def serve_copy(made_demo: MadeDemo, data: Path) -> Iterator[Site]:
    """A server process on a copy of the demo in a new folder; its database goes with it."""
    shutil.copytree(made_demo.data, data, dirs_exist_ok=True)
    database = make_database(os.environ["DATABASE_URL"], like=made_demo.database) if made_demo.database else ""
    try:
        with serve_demo(data, database) as served:
            yield served
    finally:
        if database:
            drop_database(os.environ["DATABASE_URL"], database)


@pytest.fixture(scope="session")
def map_hosts() -> frozenset[str]:
    """The hosts that the cities' map backgrounds come from: the only foreign ones that a page may ask."""
    found = set()
    for pack in [*ROOT.glob("cities/*/city.toml"), *ROOT.glob("tests/**/city.toml")]:
        style = tomllib.loads(pack.read_text(encoding="utf-8")).get("map", {}).get("style_url", "")
        if host := urlsplit(style).hostname:
            found.add(host)
    return frozenset(found)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, its headless shell first, which is far lighter; the tests download no browser of their own."""
    names = (os.environ.get("CHROMIUM", ""), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail("Chromium is missing; this command brings it: make chromium", pytrace=False)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


class Looked:
    """The pages on which axe found nothing, as empty files in a folder that the workers of one run share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def _file(self, look: str) -> Path:
        return self._folder / hashlib.sha256(look.encode()).hexdigest()

    def __contains__(self, look: str) -> bool:
        return self._file(look).exists()

    def add(self, look: str) -> None:
        self._file(look).touch()


@dataclass
class AxeOnLoad:
    """axe, asked on every page that a window loads; `looked` are the pages that were seen before, in the whole run."""

    faults: list[str]
    looked: Looked

    def watch(self, context: BrowserContext) -> None:
        context.expose_function("axeWanted", lambda look: look not in self.looked)
        context.expose_function("axeFound", self._note)
        context.add_init_script(LOAD_AXE)
        parts = {"FINISH": FINISH_ANIMATIONS, "LOOSEN": LOOSEN_BARS, "FASTEN": FASTEN_BARS, "OPTIONS": json.dumps(AXE_OPTIONS)}
        context.add_init_script(re.sub("|".join(parts), lambda found: parts[found[0]], AXE_ON_LOAD))

    def _note(self, found: dict[str, Any]) -> None:
        if not found["violations"]:
            self.looked.add(found["look"])
        else:
            self.faults.append(f"axe on {found['url']}:\n{worded(found['violations'])}")


@dataclass
class Visit:
    """A person with a browser window of their own. `faults` is what the pages did that they may not."""

    site: Site
    context: BrowserContext
    map_hosts: frozenset[str]
    looked: Looked
    scripts: bool = True
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    printed_before: int = field(init=False)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.context.on("request", self._note_request)
        self.context.on("console", self._note_message)
        self.context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        AxeOnLoad(self.faults, self.looked).watch(self.context)
        self.printed_before = len(self.site.log.read_text(errors="replace"))
        self.page = self.context.new_page()

    def open(self, city: str, path: str = "/") -> Page:
        """Go to a page of a city and wait until it is loaded."""
        self.page.goto(self.site.url(city, path), wait_until="load")
        return self.page

    def expect_error(self, pattern: str) -> None:
        """A console message that matches this is meant, such as the 404 of a page that must not be there."""
        self.expected.append(pattern)

    def check_axe(self, within: str | None = None) -> None:
        """Assert that axe finds nothing, in the light of what the person sees now; a window without scripts would wait for ever."""
        __tracebackhide__ = True
        assert self.scripts, "axe is a script itself"
        check_axe(self.page, within)

    def look_last(self) -> None:
        """Let axe look at what the person sees in the end; without scripts there is no axe."""
        if not self.scripts:
            return
        with contextlib.suppress(PlaywrightError):  # the test has closed the window, or cut the network under it
            self.page.evaluate("window.lookWithAxe?.()")

    def check_width(self) -> None:
        """Assert that nothing sticks out sideways."""
        spill = self.page.locator("html").evaluate("root => root.scrollWidth - root.clientWidth")
        assert spill <= 0, f"{self.page.url} is {spill} px wider than the window: {self.page.evaluate(WHAT_STICKS_OUT)}"

    def check_faults(self) -> None:
        """Fail with what the pages did that they may not."""
        faults = [fault for fault in self.faults if not any(re.search(pattern, fault) for pattern in self.expected)]
        if faults:
            printed = self.site.log.read_text(errors="replace")[self.printed_before :].strip()
            pytest.fail("\n".join([*faults, *(["The server printed:", printed[-3000:]] if printed else [])]), pytrace=False)

    def _is_map(self, address: str) -> bool:
        return urlsplit(address).hostname in self.map_hosts

    def _note_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"data", "blob", "about"} or self._is_map(request.url):
            return
        own = parts.hostname == "localhost" or (parts.hostname or "").endswith(".localhost")
        if not own or parts.port != self.site.port:
            self.faults.append(f"request to another host: {request.url}")

    def _note_message(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        policy = "Content Security Policy" in message.text or "Content-Security-Policy" in message.text
        if (message.type == "error" or policy) and not self._is_map(where) and not self._names_map(message.text):
            self.faults.append(f"console: {message.text} ({where})")

    def _names_map(self, text: str) -> bool:
        return any(host in text for host in self.map_hosts) and "Content Security Policy" not in text


def check_axe(page: Page, within: str | None = None) -> None:
    """Assert that axe finds no violation of WCAG 2.2 AA or of good practice on the page, or within a selector."""
    __tracebackhide__ = True
    page.wait_for_load_state("load")  # when axe begins its own look; it refuses to run twice at a time
    page.evaluate("window.axeBusy")
    if within is None and page.evaluate("window.isStillSound?.() ?? false"):
        return
    if not page.evaluate("() => { window.axe ?? window.loadAxe?.(); return Boolean(window.axe); }"):  # a window without scripts
        page.evaluate(AXE)
    page.evaluate(FINISH_ANIMATIONS)
    page.evaluate(LOOSEN_BARS)
    page.evaluate("window.markState?.()")
    run = "([within, options]) => axe.run(within ?? document, options).then(({violations}) => violations)"
    found: list[dict[str, Any]] = page.evaluate(run, [within, AXE_OPTIONS])
    page.evaluate(FASTEN_BARS)
    if found:
        pytest.fail(f"axe on {page.url}:\n{worded(found)}", pytrace=False)
    if within is None:
        page.evaluate("window.noteSound?.()")


def worded(violations: list[dict[str, Any]]) -> str:
    """What axe found, a paragraph for each place."""
    return "\n".join(
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    {node['html']}\n    {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    )


@pytest.fixture(scope="session")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Looked:
    """The pages that axe has looked at, in whichever worker."""
    own = tmp_path_factory.getbasetemp()
    return Looked((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "looked")


@pytest.fixture
def visit(chromium: Browser, site: Site, map_hosts: frozenset[str], looked: Looked) -> Iterator[Any]:
    """Opens windows: `visit("phone")`, or with options of Playwright's context, such as `java_script_enabled=False`."""
    visits: list[Visit] = []

    def start(size: str = "desktop", **options: Any) -> Visit:
        width, height = SIZES[size]
        settings: dict[str, Any] = {
            "viewport": {"width": width, "height": height},
            "locale": "de-DE",
            "timezone_id": "Europe/Berlin",
            "reduced_motion": "reduce",
            "has_touch": size == "phone",
            "extra_http_headers": {"X-Forwarded-For": next(ADDRESSES)},
        }
        context = chromium.new_context(**(settings | options))
        context.set_default_timeout(PATIENCE)
        if "TRACES" in os.environ:
            traces.RECORDER.now.follow(context)
        visits.append(Visit(site, context, map_hosts, looked, scripts=options.get("java_script_enabled", True)))
        return visits[-1]

    yield start
    for each in visits:
        each.look_last()
        each.context.close()
    for each in visits:
        each.check_faults()


@pytest.fixture(scope="session")
def signed_in_states() -> dict[tuple[str, str], Any]:
    """What the browsers of the demo's people keep, once they have signed in."""
    return {}


@pytest.fixture
def signed_in(visit: Any, signed_in_states: dict[tuple[str, str], Any]) -> Any:
    """The window of one of the demo's people: `signed_in("hamburg", "owner")`; each signs in once with a mailed code."""

    def start(city: str, login: str, size: str = "desktop", **options: Any) -> Visit:
        if (city, login) not in signed_in_states:
            first = visit(size)
            sign_in(first, city, f"{login}@{city}.example.org", reader=visit(size))
            signed_in_states[city, login] = first.context.storage_state()
        return visit(size, storage_state=signed_in_states[city, login], **options)

    return start


@pytest.fixture
def phone(visit: Any) -> Visit:
    """A window of 360 by 780 px."""
    return visit("phone")


@pytest.fixture
def desktop(visit: Any) -> Visit:
    """A window of 1280 by 900 px."""
    return visit("desktop")


@pytest.fixture(params=list(SIZES))
def any_size(request: pytest.FixtureRequest, visit: Any) -> Visit:
    """The test runs at both sizes."""
    return visit(request.param)
