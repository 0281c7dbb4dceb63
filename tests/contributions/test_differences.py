from __future__ import annotations

import pytest

from civitas.contributions.differences import blacked, differences, merged
from civitas.kit.personal import BLACK

BASE = "Wir rufen an.\n\nAm Vormittag.\n\nAb 28 Grad."


def said(before: str, after: str) -> list[tuple[str, str] | int]:
    found: list[tuple[str, str] | int] = []
    for part in differences(before, after):
        found += [part.skipped] if part.skipped else [(piece.change, piece.text) for piece in part.pieces]
    return found


def test_equal_texts_do_not_differ():
    assert differences(BASE, BASE) == []


def test_a_changed_word_is_named_and_far_paragraphs_are_counted():
    before = "Eins.\n\nZwei.\n\nDrei.\n\nWir rufen morgens an."
    after = "Eins.\n\nZwei.\n\nDrei.\n\nWir rufen mittags an."
    assert said(before, after) == [
        3,
        ("same", "Wir rufen "),
        ("gone", "morgens"),
        ("new", "mittags"),
        ("same", " an."),
    ]


def test_a_whole_section_is_new_or_gone():
    assert said("", "Neu.") == [("new", "Neu.")]
    assert said("Alt.", "") == [("gone", "Alt.")]


@pytest.mark.parametrize("line", ["Absatz {} mit vielen Worten, die alle bleiben.", "immer gleich"])
def test_of_texts_of_200_pages_what_lies_between_the_first_and_the_last_change_stands_as_a_whole(line: str):
    before = "\n".join(line.format(number) for number in range(12_000))
    after = "\n".join(line.format(number) + (" Neu." if number % 3 == 0 else "") for number in range(12_000))
    changed, last = differences(before, after)
    assert [piece.change for piece in changed.pieces] == ["gone", "new"]
    assert [piece.text.count("\n") for piece in changed.pieces] == [11_997, 11_997]
    assert [piece.change for piece in last.pieces] == ["same"]


def test_changes_in_different_paragraphs_become_one_wording():
    theirs, mine = BASE.replace("Wir rufen", "Freiwillige rufen"), BASE.replace("28", "30")
    assert merged(BASE, theirs, mine).text == "Freiwillige rufen an.\n\nAm Vormittag.\n\nAb 30 Grad."


def test_both_orders_give_the_same_wording():
    theirs, mine = f"Vorab.\n\n{BASE}", f"{BASE}\n\nAuch am Sonntag."
    assert merged(BASE, theirs, mine).text == merged(BASE, mine, theirs).text == f"Vorab.\n\n{BASE}\n\nAuch am Sonntag."


def test_changes_in_the_same_paragraph_meet():
    found = merged(BASE, BASE.replace("28", "29"), BASE.replace("28", "30"))
    assert (found.text, found.clashes) == ("", 1)


def test_additions_at_the_same_place_meet():
    assert merged(BASE, f"{BASE}\n\nEins.", f"{BASE}\n\nZwei.").clashes == 1


def test_the_same_change_of_both_counts_once():
    both = BASE.replace("28", "30")
    mine = both.replace("Wir", "Alle")
    assert merged(BASE, both, mine).text == mine


def test_who_changed_nothing_takes_over_the_other():
    assert merged(BASE, "Anders.", BASE).text == "Anders."


@pytest.mark.parametrize(
    ("base", "mine", "kept"),
    [
        (
            f"Wir rufen an.\nFragen an {BLACK}, bitte.",
            "Wir rufen an.\nFragen an Jo Meyer, bitte.",
            f"Wir rufen an.\nFragen an {BLACK}, bitte.",
        ),
        (f"Fragen an {BLACK}, bitte.", "Fragen an Jo Meyer, bitte.\nAb 28 Grad.", f"Fragen an {BLACK}, bitte.\nAb 28 Grad."),
        (f"Fragen an {BLACK}, bitte.", "Davor.\nFragen an Jo Meyer, bitte. Morgens, bitte.", f"Davor.\nFragen an {BLACK}, bitte."),
        (f"Fragen an {BLACK}, bitte.", "Ruft Jo Meyer an, bitte.", f"Fragen an {BLACK}, bitte."),
        (f"{BLACK}\nAm Vormittag.", "Jo Meyer\nNeu.\nAm Vormittag.", f"{BLACK}\nAm Vormittag."),
        (f"An {BLACK}, bitte.\nAn {BLACK}, bitte.", "An Jo, bitte.\nAn Meyer, bitte.", f"An {BLACK}, bitte.\nAn {BLACK}, bitte."),
        # Taken out, it comes back black; moved, it is black where it is now.
        (f"Fragen an {BLACK}, bitte.\nAm Vormittag.", "Am Vormittag.", f"Fragen an {BLACK}, bitte.\nAm Vormittag."),
        (
            f"Fragen an {BLACK}, bitte.\nAm Vormittag.",
            "Am Vormittag.\nFragen an Jo Meyer, bitte.",
            f"Fragen an {BLACK}, bitte.\nAm Vormittag.\nFragen an {BLACK}, bitte.",
        ),
        ("Wir rufen an.", "Wir rufen morgens an.", "Wir rufen morgens an."),
    ],
)
def test_a_line_that_was_blacked_out_reads_so_in_a_wording_from_before(base: str, mine: str, kept: str):
    assert blacked(base, mine) == kept
