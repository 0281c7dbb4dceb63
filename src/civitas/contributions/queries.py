"""Reading contributions: the list under filters, one whole, the desk's piles. Every function starts from the city and is bounded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import IntegerField, Prefetch, Q, QuerySet, prefetch_related_objects
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

from civitas.contributions.boxes import within
from civitas.contributions.counts import CITY_SCOPE, DIMENSIONS
from civitas.contributions.fair import cursor_at, fair_among, fair_places, read_cursor
from civitas.contributions.models import MADE, WORDS, Attachment, Contribution, Link, Revision, StatusEvent, Tally, newest_key
from civitas.contributions.words import MOST_MATCHES, matching
from civitas.kit.ids import read_number
from civitas.kit.keyset import KeysetPage, keyset_page, keyset_page_up
from civitas.kit.texts import cleaned, cleaned_line
from civitas.media.models import Derivative

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import Model

    from civitas.cities.models import City
    from civitas.kit.geometry import Box
    from civitas.people.models import Organisation, Participant
    from civitas.processes.models import Category, Process
    from civitas.services.models import Service

PAGE_SIZE = 20
# So many wordings stand on the page of what they were merged into.
MOST_WORDINGS = 20
# More are never put together (`merging.rules`).
MOST_TOGETHER = 500
FAIR = "fair"
SORTS = {"newest": ("newest_key",), "supported": ("support_total", "newest_key"), "discussed": ("comment_count", "newest_key")}
# What cards, and what a contribution's page, show of other rooms' rows; reading every column of seven tables (a district's
# boundary among them) costs more than the rest.
OWN = tuple(field.attname for field in Contribution._meta.concrete_fields)
SHOWN_ON_CARD = (
    *(f"author__{name}" for name in ("city_id", "uid", "user_id", "pseudonym")),
    *(f"organisation__{name}" for name in ("city_id", "key", "name", "kind", "verified_at")),
    *(f"area__{name}" for name in ("city_id", "key", "name")),
    *(f"category__{name}" for name in ("city_id", "name")),
    *(f"service__{name}" for name in ("city_id", "key", "name", "url")),
    *(f"process__{name}" for name in ("city_id", "rules")),
)
SHOWN = (
    *SHOWN_ON_CARD,
    *(f"author__{name}" for name in ("guest_mail_confirmed_at", "erased_at")),
    *(f"process__{name}" for name in ("slug", "state", "title", "paused_at")),
)
CARD = ("author", "area", "category", "organisation", "service", "process")


@dataclass(frozen=True)
class Filters:
    """What a list or map shows. Empty values do not filter; `areas` are the ids of an area and all below it."""

    process: Process | None = None
    category: Category | None = None
    areas: tuple[int, ...] = ()
    kind: str = ""
    status: str = ""
    service: Service | None = None
    author: Participant | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    words: str = ""
    with_picture: bool = False
    answered: bool = False
    box: Box | None = None
    gathered_in: int = 0  # the key of a theme
    voices: bool = False  # what people gave alone, nothing that was made of it

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the process filters: then kept counts and cells answer."""
        return replace(self, process=None) == Filters()


def listed(city: City, filters: Filters, *, most: int = MOST_MATCHES, before: int | None = None) -> QuerySet[Contribution]:
    """The listed contributions under the filters, unordered; of those with the words sought the newest `most` older than `before`."""
    rows: QuerySet[Contribution] = Contribution.objects.of(city).filter(listed=1)
    plain = {name: getattr(filters, name) for name in ("process", "category", "kind", "status", "service", "author")}
    rows = rows.filter(**{name: value for name, value in plain.items() if value})
    for name in ("with_picture", "answered"):
        if getattr(filters, name):
            rows = rows.filter(**{name: 1})
    if filters.box:
        rows = within(city, rows, filters.box)
    if filters.voices:
        rows = rows.exclude(kind__in=MADE)
    if filters.gathered_in:
        rows = rows.filter(pk__in=gathered(city, filters.gathered_in))
    if filters.areas:
        rows = rows.filter(area=filters.areas[0]) if len(filters.areas) == 1 else rows.filter(area__in=filters.areas)
    if filters.since:
        rows = rows.filter(newest_key__gte=_key_at(filters.since))
    if filters.until:
        rows = rows.filter(newest_key__lt=_key_at(filters.until))
    if filters.words:
        keys = matching(city, filters.words, most=most, before=before)
        rows = rows.none() if keys is None else rows.filter(newest_key__in=keys)
    return rows


def gathered(city: City, target: int) -> QuerySet[Link, Any]:
    """The keys of what was gathered into a contribution, shown or not; what was merged into another is that one. A subquery."""
    links = Link.objects.of(city).filter(target=target, kind=Link.Kind.GROUPED_INTO)
    return links.annotate(head=Coalesce("source__merged_into", "source")).order_by().values("head")


def _key_at(moment: dt.datetime) -> int:
    return newest_key(moment, 0)


def listed_page(city: City, filters: Filters, *, sort: str = "newest", cursor: str = "", size: int = PAGE_SIZE) -> KeysetPage[Contribution]:
    """One page of cards with author, area, category and pictures; one query, and three where there are pictures."""
    page = _page_of_cards(city, filters, sort, cursor, size)
    with_picture = [row for row in page.rows if row.with_picture]
    for row in page.rows:
        if not row.with_picture:
            _note_empty(row, attachments=Attachment)
    if with_picture:
        prefetch_related_objects(with_picture, pictures(city))
    return page


def _page_of_cards(city: City, filters: Filters, sort: str, cursor: str, size: int) -> KeysetPage[Contribution]:
    if sort == FAIR:
        return _fair_page(city, filters, cursor, size)
    by = SORTS.get(sort, SORTS["newest"])
    if filters.words and by == SORTS["newest"]:
        # The index is in this order too: the newest few matches are enough, unless other filters or hidden rows leave too few.
        few = _cards(city, filters, most=size * 5, before=int(cursor) if cursor.isdecimal() and len(cursor) < 20 else None)
        page = keyset_page(few, by=by, cursor=cursor, size=size)
        if page.next_cursor:
            return page
    return keyset_page(_cards(city, filters), by=by, cursor=cursor, size=size)


def _fair_page(city: City, filters: Filters, cursor: str, size: int) -> KeysetPage[Contribution]:
    """One page of those with the least response first; three queries."""
    start, after = read_cursor(city, cursor)
    if filters == Filters():
        places = fair_places(listed(city, filters), start, after, size + 1)
    else:
        places = fair_among(listed(city, filters), start, after, size + 1, MOST_MATCHES)
    shown = places[:size]
    # The places again, since by its keys alone SQLite would look through the whole city.
    by_place = {"listed": 1, "response_level__in": {place[0] for place in shown}, "spin__in": [place[2] for place in shown]}
    cards = Contribution.objects.of(city).filter(**by_place).select_related(*CARD)
    rows = cards.in_bulk([key for *_place, key in shown]) if shown else {}
    return KeysetPage([rows[key] for *_place, key in shown if key in rows], cursor_at(start, shown[-1]) if len(places) > size else "")


def _cards(city: City, filters: Filters, *, most: int = MOST_MATCHES, before: int | None = None) -> QuerySet[Contribution]:
    rows = listed(city, filters, most=most, before=before).select_related(*CARD)
    return rows.only(*OWN, *SHOWN_ON_CARD)


def _note_empty(row: Any, **related: type[Model]) -> None:
    """Keep what is known to be empty as a prefetch would keep it, without asking."""
    row._prefetched_objects_cache = {name: model._default_manager.none() for name, model in related.items()}


def pictures(city: City) -> Prefetch[Any]:
    """Attachments with their derivatives, in order; not those whose consent was withdrawn, which only wait for the worker."""
    files = Prefetch("file__derivatives", Derivative.objects.of(city).order_by("width"))
    rows = Attachment.objects.of(city).filter(withdrawn_at=None).select_related("file").prefetch_related(files)
    return Prefetch("attachments", rows.order_by("position", "pk"))


def count_listed(city: City, filters: Filters) -> int:
    """How many the filters leave: from the kept tallies where they answer, else counted up to 10,000 (`MOST_MATCHES`)."""
    if filters.is_plain:
        scope = filters.process.pk if filters.process else CITY_SCOPE
        return Tally.objects.of(city).filter(scope=scope, dimension="all", value="").values_list("count", flat=True).first() or 0
    return listed(city, filters).order_by()[: MOST_MATCHES + 1].values("pk").count()


def tallies(city: City, process: Process | None = None) -> dict[str, dict[str, int]]:
    """The kept counts by dimension and value, for the numbers beside filters; one query."""
    found: dict[str, dict[str, int]] = {}
    rows = Tally.objects.of(city).filter(scope=process.pk if process else CITY_SCOPE, count__gt=0)
    for dimension, value, count in rows.values_list("dimension", "value", "count"):
        found.setdefault(dimension, {})[value] = count
    return found


def tallies_shown(process: Process) -> dict[str, dict[str, int]]:
    """The tallies of a process for the page that shows it: one query, however many rooms ask about this object."""
    kept: dict[str, dict[str, int]] | None = vars(process).get("tallies_shown")
    if kept is None:
        kept = vars(process)["tallies_shown"] = tallies(process.city, process)
    return kept


# Under filters so many are looked at for the numbers beside the other filters; beyond, the kept numbers are the better answer.
MOST_FACETED = 2_000


def facets(city: City, filters: Filters, *, most: int = MOST_FACETED) -> dict[str, dict[str, int]]:
    """How many of those under the filters have each value, counted among the newest `most`; the shape of `tallies`, one query.

    Beyond those, `placed` with the value '1' is how many have a place.
    """
    found: dict[str, dict[str, int]] = {name: {} for name in (*DIMENSIONS, "placed")}
    rows = listed(city, filters).order_by("-newest_key").values_list(*DIMENSIONS.values(), "lat")[:most]
    for *values, lat in rows:
        for name, value in zip(found, (*values, 1 if lat is not None else None), strict=True):
            if value:
                found[name][str(value)] = found[name].get(str(value), 0) + 1
    return found


# What may hang on a contribution, as bits that its own query brings along: most have none of it, and asking for nothing costs
# as much as any other query. Of the official events the first, that it came, says nothing that the row does not.
_FILES, _EARLIER, _LINKS_OUT, _LINKS_IN, _DECIDED = 1, 2, 4, 8, 16
_HANGS_ON = " + ".join(
    "CASE WHEN EXISTS (SELECT 1 FROM contributions_"  # noqa: S608  (names of our own tables)
    f"{table} x WHERE x.city_id = %s AND x.{column} = contributions_contribution.id{but}) THEN {bit} ELSE 0 END"
    for bit, table, column, but in (
        (_FILES, "attachment", "contribution_id", ""),
        (_EARLIER, "revision", "contribution_id", ""),
        (_LINKS_OUT, "link", "source_id", ""),
        (_LINKS_IN, "link", "target_id", ""),
        (_DECIDED, "statusevent", "contribution_id", " AND NOT (x.status = 'received' AND x.text = '' AND x.next_step = '')"),
    )
)  # fmt: skip


def contribution_by_number(city: City, number: int) -> Contribution | None:
    """One contribution with what its page shows, in any visibility: the rule decides who sees it.

    One query, one more where others were merged into it (`merged_wordings` are the first 20 that are shown), and three more at
    most for files and for what was officially said, where there is any. `has_revisions` says whether a text was ever changed,
    `has_links` whether anything came before it or after, or before or after those merged into it.
    """
    rows = _with_what_hangs_on(city)
    row = rows.filter(number=number).first()
    if row is None:
        return None
    if row.wording_count:
        shown = rows.filter(merged_into=row, visibility=Contribution.Visibility.PUBLISHED).order_by("newest_key")
        row.merged_wordings = tuple(shown[:MOST_WORDINGS])
    found = [row, *row.merged_wordings]
    _bring_along(city, found)
    row.has_links = any(each.has_links for each in found)
    return row


def _with_what_hangs_on(city: City) -> QuerySet[Contribution]:
    hangs_on = RawSQL(_HANGS_ON, [city.pk] * _HANGS_ON.count("%s"), output_field=IntegerField())  # noqa: S611  (names of our own tables)
    rows = Contribution.objects.of(city).select_related(*CARD).only(*OWN, *SHOWN).order_by("pk")
    return rows.annotate(hangs_on=hangs_on)


def _bring_along(city: City, rows: list[Any]) -> None:
    """Fetch files and events of those that have any, and note the rest as empty."""
    for row in rows:
        row.has_revisions, row.has_links = bool(row.hangs_on & _EARLIER), bool(row.hangs_on & (_LINKS_OUT | _LINKS_IN))
        _note_empty(row, events=StatusEvent, attachments=Attachment)
    for bit, prefetch in ((_DECIDED, Prefetch("events", _said(city))), (_FILES, pictures(city))):
        having = [row for row in rows if row.hangs_on & bit]
        for row in having:
            del row._prefetched_objects_cache[prefetch.prefetch_to]
        if having:
            prefetch_related_objects(having, prefetch)


def _said(city: City) -> QuerySet[StatusEvent]:
    rows = StatusEvent.objects.of(city).select_related("organisation", "person", "part_of", "part_of_process")
    larger = (f"part_of__{name}" for name in ("text", "audience", "proposal", "benefit", "drawing"))
    return rows.defer("organisation__description", *larger).order_by("at", "pk")


def contribution_by_uid(city: City, uid: UUID) -> Contribution | None:
    """The contribution or comment that a form has already made, with its author; one small query where there is none."""
    rows = Contribution.objects.of(city).filter(uid=uid)
    return rows.select_related("author").get() if rows.exists() else None


def wordings_page(city: City, head: Contribution, *, cursor: str = "") -> KeysetPage[Contribution]:
    """What was merged into a contribution and is shown, the oldest first, with what a page shows of it; four queries at most."""
    rows = _with_what_hangs_on(city).filter(merged_into=head, visibility=Contribution.Visibility.PUBLISHED)
    page: KeysetPage[Contribution] = keyset_page_up(rows, by="newest_key", cursor=cursor, size=MOST_WORDINGS)
    _bring_along(city, page.rows)
    return page


def together(row: Contribution) -> tuple[int, ...]:
    """The ids of a contribution and of all that was merged into it, shown or not; one query the first time, none where nothing was."""
    if not row.together:
        merged = Contribution.objects.of(row.city_id).filter(merged_into=row).order_by("newest_key").values_list("pk", flat=True)
        row.together = (row.pk, *(merged[:MOST_TOGETHER] if row.wording_count else ()))
    return row.together


def head_of(row: Contribution) -> Contribution:
    """What a contribution is shown in: what it was merged into, or itself; one query where it was."""
    return Contribution.objects.of(row.city_id).get(pk=row.merged_into_id) if row.merged_into_id else row


def given_lately(city: City, person: Participant | None, *, title: str = "", text: str, **where: Any) -> Contribution | None:
    """What the person gave in these very words within the hour: a browser that goes back fetches a new form and puts the old words in."""
    if person is None:
        return None
    rows = Contribution.objects.of(city).filter(author=person, title=cleaned_line(title), text=cleaned(text), **where)
    lately = rows.filter(given_at__gte=timezone.now() - dt.timedelta(hours=1), visibility__in=("waiting", "published"))
    return lately.select_related("author").order_by("-newest_key").first()


def note_revisions(city: City | int, rows: list[Contribution]) -> None:
    """Set `has_revisions` on each: whether its words were ever changed. One query, none where nothing about them ever was."""
    changed = [row.pk for row in rows if row.version > 1]
    found = set(Revision.objects.of(city).filter(contribution__in=changed).values_list("contribution_id", flat=True)) if changed else set()
    for row in rows:
        row.has_revisions = row.pk in found


def staff_page(city: City, *, visibility: str, words: str = "", cursor: str = "", size: int = 50) -> KeysetPage[Contribution]:
    """The staff list in one visibility, comments included, newest first; `words` are words or a number."""
    shown = ("author", "organisation", "area", "category", "process", "root")
    rows = staff_rows(city, visibility=visibility, words=words).select_related(*shown)
    return keyset_page(rows, by=("newest_key",), cursor=cursor, size=size)


def staff_rows(city: City, *, visibility: str, words: str = "") -> QuerySet[Contribution]:
    """What the staff list shows in one visibility, comments included, unordered."""
    rows: QuerySet[Contribution] = Contribution.objects.of(city).filter(visibility=visibility)
    number = read_number(words)
    if number is not None:
        rows = rows.filter(number=number)
    elif words and visibility == Contribution.Visibility.PUBLISHED:
        keys = matching(city, words)
        rows = rows.none() if keys is None else rows.filter(newest_key__in=keys)
    elif words:  # what is not published is in no index, and there is little of it
        rows = rows.filter(reduce(or_, (Q(**{f"{name}__icontains": words}) for name in WORDS)))
    return rows


@dataclass(frozen=True)
class Pile:
    """What lies on the desk: how many (at most 10,000 are counted), and since when the oldest does."""

    count: int
    oldest: dt.datetime | None


def waiting_pile(city: City) -> Pile:
    """What waits for the editorial team, comments included; two queries."""
    return _pile(Contribution.objects.of(city).filter(visibility=Contribution.Visibility.WAITING))


def _pile(rows: QuerySet[Contribution]) -> Pile:
    count = rows.order_by("newest_key")[: MOST_MATCHES + 1].values("pk").count()
    oldest = rows.order_by("newest_key").values_list("given_at", flat=True).first() if count else None
    return Pile(count, oldest)


LATELY = 10


def answers_of(organisation: Organisation) -> list[StatusEvent]:
    """What an organisation answered officially, newest first, on listed contributions only; one query, at most 10."""
    rows = StatusEvent.objects.of(organisation.city_id).filter(organisation=organisation, contribution__listed=1).exclude(text="")
    return list(rows.select_related("contribution").order_by("-at", "-pk")[:LATELY])


def said_by(organisation: Organisation) -> list[Contribution]:
    """What was given or commented in an organisation's name and everybody may read, newest first; one query, at most 10."""
    shown = Contribution.Visibility.PUBLISHED
    rows = Contribution.objects.of(organisation.city_id).filter(organisation=organisation, visibility=shown)
    rows = rows.filter(Q(root=None) | Q(root__visibility=shown))  # a comment goes with what it hangs on
    return list(rows.select_related("root", "author").order_by("-newest_key")[:LATELY])
