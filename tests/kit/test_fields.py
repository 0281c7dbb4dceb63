"""What a form says where a field is empty and has no sentence of its own."""

from __future__ import annotations

import datetime as dt

import pytest
from django import forms

from civitas.kit.fields import DayField, needed


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (forms.CharField(), "Bitte füllen Sie das aus."),
        (forms.ChoiceField(choices=[("a", "A")]), "Bitte wählen Sie eins aus."),
        (forms.MultipleChoiceField(choices=[("a", "A")]), "Bitte wählen Sie eins aus."),
        (forms.DateField(), "Bitte geben Sie einen Tag an."),
        (forms.BooleanField(), "Bitte setzen Sie hier ein Häkchen."),
        (forms.CharField(error_messages={"required": "Bitte etwas sagen."}), "Bitte etwas sagen."),
    ],
)
def test_an_empty_field_is_asked_for_in_friendly_words(field: forms.Field, sentence: str) -> None:
    with pytest.raises(forms.ValidationError) as faulty:
        field.clean("")
    assert faulty.value.messages == [sentence]


def test_what_is_not_on_offer_is_said_in_friendly_words() -> None:
    with pytest.raises(forms.ValidationError) as faulty:
        forms.ChoiceField(choices=[("a", "A")]).clean("b")
    assert faulty.value.messages == ["Das gibt es nicht mehr zur Auswahl. Bitte wählen Sie neu."]


def test_what_is_too_long_says_by_how_much() -> None:
    with pytest.raises(forms.ValidationError) as faulty:
        forms.CharField(max_length=5).clean("sieben!")
    assert faulty.value.messages == ["Bitte kürzen Sie das auf 5 Zeichen; es sind 7."]


def test_a_field_that_its_action_asks_for_is_no_optional_one() -> None:
    field = needed(forms.CharField(required=False))
    assert (field.clean(""), vars(field)["needed"]) == ("", True)


def test_a_day_is_taken_as_browsers_and_as_people_write_it_and_shown_as_browsers_do() -> None:
    field = DayField()
    assert field.clean("2027-05-12") == field.clean("12.05.2027") == dt.date(2027, 5, 12)
    shown = field.widget.render("day", dt.date(2027, 5, 12))
    assert 'type="date"' in shown
    assert 'value="2027-05-12"' in shown
    for wrong in ("gestern", "31.02.2027", "05/12/2027"):
        with pytest.raises(forms.ValidationError) as faulty:
            field.clean(wrong)
        assert faulty.value.messages == ["Bitte geben Sie einen Tag an, zum Beispiel 12.05.2026."]
    with pytest.raises(forms.ValidationError) as missing:
        field.clean("")
    assert missing.value.messages == ["Bitte geben Sie einen Tag an."]
    assert DayField(required=False).clean("") is None
