"""What has arrived of an upload stays while the connection is gone."""

import dataclasses
import datetime as dt
import io
import shutil
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.utils import timezone
from PIL import Image
from tests import factories
from tests.media.samples import jpeg, video

from civitas.kit.verdicts import Refused
from civitas.media.actions import LOOSE_TIME, keep_file, path_of
from civitas.media.limits import PART_BYTES
from civitas.media.models import Derivative, MediaFile, Part
from civitas.media.parts import missing_part, take_part
from civitas.media.tasks import prune
from civitas.people.rates import LIMITS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def actor():
    return factories.make_actor(factories.make_city())


def large_photo():
    buffer = io.BytesIO()
    Image.effect_noise((2200, 1500), 100).save(buffer, "JPEG", quality=95)
    raw = buffer.getvalue()
    assert 2 * PART_BYTES < len(raw) < 4 * PART_BYTES
    return raw


def files_on_disk():
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def pieces(raw):
    return [raw[at : at + PART_BYTES] for at in range(0, len(raw), PART_BYTES)]


def send(actor, upload, raw, *numbers):
    found = None
    for number in numbers:
        found = take_part(actor, upload, number=number, size=len(raw), data=pieces(raw)[number])
    return found


def test_a_file_is_whole_once_its_last_part_is_here(actor):
    raw, upload = large_photo(), uuid.uuid4()
    last = len(pieces(raw)) - 1
    assert send(actor, upload, raw, *range(last)) is None
    assert missing_part(actor.city, upload) == last
    file = send(actor, upload, raw, last)
    assert file.uid == upload
    assert file.bytes == len(raw)
    assert not Part.objects.of(actor.city).exists()


def test_parts_and_wholes_that_come_twice_are_there_once(actor):
    raw, upload = large_photo(), uuid.uuid4()
    numbers = range(len(pieces(raw)))
    first = send(actor, upload, raw, 0, 0, *numbers)
    assert send(actor, upload, raw, numbers[-1]) == first
    assert MediaFile.objects.of(actor.city).count() == 1


def test_a_gap_is_named_and_filled(actor):
    raw, upload = large_photo(), uuid.uuid4()
    numbers = list(range(len(pieces(raw))))
    assert send(actor, upload, raw, 0, *numbers[2:]) is None
    assert missing_part(actor.city, upload) == 1
    send(actor, upload, raw, 1)
    assert send(actor, upload, raw, numbers[-1]) is not None


def test_what_it_is_and_how_large_is_looked_at_with_the_first_part(actor):
    with pytest.raises(Refused):
        take_part(actor, uuid.uuid4(), number=0, size=100, data=b"MZ" + bytes(98))
    with pytest.raises(Refused) as refused:
        take_part(actor, uuid.uuid4(), number=0, size=30 * PART_BYTES, data=jpeg(900, 900) + bytes(PART_BYTES - len(jpeg(900, 900))))
    assert "31" in str(refused.value.reason)
    assert not Part.objects.of(actor.city).exists()


@pytest.mark.parametrize(
    ("number", "size", "data"), [(0, 3_000_000_000, b"x"), (5, 10, b"x"), (0, 10, b"x"), (0, 0, b""), (-1, 10, b"x" * 10)]
)
def test_a_part_that_does_not_fit_is_refused(actor, number, size, data):
    with pytest.raises(Refused):
        take_part(actor, uuid.uuid4(), number=number, size=size, data=data)


def test_a_file_that_is_already_shown_is_not_given_out_again(actor):
    raw, upload = jpeg(), uuid.uuid4()
    file = take_part(actor, upload, number=0, size=len(raw), data=raw)
    MediaFile.objects.of(actor.city).filter(pk=file.pk).update(loose_until=None)
    with pytest.raises(Refused) as refused:
        take_part(actor, upload, number=0, size=len(raw), data=raw)
    assert refused.value.status == 409


def test_what_nobody_came_back_for_is_pruned_bytes_and_all(actor):
    raw, city = large_photo(), actor.city
    send(actor, uuid.uuid4(), raw, 0)
    loose = keep_file(actor, io.BytesIO(jpeg()), size=100, loose=True)
    fresh = keep_file(actor, io.BytesIO(jpeg()), size=100, loose=True)
    shown = keep_file(actor, io.BytesIO(jpeg()), size=100)
    part = Part.objects.of(city).get()
    paths = [path_of(city, part.name), *(path_of(city, each.name) for each in Derivative.objects.of(city).filter(file=loose))]
    assert all(map(default_storage.exists, paths))
    MediaFile.objects.of(city).filter(pk=loose.pk).update(loose_until=timezone.now() - dt.timedelta(minutes=1))
    Part.objects.of(city).update(made_at=timezone.now() - dt.timedelta(days=2))
    prune()
    assert not any(map(default_storage.exists, paths))
    assert set(MediaFile.objects.of(city).values_list("pk", flat=True)) == {fresh.pk, shown.pk}
    assert dt.timedelta(days=1) <= LOOSE_TIME


def test_nothing_is_kept_of_a_file_before_its_beginning_is_known(actor):
    upload = uuid.uuid4()
    raw = large_photo()
    assert take_part(actor, upload, number=1, size=len(raw), data=pieces(raw)[1]) is None
    assert missing_part(actor.city, upload) == 0
    assert not Part.objects.of(actor.city).exists()


def test_who_sends_more_megabytes_a_day_than_people_do_waits_until_tomorrow(actor, monkeypatch):
    monkeypatch.setitem(LIMITS, "megabytes", (dt.timedelta(days=1), 2, 2))
    raw = large_photo()
    upload = uuid.uuid4()
    actor = dataclasses.replace(actor, source="10.0.0.0/24")
    for number, piece in enumerate(pieces(raw)[:2]):
        take_part(actor, upload, number=number, size=len(raw), data=piece)
    with pytest.raises(Refused) as refused:
        take_part(actor, upload, number=2, size=len(raw), data=pieces(raw)[2])
    assert refused.value.status == 429
    with pytest.raises(Refused) as refused:
        keep_file(actor, io.BytesIO(raw), size=len(raw))
    assert refused.value.status == 429
    assert missing_part(actor.city, upload) == 2  # what has arrived is still there


def test_a_full_disk_refuses_files_and_keeps_what_has_arrived(actor, monkeypatch):
    raw = large_photo()
    upload = uuid.uuid4()
    take_part(actor, upload, number=0, size=len(raw), data=pieces(raw)[0])
    full = shutil.disk_usage("/")._replace(free=900_000_000)
    monkeypatch.setattr("civitas.media.actions.shutil.disk_usage", lambda path: full)
    with pytest.raises(Refused) as refused:
        take_part(actor, upload, number=1, size=len(raw), data=pieces(raw)[1])
    assert refused.value.status == 507
    assert missing_part(actor.city, upload) == 1


def test_a_last_part_that_comes_twice_in_an_instant_leaves_no_bytes_behind(actor):
    raw = video(seconds=1, sound=None)
    upload = uuid.uuid4()
    file = take_part(actor, upload, number=0, size=len(raw), data=raw)
    stored = set(files_on_disk())
    with pytest.raises(IntegrityError):
        keep_file(actor, io.BytesIO(raw), size=len(raw), loose=True, uid=upload)
    assert set(files_on_disk()) == stored
    assert MediaFile.objects.of(actor.city).get() == file
