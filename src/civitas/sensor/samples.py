"""What this room adds to `/kit/`: the filters of explore, in every state. Nothing here is kept anywhere."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from civitas.cities.models import Area
from civitas.kit.gallery import LONG_WORD, state_of
from civitas.kit.translated import Translated
from civitas.people.models import Participant
from civitas.processes.models import Category, Process
from civitas.sensor.exploring import groups_of
from civitas.sensor.filters import TOGGLES, YES, Choice, Offer, read_filters
from civitas.services.models import Service

if TYPE_CHECKING:
    from django.http import HttpRequest

_OFFER = Offer(
    areas=[Area(pk=1, key="mitte", name="Hamburg-Mitte"), Area(pk=2, key="veddel", name="Veddel", parent_id=1)],
    categories=[
        Category(pk=1, key="green", name=Translated({"de": "Grün und Schatten"}), icon="tree"),
        Category(pk=2, key="care", name=Translated({"de": "Miteinander"}), icon="people"),
        Category(pk=3, key="long", name=Translated({"de": LONG_WORD}), icon="home"),
    ],
    processes=[Process(pk=1, slug="veddel", title=Translated({"de": "Wie wird die Veddel im Sommer kühler?"}))],
    services=[Service(pk=1, key="library", name=Translated({"de": "Bücherhallen: Ausweis"}))],
)
# What lies in the city: by dimension and value, as the tallies have it.
_COUNTS = {
    "category": {"1": 1284, "2": 64, "3": 0},
    "area": {"1": 9, "2": 47},
    "status": {"received": 1120, "in_review": 31, "in_work": 12, "done": 9},
    "kind": {"idea": 1031, "improvement": 317},
    "service": {"1": 8},
    "with_picture": {YES: 96},
    "answered": {YES: 41},
}
_SOME = {"area": "veddel", "status": "in_review"}
_MANY = {
    "words": LONG_WORD,
    "category": "green",
    **_SOME,
    "kind": "idea",
    "period": "month",
    "with_picture": YES,
    "bbox": "9.9,53.4,10.1,53.6",
}


def render_filters(request: HttpRequest) -> str:
    """The filters: none in use, some, many, standing open, with numbers that count everything, and of somebody who is signed in."""
    words = {
        "plain": _("None in use"),
        "some": _("Some in use"),
        "many": _("Many in use"),
        "open": _("Standing open"),
        "uncounted": _("Too many to count"),
        "signed-in": _("Signed in"),
    }
    state, states = state_of(request, "filters", words)
    offer = _OFFER
    if state == "signed-in":
        offer = Offer(offer.areas, offer.categories, offer.processes, offer.services, Participant(pk=1))
    asked = read_filters({"some": _SOME, "uncounted": _SOME, "many": _MANY, "open": {"area": "veddel"}}.get(state, {}), offer)
    path = reverse("explore")
    chips = asked.chips(path)
    toggles = [
        (name, Choice(YES, str(word), name in asked.values, None if name in asked.values else _COUNTS.get(name, {}).get(YES, 3)))
        for name, word in TOGGLES.items()
        if name != "mine" or offer.person
    ]
    context = {
        "states": states,
        "is_open": state == "open",
        "opened": "category" if state == "open" else "",
        "city": SimpleNamespace(name="Hamburg"),
        "path": path,
        "asked": asked,
        "chips": chips,
        "clear_url": path,
        "views": [(_("List"), "#", True), (_("Map"), "#", False)],
        "groups": groups_of(asked, offer, _COUNTS, "Stadtteil"),
        "toggles": toggles,
        "counts_are_whole": state == "uncounted",
        "keep": {},
    }
    return render_to_string("sensor/_gallery_filters.html", context, request=request)
