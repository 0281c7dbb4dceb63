"""The one rule for every change on a board, whoever brings it: socket, form of the list twin, command.

It sees plain values, never bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from civitas.boards.things import HIDDEN, LEAST_SHARE, MOST, MOST_GONE, MOST_INK, Card, Dot, Group, Line, Stroke
from civitas.kit.texts import has_unseen
from civitas.kit.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

    from civitas.boards.charters import Charter, Reach
    from civitas.boards.things import Change, Thing, Things

REASONS: dict[str, str | _StrPromise] = {
    "forged": _("This change does not belong to you, so it was not kept."),
    "unsound": _("This change does not fit the board, so it was not kept."),
    "missing": _("This change builds on another that was not kept."),
    "write": _("You cannot write here at the moment."),
    "voice": _("These are the words of a contribution. Write a card of your own beside it."),
    "write_others": _("You can only change your own cards here."),
    "move": _("Cards stay where they are at the moment."),
    "move_others": _("You can only move your own cards here."),
    "remove": _("Nothing is taken away here at the moment."),
    "remove_others": _("You can only take away what you made yourself."),
    "group": _("Cards are not put into groups at the moment."),
    "name_groups": _("Groups do not get names at the moment."),
    "connect": _("Nothing is connected with lines at the moment."),
    "draw": _("There is no drawing at the moment."),
    "colour": _("All cards have the same colour here."),
    "pictures": _("There are no pictures on this board."),
    "dots": _("No dots are given at the moment."),
    "dots_spent": _("You have given all your dots. Take one back first."),
    "too_long": _("This is longer than what fits there. Please shorten it."),
    "full": _("The board is full. Take away some cards first."),
    "share": _("This is as much as fits here from one person. Others are to find room too."),
    "lost": _("The card or group that this is about is not there."),
}


@dataclass(frozen=True)
class Ruling(Verdict):
    """A verdict with a code beside the sentence."""

    code: str = ""


KEPT = Ruling(True)


def refusal(code: str) -> Ruling:
    """No, for the reason with this code."""
    return Ruling(False, REASONS[code], 403, code)


def judge(before: Thing | None, after: Thing | None, alias: str, charter: Charter) -> Ruling:
    """Whether who sits under this alias may change one thing like this. What needs the rest of the board is asked by `judge_all`."""
    if before == after:
        return KEPT
    if after is None:
        return _judge_removal(before, alias, charter)  # type: ignore[arg-type]  # one of both is there
    if before is not None and (type(before) is not type(after) or before.by != after.by):
        return refusal("forged")
    if before is None and (after.by != alias or not alias):
        return refusal("forged")
    if any(has_unseen(text) for text in _texts(after) - (_texts(before) if before else set())):
        return refusal("unsound")
    match after:
        case Card():
            return _judge_card(before, after, alias, charter)  # type: ignore[arg-type]  # of one kind
        case Group():
            return _judge_group(before, after, alias, charter)  # type: ignore[arg-type]  # of one kind
        case Line():
            return _judge_line(before, after, alias, charter)  # type: ignore[arg-type]  # of one kind
        case Stroke():
            return _judge_stroke(before, after, alias, charter)  # type: ignore[arg-type]  # of one kind
        case Dot():
            return _judge_dot(before, alias, charter)  # type: ignore[arg-type]  # of one kind


def judge_all(changes: Iterable[Change], alias: str, charter: Charter, things: Things, *, ground: Things | None = None) -> Ruling:
    """Judge all changes of one edit together. `things` is the document as it would be after them, `ground` the board below a drawer."""
    changed = []
    for change in changes:
        if change.before != change.after:
            changed.append(change)
        elif change.after is not None and not _may_touch(change.after, alias, charter):  # it set what stands there, or lost
            return refusal("forged")
    for change in changed:
        ruling = judge(change.before, change.after, alias, charter)
        if not ruling:
            return ruling
        if not _is_placed(change, things) and not (ground and _is_placed(change, ground)):
            return refusal("lost")
    if any(change.root == "dots" and change.before is None for change in changed):
        given = {dot.id for each in (things, ground) if each for dot in each.dots.values() if dot.by == alias}
        if len(given) > charter.dots:
            return refusal("dots_spent")
    if any(_adds_card(change) for change in changed):
        lying = [card.by for card in things.cards.values() if not card.gone]
        if len(lying) > charter.limit:
            return refusal("full")
        if lying.count(alias) > max(LEAST_SHARE, charter.limit // 2):
            return refusal("share")
    full = (_fullness(root, things, charter, alias) for root in {change.root for change in changed if change.before is None})
    return next((refusal(code) for code in full if code), KEPT)


def _fullness(root: str, things: Things, charter: Charter, alias: str) -> Literal["", "full", "share"]:
    """Whether a root is over what all who open the board have to load, or half of it is one person's: what was taken away counts too."""
    most = charter.limit + MOST_GONE if root == "cards" else MOST.get(root, MOST_GONE)
    if len(things.by_root[root]) > most:
        return "full"
    if sum(thing.by == alias for thing in things.by_root[root].values()) > most // 2:
        return "share"
    if root != "strokes":
        return ""
    ink = {mine: sum(len(each.points) for each in things.strokes.values() if (each.by == alias) is mine) for mine in (True, False)}
    return "full" if sum(ink.values()) > MOST_INK else "share" if ink[True] > MOST_INK // 2 else ""


def _texts(thing: Thing) -> set[str]:
    """What people typed of a thing."""
    match thing:
        case Card():
            return {thing.text, *thing.fields.values()}
        case Group():
            return {thing.title}
        case Line():
            return {thing.label}
    return set()


def _may_touch(thing: Thing, alias: str, charter: Charter) -> bool:
    """Whether somebody may change anything about a thing: who may not leaves no trace on it either."""
    removes = _reaches(charter.remove, thing.by, alias)
    match thing:
        case Card():
            return removes or charter.group or _reaches(charter.write, thing.by, alias) or _reaches(charter.move, thing.by, alias)
        case Group():
            return removes or charter.group or charter.name_groups
        case Line():
            return removes or charter.connect
        case Stroke():
            return removes or (charter.draw and thing.by == alias)
        case Dot():
            return bool(charter.dots) and thing.by == alias


def _adds_card(change: Change) -> bool:
    was, now = change.before, change.after
    return isinstance(now, Card) and not now.gone and (was is None or was.gone)  # type: ignore[union-attr]  # of one kind


def _is_placed(change: Change, things: Things) -> bool:
    """Whether what the thing newly points to is there."""
    match change.before, change.after:
        case before, Card(group=group) if group and (before is None or before.group != group):  # type: ignore[union-attr]
            return group in things.groups
        case before, Dot(on=on) if before is None or before.on != on:  # type: ignore[union-attr]
            return things.holds(on)
        case None, Line(start=start, end=end):
            return start != end and things.holds(start) and things.holds(end)
    return True


def _reaches(reach: Reach, by: str, alias: str) -> bool:
    return reach == "all" or (reach == "own" and by == alias)


def _need(reach: Reach, by: str, alias: str, code: str) -> Ruling:
    if _reaches(reach, by, alias):
        return KEPT
    return refusal(code if reach == "none" else f"{code}_others")


def _judge_removal(before: Thing, alias: str, charter: Charter) -> Ruling:
    """Only who made a thing takes it out of the document, right after making it; everybody else, and later on, sets `gone`."""
    if before.by != alias or not alias or (isinstance(before, Card) and before.number) or (isinstance(before, Group) and before.proposed):
        return refusal("forged")
    if isinstance(before, Card) and HIDDEN in before.fields:
        return refusal("lost")
    match before:
        case Dot():
            return KEPT if charter.dots else refusal("dots")
        case Card():
            return _need(charter.write, before.by, alias, "write")
        case Group():
            return KEPT if charter.group else refusal("group")
        case Line():
            return KEPT if charter.connect else refusal("connect")
        case Stroke():
            return KEPT if charter.draw else refusal("draw")


def _judge_card(before: Card | None, after: Card, alias: str, charter: Charter) -> Ruling:
    if before is None:
        if after.number or after.gone:
            return refusal("forged")
        before = Card(after.id, by=after.by, x=after.x, y=after.y, region=after.region)
        if charter.write == "none":
            return refusal("write")
    if after.number != before.number:
        return refusal("forged")
    checks: list[Ruling] = []
    if after.text != before.text:
        fixed = "lost" if HIDDEN in before.fields else "voice" if before.number else ""
        checks.append(refusal(fixed) if fixed else _need(charter.write, after.by, alias, "write"))
    if after.group != before.group and not charter.group:
        checks.append(refusal("group"))
    moved = (after.x, after.y, after.region) != (before.x, before.y, before.region)
    if moved and not (charter.group and after.group != before.group):
        checks.append(_need(charter.move, after.by, alias, "move"))
    if after.colour != before.colour:
        checks.append(_need(charter.write, after.by, alias, "write") if charter.colour else refusal("colour"))
    if after.picture != before.picture:
        checks.append(_need(charter.write, after.by, alias, "write") if charter.pictures else refusal("pictures"))
    if after.fields != before.fields:
        changed = {name for name in before.fields.keys() | after.fields.keys() if after.fields.get(name) != before.fields.get(name)}
        known = changed <= set(charter.fields)
        fills = charter.write != "none" and _reaches(charter.fill, after.by, alias)
        checks.append((KEPT if fills else _need(charter.write, after.by, alias, "write")) if known else refusal("unsound"))
    if after.gone != before.gone:
        # A card without the words of its contribution is gone since that is no longer shown.
        hidden = HIDDEN in before.fields or (bool(after.number) and not after.text and not after.gone)
        checks.append(refusal("lost") if hidden else _need(charter.remove, after.by, alias, "remove"))
    return next((check for check in checks if not check), KEPT)


def _judge_group(before: Group | None, after: Group, alias: str, charter: Charter) -> Ruling:
    if before is None:
        if after.proposed or after.gone:
            return refusal("forged")
        before = replace(after, title="", colour="white")
        if not charter.group:
            return refusal("group")
    if after.proposed and not before.proposed:
        return refusal("forged")
    if after.title != before.title and not charter.name_groups:
        return refusal("name_groups")
    if after.colour not in {before.colour, "white"} and not charter.colour:
        return refusal("colour")
    if after.gone != before.gone and not before.proposed:
        return _need(charter.remove, after.by, alias, "remove")
    if replace(after, title=before.title, gone=before.gone) != before and not charter.group:
        return refusal("group")
    if after.gone != before.gone and not charter.group:  # a proposal is left aside by whoever may group
        return refusal("group")
    return KEPT


def _judge_line(before: Line | None, after: Line, alias: str, charter: Charter) -> Ruling:
    if before is None:
        return KEPT if charter.connect and not after.gone else refusal("connect")
    if (after.start, after.end) != (before.start, before.end):
        return refusal("unsound")
    if after.gone != before.gone and not (check := _need(charter.remove, after.by, alias, "remove")):
        return check
    if after.label != before.label and not charter.connect:
        return refusal("connect")
    return KEPT


def _judge_stroke(before: Stroke | None, after: Stroke, alias: str, charter: Charter) -> Ruling:
    if before is None:
        return KEPT if charter.draw and not after.gone else refusal("draw")
    if replace(after, gone=before.gone) != before:
        return refusal("unsound")
    return _need(charter.remove, after.by, alias, "remove")


def _judge_dot(before: Dot | None, alias: str, charter: Charter) -> Ruling:
    if before is not None and before.by != alias:
        return refusal("forged")
    return KEPT if charter.dots else refusal("dots")
