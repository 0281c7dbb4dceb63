"""Pages of a PDF as pictures, and a PDF in which areas of pages are black: a program of its own, like `washing`.

`documents` starts it with strangers' bytes on its input. A page with a black area becomes a picture without any text below; of the
other pages only what they show is taken along, since a text of the first could lie in something that they share.
"""

from __future__ import annotations

import io
import json
import sys
from typing import IO, TYPE_CHECKING, Any

from PIL import Image, ImageDraw
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ContentStream, DictionaryObject, IndirectObject, NameObject, NullObject

from civitas.media.bounds import bounded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CPU_SECONDS = 60
MEMORY_BYTES = 1024 * 1024 * 1024
RESULT_BYTES = 80_000_000
DOTS_PER_INCH = 150
# The longer side of a page that becomes a picture, in pixels.
LONGEST_SIDE = 2600
_POINTS_PER_INCH = 72
_KEPT = ("/Type", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Contents", "/Group")
_DEEPEST = 12


def sizes(source: bytes) -> bytes:
    """Width and height of each page in points, as JSON."""
    import pypdfium2

    document = pypdfium2.PdfDocument(source)
    return json.dumps([[round(side, 1) for side in document[index].get_size()] for index in range(len(document))]).encode()


def picture_of(document: Any, index: int, *, longest: int) -> Image.Image:
    """A page as a picture, at 150 dots per inch where that is not too large."""
    page = document[index]
    scale = min(DOTS_PER_INCH / _POINTS_PER_INCH, longest / max(1.0, *page.get_size()))
    picture: Image.Image = page.render(scale=scale, may_draw_forms=True).to_pil()
    return picture.convert("RGB")


def shown(source: bytes, number: int, *, longest: int) -> bytes:
    """A page (counted from 1) as WebP."""
    import pypdfium2

    buffer = io.BytesIO()
    picture_of(pypdfium2.PdfDocument(source), number - 1, longest=longest).save(buffer, "WEBP", quality=80, method=2)
    return buffer.getvalue()


def blackened(source: bytes, areas: Mapping[int, Sequence[Sequence[float]]]) -> bytes:
    """The document with these areas black: page (counted from 1) -> left, top, width, height in percent."""
    import pypdfium2

    document, reader, writer = pypdfium2.PdfDocument(source), PdfReader(io.BytesIO(source), strict=False), PdfWriter()
    for number, page in enumerate(reader.pages, 1):
        kept = None if number in areas else _only_what_it_shows(page)
        writer.add_page(kept or _as_picture(document, number, areas.get(number, ())))
    writer.metadata = None
    pages = {page.indirect_reference.idnum for page in writer.pages if page.indirect_reference}
    for number, each in enumerate(writer._objects, 1):
        # A page that is in the file but not among its pages came along by a link.
        if isinstance(each, DictionaryObject) and each.get("/Type") == "/Page" and number not in pages:
            each.clear()
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _as_picture(document: Any, number: int, areas: Sequence[Sequence[float]]) -> PageObject:
    picture = picture_of(document, number - 1, longest=LONGEST_SIDE)
    wide = document[number - 1].get_size()[0]
    pen = ImageDraw.Draw(picture)
    for left, top, width, height in areas:
        corner = (left * picture.width / 100 - 2, top * picture.height / 100 - 2)
        pen.rectangle((*corner, (left + width) * picture.width / 100 + 2, (top + height) * picture.height / 100 + 2), fill="black")
    buffer = io.BytesIO()
    picture.save(buffer, "PDF", quality=85, resolution=picture.width / max(wide, 1) * _POINTS_PER_INCH)
    page = PdfReader(buffer).pages[0]
    for name in ("/Annots", "/Metadata"):
        page.pop(name, None)
    return page


def _only_what_it_shows(page: PageObject) -> PageObject | None:
    """A page without links, notes and whatever of its resources no operator names; None where that cannot be told."""
    try:
        kept = PageObject()
        for name in _KEPT:
            if name in page:
                kept[NameObject(name)] = page.raw_get(name)
        resources = page.get("/Resources", DictionaryObject()).get_object()
        content = page.get_contents()
        named = _names_in(content, page.pdf) if content is not None else set()
        kept[NameObject("/Resources")] = _pruned(resources, named, page.pdf, 0)
    except Exception:  # noqa: BLE001  (whatever a stranger's page breaks, it becomes a picture)
        return None
    return kept


def _names_in(content: Any, pdf: Any) -> set[str]:
    stream = content if isinstance(content, ContentStream) else ContentStream(content, pdf)
    found: set[str] = set()
    for operands, _operator in stream.operations:
        for each in operands if isinstance(operands, list) else operands.values():
            if isinstance(each, NameObject):
                found.add(str(each))
            elif isinstance(each, DictionaryObject):
                found |= {str(value) for value in each.values() if isinstance(value, NameObject)}
    return found


def _pruned(resources: DictionaryObject, named: set[str], pdf: Any, depth: int) -> DictionaryObject:
    if depth > _DEEPEST:
        raise ValueError("forms within forms without an end")
    named = named | _inherited(resources, named, pdf)
    kept = DictionaryObject()
    for category, entries in resources.items():
        table = entries.get_object()
        if not isinstance(table, DictionaryObject):
            kept[NameObject(category)] = entries
            continue
        used = DictionaryObject()
        for name in table:
            if str(name) in named:
                used[NameObject(name)] = table.raw_get(name)
                _prune_form(table[name], pdf, depth)
        kept[NameObject(category)] = used
    return kept


def _forms(resources: DictionaryObject, named: set[str]) -> list[Any]:
    table = resources.get("/XObject", DictionaryObject()).get_object()
    found = [table[name].get_object() for name in table if str(name) in named]
    return [each for each in found if isinstance(each, DictionaryObject) and each.get("/Subtype") == "/Form"]


def _inherited(resources: DictionaryObject, named: set[str], pdf: Any) -> set[str]:
    """Names that forms without resources of their own take from those of the page."""
    found: set[str] = set()
    waiting, seen = _forms(resources, named), set[int]()
    while waiting:
        form = waiting.pop()
        if id(form) in seen or "/Resources" in form:
            continue
        seen.add(id(form))
        names = _names_in(form, pdf)
        found |= names
        waiting += _forms(resources, names)
    return found


def _prune_form(value: Any, pdf: Any, depth: int) -> None:
    form = value.get_object() if isinstance(value, IndirectObject) else value
    if not isinstance(form, DictionaryObject) or form.get("/Subtype") != "/Form":
        return
    for name in ("/Metadata", "/PieceInfo", "/StructParent", "/StructParents", "/AF", "/OPI", "/Ref"):
        form.pop(name, None)
    if isinstance(own := form.get("/Resources", NullObject()).get_object(), DictionaryObject):
        form[NameObject("/Resources")] = _pruned(own, _names_in(form, pdf), pdf, depth + 1)


def main(arguments: Sequence[str], source: IO[bytes], target: IO[bytes]) -> None:
    """`sizes`, `show <page> <longest side>` or `black <areas as JSON>`."""
    given = source.read()
    if arguments[0] == "sizes":
        target.write(sizes(given))
    elif arguments[0] == "show":
        target.write(shown(given, int(arguments[1]), longest=int(arguments[2])))
    else:
        target.write(blackened(given, {int(page): areas for page, areas in json.loads(arguments[1]).items()}))


if __name__ == "__main__":
    with bounded(cpu_seconds=CPU_SECONDS, memory_bytes=MEMORY_BYTES, result_bytes=RESULT_BYTES):
        main(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer)
