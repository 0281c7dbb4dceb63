"""A PDF of a contribution: shown page by page to the team, black for everybody, its old bytes gone."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from tests.factories import make_browser, make_city, make_contribution, make_participant, make_process, make_staff, make_step
from tests.media.test_paging import SECRET, everything_in, written

from civitas.contributions.attachments import Shown, attach_files
from civitas.kit.verdicts import Refused
from civitas.media.actions import keep_file, make_ready, path_of
from civitas.media.models import Derivative, MediaFile
from civitas.media.redacting import Area
from civitas.people.actors import actor_of
from civitas.redaction.actions import redact_contribution

if TYPE_CHECKING:
    from civitas.contributions.models import Contribution
    from civitas.people.models import Participant

pytest.importorskip("pypdfium2", reason="make installs it from requirements/base.txt")
pytestmark = pytest.mark.django_db


def given() -> tuple[Contribution, MediaFile, Participant]:
    city = make_city()
    author = make_participant(city, "Alice")
    row = make_contribution(make_step(make_process(city)), author=author)
    raw = written((SECRET, "eins"), ("Seite zwei", "zwei"))
    file = keep_file(actor_of(author), io.BytesIO(raw), size=len(raw), title=f"Plan {SECRET}.pdf")
    make_ready(MediaFile.objects.of(city).select_related("city").get(pk=file.pk))
    with transaction.atomic():
        attach_files(city, row, [Shown(file)], author)
    return row, MediaFile.objects.of(city).select_related("city").get(pk=file.pk), make_staff(city, "moderator", "Mona")


def stored(file: MediaFile) -> tuple[str, bytes]:
    name = Derivative.objects.of(file.city).filter(file=file).values_list("name", flat=True).get()
    with default_storage.open(path_of(file.city, name)) as found:
        return name, found.read()


def test_a_page_is_black_without_text_and_the_old_bytes_are_gone(django_capture_on_commit_callbacks):
    row, file, moderator = given()
    before, raw = stored(file)
    assert b"7654321" in everything_in(raw)
    with django_capture_on_commit_callbacks(execute=True):
        areas = {file.pk: [Area(0, 10, 100, 25, page=1)]}
        redaction = redact_contribution(actor_of(moderator), row, reason="contact", version=1, areas=areas)
    after, raw = stored(file)
    assert after != before
    assert not default_storage.exists(path_of(file.city, before))
    assert b"7654321" not in everything_in(raw)
    assert b"Seite zwei" in everything_in(raw)
    assert redaction.areas == 1


def test_a_page_that_is_not_there_is_refused_and_nothing_changes():
    row, file, moderator = given()
    before = stored(file)
    with pytest.raises(Refused) as refused:
        redact_contribution(actor_of(moderator), row, reason="contact", version=1, areas={file.pk: [Area(0, 0, 9, 9, page=3)]})
    assert refused.value.status == 400
    assert stored(file) == before


def test_the_team_sees_the_pages_and_nobody_else():
    row, file, moderator = given()
    address = f"/verwaltung/schwaerzen/{row.number}/seite/{file.pk}/1"
    browser = make_browser(row.city, moderator)
    page = browser.get(f"/verwaltung/schwaerzen/{row.number}").content.decode()
    assert page.count("<redact-areas") == 2
    assert address in page
    shown = browser.get(address)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    assert "no-store" in shown["Cache-Control"]
    assert browser.get(f"/verwaltung/schwaerzen/{row.number}/seite/{file.pk}/3").status_code == 404
    assert browser.get(f"/verwaltung/schwaerzen/{row.number}/seite/{file.pk + 1}/1").status_code == 404
    assert make_browser(row.city, make_staff(row.city, "expert", "Eva")).get(address).status_code == 403
    assert make_browser(row.city).get(address).status_code == 302
    other = make_city()
    assert make_browser(other, make_staff(other, "moderator")).get(address).status_code == 404


def test_areas_of_a_page_come_with_the_form_and_stay_in_the_preview():
    row, file, moderator = given()
    drawn = {f"area-{file.pk}-2-{side}": "20" for side in ("left", "top", "width", "height")}
    page = make_browser(row.city, moderator).post(
        f"/verwaltung/schwaerzen/{row.number}", {"version": 1, "reason": "contact", "step": "preview", **drawn}
    )
    assert page.status_code == 200
    assert f"/seite/{file.pk}/2" in page.content.decode()
    assert f"/seite/{file.pk}/1" not in page.content.decode()
