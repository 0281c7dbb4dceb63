"""The registry of rooms: what the ground needs to know of the rooms above it, each room says in one frozen value.

A room is a Django app with a module `room.py` that holds `ROOM = Room(...)`; it is found by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from django.apps import apps

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterator, Mapping

    from django.utils.functional import _StrPromise

    from civitas.kit.verdicts import Verdict


@dataclass(frozen=True)
class NavItem:
    """An entry of the main or staff navigation. `module` is the city's module that must be switched on ('' = always)."""

    label: str | _StrPromise
    url_name: str
    module: str = ""
    may: Callable[[Any], bool] | None = None  # takes the Actor; staff entries show only to whom it says yes
    order: int = 100
    count: Callable[[Any], int] | None = None  # takes the Actor: how much is new behind this tab; 0 shows nothing
    also: tuple[str, ...] = ()  # where its pages begin besides below its own address, as "/verwaltung/vorlagen"


@dataclass(frozen=True)
class Worded:
    """A notice in words: subject and paragraphs of plain text, and the path of the page it is about (no host).

    `mail_path` is where the mail leads instead: a link that proves that its reader owns the address. `brief` is what a digest says
    below the subject, in a line or two ('' = nothing: the subject says it all).
    """

    subject: str
    paragraphs: tuple[str, ...]
    path: str = "/"
    action: str = ""
    mail_path: str = ""
    brief: str = ""


# What a kind of news is about, for the choice of what comes by mail; the last is only offered to who works for the city.
GIVEN, PEOPLE, DECISIONS, TEAM = "given", "people", "decisions", "team"
# When news goes out by mail: by itself and at once, or gathered in a digest.
NOW, DAILY, WEEKLY = "now", "daily", "weekly"


@dataclass(frozen=True)
class NoticeKind:
    """A kind of news. `word(city, notice)` makes the words when it is shown or sent, so that a redaction reaches it;
    it returns None when there is nothing left to say (erased, hidden, withdrawn). The language is already active.
    `rhythm` is when it goes out by mail to who has chosen nothing. A kind that `confirms` has the link by which guests confirm their
    address in its mail, so it alone goes to one that nobody has confirmed. A kind with a `consent` is chosen
    where that is given and withdrawn."""

    key: str
    label: str | _StrPromise
    word: Callable[[Any, Any], Worded | None]
    by_mail: bool = True
    prepare: Callable[[Any, list[Any]], None] | None = None  # (city, notices of this kind): fetch for all at once what `word` needs
    topic: str = GIVEN
    rhythm: str = NOW
    confirms: bool = False
    consent: str = ""  # the key of the purpose without whose consent nobody gets it ('' = it needs none)


@dataclass(frozen=True)
class Address:
    """Where a recipient can be reached: mail ('' = none), language code, kinds that were unsubscribed ('*' = all), and the rhythm
    of those kinds for which another than usual was chosen."""

    mail: str
    language: str
    declined: frozenset[str] = frozenset()
    rhythms: Mapping[str, str] = field(default_factory=dict)


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
class OwnFile:
    """A file of a person, for the archive of what they gave: its name there, and where it lies in the storage."""

    name: str
    path: str


@dataclass(frozen=True)
class PersonalData:
    """What a room keeps of a person, by participant: export it, erase it, hand it over to another participant on claiming.

    `nameless` is for who leaves and lets the city keep their texts: everything of the person goes, what they gave stays without a name.
    A room without it keeps no such texts, and erases.
    """

    export: Callable[[Any, Any], Mapping[str, Any]]
    erase: Callable[[Any, Any], None]
    adopt: Callable[[Any, Any, Any], None] | None = None  # (city, from participant, to participant)
    titles: Callable[[Any, Any], list[str]] | None = None  # (city, participant): what they gave, newest first, a few
    nameless: Callable[[Any, Any], None] | None = None  # (city, participant)
    files: Callable[[Any, Any], Iterator[OwnFile]] | None = None  # (city, participant)
    # (city, participant, whether texts stay) -> how much it took away: some of what there may be thousands of, in the transaction it is
    # called in. Asked again and again before `erase` or `nameless`, until it gives 0.
    erase_some: Callable[[Any, Any, bool], int] | None = None


@dataclass(frozen=True)
class ContributionSection:
    """What a room shows on a contribution's page. `render(request, contribution)` gives safe HTML, '' for nothing.

    `place` is 'head' (above the title: what its author has to know or answer), 'body' (bands below the text: what a kind has besides its
    words, as a theme's voices), 'meet' (a band of its own below that) or 'foot' (a small tool beside author's and team's); lower `order`
    first. `paper(request, contribution)` is what stands of it when the contribution is printed.
    """

    place: str
    render: Callable[[Any, Any], str]
    order: int = 100
    paper: Callable[[Any, Any], str] | None = None


@dataclass(frozen=True)
class Station:
    """Something that happened to a contribution, as its story tells it: when, what (a short sentence), why or in which words ('' = none),
    who decided ('' = nobody named), and where more stands (a path without language, '' = nowhere).

    `tone` is 'good', 'bad', 'change' or '' (neither). What reports tell has a `subject` ('gate-7', '' = no report tells it), of which the
    last station holds, and the `key` of its row, by which a report finds it again.
    """

    at: dt.datetime
    title: str
    text: str = ""
    who: str = ""
    path: str = ""
    tone: Literal["good", "bad", "change", ""] = ""
    subject: str = ""
    key: int = 0


@dataclass(frozen=True)
class MySection:
    """A part of "my page": `render(request, participant)` gives safe HTML that begins with a heading of level 2, or '' for nothing.

    The participant is None for who is signed in but has not taken part here yet. Lower `order` first; `column` is where it
    stands on a wide screen: what became of things in the middle, what one keeps at hand beside it.
    """

    render: Callable[[Any, Any], str]
    order: int = 100
    column: Literal["main", "side"] = "main"
    module: str = ""


@dataclass(frozen=True)
class Call:
    """Something that waits for whoever steers: what it is (with its number), a sentence more, and what to do about it.

    `path` is where that is done, `verb` what the button says. `late` is what a promise was missed for; higher `weight` comes first.
    """

    title: str
    text: str
    path: str
    verb: str
    icon: str = "letter"
    late: bool = False
    weight: int = 0


@dataclass(frozen=True)
class Recount:
    """Counts that a room's actions keep: `miscounts(city)` names where they are wrong, `mend(city)` puts right what a fault or a
    bulk load left behind, in one transaction."""

    miscounts: Callable[[Any], list[str]]
    mend: Callable[[Any], None]


@dataclass(frozen=True)
class Quotes:
    """Texts of a room that may repeat words of a contribution; what is blacked out there is blacked out in them.

    `rows(city, ids)` gives those about these contributions, `fields` names their texts (text, or JSON that holds texts). Where nobody
    can tell what a text is about (`anywhere`), it gives all of the city, and only what is somebody's for sure goes: numbers, addresses.
    `lines`: they repeat cards of boards line by line; a card's line that goes out of a result goes out of them.
    `found_by` names the way to the id of the contribution under whose words the search finds them ('' = it finds them nowhere).
    `renew(city, keys)` is told of the rows in which something was just blacked out, in that transaction: who is writing one has to see it.
    """

    rows: Callable[[Any, list[int]], Any]
    fields: tuple[str, ...]
    anywhere: bool = False
    lines: bool = False
    found_by: str = ""
    renew: Callable[[Any, Collection[int]], None] | None = None


@dataclass(frozen=True)
class FurtherText:
    """A text of a contribution that a room keeps beside it, in which something can be blacked out: its name in the form (as "section-7"),
    what it is in words, the row and field that hold it, its version, and the rows that keep its wordings, with a `version` each."""

    name: str
    label: str | _StrPromise
    row: Any
    field: str
    version: int
    wordings: Any


@dataclass(frozen=True)
class Held:
    """What somebody has put off: rows of one kind by their keys, and everything of some processes."""

    keys: frozenset[int] = frozenset()
    processes: frozenset[int] = frozenset()

    def leave(self, rows: Any, process: str = "") -> Any:
        """The rows without those put off; `process` is their way to the process that they belong to ('' = to none)."""
        if self.keys:
            rows = rows.exclude(pk__in=self.keys)
        return rows.exclude(**{f"{process}__in": self.processes}) if process and self.processes else rows


NOTHING_HELD = Held()


@dataclass(frozen=True)
class Going:
    """Something that goes by rule, as the team sees it in a list: nothing that it may not see elsewhere."""

    key: int
    title: str
    at: dt.datetime | None = None  # since when its time runs


@dataclass(frozen=True)
class Postponing:
    """How single things of a kind are shown before they go, and put off. `due(city, before, held)` gives those that go, `show(rows)`
    names some of them, `process` whether a whole process can be put off."""

    key: str
    due: Callable[[Any, Any, Held], Any]
    show: Callable[[Any], list[Going]]
    process: bool = False


@dataclass(frozen=True)
class Retention:
    """What a room keeps for how long. `setting` names the rule that holds the months, or `days` is the time where it is fixed.

    `count(city, before)` says how much is older than that moment; `remove(city, before)` takes away some of it in a transaction of
    its own and returns how much, 0 when nothing is left; it may run twice. What a room removes by a task of its own has none.
    With `postponing` both take what is put off, and leave it.
    """

    label: str | _StrPromise  # "decided flags"
    count: Callable[..., int]
    remove: Callable[..., int] | None = None
    setting: str = ""
    days: int = 0
    said: str | _StrPromise = ""  # what it is called on the page about privacy; '' is not named there
    postponing: Postponing | None = None


@dataclass(frozen=True)
class Purpose:
    """Something that the city may do only with a person's consent, since no task of its own and no wish of theirs covers it.

    `wording` is what the person agrees to, in one to three sentences; `version` counts up with every wording that says something else, and
    asks anew. `asked_by` says where it is asked ("account" = beside where it is withdrawn, "form" = in the form that needs it), and
    `withdrawal` what happens when it is taken back, which `withdraw(city, participant)` does in that transaction.
    """

    key: str
    label: str | _StrPromise
    wording: str | _StrPromise
    version: int
    withdrawal: str | _StrPromise
    asked_by: Literal["account", "form"] = "account"
    withdraw: Callable[[Any, Any], None] | None = None


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
    # (contribution) -> whether others than its author wrote it as well, so that it is not theirs alone to take back.
    written_by_others: Callable[[Any], bool] | None = None
    # (actor, contribution that waits) -> where somebody who writes it with others goes on writing, a path; '' for others.
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
    # Key of a page of the city's own words ("privacy") -> request -> safe HTML that stands in it: at the line `{kept}`, else at its end.
    text_parts: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    # (city, process or None) -> how much came in during the last 30 days, by name; so that a rule's effect can be said in numbers.
    lately: Callable[[Any, Any], Mapping[str, int]] | None = None
    # (city, process or None) -> the newest texts, at most `most` of them.
    texts_lately: Callable[[Any, Any, int], list[str]] | None = None


def digest_key(rhythm: str) -> str:
    """What stands for all news of a rhythm where a kind of news is named: who declines it declines each kind that comes so."""
    return f"digest.{rhythm}"


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
