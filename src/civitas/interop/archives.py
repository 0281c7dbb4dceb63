"""Archives of a process: its parts written one by one by the worker, each whole or not at all, then packed with what they mean."""

from __future__ import annotations

import csv
import secrets
import shutil
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from civitas.cities.models import Area
from civitas.contributions.models import Attachment, Contribution, Link, StatusEvent
from civitas.contributions.queries import tallies
from civitas.interop.archive_models import Archive
from civitas.interop.dictionary import FILES, HIDDEN, RESEARCH_FILES, Column
from civitas.interop.exports import comment_rows, contribution_rows, in_batches, key_of, shown_comments, shown_contributions
from civitas.interop.research import Ids, research_comments, research_rows
from civitas.interop.rules import may_archive
from civitas.interop.tables import write_table
from civitas.journal.actions import record
from civitas.kit.cells import defused
from civitas.media.actions import path_of
from civitas.outbox.actions import enqueue
from civitas.processes.models import Category
from civitas.services.models import Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.processes.models import Process

Kind, State, Visibility = Archive.Kind, Archive.State, Contribution.Visibility
KEPT_DAYS = 30
_AT_ONCE = 500
_TEXTS = Path(__file__).with_name("archive_texts")
_TEAM = (Visibility.PUBLISHED, Visibility.WAITING, Visibility.HIDDEN, Visibility.WITHDRAWN)


def begin_archive(actor: Actor, process: Process, kind: str, *, uid: UUID) -> Archive:
    """Have an archive of a process made; the same form twice gives the same one."""
    may_archive(actor, process, kind).require()
    known: Archive | None = Archive.objects.of(actor.city).filter(uid=uid).first()
    if known is not None:
        return known
    with transaction.atomic():
        made: Archive = Archive.objects.create(
            city=actor.city, uid=uid, process=process, kind=kind, by=actor.participant, key=secrets.token_hex(32)
        )
        _enqueue(made)
        record(actor.city, by=actor.uid, verb=f"archive.{kind}_begun", subject=f"archive:{made.pk}", details={"process": process.pk})
    return made


def give_up_archive(city: City, key: int) -> None:
    """Say of an archive that it could not be put together, however often it was tried."""
    Archive.objects.of(city).filter(pk=key, state=State.MAKING).update(state=State.FAILED)


def try_again(actor: Actor, archive: Archive) -> None:
    """Have an archive that did not work put together from the start; sent twice it is asked for once. Raises Refused."""
    may_archive(actor, archive.process, archive.kind).require()
    failed = Archive.objects.of(actor.city).filter(pk=archive.pk, state=State.FAILED)
    with transaction.atomic():
        if failed.update(state=State.MAKING, part=0, counts={}, key=secrets.token_hex(32)):
            _enqueue(archive)
            verb, details = f"archive.{archive.kind}_begun", {"process": archive.process_id}
            record(actor.city, by=actor.uid, verb=verb, subject=f"archive:{archive.pk}", details=details)


def _enqueue(archive: Archive) -> None:
    enqueue(archive.city, "interop.archive", {"archive": archive.pk}, key=f"archive:{archive.pk}")


def home_of(archive: Archive) -> Path:
    """Where all editions of an archive lie, each in a folder of its own."""
    return Path(default_storage.path(f"exports/{archive.city_id}/{archive.uid}"))


def folder_of(archive: Archive) -> Path:
    """Where an archive is put together and lies."""
    return home_of(archive) / str(archive.edition)


def archive_path(archive: Archive) -> Path:
    """The archive itself."""
    return folder_of(archive) / "archive.zip"


def work_archive(city: City, key: int) -> bool:
    """Write the next part of an archive; whether some are left. A part that was killed is written anew."""
    rows = Archive.objects.of(city).select_related("process", "process__city")
    archive: Archive | None = rows.filter(pk=key, state=State.MAKING).first()
    if archive is None:
        return False
    files = _files(archive)
    folder = folder_of(archive)
    _drop_earlier(archive)
    folder.mkdir(parents=True, exist_ok=True)
    held = Archive.objects.of(city).filter(pk=key, state=State.MAKING, edition=archive.edition)
    if archive.part < len(files):
        name, columns = list(files.items())[archive.part]
        count = write_table(folder / name, [each.name for each in columns], _rows(archive, name), progress=lambda _done: None)
        archive.counts, archive.part = {**archive.counts, name: count}, archive.part + 1
        if not held.update(counts=archive.counts, part=archive.part):
            shutil.rmtree(folder, ignore_errors=True)  # it has to be made anew, and what was just written may be what has to go
        return True
    size = _pack(archive, files)
    ready = {"state": State.READY, "bytes": size, "key": "", "ready_at": timezone.now()}
    if not held.update(**ready):
        shutil.rmtree(folder, ignore_errors=True)
        return True
    for name in files:
        (folder / name).unlink(missing_ok=True)
    return False


def _files(archive: Archive) -> dict[str, tuple[Column, ...]]:
    if archive.kind == Kind.RESEARCH:
        return dict(RESEARCH_FILES)
    if archive.kind == Kind.TEAM:
        return {**FILES, "contributions.csv": (*FILES["contributions.csv"], *HIDDEN)}
    return dict(FILES)


def _rows(archive: Archive, name: str) -> Iterable[Mapping[str, str]]:
    process, city = archive.process, archive.process.city
    if archive.kind == Kind.RESEARCH:
        ids = Ids(archive.key)
        if name == "contributions.csv":
            return research_rows(city, shown_contributions(process), ids)
        return research_comments(city, shown_comments(process), ids)
    some = shown_contributions(process)
    if archive.kind == Kind.TEAM:
        some = Contribution.objects.of(city).filter(process=process, visibility__in=_TEAM).exclude(kind=Contribution.Kind.COMMENT)
    match name:
        case "contributions.csv":
            return contribution_rows(city, some, process=process, hidden=archive.kind == Kind.TEAM)
        case "comments.csv":
            return comment_rows(process)
        case "answers.csv":
            return _answers(city, some)
        case "links.csv":
            return _links(city, some)
        case "media.csv":
            return _media(city, some)
    return _numbers(process)


def _answers(city: City, some: QuerySet[Contribution]) -> Iterator[dict[str, str]]:
    zone = city.zone
    for batch in in_batches(some):
        rows = {row.pk: row for row in batch}
        events = StatusEvent.objects.of(city).filter(contribution__in=list(rows)).select_related("organisation")
        for event in events.order_by("contribution", "at", "pk"):
            yield {
                "contribution_id": key_of(rows[event.contribution_id]),
                "at": event.at.astimezone(zone).isoformat(),
                "status": event.status,
                "text": defused(event.text),
                "next_step": defused(event.next_step),
                "due_on": event.due_on.isoformat() if event.due_on else "",
                "organisation": defused(event.organisation.name) if event.organisation else "",
                "handed_to": defused(event.handed_to),
            }


def _links(city: City, some: QuerySet[Contribution]) -> Iterator[dict[str, str]]:
    """Links from and to these, the other end being shown."""
    zone = city.zone
    for batch in in_batches(some):
        rows = {row.pk: row for row in batch}
        out = Link.objects.of(city).filter(source__in=list(rows)).select_related("source", "target")
        # What comes in from outside the process; the others are out of it.
        into = Link.objects.of(city).filter(target__in=list(rows)).exclude(source__in=some.values("pk")).select_related("source", "target")
        for link in [*out.order_by("pk"), *into.order_by("pk")]:
            far = link.target if link.source_id in rows else link.source
            if far.visibility == Visibility.PUBLISHED or far.pk in rows:
                at = link.at.astimezone(zone).isoformat()
                yield {"source_id": key_of(link.source), "target_id": key_of(link.target), "kind": link.kind, "at": at}


def _media(city: City, some: QuerySet[Contribution]) -> Iterator[dict[str, str]]:
    for attachment, row, name, _path, mime in _served(city, some):
        yield {
            "file": name,
            "contribution_id": key_of(row),
            "type": mime,
            "description": defused(attachment.alt or attachment.file.title),
            "transcript": defused(attachment.transcript),
        }


def _served(city: City, some: QuerySet[Contribution]) -> Iterator[tuple[Attachment, Contribution, str, str, str]]:
    """The files of these as they are served, the largest version of each: attachment, contribution, name, where it lies, kind.

    Only what people can see: files that are not public stay here, for the team as well.
    """
    for batch in in_batches(some):
        rows = {row.pk: row for row in batch}
        files = Attachment.objects.of(city).filter(contribution__in=list(rows), file__is_public=True).select_related("file", "file__city")
        for attachment in files.order_by("contribution", "position", "pk"):
            best: Any = attachment.file.derivatives.of(city).order_by("-width", "pk").first()
            if best is None:
                continue
            row = rows[attachment.contribution_id]
            ending = best.mime.partition("/")[2].partition("+")[0]
            yield attachment, row, f"{row.number}-{attachment.pk}.{ending}", path_of(city, best.name), best.mime


def _numbers(process: Process) -> Iterator[dict[str, str]]:
    city = process.city
    names: dict[str, dict[str, str]] = {
        "category": {str(row.pk): row.name.in_language("de") for row in Category.objects.of(city).order_by("pk")},
        "area": {str(row.pk): row.name for row in Area.objects.of(city).only("pk", "name").order_by("pk")},
        "service": {str(row.pk): row.key for row in Service.objects.of(city).only("pk", "key").order_by("pk")},
    }
    for measure, values in tallies(city, process).items():
        for value, count in sorted(values.items()):
            yield {"measure": measure, "value": defused(names.get(measure, {}).get(value, value)), "count": str(count)}
    months: dict[str, int] = {}
    zone = city.zone
    for at in shown_contributions(process).order_by("newest_key").values_list("given_at", flat=True).iterator(chunk_size=2_000):
        month = f"{at.astimezone(zone):%Y-%m}"
        months[month] = months.get(month, 0) + 1
    for month, count in months.items():
        yield {"measure": "month", "value": month, "count": str(count)}


def _pack(archive: Archive, files: Mapping[str, tuple[Column, ...]]) -> int:
    """Put the parts, their dictionary and the media into one archive; it appears when it is complete."""
    folder, process = folder_of(archive), archive.process
    beside = folder / "archive.part"
    is_research = archive.kind == Kind.RESEARCH
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as packed:
        for language in ("de", "en"):
            text = (_TEXTS / f"{'research' if is_research else 'archive'}.{language}.md").read_text(encoding="utf-8")
            figures = "\n".join(f"- `{name}`: {count}" for name, count in archive.counts.items())
            said = {
                "{process}": process.title.in_language(language),
                "{city}": str(process.city.name),
                "{day}": f"{timezone.localdate():%Y-%m-%d}",
                "{files}": figures,
            }
            for sign, word in said.items():
                text = text.replace(sign, word)
            packed.writestr("LIESMICH.md" if language == "de" else "README.md", text)
        for name in files:
            packed.write(folder / name, name)
        _write_dictionary(folder / "dictionary.csv", files)
        packed.write(folder / "dictionary.csv", "codebook.csv" if is_research else "dictionary.csv")
        if not is_research:
            for _attachment, _row, name, path, _mime in _served(process.city, shown_contributions(process)):
                if default_storage.exists(path):
                    with default_storage.open(path, "rb") as source, packed.open(f"media/{name}", "w") as entry:
                        shutil.copyfileobj(source, entry)
    (folder / "dictionary.csv").unlink(missing_ok=True)
    beside.replace(archive_path(archive))
    return archive_path(archive).stat().st_size


def _write_dictionary(path: Path, files: Mapping[str, tuple[Column, ...]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "column", "bedeutung", "meaning", "values"])
        writer.writerows([name, each.name, each.de, each.en, each.values] for name, columns in files.items() for each in columns)


def make_anew(city: City, rows: list[Contribution]) -> None:
    """For `Room.on_redacted`: archives of these contributions' processes hold words that are gone, so nobody takes them any more, and
    they are made anew; in that transaction."""
    _make_anew(city, Archive.objects.of(city).filter(process__in={row.process_id for row in rows}))


def leave_out(city: City, rows: list[Contribution]) -> None:
    """For `Room.on_given`: the same where something was erased, and in what is for all also where it was hidden or taken back."""
    erased = {row.process_id for row in rows if row.visibility == Visibility.ERASED}
    unseen = {row.process_id for row in rows if row.visibility in {Visibility.HIDDEN, Visibility.WITHDRAWN}}
    if erased or unseen:
        archives = Archive.objects.of(city)
        _make_anew(city, archives.filter(Q(process__in=erased) | Q(process__in=unseen) & ~Q(kind=Kind.TEAM)))


def _make_anew(city: City, archives: QuerySet[Archive]) -> None:
    for archive in archives.select_for_update(of=("self",)).order_by("pk"):
        archive.edition, archive.state, archive.part, archive.counts, archive.bytes = archive.edition + 1, State.MAKING, 0, {}, 0
        archive.key = secrets.token_hex(32)
        archive.save(update_fields=["edition", "state", "part", "counts", "bytes", "key"])
        enqueue(city, "interop.archive", {"archive": archive.pk}, key=f"archive:{archive.pk}")
        transaction.on_commit(partial(_drop_earlier, archive))


def _drop_earlier(archive: Archive) -> None:
    """Take away what earlier editions left."""
    if not archive.edition or not home_of(archive).exists():
        return
    for path in home_of(archive).iterdir():
        if path != folder_of(archive):
            shutil.rmtree(path, ignore_errors=True)


def drop_archive(archive: Archive) -> None:
    """Take an archive away with its folder."""
    shutil.rmtree(home_of(archive), ignore_errors=True)
    Archive.objects.of(archive.city_id).filter(pk=archive.pk).delete()
