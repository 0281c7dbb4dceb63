"""News of a hop: all whose contribution is upstream hear of it once, in one letter a day; what was taken back is put right.

What is told follows the links as they are now: tasks may run twice, late, or in another order than things happened.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone

from civitas.contributions.models import Contribution, Link, StatusEvent
from civitas.contributions.walking import among, walk
from civitas.lineage.models import Letter, Line, News
from civitas.notices.actions import notify_each
from civitas.notices.models import Delivery, Notice
from civitas.outbox.actions import enqueue, enqueue_many

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from civitas.cities.models import City

KIND = "lineage.hop"
SPREAD, RECALL, GATHER = "lineage.spread", "lineage.recall", "lineage.gather"
_LINKS = frozenset(Link.Kind.values) - {Link.Kind.RELATED_TO}
_PORTION = 500
# What a line says is so: the news of it were not taken back, or they were and it says that.
_HOLDS = Q(correction=0, news__undone_at=None) | Q(correction=1, news__undone_at__isnull=False)
# When what waited since yesterday goes.
_MORNING = dt.time(7)


def note_hop(city: City, contribution: Contribution, event: str, key: int, *, by: UUID | None = None) -> None:
    """Have all hear whose contributions are upstream of this one, its own author too, that something happened to it.

    A room calls it in its action's transaction: `event` is the name under its `Room.hops`, which words the room's row `key` when the
    news is sent. Said twice, it is told once.
    """
    known = News.objects.of(city).filter(source=contribution, target=contribution, event=event, key=key, undone_at=None)
    if not known.exists():
        news = News.objects.create(city=city, source=contribution, target=contribution, event=event, key=key, by=by, made_at=timezone.now())
        enqueue(city, SPREAD, {"news": news.pk})


def recall_hop(city: City, event: str, key: int) -> None:
    """Take back what `note_hop` noted: who was told gets a correction, once; who was not yet hears nothing. In a transaction."""
    _undo(city, list(News.objects.of(city).filter(event=event, key=key, undone_at=None).order_by("pk").values_list("pk", flat=True)))


def told_of_event(city: City, event: str, key: int) -> int:
    """How many people heard, or are to hear, of what `note_hop` noted; one query."""
    return _hear(city, News.objects.of(city).filter(event=event, key=key, undone_at=None))


def told_of_link(city: City, source: Contribution, target: Contribution) -> int:
    """How many people heard, or are to hear, of a link; one query."""
    return _hear(city, News.objects.of(city).filter(source=source, target=target, key=0, undone_at=None))


def _hear(city: City, news: QuerySet[News]) -> int:
    lines = Line.objects.of(city).filter(news__in=news.values("pk"), correction=0)
    return int(lines.aggregate(people=Count("recipient", distinct=True))["people"])


def _undo(city: City, keys: Sequence[int]) -> None:
    News.objects.of(city).filter(pk__in=keys).update(undone_at=timezone.now())
    enqueue_many(city, RECALL, [{"news": key} for key in keys])


@transaction.atomic
def settle(city: City, links: Iterable[tuple[int, int, str]], *, by: Mapping[tuple[int, int, str], UUID] | None = None) -> None:
    """Bring the news of these links (source, target, kind) in line with whether they are there and lead to what is shown."""
    asked = {link for link in links if link[2] in _LINKS}
    sources, targets = {link[0] for link in asked}, {link[1] for link in asked}
    if not asked:
        return
    ends = {"source__in": among(sources), "target__in": among(targets)}
    present = set(Link.objects.of(city).filter(**ends).order_by("pk").values_list("source", "target", "kind"))
    merged = Contribution.objects.of(city).filter(pk__in=among(sources), merged_into__in=among(targets)).order_by("pk")
    present |= {(pk, head, str(Link.Kind.MERGED_INTO)) for pk, head in merged.values_list("pk", "merged_into")}
    shown = Contribution.objects.of(city).filter(pk__in=among(targets), visibility=Contribution.Visibility.PUBLISHED)
    visible = set(shown.order_by("pk").values_list("pk", flat=True))
    live = News.objects.of(city).filter(**ends, undone_at=None, event__in=_LINKS).select_for_update(of=("self",)).order_by("pk")
    noted = {(source, target, event): pk for pk, source, target, event in live.values_list("pk", "source", "target", "event")}
    _undo(city, [pk for link, pk in noted.items() if link in asked - present])
    new = sorted(link for link in (asked & present) - set(noted) if link[1] in visible)
    rows = [
        News(city=city, source_id=source, target_id=target, event=event, by=(by or {}).get((source, target, event)), made_at=timezone.now())
        for source, target, event in new
    ]
    News.objects.bulk_create(rows, batch_size=500)
    enqueue_many(city, SPREAD, [{"news": row.pk} for row in rows])


def settle_shown(city: City, contribution: int) -> None:
    """Note the news of all links to a contribution that is shown now, and tell after all what nothing could be said of meanwhile."""
    settle(city, Link.objects.of(city).filter(target=contribution).order_by("pk").values_list("source", "target", "kind"))
    lines = Line.objects.of(city).filter(_HOLDS, letter__isnull=False)
    _tell_after_all(city, lines.filter(news__in=News.objects.of(city).filter(target=contribution).values("pk"), correction=0))
    # Of the other end: nothing is said of somebody's contribution while that is not shown itself.
    author = Contribution.objects.of(city).filter(pk=contribution, author__isnull=False).values("author__uid")
    _tell_after_all(city, lines.filter(recipient__in=author, contribution=contribution))


def _tell_after_all(city: City, lines: QuerySet[Line]) -> None:
    """Put lines into another letter which their own could not say; safe to run twice, since a line has one letter at a time."""
    last = 0
    while portion := list(lines.filter(pk__gt=last).order_by("pk").values_list("pk", "letter", "left_out")[:_PORTION]):
        last = portion[-1][0]
        unsaid = _unsaid(city, {letter for _pk, letter, _left_out in portion})
        with transaction.atomic():
            silent = [pk for pk, letter, left_out in portion if letter in unsaid and not left_out]
            same = Q(pk__in=silent, letter__in=unsaid) | Q(pk__in=[pk for pk, _letter, left_out in portion if left_out], left_out=1)
            if Line.objects.of(city).filter(same).update(letter=None, left_out=0, due_at=timezone.now()):
                enqueue(city, GATHER, {}, key="gather")


def note_left_out(city: City, lines: Collection[int]) -> None:
    """Note which lines (keys) a mail that has gone could not say: they wait until it may be said, and drop out if it is taken back.

    In a transaction; one that may be said by now goes into the next letter.
    """
    rows = Line.objects.of(city).filter(_HOLDS, pk__in=lines, letter__isnull=False)
    rows.update(left_out=1)
    shown = rows.filter(contribution__visibility=Contribution.Visibility.PUBLISHED)
    _tell_after_all(city, shown.filter(Q(correction=1) | Q(news__target__visibility=Contribution.Visibility.PUBLISHED)))


def spread(city: City, keys: Collection[int]) -> None:
    """Note for each of these news who has to hear of it, some people in each transaction; safe to run twice."""
    news = list(News.objects.of(city).filter(pk__in=keys, undone_at=None).select_related("target").order_by("pk"))
    if not news:
        return
    lines = [line for row, told in zip(news, recipients(city, news), strict=True) for line in _lines(row, told)]
    for start in range(0, len(lines), _PORTION):
        portion = lines[start : start + _PORTION]
        with transaction.atomic():
            _not_taken_back(city, portion)
            Line.objects.bulk_create(portion, ignore_conflicts=True, batch_size=_PORTION)
            enqueue(city, GATHER, {}, key="gather")


def _lines(news: News, told: Mapping[UUID, list[int]]) -> list[Line]:
    now = timezone.now()
    return [
        Line(city_id=news.city_id, news=news, recipient=uid, contribution_id=min(rows), count=len(rows), due_at=now)
        for uid, rows in sorted(told.items())
    ]


def _not_taken_back(city: City, lines: Sequence[Line]) -> None:
    """Who is told anew of what was taken back, before the correction went, has heard of it already."""
    same = News.objects.of(city).filter(undone_at__isnull=False, source__in={line.news.source_id for line in lines})
    earlier = {pk: tuple(ends) for pk, *ends in same.order_by("pk").values_list("pk", "source", "target", "event", "key")}
    waiting = Line.objects.of(city).filter(news__in=earlier, correction=1, letter=None) if earlier else Line.objects.none()
    found = {(earlier[news], recipient): news for news, recipient in waiting.order_by("pk").values_list("news", "recipient")}
    for line in lines:
        ends = (line.news.source_id, line.news.target_id, line.news.event, line.news.key)
        before = found.get((ends, line.recipient))
        if before is not None:
            theirs = Line.objects.of(city).filter(news=before, recipient=line.recipient)
            line.letter_id = theirs.filter(correction=0).values_list("letter", flat=True).first()
            theirs.filter(correction=1).delete()


def recipients(city: City, news: Sequence[News]) -> list[dict[UUID, list[int]]]:
    """For each of these news who hears of it, and for which contributions of theirs; two queries for each generation and a few more.

    Nobody hears of what they did themselves, and of what another letter tells them: that theirs was answered, put together, built on.
    """
    found = walk(city, {row.source_id for row in news}, "earlier")
    inside: defaultdict[int, list[int]] = defaultdict(list)
    for pk, head in found.heads.items():
        inside[head].append(pk)
    before: defaultdict[int, set[int]] = defaultdict(set)
    for hop in found.hops:
        before[hop.target].add(hop.source)
    rows = Contribution.objects.of(city).filter(
        pk__in=among(found.generations.keys() | found.heads.keys()), author__erased_at=None, author__isnull=False
    )
    shown = rows.filter(visibility=Contribution.Visibility.PUBLISHED).order_by("pk")
    authors = dict(shown.values_list("pk", "author__uid"))
    own = dict(Contribution.objects.of(city).filter(pk__in={row.target_id for row in news}).values_list("pk", "author__uid"))
    answered = _answered(city, news)
    told = []
    for row in news:
        group = found.head(row.source_id)
        upstream = _upstream(before, group)
        if row.event in _LINKS and (row.pk in answered or _is_told_otherwise(row)):
            upstream.discard(group)
        each: defaultdict[UUID, list[int]] = defaultdict(list)
        for head in upstream:
            for pk in (head, *inside[head]):
                author = authors.get(pk)
                if author is not None and author != row.by and (row.event not in _LINKS or author != own.get(row.target_id)):
                    each[author].append(pk)
        told.append(dict(each))
    return told


def _upstream(before: Mapping[int, set[int]], start: int) -> set[int]:
    seen, front = {start}, [start]
    while front:
        front = list({source for target in front for source in before.get(target, ())} - seen)
        seen.update(front)
    return seen


def _is_told_otherwise(news: News) -> bool:
    """Whether merging, or the news that somebody built on it, tells those whose contribution it starts from."""
    built_on = news.event == Link.Kind.DEVELOPED_INTO and not news.target.is_made
    return built_on or news.event in {Link.Kind.MERGED_INTO, Link.Kind.SPLIT_INTO}


def _answered(city: City, news: Sequence[News]) -> set[int]:
    """Those of these news that came with an official answer, which says it itself."""
    events = StatusEvent.objects.of(city).filter(link__isnull=False, contribution__in=among({row.source_id for row in news})).order_by("pk")
    said = set(events.values_list("link__source", "link__target", "link__kind"))
    return {row.pk for row in news if (row.source_id, row.target_id, row.event) in said}


def recall(city: City, key: int) -> None:
    """Drop what nobody has read of news that was taken back, and have those who were told hear of that; safe to run twice."""
    news = News.objects.of(city).filter(pk=key, undone_at__isnull=False).first()
    if news is None:
        return
    Line.objects.of(city).filter(news=news, correction=0, letter=None).delete()
    if news.event in _LINKS:
        _drop_further(city, news)
    last = 0
    while True:
        lines = Line.objects.of(city).filter(news=news, correction=0, left_out=0, pk__gt=last).order_by("pk")
        portion = list(lines.only("city_id", "news_id", "recipient", "contribution_id", "count", "letter_id")[:_PORTION])
        if not portion:
            return
        last = portion[-1].pk
        read = _read(city, {line.letter_id for line in portion if line.letter_id})
        now = timezone.now()
        corrections = [
            Line(
                city=city,
                news=news,
                recipient=line.recipient,
                contribution_id=line.contribution_id,
                count=line.count,
                correction=1,
                due_at=now,
            )
            for line in portion
            if line.letter_id in read
        ]
        with transaction.atomic():
            Line.objects.bulk_create(corrections, ignore_conflicts=True, batch_size=_PORTION)
            enqueue(city, GATHER, {}, key="gather")


def _drop_further(city: City, news: News) -> None:
    """Who is upstream of what came later no more, and has not heard of that yet, does not hear of it."""
    upstream = walk(city, [news.source_id], "earlier")
    waiting = Line.objects.of(city).filter(letter=None, correction=0, news__undone_at=None).order_by("pk")
    rows = waiting.filter(contribution__in=among(upstream.generations.keys() | upstream.heads.keys()))
    further = list(News.objects.of(city).filter(pk__in=rows.values("news")).select_related("target").order_by("pk"))
    for each, told in zip(further, recipients(city, further), strict=True):
        gone = [pk for pk, uid in rows.filter(news=each).values_list("pk", "recipient") if uid not in told]
        Line.objects.of(city).filter(pk__in=among(gone)).delete()


def _read(city: City, letters: Collection[int]) -> set[int]:
    """Which of these letters went by mail, or were read on the site."""
    subjects = {subject_of(letter): letter for letter in letters}
    sent = Delivery.objects.filter(city=city, notice=OuterRef("pk"), sent_at__isnull=False)
    known = Notice.objects.of(city).filter(Exists(sent) | Q(seen_at__isnull=False), kind=KIND, subject__in=subjects)
    return {subjects[subject] for subject in known.order_by("pk").values_list("subject", flat=True)}


def _unsaid(city: City, letters: Collection[int]) -> set[int]:
    """Which of these letters came to nothing, since nothing could be said when they were to go."""
    subjects = {subject_of(letter): letter for letter in letters}
    silent = Delivery.objects.of(city).filter(skipped=Delivery.Skipped.NOTHING_TO_SAY, notice__kind=KIND, notice__subject__in=subjects)
    return {subjects[subject] for subject in silent.order_by("pk").values_list("notice__subject", flat=True)}


def subject_of(letter: int) -> str:
    """How a notice names a letter."""
    return f"letter:{letter}"


def gather(city: City, *, now: dt.datetime | None = None) -> None:
    """Write the letters that are due, some at a time: one for each person who has none today; who has hears the rest tomorrow morning."""
    now = now or timezone.now()
    zone = city.zone
    today = now.astimezone(zone).date()
    with transaction.atomic():
        due = Line.objects.of(city).filter(letter=None, due_at__lte=now)
        people = list(due.order_by("due_at", "recipient").values_list("recipient", flat=True)[:_PORTION])
        if not people:
            return
        have = set(Letter.objects.of(city).filter(recipient__in=people, day=today).values_list("recipient", flat=True))
        if have:
            morning = dt.datetime.combine(today + dt.timedelta(days=1), _MORNING, zone)
            due.filter(recipient__in=have).update(due_at=morning)
            enqueue(city, GATHER, {}, key=f"gather-{morning:%Y-%m-%d}", run_at=morning)
        fresh = [uid for uid in dict.fromkeys(people) if uid not in have]
        Letter.objects.bulk_create([Letter(city=city, recipient=uid, day=today) for uid in fresh], batch_size=_PORTION)
        letters = Letter.objects.of(city).filter(recipient__in=fresh, day=today).order_by("pk")
        theirs = Letter.objects.filter(city=city, recipient=OuterRef("recipient"), day=today).values("pk")[:1]
        Line.objects.of(city).filter(letter=None, recipient__in=fresh).update(letter=Subquery(theirs))
        notify_each(city, [(uid, KIND, subject_of(pk), "day") for pk, uid in letters.values_list("pk", "recipient")])
        enqueue(city, GATHER, {}, key="gather")
