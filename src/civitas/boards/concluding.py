"""Concluding a step: what was worked becomes contributions with links, once, however often somebody presses.

A method says what it wants (`Wanted`, each under a key that stays); `differences` compares that with what an earlier time made,
for people to look at, and `settle` brings it about under the step's lock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from civitas.boards.actions import empty_drawers
from civitas.boards.conclusion_models import ConcludedLink, Conclusion, mark_of
from civitas.boards.log import drawers_of
from civitas.boards.news import tell_of_conclusion
from civitas.boards.pictures import shown_pictures
from civitas.boards.queries import boards_of
from civitas.contributions.actions import announce, change_visibility, index_later, keep_new, look_later
from civitas.contributions.attachments import MOST_PICTURES, attach_files
from civitas.contributions.counts import keeping_counts
from civitas.contributions.linking import make_links, remove_links
from civitas.contributions.models import TITLE_LENGTH, WORDS, Contribution, Link, Revision
from civitas.contributions.waiting import shown_of, why_waiting
from civitas.journal.actions import record
from civitas.kit.ids import uuid7
from civitas.kit.rooms import rooms
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.actors import actors_of
from civitas.people.models import Role
from civitas.processes.models import Process, Step
from civitas.processes.registry import Concluded, method_of
from civitas.processes.rules import may_see_process

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.models import Participant

Visibility = Contribution.Visibility
LONGEST_TEXT = 20_000
MOST_RESULTS = 200


@dataclass(frozen=True)
class Origin:
    """What a wanted contribution comes from: the number of a contribution, or the key of another that is wanted; and how."""

    of: int | str
    link: str = Link.Kind.GROUPED_INTO


@dataclass(frozen=True)
class Wanted:
    """A contribution that a step is to have made. `key` names what it was made of, for good."""

    key: str
    kind: str
    title: str
    text: str = ""
    author: Participant | None = None
    origins: tuple[Origin, ...] = ()
    pictures: tuple[str, ...] = ()  # names of pictures on the cards it is made of; shown with it when it is made


@dataclass(frozen=True)
class Differences:
    """What concluding would change now: made anew, mended, shown again, hidden; links made and taken back.

    `own` would be mended, but people changed their words since: these stay.
    """

    new: tuple[Wanted, ...] = ()
    changed: tuple[tuple[Contribution, Wanted], ...] = ()
    own: tuple[Contribution, ...] = ()
    back: tuple[Contribution, ...] = ()
    gone: tuple[Contribution, ...] = ()
    links: tuple[tuple[Wanted, Origin], ...] = ()
    unlinked: tuple[tuple[int, int, str], ...] = ()  # source, target, kind
    kept: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether everything is as it is wanted."""
        return not (self.new or self.changed or self.back or self.gone or self.links or self.unlinked)


def may_conclude(actor: Actor, step: Step) -> Verdict:
    """Who leads workshops, owns processes or administers the city turns work into results."""
    visible = may_see_process(actor, step.process)
    if not visible:
        return visible
    if actor.has(Role.FACILITATOR, Role.OWNER, Role.ADMINISTRATOR):
        if step.process.state == Process.State.DRAFT:  # its results would be public before it is
            return no(_("This process is a draft, which nobody sees. Please publish it before its steps are concluded."), status=409)
        return YES
    return no(_("Only who leads this step can conclude it."))


@dataclass
class _State:
    """What an earlier time made: contributions by key, links by (source, target, kind), contributions of the city by number."""

    made: dict[str, Contribution]
    gone: set[int]  # those that an earlier time hid
    links: set[tuple[int, int, str]]
    present: set[tuple[int, int, str]]  # links to what was made, also those that somebody made by hand
    numbered: dict[int, int]
    fits: list[Wanted] = field(default_factory=list)
    by_hand: set[int] = field(default_factory=set)  # what people have written on since, in a room above or by changing their words


def wanted_of(step: Step) -> list[Wanted]:
    """What the step's method would make now, in the city's first language, whoever looks; raises UnknownMethod."""
    outcome = method_of(step).outcome
    with translation.override(step.city.config.languages[0]):
        return list(outcome(step)) if outcome else []


def was_concluded(city: City, step: Step) -> bool:
    """Whether concluding has made anything of this step before."""
    return Conclusion.objects.of(city).filter(step=step).exists()


def results_of(city: City, step: Step) -> list[Contribution]:
    """What an earlier time made of this step and the city shows, in the order in which it was made; at most 200."""
    rows = Conclusion.objects.of(city).filter(step=step, contribution__city=city, contribution__visibility=Visibility.PUBLISHED)
    return [row.contribution for row in rows.select_related("contribution").order_by("pk")[:MOST_RESULTS]]


def differences(city: City, step: Step, wanted: Iterable[Wanted]) -> Differences:
    """Compare what is wanted with what was made; reads only."""
    return _compare(_state(city, step, _tidied(wanted)))


def is_hidden(step: Step) -> bool:
    """Whether something still lies in drawers, which nobody sees yet."""
    return any(drawers_of(step.city, board.pk) for board in boards_of(step))


@transaction.atomic
def uncover(actor: Actor, step: Step) -> None:
    """Put on the boards what lies in drawers, so that what would come of it can be seen; raises Refused."""
    may_conclude(actor, step).require()
    count = sum(empty_drawers(board) for board in boards_of(step))
    record(actor.city, by=actor.uid, verb="step.uncovered", subject=f"step:{step.pk}", details={"count": count})


@transaction.atomic
def conclude(actor: Actor, step: Step) -> Concluded:
    """Have the step's method turn its work into results; raises Refused.

    Of two people in the same instant the second reads the boards when the first is done: no older look at them undoes a newer one.
    """
    may_conclude(actor, step).require()
    _hold_step(actor.city, step)
    return method_of(step).conclude(actor, step)


def _hold_step(city: City, step: Step) -> None:
    Step.objects.of(city).select_for_update(of=("self",)).get(pk=step.pk)


def settle(actor: Actor, step: Step, wanted: Iterable[Wanted]) -> Concluded:
    """Bring about what is wanted. Pressed twice, or by two people, it gives one result; raises Refused for who may not."""
    may_conclude(actor, step).require()
    city, tidy = actor.city, _tidied(wanted)
    with transaction.atomic():
        _hold_step(city, step)
        state = _state(city, step, tidy)
        found = _compare(state)
        if not found.is_empty:
            _make(city, step, state, found.new)
            _mend(actor, found.changed)
            _show(city, step, found)
            _link(actor, step, state, found)
            counts = {"made": len(found.new), "mended": len(found.changed), "hidden": len(found.gone), "links": len(found.links)}
            if found.new or found.back:
                tell_of_conclusion(step)
            record(city, by=actor.uid, verb="step.concluded", subject=f"step:{step.pk}", details=counts)
    numbers = tuple(row.number for key in sorted(each.key for each in tidy) if (row := state.made[key]).number is not None)
    return Concluded(numbers, again=found.is_empty)


def _tidied(wanted: Iterable[Wanted]) -> list[Wanted]:
    """Titles and texts as they are kept; what has no words cannot be found again and is left out."""
    tidy: dict[str, Wanted] = {}
    for each in wanted:
        title = cleaned_line(each.title)[:TITLE_LENGTH].strip()
        if any(map(str.isalnum, title)):
            text = cleaned(each.text)[:LONGEST_TEXT]
            origins = tuple(dict.fromkeys(each.origins))
            tidy.setdefault(each.key, Wanted(each.key, each.kind, title, text, each.author, origins, each.pictures))
    return list(tidy.values())


def _state(city: City, step: Step, wanted: Sequence[Wanted]) -> _State:
    rows = Conclusion.objects.of(city).filter(step=step).select_related("contribution").order_by("pk")
    links = ConcludedLink.objects.of(city).filter(step=step).values_list("source", "target", "kind")
    made = {row.key: row.contribution for row in rows}
    present = Link.objects.of(city).filter(target__in=[row.pk for row in made.values()]).values_list("source", "target", "kind")
    numbers = {origin.of for each in wanted for origin in each.origins if isinstance(origin.of, int)}
    numbered = Contribution.objects.of(city).filter(number__in=numbers).values_list("number", "pk") if numbers else ()
    return _State(
        made,
        {row.contribution_id for row in rows if row.is_gone},
        set(links),
        set(present),
        {number: pk for number, pk in numbered if number is not None},
        list(wanted),
        _written_by_hand(city, {row.pk for row in made.values()})
        | {row.contribution_id for row in rows if row.mark and row.mark != mark_of(row.contribution.title, row.contribution.text)},
    )


def _written_by_hand(city: City, keys: set[int]) -> set[int]:
    """Which of these a room above keeps the words of (`Room.keeps_words`)."""
    return {key for room in rooms() if room.keeps_words is not None and keys for key in room.keeps_words(city, keys)}


def _compare(state: _State) -> Differences:
    keys = {each.key for each in state.fits}
    new = tuple(each for each in state.fits if each.key not in state.made)
    known = [(state.made[each.key], each) for each in state.fits if each.key in state.made]
    alive = [(row, each) for row, each in known if row.visibility != Visibility.ERASED]
    others = [(row, each) for row, each in alive if (row.title, row.text) != (each.title, each.text) and not row.redacted_at]
    changed = tuple((row, each) for row, each in others if row.pk not in state.by_hand)
    needed: set[tuple[int, int, str]] = set()
    links = []
    for each in state.fits:
        target = state.made.get(each.key)
        for origin in each.origins:
            source = _source(state, origin)
            if source is None and not _is_coming(state, origin):
                continue
            triple = (source, target.pk, str(origin.link)) if source is not None and target is not None else None
            if triple is not None and triple in state.present:
                needed.add(triple)
            else:
                links.append((each, origin))
    return Differences(
        new=new,
        changed=changed,
        own=tuple(row for row, _each in others if row.pk in state.by_hand),
        back=tuple(row for row, _each in alive if row.pk in state.gone and row.visibility == Visibility.HIDDEN),
        gone=tuple(row for key, row in state.made.items() if key not in keys and row.visibility == Visibility.PUBLISHED),
        links=tuple(links),
        # What is gone keeps its links: they say what it was.
        unlinked=tuple(
            sorted(triple for triple in (state.links & state.present) - needed if triple[1] in {row.pk for row, _each in known})
        ),
        kept=len(alive) - len(changed),
    )


def _source(state: _State, origin: Origin) -> int | None:
    if isinstance(origin.of, int):
        return state.numbered.get(origin.of)
    row = state.made.get(origin.of)
    return row.pk if row else None


def _is_coming(state: _State, origin: Origin) -> bool:
    return any(each.key == origin.of for each in state.fits)


def _make(city: City, step: Step, state: _State, new: Sequence[Wanted]) -> None:
    now = timezone.now()
    shown, waiting = shown_pictures(city, {name for each in new for name in each.pictures}), _waiting(step, new)
    rows = [
        Contribution(
            city=city,
            uid=uuid7(),
            process=step.process,
            step=step,
            kind=each.kind,
            title=each.title,
            text=each.text,
            author=each.author,
            organisation=None if each.author else step.process.organisation,
            given_at=now,
            visibility=Visibility.WAITING if each.key in waiting else Visibility.PUBLISHED,
            with_picture=int(any(name in shown for name in each.pictures)),
        )
        for each in new
    ]
    if not rows:
        return
    keep_new(city, rows)
    Conclusion.objects.bulk_create(
        [
            Conclusion(city=city, step=step, key=each.key, contribution=row, mark=mark_of(row.title, row.text))
            for each, row in zip(new, rows, strict=True)
        ]
    )
    for each, row in zip(new, rows, strict=True):
        attach_files(city, row, [shown[name] for name in each.pictures if name in shown][:MOST_PICTURES], None)
    announce(city, *rows)
    state.made |= {each.key: row for each, row in zip(new, rows, strict=True)}


def _waiting(step: Step, new: Sequence[Wanted]) -> set[str]:
    """The keys of what the team reads first, as it would what its author gives; two queries for all."""
    actors = actors_of(step.city, [each.author for each in new if each.author is not None])
    shown = shown_of(step.city, actors) if actors else set()
    return {
        each.key
        for each in new
        if each.author is not None
        and why_waiting(
            actors[each.author.pk], step, what="contributions", text=f"{each.title}\n{each.text}", process=step.process, shown=shown
        )
    }


def _mend(actor: Actor, changed: Sequence[tuple[Contribution, Wanted]]) -> None:
    """The words of an earlier time become a version; counts and index follow."""
    city = actor.city
    for row, each in changed:
        words = {name: getattr(row, name) for name in WORDS}
        Revision.objects.create(
            city=city, contribution=row, version=row.version, **words, drawing=row.drawing, at=timezone.now(), by=actor.participant
        )
        with keeping_counts(city, row):
            row.title, row.text, row.version = each.title, each.text, row.version + 1
            row.save(update_fields=["title", "text", "version", "changed_at"])
        Conclusion.objects.of(city).filter(contribution=row).update(mark=mark_of(row.title, row.text))
    rows = [row for row, _each in changed]
    index_later(city, rows)
    look_later(city, rows)


def _show(city: City, step: Step, found: Differences) -> None:
    """What the team hid for its own reasons stays hidden: only what an earlier time hid comes back."""
    for row in found.back:
        change_visibility(city, row, Visibility.PUBLISHED)
    for row in found.gone:
        change_visibility(city, row, Visibility.HIDDEN, reason=_("No longer part of the result."))
    ours = Conclusion.objects.of(city).filter(step=step)
    ours.filter(contribution__in=[row.pk for row in found.back]).update(is_gone=False)
    ours.filter(contribution__in=[row.pk for row in found.gone]).update(is_gone=True)


def _link(actor: Actor, step: Step, state: _State, found: Differences) -> None:
    city, wanted = actor.city, []
    for each, origin in found.links:
        source, target = _source(state, origin), state.made[each.key].pk
        if source is not None and source != target:
            wanted.append((source, target, str(origin.link)))
    remove_links(city, found.unlinked, by=actor.uid)
    for start, end, kind in found.unlinked:
        ConcludedLink.objects.of(city).filter(step=step, source=start, target=end, kind=kind).delete()
    new = make_links(city, wanted, by=actor.uid)
    rows = [ConcludedLink(city=city, step=step, source=start, target=end, kind=kind) for start, end, kind in new]
    ConcludedLink.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
