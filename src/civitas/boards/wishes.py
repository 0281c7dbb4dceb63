"""What the forms of the list twin ask for, as wishes for `actions.write`: each verb of the board for who has no scripts."""

from __future__ import annotations

import random
import string
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from civitas.boards.places import on_canvas
from civitas.boards.things import COLOURS, LONGEST_FIELD, LONGEST_LABEL, LONGEST_TEXT, LONGEST_TITLE, Card, Dot, Group, Line, Removal
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from civitas.boards.actions import Wish
    from civitas.boards.things import Thing, Things

CARD_WIDTH, CARD_HEIGHT, GAP = 168, 132, 16
_COLUMNS = 6
_random = random.SystemRandom()


def wish_of(asked: Mapping[str, str], alias: str, regions: Sequence[Mapping[str, Any]] = ()) -> Wish:
    """The wish of a form: `do` names the verb, `on` the card or group; `regions` are those of the board's canvas.

    Raises Refused for what no form of ours asks.
    """
    verbs = {
        "add": _add,
        "text": _rewrite,
        "picture": _picture,
        "fields": _fill_in,
        "move": _move,
        "colour": _recolour,
        "group": _group,
        "rename": _rename,
        "take": _take,
        "ungroup": _ungroup,
        "connect": _connect,
        "dot": _dot,
        "undot": _undot,
        "remove": _remove,
        "restore": _restore,
    }
    verb = verbs.get(asked.get("do", ""))
    if verb is None:
        raise Refused(_("Nobody knows what is to be done here. Please load the page anew."), status=400)

    def wish(there: Things) -> Iterator[Thing | Removal]:
        for thing in verb(there, asked, alias):
            known = there.cards.get(thing.id)
            is_laid = isinstance(thing, Card) and not thing.group and (known is None or (known.x, known.y) != (thing.x, thing.y))
            yield on_canvas(there, thing, regions) if isinstance(thing, Card) and is_laid else thing

    return wish


def new_id() -> str:
    """A random id for something new."""
    return "".join(_random.choices(string.ascii_lowercase + string.digits, k=12))


def _card(there: Things, asked: Mapping[str, str]) -> Card:
    card = there.cards.get(asked.get("on", ""))
    if card is None:
        raise Refused(_("This card is no longer there."), status=409)
    return card


def _standing_group(there: Things, asked: Mapping[str, str]) -> Group:
    group = there.groups.get(asked.get("on", ""))
    if group is None or group.gone:
        raise Refused(_("This group is no longer there."), status=409)
    return group


def _words(asked: Mapping[str, str], name: str, most: int) -> str:
    text = cleaned(asked.get(name, ""))
    if len(text) > most:
        sentence = _("Please use at most %(limit)d characters.") % {"limit": most}
        raise Refused(sentence, status=422, fields={name: sentence})
    return text


def _add(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    text, picture = _words(asked, "text", LONGEST_TEXT), asked.get("picture", "")
    if not text and not picture:
        raise Refused(_("Write something on the card first."), status=422, fields={"text": _("Write something on the card first.")})
    card = Card(new_id(), by=alias, text=text, picture=picture, colour=_colour(asked, "yellow"), fields=_fields(asked))
    yield _placed(there, card, asked.get("where", ""))


def _rewrite(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    card = _card(there, asked)
    yield replace(card, text=_words(asked, "text", LONGEST_TEXT), fields={**card.fields, **_fields(asked)})


def _fill_in(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    card = _card(there, asked)
    yield replace(card, fields={**card.fields, **_fields(asked)})


def _picture(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    card, picture = _card(there, asked), asked.get("picture", "")
    if not picture and not card.picture:
        raise Refused(_("Please choose a picture first."), status=422)
    yield replace(card, picture=picture)


def _move(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    yield _placed(there, _card(there, asked), asked.get("where", ""))


def _recolour(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    card = _card(there, asked)
    yield replace(card, colour=_colour(asked, card.colour))


def _group(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    card = _card(there, asked)
    x, y = _free_place(there)
    group = Group(new_id(), by=alias, title=cleaned_line(_words(asked, "title", LONGEST_TITLE)), x=x, y=y, w=396, h=208)
    yield group
    yield replace(card, group=group.id, region="", x=x + 20, y=y + 56)


def _rename(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    yield replace(_standing_group(there, asked), title=cleaned_line(_words(asked, "title", LONGEST_TITLE)))


def _take(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    yield replace(_standing_group(there, asked), proposed=False)


def _ungroup(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    group = _standing_group(there, asked)
    members = sorted((card for card in there.cards.values() if card.group == group.id), key=lambda card: (card.y, card.x, card.id))
    for number, card in enumerate(members):
        yield replace(card, group="", x=group.x + 20 + number % 3 * (CARD_WIDTH + GAP), y=group.y + 56 + number // 3 * (CARD_HEIGHT + GAP))
    yield replace(group, gone=True)


def _connect(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    start, end = asked.get("on", ""), asked.get("other", "")
    if start == end or not (there.holds(start) and there.holds(end)):
        raise Refused(_("Please choose another card to connect with."), status=422)
    pair = {start, end}
    if not any({line.start, line.end} == pair and not line.gone for line in there.lines.values()):
        yield Line(new_id(), by=alias, start=start, end=end, label=cleaned_line(_words(asked, "label", LONGEST_LABEL)))


def _dot(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    yield Dot(new_id(), by=alias, on=asked.get("on", ""))


def _undot(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Removal]:
    own = [dot.id for dot in there.dots.values() if dot.by == alias and dot.on == asked.get("on", "")]
    if own:
        yield Removal("dots", max(own))


def _remove(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    yield replace(_card(there, asked), gone=True)


def _restore(there: Things, asked: Mapping[str, str], alias: str) -> Iterator[Thing]:
    yield replace(_card(there, asked), gone=False)


def _fields(asked: Mapping[str, str]) -> dict[str, str]:
    """The short texts of a card, sent as `field_<name>`."""
    sent = [name for name in asked if name.startswith("field_")]
    return {name.removeprefix("field_"): cleaned_line(_words(asked, name, LONGEST_FIELD)) for name in sent}


def _colour(asked: Mapping[str, str], otherwise: str) -> str:
    return asked["colour"] if asked.get("colour") in COLOURS else otherwise


def _placed(there: Things, card: Card, where: str) -> Card:
    """The card where the form wants it: `group <id>`, `region <key>`, or the next free place."""
    kind, _space, key = where.partition(" ")
    if kind == "group" and key in there.groups and not there.groups[key].gone:
        others = [each for each in there.cards.values() if each.group == key and each.id != card.id]
        last = max(others, key=lambda each: (each.y, each.x, each.id), default=None)
        x, y = (last.x + GAP, last.y) if last else (there.groups[key].x + 20, there.groups[key].y + 56)
        return replace(card, group=key, region="", x=x, y=y)
    x, y = _free_place(there)
    return replace(card, group="", region=key if kind == "region" else "", x=x, y=y)


def _free_place(there: Things) -> tuple[float, float]:
    """Below all groups, in rows of six, where nothing lies."""
    groups = [group for group in there.groups.values() if not group.gone]
    top = max((group.y + group.h + 58 for group in groups), default=0.0)
    loose = [card for card in there.cards.values() if not card.gone and (not card.group or card.group not in there.groups)]
    taken = {(round((card.x - 20) / (CARD_WIDTH + GAP)), round((card.y - top) / (CARD_HEIGHT + GAP))) for card in loose}
    number = next(each for each in range(len(taken) + 1) if (each % _COLUMNS, each // _COLUMNS) not in taken)
    return 20 + number % _COLUMNS * (CARD_WIDTH + GAP), top + number // _COLUMNS * (CARD_HEIGHT + GAP)
