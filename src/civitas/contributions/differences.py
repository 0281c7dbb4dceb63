"""What differs between two wordings, readable and at a bounded cost; and one wording made of two that began with the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

from civitas.contributions.compare import Piece, compared
from civitas.kit.personal import BLACK

if TYPE_CHECKING:
    from collections.abc import Sequence

# So many lines are compared one by one; beyond, what lies between the first and the last change stands as a whole.
MOST_LINES = 1_500
# So many unchanged lines stand before and after a change.
AROUND = 1
# A line with fewer characters beside its black bars says too little to be known again.
FEWEST_LEFT = 8
# Beyond so many characters words are not compared any more: the lines stand below each other.
LONGEST_COMPARED = 4_000


@dataclass(frozen=True)
class Part:
    """Lines that stayed, word by word what changed in others, or how many unchanged lines are left out (`skipped`)."""

    pieces: tuple[Piece, ...] = ()
    skipped: int = 0


@dataclass
class Merged:
    """One wording of two. `text` has everything of both where they do not meet; where they do, `clashes` counts it and `text` is ''."""

    text: str = ""
    clashes: int = 0


@dataclass
class _Change:
    start: int
    end: int
    lines: list[str] = field(default_factory=list)


def differences(before: str, after: str) -> list[Part]:
    """The way from one wording to another: changed lines word by word, unchanged ones only where they touch a change; [] without any."""
    if before == after:
        return []
    old, new = before.split("\n"), after.split("\n")
    parts: list[Part] = []
    blocks = _blocks(old, new)
    for index, (tag, start, end, new_start, new_end) in enumerate(blocks):
        if tag == "equal":
            parts += _unchanged(old[start:end], is_first=index == 0, is_last=index == len(blocks) - 1)
        else:
            parts.append(Part(tuple(_changed("\n".join(old[start:end]), "\n".join(new[new_start:new_end])))))
    return parts


def _changed(before: str, after: str) -> list[Piece]:
    if len(before) + len(after) > LONGEST_COMPARED:
        return [piece for piece in (Piece("gone", before), Piece("new", after)) if piece.text]
    return compared(before, after)


def _unchanged(lines: list[str], *, is_first: bool, is_last: bool) -> list[Part]:
    head, tail = (0 if is_first else AROUND), (0 if is_last else AROUND)
    if len(lines) <= head + tail + 1:
        return [_same(lines)] if any(lines) else []
    skipped = sum(bool(line.strip()) for line in lines[head : len(lines) - tail])
    found = [_same(lines[:head])] if head and any(lines[:head]) else []
    found += [Part(skipped=skipped)] if skipped else []
    return found + ([_same(lines[-tail:])] if tail and any(lines[-tail:]) else [])


def _same(lines: list[str]) -> Part:
    return Part((Piece("same", "\n".join(lines)),))


_Block = tuple[Literal["equal", "other"], int, int, int, int]


def _blocks(old: Sequence[str], new: Sequence[str]) -> list[_Block]:
    """Runs of lines that stayed or changed. What both begin and end with costs nothing.

    What is left is compared while it is not too much.
    """
    first, most = 0, min(len(old), len(new))
    while first < most and old[first] == new[first]:
        first += 1
    last = 0
    while last < most - first and old[-1 - last] == new[-1 - last]:
        last += 1
    old_end, new_end = len(old) - last, len(new) - last
    blocks: list[_Block] = [("equal", 0, first, 0, first)] if first else []
    if (old_end - first) + (new_end - first) > MOST_LINES:
        blocks.append(("other", first, old_end, first, new_end))
    else:
        for tag, a, b, c, d in SequenceMatcher(None, old[first:old_end], new[first:new_end], autojunk=False).get_opcodes():
            blocks.append(("equal" if tag == "equal" else "other", a + first, b + first, c + first, d + first))
    if last:
        blocks.append(("equal", old_end, len(old), new_end, len(new)))
    return blocks


def merged(base: str, theirs: str, mine: str) -> Merged:
    """One wording of two that both began with `base`: line by line, where they did not change the same lines or lines side by side."""
    if theirs in {base, mine}:
        return Merged(mine)
    if mine == base:
        return Merged(theirs)
    lines = base.split("\n")
    changes = [_changes(lines, text.split("\n")) for text in (theirs, mine)]
    clashes = sum(_meet(one, other) for one in changes[0] for other in changes[1])
    if clashes:
        return Merged(clashes=clashes)
    # What both put into the same gap would have met above; equal changes of both count once.
    wanted = {(each.start, each.end, tuple(each.lines)): each for each in (*changes[0], *changes[1])}
    for change in sorted(wanted.values(), key=lambda each: (each.start, each.end), reverse=True):
        lines[change.start : change.end] = change.lines
    return Merged("\n".join(lines))


def _changes(base: list[str], text: list[str]) -> list[_Change]:
    return [_Change(a, b, text[c:d]) for tag, a, b, c, d in _blocks(base, text) if tag == "other"]


def _meet(one: _Change, other: _Change) -> bool:
    """Whether two changes touch the same lines, or lines side by side, and are not the very same."""
    if (one.start, one.end, one.lines) == (other.start, other.end, other.lines):
        return False
    return one.start <= other.end and other.start <= one.end


def blacked(base: str, mine: str) -> str:
    """`mine`, which began with `base`, black where `base` is by now: a line that was blacked out there reads as there.

    What stood below a bar is not known any more, so nobody can say what else was changed in such a line: that is left out.
    """
    if BLACK not in base:
        return mine
    old, new = base.split("\n"), mine.split("\n")
    black = [line for line in old if BLACK in line]
    lines: list[str] = []
    for tag, start, end, new_start, new_end in _blocks(old, new):
        before, after = old[start:end], new[new_start:new_end]
        if tag == "equal":
            lines += after
            continue
        places: dict[int, str] = {}
        barred = [line for line in before if BLACK in line]
        for line in barred:
            at = next((index for index, each in enumerate(after) if index not in places and _reads_below(line, each)), None)
            if at is not None:
                places[at] = line
        # A line that was moved is found again where it is now; one that nobody finds comes back as it reads in `base`.
        moved = [next((line for line in black if _reads_below(line, each)), each) for each in after]
        lines += before if len(places) < len(barred) else [places.get(index, each) for index, each in enumerate(moved)]
    return "\n".join(lines)


def _reads_below(line: str, other: str) -> bool:
    """Whether a line is what another with black bars was before: the same beside the bars."""
    first, *rest = line.split(BLACK)
    if sum(map(len, (first, *rest))) < FEWEST_LEFT or not other.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        found = other.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(other) - at >= len(rest[-1]) and other.endswith(rest[-1])
