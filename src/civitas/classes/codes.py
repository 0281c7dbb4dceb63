"""Three kinds of codes, told apart by their length: of the class, of a slip, of the teacher. The last two are kept as hashes."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac

from civitas.people.sources import hashed

if TYPE_CHECKING:
    from civitas.cities.models import City

CLASS, SLIP, TEACHER = 6, 9, 12


def key_of(city: City, code: str) -> str:
    """What is kept of a slip's or a teacher's code: hashed with the installation's key and the city's."""
    return hashed(f"class:{city.pk}:{code}")


def signature_of(city: City, code: str) -> str:
    """What the class's QR code says besides its code, so that scanning it is no guess."""
    return salted_hmac("civitas.classes.codes", f"{city.pk}:{code}").hexdigest()[:16]


def is_signed(city: City, code: str, signature: str) -> bool:
    """Whether a code of a class was scanned and not guessed."""
    return hmac.compare_digest(signature_of(city, code).encode(), signature.encode())
