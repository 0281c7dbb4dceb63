"""Short videos: told apart by their content, packed anew without metadata, with a still picture. PyAV does it, where it is installed."""

from __future__ import annotations

import json
import shutil
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, NamedTuple

from django.utils.translation import gettext as _
from PIL import Image

from civitas.media.apart import run_apart
from civitas.media.bounds import HEAVY
from civitas.media.faults import Fault, Faulty
from civitas.media.pictures import refused

_PACKER = "civitas.media.packing"


class Packed(NamedTuple):
    """A video packed anew: its file (at the beginning), how it is served, its length, and one picture of it, upright."""

    file: IO[bytes]
    mime: str
    seconds: float
    poster: Image.Image


@cache
def is_offered() -> bool:
    """Whether this machine can read videos."""
    return find_spec("av") is not None


def container_of(head: bytes) -> str:
    """The demuxer that the first bytes ask for: mov (MP4 and QuickTime), matroska (WebM), or '' for what is no video of ours."""
    if head[4:8] == b"ftyp" and head[8:12] not in {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"}:
        return "mov"
    return "matroska" if head[:4] == b"\x1a\x45\xdf\xa3" else ""


def check_offered() -> None:
    """Refuse a video where nothing here can read it."""
    if not is_offered():
        raise refused(_("Videos cannot be taken in here. Please send a picture instead."))


def mime_of(head: bytes) -> str:
    """What a video is by its first bytes, until it is packed anew."""
    return "video/webm" if container_of(head) == "matroska" else "video/mp4"


def packed_anew(source: IO[bytes]) -> Packed:
    """The same pictures and sound in a fresh file: no place, camera or time, no data tracks, no chapters.

    A process of its own reads it, as with documents: it has twenty seconds of work, 1 GB, and no secrets. Raises Faulty, or TaskFault:
    try later.
    """
    demuxer = container_of(source.read(16))
    source.seek(0)
    if not demuxer:
        raise Faulty(Fault.UNREADABLE)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as made:
        shutil.copyfileobj(source, given)
        given.seek(0)
        code = run_apart(_PACKER, demuxer, folder, given=given, made=made)
        if code:
            raise Faulty(Fault.UNCHECKED if code == HEAVY else Fault.UNREADABLE)
        made.seek(0)
        said = json.loads(made.read())
        if "fault" in said:
            raise Faulty(said["fault"], said["figure"])
        with Image.open(Path(folder) / "poster.ppm", formats=["PPM"]) as poster:
            poster.load()
        # Open, it outlives its folder.
        return Packed((Path(folder) / "video").open("rb"), said["mime"], said["seconds"], poster)
