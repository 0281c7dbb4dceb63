"""A board's Yjs document: read into plain values, and changed so that it says what plain values say."""

from __future__ import annotations

import json
import math
import re
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from pycrdt import Doc, Map, Text

from civitas.boards.things import (
    COLOURS,
    FARTHEST,
    ID,
    KINDS,
    LONGEST_FIELD,
    LONGEST_KEY,
    LONGEST_LABEL,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_POINTS,
    ROOTS,
    STAGE,
    WIDEST_STROKE,
    Removal,
    Things,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from civitas.boards.things import Thing

# Under this number the server writes, always with the board's row in its hands, so that no two use it at once.
SERVER_CLIENT = 1
NOTHING = b"\x00\x00"  # an update that brings nothing
_NAMES = {"start": "from", "end": "to"}
_LONGEST = {"by": 8, "group": 16, "region": LONGEST_KEY, "picture": 80, "label": LONGEST_LABEL, "start": 16, "end": 16, "on": 16}
_TEXTS = {"text": LONGEST_TEXT, "title": LONGEST_TITLE}
_PLACES, _SIZES = {"x", "y"}, {"w", "h"}
_KEY = re.compile(r"[a-z0-9_-]*")  # of a region
_FILE = re.compile(r"(?!.*\.\.)[A-Za-z0-9._/-]*")
_SIGNS = {"region": _KEY, "picture": _FILE}
_POINT = re.compile(r"(-?[0-9]{1,5}(?:\.[0-9]{1,3})?),(-?[0-9]{1,5}(?:\.[0-9]{1,3})?)")
_FIELDS = {kind: tuple(each.name for each in fields(kind) if each.name != "id") for kind in ROOTS}
KEYS = {root: {_NAMES.get(name, name): name for name in _FIELDS[kind]} for root, kind in KINDS.items()}


class Malformed(ValueError):
    """What came is no board as docs/boards.md describes it. The message is a code, for the log and for tests."""


def new_document(*updates: bytes, client: int | None = None) -> Doc[Any]:
    """A document with all its roots, and with what these updates bring."""
    document: Doc[Any] = Doc(client_id=client)
    for root in (*KINDS, STAGE):
        document.get(root, type=Map)
    with document.transaction():
        for update in updates:
            document.apply_update(update)
    return document


def read_all(document: Doc[Any]) -> Things:
    """Everything of a document that is known to be sound, quickly: through JSON."""
    things = Things()
    with document.transaction() as transaction:
        raw = {root: json.loads(document[root].integrated.to_json(transaction._txn)) for root in KINDS}
    for root, kind in KINDS.items():
        names = KEYS[root]
        things.by_root[root] = {
            key: kind(id=key, **{names[name]: _plain(names[name], value) for name, value in entry.items() if name in names})
            for key, entry in raw[root].items()
        }
    things.stage = read_stage(document)
    return things


def read_stage(document: Doc[Any]) -> dict[str, str | float | bool]:
    """What all see in the same instant."""
    return dict(document[STAGE].to_py() or {})


def _plain(name: str, value: Any) -> Any:
    if name == "number":
        return int(value)
    return value


def read_thing(document: Doc[Any], root: str, key: str) -> Thing | None:
    """One thing, looked at closely; None when it is not there. Raises Malformed."""
    entry = document[root].get(key)
    if entry is None:
        return None
    if not ID.match(key):
        raise Malformed("id")
    if not isinstance(entry, Map):
        raise Malformed("no_map")
    names = KEYS[root]
    values: dict[str, Any] = {}
    for name in entry.keys():  # noqa: SIM118  (iterating the map itself has no type)
        if name not in names:
            raise Malformed("unknown_key")
        values[names[name]] = _checked(names[name], entry[name])
    if "by" not in values:
        raise Malformed("by")
    return KINDS[root](id=key, **values)


def _checked(name: str, value: Any) -> Any:
    if name in _TEXTS:
        return _text(value, _TEXTS[name])
    if name in _PLACES:
        return _number(value, -FARTHEST, FARTHEST)
    if name in _SIZES:
        return _number(value, 0, FARTHEST)
    if name in _LONGEST:
        return _string(value, _LONGEST[name], _SIGNS.get(name))
    if name in {"gone", "proposed"}:
        return _flag(value)
    match name:
        case "colour":
            return _one_of(value, COLOURS)
        case "number":
            return int(_number(value, 0, 2**53))
        case "width":
            return _number(value, 1, WIDEST_STROKE)
        case "points":
            return _points(value)
        case _:
            return _short_texts(value)


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, Text):
        raise Malformed("text")
    if not all(isinstance(chunk, str) and not attributes for chunk, attributes in value.diff()):
        raise Malformed("formatted")
    text = str(value)
    if len(text) > longest:
        raise Malformed("too_long")
    return text


def _number(value: Any, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not least <= value <= most:
        raise Malformed("number")
    return value


def _string(value: Any, longest: int, signs: re.Pattern[str] | None = None) -> str:
    if not isinstance(value, str):
        raise Malformed("string")
    if len(value) > longest:
        raise Malformed("too_long")
    if signs is not None and not signs.fullmatch(value):
        raise Malformed("signs")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Malformed("flag")
    return value


def _one_of(value: Any, choices: Iterable[str]) -> str:
    if value not in choices:
        raise Malformed("choice")
    return str(value)


def _points(value: Any) -> str:
    pairs = _string(value, MOST_POINTS * 16).split(" ")
    if len(pairs) > MOST_POINTS:
        raise Malformed("too_long")
    for pair in pairs:
        point = _POINT.fullmatch(pair)  # as browsers read it: Python would take '1_0' and Arabic digits for numbers too
        if point is None or max(abs(float(side)) for side in point.groups()) > FARTHEST:
            raise Malformed("points")
    return str(value)


def _short_texts(value: Any) -> Mapping[str, str]:
    if not isinstance(value, Map):
        raise Malformed("fields")
    return {_string(name, LONGEST_KEY): _string(value[name], LONGEST_FIELD) for name in list(value.keys())}


@contextmanager
def update_of(document: Doc[Any]) -> Iterator[Callable[[], bytes]]:
    """Gives a function that tells what the one transaction inside brought, and nothing that was there before; NOTHING if nothing."""
    made: list[bytes] = []
    subscription = document.observe(lambda event: made.append(event.update))
    try:
        yield lambda: made[-1] if made else NOTHING
    finally:
        document.unobserve(subscription)


def change_document(document: Doc[Any], wanted: Iterable[Thing | Removal]) -> bytes:
    """Have the document say what is wanted; returns the update that this made."""
    with update_of(document) as made, document.transaction():
        put_things(document, wanted)
    return made()


def put_things(document: Doc[Any], wanted: Iterable[Thing | Removal]) -> None:
    """Within a transaction: have the document say what is wanted, touching only what differs."""
    for thing in wanted:
        if isinstance(thing, Removal):
            document[thing.root].pop(thing.id, None)
        else:
            _put(document[ROOTS[type(thing)]], thing)


def replace_things(document: Doc[Any], things: Iterable[Thing]) -> None:
    """Within a transaction: take each thing out and put it there anew, as it is."""
    for thing in things:
        document[ROOTS[type(thing)]].pop(thing.id, None)
        _put(document[ROOTS[type(thing)]], thing)


def put_stage(document: Doc[Any], values: Mapping[str, str | float | bool]) -> None:
    """Within a transaction: set what all must see in the same instant."""
    stage = document[STAGE]
    for name, value in values.items():
        if stage.get(name) != value:
            stage[name] = value


def _put(things: Map[Any], thing: Thing) -> None:
    entry = things.get(thing.id)
    if entry is None:
        names = [name for name in _FIELDS[type(thing)] if name != "fields" or getattr(thing, name)]
        things[thing.id] = Map({_NAMES.get(name, name): _shared(name, getattr(thing, name)) for name in names})
        return
    for name in _FIELDS[type(thing)]:
        value, key = getattr(thing, name), _NAMES.get(name, name)
        if name in _TEXTS:
            _retype(entry, key, value)
        elif name == "fields":
            _fill(entry, value)
        elif entry.get(key) != value:
            entry[key] = value


def _shared(name: str, value: Any) -> Any:
    if name in _TEXTS:
        return Text(value)
    return Map(dict(value)) if name == "fields" else value


def _retype(entry: Map[Any], key: str, wanted: str) -> None:
    """Change a text by what differs between its common beginning and end, so that what others type meanwhile stays."""
    text = entry.get(key)
    if text is None:
        entry[key] = Text(wanted)
        return
    # Yjs counts a text in UTF-16 here and in UTF-8 there; pycrdt's slices count bytes of UTF-8.
    old, new = str(text).encode(), wanted.encode()
    if old == new:
        return
    start = _common(str(text), wanted)
    end = _common(str(text)[start:][::-1], wanted[start:][::-1])
    head, tail = len(wanted[:start].encode()), len(wanted[len(wanted) - end :].encode()) if end else 0
    if len(old) - tail > head:
        del text[head : len(old) - tail]
    middle = wanted[start : len(wanted) - end]
    if middle:
        text.insert(head, middle)


def _common(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _fill(entry: Map[Any], wanted: Mapping[str, str]) -> None:
    shared = entry.get("fields")
    if shared is None:
        if wanted:
            entry["fields"] = Map(dict(wanted))
        return
    for name in set(shared.keys()) - set(wanted):
        del shared[name]
    for name, value in wanted.items():
        if shared.get(name) != value:
            shared[name] = value
