"""People to be told something."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction

from civitas.kit.rooms import Address
from civitas.notices.actions import notify

if TYPE_CHECKING:
    from tests.notices.conftest import Upstairs

    from civitas.cities.models import City


def make_people(upstairs: Upstairs, count: int, *, language: str = "de", declined: frozenset[str] = frozenset()) -> list[UUID]:
    """Recipients with a mail address each."""
    people = [uuid4() for _ in range(count)]
    upstairs.addresses |= {uid: Address(f"person{number}@example.org", language, declined) for number, uid in enumerate(people)}
    return people


def tell(city: City, people: list[UUID], *, kind: str = "test.news", subject: str = "contribution:1", event: str = "answered") -> int:
    """Notify in a transaction, as an action does."""
    with transaction.atomic():
        return notify(city, people, kind, subject, event)
