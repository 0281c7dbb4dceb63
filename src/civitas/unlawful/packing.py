"""What goes into the evidence store: one archive with all that the house knows of a thing, as it is also handed to the police."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage

from civitas.contributions.models import WORDS, Attachment, Contribution, Revision
from civitas.media.actions import path_of
from civitas.media.models import Derivative
from civitas.moderation.models import Flag
from civitas.notices.addresses import addresses_of
from civitas.unlawful.models import Complaint, Mention, Question

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant
    from civitas.unlawful.models import Matter

CONTENT = "content.json"


def pack(city: City, matter: Matter, sink: io.RawIOBase) -> None:
    """Write a zip: words, versions, author, times, reports, flags and complaints as `content.json`, and the bytes of all files.

    Files pass through some at a time, so memory does not grow with them.
    """
    # Pictures and videos are packed already.
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=0) as archive:
        content = _content(city, matter, archive)
        archive.writestr(CONTENT, json.dumps(content, ensure_ascii=False, indent=2, default=str), compresslevel=6)


def _content(city: City, matter: Matter, archive: zipfile.ZipFile) -> dict[str, Any]:
    content: dict[str, Any] = {"city": city.slug, "matter": _matter(matter), "reports": _reports(city, matter)}
    row = Contribution.objects.of(city).select_related("author").filter(pk=matter.contribution_id).first()
    if row is not None:
        content["contribution"] = _contribution(city, row)
        content["author"] = _person(city, row.author)
        content["versions"] = list(
            Revision.objects.of(city).filter(contribution=row).order_by("version").values("version", "at", "by__uid", *WORDS)
        )
        content["flags"] = list(
            Flag.objects.of(city).filter(case__contribution=row).order_by("pk").values("reason", "words", "at", "participant__uid")
        )
        content["files"] = _files(city, row, archive)
    content["complaints"] = list(
        Complaint.objects.of(city).filter(matter=matter).order_by("pk").values("report__number", "text", "at", "outcome", "reasons")
    )
    return content


def unpacked(archive: io.RawIOBase) -> tuple[dict[str, Any], zipfile.ZipFile]:
    """The content of an archive, and its files to be read one by one."""
    opened = zipfile.ZipFile(io.BufferedReader(archive))
    return json.loads(opened.read(CONTENT)), opened


def _matter(matter: Matter) -> dict[str, Any]:
    names = ("address", "ground", "opened_at", "outcome", "norm", "facts", "decided_at", "told_police_on")
    return {name: getattr(matter, name) for name in names}


def _contribution(city: City, row: Contribution) -> dict[str, Any]:
    names = (
        "uid", "number", "kind", *WORDS, "stance", "language", "lat", "lon", "place_name", "drawing",
        "visibility", "version", "given_at", "changed_at", "source_url",
    )  # fmt: skip
    found = {name: getattr(row, name) for name in names}
    if row.root_id:
        found["about"] = Contribution.objects.of(city).filter(pk=row.root_id).values("number", "title").first()
    return found


def _person(city: City, person: Participant | None) -> dict[str, Any] | None:
    if person is None:
        return None
    address = addresses_of(city, [person.uid]).get(person.uid)
    return {"uid": person.uid, "name": person.pseudonym, "mail": address.mail if address else "", "since": person.created_at}


def _reports(city: City, matter: Matter) -> list[dict[str, Any]]:
    reports = [mention.report for mention in Mention.objects.of(city).filter(matter=matter).select_related("report").order_by("pk")]
    asked: dict[int, list[dict[str, Any]]] = {}
    for row in Question.objects.of(city).filter(matter=matter).order_by("pk"):
        asked.setdefault(row.report_id, []).append({"text": row.text, "at": row.asked_at, "answer": row.answer})
    names = ("file_number", "ground", "explanation", "name", "mail", "at")
    return [{**{name: getattr(report, name) for name in names}, "questions": asked.get(report.pk, [])} for report in reports]


def _files(city: City, row: Contribution, archive: zipfile.ZipFile) -> list[dict[str, Any]]:
    said = []
    rows = Attachment.objects.of(city).filter(contribution=row).select_related("file").order_by("position", "pk")
    for attachment in rows:
        file = attachment.file
        names = list(Derivative.objects.of(city).filter(file=file).order_by("pk").values_list("name", flat=True))
        kept = []
        for name in [*names, *([file.raw] if file.raw else [])]:
            path = path_of(city, name)
            if default_storage.exists(path):
                with default_storage.open(path, "rb") as source, archive.open(f"files/{name}", "w") as entry:
                    shutil.copyfileobj(source, entry)
                kept.append(f"files/{name}")
        words = {name: getattr(attachment, name) for name in ("alt", "transcript", "captions")}
        said.append({"mime": file.mime, "title": file.title, **words, "made_at": file.made_at, "names": kept})
    return said
