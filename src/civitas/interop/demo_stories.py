"""Stories of the demo over several hops: voices that were put together, split, declined or erased, and what steps made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from civitas.contributions.actions import erase_contribution, keep_new
from civitas.contributions.intake import Given, take_in
from civitas.contributions.linking import make_links
from civitas.contributions.models import Contribution, Link, StatusEvent
from civitas.contributions.official import Answer, answer_contribution
from civitas.dialogue.actions import support
from civitas.kit.packs import Fault
from civitas.merging.actions import merge_contributions
from civitas.merging.models import Merge, Split
from civitas.merging.splitting import Part, split_contribution
from civitas.people.actions import make_guest
from civitas.people.actors import city_actor, on_behalf
from civitas.people.models import Role
from civitas.processes.models import STANDING_SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack
    from civitas.people.actors import Actor
    from civitas.processes.models import Step

STORIES = "demo/stories.toml"
_VOICE = {"key", "title", "text", "author", "guest", "area", "days_ago", "supported_by", "merged_into", "parts", "declined", "erased"}
_MADE = {"key", "kind", "title", "text", "organisation", "days_ago", "from", "link", "events"}


def check_stories(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's stories; a pack without them has none."""
    people = {str(entry.get("key")) for _line, entry in pack.entries("demo/people.toml", "person")}
    known: set[str] = set()
    for table, fields in (("voice", _VOICE), ("made", _MADE)):
        for line, entry in pack.entries(STORIES, table):
            for key in sorted(entry.keys() - fields):
                yield Fault(STORIES, line, f"'{key}' is not known here")
            for key in ("key", "title", "text", "days_ago"):
                if entry.get(key) in {None, ""}:
                    yield Fault(STORIES, line, f"'{key}' is missing")
            for person in [*([entry["author"]] if "author" in entry else []), *entry.get("supported_by", [])]:
                if person not in people:
                    yield Fault(STORIES, line, f"'{person}' is not in demo/people.toml")
            for origin in [*entry.get("from", []), *([entry["merged_into"]] if "merged_into" in entry else [])]:
                if origin not in known:
                    yield Fault(STORIES, line, f"'{origin}' does not stand before it")
            if "link" in entry and entry["link"] not in Link.Kind.values:
                yield Fault(STORIES, line, f"'{entry['link']}' is no kind of link")
            known |= {str(entry.get("key")), *(str(part.get("key")) for part in entry.get("parts", []))}


def load_stories(demo: Demo) -> None:
    """Bring in what is not there yet, in the order of the file."""
    for table, bring_in in (("voice", _bring_in), ("made", _make)):
        for _line, entry in demo.pack.entries(STORIES, table):
            if not _rows(demo).filter(uid=demo.uid(entry["key"])).exists():
                with transaction.atomic():
                    bring_in(demo, entry)


def _rows(demo: Demo) -> Any:
    return Contribution.objects.of(demo.city).select_related("author", "process", "process__city", "step", "city")


def _step(demo: Demo) -> Step:
    return next(step for (process, _key), step in sorted(demo.steps.items()) if process == STANDING_SLUG)


def _bring_in(demo: Demo, entry: dict[str, Any]) -> None:
    author = demo.people[entry["author"]] if "author" in entry else make_guest(demo.city, pseudonym=entry.get("guest", ""), language="de")
    author.city = demo.city
    at = demo.moment(entry["days_ago"], entry["key"])
    area = demo.areas.get(entry.get("area", ""))
    given = Given(
        key="", uid=demo.uid(entry["key"]), title=entry["title"], text=entry["text"].strip(), area=area, given_at=at, author=author
    )
    take_in(on_behalf(author), _step(demo), [given])
    row = _rows(demo).get(uid=given.uid)
    for key in entry.get("supported_by", []):
        support(on_behalf(demo.people[key]), row)
    if "declined" in entry:
        _answer(demo, row, {"status": Contribution.Status.NOT_POSSIBLE, **entry["declined"]})
    if "merged_into" in entry:
        (merge,) = merge_contributions(_team(demo), _rows(demo).get(uid=demo.uid(entry["merged_into"])), [row])
        Merge.objects.of(demo.city).filter(pk=merge.pk).update(at=demo.moment(entry["days_ago"] - 9, entry["key"], after=at))
    if "parts" in entry:
        parts = [Part(part["title"], part["text"], has_place=True) for part in entry["parts"]]
        split = split_contribution(_team(demo), row, parts, uid=demo.uid(f"{entry['key']}/split"))
        apart = demo.moment(entry["days_ago"] - 12, entry["key"], after=at)
        Split.objects.of(demo.city).filter(pk=split.pk).update(at=apart)
        Link.objects.of(demo.city).filter(source=row, kind=Link.Kind.SPLIT_INTO).update(at=apart)
        made = Contribution.objects.of(demo.city).filter(links_in__city=demo.city, links_in__source=row)
        for part in entry["parts"]:  # a name by which the file can speak of it
            made.filter(title=part["title"]).update(uid=demo.uid(part["key"]))
    if entry.get("erased"):
        erase_contribution(demo.city, row)


def _make(demo: Demo, entry: dict[str, Any]) -> None:
    at, step = demo.moment(entry["days_ago"], entry["key"]), _step(demo)
    row = Contribution(
        city=demo.city, uid=demo.uid(entry["key"]), process=step.process, step=step, kind=entry["kind"], title=entry["title"],
        text=entry["text"].strip(), organisation=demo.organisations.get(entry.get("organisation", "")), given_at=at,
    )  # fmt: skip
    keep_new(demo.city, [row])
    StatusEvent.objects.create(city=demo.city, contribution=row, status=row.status, at=at)
    origins = _rows(demo).filter(uid__in=[demo.uid(key) for key in entry["from"]]).order_by("pk")
    make_links(demo.city, [(origin.pk, row.pk, entry["link"]) for origin in origins], by=None)
    Link.objects.of(demo.city).filter(target=row).update(at=at)
    for event in entry.get("events", []):
        _answer(demo, _rows(demo).get(pk=row.pk), event)


def _answer(demo: Demo, row: Contribution, said: dict[str, Any]) -> None:
    answer = Answer(said["status"], text=said["text"], organisation=demo.organisations.get(said.get("organisation", "")))
    answer_contribution(_team(demo), row, answer, at=demo.moment(said["days_ago"], str(row.uid), after=row.given_at))


def _team(demo: Demo) -> Actor:
    """Somebody of the demo's editorial team; the city itself where there is none."""
    entries = [entry["key"] for _line, entry in demo.pack.entries("demo/people.toml", "person") if Role.MODERATOR in entry.get("roles", [])]
    return on_behalf(demo.people[entries[0]]) if entries else city_actor(demo.city, channel="import")
