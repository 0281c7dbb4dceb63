"""A form made from a schema: every type it knows, what it refuses, and that what was typed stays."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from django.utils.translation import gettext_noop
from pydantic import BaseModel, Field, field_validator

from civitas.kit.schema_forms import SchemaForm, UnknownShape

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
