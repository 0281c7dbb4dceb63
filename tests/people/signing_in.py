"""The city's sign-in service as tests have it: started as a process, told how to behave, and the way over it as a browser goes."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

from tests.factories import SETTINGS
from tests.people.provider import CLIENT, SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

NAME = "BundID"


@dataclass
class Provider:
    """A provider's process."""

    process: subprocess.Popen[str]
    port: int
    people: dict[str, Any] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        """Its address, by which the city knows it."""
        return f"http://127.0.0.1:{self.port}"

    def tell(self, **how: Any) -> None:
        """Behave so from now on."""
        with urlopen(Request(f"{self.issuer}/control", json.dumps(how).encode()), timeout=20):
            pass

    def asked(self, part: str) -> int:
        """How often somebody asked for a part of it."""
        return int(self.seen()["asked"].get(part, 0))

    def seen(self) -> dict[str, Any]:
        """All that it noticed."""
        with urlopen(f"{self.issuer}/seen", timeout=20) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def knows(self, subject: str, mail: str | None = None, **more: Any) -> None:
        """Whoever signs in from now on is this person."""
        self.tell(person={"sub": subject, **({"email": mail, "email_verified": True} if mail else {}), **more})

    def kill(self) -> None:
        """Be gone."""
        self.process.kill()
        self.process.wait()


@contextmanager
def start_provider() -> Iterator[Provider]:
    """A provider's process, until the end of the block."""
    script = Path(__file__).with_name("provider.py")
    process = subprocess.Popen([sys.executable, str(script), "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Provider(process, int(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def settings_with(issuer: str, **more: Any) -> dict[str, Any]:
    """A city's settings with this provider."""
    label = {"de": f"Mit {NAME} anmelden", "en": f"Sign in with {NAME}", "simple": f"Mit {NAME} anmelden"}
    return {**SETTINGS, "sign_in": {"issuer": issuer, "client_id": CLIENT, "name": NAME, "label": label, **more}}


def keep_secret(folder: Path, slug: str = "hamburg") -> Path:
    """The client's secret where the house looks for it."""
    (folder / slug).write_text(f"{SECRET}\n", encoding="utf-8")
    return folder


def set_out(browser: Client, path: str = "/konto/oidc") -> str:
    """Press the button; gives the address at the provider that the browser is led to."""
    answer = browser.get(path)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def sign_in_there(address: str, word: str = "Weiter") -> str:
    """Be at the provider and press a button there; gives the path in the city that it leads back to."""
    with urlopen(address, timeout=20) as page:
        found = re.search(rf'href="([^"]+)">{word}', page.read().decode())
    assert found
    back = urlsplit(html.unescape(found[1]))
    return f"{back.path}?{back.query}"


def come_over(browser: Client, path: str = "/konto/oidc") -> Any:
    """The whole way: there, sign in, and back; gives the city's answer."""
    return browser.get(sign_in_there(set_out(browser, path)))


def asked_for(address: str) -> dict[str, str]:
    """What the city asks of the provider in an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
