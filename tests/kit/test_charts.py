"""Charts made by the server."""

import re

from civitas.kit.charts import Point, Series, bar_chart, line_chart, small_multiples


def _weeks(*values: int) -> list[Point]:
    return [Point(f"Woche {index}", value) for index, value in enumerate(values, 1)]


def test_every_bar_stands_in_the_table_too():
    html = bar_chart("Stimmen", _weeks(3, 0, 6), heads=("Woche", "Stimmen"))
    assert html.count("<rect") == 3
    assert re.findall(r'<th scope="row">([^<]+)</th><td class="number">(\d+)</td>', html) == [
        ("Woche 1", "3"), ("Woche 2", "0"), ("Woche 3", "6"),
    ]  # fmt: skip


def test_the_highest_bar_fills_the_room_and_half_of_it_is_half_as_tall():
    heights = re.findall(r'<rect[^>]* height="([\d.]+)"', bar_chart("Stimmen", _weeks(3, 6), heads=("Woche", "Stimmen")))
    assert [float(height) for height in heights] == [64, 128]


def test_nothing_counted_is_no_chart_and_only_zeros_are_an_even_one():
    assert bar_chart("Stimmen", [], heads=("Woche", "Stimmen")) == ""
    assert 'height="0"' in bar_chart("Stimmen", _weeks(0, 0), heads=("Woche", "Stimmen"))


def test_of_many_bars_few_have_words_and_the_last_always_has():
    html = bar_chart("Stimmen", _weeks(*range(1, 60)), heads=("Woche", "Stimmen"))
    words = re.findall(r'class="chart__tick"[^>]*>([^<]+)<', html)
    assert len(words) <= 6
    assert (words[0], words[-1]) == ("Woche 1", "Woche 59")


def test_lines_that_end_close_together_keep_their_names_apart():
    html = line_chart("Woche", ["1", "2"], [Series("Neu", [1, 4]), Series("Zurück", [2, 4])], heads=["Woche", "Neu", "Zurück"])
    ends = [float(y) for y in re.findall(r'class="chart__name" x="[\d.]+" y="([\d.]+)"', html)]
    assert abs(ends[0] - ends[1]) >= 26
    assert html.count("<polyline") == 2
    assert "stroke-dasharray" in html


def test_what_is_named_is_text_and_no_markup():
    assert "<script>" not in bar_chart("<script>", [Point("<script>", 1)], heads=("<script>", "a"))


def test_small_ones_stand_side_by_side_without_the_empty():
    html = small_multiples([("Altona", _weeks(1)), ("Nord", [])], heads=("Woche", "Stimmen"))
    assert html.count("<figure") == 1
