"""Files of the demo that are made on the spot: a short film drawn frame by frame, and a PDF of a few lines. Nothing of it is anybody's."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from civitas.media import video
from civitas.media.actions import keep_file, make_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from civitas.media.models import MediaFile
    from civitas.people.actors import Actor

_SIZE = (640, 360)
_RATE = 10
_PAPER, _INK, _ROAD, _STRIPE, _RED, _GREEN, _TRAM = "#f4efe6", "#0b2f4e", "#b9c4cc", "#f8fafb", "#c8281e", "#1f7a4d", "#8fa8ba"


def film_of(actor: Actor, name: str) -> MediaFile | None:
    """One of `FILMS` as an upload that is ready; None where this machine has nothing that can make or read videos."""
    if not video.is_offered():
        return None
    return _kept(actor, made_film(FILMS[name]()), "")


def paper_of(actor: Actor, title: str, lines: Iterable[str]) -> MediaFile:
    """A PDF of one page with these lines, as an upload that is ready."""
    return _kept(actor, made_paper(title, lines), title)


def _kept(actor: Actor, raw: bytes, title: str) -> MediaFile:
    file = keep_file(actor, io.BytesIO(raw), size=len(raw), title=title)
    make_ready(file)  # the demo is whole at once, and no visitor waits for the worker
    return file


def made_film(frames: Iterable[Image.Image]) -> bytes:
    """A WebM (VP8, ten frames a second, no sound) of pictures of one size."""
    import av

    frame_of: Any = av.VideoFrame.from_image  # untyped in the package
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="webm") as container:
        stream: Any = container.add_stream("libvpx", rate=_RATE, options={"crf": "20", "b": "600k"})
        stream.width, stream.height, stream.pix_fmt = *_SIZE, "yuv420p"
        stream.codec_context.thread_count = 1  # several wait for each other by spinning: on a busy machine ten times as long
        for index, still in enumerate(frames):
            frame = frame_of(still)
            frame.pts, frame.time_base = index, Fraction(1, _RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return buffer.getvalue()


def _crossing() -> Iterator[Image.Image]:
    """Seven seconds of green: two children come as far as the rails, then it is red."""
    green, whole = 50, 70  # time runs a little faster than in the street
    for at in range(whole):
        picture = Image.new("RGB", _SIZE, _PAPER)
        draw = ImageDraw.Draw(picture)
        draw.rectangle((90, 0, 270, 360), fill=_ROAD)
        draw.rectangle((370, 0, 550, 360), fill=_ROAD)
        for top in range(8, 360, 44):
            draw.rectangle((104, top, 256, top + 22), fill=_STRIPE)
            draw.rectangle((384, top, 536, top + 22), fill=_STRIPE)
        for rail in (292, 312, 328, 348):
            draw.line((rail, 0, rail, 360), fill=_TRAM, width=3)
        is_green = at < green
        walked = 30 + min(at, green) * 4.4
        for behind, size in ((0, 15), (46, 12)):
            _child(draw, walked - behind, 210 + behind // 3, size, swing=(at // 2) % 2 if is_green else 0)
        draw.rounded_rectangle((572, 24, 620, 124), 10, fill=_INK)
        draw.ellipse((582, 34, 610, 62), fill=_RED if not is_green else "#4a2320")
        draw.ellipse((582, 84, 610, 112), fill=_GREEN if is_green else "#1c3428")
        draw.rectangle((592, 124, 600, 220), fill=_INK)
        left = max(0, 7 - at * 7 // green)
        draw.text((596, 240), str(left), fill=_INK if left else _RED, anchor="mm", font_size=44)
        if not is_green:  # the tram comes
            top = 360 - (at - green) * 26
            draw.rounded_rectangle((286, top, 354, top + 300), 14, fill=_TRAM, outline=_INK, width=4)
            draw.rectangle((298, top + 16, 342, top + 46), fill=_PAPER)
        yield picture


def _child(draw: ImageDraw.ImageDraw, x: float, y: float, size: int, *, swing: int) -> None:
    draw.ellipse((x - size, y - 4 * size, x + size, y - 2 * size), fill=_INK)
    draw.rounded_rectangle((x - size, y - 2 * size, x + size, y + size), 6, fill=_INK)
    draw.rounded_rectangle((x - 2 * size, y - 2 * size, x - size + 2, y), 4, fill=_RED)  # the satchel
    step = size if swing else size // 3
    draw.line((x, y + size, x - step, y + 3 * size), fill=_INK, width=5)
    draw.line((x, y + size, x + step, y + 3 * size), fill=_INK, width=5)


FILMS: dict[str, Callable[[], Iterator[Image.Image]]] = {"crossing": _crossing}


def made_paper(title: str, lines: Iterable[str]) -> bytes:
    """A PDF of one A4 page, written by hand, so that the demo needs no library that sets type."""
    words = [f"BT /F2 22 Tf 56 770 Td ({_escaped(title)}) Tj ET"]
    words += [f"BT /F1 14 Tf 56 {728 - 26 * row} Td ({_escaped(line)}) Tj ET" for row, line in enumerate(lines)]
    page = "\n".join(words).encode("cp1252", "replace")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    made, starts = bytearray(b"%PDF-1.7\n"), []
    for number, part in enumerate(parts, 1):
        starts.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(made) + end % (len(parts) + 1, table, len(parts) + 1, len(made))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
