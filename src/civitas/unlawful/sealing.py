"""The key of the evidence store, and the lock: AES-256-GCM, with a key of its own for each row.

The key is not in the database: whoever has a copy of that reads nothing. Each piece of an archive is bound to its city, evidence and
place, the last one as the last, so none can be moved, left out or cut off; a changed byte makes it unreadable, and the SHA-256 in the
journal says that it was changed.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import City

_SALT_BYTES, _NONCE_BYTES = 16, 12
# The first byte of a payload: by which scheme it was locked, so that another may follow. Archives of the first were one piece.
_WHOLE, _PIECE = b"\x01", b"\x02"
# By how much a locked piece is longer: scheme, salt, nonce and the tag at its end.
LOCK_BYTES = 1 + _SALT_BYTES + _NONCE_BYTES + 16


def is_derived() -> bool:
    """Whether the store has no key of its own, as in the demo: then it is made from SECRET_KEY."""
    return not settings.EVIDENCE_KEY


def _key(salt: bytes) -> bytes:
    # Loaded where evidence is handled and nowhere else: no other page pays for it.
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    secret = settings.EVIDENCE_KEY or settings.SECRET_KEY
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"civitas evidence").derive(secret.encode())


def _bound_to(city: City, uid: UUID, number: int, *, is_last: bool) -> bytes:
    return f"{city.slug}/{uid}/{number}{'.' if is_last else ''}".encode()


def locked(city: City, uid: UUID, piece: bytes, *, number: int, is_last: bool) -> bytes:
    """What lies in the database in the place of a piece (counted from 0): scheme, salt, nonce and ciphertext."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    return _PIECE + salt + nonce + AESGCM(_key(salt)).encrypt(nonce, piece, _bound_to(city, uid, number, is_last=is_last))


def unlocked(city: City, uid: UUID, payload: bytes, *, number: int, is_last: bool) -> bytes:
    """The piece again; raises Refused (409) when the key is another, or when a byte was changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    scheme, rest = payload[:1], payload[1:]
    salt, nonce, sealed = rest[:_SALT_BYTES], rest[_SALT_BYTES : _SALT_BYTES + _NONCE_BYTES], rest[_SALT_BYTES + _NONCE_BYTES :]
    try:
        if scheme == _WHOLE and number == 0 and is_last:
            return AESGCM(_key(salt)).decrypt(nonce, sealed, f"{city.slug}/{uid}".encode())
        if scheme != _PIECE:
            raise InvalidTag
        return AESGCM(_key(salt)).decrypt(nonce, sealed, _bound_to(city, uid, number, is_last=is_last))
    except (InvalidTag, ValueError):
        sentence = _("This cannot be opened: the key of the evidence store is another one, or the evidence was changed.")
        raise Refused(sentence, status=409) from None
