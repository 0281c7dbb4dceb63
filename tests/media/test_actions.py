"""Pictures are what they claim to be, and carry nothing but their pixels."""

import io

import pytest
from PIL import Image
from tests import factories

from civitas.kit.verdicts import Refused
from civitas.media.actions import keep_picture, path_of
from civitas.media.models import Derivative

pytestmark = pytest.mark.django_db


def jpeg(width=800, height=600, *, orientation=None):
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x010F] = "Camera of Maria"
    exif.get_ifd(0x8825)[1] = "N"
    if orientation:
        exif[0x0112] = orientation
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


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
