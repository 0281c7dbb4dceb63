"""A report's texts as people read them: Markdown, in which contributions are named and quoted as the city shows them now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution, StatusEvent
from civitas.contributions.walking import among
from civitas.kit.days import day
from civitas.kit.rooms import rooms
from civitas.kit.templatetags.kit import blackouts, localized
from civitas.kit.texts import rendered
from civitas.sensor.voices import LARGE, sentence_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from civitas.cities.models import City
    from civitas.kit.rooms import Station

PUBLISHED = Contribution.Visibility.PUBLISHED

_MARK = re.compile(r"(?:<p>)?\[\[(zitat |antwort |stand )?(\d{1,12})(?: ([a-z]+-\d{1,18}-\d{1,18}))?\]\](?:</p>)?")


def read_texts(city: City, texts: Sequence[str]) -> list[SafeString]:
    """Markdown texts as safe HTML with what they name; two queries for all of them, more where decisions stand in them."""
    marks = [match for text in texts for match in _MARK.finditer(text)]
    rows = Contribution.objects.of(city).filter(number__in=among({int(match[2]) for match in marks}), visibility=PUBLISHED)
    # What lies in another is read there, but it is still a voice.
    rows = rows.filter(Q(merged_into=None) | Q(merged_into__visibility=PUBLISHED)).exclude(kind=Contribution.Kind.COMMENT).order_by("pk")
    known: dict[int, Any] = {row.number: row for row in rows.select_related("author", "organisation", "area") if row.number}
    asked = {kind: {int(match[2]) for match in marks if match[1] == kind} for kind in ("antwort ", "stand ")}
    answers = _answers(city, [known[key].pk for key in asked["antwort "] if key in known])
    decided = _decided(city, [known[key].pk for key in asked["stand "] if key in known])

    def filled(match: re.Match[str]) -> str:
        kind, row = match[1], known.get(int(match[2]))
        if kind == "zitat ":
            return _quote(row)
        if kind == "antwort ":
            return answers.get(row.pk, "") if row else ""
        before, after = ("<p>", "</p>") if match[0].startswith("<p>") else ("", "")
        said = decided.get((row.pk, match[3]), "") if row and kind == "stand " else ""
        return f"{before}{f'<strong>{_named(row)}</strong>{said}' if said else _named(row)}{after}"

    return [mark_safe(_MARK.sub(filled, rendered(text))) for text in texts]  # noqa: S308  (cleaned by nh3; what is filled in is escaped)


def _named(row: Contribution | None) -> str:
    if row is None:
        return str(format_html("<em>{}</em>", _("a contribution that is not shown any more")))
    return str(format_html('<a href="{}">{}</a>', localized(row.path), blackouts(row.title)))


def _quote(row: Contribution | None) -> str:
    """A voice, large; nothing for one that the city does not show."""
    if row is None:
        return ""
    said = sentence_of(row, *LARGE) or row.teaser or row.title
    return render_to_string("reporting/_quote.html", {"item": row, "said": said})


def _answers(city: City, keys: Collection[int]) -> dict[int, str]:
    """The last official words on each of these contributions, escaped and on one line."""
    if not keys:
        return {}
    events = StatusEvent.objects.of(city).filter(contribution__in=among(keys)).exclude(text="").order_by("at", "pk")
    return {key: _line(text) for key, text in events.values_list("contribution", "text")}


def _decided(city: City, keys: Collection[int]) -> dict[tuple[int, str], str]:
    """What was decided about each of these contributions, by the contribution and the mark's last part, escaped and on one line."""
    return {
        (key, f"{station.subject}-{station.key}"): _line(_words(station))
        for room in rooms()
        if room.stations is not None and keys
        for key, stations in room.stations(city, keys).items()
        for station in stations
    }


def _words(station: Station) -> str:
    when = f"{day(station.at)}, {station.who}" if station.who else day(station.at)
    return f": {station.title} ({when}). {station.text}"


def _line(text: str) -> str:
    return str(format_html("{}", blackouts(" ".join(text.split()))))
