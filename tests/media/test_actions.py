"""Pictures are what they claim to be, and carry nothing but their pixels."""

import io

import pytest
from PIL import Image
from tests import factories
from tests.media.samples import jpeg, pdf, png, video

from civitas.kit.verdicts import Refused
from civitas.media.actions import drop_file, erase_files_of, export_files_of, keep_file, keep_picture, make_ready, path_of, settle_files
from civitas.media.faults import fault_of
from civitas.media.limits import PICTURE_BYTES
from civitas.media.models import Derivative, MediaFile
from civitas.outbox.worker import run_due

pytestmark = pytest.mark.django_db


def kept(raw):
    actor = factories.make_actor(factories.make_city())
    return keep_picture(actor, io.BytesIO(raw), size=len(raw))


def derivatives(file):
    return list(Derivative.objects.of(file.city_id).filter(file=file).order_by("width"))


def test_a_photo_is_scaled_and_loses_its_metadata(settings):
    from django.core.files.storage import default_storage

    file = kept(jpeg())
    small, large = derivatives(file)
    assert (small.width, small.height, large.width) == (480, 360, 800)
    for derivative in (small, large):
        with default_storage.open(path_of(file.city, derivative.name)) as stored:
            raw = stored.read()
        assert b"Maria" not in raw
        with Image.open(io.BytesIO(raw)) as picture:
            assert picture.format == "WEBP"
            assert not picture.getexif()
            assert picture.size == (derivative.width, derivative.height)


def test_a_photo_is_turned_upright():
    from django.core.files.storage import default_storage

    file = kept(jpeg(400, 200, orientation=6))
    (only,) = derivatives(file)
    with default_storage.open(path_of(file.city, only.name)) as stored, Image.open(stored) as picture:
        assert picture.size == (200, 400)
        red, _green, blue = picture.convert("RGB").getpixel((100, 20))
        assert blue > red


def test_a_photo_is_not_public_until_what_shows_it_is():
    assert kept(jpeg()).is_public is False


@pytest.mark.parametrize(
    "raw", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"", b"MZ\x90", b"\xff\xd8\xff\xe0broken", jpeg()[:400]]
)
def test_what_is_no_picture_is_refused_in_words(raw):
    with pytest.raises(Refused) as refused:
        kept(raw)
    assert "picture" in refused.value.fields


def test_a_picture_of_too_many_pixels_is_refused():
    buffer = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(buffer, "PNG")
    with pytest.raises(Refused):
        kept(buffer.getvalue())


def stored(file, width=None):
    """The bytes of a file's derivative in the storage."""
    from django.core.files.storage import default_storage

    rows = Derivative.objects.of(file.city_id).filter(file=file)
    row = rows.get(width=width) if width else rows.order_by("width").first()
    with default_storage.open(path_of(file.city, row.name)) as opened:
        return opened.read()


def shown(raw):
    with Image.open(io.BytesIO(stored(kept(raw)))) as picture:
        return picture.convert("RGB")


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_of_200_megapixels_is_taken_where_it_costs_little_to_read(progressive):
    buffer = io.BytesIO()
    size = (8_000, 5_200) if progressive else (16_000, 12_500)  # 42 megapixels are too many already where it costs much
    Image.new("L", size, 120).save(buffer, "JPEG", quality=30, progressive=progressive)
    raw = buffer.getvalue()
    if progressive:
        with pytest.raises(Refused) as refused:
            kept(raw)
        assert "megapixels" in str(refused.value.reason) or "Megapixel" in str(refused.value.reason)
    else:
        assert [(each.width, each.height) for each in derivatives(kept(raw))] == [(480, 375), (960, 750), (1920, 1500)]


def test_a_bomb_is_refused_by_its_header():
    header = png(Image.new("1", (1, 1)))
    width, height = (60_000).to_bytes(4, "big"), (60_000).to_bytes(4, "big")
    import zlib

    body = b"IHDR" + width + height + header[24:29]
    bomb = header[:12] + body + zlib.crc32(body).to_bytes(4, "big") + header[33:]
    with pytest.raises(Refused):
        kept(bomb)


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (Image.new("I;16", (20, 20), 65_535), (255, 255, 255)),
        (Image.new("RGBA", (20, 20), (0, 0, 0, 0)), (255, 255, 255)),
        (Image.new("LA", (20, 20), (0, 255)), (0, 0, 0)),
        (Image.new("P", (20, 20), 0), (0, 0, 0)),
        (Image.new("1", (20, 20), 1), (255, 255, 255)),
    ],
)
def test_pictures_of_every_kind_look_as_they_did(picture, expected):
    assert all(abs(one - other) < 8 for one, other in zip(shown(png(picture)).getpixel((10, 10)), expected, strict=True))


def test_a_picture_for_print_keeps_its_colours():
    red, green, blue = shown(jpeg(64, 64, mode="CMYK")).getpixel((50, 30))
    assert red > 180
    assert max(green, blue) < 90


def test_of_a_moving_picture_the_first_one_is_shown():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("green", "white")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:])
    assert shown(buffer.getvalue()).getpixel((5, 5))[0] < 60


def test_place_and_camera_are_in_no_stored_byte():
    raw = jpeg(700, 500, comment=b"Maria was here")
    assert raw.count(b"Maria") == 2
    file = kept(raw)
    for row in derivatives(file):
        assert b"Maria" not in stored(file, row.width)
        with Image.open(io.BytesIO(stored(file, row.width))) as picture:
            assert not picture.info.get("exif")
            assert not picture.info.get("xmp")
            assert not picture.info.get("icc_profile")


@pytest.mark.parametrize(("raw", "mime"), [(jpeg(50, 50), "image/webp"), (pdf(), "application/pdf"), (video(seconds=1), "video/mp4")])
def test_files_are_told_apart_by_their_content(raw, mime):
    actor = factories.make_actor(factories.make_city())
    assert keep_file(actor, io.BytesIO(raw), size=len(raw), title="holiday.exe").mime == mime


def test_a_file_that_is_too_large_is_refused_with_both_numbers():
    with pytest.raises(Refused) as refused:
        keep_picture(factories.make_actor(factories.make_city()), io.BytesIO(jpeg()), size=PICTURE_BYTES + 3_000_000)
    assert "15" in str(refused.value.reason)
    assert "12" in str(refused.value.reason)


def test_an_upload_belongs_to_nobody_until_something_shows_it():
    city = factories.make_city()
    person = factories.make_participant(city)
    file = keep_file(factories.make_actor(city), io.BytesIO(jpeg()), size=100, loose=True)
    assert (file.owner, file.is_public) == (None, False)
    settle_files(city, [file], person)
    again = MediaFile.objects.of(city).get()
    assert (again.owner, again.loose_until) == (person, None)


def test_an_upload_is_used_once():
    city = factories.make_city()
    file = keep_file(factories.make_actor(city), io.BytesIO(jpeg()), size=100, loose=True)
    twin = MediaFile.objects.of(city).get()
    settle_files(city, [file], None)
    with pytest.raises(Refused) as refused:
        settle_files(city, [twin], None)
    assert refused.value.status == 409


@pytest.mark.django_db(transaction=True)
def test_files_of_a_person_are_in_their_export_and_go_with_them():
    from django.core.files.storage import default_storage

    from civitas.people.actors import actor_of

    city = factories.make_city()
    person = factories.make_participant(city)
    raw = pdf()
    file = keep_file(actor_of(person), io.BytesIO(raw), size=len(raw), title="Plan.pdf")
    run_due()
    (told,) = export_files_of(city, person)["files"]
    (row,) = derivatives(file)
    assert (told["kind"], told["title"], told["addresses"]) == ("application/pdf", "Plan", [f"/medien/{row.name}"])
    assert default_storage.exists(path_of(city, row.name))
    erase_files_of(city, person)
    assert not default_storage.exists(path_of(city, row.name))
    assert not MediaFile.objects.of(city).exists()


@pytest.mark.django_db(transaction=True)
def test_a_dropped_video_takes_its_raw_bytes_along():
    from django.core.files.storage import default_storage

    city = factories.make_city()
    raw = video(seconds=1, sound=None)
    file = keep_file(factories.make_actor(city), io.BytesIO(raw), size=len(raw))
    assert default_storage.exists(path_of(city, file.raw))
    drop_file(file)
    assert not default_storage.exists(path_of(city, file.raw))


@pytest.mark.django_db(transaction=True)
def test_a_document_is_taken_in_unread_and_washed_by_the_worker(monkeypatch):
    from django.core.files.storage import default_storage

    from civitas.media import actions, documents

    def unread(*_arguments):
        raise AssertionError("the request reads nothing of it")

    monkeypatch.setattr(actions, "washed_pdf", unread)
    raw = pdf(pages=3)
    file = keep_file(factories.make_actor(factories.make_city()), io.BytesIO(raw), size=len(raw), title="Plan.pdf")
    path = path_of(file.city, file.raw)
    assert (file.state, file.pages, derivatives(file)) == ("waiting", None, [])
    with default_storage.open(path) as kept_raw:
        assert kept_raw.read() == raw
    monkeypatch.setattr(actions, "washed_pdf", documents.washed_pdf)
    run_due()
    ready = MediaFile.objects.of(file.city_id).get()
    assert (ready.state, ready.pages, ready.raw, ready.fault) == ("ready", 3, "", "")
    assert b"Maria" not in stored(ready)
    assert ready.bytes == len(stored(ready))
    assert not default_storage.exists(path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("raw", "fault", "word"),
    [(pdf(password="x"), "locked", "Passwort"), (pdf(pages=201), "many_pages", "201"), (b"%PDF-1.7 broken", "damaged", "beschädigt")],
)
def test_a_document_that_the_worker_refuses_says_why_and_leaves_no_byte(raw, fault, word):
    from django.core.files.storage import default_storage

    file = keep_file(factories.make_actor(factories.make_city()), io.BytesIO(raw), size=len(raw))
    path = path_of(file.city, file.raw)
    run_due()
    refused = MediaFile.objects.of(file.city_id).get()
    assert (refused.state, refused.fault, derivatives(refused)) == ("refused", fault, [])
    assert word in fault_of(refused)
    assert not default_storage.exists(path)


@pytest.mark.django_db(transaction=True)
def test_making_a_document_ready_twice_gives_one():
    raw = pdf()
    file = keep_file(factories.make_actor(factories.make_city()), io.BytesIO(raw), size=len(raw))
    twin = MediaFile.objects.of(file.city_id).select_related("city").get()
    make_ready(file)
    with pytest.MonkeyPatch.context() as patched:  # two workers at once: the second has read the bytes before the first was done
        patched.setattr("civitas.media.actions.default_storage.open", lambda _path: io.BytesIO(raw))
        make_ready(twin)
    assert len(derivatives(file)) == 1


def test_a_file_in_a_state_of_earlier_releases_has_words_too():
    assert fault_of(MediaFile(mime="video/mp4", state="refused"))
    assert fault_of(MediaFile(mime="application/pdf", state="refused"))
    assert fault_of(MediaFile(mime="application/pdf", state="waiting")) == ""
