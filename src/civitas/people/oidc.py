"""Signing in by the city's service: OpenID Connect's code flow with state, nonce and PKCE, and what a token has to prove.

Nothing of a person is kept here: the way there and back is an `Attempt` in the browser's session, what the service says is `Said`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jwt
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from civitas.kit.languages import html_language
from civitas.kit.verdicts import Refused
from civitas.people.provider import Unreachable, Untrue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civitas.people.provider import Provider

# Never 'none', and nothing whose key both sides share.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LEEWAY_SECONDS = 30
# How long a person may take at the service, and how old what it says may be.
ATTEMPT_SECONDS = 15 * 60
# The status of a refusal that is the person's own wish.
CANCELLED = 200
_LEAST_RSA_BITS = 2048
_MOST_LETTERS = 20_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attempt:
    """One way to the service and back: what only this browser and the house know of it, and where it began."""

    city: int
    issuer: str
    state: str
    nonce: str
    verifier: str
    back: str  # the address that the service leads back to
    at: float
    language: str = "de"
    go_on: str = ""
    user: int | None = None  # who is signed in already and wants to connect the two

    @property
    def is_over(self) -> bool:
        """Whether too much time has passed, or the clock went back."""
        return not 0 <= time.time() - self.at <= ATTEMPT_SECONDS


@dataclass(frozen=True)
class Said:
    """What a service said of a person and proved: who it is by its own count, a mail address to propose, when they showed themselves."""

    issuer: str
    subject: str
    mail: str = ""
    shown_at: float = 0.0
    token: str = ""
    sign_out: str = ""


def begin(provider: Provider, *, back: str, language: str, go_on: str, user: int | None, again: bool) -> tuple[str, Attempt]:
    """The address at the service to go to, and what to remember meanwhile; with `again` people show themselves there anew.

    Raises Refused when the service is not there.
    """
    try:
        described = provider.describe()
    except (Unreachable, Untrue) as fault:
        raise _refusal(provider, fault) from fault
    attempt = Attempt(
        city=provider.city.pk,
        issuer=provider.config.issuer,
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        back=back,
        at=time.time(),
        language=language,
        go_on=go_on,
        user=user,
    )
    challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": provider.config.client_id,
        "redirect_uri": back,
        "scope": " ".join(provider.config.scopes),
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "ui_locales": html_language(language),
    }
    if again:
        asked |= {"prompt": "login", "max_age": "0"}
    return f"{described.sign_in}{'&' if '?' in described.sign_in else '?'}{urlencode(asked)}", attempt


def old_attempt() -> Refused:
    """The answer to a way back that this browser did not begin here, that took too long, or was gone already."""
    return Refused(_("This attempt to sign in is too old, or it was used already. Please begin once more."))


def finish(provider: Provider, attempt: Attempt, answer: Mapping[str, str]) -> Said:
    """Who came back with this answer; raises Refused when it was not begun in this city, they cancelled, or it cannot be believed."""
    if attempt.city != provider.city.pk or attempt.issuer != provider.config.issuer or attempt.is_over:
        raise old_attempt()
    try:
        # A service that names itself in its answer has to be the one that was asked (RFC 9207).
        if answer.get("iss", attempt.issuer) != attempt.issuer:
            raise Untrue("another issuer answers")
        if answer.get("error") == "access_denied":
            sentence = _("You did not sign in with {name}. You can try again, or have a code sent.")
            raise Refused(sentence.format(name=provider.name), status=CANCELLED)
        if "error" in answer or not answer.get("code"):
            raise Untrue("no code")
        token = provider.exchange(answer["code"][:4_000], verifier=attempt.verifier, back=attempt.back)
        said = read_token(provider, token, nonce=attempt.nonce)
        sign_out = provider.describe().sign_out
    except (Unreachable, Untrue) as fault:
        raise _refusal(provider, fault) from fault
    # What does not fit into a session is not worth keeping: signing out there goes without it as well.
    return Said(**said, token=token if sign_out and len(token) < _MOST_LETTERS // 4 else "", sign_out=sign_out)


def address_to_sign_out(goodbye: Mapping[str, str], *, back: str) -> str:
    """Where a person signs out at the service too (`on_the_way.goodbye_of`); it leads them back to `back`, if that is registered there."""
    asked = {"client_id": goodbye["client"], "post_logout_redirect_uri": back}
    if goodbye["token"]:
        asked["id_token_hint"] = goodbye["token"]
    return f"{goodbye['address']}{'&' if '?' in goodbye['address'] else '?'}{urlencode(asked)}"


def _refusal(provider: Provider, fault: Unreachable | Untrue) -> Refused:
    # A code, never what was sent: it may say who somebody is.
    _log.warning("The sign-in service of %s: %s (%s).", provider.city.slug, type(fault).__name__.lower(), fault)
    if isinstance(fault, Unreachable):
        sentence = _("{name} does not answer at the moment. Nothing is lost: please try again later, or have a code sent.")
        return Refused(sentence.format(name=provider.name), status=503)
    sentence = _(
        "We cannot be sure that this answer comes from {name}. You are not signed in. Please begin once more, or have a code sent."
    )
    return Refused(sentence.format(name=provider.name))


def read_token(provider: Provider, token: str, *, nonce: str) -> dict[str, Any]:
    """What a token proves about a person (issuer, subject, mail, shown_at); raises Untrue for any other."""
    try:
        claims = _claims(provider, token)
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise Untrue("nonce")
        client, meant = provider.config.client_id, claims["aud"]
        several = isinstance(meant, list) and len(meant) > 1
        if claims.get("azp", "" if several else client) != client:
            raise Untrue("azp")
        if time.time() - int(claims["iat"]) > ATTEMPT_SECONDS + _LEEWAY_SECONDS:
            raise Untrue("iat")
        subject = claims["sub"]
        if not subject.isprintable() or not 0 < len(subject) <= 255 or not subject.strip():
            raise Untrue("sub")
        shown = claims.get("auth_time")
        shown_at = min(float(shown), time.time()) if isinstance(shown, int) else 0.0
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise Untrue(type(error).__name__) from None
    return {"issuer": provider.config.issuer, "subject": subject, "mail": _mail(claims.get("email")), "shown_at": shown_at}


def _claims(provider: Provider, token: str) -> dict[str, Any]:
    if len(token) > _MOST_LETTERS:
        raise Untrue("too long a token")
    header = jwt.get_unverified_header(token)
    algorithm, name = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise Untrue("alg")
    fitting = [key for key in provider.keys(name if isinstance(name, str) else None) if key.get("alg", algorithm) == algorithm]
    if len(fitting) != 1:  # of two keys without a name nobody knows which one was meant
        raise Untrue("kid")
    key = jwt.PyJWK(fitting[0], algorithm).key
    if getattr(key, "key_size", _LEAST_RSA_BITS) < _LEAST_RSA_BITS and fitting[0].get("kty") == "RSA":
        raise Untrue("too short a key")
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=[algorithm],
        audience=provider.config.client_id,
        issuer=provider.config.issuer,
        leeway=_LEEWAY_SECONDS,
        options={"require": ["iss", "sub", "aud", "exp", "iat"]},
    )
    return claims


def _mail(said: Any) -> str:
    """An address to propose in a form; it opens nothing, whatever the service says of it."""
    try:
        validate_email(said if isinstance(said, str) and len(said) <= 254 else "")
    except ValidationError:
        return ""
    return str(said).lower()
