"""A contribution as PDF: tagged, with our own fonts; where the machine cannot, the page says what is missing."""

import re
import zlib

import pytest
from tests import factories

from civitas.kit import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    city = factories.make_city("hafen")
    author = factories.make_participant(city, "Ayşe")
    row = factories.make_contribution(factories.make_step(factories.make_process(city)), "Bank <b>am</b> Wasser", author=author)
    factories.make_event(row, "planned", text="Wir bauen sie im Mai.", organisation=factories.make_organisation(city, "Bezirksamt Nord"))
    return row


def get(client, row, host="hafen.localhost"):
    return client.post(f"/beitrag/{row.number}/pdf", headers={"host": host})


def test_a_contribution_is_a_tagged_pdf(client, row):
    if not pdf.may_print():
        pytest.skip("libpango is not on this machine")
    answer = get(client, row)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    inside = b"".join(
        zlib.decompress(found) for found in re.findall(rb"stream\n(.*?)\nendstream", answer.content, re.DOTALL) if found[:1] == b"x"
    )
    assert b"/StructTreeRoot" in inside
    assert b"pdfuaid:part" in inside


def test_without_the_library_the_page_says_what_brings_it(client, row, monkeypatch):
    monkeypatch.setattr(pdf, "_weasyprint", lambda: None)
    answer = get(client, row)
    assert answer.status_code == 503
    assert "libpango" in answer.text


def test_a_hidden_one_and_another_city_have_none(client, row):
    hidden = factories.make_contribution(row.step, visibility="hidden")
    factories.make_city("berg")
    assert get(client, hidden).status_code == 404
    assert get(client, row, host="berg.localhost").status_code == 404
