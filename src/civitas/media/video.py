"""Short videos: checked by their content, packed anew without metadata, with a still picture. PyAV does it, where it is installed."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from functools import cache
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from civitas.media.faults import Fault, Faulty
from civitas.media.limits import VIDEO_SECONDS
from civitas.media.pictures import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

VIDEO_CODECS = frozenset({"h264", "vp8", "vp9", "av1"})
AUDIO_CODECS = frozenset({"aac", "opus", "vorbis", "mp3"})
# 4K, in either direction: the one picture that we decode takes 40 MB at most.
MOST_PIXELS = 4096 * 2304
# What the last frame may reach beyond the limit, since cameras stop a little late.
LENIENCE_SECONDS = 1.0
# Packets looked at before a broken file is given up: a minute of 120 frames a second with sound.
_MOST_PACKETS = 60_000


class Packed(NamedTuple):
    """A video packed anew: its file (at the beginning), how it is served, its length, and one picture of it, upright."""

    file: IO[bytes]
    mime: str
    seconds: float
    poster: Image.Image


@cache
def _av() -> Any:
    try:
        import av
    except ImportError:
        return None
    av.logging.set_level(None)
    return av


def is_offered() -> bool:
    """Whether this machine can read videos."""
    return _av() is not None


def container_of(head: bytes) -> str:
    """The demuxer that the first bytes ask for: mov (MP4 and QuickTime), matroska (WebM), or '' for what is no video of ours."""
    if head[4:8] == b"ftyp" and head[8:12] not in {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"}:
        return "mov"
    return "matroska" if head[:4] == b"\x1a\x45\xdf\xa3" else ""


@contextmanager
def _opened(source: Any) -> Iterator[Any]:
    """The container, read by the one demuxer that its bytes ask for: none that would open other files or addresses."""
    source.seek(0)
    head = source.read(16)
    source.seek(0)
    name = container_of(head)
    if not name:
        raise Faulty(Fault.UNREADABLE)
    try:
        container = _av().open(source, "r", format=name, metadata_errors="replace")
    except (_av().FFmpegError, ValueError, OSError):
        raise Faulty(Fault.UNREADABLE) from None
    try:
        yield container
    finally:
        container.close()


def check_offered() -> None:
    """Refuse a video where nothing here can read it."""
    if not is_offered():
        raise refused(_("Videos cannot be taken in here. Please send a picture instead."))


def mime_of(head: bytes) -> str:
    """What a video is by its first bytes, until it is packed anew."""
    return "video/webm" if container_of(head) == "matroska" else "video/mp4"


def packed_anew(source: IO[bytes]) -> Packed:
    """The same pictures and sound in a fresh file: no place, camera or time, no data tracks, no chapters.

    Packets pass one by one through a temporary file, so memory does not grow with the video. Raises Faulty.
    """
    with _opened(source) as container:
        picture, sound = _streams(container)
        _check_length(float(container.duration or 0) / 1_000_000)
        mime = _mime(picture, sound)
        # A file with a name, since the table of contents is moved to the front in a second pass.
        target = tempfile.NamedTemporaryFile(suffix=".webm" if mime == "video/webm" else ".mp4")  # noqa: SIM115  (whoever called closes it)
        try:
            seconds = _copy(container, picture, sound, target, mime)
        except (_av().FFmpegError, ValueError, OSError):
            target.close()
            raise Faulty(Fault.UNREADABLE) from None
        except Faulty:
            target.close()
            raise
    target.seek(0)
    return Packed(target, mime, seconds, _poster(source))


def _streams(container: Any) -> tuple[Any, Any]:
    if not container.streams.video:
        raise Faulty(Fault.UNREADABLE)
    picture = container.streams.video[0]
    sound = container.streams.audio[0] if container.streams.audio else None
    if picture.codec_context is None or picture.codec_context.name not in VIDEO_CODECS | {"libdav1d"}:
        raise Faulty(Fault.CODEC)
    if sound is not None and (sound.codec_context is None or sound.codec_context.name.removesuffix("float") not in AUDIO_CODECS):
        sound = None
    if not 0 < picture.codec_context.width * picture.codec_context.height <= MOST_PIXELS:
        raise Faulty(Fault.LARGE)
    return picture, sound


def _mime(picture: Any, sound: Any) -> str:
    spoken = sound.codec_context.name.removesuffix("float") if sound is not None else ""
    if picture.codec_context.name in {"vp8", "vp9"}:
        return "video/webm"
    if picture.codec_context.name == "h264":
        return "video/mp4"
    return "video/webm" if spoken in {"opus", "vorbis"} else "video/mp4"


def _check_length(seconds: float) -> None:
    if seconds > VIDEO_SECONDS + LENIENCE_SECONDS:
        raise Faulty(Fault.LONG, round(seconds))


def _copy(container: Any, picture: Any, sound: Any, target: IO[bytes], mime: str) -> float:
    webm = mime == "video/webm"
    if webm and sound is not None and sound.codec_context.name.removesuffix("float") not in {"opus", "vorbis"}:
        sound = None
    if not webm and sound is not None and sound.codec_context.name.removesuffix("float") == "vorbis":
        sound = None
    options = {} if webm else {"movflags": "+faststart"}
    last = 0.0
    with _av().open(target.name, "w", format="webm" if webm else "mp4", options=options) as fresh:
        fresh.flags |= _av().container.Flags.bitexact.value  # no name or version of the program that wrote it
        copies = {stream.index: fresh.add_stream_from_template(stream) for stream in (picture, sound) if stream is not None}
        for copy in copies.values():
            copy.metadata.clear()
        for count, packet in enumerate(container.demux(*(stream for stream in (picture, sound) if stream is not None))):
            if packet.dts is None:
                continue
            if count > _MOST_PACKETS:
                raise Faulty(Fault.UNREADABLE)
            if packet.pts is not None:
                last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
                _check_length(last)
            packet.stream = copies[packet.stream.index]
            fresh.mux(packet)
    return last


def _poster(source: IO[bytes]) -> Image.Image:
    """The picture after a second, or the first one; upright as the camera was held."""
    found = None
    with _opened(source) as container:
        picture, _sound = _streams(container)
        picture.codec_context.thread_count = 1
        try:
            for count, frame in enumerate(container.decode(picture)):
                found = frame
                if count >= 150 or (frame.time or 0) >= 1:
                    break
        except (_av().FFmpegError, ValueError, OSError):
            pass  # damaged later on: what was found before will do
        if found is None or found.width * found.height > MOST_PIXELS:
            raise Faulty(Fault.UNREADABLE)
        still = found.to_image()
        return still.rotate(found.rotation, expand=True) if found.rotation else still
