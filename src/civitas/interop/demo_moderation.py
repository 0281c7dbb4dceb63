"""What the demo's editorial team finds in its queue: fresh texts with signals, decisions, an objection, a question. Checked with line."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction

from civitas.contributions.intake import Given, take_in
from civitas.contributions.models import Contribution
from civitas.kit.packs import Fault
from civitas.moderation.appeals import appeal_decision
from civitas.moderation.cases import take_up
from civitas.moderation.decisions import decide
from civitas.moderation.models import Case, Reason, Trace, Verb
from civitas.moderation.undoing import undo_decision
from civitas.people.actions import make_guest
from civitas.people.actors import actor_of, on_behalf
from civitas.processes.models import STANDING_SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack

MODERATION = "demo/moderation.toml"
_KNOWN = {
    *("key", "kind", "title", "text", "author", "guest", "category", "area", "place_name", "visibility", "hours_ago", "copies"),
    *("verb", "by", "reason", "words", "objection", "undone"),
}
_NEEDED = ("key", "kind", "title", "text", "hours_ago", "visibility")
# What was given before that has been looked at when the demo begins.
_LOOKED_AT = dt.timedelta(hours=20)
_AT_ONCE = 200


def check_moderation(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's file for the editorial team; a pack without one has none."""
    people = {str(entry.get("key")): entry for _line, entry in pack.entries("demo/people.toml", "person")}
    for line, entry in pack.entries(MODERATION, "given"):
        for key in sorted(entry.keys() - _KNOWN):
            yield Fault(MODERATION, line, f"'{key}' is not known here")
        for key in _NEEDED:
            if entry.get(key) in {None, ""}:
                yield Fault(MODERATION, line, f"'{key}' is missing")
        for key in {"author", "by"} & entry.keys():
            if entry[key] not in people:
                yield Fault(MODERATION, line, f"the {key} '{entry[key]}' is not in demo/people.toml")
        for key, values in (("visibility", ["waiting", "published"]), ("verb", Verb.values), ("reason", Reason.values)):
            if key in entry and entry[key] not in values:
                yield Fault(MODERATION, line, f"the {key} '{entry[key]}' is none of {', '.join(values)}")
        if "verb" in entry and "by" not in entry:
            yield Fault(MODERATION, line, "'by' is missing: who decides")


def load_moderation(demo: Demo) -> None:
    """Bring in what lies in the queue, unless it is there."""
    entries = [entry for _line, entry in demo.pack.entries(MODERATION, "given")]
    wanted = {demo.uid(entry["key"]) for entry in entries}
    known = set(Contribution.objects.of(demo.city).filter(uid__in=wanted).values_list("uid", flat=True))
    fresh = [entry for entry in entries if demo.uid(entry["key"]) not in known]
    with transaction.atomic():
        for entry in fresh:
            _give(demo, entry)
        _look(demo)
    for entry in fresh:
        if "verb" in entry:
            with transaction.atomic():
                _decide(demo, entry)


def _give(demo: Demo, entry: dict[str, Any]) -> None:
    step = next(step for (process, _key), step in sorted(demo.steps.items()) if process == STANDING_SLUG)
    author = demo.people[entry["author"]] if "author" in entry else make_guest(demo.city, pseudonym=entry.get("guest", ""), language="de")
    author.city = demo.city
    for copy in range(entry.get("copies", 1)):
        given = Given(
            key="",
            uid=demo.uid(f"{entry['key']}/{copy}" if copy else entry["key"]),
            kind=entry["kind"],
            title=entry["title"].replace("{n}", str(copy + 1)),
            text=entry["text"].strip().replace("{n}", str(copy + 1)),
            category=demo.categories.get(("", entry.get("category", ""))),
            area=demo.areas.get(entry.get("area", "")),
            place_name=entry.get("place_name", ""),
            given_at=demo.now - dt.timedelta(hours=entry["hours_ago"], minutes=copy),
            author=author,
            visibility=entry["visibility"],
        )
        take_in(on_behalf(author), step, [given])


def _look(demo: Demo) -> None:
    """Bring into the queue what is new, as the worker does; what is older has been looked at when the demo begins."""
    city = demo.city
    seen = Trace.objects.of(city).values("contribution")
    rows = Contribution.objects.of(city).select_related("author", "process", "step", "root").exclude(pk__in=seen).order_by("pk")
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), _AT_ONCE):
        take_up(city, list(rows.all().filter(pk__in=keys[start : start + _AT_ONCE])))
    for case in Case.objects.of(city).filter(contribution__in=keys, state=Case.State.OPEN).select_related("contribution"):
        if case.contribution is None or case.why not in {Case.Why.WAITING, Case.Why.NEW}:
            continue
        case.opened_at = case.contribution.given_at
        if case.why == Case.Why.NEW and case.opened_at < demo.now - _LOOKED_AT:
            case.state, case.closed_at = Case.State.CLOSED, case.opened_at + dt.timedelta(hours=5)
        case.save(update_fields=["opened_at", "state", "closed_at"])


def _decide(demo: Demo, entry: dict[str, Any]) -> None:
    cases = Case.objects.of(demo.city).select_related("contribution", "contribution__author")
    case = cases.get(contribution__uid=demo.uid(entry["key"]), state=Case.State.OPEN)
    team = actor_of(demo.people[entry["by"]], channel="command")
    decision = decide(team, case, entry["verb"], reason=entry.get("reason", ""), text=entry.get("words", ""))
    if entry.get("undone"):
        undo_decision(team, decision)
    if "objection" in entry and case.contribution is not None:
        author = case.contribution.author
        assert author is not None  # `_give` names one
        author.city = demo.city
        decision.contribution = Contribution.objects.of(demo.city).get(pk=case.contribution_id)
        appeal_decision(actor_of(author), decision, words=entry["objection"])
