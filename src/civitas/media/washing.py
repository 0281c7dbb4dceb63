"""The part of washing that reads strangers' bytes: a program of its own, with little time, little memory and nothing to know.

`documents.washed_pdf` starts it. A PDF comes in, its pages go out: a line with their number, then the file. It knows neither
Django nor the database, so what breaks it breaks nothing else.
"""

from __future__ import annotations

import io
import sys
from typing import IO, TYPE_CHECKING, Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

from civitas.media.bounds import bounded

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

LOCKED, TOO_MANY_PAGES, DAMAGED = 3, 4, 5
CPU_SECONDS = 10
MEMORY_BYTES = 768 * 1024 * 1024
# What it may write, of however little it was made.
RESULT_BYTES = 40_000_000

# What runs, opens, sends, hides files or tells of the author. It goes wherever it stands.
_FORBIDDEN = frozenset({
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/AF", "/AcroForm", "/XFA", "/Metadata", "/PieceInfo", "/Info",
    "/RichMediaContent", "/RichMediaSettings", "/Collection", "/Requirements", "/Perms", "/Threads", "/LastModified", "/URI_Base",
    "/SpiderInfo", "/DSS", "/Extensions",
})  # fmt: skip
_ACTIONS = frozenset({"/GoTo", "/URI", "/Named"})
_ANNOTATIONS = frozenset({"/Link", "/Text", "/FreeText", "/Highlight", "/Underline", "/StrikeOut", "/Line", "/Square", "/Circle", "/Ink"})
_MOST_OBJECTS = 100_000


def wash(source: IO[bytes], target: IO[bytes], *, most_pages: int) -> int:
    """Write the number of pages and the PDF anew, without metadata, scripts, forms, embedded files and actions; returns an exit code."""
    reader = PdfReader(source, strict=False)
    if reader.is_encrypted:
        return LOCKED
    count = len(reader.pages)
    target.write(b"%d\n" % count)
    if not count:
        return DAMAGED
    if count > most_pages:
        return TOO_MANY_PAGES
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    writer.metadata = None
    objects = list(writer._objects)
    if len(objects) > _MOST_OBJECTS:
        return DAMAGED
    seen: set[int] = set()
    for each in objects:
        _clean(each, seen)
    buffer = io.BytesIO()
    writer.write(buffer)
    target.write(buffer.getvalue())
    return 0


def _clean(start: Any, seen: set[int]) -> None:
    """Take out what is forbidden in an object and all that stands directly in it; references are objects of their own."""
    waiting = [start]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or not isinstance(each, (DictionaryObject, ArrayObject)):
            continue
        seen.add(id(each))
        if isinstance(each, ArrayObject):
            waiting += list(each)
            continue
        for key in [key for key in each if key in _FORBIDDEN]:
            del each[key]
        if "/Annots" in each:
            _keep_harmless(each)
        action = each.get("/A")
        if action is not None and not _is_harmless(action):
            del each["/A"]
        if each.get("/S") not in (None, *_ACTIONS) and ({"/F", "/Win", "/D", "/SD"} & each.keys()) and each.get("/Type") == "/Action":
            each.clear()
        names = each.get("/Names")
        if isinstance(names, DictionaryObject):
            del each["/Names"]
        if isinstance(each, StreamObject) and each.get("/Filter") == "/DCTDecode":
            each._data = without_segments(each._data)
        waiting += list(each.values())


def _keep_harmless(page: DictionaryObject) -> None:
    annotations = page["/Annots"].get_object()
    kept = ArrayObject()
    for each in annotations if isinstance(annotations, ArrayObject) else []:
        found = each.get_object()
        if isinstance(found, DictionaryObject) and found.get("/Subtype") in _ANNOTATIONS:
            for name in ("/T", "/M", "/CreationDate", "/NM", "/FS"):  # who noted it and when
                found.pop(name, None)
            kept.append(each)
    page[NameObject("/Annots")] = kept


def _is_harmless(action: Any) -> bool:
    found = action.get_object()
    if not isinstance(found, DictionaryObject) or found.get("/S") not in _ACTIONS or "/Next" in found:
        return False
    if found.get("/S") == "/URI":
        return str(found.get("/URI", "")).lower().startswith(("http://", "https://", "mailto:"))
    return True


def without_segments(jpeg: bytes) -> bytes:
    """A JPEG without its APP1 to APP13 and comment segments (Exif, XMP, IPTC), where cameras write place and time."""
    if jpeg[:2] != b"\xff\xd8":
        return jpeg
    kept, at = bytearray(jpeg[:2]), 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        size = 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if not (0xE1 <= jpeg[at + 1] <= 0xED and jpeg[at + 1] != 0xE2) and jpeg[at + 1] != 0xFE:  # E2 is the colour profile
            kept += jpeg[at : at + size]
        at += size
    return bytes(kept + jpeg[at:])


def own_bounds() -> AbstractContextManager[None]:
    """Within what this program works."""
    return bounded(cpu_seconds=CPU_SECONDS, memory_bytes=MEMORY_BYTES, result_bytes=RESULT_BYTES)


if __name__ == "__main__":
    with own_bounds():
        code = wash(sys.stdin.buffer, sys.stdout.buffer, most_pages=int(sys.argv[1]))
    sys.exit(code)
