"""A form made from a schema: every type it knows, what it refuses, and that what was typed stays."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import pytest
from django.utils.translation import gettext_noop
from pydantic import BaseModel, ConfigDict, Field, field_validator

from civitas.kit.schema_forms import SchemaForm, UnknownShape, in_words, names_in

LANGUAGES = [("de", "Deutsch"), ("en", "English"), ("simple", "Einfache Sprache")]


class Everything(BaseModel):
    """One setting of every type."""

    on: bool = True
    count: int = Field(default=3, ge=1, le=9)
    share: float | None = Field(default=None, le=1)
    word: str = "x"
    must: str = Field(min_length=1)
    which: Literal["a", "b"] = Field(default="a", json_schema_extra={"choices": {"a": "Ah"}})
    many: list[Literal["a", "b", "c"]] = Field(default=["a"], min_length=1)
    some: list[Literal["a", "b"]] = []
    text: dict[str, str] = {}

    @field_validator("word")
    @classmethod
    def no_shouting(cls, word: str) -> str:
        """A sentence of the schema's own."""
        if word.isupper():
            raise ValueError(gettext_noop("Please do not shout."))
        return word


SENT: dict[str, Any] = {
    "setting-on": "on", "setting-count": "5", "setting-share": "0.5", "setting-word": "y", "setting-must": "z", "setting-which": "b",
    "setting-many": ["a", "c"], "setting-text_de": "Hallo", "setting-text_en": "",
}  # fmt: skip


def form(**changes: Any) -> SchemaForm:
    return SchemaForm(Everything, SENT | changes, value={"must": "z"}, languages=LANGUAGES)


def test_every_type_reads_back() -> None:
    sent = form()
    assert sent.is_valid(), sent.errors
    assert sent.value == {
        "on": True, "count": 5, "share": 0.5, "word": "y", "must": "z", "which": "b",
        "many": ["a", "c"], "some": [], "text": {"de": "Hallo"},
    }  # fmt: skip


def test_nothing_is_left_out_and_a_box_without_a_tick_is_no() -> None:
    sent = form(**{"setting-on": "", "setting-share": "", "setting-word": ""})
    assert sent.is_valid(), sent.errors
    assert (sent.value["on"], sent.value["share"], sent.value["word"]) == (False, None, "")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("count", "0"), ("count", "10"), ("count", "three"), ("count", ""), ("share", "2"), ("must", ""), ("which", "z"), ("which", ""),
        ("many", []), ("many", ["z"]), ("word", "LOUD"),
    ],
)  # fmt: skip
def test_a_fault_stands_beside_its_field_and_the_rest_is_kept(name: str, typed: Any) -> None:
    sent = form(**{f"setting-{name}": typed})
    assert list(sent.errors) == [name]
    assert sent["text_de"].value() == "Hallo"


def test_the_words_are_those_of_the_schema() -> None:
    groups = {group.name: group for group in form().groups}
    assert [field.label for field in groups["text"].fields] == ["Deutsch", "English", "Einfache Sprache"]
    assert groups["text"].is_translated
    assert not groups["on"].is_translated
    assert form().fields["which"].choices == [("a", "Ah"), ("b", "b")]


def test_a_type_without_a_field_is_a_fault_of_the_schema() -> None:
    class Odd(BaseModel):
        """A setting that no form can show."""

        odd: set[int] = set()

    with pytest.raises(UnknownShape):
        SchemaForm(Odd, value={}, languages=LANGUAGES)


class Opening(BaseModel):
    """Settings in sections, some of which belong together."""

    model_config = ConfigDict(json_schema_extra={"sections": {"when": "Zeiten", "what": "Inhalte"}})

    words: list[str] = Field(default=[], json_schema_extra={"section": "what"})
    begins: dt.time | None = Field(default=None, title="Öffnung", json_schema_extra={"section": "when", "label": "Beginn"})
    ends: dt.time | None = Field(default=None, json_schema_extra={"section": "when", "with": "begins", "label": "Schluss"})
    day: dt.date | None = Field(default=None, json_schema_extra={"section": "when"})
    most: int = Field(default=3, ge=1, json_schema_extra={"section": "what"})
    few: int | None = Field(default=None, json_schema_extra={"section": "what"})
    how: Literal["a", "b"] = Field(default="a", json_schema_extra={"section": "what", "choices": {"a": "Ah", "b": "Beh"}})
    whom: list[Literal["x", "y"]] = Field(default=["x"], min_length=1, json_schema_extra={"choices": {"x": "Iks", "y": "Ypsilon"}})


OPENING: dict[str, Any] = {
    "setting-words": "Eins\n\n  Zwei zwei \r\n", "setting-begins": "08:30", "setting-ends": "17:00", "setting-day": "2026-05-04",
    "setting-most": "5", "setting-few": "", "setting-how": "b", "setting-whom": ["y"],
}  # fmt: skip
KEPT: dict[str, Any] = {
    "words": ["Eins", "Zwei zwei"],
    "begins": "08:30:00", "ends": "17:00:00", "day": "2026-05-04", "most": 5, "few": None, "how": "b", "whom": ["y"],
}  # fmt: skip


def test_days_times_and_a_word_on_each_line_read_back() -> None:
    sent = SchemaForm(Opening, OPENING, value={}, languages=LANGUAGES)
    assert sent.is_valid(), sent.errors
    assert sent.value == sent.typed == KEPT
    shown = SchemaForm(Opening, value=KEPT, languages=LANGUAGES)
    assert [shown[name].value() for name in ("words", "begins", "day")] == ["Eins\nZwei zwei", dt.time(8, 30), dt.date(2026, 5, 4)]
    assert 'value="08:30"' in str(shown["begins"])
    assert 'value="2026-05-04"' in str(shown["day"])


def test_a_day_is_also_written_as_people_here_do() -> None:
    sent = SchemaForm(Opening, OPENING | {"setting-day": "04.05.2026"}, value={}, languages=LANGUAGES)
    assert sent.is_valid(), sent.errors
    assert sent.value["day"] == "2026-05-04"


@pytest.mark.parametrize(
    ("name", "typed"), [("begins", "25:00"), ("day", "soon"), ("day", "31.02.2026"), ("most", "0"), ("few", "x"), ("whom", [])]
)
def test_a_faulty_day_or_time_stands_beside_its_field(name: str, typed: Any) -> None:
    sent = SchemaForm(Opening, OPENING | {f"setting-{name}": typed}, value={}, languages=LANGUAGES)
    assert list(sent.errors) == [name]
    assert sent["words"].value() == OPENING["setting-words"]


def test_sections_stand_in_the_schemas_order_and_hold_what_belongs_together() -> None:
    form = SchemaForm(Opening, value={}, languages=LANGUAGES)
    assert [(section.key, section.title, [group.name for group in section.groups]) for section in form.sections] == [
        ("", "", ["whom"]), ("when", "Zeiten", ["begins", "day"]), ("what", "Inhalte", ["words", "most", "few", "how"]),
    ]  # fmt: skip
    group = form.sections[1].groups[0]
    assert (group.legend, group.has_legend, [field.label for field in group.fields]) == ("Öffnung", True, ["Beginn", "Schluss"])
    assert names_in(Opening, "when") == ["begins", "ends", "day"]


def test_what_is_not_shown_stays_as_it_is() -> None:
    sent = SchemaForm(Opening, {"setting-most": "7"}, value={"how": "b", "few": 2}, languages=LANGUAGES, only=["most"])
    assert sent.is_valid(), sent.errors
    assert list(sent.fields) == ["most"]
    assert (sent.typed, sent.value["how"], sent.value["few"]) == ({"most": 7}, "b", 2)


ABOVE = {"most": 9, "begins": "22:00", "ends": "06:00", "how": "b"}


def followed(**changes: Any) -> SchemaForm:
    names = ["words", "begins", "day", "most", "few", "how", "whom"]
    sent = {f"setting-{name}_from": "above" for name in names} | changes
    return SchemaForm(Opening, sent, value={"most": 4}, languages=LANGUAGES, above=ABOVE, above_words="As above")


def test_a_setting_follows_the_one_above_it_or_has_its_own_value() -> None:
    sent = followed(**{"setting-begins_from": "own", "setting-begins": "20:00", "setting-ends": "21:00"})
    assert sent.is_valid(), sent.errors
    assert sent.typed == {"begins": "20:00:00", "ends": "21:00:00"}
    assert sent.followed == ["words", "day", "most", "few", "how", "whom"]
    assert (sent.value["most"], sent.value["how"]) == (9, "b")


def test_the_form_says_what_stands_above_and_what_was_chosen() -> None:
    form = SchemaForm(Opening, value={"most": 4}, languages=LANGUAGES, above=ABOVE, above_words="As above")
    groups = {group.name: group for group in form.groups}
    sources = {name: group.source.value() for name, group in groups.items() if group.source}
    assert sources == {name: "own" if name == "most" else "above" for name in groups}
    assert form.fields["how_from"].choices[0] == ("above", "As above: Beh")
    assert form.fields["begins_from"].choices[0] == ("above", "As above: 22:00 bis 06:00")
    assert "ends_from" not in form.fields


@pytest.mark.parametrize("name", ["most", "how", "whom"])
def test_a_value_of_its_own_has_to_be_given(name: str) -> None:
    sent = followed(**{f"setting-{name}_from": "own"})
    assert list(sent.errors) == [name]


def test_a_refusal_stands_beside_its_settings_or_above_the_form() -> None:
    sent = SchemaForm(Opening, OPENING, value={}, languages=LANGUAGES)
    assert sent.is_valid()
    sent.refuse({"most": "Too many."})
    sent.refuse({}, "Not now.")
    assert (sent.errors["most"], sent.non_field_errors()) == (["Too many."], ["Not now."])


def test_a_value_in_words() -> None:
    held = Opening.model_validate({**KEPT, "few": 12_000})
    words = {name: in_words(Opening, held, name) for name in ("words", "begins", "day", "few", "how", "whom")}
    assert words == {"words": "2", "begins": "08:30 bis 17:00", "day": "4. Mai 2026", "few": "12.000", "how": "Beh", "whom": "Ypsilon"}
