"""How the navigator shows what it found: rows of its list, cards of cities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from civitas.kit.days import clock, day, day_and_time, ends_soon, time_left
from civitas.kit.templatetags.kit import localized
from civitas.kit.translated import Translated
from civitas.processes.calendars import where_of
from civitas.processes.cards import first_sentence
from civitas.sensor.finding import SHOWS

if TYPE_CHECKING:
    from civitas.sensor.directory import Town
    from civitas.sensor.finding import Entry

ON_A_CARD = 3


def row_of(entry: Entry, address: str) -> dict[str, Any]:
    """An entry for `sensor/_found.html`; `address` is that of its city. Days and times are those of the city's clock."""
    lat, lon = entry.point
    row = {
        "key": entry.key,
        "place": entry.town.city.slug,
        "part": str(SHOWS[entry.part]),
        "kind": entry.part,
        "title": entry.title,
        "city": str(entry.town.city.name),
        "url": address + reverse("process", args=[entry.process.slug]),
        "say": entry.process.say,
        "lat": lat,
        "lon": lon,
    }
    with timezone.override(entry.town.city.zone):
        if entry.event:
            when = _("%(when)s to %(until)s") % {"when": day_and_time(entry.event.starts_at), "until": clock(entry.event.ends_at)}
            calendar = address + reverse("process_event", args=[entry.process.slug, entry.event.uid])
            return row | {"when": when, "where": where_of(entry.event), "about": str(entry.process), "calendar": calendar}
        assert entry.view
        current, coming, closes_at = entry.view.current, entry.view.next, entry.view.closes_at
        if current:
            row |= {"when": time_left(closes_at) if closes_at else _("Always open"), "is_soon": bool(closes_at and ends_soon(closes_at))}
        else:
            opens_at = coming.opens_at if coming else None
            row |= {"when": _("Starts on %(day)s") % {"day": day(opens_at)} if opens_at else _("Starts soon")}
        return row | {"lead": first_sentence(str(entry.process.lead))}


def card_of_town(town: Town, entries: list[Entry], address: str) -> dict[str, Any]:
    """A city with its drawing, its question and the first that is open there, for the cards of `sensor/navigator.html`."""
    open_now = [entry for entry in entries if entry.part == "open"]
    return {
        "name": str(town.city.name),
        "url": address + localized("/"),
        "scene": mark_safe(town.city.config.look.scene),  # noqa: S308  (cleaned by kit.svg when the pack was loaded)
        "title": Translated(town.city.config.hero_title),
        "open": [row_of(entry, address) for entry in open_now[:ON_A_CARD]],
    }
