"""The signed address by which somebody without a login answers one question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core import signing

from civitas.merging.queries import consents

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.merging.models import Consent

_SALT = "civitas.merging.consent"
# Longer than any question stays open, so that a late reader learns what came of it.
_VALID_SECONDS = 180 * 24 * 3600


def make_token(consent: Consent) -> str:
    """A token for the author of the question's contribution, good for this one question."""
    return signing.dumps([consent.pk, str(consent.author.uid) if consent.author else ""], salt=_SALT)


def consent_of_token(city: City, token: str) -> Consent | None:
    """The question of a token; None when it is mangled, expired, of another city, or the author has changed or left since."""
    try:
        key, uid = signing.loads(token, salt=_SALT, max_age=_VALID_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found: Consent | None = consents(city).filter(pk=key, author__uid=uid, author__erased_at=None).first() if uid else None
    return found
