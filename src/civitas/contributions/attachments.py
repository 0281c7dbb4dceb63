"""The files shown with a contribution: attached when it is given, shown when they may be, described by author and team."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from civitas.contributions.counts import keeping_counts
from civitas.contributions.models import Attachment, Contribution
from civitas.contributions.recognised import agree_to_pictures
from civitas.contributions.rules import is_author, may_describe
from civitas.contributions.words import tell_taken_out
from civitas.journal.actions import record
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import Refused
from civitas.media.actions import drop_file, set_public, settle_files
from civitas.media.models import DRAWING, MediaFile
from civitas.notices.actions import notify
from civitas.outbox.actions import enqueue_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from civitas.cities.models import City
    from civitas.people.actors import Actor, Channel
    from civitas.people.models import Participant

# Of one contribution.
MOST_PICTURES, MOST_VIDEOS, MOST_DOCUMENTS = 5, 1, 2
LONGEST_ALT = 300
LONGEST_TRANSCRIPT = 10_000
LONGEST_CAPTIONS = 100_000
# The task that runs once the worker has looked into a file; see `tell_of_check`.
FILE_CHECKED = "contributions.file_checked"


class Shown(NamedTuple):
    """A file with its words: what a picture shows; what is said in a video, as text or as WebVTT; whether people can be recognised."""

    file: MediaFile
    alt: str = ""
    transcript: str = ""
    captions: str = ""
    shows_people: bool = False


class Words(NamedTuple):
    """The words of an attachment as its author or the team changes them."""

    alt: str = ""
    transcript: str = ""
    captions: str = ""


def attach_files(
    city: City, contribution: Contribution, files: Sequence[Shown], owner: Participant | None, *, channel: Channel = "page"
) -> None:
    """Put uploads to a new contribution; they are public if it is, a video only with its words. Raises Refused."""
    if not files:
        return
    if any(shown.shows_people for shown in files):
        agree_to_pictures(city, owner, channel)
    settle_files(city, [shown.file for shown in files], owner)
    _tell_of_refused(city, [shown.file for shown in files])
    for position, shown in enumerate(files):
        Attachment.objects.create(
            city=city, contribution=contribution, file=shown.file, alt=cleaned_line(shown.alt)[:LONGEST_ALT],
            transcript=cleaned(shown.transcript)[:LONGEST_TRANSCRIPT], captions=checked_captions(shown.captions), position=position,
            shows_people=shown.shows_people,
        )  # fmt: skip
    show_attachments(city, contribution)


@transaction.atomic
def attach_more(actor: Actor, contribution: Contribution, files: Sequence[Shown]) -> int:
    """Put further uploads to a contribution that is there, after those it has; the caller has asked its rule. Raises Refused (409) when
    it would have too many."""
    rows = list(Attachment.objects.of(actor.city).select_related("file").filter(contribution=contribution))
    together = [row.file for row in rows] + [shown.file for shown in files]
    pictures, videos = sum(file.is_picture for file in together), sum(file.is_video for file in together)
    if pictures > MOST_PICTURES or videos > MOST_VIDEOS or len(together) - pictures - videos > MOST_DOCUMENTS:
        figures = {"pictures": MOST_PICTURES, "videos": MOST_VIDEOS, "documents": MOST_DOCUMENTS}
        sentence = _("At most %(pictures)d pictures, %(videos)d video and %(documents)d documents fit. Please take others away first.")
        raise Refused(sentence % figures, status=409)
    with keeping_counts(actor.city, contribution):
        contribution.with_picture = has_picture(together)
        contribution.save(update_fields=["with_picture", "changed_at"])
    if any(shown.shows_people for shown in files):
        agree_to_pictures(actor.city, actor.participant, actor.channel)
    settle_files(actor.city, [shown.file for shown in files], actor.participant)
    _tell_of_refused(actor.city, [shown.file for shown in files])
    first = max((row.position for row in rows), default=-1) + 1
    for position, shown in enumerate(files, first):
        Attachment.objects.create(
            city=actor.city, contribution=contribution, file=shown.file, alt=cleaned_line(shown.alt)[:LONGEST_ALT],
            transcript=cleaned(shown.transcript)[:LONGEST_TRANSCRIPT], captions=checked_captions(shown.captions), position=position,
            shows_people=shown.shows_people,
        )  # fmt: skip
    show_attachments(actor.city, contribution)
    return len(files)


def _tell_of_refused(city: City, files: Iterable[MediaFile]) -> None:
    """What was refused while its form was on the way: then nothing showed it, and nobody was told."""
    later = [file.pk for file in files if not file.is_picture]
    if later:
        refused = MediaFile.objects.of(city).filter(pk__in=later, state=MediaFile.State.REFUSED)
        enqueue_many(city, FILE_CHECKED, [{"file": pk} for pk in refused.order_by("pk").values_list("pk", flat=True)])


def tell_of_check(city: City, file: int) -> None:
    """Tell who gave a file (by its id) that it cannot be shown; nothing where it can, or nothing shows it yet. Safe to run twice."""
    row = Attachment.objects.of(city).select_related("contribution__author").filter(file=file, file__state=MediaFile.State.REFUSED).first()
    if row is not None and row.contribution.author is not None:
        author, subject = row.contribution.author.uid, f"contribution:{row.contribution_id}"
        notify(city, [author], "contribution.file_refused", subject, f"file-{file}")


def is_told(attachment: Attachment) -> bool:
    """Whether people who cannot see or hear it know what it is: a video needs captions or a transcript before it is public."""
    return not attachment.file.is_video or bool(attachment.transcript or attachment.captions)


def show_attachments(city: City, *contributions: Contribution) -> None:
    """Show or hide the files of contributions as their visibility and the files' words say; never those whose consent was withdrawn."""
    published = {row.pk for row in contributions if row.visibility == Contribution.Visibility.PUBLISHED}
    shown: dict[bool, list[int]] = {True: [], False: []}
    for row in Attachment.objects.of(city).select_related("file").filter(contribution__in=[each.pk for each in contributions]):
        shown[row.contribution_id in published and row.withdrawn_at is None and is_told(row)].append(row.file_id)
    for public, ids in shown.items():
        set_public(city, ids, public=public)


def has_picture(files: Iterable[MediaFile]) -> int:
    """What `with_picture` says: 1 where one of them is a picture."""
    return int(any(file.is_picture for file in files))


def checked_captions(text: str) -> str:
    """WebVTT as it is kept; raises Refused when it is something else or too long."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        return ""
    if len(text) > LONGEST_CAPTIONS or not text.startswith("WEBVTT") or "-->" not in text:
        sentence = _("These captions are no WebVTT file. It begins with the word WEBVTT.")
        raise Refused(sentence, status=400, fields={"captions": sentence})
    return text


@transaction.atomic
def describe_files(
    actor: Actor,
    contribution: Contribution,
    words: Mapping[int, Words],
    *,
    dropped: Iterable[int] = (),
    instead: Mapping[int, MediaFile] | None = None,
) -> None:
    """Change what is said of a contribution's files (by the attachments' ids), take some away for good, and put others in the place of
    those that were refused (`instead`).

    Authors do it at any time, since a video waits for its words; who writes with them and the team too, on record. Raises Refused.
    """
    may_describe(actor, contribution).require()
    rows = list(Attachment.objects.of(actor.city).select_related("file", "file__city").filter(contribution=contribution))
    going = {row.pk for row in rows if row.pk in set(dropped) and row.file.mime != DRAWING}
    for row in rows:
        if row.pk in going or row.pk not in words:
            continue
        said = words[row.pk]
        if row.file.is_picture and not cleaned_line(said.alt):
            sentence = _("Please say in a few words what the picture shows.")
            raise Refused(sentence, status=400, fields={f"alt-{row.pk}": sentence})
        row.alt, row.transcript = cleaned_line(said.alt)[:LONGEST_ALT], cleaned(said.transcript)[:LONGEST_TRANSCRIPT]
        row.captions = checked_captions(said.captions)
        row.save(update_fields=["alt", "transcript", "captions"])
    replaced = {row.pk: fresh for row in rows if (fresh := (instead or {}).get(row.pk)) and row.file.state == MediaFile.State.REFUSED}
    for row in rows:
        if row.pk in replaced and row.pk not in going:
            _put_instead(actor.city, contribution, row, replaced[row.pk])
    if going:
        with keeping_counts(actor.city, contribution):
            contribution.with_picture = has_picture(row.file for row in rows if row.pk not in going)
            contribution.save(update_fields=["with_picture", "changed_at"])
        for row in rows:
            if row.pk in going:
                drop_file(row.file)
        tell_taken_out(actor.city, [contribution.pk])
    show_attachments(actor.city, contribution)
    if not is_author(actor, contribution):
        details = {"removed": len(going)}
        record(actor.city, by=actor.uid, verb="contribution.files_changed", subject=f"contribution:{contribution.pk}", details=details)


def _put_instead(city: City, contribution: Contribution, row: Attachment, fresh: MediaFile) -> None:
    """Another file of the same kind, with the words of the one that was refused."""
    if (fresh.is_video, fresh.is_document) != (row.file.is_video, row.file.is_document):
        sentence = _("Please choose a video.") if row.file.is_video else _("Please choose a PDF.")
        raise Refused(sentence, status=400, fields={f"instead-{row.pk}": sentence})
    settle_files(city, [fresh], contribution.author)
    refused, row.file = row.file, fresh
    row.save(update_fields=["file"])
    drop_file(refused)
    _tell_of_refused(city, [fresh])
