"""A method's card as a file: `card.toml` with every text in the languages, and `card.svg`, its drawing, beside it."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

from civitas.kit.svg import SvgFault, cleaned_svg
from civitas.kit.translated import Translated
from civitas.processes.registry import Card, Line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TEXTS = ("intent", "when", "when_not", "goes_in", "comes_out")
_MORE_TEXTS = ("hook", "sees")
_LISTS = {"material": "materials", "tip": "tips", "variant": "variants"}
_KNOWN = {*_TEXTS, *_MORE_TEXTS, *_LISTS, "script", "source"}


class CardFault(ValueError):
    """A card file cannot be used; the message names the file and what is wrong."""


def read_card(folder: Path) -> Card:
    """The card in a folder, from `card.toml` and, where it is there, `card.svg`; raises CardFault."""
    path = folder / "card.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CardFault(f"{path}: there is no such file") from None
    except tomllib.TOMLDecodeError as error:
        raise CardFault(f"{path}: {error}") from None
    try:
        return _card_of(data, _picture(folder / "card.svg"))
    except (KeyError, TypeError, SvgFault) as error:
        raise CardFault(f"{path}: {_said(error)}") from None


def read_sample(folder: Path) -> dict[str, Any]:
    """What lies on the board on which anybody tries a method out, from `sample.toml`, with its texts in the reader's language."""
    path = folder / "sample.toml"
    try:
        data = _sample_in(path)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CardFault(f"{path}: {error}") from None
    return {
        "task": _in_words(data.get("task", "")),
        "canvas": data.get("canvas", ""),
        "charter": data.get("charter", {}),
        "groups": [_in_words(entry) for entry in data.get("group", [])],
        "cards": [_in_words(entry) for entry in data.get("card", [])],
        "lines": [_in_words(entry) for entry in data.get("line", [])],
    }


@cache
def _sample_in(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _in_words(value: Any) -> Any:
    """Each text by language as the active language's."""
    if isinstance(value, dict):
        return str(Translated(value)) if "de" in value else {name: _in_words(each) for name, each in value.items()}
    return value


def _said(error: Exception) -> str:
    return f"'{error.args[0]}' is missing" if isinstance(error, KeyError) else str(error)


def _card_of(data: Mapping[str, Any], picture: str) -> Card:
    unknown = sorted(set(data) - _KNOWN)
    if unknown:
        raise TypeError(f"nobody knows '{unknown[0]}'")
    texts: dict[str, Any] = {name: _text(data[name], name) for name in (*_TEXTS, *(name for name in _MORE_TEXTS if name in data))}
    lists: dict[str, Any] = {plural: tuple(_text(each, name) for each in data.get(name, [])) for name, plural in _LISTS.items()}
    return Card(
        **texts,
        **lists,
        script=tuple(_line(each) for each in data["script"]),
        source=data["source"] if isinstance(data.get("source"), str) else _text(data.get("source", {}), "source"),
        picture=picture,
    )


def _line(data: Mapping[str, Any]) -> Line:
    return Line(_text(data["say"], "say"), _text(data.get("do", {}), "do"), int(data.get("minutes", 0)), str(data.get("phase", "")))


def _text(value: Any, name: str) -> Translated:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise TypeError(f"'{name}' wants its text by language: de, en, simple")
    return Translated({language: " ".join(text.split()) for language, text in value.items()})


def _picture(path: Path) -> str:
    return cleaned_svg(path.read_text(encoding="utf-8")) if path.exists() else ""
