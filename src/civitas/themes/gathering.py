"""The screen on which voices are gathered into a theme: the filters of explore, list and map, ticks over pages, or all that is found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from civitas.cities.maps import map_panel
from civitas.contributions.queries import PAGE_SIZE, count_listed, listed, listed_page, tallies
from civitas.contributions.sections import cards_of
from civitas.kit.ids import uuid7
from civitas.kit.redirects import SeeOther
from civitas.kit.templatetags.kit import number as numbered
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.sensor.exploring import asked_of, groups_of
from civitas.sensor.filters import SORT_WORDS
from civitas.themes.actions import MOST_VOICES, gather, refusal_of
from civitas.themes.desk import theme_here, ticked
from civitas.themes.queries import in_theme, refused_in
from civitas.themes.rules import may_change

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

    from civitas.cities.models import City
    from civitas.contributions.models import Contribution
    from civitas.sensor.filters import Asked
    from civitas.themes.models import Gathering


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def gather_here(request: HttpRequest, number: int) -> HttpResponse:
    """Look for voices and bring them in. The filters stand in the address, so that a press on a filter keeps what is ticked."""
    theme = theme_here(request, number)
    may_change(request.actor, theme).require()
    city: City = theme.city
    asked, offer = asked_of(request, city)
    asked = replace(asked, filters=replace(asked.filters, voices=True))
    path = reverse("gather", args=[number])
    refused = None
    if request.method == "POST":
        keys = _everything(city, asked) if request.POST.get("alle") == "1" else ticked(request)
        try:
            run = gather(request.actor, theme, keys, uid=_uuid(request.POST.get("uid", "")))
        except Refused as refusal:
            if refusal.status not in {400, 409}:
                raise
            refused = refusal
        else:
            _say(request, theme, run)
            return SeeOther(reverse("theme_work", args=[number]) if run.is_moving else asked.url(path))
    counts = tallies(city, asked.filters.process)
    page = listed_page(city, asked.filters, sort=asked.sort, cursor=request.GET.get("cursor", ""))
    there = in_theme(city, theme, page.rows)
    total = count_listed(city, asked.filters)
    context = {
        "theme": theme,
        "refused": str(refused.reason) if refused else "",
        "asked": asked,
        "path": path,
        "post_url": asked.url(path),
        "uid": uuid7(),
        "items": [{**each, "is_there": each["item"].pk in there} for each in cards_of(page.rows)],
        "next_url": asked.url(path, cursor=page.next_cursor) if page.next_cursor else "",
        "size": PAGE_SIZE,
        "total": total,
        "is_many": total > MOST_VOICES,
        "said": _found(total),
        "chips": asked.chips(path),
        "clear_url": path,
        "groups": groups_of(asked, offer, counts, str(Translated(city.config.area_name))),
        "keep": asked.only("sort", "view"),
        "sorts": [
            (value, word, asked.url(path, sort="" if value == "newest" else value), value == asked.sort)
            for value, word in SORT_WORDS.items()
        ],
        "sort_word": SORT_WORDS[asked.sort],
        "views": [
            (word, asked.url(path, view=value), asked.values.get("view", "") == value)
            for value, word in (("", _("List")), ("map", _("Map")))
        ],
        "cells_url": _cells_url(asked),
        "map": _map(city, asked),
    }
    return render(request, "themes/gather.html", context, status=refused.status if refused else 200)


def _everything(city: City, asked: Asked) -> list[int]:
    """The keys of all voices that the filters find; one more than may come in where there are more, so that the action says so."""
    return list(listed(city, asked.filters).order_by("-newest_key").values_list("pk", flat=True)[: MOST_VOICES + 1])


def _cells_url(asked: Asked) -> str:
    """Where the map's marks come from: of voices alone, as the list."""
    return asked.url(reverse("cells"), bbox="", view="", shade="", sort="", voices="1")


def _map(city: City, asked: Asked) -> dict[str, Any]:
    panel = map_panel(city, _cells_url(asked))
    box = asked.filters.box
    if box:
        panel |= {
            "center": f"{(box.west + box.east) / 2},{(box.south + box.north) / 2}",
            "bounds": f"{box.west},{box.south},{box.east},{box.north}",
        }
    return panel


def _found(total: int) -> str:
    if total > MOST_VOICES:
        return _("More than %(shown)s voices") % {"shown": numbered(MOST_VOICES)}
    return ngettext("%(shown)s voice", "%(shown)s voices", total) % {"shown": numbered(total)}


def _say(request: HttpRequest, theme: Contribution, run: Gathering) -> None:
    """What came of a press, in sentences; what cannot be in the theme with the way between them."""
    if run.is_moving:
        messages.success(request, _("%(shown)s voices are on their way into the theme.") % {"shown": numbered(run.total)})
        return
    said = []
    if run.added_count:
        sentence = ngettext("%(shown)s voice is now in the theme.", "%(shown)s voices are now in the theme.", run.added_count)
        said.append(sentence % {"shown": numbered(run.added_count)})
    if run.there_count:
        sentence = ngettext("%(shown)s was in it already.", "%(shown)s were in it already.", run.there_count)
        said.append(sentence % {"shown": numbered(run.there_count)})
    if said:
        messages.success(request, " ".join(said))
    for voice in refused_in(run)[:3]:
        messages.error(request, refusal_of(theme.city, theme, voice))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid7()
