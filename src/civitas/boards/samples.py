"""A board of samples on `/kit/board`, to look at and to test: a few groups, a canvas, or ten thousand cards. Nothing here is real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import render

from civitas.boards.frames import COLOURS, frame

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MOST_CARDS = 10_000
_GROUPS = (
    ("crossing0", "Sicher über die Straße", "green", 0, 0, 580, 356),
    ("fewercars", "Weniger Autos am Schultor", "yellow", 604, 0, 396, 356),
    ("cyclists0", "Mit Rad und Roller", "blue", 0, 380, 396, 208),
    ("lightness", "Licht und Sicht", "red", 420, 380, 580, 208),
)
_CARDS = (
    ("crossing0", "Fünf Sekunden mehr Grün am Schultor", "k6b", 15),
    ("crossing0", "Die Ampel an der Holländischen Straße ist für Kinder zu kurz.", "emine", 12),
    ("crossing0", "Schülerlotsen auch am Nachmittag", "table2", 9),
    ("crossing0", "Zebrastreifen direkt vor dem Schultor", "tom", 14),
    ("crossing0", "Mittelinsel in der Mombachstraße", "", 5),
    ("crossing0", "Kinder sehen nicht über parkende Autos hinweg.", "mara", 8),
    ("fewercars", "Schulstraße: morgens 30 Minuten ohne Autos", "jonas", 17),
    ("fewercars", "Laufbus: Eltern bringen reihum acht Kinder", "table4", 11),
    ("fewercars", "Haltezone 300 Meter vor der Schule", "", 6),
    ("fewercars", "Elternbrief mit Karte: Hier dürfen Sie halten", "emine", 0),
    ("cyclists0", "Der Radweg endet einfach an der Kreuzung.", "tom", 10),
    ("cyclists0", "Überdachte Plätze für Roller", "table1", 4),
    ("lightness", "In der Unterführung ist es morgens stockdunkel.", "mara", 13),
    ("lightness", "Hecke an der Ecke schneiden", "", 3),
    ("lightness", "Spiegel an der Ausfahrt vom Markt", "tom", 4),
)
_NAMES = {
    "k6b": "Klasse 6b",
    "emine": "Emine Y.",
    "tom": "Tom B.",
    "mara": "Mara S.",
    "jonas": "Jonas K.",
    "table1": "Tisch 1",
    "table2": "Tisch 2",
    "table4": "Tisch 4",
    "me": "Sie",
}
_CANVAS = {
    "title": "Persona",
    "size": [1240, 760],
    "regions": [
        {
            "key": "who",
            "title": "Wer ist das?",
            "question": "Alter, Alltag, mit wem sie lebt",
            "x": 0,
            "y": 0,
            "w": 400,
            "h": 372,
            "colour": "yellow",
        },
        {
            "key": "day",
            "title": "Ihr Tag",
            "question": "Was tut sie vom Morgen bis zum Abend?",
            "x": 420,
            "y": 0,
            "w": 400,
            "h": 372,
            "colour": "blue",
        },
        {
            "key": "need",
            "title": "Was braucht sie?",
            "question": "Was würde ihr helfen?",
            "x": 840,
            "y": 0,
            "w": 400,
            "h": 372,
            "colour": "green",
        },
        {
            "key": "pain",
            "title": "Was hindert sie?",
            "question": "Wo kommt sie heute nicht weiter?",
            "x": 0,
            "y": 392,
            "w": 610,
            "h": 372,
            "colour": "red",
        },
        {
            "key": "say",
            "title": "Was sagt sie?",
            "question": "Ein Satz in ihren Worten",
            "x": 630,
            "y": 392,
            "w": 610,
            "h": 372,
            "colour": "white",
        },
    ],
}
_PERSONA = (
    ("who", 20, 88, "Aylin, 34, zwei Kinder, arbeitet im Schichtdienst", "yellow"),
    ("day", 440, 88, "Sie bringt die Kinder mit dem Rad zur Schule.", "blue"),
    ("need", 860, 88, "Ein Amt, das auch abends erreichbar ist", "green"),
    ("pain", 20, 480, "Das Formular versteht sie erst beim dritten Lesen.", "red"),
    ("say", 650, 480, "Ich will nur wissen, welche Papiere ich brauche.", "white"),
)


def pinboard() -> dict[str, Any]:
    """Cards in four groups and two that are still free."""
    colours = {key: colour for key, _, colour, *_ in _GROUPS}
    cards = [
        {"id": f"sample{number:04}", "text": text, "by": by, "group": group, "colour": colours[group], "dots": dots}
        for number, (group, text, by, dots) in enumerate(_CARDS)
    ]
    cards += [
        {"id": "samplefree1", "text": "Wer räumt im Winter den Gehweg?", "colour": "white", "x": 20, "y": 640, "dots": 2},
        {
            "id": "samplefree2",
            "text": "Warnwesten sind peinlich. Gibt es schönere?",
            "by": "k6b",
            "colour": "white",
            "x": 204,
            "y": 640,
            "dots": 7,
        },
    ]
    groups = [{"id": key, "title": title, "colour": colour, "x": x, "y": y, "w": w, "h": h} for key, title, colour, x, y, w, h in _GROUPS]
    return {"groups": groups, "cards": cards}


def many_cards(count: int) -> dict[str, Any]:
    """As many cards as asked for, fifty in a group."""
    sizes = range((count + 49) // 50)
    groups = [
        {"id": f"many{number:05}", "title": f"Gruppe {number + 1}", "x": number % 14 * 1200, "y": number // 14 * 2000, "w": 948}
        for number in sizes
    ]
    cards = [
        {
            "id": f"card{number:06}",
            "text": f"Karte {number + 1} mit einem Gedanken",
            "group": f"many{number // 50:05}",
            "colour": COLOURS[number % 5],
        }
        for number in range(count)
    ]
    return {"groups": groups, "cards": cards}


def persona() -> dict[str, Any]:
    """A canvas with a card in each region, two of them connected."""
    cards = [
        {"id": f"persona{number:03}", "region": region, "x": x, "y": y, "text": text, "colour": colour}
        for number, (region, x, y, text, colour) in enumerate(_PERSONA)
    ]
    return {"cards": cards, "lines": [{"from": "persona001", "to": "persona002", "label": "führt zu"}]}


def show_sample(request: HttpRequest) -> HttpResponse:
    """The board of samples as a page: `?cards=` for how many, `?canvas=1` for a canvas."""
    try:
        count = min(MOST_CARDS, int(request.GET.get("cards", 0)))
    except ValueError:
        raise Http404 from None
    seats = {alias: (name, "teal") for alias, name in _NAMES.items()}
    is_canvas = bool(request.GET.get("canvas"))
    sample = persona() if is_canvas else many_cards(count) if count else pinboard()
    phases = () if is_canvas or count else (("collect", "Sammeln"), ("sort", "Ordnen"), ("rate", "Bewerten"), ("agree", "Verabreden"))
    board = frame(
        "kit-sample",
        "Persona: Aylin" if is_canvas else "Sicher zur Schule",
        note="Tisch 3, Werkstatt Nord-Holland",
        back_url="/kit/",
        seats=seats,
        sample=sample,
        canvas=_CANVAS if is_canvas else None,
        phases=phases,
        phase="sort",
        ends_in=None if count else 18 * 60,
    )
    return render(request, "boards/board.html", {"board": board})
