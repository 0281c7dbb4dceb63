"""A sheet: one document in memory (the board, or a drawer) with its trial copy, on which every edit is judged before it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civitas.boards.documents import NOTHING, SERVER_CLIENT, Malformed, new_document, read_all, read_stage, read_thing
from civitas.boards.judging import KEPT, judge_all, refusal
from civitas.boards.spots import Spots
from civitas.boards.things import KINDS, STAGE, Change
from civitas.boards.updates import read_sound, read_state, read_update

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pycrdt import Doc, MapEvent, TextEvent

    from civitas.boards.charters import Charter
    from civitas.boards.judging import Ruling
    from civitas.boards.things import Things
    from civitas.boards.updates import Parcel


LARGEST_DOCUMENT = 32 * 1024 * 1024  # bytes; ten thousand cards are three million


@dataclass(frozen=True)
class Tried:
    """An edit that was judged well: what goes into the log, what it changes, and the client numbers that it is the first to use."""

    update: bytes
    changes: tuple[Change, ...]
    claims: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether all of it was known already."""
        return self.update == NOTHING


@dataclass(frozen=True)
class _Done:
    """What a change did to the trial: its bytes (`read`: what they bring), which (root, id) it touched and which it put anew as a whole."""

    update: bytes
    touched: list[tuple[str, str]]
    replaced: set[tuple[str, str]]
    changes: tuple[Change, ...]
    read: Parcel


class Sheet:
    """`sound` is what the log says; `trial` is that and what waits to be committed. Belongs to one thread.

    `things` and `known` (client -> clock) follow the trial; `settle` or `drop` bring both together again.
    """

    def __init__(self, updates: Iterable[bytes], owners: dict[int, str], *, ground: Things | None = None) -> None:
        self.owners = owners  # Yjs client -> alias; shared by all sheets of a board
        self.ground = ground  # what lies on the board that this is a drawer of
        self.sound = new_document(*updates)
        self.things: Things = read_all(self.sound)
        self.known = read_state(self.sound.get_state())
        self.waiting: list[Tried] = []
        self._watched = _Watched(self.sound.get_update())
        self._spots: Spots | None = None
        self._size = 0  # bytes that came since it was last measured

    def try_update(self, data: bytes, alias: str, charter: Charter) -> Tried | Ruling:
        """Judge an update of who sits under this alias; it waits then to be settled. Raises Malformed for what no client of ours sends."""
        parcel = read_update(data)
        if parcel.lacks(self.known):
            return refusal("missing")
        news = parcel.news(self.known)
        if any(self.owners.get(client, alias) != alias for client in news) or (news and not alias):
            return refusal("forged")
        spots = self._spots_of_trial()
        result: Tried | Ruling | None = None
        try:
            fits = spots.admit(parcel)
            result = self._try(lambda trial: trial.apply_update(data), alias, charter, news) if fits else refusal("missing")
        finally:
            if not isinstance(result, Tried):
                spots.cut(self.known)
        return result

    def is_news(self, data: bytes) -> bool:
        """Whether an update brings something that is not known yet. Raises Malformed."""
        return bool(read_update(data).news(self.known))

    def _spots_of_trial(self) -> Spots:
        """Made when somebody changes something for the first time: who only looks has no need of it."""
        if self._spots is None:
            self._spots = Spots()
            for update in (self.sound.get_update(), *(each.update for each in self.waiting)):
                self._spots.take(read_sound(update))
        return self._spots

    def try_change(self, change: Callable[[Doc[Any]], object], alias: str, charter: Charter | None) -> Tried | Ruling:
        """Let the server change the trial. Without a charter nobody is asked: the city itself does it."""
        return self._try(change, alias, charter, {})

    def _try(self, change: Callable[[Doc[Any]], object], alias: str, charter: Charter | None, news: dict[int, int]) -> Tried | Ruling:
        """Do it on the trial, look what it did, ask the rule; what is refused leaves no trace. `news`: client -> clock that it brings."""
        try:
            done = self._do(change, news)
        except Malformed as error:
            self._renew()
            if str(error) == "too_long":  # two who write into one card can come to this without doing wrong
                return refusal("too_long")
            raise
        for each in done.changes:
            self.things.put(each)
        tried = Tried(done.update, done.changes, frozenset(client for client in news if client not in self.owners))
        ruling = self._rule(done, alias, charter) if charter is not None else KEPT
        if not ruling:
            self._undo(tried)
            self._renew()
            return ruling
        if self._spots is not None:
            self._spots.take(done.read)
        self._see_stage(done.touched)
        self.waiting.append(tried)
        self.owners.update(dict.fromkeys(tried.claims, alias))
        self.known |= news or read_state(self._watched.document.get_state())
        return tried

    def _do(self, change: Callable[[Doc[Any]], object], news: dict[int, int]) -> _Done:
        """Change the trial and read what that made. Raises Malformed for whatever a document cannot take."""
        try:
            update, touched, replaced = self._watched.run(change)
            done = _Done(update, touched, replaced, self._changes(touched), read_sound(update))
        except Malformed:
            raise
        except Exception as error:
            raise Malformed("unreadable") from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # what Rust raises below pycrdt; it is no Exception
                self._renew()
                raise
            raise Malformed("panic") from None
        if any(done.read.brings.get(client, (0, 0))[1] != end for client, end in news.items()):
            raise Malformed("pending")  # some of it waits for what is not there
        return done

    def _rule(self, done: _Done, alias: str, charter: Charter) -> Ruling:
        """What the rule says of it; the things are already as they would be."""
        if any(root == STAGE for root, _key in done.touched):
            return refusal("forged")
        if any((each.root, each.id) in done.replaced and each.before is not None and each.after is not None for each in done.changes):
            return refusal("unsound")  # put anew as a whole: what others write there meanwhile would be lost
        ruling = judge_all(done.changes, alias, charter, self.things, ground=self.ground)
        if ruling and charter.opens_nothing and done.update != NOTHING:  # what nobody sees is no more theirs to put there
            return refusal("write")
        if ruling and self._is_full(len(done.update)):
            return refusal("full")
        return ruling

    def _is_full(self, more: int) -> bool:
        """Whether the document would be heavier than what a browser loads; what goes away again counts until it is measured anew."""
        if not self._size or self._size + more > LARGEST_DOCUMENT:
            self._size = len(self.sound.get_update())
        self._size += more
        return self._size > LARGEST_DOCUMENT

    def _changes(self, touched: list[tuple[str, str]]) -> tuple[Change, ...]:
        pairs = [(root, key) for root, key in touched if root != STAGE]
        return tuple(Change(root, key, self.things.get(root, key), self._watched.read(root, key)) for root, key in pairs)

    def _see_stage(self, touched: list[tuple[str, str]]) -> None:
        for root, key in touched:
            if root == STAGE:
                self.things.stage[key] = self._watched.document[STAGE].get(key)

    def _undo(self, tried: Tried) -> None:
        for each in reversed(tried.changes):
            self.things.put(Change(each.root, each.id, each.after, each.before))

    def _renew(self) -> None:
        """Make the trial anew: what the log says, and what was judged well since."""
        self._watched = _Watched(self.sound.get_update(), *(each.update for each in self.waiting))

    def settle(self) -> None:
        """What waits is in the log now."""
        for each in self.waiting:
            self.sound.apply_update(each.update)
        self.waiting.clear()

    def drop(self) -> None:
        """What waits does not come into the log."""
        if not self.waiting:
            return
        for each in reversed(self.waiting):
            self._undo(each)
            for client in each.claims:
                del self.owners[client]
        self.waiting.clear()
        self.things.stage = read_stage(self.sound)
        self.known = read_state(self.sound.get_state())
        if self._spots is not None:
            self._spots.cut(self.known)
        self._renew()

    def follow(self, update: bytes) -> tuple[Change, ...]:
        """Take what the log brought meanwhile; nothing may wait. Returns what it changed."""
        update = bytes(update)
        self.sound.apply_update(update)
        _made, touched, _replaced = self._watched.run(lambda trial: trial.apply_update(update))
        changes = self._changes(touched)
        for each in changes:
            self.things.put(each)
        if self._spots is not None:
            self._spots.take(read_sound(update))
        self._see_stage(touched)
        self.known = read_state(self.sound.get_state())
        return changes


class _Watched:
    """A document that tells what a transaction touched."""

    def __init__(self, *updates: bytes) -> None:
        self.document = new_document(*updates, client=SERVER_CLIENT)
        self._touched: set[tuple[str, str]] = set()
        self._replaced: set[tuple[str, str]] = set()
        self._made: list[bytes] = []
        self._maps = {root: self.document[root] for root in (*KINDS, STAGE)}  # kept, since with them their observers would go
        for root, things in self._maps.items():
            things.observe_deep(self._noting(root))
        self.document.observe(lambda event: self._made.append(event.update))

    def _noting(self, root: str) -> Callable[[list[MapEvent | TextEvent]], None]:
        def note(events: list[MapEvent | TextEvent]) -> None:
            for event in events:
                keys = {str(event.path[0])} if event.path else set(event.keys)  # type: ignore[union-attr]  # roots are maps
                self._touched.update((root, key) for key in keys)
                if not event.path or (len(event.path) == 1 and _puts_anew(event.keys)):  # type: ignore[union-attr]  # and so are things
                    self._replaced.update((root, key) for key in keys)

        return note

    def run(self, change: Callable[[Doc[Any]], object]) -> tuple[bytes, list[tuple[str, str]], set[tuple[str, str]]]:
        """Do it in one transaction; returns the update it made, what it touched in order, and what was put in anew as a whole."""
        self._touched, self._replaced, self._made = set(), set(), []
        with self.document.transaction():
            change(self.document)
        return (self._made[-1] if self._made else NOTHING), sorted(self._touched), self._replaced

    def read(self, root: str, key: str) -> Any:
        """A thing as it is now; raises Malformed."""
        return read_thing(self.document, root, key)


def _puts_anew(keys: Any) -> bool:
    """Whether a shared text or map within a thing was put in another's place, by which what others type there meanwhile would be lost."""
    return any(name in keys and keys[name]["action"] == "update" for name in ("text", "title", "fields"))
