"""Charts: what they show, that their marks stay few, and that circles do not lie on each other."""

from itertools import combinations
from math import hypot
from xml.etree import ElementTree as ET

import pytest

from civitas.cockpit.charts import MOST_BUBBLES, MOST_DOTS, Bar, Curve, Stage, bar_rows, curves_of, dot_funnel
from civitas.cockpit.templatetags.cockpit import fig
from civitas.kit.packing import packed, sunflower


def _drawings(figure):
    """Each SVG of a chart, read as XML: what is no XML raises."""
    html = str(fig(figure))
    assert "style=" not in html
    found, rest = [], html
    while "<svg" in rest:
        begin = rest.index("<svg")
        depth, at = 0, begin
        while True:
            opened, closed = rest.find("<svg", at), rest.find("</svg>", at)
            if opened != -1 and opened < closed:
                depth, at = depth + 1, opened + 4
            else:
                depth, at = depth - 1, closed + 6
            if depth == 0:
                break
        found.append(ET.fromstring(rest[begin:at]))
        rest = rest[at:]
    return found


def test_a_bar_that_is_not_shown_has_no_length_and_no_number():
    figure = bar_rows("b", "Areas", [Bar("A", 40), Bar("B", None, "under 10")], said="Two.", headings=("Area", "People"))
    [drawing] = _drawings(figure)
    assert [each.get("width") for each in drawing if each.get("class") == "fig__bar"] == ["100.00%", "0.00%"]
    assert figure.table == (("A", "40"), ("B", "under 10"))


def test_small_curves_share_one_scale():
    curves = [Curve("A", [10, 10], 20), Curve("B", [5, 5], 10)]
    figure = curves_of("m", "Areas", curves, ["1", "2"], said="Two.", first="Area")
    assert [curve["line"] for curve in figure.body["curves"]] == ["M1.00 0.00L99.00 0.00", "M1.00 50.00L99.00 50.00"]
    assert figure.table == (("A", "10", "10", "20"), ("B", "5", "5", "10"))
    assert len(_drawings(figure)) == 2


@pytest.mark.parametrize(("count", "marks", "stands_for"), [(0, 0, ""), (7, 7, ""), (1284, 1284, ""), (98_765, 988, "100")])
def test_however_many_voices_the_dots_stay_few(count, marks, stands_for):
    figure = dot_funnel("f", "Way", [Stage("Voices", count, waiting=count // 4)], said="Dots.", headings=("a", "b", "c", "d"))
    [stage] = figure.body["stages"]
    assert (len(stage["marks"]), stage["stands_for"]) == (marks, stands_for)
    assert len(stage["marks"]) <= MOST_DOTS
    assert sum(mark["waits"] for mark in stage["marks"]) == round(marks * (count // 4) / max(count, 1))


def test_bubbles_stay_few_too():
    stages = [Stage("Voices", 5), Stage("Themes", 500, sizes=list(range(500, 0, -1)), waits=frozenset({0}))]
    body = dot_funnel("f", "Way", stages, said="Dots.", headings=("a", "b", "c", "d")).body
    assert len(body["stages"][1]["marks"]) == MOST_BUBBLES
    assert [mark["waits"] for mark in body["stages"][1]["marks"]][:2] == [True, False]


@pytest.mark.parametrize("radii", [[], [8.0], [8.0, 3.0], [9.0] * 46, [60 / at for at in range(1, 61)], [float(at) for at in range(1, 40)]])
def test_bubbles_do_not_lie_on_each_other_and_stay_inside(radii):
    circles, side = packed(radii, gap=2.0, most=200)
    assert side <= 200.001
    assert len(circles) == len(radii)
    for (x, y, r), (x2, y2, r2) in combinations(circles, 2):
        assert hypot(x - x2, y - y2) >= r + r2 - 1e-3
    assert all(max(abs(x), abs(y)) + r <= side / 2 + 1e-6 for x, y, r in circles)


def test_dots_of_a_sunflower_keep_apart_and_stay_inside():
    circles = sunflower(400, most=208)
    assert all(hypot(x - x2, y - y2) > r for (x, y, r), (x2, y2, _) in combinations(circles, 2))
    assert all(hypot(x, y) + r <= 104.5 for x, y, r in circles)
