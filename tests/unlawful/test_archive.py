"""The archive of evidence: locked piece by piece, read piece by piece, and no piece of it can be moved, left out or exchanged."""

from __future__ import annotations

import hashlib
import io
import random
import tracemalloc
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from tests.factories import make_browser
from tests.unlawful.test_evidence import granted, proposed, sealed

from civitas.contributions.models import Attachment
from civitas.journal.models import Entry
from civitas.media.actions import path_of
from civitas.media.models import DOCUMENT, Derivative, MediaFile
from civitas.people.actors import actor_of
from civitas.unlawful.actions.evidence import open_evidence, seal_evidence
from civitas.unlawful.archive import PIECE_BYTES, Archive, ArchiveWriter, digest_of
from civitas.unlawful.models import Evidence, EvidencePart
from civitas.unlawful.packing import unpacked

if TYPE_CHECKING:
    from tests.unlawful.scenes import Scene

    from civitas.unlawful.models import Access

MEGABYTE = 1024 * 1024
LARGE = 24 * MEGABYTE


@pytest.fixture
def large(scene: Scene) -> bytes:
    """A file of 24 MB at what was reported, of bytes that cannot be packed."""
    raw = random.Random(7).randbytes(LARGE)
    file = MediaFile.objects.create(city=scene.city, mime=DOCUMENT, title="Plan", bytes=LARGE)
    row = Derivative.objects.create(city=scene.city, file=file, mime=DOCUMENT, bytes=LARGE)
    default_storage.save(path_of(scene.city, row.name), ContentFile(raw))
    Attachment.objects.create(city=scene.city, contribution=scene.row, file=file, position=0)
    return raw


def whole(archive: Archive) -> bytes:
    return io.BufferedReader(archive).read()


def opened(scene: Scene, access: Access) -> Archive:
    return open_evidence(actor_of(scene.jule), access)


def parts_of(scene: Scene) -> list[EvidencePart]:
    return list(EvidencePart.objects.of(scene.city).order_by("number"))


def exchange(scene: Scene, evidence: Evidence) -> None:
    """As somebody would who can write to the database and makes its own checksum fit."""
    Evidence.objects.of(scene.city).filter(pk=evidence.pk).update(digest=digest_of(evidence))


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 2 * PIECE_BYTES + 5])
def test_what_was_written_is_read_from_any_place(scene: Scene, size: int) -> None:
    evidence, raw = proposed(scene), random.Random(size).randbytes(size)
    EvidencePart.objects.of(scene.city).delete()
    writer = ArchiveWriter(scene.city, evidence)
    with transaction.atomic():
        for start in range(0, size, 300_000):
            writer.write(raw[start : start + 300_000])
        evidence.digest = writer.finish()
    archive = Archive(scene.city, evidence)
    assert (writer.size, archive.size) == (size, size)
    assert archive.check() == hashlib.sha256(raw).hexdigest()
    assert whole(archive) == raw
    archive = Archive(scene.city, evidence)
    reader = io.BufferedReader(archive)
    for place in {0, size // 2, max(0, size - 3), max(0, min(size, PIECE_BYTES) - 2)}:
        reader.seek(place)
        assert reader.read(7) == raw[place : place + 7]
    assert len(parts_of(scene)) == max(1, -(-size // PIECE_BYTES))


def test_a_large_archive_is_secured_and_handed_out_in_little_memory(scene: Scene, large: bytes) -> None:
    digest = hashlib.sha256(large).hexdigest()
    scene.report()
    browser = make_browser(scene.city, scene.timo)
    browser.get("/verwaltung/beweise")  # what is loaded once is loaded
    tracemalloc.start()
    try:
        access = granted(scene, sealed(scene), "hand_out")
        answer: Any = browser.post(f"/verwaltung/beweise/zugang/{access.pk}/datei")
        assert answer.streaming
        received, sink = 0, hashlib.sha256()
        for piece in answer.streaming_content:
            received += len(piece)
            sink.update(piece)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert received == int(answer["Content-Length"]) > LARGE
    assert peak < 12 * MEGABYTE
    assert Entry.objects.of(scene.city).get(verb="evidence.handed_out").details["sha256"] == sink.hexdigest()
    with zipfile.ZipFile(io.BytesIO(whole(opened(scene, granted(scene, Evidence.objects.of(scene.city).get()))))) as archive:
        assert archive.testzip() is None
        (name,) = (name for name in archive.namelist() if name.startswith("files/"))
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest


@pytest.mark.usefixtures("large")
def test_each_piece_is_locked_by_itself_and_says_nothing(scene: Scene) -> None:
    evidence = sealed(scene)
    assert evidence.bytes == sum(len(part.payload) - 45 for part in parts_of(scene))
    assert len(parts_of(scene)) == -(-evidence.bytes // PIECE_BYTES)
    assert not [part for part in parts_of(scene) if b"files/" in bytes(part.payload)]


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("fits", [False, True])
@pytest.mark.parametrize("how", ["cut off", "left out", "swapped", "changed", "key"])
def test_before_a_byte_is_given_every_piece_was_opened_in_its_place(scene: Scene, settings: Any, how: str, fits: bool) -> None:
    evidence = sealed(scene)
    access = granted(scene, evidence, "hand_out")
    rows, parts = EvidencePart.objects.of(scene.city), parts_of(scene)
    if how == "cut off":
        rows.filter(pk=parts[-1].pk).delete()
    elif how == "left out":
        rows.filter(pk=parts[3].pk).delete()
        for part in parts[4:]:
            rows.filter(pk=part.pk).update(number=part.number - 1)
    elif how == "swapped":
        rows.filter(pk=parts[3].pk).update(payload=parts[4].payload)
        rows.filter(pk=parts[4].pk).update(payload=parts[3].payload)
    elif how == "changed":
        payload = bytearray(parts[-2].payload)
        payload[1000] ^= 1
        rows.filter(pk=parts[-2].pk).update(payload=bytes(payload))
    else:
        settings.EVIDENCE_KEY = "another key"
    if fits:
        exchange(scene, evidence)
    answer = make_browser(scene.city, scene.jule).post(f"/verwaltung/beweise/zugang/{access.pk}/datei")
    assert (answer.status_code, answer.streaming) == (409, False)
    assert not Entry.objects.of(scene.city).filter(verb="evidence.handed_out").exists()


def test_an_archive_that_was_locked_in_one_piece_still_opens(scene: Scene) -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from civitas.unlawful.sealing import _key

    evidence, sink = proposed(scene), io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("content.json", '{"city": "alt"}')
    salt, nonce, place = b"s" * 16, b"n" * 12, f"{scene.city.slug}/{evidence.uid}".encode()
    payload = b"\x01" + salt + nonce + AESGCM(_key(salt)).encrypt(nonce, sink.getvalue(), place)
    EvidencePart.objects.of(scene.city).update(payload=payload)
    exchange(scene, evidence)
    evidence = seal_evidence(actor_of(scene.timo), Evidence.objects.of(scene.city).get())
    content, _files = unpacked(opened(scene, granted(scene, evidence)))
    assert content == {"city": "alt"}
