"""The part of packing a video anew that reads strangers' bytes: a program of its own, like `washing`.

`video.packed_anew` starts it, and names the demuxer: none that would open other files or addresses. A video comes in; the same pictures
and sound go into a file `video` of the folder that is named, a still picture into `poster.ppm`, and a line says what was found. Packets
pass one by one, so memory does not grow with the video.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import av
from av.container import Flags

from civitas.media.bounds import bounded
from civitas.media.limits import VIDEO_BYTES, VIDEO_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from PIL import Image

CPU_SECONDS = 20
MEMORY_BYTES = 1024 * 1024 * 1024
RESULT_BYTES = 2 * VIDEO_BYTES
VIDEO, POSTER = "video", "poster.ppm"
VIDEO_CODECS = frozenset({"h264", "vp8", "vp9", "av1"})
AUDIO_CODECS = frozenset({"aac", "opus", "vorbis", "mp3"})
# 4K, in either direction: the one picture that we decode takes 40 MB at most.
MOST_PIXELS = 4096 * 2304
# What the last frame may reach beyond the limit, since cameras stop a little late.
LENIENCE_SECONDS = 1.0
# Packets looked at before a broken file is given up: a minute of 120 frames a second with sound.
_MOST_PACKETS = 60_000


class NotShownError(Exception):
    """The video cannot be shown, by a code of `MediaFile.Fault`, and the figure that its sentence needs."""

    def __init__(self, fault: str, figure: int = 0) -> None:
        super().__init__(fault)
        self.fault, self.figure = fault, figure


def pack(source: IO[bytes], demuxer: str, folder: Path) -> dict[str, Any]:
    """Write the video and its picture; returns how it is served and its length. Raises NotShownError."""
    with _opened(source, demuxer) as container:
        picture, sound = _streams(container)
        _check_length(float(container.duration or 0) / 1_000_000)
        mime = _mime(picture, sound)
        try:
            seconds = _copy(container, picture, sound, folder / VIDEO, mime)
        except (av.FFmpegError, ValueError):
            raise NotShownError("unreadable") from None
    _poster(source, demuxer).save(folder / POSTER, "PPM")
    return {"mime": mime, "seconds": seconds}


@contextmanager
def _opened(source: IO[bytes], demuxer: str) -> Iterator[Any]:
    source.seek(0)
    try:
        container = av.open(source, "r", format=demuxer, metadata_errors="replace")
    except (av.FFmpegError, ValueError):
        raise NotShownError("unreadable") from None
    try:
        yield container
    finally:
        container.close()


def _streams(container: Any) -> tuple[Any, Any]:
    if not container.streams.video:
        raise NotShownError("unreadable")
    picture = container.streams.video[0]
    sound = container.streams.audio[0] if container.streams.audio else None
    if picture.codec_context is None or picture.codec_context.name not in VIDEO_CODECS | {"libdav1d"}:
        raise NotShownError("codec")
    if sound is not None and (sound.codec_context is None or sound.codec_context.name.removesuffix("float") not in AUDIO_CODECS):
        sound = None
    if not 0 < picture.codec_context.width * picture.codec_context.height <= MOST_PIXELS:
        raise NotShownError("large")
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
        raise NotShownError("long", round(seconds))


def _copy(container: Any, picture: Any, sound: Any, target: Path, mime: str) -> float:
    webm = mime == "video/webm"
    if webm and sound is not None and sound.codec_context.name.removesuffix("float") not in {"opus", "vorbis"}:
        sound = None
    if not webm and sound is not None and sound.codec_context.name.removesuffix("float") == "vorbis":
        sound = None
    options = {} if webm else {"movflags": "+faststart"}
    last = 0.0
    with av.open(str(target), "w", format="webm" if webm else "mp4", options=options) as fresh:
        bitexact: Any = Flags.bitexact  # no name or version of the program that wrote it
        fresh.flags |= bitexact.value
        copies = {stream.index: fresh.add_stream_from_template(stream) for stream in (picture, sound) if stream is not None}
        for copy in copies.values():
            copy.metadata.clear()
        for count, packet in enumerate(container.demux(*(stream for stream in (picture, sound) if stream is not None))):
            if packet.dts is None:
                continue
            if count > _MOST_PACKETS:
                raise NotShownError("unreadable")
            if packet.pts is not None:
                last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
                _check_length(last)
            packet.stream = copies[packet.stream.index]
            fresh.mux(packet)
    return last


def _poster(source: IO[bytes], demuxer: str) -> Image.Image:
    """The picture after a second, or the first one; upright as the camera was held."""
    found = None
    with _opened(source, demuxer) as container:
        picture, _sound = _streams(container)
        picture.codec_context.thread_count = 1
        try:
            for count, frame in enumerate(container.decode(picture)):
                found = frame
                if count >= 150 or (frame.time or 0) >= 1:
                    break
        except (av.FFmpegError, ValueError):
            pass  # damaged later on: what was found before will do
        if found is None or found.width * found.height > MOST_PIXELS:
            raise NotShownError("unreadable")
        still: Image.Image = found.to_image()
        return still.rotate(found.rotation, expand=True) if found.rotation else still


def own_bounds() -> AbstractContextManager[None]:
    """Within what this program works."""
    return bounded(cpu_seconds=CPU_SECONDS, memory_bytes=MEMORY_BYTES, result_bytes=RESULT_BYTES)


if __name__ == "__main__":
    av.logging.set_level(None)
    with own_bounds():
        try:
            said = pack(sys.stdin.buffer, sys.argv[1], Path(sys.argv[2]))
        except NotShownError as error:
            said = {"fault": error.fault, "figure": error.figure}
        print(json.dumps(said))
