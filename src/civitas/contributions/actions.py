"""What changes in contributions. Each action asks its rule, keeps the counts, and writes what has to follow to the outbox."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Literal

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.cities.actions import next_number
from civitas.contributions.attachments import Shown, attach_files, has_picture, show_attachments
from civitas.contributions.checks import check_walls, checked_answers, checked_texts, placed
from civitas.contributions.counts import keeping_counts
from civitas.contributions.drawings import checked_drawing
from civitas.contributions.linking import make_links
from civitas.contributions.machines import refuse_blocked
from civitas.contributions.models import (
    WORDS,
    Contribution,
    Draft,
    Link,
    Revision,
    StatusEvent,
    newest_key,
    spin_of,
)
from civitas.contributions.queries import contribution_by_uid
from civitas.contributions.rules import held_hidden, may_date, may_develop, may_mend, may_submit, may_withdraw
from civitas.contributions.terms import agreed
from civitas.contributions.waiting import waits_for_team, why_read_again
from civitas.contributions.words import forget_words
from civitas.kit.rooms import rooms
from civitas.kit.texts import added_lines, cleaned_line
from civitas.kit.verdicts import Refused
from civitas.media.actions import drop_file
from civitas.notices.actions import notify
from civitas.outbox.actions import enqueue, enqueue_many
from civitas.people.rates import may_mail, spend

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from civitas.cities.models import Area, City
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation
    from civitas.processes.models import Category, Step
    from civitas.services.models import Service

Visibility = Contribution.Visibility


def submit_contribution(
    actor: Actor,
    step: Step,
    *,
    uid: UUID,
    kind: str,
    title: str,
    text: str,
    audience: str = "",
    proposal: str = "",
    benefit: str = "",
    category: Category | None = None,
    service: Service | None = None,
    lat: float | None = None,
    lon: float | None = None,
    area: Area | None = None,
    place_name: str = "",
    drawing: dict[str, Any] | None = None,
    language: str = "de",
    organisation: Organisation | None = None,
    files: Sequence[Shown] = (),
    builds_on: Contribution | None = None,
    given_at: dt.datetime | None = None,
) -> Contribution:
    """Give a contribution. The same uid sent twice gives the one that is already there; its draft goes.

    `audience`, `proposal` and `benefit` are the answers that may stay open: for whom, what to do, what is better then.
    `lat`, `lon` are WGS84 degrees, `drawing` is a GeoJSON geometry whose middle is then the place; `files` are uploads with their
    words; `builds_on` is the contribution that it develops further; `given_at` is when it was given, for imports alone.
    Raises Refused with a sentence per field.
    """
    known = contribution_by_uid(actor.city, uid)
    if known is not None:
        return _same(actor, known)
    may_submit(actor, step, kind).require()
    may_date(actor, given_at).require()
    title, text = checked_texts(title, text)
    answers = checked_answers(audience, proposal, benefit)
    if builds_on is not None:
        may_develop(actor, builds_on).require()
    if drawing is not None:
        drawing, lat, lon = checked_drawing(actor.city, drawing)
    lat, lon, area = placed(actor.city, lat, lon, area)
    check_walls(actor.city, category, service, area, organisation, *(shown.file for shown in files))
    if organisation is not None and organisation.pk not in actor.organisation_ids:
        raise Refused(_("You cannot speak for this organisation."))
    words = " ".join([title, text, *answers.values()])
    refuse_blocked(actor, step.process, words)
    moderated = waits_for_team(actor, step, what="contributions", text=words)
    contribution = Contribution(
        city=actor.city, uid=uid, process=step.process, step=step, kind=kind, author=actor.participant, organisation=organisation,
        title=title, text=text, **answers, language=language, category=category, service=service, lat=lat, lon=lon, area=area,
        place_name=cleaned_line(place_name)[:160], drawing=drawing, visibility=Visibility.WAITING if moderated else Visibility.PUBLISHED,
        with_picture=has_picture(shown.file for shown in files), given_at=given_at or timezone.now(), terms=agreed(actor),
    )  # fmt: skip
    try:
        with transaction.atomic():
            spend(actor, "submit")
            keep_new(actor.city, [contribution])
            StatusEvent.objects.create(city=actor.city, contribution=contribution, status=contribution.status, at=contribution.given_at)
            attach_files(actor.city, contribution, files, actor.participant, channel=actor.channel)
            Draft.objects.of(actor.city).filter(uid=uid).delete()
            if builds_on is not None:
                make_links(actor.city, [(builds_on.pk, contribution.pk, Link.Kind.DEVELOPED_INTO)], by=actor.uid)
                if not moderated:
                    tell_of_development(actor.city, contribution)
            if actor.participant and may_mail(actor, actor.participant):
                notify(actor.city, [actor.participant.uid], "contribution.received", f"contribution:{contribution.pk}", "received")
            if actor.channel not in {"import", "command"}:
                announce(actor.city, contribution)
    except IntegrityError:  # the same form sent twice in the same instant
        twin = contribution_by_uid(actor.city, uid)
        if twin is None:
            raise
        return _same(actor, twin)
    return contribution


@transaction.atomic
def keep_new(city: City, contributions: Sequence[Contribution]) -> None:
    """Write new contributions with numbers, sort keys, counts and index rows; the one way in, for one or thousands.

    They have `given_at` and all else set.
    """
    numbered = [row for row in contributions if row.kind != Contribution.Kind.COMMENT]
    if numbered:
        first = next_number(city, "contribution", count=len(numbered))
        for number, row in enumerate(numbered, first):
            row.number = number
    for row in contributions:
        row.spin = spin_of(row.uid)
    with keeping_counts(city, *contributions):
        Contribution.objects.bulk_create(contributions, batch_size=500)
        for row in contributions:
            row.newest_key = newest_key(row.given_at, row.pk)
        write_keys(city, contributions)
    index_later(city, numbered)
    look_later(city, contributions)


def look_later(city: City, contributions: Iterable[Contribution]) -> None:
    """Have the rooms above look at what is new, or was mended, taken back, shown or hidden (`Room.on_given`)."""
    if any(room.on_given for room in rooms()):
        enqueue_many(city, "contributions.given", [{"contribution": row.pk} for row in contributions])


def tell_of_development(city: City, *contributions: Contribution) -> None:
    """Have the worker tell those whose contribution these build on, and who follows theirs; each hears of it once.

    What a step made of others' work is told by the room lineage.
    """
    by_people = [row.pk for row in contributions if not row.is_made]
    links = Link.objects.of(city).filter(target__in=by_people, kind=Link.Kind.DEVELOPED_INTO) if by_people else Link.objects.none()
    told = [{"contribution": source, "developed": target} for source, target in links.order_by("pk").values_list("source", "target")]
    if told:
        enqueue_many(city, "dialogue.tell_of_development", told)


def write_keys(city: City, contributions: Iterable[Contribution]) -> None:
    """Write the sort keys of contributions as they are on the objects."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE contributions_contribution SET newest_key = %s WHERE id = %s AND city_id = %s",
            [(row.newest_key, row.pk, city.pk) for row in contributions],
        )


def announce(city: City, *contributions: Contribution, earlier: Revision | None = None) -> None:
    """Have the rooms above told that contributions are shown now, or that the words of one are others than they were `earlier`.

    Nothing for comments, and for what was brought in from elsewhere.
    """
    told = [
        {"contribution": row.pk, **({"revision": earlier.pk} if earlier else {})}
        for row in contributions
        if row.kind != Contribution.Kind.COMMENT and row.visibility == Visibility.PUBLISHED and not row.is_from_elsewhere
    ]
    for room in rooms() if told else ():
        for kind in room.on_mended if earlier else room.on_published:
            enqueue_many(city, kind, told)


def index_later(city: City, contributions: Iterable[Contribution]) -> None:
    """Have the worker bring the word index up to date for these."""
    enqueue_many(city, "contributions.index", [{"contribution": row.pk} for row in contributions])


def _same(actor: Actor, known: Contribution) -> Contribution:
    author = actor.participant.pk if actor.participant else None
    if known.author_id != author and not (known.author_id and author is None):
        raise Refused(_("This form was already used. Please open a new one; your text is kept."), status=409)
    return known


def mend_contribution(
    actor: Actor,
    contribution: Contribution,
    *,
    title: str,
    text: str,
    audience: str = "",
    proposal: str = "",
    benefit: str = "",
    drawing: dict[str, Any] | Literal["kept"] | None = "kept",
    version: int,
) -> Contribution:
    """Change the words, and the drawing on the map; how both were is kept as a revision.

    `drawing` is a GeoJSON geometry in the city, whose middle is then the place; None takes it off the map and leaves the place.
    Where new words would wait for the team, changed ones that everybody saw wait again.
    Raises Refused (409) when someone changed it since `version`, (422) for a website that the city does not take.
    """
    may_mend(actor, contribution).require()
    if contribution.kind == Contribution.Kind.COMMENT:
        title, text, answers = "", checked_texts("Comment", text)[1], checked_answers("", "", "")
    else:
        title, text = checked_texts(title, text)
        answers = checked_answers(audience, proposal, benefit)
    words = {"title": title, "text": text, **answers}
    with transaction.atomic():
        rows = Contribution.objects.of(actor.city).select_for_update(of=("self",))
        row = rows.select_related("city", "area", "step__process", "process").get(pk=contribution.pk)
        if row.version != version:
            raise Refused(_("This text was changed meanwhile. Please compare and send yours again; it is kept."), status=409)
        before = {name: getattr(row, name) for name in WORDS}
        added = added_lines("\n".join(before.values()), "\n".join(words.values()))
        refuse_blocked(actor, row.process, added)
        earlier = Revision.objects.create(
            city=actor.city, contribution=row, version=row.version, **before, drawing=row.drawing, at=timezone.now(), by=actor.participant
        )
        with keeping_counts(actor.city, row):
            for name, value in words.items():
                setattr(row, name, value)
            if drawing != "kept":
                _redraw(row, drawing)
            row.version += 1
            row.save(update_fields=[*words, "drawing", "lat", "lon", "area", "version", "changed_at"])
        if why_read_again(actor, row, added):
            row = change_visibility(actor.city, row, Visibility.WAITING)
        index_later(actor.city, [row])
        look_later(actor.city, [row])
        announce(actor.city, row, earlier=earlier)
    return row


def _redraw(row: Contribution, drawing: dict[str, Any] | None) -> None:
    """Put another drawing on the map, or none; one that stays as it is may lie where a file once brought it."""
    if drawing == row.drawing:
        return
    row.drawing = drawing
    if drawing is not None:
        row.drawing, lat, lon = checked_drawing(row.city, drawing)
        row.lat, row.lon, row.area = placed(row.city, lat, lon, row.area)


def withdraw_contribution(actor: Actor, contribution: Contribution) -> Contribution:
    """Take back what one gave: it is no longer shown, its comments stay for those who wrote them."""
    may_withdraw(actor, contribution).require()
    return change_visibility(actor.city, contribution, Visibility.WITHDRAWN)


def change_visibility(city: City, contribution: Contribution, visibility: str, *, reason: str = "") -> Contribution:
    """Show a contribution or take it out of sight, with its counts, files and index; the caller asks its rule, records it and tells.

    Raises Refused (409) when it is erased, or must stay out of sight.
    """
    with transaction.atomic():
        row = Contribution.objects.of(city).select_for_update(of=("self",)).select_related("author", "root").get(pk=contribution.pk)
        if row.visibility == visibility and reason == row.hidden_reason:
            return row
        if row.visibility == Visibility.ERASED:
            raise Refused(_("This has been erased for good."), status=409)
        show_rows(city, [row], visibility, reason=reason)
        look_later(city, [row])
    return row


def show_rows(city: City, rows: Sequence[Contribution], visibility: str, *, reason: str = "") -> None:
    """Bring rows to a visibility with all that follows from it but the authors' news; the caller has asked the rule, and locked them.

    As many queries for hundreds as for one. Raises Refused for what must stay out of sight; a caller with many sorts those out before.
    """
    if visibility in {Visibility.PUBLISHED, Visibility.WAITING}:
        for verdict in held_hidden(city, rows).values():
            verdict.require()
    new = [row for row in rows if row.visibility != Visibility.PUBLISHED] if visibility == Visibility.PUBLISHED else []
    counted: defaultdict[int, int] = defaultdict(int)
    for row in rows:
        change = (visibility == Visibility.PUBLISHED) - (row.visibility == Visibility.PUBLISHED)
        for above in row.above if row.kind == Contribution.Kind.COMMENT and change else ():
            counted[above] += change
    with keeping_counts(city, *rows):
        for row in rows:
            row.visibility, row.hidden_reason, row.version, row.changed_at = visibility, reason, row.version + 1, timezone.now()
        Contribution.objects.of(city).bulk_update(rows, ["visibility", "hidden_reason", "version", "changed_at"], batch_size=200)
    change_comment_counts(city, counted)
    show_attachments(city, *rows)
    index_later(city, rows)
    release_later(city, *rows)
    announce(city, *new)
    if visibility == Visibility.PUBLISHED:
        tell_of_development(city, *rows)


def release_later(city: City, *rows: Contribution) -> None:
    """When they are not shown any more, have what was merged into them shown again: nobody's words go because another's do."""
    for row in rows:
        if row.wording_count and row.visibility != Visibility.PUBLISHED:
            enqueue(city, "merging.release", {"contribution": row.pk})


def change_comment_count(city: City, above: Iterable[int], change: int) -> None:
    """Keep the number of published comments on those a comment hangs below (`Contribution.above`), and on what those were merged into."""
    if change:
        rows = Contribution.objects.of(city).filter(pk__in=sorted(above))
        rows.update(comment_count=F("comment_count") + change)
        # Read after the first update holds its rows: a merge in the same instant comes before or after both.
        heads = rows.filter(merged_into__isnull=False).values("merged_into")
        Contribution.objects.of(city).filter(pk__in=heads).update(comment_count=F("comment_count") + change)


def change_comment_counts(city: City, changes: Mapping[int, int]) -> None:
    """`change_comment_count` for many at once: key -> change; as many queries as there are different changes. In a transaction."""
    # All are held first, in one order: so nobody merges them in the same instant, and two who count wait for each other in turn.
    held = Contribution.objects.of(city).select_for_update(of=("self",)).filter(pk__in=changes).order_by("pk")
    # What was merged counts for what it was merged into as well: two that lie in the same one are counted one after the other.
    merged = {pk for pk, head in held.values_list("pk", "merged_into") if head} if changes else set()
    for change in sorted(set(changes.values())):
        change_comment_count(city, [pk for pk, each in changes.items() if each == change and pk not in merged], change)
    for pk in sorted(merged):
        change_comment_count(city, [pk], changes[pk])


@transaction.atomic
def erase_contribution(city: City, row: Contribution) -> None:
    """Erase the words, versions, draft, files, place and author of one; the nameless tombstone keeps links and threads whole.

    The caller has asked its rule and records it.
    """
    with keeping_counts(city, row):
        was_public_comment = row.kind == Contribution.Kind.COMMENT and row.visibility == Visibility.PUBLISHED
        row.title = row.text = row.audience = row.proposal = row.benefit = ""
        row.place_name = row.hidden_reason = row.source_url = ""
        row.lat = row.lon = row.drawing = row.author = row.organisation = None
        row.visibility, row.version, row.with_picture = Visibility.ERASED, row.version + 1, 0
        row.save()
        if was_public_comment:
            change_comment_count(city, row.above, -1)
        release_later(city, row)
    Revision.objects.of(city).filter(contribution=row).delete()
    Draft.objects.of(city).filter(uid=row.uid).delete()
    if row.newest_key is not None:
        forget_words(city, [row.newest_key])
    if row.merged_into_id:
        index_later(city, [row])
    for attachment in row.attachments.of(city).select_related("file", "file__city"):
        drop_file(attachment.file)
    look_later(city, [row])
