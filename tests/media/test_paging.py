"""PDFs in which areas are black: no text below, and none of it in what pages share."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from civitas.media.documents import blackened_pdf, page_picture, page_sizes
from civitas.media.faults import Faulty

pytest.importorskip("pypdfium2", reason="make installs it from requirements/base.txt")
SECRET = "0171 7654321"


def written(*pages: tuple[str, str], annotated: bool = False) -> bytes:
    """A PDF of 200 x 200 points: each page has words of its own and words in a form; all forms lie in resources that all pages share."""
    writer = PdfWriter()
    names = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(key): NameObject(value) for key, value in names.items()})
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    forms = DictionaryObject()
    shared = writer._add_object(DictionaryObject({NameObject("/Font"): fonts, NameObject("/XObject"): forms}))
    for index, (words, inside) in enumerate(pages):
        page = writer.add_blank_page(200, 200)
        page[NameObject("/Resources")] = shared
        form = stream(f"BT /F1 14 Tf 20 60 Td ({inside}) Tj ET")
        box = ArrayObject([NumberObject(side) for side in (0, 0, 200, 200)])
        form.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form"), NameObject("/BBox"): box})
        forms[NameObject(f"/X{index}")] = writer._add_object(form)
        page[NameObject("/Contents")] = writer._add_object(stream(f"BT /F1 14 Tf 20 150 Td ({words}) Tj ET /X{index} Do"))
    if annotated:
        first = writer.pages[0]
        corners = ArrayObject([FloatObject(side) for side in (0, 0, 9, 9)])
        link = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Link")})
        link[NameObject("/Contents")], link[NameObject("/Rect")] = TextStringObject(SECRET), corners
        link[NameObject("/Dest")] = ArrayObject([first.indirect_reference, NameObject("/Fit")])
        writer.pages[1][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def stream(content: str) -> DecodedStreamObject:
    made = DecodedStreamObject()
    made.set_data(content.encode())
    return made


def everything_in(raw: bytes) -> bytes:
    """The file with every stream of every object as it reads once unpacked."""
    found = [raw]
    reader = PdfReader(io.BytesIO(raw))
    for number in range(1, len(reader.xref[0]) + 60 if reader.xref else 60):
        try:
            each: Any = reader.get_object(number)
        except Exception:  # noqa: BLE001  (numbers without an object)
            continue
        if hasattr(each, "get_data"):
            try:
                found.append(each.get_data())
            except NotImplementedError:
                continue
        found.append(repr(each).encode())
    return b"\n".join(found)


def test_no_text_is_left_below_and_other_pages_keep_theirs() -> None:
    raw = written((SECRET, "Formular eins"), ("Seite zwei", "Formular zwei"), annotated=True)
    assert SECRET.encode() in everything_in(raw)
    black = blackened_pdf(io.BytesIO(raw), {1: [(0, 10, 100, 25)]})
    assert re.search(rb"7654321|Formular eins", everything_in(black)) is None
    reader = PdfReader(io.BytesIO(black))
    assert len(reader.pages) == 2
    assert reader.pages[0].extract_text().strip() == ""
    assert reader.pages[1].extract_text() == PdfReader(io.BytesIO(raw)).pages[1].extract_text()
    assert b"Formular zwei" in everything_in(black)
    kept = [page_picture(io.BytesIO(each), 2, longest=300) for each in (raw, black)]
    assert kept[0] == kept[1]
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [200, 200]
    assert not reader.metadata
    assert "/Annots" not in reader.pages[1]


def test_the_area_is_black_and_the_rest_of_the_page_is_as_it_was() -> None:
    raw = written(("Oben", "Unten"))
    black = blackened_pdf(io.BytesIO(raw), {1: [(0, 10, 100, 25), (90, 5, 30, 20)]})
    before = Image.open(io.BytesIO(page_picture(io.BytesIO(raw), 1, longest=400))).convert("L")
    after = Image.open(io.BytesIO(page_picture(io.BytesIO(black), 1, longest=400))).convert("L")
    assert before.size == after.size == (400, 400)
    assert after.crop((8, 50, 392, 130)).getextrema()[1] < 30
    assert after.crop((0, 0, 340, 30)).getextrema()[0] > 220
    assert after.crop((0, 240, 400, 300)).getextrema()[0] < 120  # the words further down


def test_sizes_are_those_of_the_pages_and_damaged_files_are_refused() -> None:
    assert page_sizes(io.BytesIO(written(("a", "b"), ("c", "d")))) == [(200, 200), (200, 200)]
    for broken in (b"%PDF-1.7 nothing", b"", json.dumps({}).encode()):
        with pytest.raises(Faulty):
            page_sizes(io.BytesIO(broken))
    with pytest.raises(Faulty):
        page_picture(io.BytesIO(written(("a", "b"))), 2, longest=100)
