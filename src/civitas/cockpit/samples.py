"""What the cockpit adds to `/kit/`: its charts, made of numbers that nobody gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from civitas.cockpit.charts import Bar, Curve, Stage, bar_rows, curves_of, dot_funnel

if TYPE_CHECKING:
    from django.http import HttpRequest

WEEKS = [f"KW {week}" for week in range(10, 22)]
RISING = (4, 5, 5, 7, 6, 9, 12, 15, 14, 18, 21, 26)
STILL = (5, 4, 4, 3, 3, 2, 3, 2, 2, 0, 0, 0)


def render_charts(request: HttpRequest) -> str:
    """Rows of bars, small curves and the funnel."""
    sizes = [round(92 / at) + 4 for at in range(1, 47)]
    charts = [
        bar_rows(
            "kit-rows",
            "Woher die Stimmen kommen",
            [Bar("Wilhelmsburg", 64), Bar("Wandsbek", 52), Bar("Veddel", None, "nicht gezeigt"), Bar("Lurup", 11, "", "wait")],
            said="Aus Wilhelmsburg kommt am meisten.",
            headings=("Stadtteil", "Stimmen"),
        ),
        curves_of(
            "kit-curves",
            "Wo wir gehört werden, und wo nicht",
            [
                Curve("Nord-Holland", RISING, 142, "mehr als doppelt so viele wie vor vier Wochen"),
                Curve("Mitte", RISING[::-1], 142, "lässt etwas nach"),
                Curve("Wesertor", (8,) * 12, 96, "gleichmäßig"),
                Curve("Oberzwehren", STILL, 28, "still seit 3 Wochen", "wait"),
            ],
            WEEKS,
            said="Stimmen je Woche, überall derselbe Maßstab.",
            first="Stadtteil",
        ),
        dot_funnel(
            "kit-funnel",
            "Von der Stimme zum Dienst",
            [
                Stage("Stimmen", 1284, "253 warten noch auf ein Thema", "11 Tage", waiting=253),
                Stage("Themen", 46, "aus 1.031 Stimmen, 2 ohne Antwort", "34 Tage", sizes, waits=frozenset({7, 12})),
                Stage("Konzepte", 9, "aus 512 Stimmen", "97 Tage", (190, 80, 60, 50, 40, 36, 30, 16, 10), waits=frozenset({3})),
                Stage("Dienste", 3, "aus 238 Stimmen", "", (100, 74, 64)),
            ],
            said="Jeder Punkt ist eine Stimme, jede Fläche zeigt, wie viele Stimmen dahinterstehen.",
            headings=("Stufe", "Anzahl", "Was dazu zu sagen ist", "Bis zur nächsten (Median)"),
        ),
    ]
    return render_to_string("cockpit/_samples.html", {"charts": charts}, request=request)
