"""What people do and read on the way over the city’s sign-in service, as its tests have it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.core import mail
from tests.people.signing_in import NAME, Provider
from tests.people.test_views import code_in

from civitas.people.identities import link_identity
from civitas.people.oidc import Said

if TYPE_CHECKING:
    from django.test import Client

    from civitas.people.models import Identity

GONE = "antwortet gerade nicht"
UNSURE = "nicht sicher"
OLD = "zu alt"
DESCRIPTION = ".well-known/openid-configuration"
TIMES = {"exp", "iat", "nbf", "auth_time"}


def connect(city: Any, person: Any, provider: Provider, subject: str = "dilek-4711") -> Identity:
    """As if the person had connected the two long ago."""
    return link_identity(city, person.user, Said(provider.issuer, subject), name=NAME)


def type_code(browser: Client, path: str = "/konto/code") -> Any:
    return browser.post(path, {"code": code_in(mail.outbox[-1].body)})


def said(response: Any) -> str:
    return str(response.content.decode())


def told(browser: Client, answer: Any) -> str:
    """What somebody reads whom the city did not believe: on the page with the doors, the service's code no longer in the address."""
    assert answer.status_code == 303, said(answer)
    assert answer.headers["Location"].startswith("/konto/anmelden")
    assert "code=" not in answer.headers["Location"]
    return said(browser.get(answer.headers["Location"]))


def from_now(told: dict[str, Any]) -> dict[str, Any]:
    """What a provider is told, its times counted in seconds from now."""
    now = int(time.time())
    answers = told.get("answers", {})
    moved = {name: now + value if name in TIMES and isinstance(value, int) else value for name, value in answers.items()}
    return {**told, "answers": moved}
