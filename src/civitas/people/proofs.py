"""Proof of work (ALTCHA): a browser counts for a second while somebody types, so that sending ten thousand texts costs something.

A question is signed, good for an hour, for one city and one form, and used once. Nobody sees anything of it, and no other site is asked.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from altcha.v1 import create_challenge, extract_params, verify_solution
from django.conf import settings
from django.utils import timezone

from civitas.people.counting import count_tries, start_of
from civitas.people.models import RateWindow
from civitas.people.sources import hashed

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.cities.models import City

GOOD = dt.timedelta(hours=1)
WINDOW = dt.timedelta(minutes=10)
# So many proofs in ten minutes are a calm city; each as many again make the next question harder, up to eight times.
CALM, HARDEST = 60, 8
_LONGEST = 2_000


@dataclass(frozen=True)
class Proof:
    """The answer to one of our questions, found right; `key` names the question."""

    key: str
    good_until: dt.datetime


def ask(city: City, form: str) -> dict[str, Any]:
    """A question for the form at this address, as ALTCHA words it; harder while a wave comes in. One query."""
    cost = settings.PROOF_COST * min(HARDEST, 1 + _lately(city) // CALM)
    asked = create_challenge(
        algorithm="SHA-256",
        max_number=cost,
        salt_length=12,
        hmac_key=_key(),
        salt="",
        number=None,
        expires=timezone.now() + GOOD,
        params={"city": city.slug, "form": form},
    )
    return asked.to_dict()


def read(city: City, form: str, answer: str) -> Proof | None:
    """The proof in an answer; None for none, a wrong, mangled or late one, and for one of another city or form."""
    if not answer or len(answer) > _LONGEST:
        return None
    try:
        payload = json.loads(base64.b64decode(answer, validate=True))
        if not isinstance(payload, dict) or not isinstance(payload.get("number"), int):
            return None  # a number in letters could take over what belongs to the question
        if not all(isinstance(payload.get(name), str) for name in ("algorithm", "challenge", "salt", "signature")):
            return None
        right, _fault = verify_solution(payload, _key())  # type: ignore[call-overload]  # its names were looked at above
        said = extract_params(payload)  # type: ignore[arg-type]  # as above
        until = dt.datetime.fromtimestamp(int(said["expires"][0]), dt.UTC)
    except (ValueError, KeyError, OverflowError):
        return None
    if not right or said.get("city") != [city.slug] or said.get("form") != [form] or until < timezone.now():
        return None
    return Proof(hashed(f"proof:{payload['challenge']}"), until)


def is_form(request: HttpRequest) -> bool:
    """Whether a browser sent a form: of anything else the body is not read here."""
    return request.method == "POST" and request.content_type in {"multipart/form-data", "application/x-www-form-urlencoded"}


def proof_of(request: HttpRequest) -> Proof | None:
    """The proof that came with a form."""
    if not is_form(request):
        return None
    answer = request.POST.get("proof", "")
    return read(request.city, request.path, answer) if answer else None


def use(city: City, proof: Proof) -> bool:
    """Use a proof up; False for one that was used before, also in another process at the same moment."""
    is_first = count_tries(city, proof.key, proof.good_until) == 1
    if is_first:
        count_tries(city, _ALL, start_of(WINDOW))
    return is_first


_ALL = "proofs"


def _lately(city: City) -> int:
    """How many proofs were used up in this window or the one before, whichever had more."""
    since = start_of(WINDOW) - WINDOW
    return max(RateWindow.objects.of(city).filter(key=_ALL, starts_at__gte=since).values_list("tries", flat=True), default=0)


def _key() -> str:
    return hashlib.blake2b(settings.SECRET_KEY.encode(), person=b"proof-of-work", digest_size=32).hexdigest()
