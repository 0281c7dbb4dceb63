"""What a browser's session keeps of the way over the city's sign-in service: attempts, who waits for an account, how to sign out there."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import get_authentication_records

from civitas.people.oidc import ATTEMPT_SECONDS, Attempt, Said, old_attempt

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.people.models import User
    from civitas.people.provider import Provider

_ATTEMPTS, _WAITING, _GOODBYE = "oidc_attempts", "oidc_waiting", "oidc_goodbye"
# Several windows of one browser may be on the way at once.
_MOST = 4


def keep_attempt(request: HttpRequest, attempt: Attempt) -> None:
    """Remember a way that begins; of too many the oldest is forgotten."""
    kept = list(request.session.get(_ATTEMPTS, []))
    request.session[_ATTEMPTS] = [*kept[1 - _MOST :], asdict(attempt)]


def language_of_attempt(request: HttpRequest, state: str) -> str:
    """In which language somebody set out who comes back now; '' for one who did not set out here."""
    return next((str(row["language"]) for row in request.session.get(_ATTEMPTS, []) if row["state"] == state), "")


def take_attempt(request: HttpRequest, state: str) -> Attempt:
    """The attempt that comes back with this state, once; raises Refused for one that did not begin in this browser."""
    kept = list(request.session.get(_ATTEMPTS, []))
    found = next((row for row in kept if row["state"] == state), None)
    if found is None:
        raise old_attempt()
    request.session[_ATTEMPTS] = [row for row in kept if row is not found]
    return Attempt(**found)


def let_wait(request: HttpRequest, said: Said, *, go_on: str, user: User | None) -> None:
    """Remember whom the service named until the account is known that they belong to; with a user, it is theirs that is asked about."""
    request.session[_WAITING] = {"said": asdict(said), "go_on": go_on, "user": user.pk if user else None, "at": time.time(), "mail": ""}


def waiting(request: HttpRequest, *, user: User | None) -> tuple[Said, str] | None:
    """Whom the service named, and where they go on to; None when nobody waits, it took too long, or somebody else is here by now."""
    kept: dict[str, Any] | None = request.session.get(_WAITING)
    if kept is None or kept["user"] != (user.pk if user else None) or not 0 <= time.time() - kept["at"] <= ATTEMPT_SECONDS:
        return None
    return Said(**kept["said"]), kept["go_on"]


def agree(request: HttpRequest, mail: str) -> None:
    """Note that who waits wants to be connected with the account of this address, if they can read its mails."""
    request.session[_WAITING] = {**request.session[_WAITING], "mail": mail, "agreed_at": time.time(), "at": time.time()}


def is_agreed(request: HttpRequest) -> bool:
    """Whether the code that is asked for now also connects an account."""
    kept = request.session.get(_WAITING)
    return bool(kept and kept["mail"])


def forget_waiting(request: HttpRequest) -> None:
    """Who signs in by another way is not connected with whom the service named."""
    request.session.pop(_WAITING, None)


def take_agreed(request: HttpRequest, user: User) -> Said | None:
    """Whom the service named, if this user has just typed the code that was mailed for it; whatever happened, nobody waits any more."""
    kept: dict[str, Any] | None = request.session.pop(_WAITING, None)
    if kept is None or kept["user"] is not None or not kept["mail"] or kept["mail"] != user.email:
        return None
    typed = [record for record in get_authentication_records(request, user) if record["method"] == "code"]
    if not any(record.get("email") == kept["mail"] and record["at"] >= kept["agreed_at"] for record in typed):
        return None
    return Said(**kept["said"])


def note_goodbye(request: HttpRequest, said: Said, provider: Provider) -> None:
    """Keep what is needed to sign out at the service too, where it can be done."""
    if said.sign_out:
        kept = {"name": provider.name, "client": provider.config.client_id, "address": said.sign_out, "token": said.token}
        request.session[_GOODBYE] = kept


def goodbye_of(request: HttpRequest) -> dict[str, str] | None:
    """How to sign out at the service with which this session was opened: its name, its address, as whom the house speaks,
    and the token that it wants to see."""
    return request.session.get(_GOODBYE)
