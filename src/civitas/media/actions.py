"""What changes in files: take an upload in, show it, hide it, drop it."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
from functools import partial
from mimetypes import guess_extension
from typing import IO, TYPE_CHECKING, Any

import filetype
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from civitas.cities.walls import across_cities
from civitas.kit.ids import uuid7
from civitas.kit.rooms import OwnFile, rooms
from civitas.kit.svg import cleaned_svg_file
from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import Refused
from civitas.media import video
from civitas.media.documents import washed_pdf
from civitas.media.faults import Fault, Faulty
from civitas.media.limits import DOCUMENT_BYTES, FREE_BYTES, MEGABYTE, PICTURE_BYTES, VIDEO_BYTES
from civitas.media.models import DOCUMENT, DRAWING, Derivative, MediaFile, random_name
from civitas.media.pictures import PICTURES, in_widths, refused, scaled_picture
from civitas.media.rules import may_send_file
from civitas.outbox.actions import enqueue
from civitas.people.rates import spend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.media.pictures import Scaled
    from civitas.people.actors import Actor
    from civitas.people.models import Participant

logger = logging.getLogger(__name__)
# How long an upload waits for the form that it belongs to.
LOOSE_TIME = dt.timedelta(days=7)
MAKE_READY = "media.make_ready"
GIVEN_UP = "media.given_up"


def kind_of(head: bytes) -> str:
    """What a file is by its first bytes, whatever it is called: picture, video, document or ''."""
    if head[:1024].lstrip().startswith(b"%PDF-"):
        return "document"
    if filetype.guess_mime(head) in PICTURES:
        return "picture"
    return "video" if video.container_of(head) else ""


def check_size(kind: str, size: int) -> None:
    """Refuse a file that is too large for what it is; `kind` as from `kind_of`, `size` in bytes."""
    limit = {"picture": PICTURE_BYTES, "video": VIDEO_BYTES, "document": DOCUMENT_BYTES}.get(kind, 0)
    if size <= limit:
        return
    figures = {"limit": limit // MEGABYTE, "size": max(1, round(size / MEGABYTE))}
    if kind == "picture":
        raise refused(_("This picture has %(size)d MB; at most %(limit)d are possible. Please choose a smaller one.") % figures)
    if kind == "video":
        raise refused(_("This video has %(size)d MB; at most %(limit)d are possible. Please make it shorter or smaller.") % figures)
    raise refused(_("This document has %(size)d MB; at most %(limit)d are possible.") % figures)


def check_space(size: int) -> None:
    """Refuse a file (bytes) that would leave the disk too little room for everything else."""
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(settings.MEDIA_ROOT).free < FREE_BYTES + size:
        logger.error("uploads are refused: less than %d MB are free", FREE_BYTES // MEGABYTE)
        sentence = _("There is no room for files just now. You can send your text without them, or try again later.")
        raise Refused(sentence, status=507, fields={"picture": sentence})


def check_sender(actor: Actor) -> None:
    """Refuse files of those who send none."""
    allowed = may_send_file(actor)
    if not allowed:
        raise refused(str(allowed.reason))


def check_kind(kind: str) -> None:
    """Refuse what is neither picture, video nor document."""
    if not kind:
        raise refused(_("This file is not what we can show. Please choose a JPEG, PNG or WebP picture, an MP4 or WebM video, or a PDF."))


def keep_file(actor: Actor, upload: IO[bytes], *, size: int, title: str = "", loose: bool = False, uid: UUID | None = None) -> MediaFile:
    """Take in what people upload: a picture, a short video or a PDF, told apart by content alone.

    `loose` is an upload that waits for its form: nobody owns it, only who has its handle sees it, and it goes after `LOOSE_TIME`.
    A picture is decoded before anything is written, outside of a transaction. Documents and videos are kept as they came and wait for
    the worker, which may refuse them: `make_ready`. Raises Refused with a sentence for the field 'picture'.
    """
    check_sender(actor)
    spend(actor, "upload")
    upload.seek(0)
    head = upload.read(2048)
    kind = kind_of(head)
    upload.seek(0)
    check_kind(kind)
    check_size(kind, size)
    check_space(size)
    if uid is None:  # what came in parts was weighed part by part
        spend(actor, "megabytes", amount=-(-size // MEGABYTE))
    file = MediaFile(
        city=actor.city, uid=uid or uuid7(), bytes=size, owner=None if loose else actor.participant,
        loose_until=timezone.now() + LOOSE_TIME if loose else None, title=_title(title),
    )  # fmt: skip
    if kind == "picture":
        return _keep_picture(file, upload)
    if kind == "document":
        file.mime, file.title = DOCUMENT, file.title or "PDF"
    else:
        video.check_offered()
        file.mime, file.title = video.mime_of(head), ""
    return _keep_later(file, upload)


def keep_picture(actor: Actor, upload: IO[bytes], *, size: int) -> MediaFile:
    """Take in a photo: JPEG, PNG or WebP by its content, up to 12 MB; see `scaled_picture` for its pixels.

    It is turned upright, scaled to several widths and written as WebP without any metadata; the original is not kept.
    Raises Refused with a sentence for the field 'picture'.
    """
    if kind_of(upload.read(2048)) != "picture":
        raise refused(_("This is no picture that we can read. Please choose a JPEG, PNG or WebP file."))
    return keep_file(actor, upload, size=size)


def _keep_picture(file: MediaFile, upload: IO[bytes]) -> MediaFile:
    widths = scaled_picture(upload)
    with transaction.atomic():
        file.mime, file.title = "image/webp", ""
        file.save(force_insert=True)
        _keep_widths(file, widths)
    return file


def _keep_widths(file: MediaFile, widths: list[Scaled]) -> None:
    for each in widths:
        _keep_derivative(file, ContentFile(each.raw), mime="image/webp", size=len(each.raw), width=each.width, height=each.height)


def _keep_derivative(
    file: MediaFile, content: File[Any], *, mime: str, size: int, width: int | None = None, height: int | None = None
) -> None:
    name = random_name()
    default_storage.save(path_of(file.city, name), content)
    Derivative.objects.create(city=file.city, file=file, name=name, mime=mime, width=width, height=height, bytes=size)


def _keep_later(file: MediaFile, upload: IO[bytes]) -> MediaFile:
    """Keep the bytes as they came; the worker looks into them and writes them anew. Until then nobody gets to see them."""
    file.raw, file.state = random_name(), MediaFile.State.WAITING
    path = path_of(file.city, file.raw)
    default_storage.save(path, File(upload))
    try:
        with transaction.atomic():
            file.save(force_insert=True)
            enqueue(file.city, MAKE_READY, {"file": file.pk})
    except IntegrityError:  # the same upload in the same instant
        default_storage.delete(path)
        raise
    return file


def make_ready(file: MediaFile) -> None:
    """Write a document or video that waits anew, without what it tells of its maker, or refuse it; what came is deleted.

    The rooms that show files are told either way (`Room.on_file_checked`). Safe to run twice. Raises TaskFault where another
    attempt may do better; after the last one `give_up` follows.
    """
    if file.state != MediaFile.State.WAITING:
        return
    try:
        with default_storage.open(path_of(file.city, file.raw)) as source:
            if file.is_document:
                _make_document_ready(file, source)
            else:
                _make_video_ready(file, source)
    except FileNotFoundError:
        _refuse_file(file, Faulty(Fault.DAMAGED if file.is_document else Fault.UNREADABLE))
    except Faulty as faulty:
        _refuse_file(file, faulty)


def give_up(file: MediaFile) -> None:
    """Every attempt to look into a file that waits failed: it is shown to nobody, and who gave it is told. Safe to run twice."""
    _refuse_file(file, Faulty(Fault.UNCHECKED))


def _make_document_ready(file: MediaFile, source: IO[bytes]) -> None:
    washed = washed_pdf(source)
    with transaction.atomic():
        if _settle_check(file, state=MediaFile.State.READY, pages=washed.pages, bytes=len(washed.raw)):
            _keep_derivative(file, ContentFile(washed.raw), mime=DOCUMENT, size=len(washed.raw))


def _make_video_ready(file: MediaFile, source: IO[bytes]) -> None:
    packed = video.packed_anew(source)
    with packed.file, transaction.atomic():
        size = packed.file.seek(0, 2)
        packed.file.seek(0)
        seconds = max(1, round(packed.seconds))
        if _settle_check(file, state=MediaFile.State.READY, mime=packed.mime, seconds=seconds, bytes=size):
            _keep_derivative(file, File(packed.file), mime=packed.mime, size=size)
            _keep_widths(file, in_widths(packed.poster))


@transaction.atomic
def _refuse_file(file: MediaFile, faulty: Faulty) -> None:
    measured = {"pages" if file.is_document else "seconds": faulty.figure} if faulty.figure else {}
    _settle_check(file, state=MediaFile.State.REFUSED, fault=faulty.fault, **measured)


def _settle_check(file: MediaFile, **found: Any) -> bool:
    """Write what came of looking into a file, and tell; False where somebody else was quicker, or it is gone."""
    held = MediaFile.objects.of(file.city_id).filter(pk=file.pk, state=MediaFile.State.WAITING).update(raw="", **found)
    if not held:
        return False
    transaction.on_commit(partial(default_storage.delete, path_of(file.city, file.raw)))
    for room in rooms():
        for kind in room.on_file_checked:
            enqueue(file.city, kind, {"file": file.pk})
    return True


def _title(name: str) -> str:
    """A document's name without its folder and ending, as the link that people read."""
    last = cleaned_line(name.replace("\\", "/").rpartition("/")[2])
    return last.removesuffix(".pdf").removesuffix(".PDF")[:160]


def keep_drawing(actor: Actor, svg: str, *, width: int, height: int) -> MediaFile:
    """Take in a drawing of a city pack (SVG); the city itself alone may, since people's uploads are photos. Raises SvgFault."""
    if actor.channel not in {"import", "command"} or not actor.is_staff:
        raise refused(_("This is no picture that we can read. Please choose a JPEG, PNG or WebP file."))
    raw = cleaned_svg_file(svg).encode()
    with transaction.atomic():
        file = MediaFile.objects.create(city=actor.city, mime=DRAWING, owner=actor.participant, bytes=len(raw))
        _keep_derivative(file, ContentFile(raw), mime=DRAWING, size=len(raw), width=width, height=height)
    return file


def settle_files(city: City, files: Iterable[MediaFile], owner: Participant | None) -> None:
    """Something shows these uploads now: they belong to who gave it, and no longer wait. Raises Refused (409) if one is gone or taken."""
    for file in files:
        if file.loose_until is not None:
            held = MediaFile.objects.of(city).filter(pk=file.pk, loose_until__isnull=False).update(loose_until=None, owner=owner)
            if not held:
                sentence = _("One of the files was already used or waited too long. Please choose it once more.")
                raise Refused(sentence, status=409, fields={"picture": sentence})
            file.loose_until, file.owner = None, owner
        elif owner is not None and file.owner_id != owner.pk:
            MediaFile.objects.of(city).filter(pk=file.pk).update(owner=owner)
            file.owner = owner


@transaction.atomic
def drop_file(file: MediaFile) -> None:
    """Remove a file for good: its rows leave the database, its bytes the storage once that is on disk."""
    _drop_derivatives(file)
    if file.raw:
        transaction.on_commit(partial(default_storage.delete, path_of(file.city, file.raw)))
    with across_cities("what hangs on the file is found by the file's own id"):
        MediaFile.objects.of(file.city_id).filter(pk=file.pk).delete()


def _drop_derivatives(file: MediaFile) -> None:
    rows = Derivative.objects.of(file.city_id).filter(file=file)
    for name in rows.values_list("name", flat=True):
        transaction.on_commit(partial(default_storage.delete, path_of(file.city, name)))
    rows.delete()


def path_of(city: City, name: str) -> str:
    """Where a derivative lies in the storage."""
    return f"{city.slug}/{name[:2]}/{name}"


def set_public(city: City, files: Iterable[int], *, public: bool) -> None:
    """Show or hide files (by id); the room that shows them calls this when their row is published or hidden."""
    ids = list(files)
    if ids:
        MediaFile.objects.of(city).filter(pk__in=ids).update(is_public=public)


def drop_loose_files(city: City, *, now: dt.datetime) -> int:
    """Remove uploads whose form never came, some at a time; returns how many."""
    rows = list(MediaFile.objects.of(city).select_related("city").filter(loose_until__lt=now).order_by("loose_until")[:200])
    for file in rows:
        drop_file(file)
    return len(rows)


def export_files_of(city: City, participant: Participant) -> dict[str, Any]:
    """The files that a participant uploaded, with the addresses of their versions."""
    rows = MediaFile.objects.of(city).filter(owner=participant).order_by("pk")
    return {
        "files": [
            {
                "file": own_name(row),
                "kind": row.mime,
                "title": row.title,
                "made_at": row.made_at,
                "public": row.is_public,
                "addresses": [f"/medien/{each.name}" for each in Derivative.objects.of(city).filter(file=row).order_by("width")],
            }
            for row in rows
        ]
    }


def own_name(file: MediaFile) -> str:
    """What a file is called in its owner's archive."""
    ending = "svg" if file.mime == DRAWING else guess_extension(file.mime) or ""
    return f"{file.pk}-{slugify(file.title) or 'datei'}.{ending.removeprefix('.')}"


def own_files(city: City, participant: Participant) -> Iterator[OwnFile]:
    """The largest version of each file that a participant uploaded; what still waits for the worker has none."""
    for file in MediaFile.objects.of(city).filter(owner=participant).order_by("pk"):
        best = Derivative.objects.of(city).filter(file=file).order_by("-bytes").first()
        if best is not None:
            yield OwnFile(own_name(file), path_of(city, best.name))


def erase_files_of(city: City, participant: Participant) -> None:
    """Remove every file that a participant uploaded, bytes and all."""
    for file in MediaFile.objects.of(city).select_related("city").filter(owner=participant):
        drop_file(file)


def leave_files_of(city: City, participant: Participant) -> None:
    """Keep what something shows without the name of who uploaded it; what still waits for a form goes."""
    mine = MediaFile.objects.of(city).select_related("city").filter(owner=participant)
    for file in mine.filter(loose_until__isnull=False):
        drop_file(file)
    mine.update(owner=None)


def hand_over_files(city: City, old: Participant, new: Participant) -> None:
    """What `old` uploaded belongs to `new`."""
    MediaFile.objects.of(city).filter(owner=old).update(owner=new)
