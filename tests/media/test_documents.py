"""Documents are their pages and nothing else."""

import io
import time

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from tests.media.samples import jpeg, pdf

from civitas.kit.verdicts import Refused
from civitas.media import apart
from civitas.media.documents import washed_pdf
from civitas.media.washing import without_segments
from civitas.outbox.tasks import TaskFault


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
        f"import civitas.media.washing as washing\nwashing.CPU_SECONDS = 1\nwith washing.own_bounds():\n    {greed}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("civitas.media.documents._READER", "greedy")
    with pytest.raises(Refused) as refused:
        washed_pdf(io.BytesIO(pdf()))
    assert "konnten diese Datei nicht prüfen" in str(refused.value.reason)


def slow(monkeypatch, tmp_path, what):
    (tmp_path / "slow.py").write_text(f"import os, signal, time\n{what}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("civitas.media.documents._READER", "slow")


def test_nobody_waits_longer_for_a_pdf_than_half_a_minute(monkeypatch, tmp_path):
    assert apart.PATIENCE_SECONDS == 30
    slow(monkeypatch, tmp_path, "time.sleep(60)")
    monkeypatch.setattr(apart, "PATIENCE_SECONDS", 0.5)
    start = time.monotonic()
    with pytest.raises(TaskFault):  # it says nothing about the file: another attempt may have more luck
        washed_pdf(io.BytesIO(pdf()))
    assert time.monotonic() - start < 5


def test_a_house_that_shuts_down_meanwhile_says_nothing_about_the_file(monkeypatch, tmp_path):
    slow(monkeypatch, tmp_path, "os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)")
    with pytest.raises(TaskFault):
        washed_pdf(io.BytesIO(pdf()))


def nasty(count):
    """A PDF of few bytes whose pages stand in one another, so that a naive reader comes to no end."""
    kids = " ".join(["3 0 R"] * count)
    body = f"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Count {count**3}/Kids[{kids}]>>endobj
3 0 obj<</Type/Pages/Parent 2 0 R/Kids[{kids.replace("3 0", "4 0")}]>>endobj
4 0 obj<</Type/Pages/Parent 3 0 R/Kids[{kids.replace("3 0", "5 0")}]>>endobj
5 0 obj<</Type/Page/Parent 4 0 R/MediaBox[0 0 9 9]>>endobj
trailer<</Root 1 0 R>>
"""
    return body.encode()


def test_a_nasty_pdf_is_refused_within_its_time(monkeypatch):
    start = time.monotonic()
    with pytest.raises(Refused):
        washed_pdf(io.BytesIO(nasty(500)))
    assert time.monotonic() - start < apart.PATIENCE_SECONDS


def test_who_reads_strangers_pdfs_knows_no_secret(monkeypatch, tmp_path):
    (tmp_path / "curious.py").write_text("import os, sys\nprint(1)\nprint(sorted(os.environ))\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("civitas.media.documents._READER", "curious")
    monkeypatch.setenv("SECRET_KEY", "very secret")
    known = washed_pdf(io.BytesIO(pdf())).raw.decode()
    assert "PYTHONPATH" in known
    assert "SECRET" not in known
