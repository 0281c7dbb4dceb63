"""`/kit/`: every component in every state, to look at and to test. Nothing here is real."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django import forms
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit.charts import Point, Series, bar_chart, line_chart, small_multiples
from civitas.kit.errors import DRAWINGS, SENTENCES, TITLES
from civitas.kit.rooms import rooms
from civitas.kit.templatetags.kit import STATUS, VISIBILITY, icon_names

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänswitwenunterstützungsverein"


class Sample(forms.Form):
    """One field of every sort."""

    title = forms.CharField(label="In einem Satz", help_text="So, wie Sie es Nachbarn erzählen würden.", max_length=80)
    text = forms.CharField(label="Erzählen Sie mehr", widget=forms.Textarea, required=False)
    category = forms.ChoiceField(label="Thema", choices=[("", "Bitte wählen"), ("green", "Grün und Schatten"), ("care", "Miteinander")])
    who = forms.MultipleChoiceField(
        label="Wem hilft es?",
        choices=[("children", "Kindern"), ("old", "Älteren Menschen")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    kind = forms.ChoiceField(
        label="Was geben Sie?", choices=[("idea", "Eine Idee"), ("improvement", "Eine Verbesserung")], widget=forms.RadioSelect
    )
    picture = forms.FileField(label="Ein Bild dazu", help_text="JPEG oder PNG, höchstens 10 MB.", required=False)
    news = forms.BooleanField(label="Schreiben Sie mir, wenn sich etwas ändert", required=False)


def gallery(request: HttpRequest) -> HttpResponse:
    """The page of all components."""
    return render(request, "kit/gallery.html", {**_samples(timezone.now()), "map": _map(request), "parts": _parts(request)})


def state_of(request: HttpRequest, part: str, words: dict[str, str]) -> tuple[str, list[dict[str, Any]]]:
    """Of a part that has its ids once on a page, the state that the address asks for (`?<part>=<state>`, else the first), and
    tabs for `kit/_tabs.html` that lead to each; `words` names them."""
    asked = request.GET.get(part, "")
    current = asked if asked in words else next(iter(words))
    tabs = []
    for state, word in words.items():
        query = request.GET.copy()
        query[part] = state
        tabs.append({"label": word, "url": f"?{query.urlencode()}#kit-{part}", "current": state == current, "count": None})
    return current, tabs


def _parts(request: HttpRequest) -> list[str]:
    """What the rooms above show of their own components; made of samples alone."""
    return [render(request) for room in rooms() for render in room.gallery_parts]


def _map(request: HttpRequest) -> dict[str, Any]:
    city = getattr(request, "city", None)
    if city is None:
        return {}
    look = city.config.map
    bounds, center = ",".join(map(str, look.bounds)), ",".join(map(str, look.center))
    return {"areas_url": "/gebiete.geojson", "center": center, "bounds": bounds, "boundaries": look.boundaries, "calm": True}


def _charts() -> list[str]:
    weeks = [Point(f"{week}. Woche", count) for week, count in enumerate((12, 48, 131, 90, 74, 60, 22, 18, 31, 9, 4, 6), 1)]
    labels = ["März", "April", "Mai", "Juni", "Juli"]
    lines = [Series("zum ersten Mal", [40, 72, 31, 18, 12]), Series("wieder da", [3, 14, 22, 19, 14])]
    areas = [(name, weeks[start : start + 6]) for start, name in enumerate(("Veddel", "Ottensen", "Wilhelmsburg", "Barmbek"))]
    return [
        bar_chart("Stimmen in jeder Woche", weeks, heads=("Woche", "Stimmen")),
        line_chart("Wer mitmacht", labels, lines, heads=["Monat", "zum ersten Mal", "wieder da"]),
        small_multiples(areas, heads=("Woche", "Stimmen")),
    ]


def _samples(now: dt.datetime) -> dict[str, Any]:
    day = dt.timedelta(days=1)
    fresh, faulty = (
        Sample(prefix="fresh"),
        Sample({"faulty-title": "", "faulty-text": "Was schon getippt war, bleibt stehen."}, prefix="faulty"),
    )
    faulty.is_valid()
    rail = [
        ("Ideen sammeln", "done", "", "214 Ideen von 171 Menschen"),
        ("Themen ordnen", "done", "", "Daraus wurden 6 Themen"),
        ("Werkstatt", "now", "Jetzt anmelden.", "Am 12. Mai im Haus der Begegnung."),
        ("Abstimmen", "next", "", "2. bis 16. Juni"),
        ("Umsetzen", "next", "", "ab Juli"),
    ]
    river = [
        ("3. Juli 2025", "Ihre Idee", "Hinrich schreibt sie in der Bücherhalle.", "done"),
        ("1. September 2025", "Thema „Nicht allein in der Hitze“", "Zwei ähnliche Ideen fließen ein.", "done"),
        ("14. Oktober 2025", "Werkstatt und Konzept", "26 Menschen entwerfen den täglichen Anruf.", "done"),
        ("Jetzt, seit 27. April", "Probebetrieb", "9 Freiwillige rufen 31 Menschen an.", "now"),
        ("30. September 2026", "Entscheidung", "Bleibt das Hitze-Telefon?", "next"),
    ]
    return {
        "title": _("Components"),
        "charts": _charts(),
        "icons": icon_names(),
        "states": list(STATUS),
        "visibilities": list(VISIBILITY),
        "cards": [
            _card("Wie wird die Veddel im Sommer kühler?", "open", now + 12 * day, 3, "Platz sichern"),
            _card("Welche Hilfe brauchen Familien im ersten Jahr?", "open", now + 2 * day, 2, "3 Fragen beantworten"),
            _card("Welches Bürgerbüro testet den langen Donnerstag?", "planned", None, 4, "Ansehen"),
            _card("Wohin mit den Lastenrädern?", "closed", None, 1, "Ergebnis lesen"),
        ],
        "contributions": [
            _contribution(
                1284,
                "Hinrich",
                title="Hitze-Telefon für Menschen, die allein wohnen",
                teaser="An heißen Tagen redet drei Tage lang niemand mit mir.",
                status="in_work",
                support_total=112,
                comment_count=8,
            ),
            _contribution(
                1301,
                "Dilek",
                title="Reparatur-Sprechstunde im Bürgerhaus",
                teaser="Mein Toaster ist noch gut. Mir fehlt nur jemand mit Lötkolben.",
                status="in_review",
                support_total=1,
            ),
            _contribution(1302, "", title=LONG_WORD, teaser="", status="received", comment_count=1),
        ],
        "line": [
            {"label": label, "when": when, "state": state}
            for label, when, state in [
                ("Eingegangen", "3. Juli 2025", "done"),
                ("Geprüft", "16. Juli 2025", "done"),
                ("In Arbeit", "seit 27. April", "now"),
                ("Umgesetzt", "", "next"),
            ]
        ],
        "rail": [
            {"title": title, "state": state, "call": call, "text": text, "number": number, "url": ""}
            for number, (title, state, call, text) in enumerate(rail, 1)
        ],
        "river": [{"when": when, "title": title, "text": text, "state": state} for when, title, text, state in river],
        "short_river": [{"when": when, "title": title, "text": text, "state": state} for when, title, text, state in (river[0], river[3])],
        "streams": ["Nachbarn klingeln", "Trinkpaten"],
        "answer": {
            "organisation": "Gesundheitsamt Hamburg-Mitte",
            "person": "Dr. Katrin Petersen",
            "at": now - 20 * day,
            "text": "Danke, Hinrich. Sie haben recht: An Hitzetagen erreichen wir Menschen, die allein wohnen, zu spät.",
            "next_step": "Wir probieren Ihr Hitze-Telefon diesen Sommer aus.",
            "due_on": (now + 60 * day).date(),
        },
        "comments": [
            {
                "uid": "a",
                "name": "Fatma",
                "place": "Veddel",
                "at": now - dt.timedelta(minutes=8),
                "text": "Ich wohne zwei Häuser weiter und rufe gern an.",
                "language": "de",
                "official": False,
                "reply": False,
                "shown": True,
            },
            {
                "uid": "b",
                "name": "Gesundheitsamt Hamburg-Mitte",
                "place": "",
                "at": now - day,
                "text": "Wunderbar, Fatma! Die Schulung ist am 9. Mai um 10 Uhr.",
                "language": "de",
                "official": True,
                "reply": True,
                "shown": True,
            },
            {
                "uid": "c",
                "name": "",
                "place": "",
                "at": now - 40 * day,
                "text": "",
                "language": "de",
                "official": False,
                "reply": False,
                "shown": False,
            },
        ],
        "troubles": [
            {"code": code, "title": TITLES[code], "text": SENTENCES[code], "drawing": DRAWINGS.get(code, "lost")}
            for code in ("404", *DRAWINGS)
        ],
        "alerts": ["info", "success", "warning", "danger"],
        "theirs": [("Frage", "Wo fehlt im Sommer Schatten?"), ("Worum es geht", "Drei Plätze, drei Vorschläge.\nAlle dürfen mitreden.")],
        "forms": [fresh, faulty],
        "ways": [_way(at) for at in range(3)],
        "long_word": LONG_WORD,
        "chips": [{"label": "Rund um die Veddel", "url": "#"}, {"label": "Ideen", "url": "#"}],
        "tabs": [
            {"label": "Wartet", "url": "#", "current": True, "count": 18},
            {"label": "Veröffentlicht", "url": "#", "current": False, "count": 1284},
            {"label": "Verborgen", "url": "#", "current": False, "count": None},
        ],
        "rows": [["Wilhelmsburg", "64", "9"], ["Wandsbek", "52", "6"], ["Ottensen", "41", "11"]],
        "crumbs": [{"label": "Entdecken", "url": "#"}, {"label": "Veddel", "url": "#"}],
        "moments": [now, now - dt.timedelta(minutes=8), now - day, now - 3 * day, now - 400 * day],
    }


def _way(at: int) -> list[dict[str, str]]:
    titles = ("Ihre Idee", "Ort", "Prüfen und senden")
    return [{"title": title, "state": "done" if place < at else "now" if place == at else ""} for place, title in enumerate(titles)]


def _card(title: str, state: str, closes_at: dt.datetime | None, level: int, verb: str) -> dict[str, Any]:
    return {
        "url": "#",
        "title": title,
        "lead": "Ein Satz dazu, worum es geht und für wen.",
        "picture": render_to_string("kit/drawings/street.svg"),
        "closes_at": closes_at,
        "opens_at": None,
        "state": state,
        "say": level,
        "verb": verb,
    }


def _contribution(number: int, name: str, **fields: Any) -> SimpleNamespace:
    shown = {
        "author": SimpleNamespace(pseudonym=name, shown_name=name or _("Someone")),
        "organisation": None,
        "speaker": name,
        "area": SimpleNamespace(name="Wilhelmsburg"),
        "place_name": "",
        "lat": None,
        "lon": None,
        "path": "/kit/",
        "kind": "idea",
        "language": "de",
        "support_total": 0,
        "comment_count": 0,
        "given_at": timezone.now(),
    }
    return SimpleNamespace(number=number, **shown | fields)
