"""The signed address by which one mail's worth of news can be declined without signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core import signing

if TYPE_CHECKING:
    from civitas.cities.models import City

_SALT = "civitas.notices.unsubscribe"
# A mail may lie in a folder for long before it annoys.
_VALID_SECONDS = 2 * 365 * 24 * 3600


def make_token(city: City, recipient: UUID, kind: str) -> str:
    """A token that stands for 'no more of this kind to this recipient'."""
    return signing.dumps([city.slug, recipient.hex, kind], salt=_SALT)


def read_token(city: City, token: str) -> tuple[UUID, str]:
    """Recipient and kind; raises signing.SignatureExpired after two years, signing.BadSignature for any other fault or city."""
    try:
        slug, recipient, kind = signing.loads(token, salt=_SALT, max_age=_VALID_SECONDS)
        uid = UUID(hex=recipient)
    except (ValueError, TypeError, AttributeError) as error:
        raise signing.BadSignature("a token of another shape") from error
    if slug != city.slug:
        raise signing.BadSignature("a token of another city")
    return uid, str(kind)
