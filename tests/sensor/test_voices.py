from __future__ import annotations

import pytest

from civitas.contributions.models import Contribution
from civitas.sensor.voices import BUBBLE, beginning_of, sentence_of, voices_in


def voice(text: str, *, author: int = 1, area: int = 1) -> Contribution:
    return Contribution(text=text, author_id=author, area_id=area)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Zu kurz. Ich warte jeden Morgen zwanzig Minuten in der Sonne.", "Ich warte jeden Morgen zwanzig Minuten in der Sonne."),
        ("Am Bahnhof ist der Aufzug seit Mai kaputt. Meine Mutter kommt nicht mehr hinauf.", "Meine Mutter kommt nicht mehr hinauf."),
        ("Am Bahnhof ist der Aufzug seit Mai kaputt. Mehr nicht.", "Am Bahnhof ist der Aufzug seit Mai kaputt."),
        ("Sehr geehrte Damen und Herren,\n\nwir brauchen eine Bank vor der Schule.", "wir brauchen eine Bank vor der Schule."),
        ("", ""),
        ("Ja.", ""),
        ("a" * 500, ""),
    ],
)
def test_a_voice_is_a_whole_sentence_and_speaks_of_a_person_where_it_can(text: str, said: str) -> None:
    assert sentence_of(voice(text), *BUBBLE) == said


def test_voices_come_from_different_people_and_areas() -> None:
    text = "Ich warte jeden Morgen zwanzig Minuten in der Sonne."
    items = [voice(text), voice(text, author=1, area=2), voice(text, author=2, area=1), voice(text, author=3, area=3)]
    assert [found.item for found in voices_in(items, BUBBLE, 3)] == [items[0], items[3]]


def test_who_speaks_of_people_comes_first_and_no_more_than_asked_are_given() -> None:
    plain = voice("Am Bahnhof ist der Aufzug seit Mai kaputt.", author=1, area=1)
    personal = voice("Ich komme mit dem Rollstuhl nicht hinauf.", author=2, area=2)
    assert [found.item for found in voices_in([plain, personal], BUBBLE, 1)] == [personal]


def test_the_beginning_ends_with_a_sentence() -> None:
    assert beginning_of("Eins ist da. Zwei kommt noch. Drei auch.", 30) == "Eins ist da. Zwei kommt noch."
    assert beginning_of("Ein einziger langer Satz ohne Ende", 10) == "Ein einziger langer Satz ohne Ende"
