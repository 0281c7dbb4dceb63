"""What the pages of services show, put together for their templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.cities.queries import areas_of
from civitas.contributions.queries import tallies as contribution_tallies
from civitas.lineage.stories import count_voices
from civitas.people.queries import organisation_by_key
from civitas.provision.models import Rating
from civitas.provision.queries import catalogue, one
from civitas.provision.rules import may_give_feedback, may_keep
from civitas.services.codes import ACCESS, LANGUAGES, words_of
from civitas.services.models import Service

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.forms import Form

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.services.models import ServiceState

Status = Service.Status


@dataclass(frozen=True)
class Choice:
    """What one can choose in a filter, and how many services it would leave."""

    value: str
    label: str
    count: int
    current: bool


# How a state looks: the class of `kit/parts.css` and an icon.
TONES = {
    Status.IDEA: ("go", "idea"),
    Status.CONCEPT: ("go", "edit"),
    Status.TRIAL: ("wait", "tools"),
    Status.OPERATION: ("ok", "check"),
    Status.IMPROVING: ("wait", "improve"),
    Status.TRANSFORMED: ("wait", "into"),
    Status.ENDED: ("no", "close"),
}
# The way that services go; what comes after operation takes its place at the end of the rail.
_WAY = (Status.IDEA, Status.CONCEPT, Status.TRIAL, Status.OPERATION)
FACES = {Rating.Face.GOOD: "face-good", Rating.Face.FAIR: "face-fair", Rating.Face.BAD: "face-bad"}


def crumbs(service: Service | None = None) -> list[dict[str, str]]:
    """Where a page about services lies: below the catalogue, and below the service's page where one is given."""
    found = [{"label": _("Services"), "url": reverse("services")}]
    return [*found, {"label": str(service.name), "url": reverse("service", args=[service.key])}] if service else found


def state_of(service: Service) -> dict[str, str]:
    """A service's state as `provision/_state.html` shows it."""
    tone, sign = TONES[Status(service.status)]
    return {"tone": tone, "sign": sign, "label": service.get_status_display()}


def card(found: catalogue.Card) -> dict[str, Any]:
    """A service in a list."""
    where = found.places[0] if len(found.places) == 1 else ""
    if not where and found.areas:
        where = ", ".join(found.areas[:3])
    return {"service": found.service, "state": state_of(found.service), "where": where, "places": len(found.places)}


def read_asked(city: City, typed: Mapping[str, str]) -> catalogue.Asked:
    """What an address asks of the catalogue; what the city does not have filters nothing."""
    area = next((row for row in areas_of(city) if row.key == typed.get("area")), None)
    provider = organisation_by_key(city, typed["anbieter"]) if typed.get("anbieter") else None
    status = typed.get("status", "")
    return catalogue.Asked(typed.get("words", "").strip()[:80], area, status if status in Status.values else "", provider)


def catalogue_context(city: City, typed: Mapping[str, str]) -> dict[str, Any]:
    """The catalogue under what an address asks."""
    asked = read_asked(city, typed)
    counts = catalogue.tallies(city)
    page = catalogue.catalogue_page(city, asked, number=int(number[:6]) if (number := typed.get("seite", "")).isdecimal() else 1)
    kept = {
        "words": asked.words,
        "area": asked.area.key if asked.area else "",
        "status": asked.status,
        "anbieter": asked.provider.key if asked.provider else "",
    }
    areas = [(row.key, row.apart, counts.get(("area", str(row.pk)), 0)) for row in areas_of(city)]
    providers = [(row.key, row.name, counts.get(("provider", str(row.pk)), 0)) for row in catalogue.providers(city, counts)]
    states = [(value, str(label), counts.get(("status", value), 0)) for value, label in Status.choices]
    selects = [
        _select("area", _("Part of the city"), _("Everywhere"), areas, kept["area"]),
        _select("status", _("State"), _("Every state"), states, kept["status"]),
        _select("anbieter", _("Provided by"), _("Everybody"), providers, kept["anbieter"]),
    ]
    return {
        "asked": asked,
        "page": page,
        "cards": [card(each) for each in page.cards],
        "selects": selects,
        "earlier": _page_url(kept, page.number - 1) if page.number > 1 else "",
        "later": _page_url(kept, page.number + 1) if page.number < page.last else "",
        "path": reverse("services"),
    }


def _page_url(kept: Mapping[str, str], number: int) -> str:
    return "?" + urlencode({name: value for name, value in {**kept, "seite": str(number)}.items() if value})


def _select(name: str, label: str, none: str, choices: Sequence[tuple[str, str, int]], current: str) -> dict[str, Any]:
    """A select of the filters: what nothing has is left out, unless it is chosen."""
    shown = [Choice(value, words, count, value == current) for value, words, count in choices if count or value == current]
    return {"name": name, "label": label, "none": none, "options": shown}


def rail(service: Service, states: Sequence[ServiceState]) -> list[dict[str, Any]]:
    """The states from the idea to now as a rail, each with the day on which it began and why; what was skipped is left out."""
    reached = {row.status: row for row in states}
    status = Status(service.status)
    way = list(_WAY) if status in _WAY else [*_WAY, status]
    at = way.index(status)
    steps: list[dict[str, Any]] = []
    for index, each in enumerate(way):
        row = reached.get(each)
        if index < at and row is None and each != Status.OPERATION:
            continue
        state = "done" if index < at else "now" if index == at else "next"
        text = str(row.reason) if row and state == "now" else ""
        steps.append({"title": str(each.label), "state": state, "number": len(steps) + 1, "at": row.at if row else None, "text": text})
    return steps


def service_context(actor: Actor, service: Service) -> dict[str, Any]:
    """One service whole; as many queries for much as for little."""
    city = service.city
    states = one.states_of(city, service)
    about = contribution_tallies(city).get("service", {}).get(str(service.pk), 0)
    stories = one.stories_of(city, [service.pk])
    return {
        "service": service,
        "state": state_of(service),
        "rail": rail(service, states),
        "history": list(reversed(states)),
        "places": one.places_of(city, service),
        "areas": one.areas_of_service(city, service),
        "spoken": words_of(service.languages, LANGUAGES),
        "access": words_of(service.accessibility, ACCESS),
        "measured": one.measured(city, service),
        "stories": stories,
        "voices": count_voices(city, (story.contribution for story in stories)) if stories else 0,
        "processes": [row for row in one.processes_about(city, service) if city.has_module("processes")],
        "improvements": one.open_improvements(city, service),
        "about": about,
        "explore_url": f"{reverse('explore')}?{urlencode({'service': service.key})}" if about and city.has_module("sensor") else "",
        "rated": rated_context(city, service),
        "may_say": bool(may_give_feedback(actor, service)),
        "keeps": bool(may_keep(actor, service)),
        "today": timezone.localdate(),
    }


def rated_context(city: City, service: Service) -> dict[str, Any] | None:
    """How people found it, as shares with their words; None below ten answers."""
    found = one.rated(city, service)
    if found is None:
        return None
    shares = [{"label": str(face.label), "sign": sign, "share": found.shares[face]} for face, sign in FACES.items()]
    return {"total": found.total, "shares": shares}


def faces(form: Form) -> list[dict[str, Any]]:
    """The three answers with their icons."""
    chosen = form["face"].value()
    return [{"value": face.value, "label": face.label, "sign": sign, "chosen": face.value == chosen} for face, sign in FACES.items()]
