"""The card of a contribution in a list: what it shows is one value, and what was drawn for a value is remembered.

A list draws twenty cards for every visitor, and most of them were drawn a moment before. A value holds everything that its card
says, names included, so a card that is remembered can never say what is no longer so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils import timezone, translation

from civitas.kit import days

if TYPE_CHECKING:
    import datetime as dt

    from django.utils.safestring import SafeString

# About two kilobytes each.
REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class ContributionCard:
    """Everything that a card says; days are those of the city's time zone, `place` is the area's name or the place's."""

    number: int | None
    path: str
    kind: str
    title: str
    teaser: str
    language: str
    given_by: str
    place: str
    lat: float | None
    lon: float | None
    picture: str
    status: str
    given_on: dt.date
    answer_on: dt.date | None
    support_total: int
    comment_count: int
    made_as: str = ""  # 'Theme', 'Concept' … where a step made it of what people gave


def card_of(item: Any, *, answer_at: dt.datetime | None, picture: str = "") -> ContributionCard:
    """The card of a contribution that came with author, area and organisation."""
    organisation, author, area = item.organisation, item.author, item.area
    return ContributionCard(
        item.number,
        item.path,
        item.kind,
        item.title,
        item.teaser,
        item.language,
        str(organisation.name) if organisation else author.shown_name if author else "",
        area.name if area else item.place_name,
        item.lat,
        item.lon,
        picture,
        item.status,
        days.local(item.given_at).date(),
        days.local(answer_at).date() if answer_at else None,
        item.support_total,
        item.comment_count,
        str(item.get_kind_display()) if getattr(item, "is_made", False) else "",
    )


def draw(card: ContributionCard) -> SafeString:
    """The card as HTML, in the active language."""
    # Days of another year are said with it, and addresses begin with the language.
    return _drawn(card, translation.get_language() or "de", get_script_prefix(), timezone.localdate().year)


@lru_cache(maxsize=REMEMBERED)
def _drawn(card: ContributionCard, _language: str, _prefix: str, _year: int) -> SafeString:
    return render_to_string("kit/_contribution_card.html", {"card": card})
