"""Where each item of a board's Yjs document lies, so that nobody puts in what no view shows, or what each browser takes otherwise.

Yjs takes letters in a map, keys on a text, items whose neighbours lie elsewhere, half an emoji. None of it is seen, and it stays.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from civitas.boards.documents import KEYS, Malformed
from civitas.boards.things import ID, LONGEST_KEY, STAGE
from civitas.boards.updates import DELETED, LETTERS, MAP, NOTHING_LEFT, TEXT, VALUE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civitas.boards.updates import Id, Parcel, Struct


class Spot(NamedTuple):
    """What belongs there (`holds`), in which root or item, under which key."""

    holds: str
    within: str | Id
    key: str | None = None


# Within something that is gone, or beside it: nothing of it is kept.
NOWHERE = Spot(NOTHING_LEFT, "")
_SHARED = {"text": TEXT, "title": TEXT, "fields": MAP}


class Spots:
    """The items of one document by client and clock, each with its spot once somebody asks for it."""

    def __init__(self) -> None:
        self._starts: dict[int, list[int]] = {}
        self._structs: dict[int, list[Struct]] = {}
        self._spots: dict[int, list[Spot | None]] = {}
        self._halves: dict[int, set[int]] = {}  # clocks of second halves of letters

    def take(self, parcel: Parcel) -> list[Id]:
        """Note what a parcel brings beyond what is here; returns where each struct begins."""
        found = []
        for client, structs in parcel.structs.items():
            starts, known = self._starts.setdefault(client, []), self._structs.setdefault(client, [])
            spots = self._spots.setdefault(client, [])
            for struct in structs:
                end = known[-1].end if known else 0
                if struct.end <= end:
                    continue
                new = struct if struct.clock == end else _rest(struct, client, end)
                starts.append(new.clock)
                known.append(new)
                spots.append(None)
                found.append((client, new.clock))
                if new.halves:
                    self._halves.setdefault(client, set()).update(new.halves)
        return found

    def cut(self, known: Mapping[int, int]) -> None:
        """Forget what goes beyond the known (client -> clock), which ends where something ended that was taken."""
        for client, starts in self._starts.items():
            keep = bisect_left(starts, known.get(client, 0))
            if keep < len(starts):
                del starts[keep:], self._structs[client][keep:], self._spots[client][keep:]
                self._halves[client] = {each for each in self._halves.get(client, ()) if each < known.get(client, 0)}

    def admit(self, parcel: Parcel) -> bool:
        """Take a parcel if all of it lies where such a thing belongs; no if it stands beside something that went meanwhile.

        Raises Malformed for what no client of ours makes; whoever hears no or this has it cut off again.
        """
        found = self.take(parcel)
        if any(self._is_half(client, clock) for client, start, end in parcel.deletes for clock in (start, end)):
            raise Malformed("split")
        fits = [self._fits(item) for item in found]
        return all(fits)

    def _fits(self, item: Id) -> bool:
        struct, spot = self._struct(item), self.find(item)
        if struct.clock in struct.halves or self._splits(struct):
            raise Malformed("split")
        if spot != NOWHERE and struct.holds not in {spot.holds, DELETED, NOTHING_LEFT}:
            raise Malformed("misplaced")
        if struct.key is not None:  # it stays in the document also when what it names is gone
            self._check_key(spot, struct.key)
        beside = {self.find(each) == NOWHERE for each in (struct.left, struct.right) if each is not None}
        return len(beside) < 2

    def _check_key(self, spot: Spot, key: str) -> None:
        if spot == NOWHERE:
            return
        if isinstance(spot.within, str):
            if not ID.match(key):
                raise Malformed("id")
            return
        root = self.find(spot.within).within
        if isinstance(root, str) and key not in KEYS[root]:
            raise Malformed("unknown_key")
        if len(key) > LONGEST_KEY:  # of a short text
            raise Malformed("too_long")

    def _splits(self, struct: Struct) -> bool:
        """Whether it goes between the halves of a letter."""
        left, right = struct.left, struct.right
        return (left is not None and self._is_half(left[0], left[1] + 1)) or (right is not None and self._is_half(*right))

    def _is_half(self, client: int, clock: int) -> bool:
        return clock in self._halves.get(client, ())

    def _place(self, item: Id) -> int | None:
        """Its place in the lists of its client; None if it is not here."""
        structs = self._structs.get(item[0])
        if not structs or item[1] >= structs[-1].end:
            return None
        return bisect_right(self._starts[item[0]], item[1]) - 1

    def _struct(self, item: Id) -> Struct:
        place = self._place(item)
        assert place is not None, "it was just taken"
        return self._structs[item[0]][place]

    def find(self, item: Id) -> Spot:
        """The spot of an item; a list of what it depends on is kept, since chains may be long. Raises Malformed."""
        wanted = [item]
        asked: set[tuple[int, int | None]] = set()
        while wanted:
            client, _clock = wanted[-1]
            place = self._place(wanted[-1])
            if place is None or self._spots[client][place] is not None:
                wanted.pop()
                continue
            struct = self._structs[client][place]
            needed = next((each for each in (struct.left, struct.right, struct.parent) if each and self._is_open(each)), None)
            if needed is None:
                self._spots[client][place] = self._spot(struct)
                wanted.pop()
                continue
            asked.add((client, place))
            if (needed[0], self._place(needed)) in asked:
                raise Malformed("circle")
            wanted.append(needed)
        return self._known(item)

    def _is_open(self, item: Id) -> bool:
        place = self._place(item)
        return place is not None and self._spots[item[0]][place] is None

    def _known(self, item: Id) -> Spot:
        place = self._place(item)
        return (self._spots[item[0]][place] if place is not None else None) or NOWHERE

    def _spot(self, struct: Struct) -> Spot:
        if struct.holds == NOTHING_LEFT:
            return NOWHERE
        beside = {self._known(each) for each in (struct.left, struct.right) if each is not None}
        if len(beside) > 1 and NOWHERE not in beside:
            raise Malformed("astray")
        if beside:
            return NOWHERE if NOWHERE in beside else beside.pop()
        if struct.parent is not None:
            return _child(self._known(struct.parent), struct.parent, struct.key)
        return Spot(VALUE if struct.root == STAGE else MAP, struct.root, struct.key)


def _rest(struct: Struct, client: int, clock: int) -> Struct:
    """What goes beyond a clock of a struct whose beginning is here already, and says where it lies."""
    return struct._replace(clock=clock, length=struct.end - clock, left=(client, clock - 1), right=None, root="", parent=None, key=None)


def _child(parent: Spot, item: Id, key: str | None) -> Spot:
    """The spot of what lies directly within an item."""
    if parent == NOWHERE:
        return NOWHERE
    if parent.holds == TEXT and key is None:
        return Spot(LETTERS, item)
    if parent.holds == MAP and key is not None:
        is_thing = isinstance(parent.within, str)
        return Spot(_SHARED.get(key, VALUE) if is_thing else VALUE, item, key)
    raise Malformed("misplaced")
