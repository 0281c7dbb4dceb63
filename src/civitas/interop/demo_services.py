"""What happened to services of the demo: states, looks at indicators, ratings, concepts that became one. Checked with file and line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from civitas.contributions.models import Contribution, Link
from civitas.kit.packs import Fault, translations_missing
from civitas.kit.translated import Translated
from civitas.people.actors import city_actor, on_behalf
from civitas.provision.actions.catalogue import bring_into, part_with_provider
from civitas.provision.actions.feedback import add_ratings
from civitas.provision.actions.looking import note_look
from civitas.provision.actions.stories import take_into_catalogue
from civitas.provision.models import Rating, ServiceStory
from civitas.services.models import Indicator, IndicatorLook, Service, ServiceState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack

SERVICES = "demo/services.toml"
_PEOPLE, _CONCEPTS, _CATALOGUE = "demo/people.toml", "demo/concepts.toml", "services.toml"
_KEYS = {
    "state": {"service", "status", "days_ago", "reason", "body", "person"},
    "look": {"service", "indicator", "days_ago", "value", "note", "person"},
    "care": {"service", "person"},
    "rating": {"service", "good", "fair", "bad"},
    "left": {"service", "days_ago", "responsible"},
    "concept": {
        "key",
        "title",
        "text",
        "author",
        "organisation",
        "from",
        "days_ago",
        "service",
        "answer",
        "answered_days_ago",
        "served_days_ago",
    },
}
_NEEDED = {
    "state": ("service", "status", "days_ago", "reason"),
    "look": ("service", "indicator", "days_ago", "value"),
    "care": ("service", "person"),
    "rating": ("service",),
    "left": ("service", "days_ago"),
    "story": ("concept", "days_ago"),
}


def check_demo_services(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's file about services; a pack without one has none."""
    services = {str(entry.get("key")): entry for _line, entry in pack.entries(_CATALOGUE, "service")}
    people = {entry.get("key") for _line, entry in pack.entries(_PEOPLE, "person")}
    concepts = {entry.get("key") for _line, entry in pack.entries(_CONCEPTS, "concept")}
    for table, known in _KEYS.items():
        for line, entry in pack.entries(SERVICES, table):
            for key in sorted(entry.keys() - known):
                yield Fault(SERVICES, line, f"'{key}' is not known here")
            for key in _NEEDED[table]:
                if entry.get(key) in (None, ""):
                    yield Fault(SERVICES, line, f"'{key}' is missing")
            service = services.get(str(entry.get("service")))
            if service is None and (table != "story" or "service" in entry):
                yield Fault(SERVICES, line, f"the service '{entry.get('service')}' is not in {_CATALOGUE}")
            if "person" in entry and entry["person"] not in people:
                yield Fault(SERVICES, line, f"the person '{entry['person']}' is not in {_PEOPLE}")
            if table == "story" and entry.get("concept") not in concepts:
                yield Fault(SERVICES, line, f"the concept '{entry.get('concept')}' is not in {_CONCEPTS}")
            yield from _check_table(table, line, entry, service or {})


def _check_table(table: str, line: int, entry: dict[str, Any], service: dict[str, Any]) -> Iterator[Fault]:
    if table == "state":
        if entry.get("status") not in Service.Status.values:
            yield Fault(SERVICES, line, f"'{entry.get('status')}' is no status of a service ({', '.join(Service.Status.values)})")
        if missing := translations_missing(entry.get("reason")):
            yield Fault(SERVICES, line, f"the reason lacks {', '.join(missing)}")
    if table == "story" and "service" not in entry and (missing := translations_missing(entry.get("name"))):
        yield Fault(SERVICES, line, f"the name lacks {', '.join(missing)}")
    indicators = {each.get("key") for each in service.get("indicator", [])}
    if table == "look" and entry.get("indicator") not in indicators:
        yield Fault(SERVICES, line, f"the indicator '{entry.get('indicator')}' is none of the service's in {_CATALOGUE}")


def load_services(demo: Demo) -> None:
    """Bring in what is not there yet, the oldest first."""
    ways = {"care": _care, "state": _state, "look": _look, "rating": _rate, "story": _story, "left": _leave}
    for table, bring_in in ways.items():
        entries = [entry for _line, entry in demo.pack.entries(SERVICES, table)]
        for entry in sorted(entries, key=lambda each: -each.get("days_ago", 0)):
            with transaction.atomic():
                bring_in(demo, entry)


def _service(demo: Demo, entry: dict[str, Any]) -> Service:
    rows = Service.objects.of(demo.city).select_related("organisation", "responsible", "owner")
    found: Service = rows.get(key=entry["service"])
    found.city = demo.city
    return found


def _care(demo: Demo, entry: dict[str, Any]) -> None:
    rows = Service.objects.of(demo.city).filter(key=entry["service"], owner=None)
    rows.update(owner=demo.people[entry["person"]])


def _state(demo: Demo, entry: dict[str, Any]) -> None:
    service, at = _service(demo, entry), demo.moment(entry["days_ago"], f"service/{entry['service']}/{entry['status']}")
    reason = Translated(entry["reason"])
    if ServiceState.objects.of(demo.city).filter(service=service, status=entry["status"], reason=reason).exists():
        return
    person = demo.people.get(entry.get("person", ""))
    actor = on_behalf(person) if person else city_actor(demo.city, channel="import")
    if ServiceState.objects.of(demo.city).filter(service=service, at__gt=at).exists():
        # What the pack says of now came first: an older state joins the history without changing what is.
        ServiceState.objects.create(
            city=demo.city, service=service, status=entry["status"], at=at, reason=reason, body=entry.get("body", "")
        )
        return
    bring_into(actor, service, entry["status"], reason=reason, body=entry.get("body", ""), at=at)


def _look(demo: Demo, entry: dict[str, Any]) -> None:
    rows = Indicator.objects.of(demo.city).filter(service__key=entry["service"], service__city=demo.city, key=entry["indicator"])
    indicator = rows.select_related("service").get()
    looked_on = timezone.localdate(demo.now) - dt.timedelta(days=entry["days_ago"])
    if IndicatorLook.objects.of(demo.city).filter(indicator=indicator, note=Translated(entry.get("note", {}))).exists():
        return
    person = demo.people.get(entry.get("person", ""))
    actor = on_behalf(person) if person else city_actor(demo.city, channel="import")
    note_look(actor, indicator, value=Decimal(str(entry["value"])), note=Translated(entry.get("note", {})), looked_on=looked_on)


def _rate(demo: Demo, entry: dict[str, Any]) -> None:
    service = _service(demo, entry)
    if not Rating.objects.of(demo.city).filter(service=service).exists():
        month = timezone.localdate(demo.now).replace(day=1)
        for face in Rating.Face.values:
            if entry.get(face):
                add_ratings(service, month, face, entry[face])


def _leave(demo: Demo, entry: dict[str, Any]) -> None:
    service = _service(demo, entry)
    if service.provider_left_on is None and service.organisation is not None:
        left_on = timezone.localdate(demo.now) - dt.timedelta(days=entry["days_ago"])
        responsible = demo.organisations.get(entry.get("responsible", ""))
        actor = city_actor(demo.city, channel="import")
        part_with_provider(actor, service, version=service.version, left_on=left_on, responsible=responsible)


def _story(demo: Demo, entry: dict[str, Any]) -> None:
    """A concept that its gates let through becomes a service, or the origin of one that is there."""
    concept = (
        Contribution.objects.of(demo.city).filter(uid=demo.uid(f"concept/{entry['concept']}")).select_related("process", "step").first()
    )
    if concept is None or ServiceStory.objects.of(demo.city).filter(concept=concept).exists():
        return
    service = _service(demo, entry) if entry.get("service") else None
    at = demo.moment(entry["days_ago"], f"concept/{entry['concept']}/service", after=concept.given_at)
    take_into_catalogue(
        city_actor(demo.city, channel="import"),
        concept,
        service=service,
        name=Translated(entry.get("name", {})),
        summary=Translated(entry.get("summary", {})),
        status=service.status if service else Service.Status.TRIAL,
        organisation=demo.organisations.get(entry.get("organisation", "")),
        at=at,
    )
    Link.objects.of(demo.city).filter(source=concept, kind=Link.Kind.LED_TO).update(at=at)
