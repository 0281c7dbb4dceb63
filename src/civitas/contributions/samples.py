"""What this room adds to `/kit/`: files in the form and on the page, and choosing a place, in every state. Nothing here is kept."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from civitas.cities.gazetteer import Spot
from civitas.cities.maps import map_panel
from civitas.contributions.forms.base import StepForm
from civitas.contributions.forms.place import NOWHERE, SOMEWHERE, add_place, check_place
from civitas.contributions.places import Looked, place_part
from civitas.kit.gallery import LONG_WORD, state_of
from civitas.media.faults import fault_of
from civitas.media.models import DOCUMENT, MediaFile

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.cities.models import City

State, Fault = MediaFile.State, MediaFile.Fault
# A grey picture of four by three pixels.
_STILL = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='480' height='360'%3E"
    "%3Crect width='480' height='360' fill='%238fa8ba'/%3E%3C/svg%3E"
)


def render_files(request: HttpRequest) -> str:
    """Pictures, videos and documents: as the form shows them, and as readers, author and team see them."""
    refused = {"state": State.REFUSED}
    videos = [
        MediaFile(mime="video/mp4", seconds=24, bytes=4_200_000),
        MediaFile(mime="video/mp4", state=State.WAITING, bytes=4_200_000),
        MediaFile(mime="video/mp4", seconds=75, fault=Fault.LONG, bytes=4_200_000, **refused),
    ]
    documents = [
        MediaFile(mime=DOCUMENT, title="Spielplatz Süd", pages=2, bytes=310_000),
        MediaFile(mime=DOCUMENT, title="Gießplan", state=State.WAITING, bytes=310_000),
        MediaFile(mime=DOCUMENT, title="Haushaltsplan", fault=Fault.LOCKED, bytes=310_000, **refused),
    ]
    picture = MediaFile(mime="image/webp", bytes=820_000)
    given = [
        _given(picture, "picture", thumb=_STILL, alt="Die Haltestelle ohne Dach"),
        _given(
            MediaFile(mime="image/webp", bytes=820_000),
            "faulty",
            thumb=_STILL,
            error="Bitte sagen Sie, was das Bild zeigt.",
        ),
        *(_given(file, f"video-{at}") for at, file in enumerate(videos)),
        *(_given(file, f"document-{at}") for at, file in enumerate(documents)),
    ]
    context = {
        "given": given,
        "pictures": [{"src": _STILL, "srcset": "", "alt": "Die Haltestelle ohne Dach", "width": 480, "height": 360}],
        "videos": [_shown_video(videos[0]), _shown_video(videos[0], is_told=False), _shown_video(videos[1]), _shown_video(videos[2])],
        "documents": [_shown_document(file) for file in documents],
        "describe_url": "#",
    }
    return render_to_string("contributions/_gallery_files.html", context, request=request)


def _given(file: MediaFile, name: str, **words: Any) -> dict[str, Any]:
    file.name = f"kit-{name}"
    fault = fault_of(file)
    blank = {"thumb": "", "alt": "", "transcript": "", "captions": "", "error": ""}
    return {"file": file, "handle": f"kit-{name}", "is_waiting": file.state == State.WAITING, "fault": fault, **blank, **words}


def _shown_video(file: MediaFile, *, is_told: bool = True) -> dict[str, Any]:
    ready = file.state == State.READY
    return {
        "state": file.state,
        "fault": fault_of(file),
        "is_told": is_told,
        "src": "#" if ready else "",
        "mime": file.mime,
        "poster": _STILL if ready else "",
        "width": 480 if ready else None,
        "height": 360 if ready else None,
        "seconds": file.seconds,
        "transcript": "Man hört Wind. Jemand sagt: Hier fehlt ein Baum." if ready and is_told else "",
        "captions": "",
    }


def _shown_document(file: MediaFile) -> dict[str, Any]:
    src = "#" if file.state == State.READY else ""
    return {"src": src, "title": file.title, "bytes": file.bytes, "pages": file.pages, "fault": fault_of(file)}


class PlaceForm(StepForm):
    """The give form with nothing but its part about the place."""

    def __init__(self, city: City, place: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.city, self.settings = city, SimpleNamespace(place=place)
        add_place(self)

    def clean(self) -> dict[str, Any]:
        """What the give form itself says about a place."""
        data = super().clean() or {}
        check_place(self, data)
        return data


_SPOTS = (
    Spot("name", "Spritzenplatz", "square", 53.5525, 9.9295, area="Ottensen"),
    Spot("place", "Bücherhalle Altona", "library", 53.5520, 9.9350, key="altona", area="Ottensen"),
    Spot("area", "Spandau", key="spandau"),
    Spot("address", LONG_WORD + "straße 12", "", 53.56, 9.94, area="Ottensen"),
)


def render_place(request: HttpRequest) -> str:
    """Choosing a place: as it begins, chosen, drawn, searched with and without JavaScript, and all that can be wrong with it."""
    city = request.city
    if city is None:
        return ""
    words = {
        "begun": _("As it begins"),
        "chosen": _("Chosen"),
        "drawn": _("Drawn"),
        "nowhere": _("At no place"),
        "searching": _("While one types"),
        "found": _("Found without JavaScript"),
        "unknown": _("Nothing found"),
        "drawing": _("While one draws"),
        "denied": _("Position not allowed"),
        "failed": _("Search does not answer"),
        "missing": _("Left out"),
        "outside": _("Outside the city"),
        "crossed": _("Drawing refused"),
    }
    state, states = state_of(request, "place", words)
    form = _place_form(city, state)
    context = {
        "states": states,
        "is_searching": state == "searching",
        "spots": _SPOTS,
        "city": city,
        "area_name": "Stadtteil",
        "place_name": "Nachbarschaftsort",
        "form": form,
        "place": place_part(city, form),
        "looked": {
            "found": Looked({}, "Spri", _SPOTS),
            "unknown": Looked({}, "Seilbahn"),
        }.get(state),
        "map": map_panel(city) | {"pick": True},
        "is_drawing": state == "drawing",
        "told": {
            "denied": _("Your device may not tell us where you are. You can allow it in your browser, or look for the place by its name."),
            "failed": _("The search does not answer just now. Choose the place on the map, or describe it in words."),
        }.get(state, ""),
    }
    return render_to_string("contributions/_gallery_place.html", context, request=request)


def _place_form(city: City, state: str) -> PlaceForm:
    lon, lat = city.config.map.center
    spot = {"lat": f"{lat}", "lon": f"{lon}", "place_name": "Am Brunnen"}
    faulty = {
        "missing": {"place_name": ""},
        "outside": {"lat": "0", "lon": "0", "place_name": "Auf See"},
        "crossed": {**spot, "drawing": json.dumps(_drawn(lon, lat, crossed=True))},
    }
    if state in faulty:
        form = PlaceForm(city, "required" if state == "missing" else "optional", {"where": SOMEWHERE, **faulty[state]})
        form.is_valid()
        return form
    begun = {
        "chosen": spot,
        "drawn": {**spot, "drawing": json.dumps(_drawn(lon, lat, crossed=False))},
        "nowhere": {"where": NOWHERE},
    }
    return PlaceForm(city, "optional", initial=begun.get(state, {}))


def _drawn(lon: float, lat: float, *, crossed: bool) -> dict[str, Any]:
    """A small area, or one whose edge crosses itself (GeoJSON, WGS84 lon/lat degrees)."""
    west, east, south, north = lon - 0.002, lon + 0.002, lat - 0.001, lat + 0.001
    corners = [(west, south), (east, south), (east, north), (west, north)]
    if crossed:
        corners[2], corners[3] = corners[3], corners[2]
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
