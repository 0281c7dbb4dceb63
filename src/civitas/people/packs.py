"""The pack's organisations, checked and loaded by key, and what its sign-in service needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from civitas.kit.packs import Fault, Pack, translations_missing
from civitas.kit.translated import KEYS, Translated
from civitas.people.models import Organisation
from civitas.people.provider import secret_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.models import City

FILE = "organisations.toml"
CITY = "city.toml"


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


def check_sign_in(pack: Pack) -> Iterator[Fault]:
    """Faults of [sign_in] in city.toml that its schema does not see: words that are missing, a secret that lies in the pack or nowhere."""
    data = pack.toml(CITY)
    said = data.get("sign_in")
    if not isinstance(said, dict):
        return
    line = pack.line_of(CITY, "[sign_in]")
    label = said.get("label")
    spoken = [KEYS[code] for code in data.get("languages", ["de"]) if code in KEYS]
    if missing := [key for key in translations_missing(label) if key in spoken]:
        yield Fault(CITY, line, f"sign_in: the label lacks {', '.join(missing)}")
    for word in ("secret", "client_secret"):
        if word in said:
            yield Fault(CITY, line, f"sign_in: a secret never stands in a pack; put it into a file that OIDC_SECRETS names ({word})")
    if said.get("public") is not True and not secret_of(str(data.get("slug", ""))):
        folder = settings.OIDC_SECRETS or "the folder that the variable OIDC_SECRETS names (it names none now)"
        yield Fault(CITY, line, f"sign_in: the client's secret is missing; it belongs into the file '{data.get('slug')}' in {folder}")


def load_nothing(_city: City, _pack: Pack) -> None:
    """The settings of signing in come with the city's row."""
