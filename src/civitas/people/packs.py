"""The pack's organisations: checked and loaded by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from civitas.kit.packs import Fault, Pack
from civitas.kit.translated import Translated
from civitas.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.models import City

FILE = "organisations.toml"


def check_organisations(pack: Pack) -> Iterator[Fault]:
    """Faults of organisations.toml: missing or doubled keys, unknown kinds."""
    seen: set[str] = set()
    for line, entry in pack.entries(FILE, "organisation"):
        key = entry.get("key", "")
        if not key or not entry.get("name"):
            yield Fault(FILE, line, "an organisation needs a key and a name")
        if key in seen:
            yield Fault(FILE, line, f"the key '{key}' stands twice")
        seen.add(key)
        if entry.get("kind") not in Organisation.Kind.values:
            yield Fault(FILE, line, f"'{entry.get('kind')}' is no kind of organisation ({', '.join(Organisation.Kind.values)})")


def load_organisations(city: City, pack: Pack) -> None:
    """Write the pack's organisations, updating by key; what the pack no longer names stays."""
    for _line, entry in pack.entries(FILE, "organisation"):
        Organisation.objects.of(city).update_or_create(
            key=entry["key"],
            defaults={
                "city": city,
                "name": entry["name"],
                "kind": entry["kind"],
                "verified_at": timezone.now() if entry.get("verified") else None,
                "description": Translated(entry.get("description", {})),
                "url": entry.get("url", ""),
                "email": entry.get("email", ""),
            },
        )
