"""Photos as they are shown: upright, in several widths, as WebP with nothing in it but its pixels."""

from __future__ import annotations

import io
from typing import IO, NamedTuple

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin, PngImagePlugin, UnidentifiedImageError, WebPImagePlugin

from civitas.kit.verdicts import Refused

WIDTHS = (480, 960, 1920)
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
# Read in full: PNG, WebP and JPEGs that build up while they load.
MOST_PIXELS = 40_000_000
# A plain JPEG is decoded at a half, a quarter or an eighth of its size, so even a camera's largest costs little.
MOST_JPEG_PIXELS = 250_000_000
# No side may be longer: strips of one pixel's height are no photos.
LONGEST_SIDE = 30_000
# Pillow's own alarm, which is set off by the header alone, stands where ours does.
Image.MAX_IMAGE_PIXELS = MOST_JPEG_PIXELS
# What Pillow may try; named by their plugins, so that they are loaded.
_FORMATS = (JpegImagePlugin.JpegImageFile.format, PngImagePlugin.PngImageFile.format, WebPImagePlugin.WebPImageFile.format)


class Scaled(NamedTuple):
    """A picture in one width, as WebP."""

    raw: bytes
    width: int
    height: int


def refused(sentence: str, *, field: str = "picture") -> Refused:
    """A refusal with its sentence at the form's field for files."""
    return Refused(sentence, status=400, fields={field: sentence})


def scaled_picture(source: IO[bytes]) -> list[Scaled]:
    """The photo upright, in its widths up to 1920 px, the smallest first; its metadata and colour profile are gone, its colours sRGB.

    The header's size is looked at before anything is decoded. Memory: at most 280 MB for a moment (40 megapixels with transparency);
    a plain JPEG of 250 megapixels takes under 100 MB. Raises Refused.
    """
    try:
        with Image.open(source, formats=_FORMATS) as picture:
            _check_size(picture)
            # JPEG only: decoded by the smallest scale at which no side is shorter than what we need.
            picture.draft("RGB" if picture.mode == "RGB" else None, (WIDTHS[-1], WIDTHS[-1] * 2))
            upright = _upright(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise refused(_("This picture seems to be damaged. Please choose another one.")) from None
    return _in_widths(upright)


def in_widths(picture: Image.Image) -> list[Scaled]:
    """A picture that we have already, in its widths."""
    return _in_widths(picture.convert("RGB"))


def _check_size(picture: Image.Image) -> None:
    plain_jpeg = picture.format in {"JPEG", "MPO"} and not picture.info.get("progressive")
    most = MOST_JPEG_PIXELS if plain_jpeg else MOST_PIXELS
    if picture.width * picture.height > most or max(picture.size) > LONGEST_SIDE:
        raise _too_many_pixels()


def _too_many_pixels() -> Refused:
    figures = {"jpeg": MOST_JPEG_PIXELS // 1_000_000, "other": MOST_PIXELS // 1_000_000}
    return refused(
        _("This picture has too many pixels. A JPEG may have %(jpeg)d megapixels, other pictures %(other)d. Please save it smaller.")
        % figures
    )


def _upright(picture: Image.Image) -> Image.Image:
    orientation = picture.getexif().get(0x0112, 1)
    profile = picture.info.get("icc_profile")
    shrunk = _plain(picture)
    shrunk.thumbnail((WIDTHS[-1] * 2, WIDTHS[-1] * 2), reducing_gap=2.0)
    shrunk = _on_white(_as_srgb(shrunk, profile))
    if orientation != 1:
        exif = Image.Exif()
        exif[0x0112] = orientation
        shrunk.info = {"exif": exif.tobytes()}
        shrunk = ImageOps.exif_transpose(shrunk)
    return shrunk


def _plain(picture: Image.Image) -> Image.Image:
    """In a mode that can be scaled well; 16 bits a pixel become 8."""
    if picture.mode.startswith("I") or picture.mode == "F":
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode == "P" or (picture.mode in {"1", "L", "RGB"} and "transparency" in picture.info):
        return picture.convert("RGBA")
    if picture.mode == "1":
        return picture.convert("L")
    picture.load()
    return picture


def _as_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as every screen shows them; a profile that cannot be read counts for nothing."""
    if profile and picture.mode in {"RGB", "CMYK", "L"}:
        try:
            theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(picture, theirs, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            changed = None
        if changed is not None:
            return changed
    return picture if picture.mode in {"RGBA", "LA"} else picture.convert("RGB")


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode not in {"RGBA", "LA"}:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground


def _in_widths(upright: Image.Image) -> list[Scaled]:
    made = []
    for width in WIDTHS:
        scaled = upright.copy()
        scaled.info = {}
        scaled.thumbnail((width, width * 2))
        buffer = io.BytesIO()
        scaled.save(buffer, "WEBP", quality=80, method=4)
        made.append(Scaled(buffer.getvalue(), scaled.width, scaled.height))
        if upright.width <= width:
            break
    return made
