"""A room above the notices, as every test needs one: it words a kind of news and knows two addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import get_resolver

from civitas.kit.rooms import Address, NoticeKind, Room, Worded, registry

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.notices.models import Notice


@dataclass
class Upstairs:
    """What the room above knows; a test changes it as it needs."""

    addresses: dict[UUID, Address] = field(default_factory=dict)
    declined: list[tuple[str, UUID, str]] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    prepared: list[int] = field(default_factory=list)

    def word(self, _city: City, notice: Notice) -> Worded | None:
        if notice.subject in self.broken:
            raise LookupError
        if notice.subject in self.silent:
            return None
        return Worded(f"News of {notice.subject}", ("First.", "Second <b>one</b>."), "/beitrag/1-x", "Look at it")

    def prepare(self, _city: City, notices: list[Notice]) -> None:
        self.prepared.append(len(notices))

    def address(self, _city: City, uids: list[UUID]) -> dict[UUID, Address]:
        return {uid: self.addresses[uid] for uid in uids if uid in self.addresses}

    def decline(self, city: City, uid: UUID, kind: str) -> None:
        self.declined.append((city.slug, uid, kind))


@pytest.fixture
def upstairs(monkeypatch: pytest.MonkeyPatch) -> Upstairs:
    """The only room that declares news in this test."""
    from civitas.notices import actions, addresses, queries

    # What the addresses lead to is read before; else a view that is read now would keep this room for all tests to come.
    assert get_resolver().url_patterns
    above = Upstairs()
    kinds = (
        NoticeKind("test.news", "Replies", above.word, prepare=above.prepare),
        NoticeKind("test.quiet", "Small things", above.word, by_mail=False),
    )
    room: Any = Room("test", notice_kinds=kinds, addresses=above.address, decline=above.decline)
    for module in (registry, actions, addresses, queries):
        monkeypatch.setattr(module, "rooms", lambda: (room,))
    return above
