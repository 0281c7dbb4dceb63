"""A report's texts as people read them: Markdown, in which contributions are named and quoted as the city shows them now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution, StatusEvent
from civitas.kit.templatetags.kit import blackouts, localized
from civitas.kit.texts import rendered
from civitas.sensor.voices import LARGE, sentence_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from civitas.cities.models import City

_MARK = re.compile(r"(?:<p>)?\[\[(zitat |antwort )?(\d{1,12})\]\](?:</p>)?")
_ANY = re.compile(r"\[\[(?:zitat |antwort )?(\d{1,12})\]\]")
MOST_NAMED = 400


def read_texts(city: City, texts: Sequence[str]) -> list[SafeString]:
    """Markdown texts as safe HTML with what they name; two queries for all of them."""
    numbers = {int(found) for text in texts for found in _ANY.findall(text)}
    rows = Contribution.objects.of(city).filter(number__in=sorted(numbers)[:MOST_NAMED], listed=1)
    known: dict[int, Any] = {row.number: row for row in rows.select_related("author", "area") if row.number}
    answers = _answers(city, known.values()) if any("[[antwort" in text for text in texts) else {}

    def filled(match: re.Match[str]) -> str:
        kind, row = match[1], known.get(int(match[2]))
        if kind == "zitat ":
            return _quote(row)
        if kind == "antwort ":
            return answers.get(row.pk, "") if row else ""
        before, after = ("<p>", "</p>") if match[0].startswith("<p>") else ("", "")
        return f"{before}{_named(row)}{after}"

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


def _answers(city: City, rows: Iterable[Contribution]) -> dict[int, str]:
    """The last official words on each, escaped and on one line."""
    found: dict[int, str] = {}
    events = StatusEvent.objects.of(city).filter(contribution__in=[row.pk for row in rows]).exclude(text="").order_by("at", "pk")
    for key, text in events.values_list("contribution", "text"):
        found[key] = str(format_html("{}", blackouts(" ".join(text.split()))))
    return found
