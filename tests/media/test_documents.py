"""Documents are their pages and nothing else."""

import io

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from tests.media.samples import jpeg, pdf

from civitas.kit.verdicts import Refused
from civitas.media.documents import washed_pdf
from civitas.media.washing import without_segments


def test_a_pdf_loses_author_scripts_and_hidden_files():
    raw = pdf(pages=3, picture=jpeg(40, 40))
    told = (b"Maria", b"alert", b"hidden", b"secret", b"OpenAction", b"EmbeddedFile")
    assert all(word in raw for word in told)
    washed = washed_pdf(io.BytesIO(raw))
    assert washed.pages == 3
    assert not [word for word in told if word in washed.raw]
    assert len(PdfReader(io.BytesIO(washed.raw)).pages) == 3


def test_a_link_to_a_page_stays_and_one_that_starts_a_program_goes():
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_annotation(0, Link(rect=(0, 0, 50, 50), url="https://example.org/good"))
    writer.add_annotation(0, Link(rect=(50, 50, 90, 90), url="https://example.org/bad"))
    bad = writer.pages[0]["/Annots"][1].get_object()
    bad[NameObject("/A")] = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")})
    buffer = io.BytesIO()
    writer.write(buffer)
    (page,) = PdfReader(io.BytesIO(washed_pdf(io.BytesIO(buffer.getvalue())).raw)).pages
    good, bad = (each.get_object() for each in page["/Annots"])
    assert good["/A"]["/URI"] == "https://example.org/good"
    assert "/A" not in bad


@pytest.mark.parametrize(("raw", "word"), [(pdf(password="x"), "Passwort"), (pdf(pages=201), "201"), (b"%PDF-1.7 broken", "beschädigt")])
def test_what_cannot_be_shown_is_refused_in_words(raw, word):
    with pytest.raises(Refused) as refused:
        washed_pdf(io.BytesIO(raw))
    assert word in str(refused.value.reason)


def test_a_jpeg_in_it_loses_place_and_comment_but_no_pixel():
    from PIL import Image

    raw = jpeg(64, 48, comment=b"Maria was here")
    plain = without_segments(raw)
    assert b"Maria" not in plain
    with Image.open(io.BytesIO(raw)) as before, Image.open(io.BytesIO(plain)) as after:
        assert before.tobytes() == after.tobytes()


@pytest.mark.parametrize(
    "greed", ["while True: pass", "x = bytearray(2_000_000_000)", "import sys; sys.stdout.buffer.write(bytes(60_000_000))"]
)
def test_a_pdf_that_keeps_its_reader_busy_or_eats_memory_or_disk_is_refused(monkeypatch, tmp_path, greed):
    # The reader behaves as a parser does under such a file; the limits are the real ones, but for less time.
    (tmp_path / "greedy.py").write_text(
        f"import civitas.media.washing as washing\nwashing.CPU_SECONDS = 1\nwashing._limit_myself()\n{greed}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("civitas.media.documents._READER", "greedy")
    with pytest.raises(Refused) as refused:
        washed_pdf(io.BytesIO(pdf()))
    assert "beschädigt" in str(refused.value.reason)


def test_who_reads_strangers_pdfs_knows_no_secret(monkeypatch, tmp_path):
    (tmp_path / "curious.py").write_text("import os, sys\nprint(1)\nprint(sorted(os.environ))\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("civitas.media.documents._READER", "curious")
    monkeypatch.setenv("SECRET_KEY", "very secret")
    known = washed_pdf(io.BytesIO(pdf())).raw.decode()
    assert "PYTHONPATH" in known
    assert "SECRET" not in known
