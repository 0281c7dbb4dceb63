"""The city's sign-in service as it describes itself: its addresses and keys, kept for an hour, and the exchange of a code for a token.

Whoever sends forged tokens does not make the house ask it again and again, and one that fails is left alone for a while.
"""

from __future__ import annotations

import base64
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from civitas.cities.config import is_own_machine
from civitas.kit.asking import NoAnswer, ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.config import SignInConfig
    from civitas.cities.models import City

KEPT_SECONDS = 3600.0
# A token may name a key that is not known once in so many seconds, before the keys are fetched anew.
KEYS_ANEW_SECONDS = 60.0
# So many failures in a row, and the service rests so many seconds.
FAILURES = 2
REST_SECONDS = 30.0
# How long somebody waits for another one who is asking: a process has few threads, and a slow service must not hold them all.
TURN_SECONDS = 2.0
_MOST_KEYS = 50
# With these it answers a code, or a city, that it does not know.
_NO = (400, 401, 403)
_turn = threading.BoundedSemaphore(1)


class Unreachable(Exception):
    """The service is gone, too slow or talks nonsense; its text is a code for the log."""


class Untrue(Exception):
    """What the service, or somebody in its name, has said does not hold; its text is a code for the log."""


@dataclass(frozen=True)
class Description:
    """What a service says of itself: where people sign in and out, where codes become tokens, and how the house names itself there."""

    sign_in: str
    tokens: str
    keys: str
    sign_out: str = ""
    secret_in_body: bool = False


@dataclass
class _Kept:
    description: Description | None = None
    described_until: float = 0.0
    keys: list[dict[str, Any]] = field(default_factory=list)
    keys_until: float = 0.0
    keys_anew_at: float = -KEYS_ANEW_SECONDS
    failures: int = 0
    rests_until: float = 0.0


# By city: there are as many as the house has cities.
_kept: dict[tuple[int, str], _Kept] = {}


def secret_of(slug: str) -> str:
    """The secret that the service knows the city by; '' when there is none."""
    if not settings.OIDC_SECRETS:
        return ""
    try:
        return (Path(settings.OIDC_SECRETS) / slug).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


@dataclass(frozen=True)
class Provider:
    """The sign-in service of a city, with the secret by which it knows the city."""

    city: City
    config: SignInConfig
    secret: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What people call it: 'BundID'."""
        return self.config.name

    @property
    def _kept(self) -> _Kept:
        return _kept.setdefault((self.city.pk, self.config.issuer), _Kept())

    def describe(self) -> Description:
        """Where it does what; raises Unreachable, or Untrue when it is not the one that the city named."""
        kept = self._kept
        if kept.description is not None and kept.described_until > time.monotonic():
            return kept.description
        said = self._ask(f"{self.config.issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            found = self._read(said)
        except Untrue:
            self._fail()
            raise
        kept.description, kept.described_until, kept.failures = found, time.monotonic() + KEPT_SECONDS, 0
        return found

    def _read(self, said: dict[str, Any]) -> Description:
        # Compared letter by letter, as the specification wants it: else one tenant of a service could speak for another.
        if said.get("issuer") != self.config.issuer:
            raise Untrue("another issuer describes itself")
        ways = said.get("token_endpoint_auth_methods_supported")
        return Description(
            sign_in=self._address(said, "authorization_endpoint"),
            tokens=self._address(said, "token_endpoint"),
            keys=self._address(said, "jwks_uri"),
            sign_out=self._address(said, "end_session_endpoint") if said.get("end_session_endpoint") else "",
            secret_in_body=isinstance(ways, list) and "client_secret_post" in ways and "client_secret_basic" not in ways,
        )

    def _address(self, said: dict[str, Any], name: str) -> str:
        address = said.get(name)
        if not isinstance(address, str) or not address.isprintable() or len(address) > 2_000:
            raise Untrue(f"no {name}")
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            raise Untrue(f"no {name}") from None
        plain = parts.scheme == "http" and is_own_machine(host) and urlsplit(self.config.issuer).scheme == "http"
        if not host or parts.username or parts.fragment or (parts.scheme != "https" and not plain):
            raise Untrue(f"{name} is no https address")
        return address

    def keys(self, name: str | None) -> list[dict[str, Any]]:
        """The service's keys of this name, or all without one; it is asked anew for a name that nobody knows, at most once a minute."""
        kept, now = self._kept, time.monotonic()
        if kept.keys_until <= now:
            self._fetch_keys()
        found = _named(kept.keys, name)
        if not found and now - kept.keys_anew_at >= KEYS_ANEW_SECONDS:
            kept.keys_anew_at = now
            self._fetch_keys()
            found = _named(kept.keys, name)
        return found

    def _fetch_keys(self) -> None:
        said = self._ask(self.describe().keys).get("keys")
        if not isinstance(said, list):
            raise Unreachable("no keys")
        self._kept.keys = [key for key in said[:_MOST_KEYS] if isinstance(key, dict) and key.get("use", "sig") == "sig"]
        self._kept.keys_until = time.monotonic() + KEPT_SECONDS

    def exchange(self, code: str, *, verifier: str, back: str) -> str:
        """The token that a code stands for; raises Untrue when the service does not know the code or the city."""
        described = self.describe()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        headers = {}
        if not self.secret:
            form["client_id"] = self.config.client_id
        elif described.secret_in_body:
            form |= {"client_id": self.config.client_id, "client_secret": self.secret}
        else:
            pair = f"{quote(self.config.client_id, safe='')}:{quote(self.secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        token = self._ask(described.tokens, form=form, headers=headers).get("id_token")
        if not isinstance(token, str) or not token:
            raise Untrue("no token")
        self._kept.failures = 0
        return token

    def _fail(self) -> None:
        self._kept.failures += 1
        if self._kept.failures >= FAILURES:
            self._kept.failures, self._kept.rests_until = 0, time.monotonic() + REST_SECONDS

    def _ask(self, address: str, *, form: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
        with self._in_turn():
            try:
                said = ask(address, form=form, headers=headers)
            except NoAnswer as error:
                if form is not None and error.status in _NO:
                    raise Untrue(str(error)) from None
                self._fail()
                raise Unreachable(str(error)) from None
        return said

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if self._kept.rests_until > time.monotonic():
            raise Unreachable("rests")
        if not _turn.acquire(timeout=TURN_SECONDS):
            raise Unreachable("busy")
        try:
            if self._kept.rests_until > time.monotonic():  # whoever was asking has just found it gone
                raise Unreachable("rests")
            yield
        finally:
            _turn.release()


def _named(keys: list[dict[str, Any]], name: str | None) -> list[dict[str, Any]]:
    return keys if name is None else [key for key in keys if key.get("kid") == name]


def provider_of(city: City) -> Provider | None:
    """The city's sign-in service; None when it has none, or no secret for it: then no page offers it."""
    config = city.config.sign_in
    if config is None:
        return None
    secret = "" if config.public else secret_of(city.slug)
    return Provider(city, config, secret) if config.public or secret else None


def forget_providers() -> None:
    """Ask every service afresh; for tests."""
    _kept.clear()
