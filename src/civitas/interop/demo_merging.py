"""Contributions of the demo that say what others have said: put together, asked about, or only suggested. Checked with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from civitas.contributions.intake import Given, take_in
from civitas.contributions.models import Contribution
from civitas.dialogue.actions import add_comment, support
from civitas.kit.packs import Fault
from civitas.merging.actions import propose_merge
from civitas.merging.models import Suggestion
from civitas.merging.suggesting import suggest_pairs
from civitas.people.actions import make_guest
from civitas.people.actors import actor_of, city_actor, on_behalf
from civitas.people.models import Role
from civitas.processes.models import STANDING_SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack
    from civitas.people.actors import Actor

MERGING = "demo/merging.toml"
_KNOWN = {"key", "of", "kind", "title", "text", "author", "guest", "days_ago", "lat", "lon", "supported_by", "comment", "state", "reason"}
_NEEDED = ("key", "of", "kind", "title", "text", "days_ago", "state")
_STATES = ("proposed", "suggested")


def check_merging(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's file of what says the same; a pack without one has none."""
    people = {str(entry.get("key")) for _line, entry in pack.entries("demo/people.toml", "person")}
    contributions = {str(entry.get("key")): entry for _line, entry in pack.entries("demo/contributions.toml", "contribution")}
    for line, entry in pack.entries(MERGING, "twin"):
        for key in sorted(entry.keys() - _KNOWN):
            yield Fault(MERGING, line, f"'{key}' is not known here")
        for key in _NEEDED:
            if entry.get(key) in {None, ""}:
                yield Fault(MERGING, line, f"'{key}' is missing")
        if contributions.get(str(entry.get("of")), {}).get("visibility") != "published":
            yield Fault(MERGING, line, f"the contribution '{entry.get('of')}' is no published one of demo/contributions.toml")
        for person in [*([entry["author"]] if "author" in entry else []), *entry.get("supported_by", [])]:
            if person not in people:
                yield Fault(MERGING, line, f"'{person}' is not in demo/people.toml")
        if entry.get("state") not in _STATES:
            yield Fault(MERGING, line, f"the state '{entry.get('state')}' is none of {', '.join(_STATES)}")
        if entry.get("state") == "proposed" and not entry.get("reason"):
            yield Fault(MERGING, line, "who proposes says why: 'reason' is missing")


def load_merging(demo: Demo) -> None:
    """Bring in what is not there yet. Who has no account and no confirmed mail is not asked: theirs is put together at once."""
    for _line, entry in demo.pack.entries(MERGING, "twin"):
        uid = demo.uid(entry["key"])
        if not Contribution.objects.of(demo.city).filter(uid=uid).exists():
            with transaction.atomic():
                _bring_in(demo, entry)


def _bring_in(demo: Demo, entry: dict[str, Any]) -> None:
    rows = Contribution.objects.of(demo.city).select_related("author", "process", "process__city", "category", "area")
    original = rows.get(uid=demo.uid(entry["of"]))
    author = demo.people[entry["author"]] if "author" in entry else make_guest(demo.city, pseudonym=entry.get("guest", ""), language="de")
    author.city = demo.city
    step = next(step for (process, _key), step in sorted(demo.steps.items()) if process == STANDING_SLUG)
    given = Given(
        key="",
        uid=demo.uid(entry["key"]),
        kind=entry["kind"],
        title=entry["title"],
        text=entry["text"].strip(),
        category=original.category,
        area=original.area,
        lat=entry.get("lat"),
        lon=entry.get("lon"),
        place_name=original.place_name,
        given_at=demo.moment(entry["days_ago"], entry["key"], after=original.given_at),
        author=author,
    )
    take_in(on_behalf(author), step, [given])
    twin = rows.select_related("step").get(uid=given.uid)
    for key in entry.get("supported_by", []):
        support(on_behalf(demo.people[key]), twin)
    if entry.get("comment"):
        person = demo.people[entry["supported_by"][0]]
        add_comment(on_behalf(person), twin, uid=demo.uid(f"{entry['key']}/comment"), text=entry["comment"].strip(), given_at=twin.given_at)
    if entry["state"] == "proposed":
        propose_merge(_moderator(demo), original, [twin], uid=demo.uid(f"{entry['key']}/proposal"), reason=entry["reason"])
    elif not suggest_pairs(demo.city, [twin]):
        first, second = sorted((original.pk, twin.pk))
        pair = {"first_id": first, "second_id": second}
        Suggestion.objects.of(demo.city).get_or_create(**pair, defaults={"city": demo.city, "score": 400})


def _moderator(demo: Demo) -> Actor:
    entries = [entry["key"] for _line, entry in demo.pack.entries("demo/people.toml", "person") if Role.MODERATOR in entry.get("roles", [])]
    return actor_of(demo.people[entries[0]]) if entries else city_actor(demo.city)
