"""Every place where what is taken out may stand, and how each reads without it. Nothing is written before `Reach.write`.

A preview asks the same question as the action, so that what it counts is what is done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from civitas.contributions.models import ANSWERS, WORDS, Contribution, Link, Revision
from civitas.contributions.words import index_words, tell_taken_out
from civitas.kit.personal import Span, blackened, joined
from civitas.kit.rooms import rooms
from civitas.kit.texts import slugified
from civitas.redaction.pieces import Pieces, pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from django.db.models import Model

    from civitas.cities.models import City
    from civitas.redaction.texts import Text

_SAID = ("title", "text", *ANSWERS, "place_name")


@dataclass
class Change:
    """A row with the new values of some of its fields."""

    row: Any
    values: dict[str, Any]


@dataclass
class Reach:
    """What a redaction changes: passages of the texts themselves, and the rows that repeat them."""

    city: City
    row: Contribution
    passages: int = 0
    fields: list[str] = field(default_factory=list)  # names of the texts, without ids
    own: list[Change] = field(default_factory=list)
    said: list[Change] = field(default_factory=list)  # other contributions and comments
    versions: list[Change] = field(default_factory=list)
    others: list[Change] = field(default_factory=list)
    found_by: set[int] = field(default_factory=set)  # contributions under whose words the search finds some of the others

    @property
    def elsewhere(self) -> int:
        """How many rows repeat it."""
        return len(self.said) + len(self.versions) + len(self.others)

    def write(self) -> None:
        """Write all of it; in the action's transaction."""
        now = timezone.now()
        for change in (*self.own, *self.said):
            if isinstance(change.row, Contribution):
                change.values |= {"version": F("version") + 1, "redacted_at": now, "changed_at": now}
        for change in (*self.own, *self.said, *self.versions, *self.others):
            _write(change)
        # The row itself also where something of it is kept beside it, as an answer or a picture.
        changed = list({self.row.pk, *(change.row.pk for change in (*self.own, *self.said) if isinstance(change.row, Contribution))})
        # At once, not by the worker: until then a search would still find it.
        found_by = Contribution.objects.of(self.city).filter(pk__in=self.found_by.union(changed)).exclude(kind=Contribution.Kind.COMMENT)
        index_words(self.city, list(found_by.select_related("author").order_by("pk")))
        tell_taken_out(self.city, changed)
        self._renew_written()

    def _renew_written(self) -> None:
        for quotes in (each for room in rooms() for each in room.quotes if each.renew):
            model = quotes.rows(self.city, []).model
            keys = {change.row.pk for change in (*self.own, *self.others) if type(change.row) is model}
            if keys and quotes.renew:
                quotes.renew(self.city, keys)


def _write(change: Change) -> None:
    rows = type(change.row)._default_manager.filter(pk=change.row.pk)
    if hasattr(change.row, "city_id"):
        rows = rows.filter(city_id=change.row.city_id)
    try:
        with transaction.atomic():
            rows.update(**change.values)
    except IntegrityError:  # two kept searches for it read the same now: one is enough
        rows.delete()


def reach_of(
    city: City, row: Contribution, texts: Sequence[Text], marked: Mapping[str, Sequence[Span]], *, earlier: Sequence[str] = ()
) -> Reach:
    """What changes when these spans (by the texts' names) are blacked out, and passages that only `earlier` wordings have."""
    reach = Reach(city, row)
    spans = {each.name: joined(marked.get(each.name, ()), len(each.text)) for each in texts}
    taken = [piece for each in texts for piece in pieces_of(each.text, spans[each.name])]
    taken += [piece for words in earlier for piece in pieces_of(words, [Span(0, len(words))])]
    pieces = Pieces(taken)
    changes: dict[tuple[type[Model], int], Change] = {}
    for each in texts:
        # Rooms' texts are long and written by several people: a name that is taken out goes from all of them.
        again = pieces.in_text_about(each.text) if each.further else pieces.in_own(each.text)
        found = joined([*spans[each.name], *again], len(each.text))
        if found:
            reach.passages += len(found)
            change = changes.setdefault((type(each.row), each.row.pk), Change(each.row, {}))
            change.values[each.field] = after = blackened(each.text, found, longest=each.longest)
            for wording in each.further.wordings.filter(version=each.further.version) if each.further else ():
                changes[type(wording), wording.pk] = Change(wording, {each.field: after})
            if (name := each.name.partition("-")[0]) not in reach.fields:
                reach.fields.append(name)
    # Its version goes up whatever is blacked out, so that nobody decides by an older look at it.
    own = changes.setdefault((Contribution, row.pk), Change(row, {}))
    own.values |= _around(row, pieces)
    reach.own = list(changes.values())
    if taken:
        for each in texts:
            for wording in (
                each.further.wordings.exclude(version=each.further.version).order_by("pk").iterator(chunk_size=100) if each.further else ()
            ):
                _note(reach.versions, wording, {each.field: _without(wording, each.field, pieces.in_earlier)})
        _look_elsewhere(reach, pieces, own.values.get("title"))
    return reach


def _around(row: Contribution, pieces: Pieces) -> dict[str, str]:
    """What else stands in the row: the reason for hiding it, and where it came from."""
    found = {}
    if spans := pieces.in_text_about(row.hidden_reason):
        found["hidden_reason"] = blackened(row.hidden_reason, spans, longest=300)
    # Of the address only what comes after the host: there titles stand.
    if pieces.in_text_about(row.source_url.partition("://")[2].partition("/")[2]):
        found["source_url"] = ""
    return found


def _look_elsewhere(reach: Reach, pieces: Pieces, title: str | None) -> None:
    city, row = reach.city, reach.row
    top = row.root_id or row.pk
    near = {row.pk, top, *_linked(city, {row.pk, top})}
    near |= set(Contribution.objects.of(city).filter(merged_into__in=near).values_list("pk", flat=True))
    near |= set(Contribution.objects.of(city).filter(pk__in=near, merged_into__isnull=False).values_list("merged_into", flat=True))
    versions = Revision.objects.of(city).filter(Q(contribution__in=near) | Q(contribution__root=top)).order_by("pk")
    titles = {row.title}
    for each in versions.iterator(chunk_size=500):
        own = each.contribution_id == row.pk
        find = pieces.in_earlier if own else pieces.in_comment
        if own:
            titles.add(each.title)
        _note(reach.versions, each, {name: _without(each, name, find) for name in (*WORDS, "place_name")})
    for other in (
        Contribution.objects.of(city).filter(Q(pk__in=near) | Q(root=top)).exclude(pk=row.pk).order_by("pk").iterator(chunk_size=500)
    ):
        values = {name: _without(other, name, pieces.in_comment) for name in _SAID}
        _note(reach.said, other, values | _around_other(other, pieces))
    about = sorted({row.pk, *(change.row.pk for change in reach.said)})
    changed = {(type(change.row), change.row.pk): change.values for change in (*reach.own, *reach.versions)}
    old = [_address(row, each) for each in titles if each] if title is not None else []
    for quotes in (each for room in rooms() for each in room.quotes):
        black: list[int] = []
        for found in quotes.rows(city, about).order_by("pk").iterator(chunk_size=500):
            known = changed.get((type(found), found.pk), {})  # what is marked there itself is not looked for again
            kept = {name: getattr(found, name) for name in quotes.fields if name not in known}
            anywhere = quotes.anywhere and not (row.number and f"/beitrag/{row.number}-" in str(kept))
            values = {name: pieces.out_of(value, anywhere=anywhere) for name, value in kept.items()}
            values = {name: _without_addresses(value, old, f"/beitrag/{row.number}") for name, value in values.items()}
            if _note(reach.others, found, {name: _cut(found, name, value) for name, value in values.items()}):
                black.append(found.pk)
        if black and quotes.found_by:
            ids = quotes.rows(city, about).filter(pk__in=black).order_by("pk").values_list(quotes.found_by, flat=True)
            reach.found_by.update(ids)


def _around_other(row: Contribution, pieces: Pieces) -> dict[str, str]:
    spans = pieces.in_own(row.hidden_reason)
    return {
        "hidden_reason": blackened(row.hidden_reason, spans, longest=300),
        "source_url": "" if pieces.in_own(row.source_url) else row.source_url,
    }


def _linked(city: City, ids: set[int]) -> Iterator[int]:
    """What became of it, and of what it became: texts travel along."""
    links = Link.objects.of(city).filter(Q(source__in=ids) | Q(target__in=ids)).exclude(kind=Link.Kind.RELATED_TO)
    for pair in links.order_by("pk").values_list("source", "target"):
        yield from pair


def _without(row: Any, name: str, find: Any) -> str:
    text: str = getattr(row, name)
    return blackened(text, find(text), longest=getattr(row._meta.get_field(name), "max_length", None)) if text else text


def _cut(row: Any, name: str, value: Any) -> Any:
    longest = getattr(row._meta.get_field(name), "max_length", None)
    return value[:longest] if isinstance(value, str) and longest else value


def _note(changes: list[Change], row: Any, values: dict[str, Any]) -> bool:
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    if changed:
        changes.append(Change(row, changed))
    return bool(changed)


def _address(row: Contribution, title: str) -> str:
    return f"/beitrag/{row.number}-{slugified(title)}"


def _without_addresses(value: Any, old: list[str], new: str) -> Any:
    """Addresses that hold the title as it was; the number alone leads there too."""
    if isinstance(value, str):
        for each in old:
            value = value.replace(each, new)
        return value
    if isinstance(value, dict):
        return {name: _without_addresses(each, old, new) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_addresses(each, old, new) for each in value]
    return value
