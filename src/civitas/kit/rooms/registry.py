"""What one room declares, and the rooms there are: each is found by its module `room.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.apps import apps

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from civitas.kit.rooms.keeping import Recount, Retention
    from civitas.kit.rooms.news import Address, NoticeKind
    from civitas.kit.rooms.pages import Call, ContributionSection, MySection, NavItem, Station
    from civitas.kit.rooms.personal import PersonalData, Purpose, Taken
    from civitas.kit.rooms.texts import FurtherText, Quotes
    from civitas.kit.verdicts import Verdict


@dataclass(frozen=True)
class PackSection:
    """A section of a city pack: the file or folder it reads, and how it is checked and loaded.

    `check(pack)` yields faults; `load(city, pack)` writes rows, updating by key and losing nothing. Lower `order` first.
    """

    key: str
    check: Callable[[Any], Iterator[Any]]
    load: Callable[[Any, Any], None]
    order: int = 100


@dataclass(frozen=True)
class Room:
    """What one room declares to the ground. See the fields' classes; everything is optional."""

    key: str
    navigation: tuple[NavItem, ...] = ()
    foot_navigation: tuple[NavItem, ...] = ()  # pages for everybody that the head has no room for
    staff_navigation: tuple[NavItem, ...] = ()
    account_navigation: tuple[NavItem, ...] = ()  # tabs of "my account"
    notice_kinds: tuple[NoticeKind, ...] = ()
    addresses: Callable[[Any, list[Any]], dict[Any, Address]] | None = None  # (city, recipient uids) -> address by uid
    decline: Callable[[Any, Any, str], None] | None = None  # (city, recipient uid, kind key or '*'): unsubscribe
    pack_sections: tuple[PackSection, ...] = ()
    personal_data: PersonalData | None = None
    demo: Callable[[Any, Any], None] | None = None  # (city, demo): writes demo rows; `demo_order` low first
    demo_order: int = 100
    my_sections: tuple[MySection, ...] = ()
    process_sections: tuple[Callable[[Any, Any], str], ...] = ()  # (request, process) -> safe HTML shown on the process's page
    gallery_parts: tuple[Callable[[Any], str], ...] = ()  # request -> safe HTML: what the room adds to `/kit/`, in every state
    contribution_sections: tuple[ContributionSection, ...] = ()
    staff_sections: tuple[Callable[[Any], str], ...] = ()  # request -> safe HTML: a box of the team's overview, '' for nothing
    # (actor) -> what waits for whoever steers the city's participation, for the cockpit: the same in many rooms' words, in few queries.
    calls: tuple[Callable[[Any], list[Call]], ...] = ()
    # Run by the worker for contributions and comments that are new here, given or brought in, and again for those whose words or
    # visibility changed since: (city, rows), in a transaction, maybe twice.
    on_given: tuple[Callable[[Any, list[Any]], None], ...] = ()
    # (city) -> how much lies with whom of the team: participant key -> (words, count) pairs, for the team's page. The words take
    # %(count)s, best as one `ngettext_lazy` of the room; its figures are summed over people, so all use the same words.
    workload: Callable[[Any], Mapping[int, list[tuple[Any, int]]]] | None = None
    # Names of outbox tasks (city, participant) that run when somebody of the team has lost a role, by its end or by hand: what lay with
    # them goes to who stands in, or back to everybody. Each may run twice, and looks whether they hold another role that will do.
    on_role_lost: tuple[str, ...] = ()
    # Names of outbox tasks (city) that run once all rooms have erased somebody who left; each may run twice.
    on_erased: tuple[str, ...] = ()
    # (city, keys) -> which of these contributions and comments must stay out of sight, each with the refusal that says why. Asked before
    # anything is shown or put back to wait, by whatever way, for one or for hundreds at once: in as many queries.
    holds_hidden: Callable[[Any, Collection[int]], Mapping[int, Verdict]] | None = None
    # Names of outbox tasks (city, contribution) that run when a contribution which was given here comes to be shown; each may run twice.
    on_published: tuple[str, ...] = ()
    # The same (city, contribution, revision) when its author has changed the words of one that is shown.
    on_mended: tuple[str, ...] = ()
    # Names of outbox tasks (city, file) that run once the worker has looked into a document or video: ready now, or refused; maybe twice.
    on_file_checked: tuple[str, ...] = ()
    # Names of outbox tasks (city, contribution) that run when a contribution got an official status or answer; each may run twice.
    on_answered: tuple[str, ...] = ()
    # Names of outbox tasks (city, source, target, kind, made, by) that run when a link of the lineage was made (`made` is 1) or taken
    # back, `by` whom (a participant's uid, '' for the city); each may run twice. `contributions.linking.links_changed` notes them.
    on_linked: tuple[str, ...] = ()
    # Names of outbox tasks (city, contribution) that run when a contribution or comment is new, or counts elsewhere than before: shown,
    # hidden, erased, moved, put together with another, answered, of another status. Each may run twice.
    # `contributions.counts.keeping_counts` notes them.
    on_counted: tuple[str, ...] = ()
    # Names of outbox tasks (city, act, key) that run when somebody took part by a row of a room, or took it back: act "support", "write"
    # or "decide", and the row's key; each may run twice. `people.deeds.deeds_changed` notes them.
    on_deeds: tuple[str, ...] = ()
    # (city, keys) -> what happened to these contributions that the room knows of, for their story; in as many queries for many as for one.
    stations: Callable[[Any, Collection[int]], Mapping[int, list[Station]]] | None = None
    # Events besides links of which all upstream hear, as a gate: name -> (city, keys of the room's rows) -> what happened, in the active
    # language, when the news is sent; a row that is left out is not told. `lineage.news.note_hop` and `recall_hop` note them.
    hops: Mapping[str, Callable[[Any, Collection[int]], Mapping[int, Station]]] = field(default_factory=dict)
    # (city, keys of comments) -> what part of its thread's page a comment is about, in words, for those that are about one.
    comment_places: Callable[[Any, Collection[int]], Mapping[int, str]] | None = None
    # (contribution) -> whether others wrote it with its author or decided about it, so that it is not theirs alone to take back.
    is_shared: Callable[[Any], bool] | None = None
    # (actor, contribution) -> where somebody who writes it with others goes on writing, a path; '' for others.
    writes_on: Callable[[Any, Any], str] | None = None
    # (city, keys) -> what else is written in these contributions than their own words, for the queue to look at and the search to find.
    further_words: Callable[[Any, Collection[int]], Mapping[int, str]] | None = None
    # (city, keys) -> those whose words people write by hand from now on: what a step makes anew does not overwrite them.
    keeps_words: Callable[[Any, Collection[int]], set[int]] | None = None
    figures: Mapping[str, Callable[[Any], int]] = field(default_factory=dict)  # name -> count for a city
    recounts: tuple[Recount, ...] = ()
    quotes: tuple[Quotes, ...] = ()
    # (city, contribution, hold) -> the texts of it that this room keeps, in reading order; with `hold` nobody else writes them until the
    # transaction ends.
    further_texts: Callable[[Any, Any, bool], list[FurtherText]] | None = None
    # (city, contributions and comments) out of which words were just blacked out, in that transaction: what was made of them is made anew.
    on_redacted: tuple[Callable[[Any, list[Any]], None], ...] = ()
    retention: tuple[Retention, ...] = ()
    purposes: tuple[Purpose, ...] = ()  # for which it asks people's consent
    # (city) -> the ids of letters that are not taken away yet, since somebody works on them.
    needs_letters: Callable[[Any], Any] | None = None
    # (step, its method, its settings) -> what the step takes of people through this room, for its notice on privacy, in the active
    # language; no query.
    takes: Callable[[Any, Any, Any], list[Taken]] | None = None
    # Key of a page of the city's own words ("privacy") -> request -> safe HTML that stands in it: at the line `{kept}`, else at its end.
    text_parts: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    # (city, process or None) -> how much came in during the last 30 days, by name; so that a rule's effect can be said in numbers.
    lately: Callable[[Any, Any], Mapping[str, int]] | None = None
    # (city, process or None) -> the newest texts, at most `most` of them.
    texts_lately: Callable[[Any, Any, int], list[str]] | None = None


@cache
def rooms() -> tuple[Room, ...]:
    """All rooms in the order of INSTALLED_APPS, the ground first."""
    found = []
    for config in apps.get_app_configs():
        name = f"{config.name}.room"
        if config.name.startswith("civitas.") and find_spec(name):
            found.append(import_module(name).ROOM)
    return tuple(found)


def notice_kind(key: str) -> NoticeKind:
    """The kind of news with this key; KeyError if no room declares it."""
    for room in rooms():
        for kind in room.notice_kinds:
            if kind.key == key:
                return kind
    raise KeyError(key)
