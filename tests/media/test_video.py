"""Videos are packed anew: the same pictures and sound, and nothing that tells of place, camera or time."""

import io

import av
import pytest
from django.core.files.storage import default_storage
from PIL import Image
from tests import factories
from tests.media.samples import jpeg, video

from civitas.kit.verdicts import Refused
from civitas.media.actions import keep_file, make_ready, path_of
from civitas.media.faults import fault_of
from civitas.media.models import Derivative, MediaFile
from civitas.media.video import packed_anew
from civitas.outbox.worker import run_due

pytestmark = pytest.mark.django_db(transaction=True)


def kept(raw):
    return keep_file(factories.make_actor(factories.make_city()), io.BytesIO(raw), size=len(raw))


def versions(file):
    return {row.mime: row for row in Derivative.objects.of(file.city_id).filter(file=file).order_by("width")}


def opened(file, row):
    return default_storage.open(path_of(file.city, row.name))


@pytest.mark.parametrize(
    ("kind", "codec", "sound", "mime"),
    [
        ("mp4", "libx264", "aac", "video/mp4"),
        ("mov", "libx264", "libmp3lame", "video/mp4"),
        ("webm", "libvpx", "libopus", "video/webm"),
        ("webm", "libvpx-vp9", None, "video/webm"),
    ],
)
def test_the_worker_packs_a_video_anew_without_what_it_tells(kind, codec, sound, mime):
    raw = video(kind, codec, sound)
    assert b"Maria" in raw
    file = kept(raw)
    assert (file.state, versions(file)) == ("waiting", {})
    original = path_of(file.city, file.raw)
    run_due()
    file = MediaFile.objects.of(file.city_id).get()
    assert (file.state, file.mime, file.seconds, file.raw) == ("ready", mime, 2, "")
    assert not default_storage.exists(original)
    with opened(file, versions(file)[mime]) as stored:
        fresh = stored.read()
    assert b"Maria" not in fresh
    assert b"53.55" not in fresh
    with av.open(io.BytesIO(fresh)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 20
        assert len(container.streams.audio) == bool(sound)
        assert not {"location", "make", "title", "creation_time"} & container.metadata.keys()


def test_a_picture_of_it_stands_for_the_video():
    file = kept(video(width=640, height=360))
    run_due()
    with opened(file, versions(file)["image/webp"]) as stored, Image.open(stored) as poster:
        assert poster.size == (640, 360)
        assert min(poster.convert("RGB").getpixel((300, 100))) > 240  # white, as it is after a second


def test_a_video_that_was_held_upright_stays_upright():
    raw = bytearray(video(width=160, height=96, sound=None))
    at = raw.index(b"tkhd") + 4 + 40  # the matrix of a version 0 track header: turn by 90 degrees
    one, none = (0x10000).to_bytes(4, "big"), bytes(4)
    raw[at : at + 36] = none + one + none + (0xFFFF0000).to_bytes(4, "big") + none + none + none + none + (0x40000000).to_bytes(4, "big")
    packed = packed_anew(io.BytesIO(bytes(raw)))
    with packed.file, av.open(packed.file) as container:
        turned = next(container.decode(video=0)).rotation
    assert abs(turned) == 90
    assert packed.poster.size == (96, 160)


def test_a_video_that_is_too_long_is_refused_with_both_numbers():
    file = kept(video(seconds=75, rate=2, sound=None, width=32, height=32))
    assert fault_of(file) == ""
    run_due()
    file = MediaFile.objects.of(file.city_id).get()
    assert (file.state, file.fault, file.seconds, file.raw) == ("refused", "long", 75, "")
    assert "75" in fault_of(file)
    assert "60" in fault_of(file)


def test_packing_refuses_what_is_too_long_with_both_numbers():
    with pytest.raises(Refused) as refused:
        packed_anew(io.BytesIO(video(seconds=75, rate=2, sound=None, width=32, height=32)))
    assert "75" in str(refused.value.reason)
    assert "60" in str(refused.value.reason)


def test_a_codec_that_browsers_cannot_play_is_refused():
    with pytest.raises(Refused) as refused:
        packed_anew(io.BytesIO(video(codec="mpeg4")))
    assert "H.264" in str(refused.value.reason)


@pytest.mark.parametrize("raw", [b"\x00\x00\x00\x18ftypmp42broken", b"\x1a\x45\xdf\xa3 broken", video(seconds=1)[:300]])
def test_a_damaged_video_is_refused_in_words(raw):
    with pytest.raises(Refused) as refused:
        packed_anew(io.BytesIO(raw))
    assert "picture" in refused.value.fields


def test_what_breaks_while_it_is_packed_is_shown_to_nobody_and_deleted():
    raw = video(seconds=1, sound=None)
    file = kept(raw)
    path = path_of(file.city, file.raw)
    default_storage.delete(path)
    with default_storage.open(path, "wb") as stored:
        stored.write(raw[:200])
    run_due()
    file = MediaFile.objects.of(file.city_id).get()
    assert (file.state, versions(file)) == ("refused", {})
    assert not default_storage.exists(path)


@pytest.mark.parametrize("greed", ["while True: pass", "x = bytearray(2_000_000_000)"])
def test_a_video_that_keeps_its_reader_busy_or_eats_memory_is_refused(monkeypatch, tmp_path, greed):
    (tmp_path / "greedy.py").write_text(
        f"import civitas.media.packing as packing\npacking.CPU_SECONDS = 1\nwith packing.own_bounds():\n    {greed}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("civitas.media.video._PACKER", "greedy")
    file = kept(video(seconds=1, sound=None))
    run_due()
    file = MediaFile.objects.of(file.city_id).get()
    assert (file.state, file.fault, versions(file)) == ("refused", "unchecked", {})
    assert "konnten diese Datei nicht prüfen" in fault_of(file)


def test_packing_twice_gives_one_video():
    file = kept(video(seconds=1))
    make_ready(file)
    make_ready(MediaFile.objects.of(file.city_id).select_related("city").get())
    assert sorted(versions(file)) == ["image/webp", "video/mp4"]


def test_a_photo_under_a_videos_name_is_a_photo():
    raw = jpeg(40, 40)
    file = keep_file(factories.make_actor(factories.make_city()), io.BytesIO(raw), size=len(raw), title="film.mp4")
    assert file.is_picture


def test_without_the_package_videos_are_not_taken(monkeypatch):
    from civitas.media import video as room

    monkeypatch.setattr(room, "is_offered", lambda: False)
    with pytest.raises(Refused):
        kept(b"\x00\x00\x00\x18ftypmp42")
