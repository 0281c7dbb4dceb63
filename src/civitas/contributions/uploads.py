"""The files of a form: kept while it is filled in, known to it by signed handles, attached when it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core import signing
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from civitas.contributions.attachments import (
    LONGEST_CAPTIONS,
    MOST_DOCUMENTS,
    MOST_PICTURES,
    MOST_VIDEOS,
    Shown,
    checked_captions,
)
from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import Refused
from civitas.media.actions import keep_file
from civitas.media.faults import fault_of
from civitas.media.handlers import TOO_LARGE
from civitas.media.limits import MEGABYTE, VIDEO_BYTES
from civitas.media.models import Derivative, MediaFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.people.actors import Actor

MOST_FILES = MOST_PICTURES + MOST_VIDEOS + MOST_DOCUMENTS
_SIGNER = signing.Signer(salt="civitas.contributions.upload")


@dataclass
class GivenFile:
    """An upload as the form shows it: what it is, its words so far, and what is wrong with them."""

    file: MediaFile
    alt: str = ""
    transcript: str = ""
    captions: str = ""
    error: str = ""

    @property
    def handle(self) -> str:
        """The signed name by which a form knows it."""
        return _SIGNER.sign(self.file.name)

    @property
    def is_waiting(self) -> bool:
        """Whether the worker has not looked into it yet."""
        return self.file.state == MediaFile.State.WAITING

    @property
    def fault(self) -> str:
        """Why it cannot be shown, in a sentence; '' where it can, as far as anybody knows."""
        return fault_of(self.file)

    @property
    def thumb(self) -> str:
        """The address of its small picture, '' where it has none yet."""
        has_picture = any(each.width for each in self.file.derivatives.all())
        return f"/geben/datei/bild/{self.handle}" if has_picture else ""


@dataclass
class GivenFiles:
    """All uploads of a form, and the sentences about those that were refused."""

    rows: list[GivenFile] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    shows_people: bool = False  # as who sends them says and agrees to

    @property
    def shown(self) -> list[Shown]:
        """As `submit_contribution` takes them."""
        return [Shown(row.file, row.alt, row.transcript, row.captions, self.shows_people) for row in self.rows]


def waiting_files(city: City, handles: Iterable[str]) -> list[GivenFile]:
    """The uploads behind handles of ours that still wait for their form, in the handles' order."""
    names = []
    for handle in list(handles)[:MOST_FILES]:
        try:
            names.append(_SIGNER.unsign(handle))
        except signing.BadSignature:
            continue
    versions = Prefetch("derivatives", Derivative.objects.of(city).order_by("width"))
    rows = MediaFile.objects.of(city).filter(name__in=names, loose_until__isnull=False).prefetch_related(versions)
    found = {row.name: row for row in rows} if names else {}
    return [GivenFile(found[name]) for name in dict.fromkeys(names) if name in found]


def take_files(actor: Actor, request: HttpRequest) -> GivenFiles:
    """The files that came with a form: those sent before, by their handles, and those in it, which are kept now.

    So a form that is refused for another field comes back with its files. What cannot be taken is said in a sentence each.
    """
    data, dropped = request.POST, set(request.POST.getlist("drop_file"))
    given = GivenFiles(waiting_files(actor.city, [handle for handle in data.getlist("file") if handle not in dropped]))
    for row in given.rows:
        _read_words(row, request)
    given.refused += [_said(row) for row in given.rows if row.fault]
    given.rows = [row for row in given.rows if not row.fault]
    uploads = request.FILES.getlist("picture")
    for upload in uploads[:MOST_FILES]:
        try:
            file = keep_file(actor, upload, size=upload.size or 0, title=upload.name or "", loose=True)
        except Refused as refusal:
            reason = str(refusal.reason)
            given.refused.append(_named(upload.name or "", reason) if len(uploads) > 1 else reason)
        else:
            given.rows += [GivenFile(row.file, data.get("alt", "")) for row in waiting_files(actor.city, [GivenFile(file).handle])]
    for name in request.META.get(TOO_LARGE, []):
        figures = {"name": cleaned_line(name)[:80], "limit": VIDEO_BYTES // MEGABYTE}
        given.refused.append(_("“%(name)s” is larger than %(limit)d MB, so it was left out.") % figures)
    _keep_to_limits(given)
    return given


def _said(row: GivenFile) -> str:
    return _named(row.file.title, row.fault) if row.file.title else row.fault


def _named(name: str, reason: str) -> str:
    return _("“%(name)s”: %(reason)s") % {"name": cleaned_line(name)[:80], "reason": reason}


def _read_words(row: GivenFile, request: HttpRequest) -> None:
    name = row.file.name
    row.alt = request.POST.get(f"alt-{name}", "")
    row.transcript = request.POST.get(f"transcript-{name}", "")
    row.captions = request.POST.get(f"captions-{name}", "")
    sent = request.FILES.get(f"captions-{name}")
    if sent is not None:
        row.captions = sent.read(LONGEST_CAPTIONS * 4).decode("utf-8", errors="replace")
    try:
        row.captions = checked_captions(row.captions)
    except Refused as refusal:
        row.error, row.captions = str(refusal.reason), ""


def _keep_to_limits(given: GivenFiles) -> None:
    kept: list[GivenFile] = []
    left = {"picture": MOST_PICTURES, "video": MOST_VIDEOS, "document": MOST_DOCUMENTS}
    for row in given.rows:
        kind = "picture" if row.file.is_picture else "video" if row.file.is_video else "document"
        if left[kind]:
            left[kind] -= 1
            kept.append(row)
    if len(kept) < len(given.rows):
        figures = {"pictures": MOST_PICTURES, "videos": MOST_VIDEOS, "documents": MOST_DOCUMENTS}
        sentence = _("At most %(pictures)d pictures, %(videos)d video and %(documents)d documents fit. The others were left out.")
        given.refused.append(sentence % figures)
        given.rows = kept
