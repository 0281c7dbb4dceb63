"""Making the demo, on the small pack that the tests have."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from tests.interop.desks import PACKS

from civitas.cities.models import City
from civitas.contributions.queries import Filters, count_listed
from civitas.notices.models import MailboxMail
from civitas.outbox.models import OutboxRow
from civitas.outbox.worker import run_due
from civitas.project import demo

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(PACKS / "small", tmp_path / "klein")  # a demo's folder is called as its city
    monkeypatch.setattr(demo, "PACKS", tmp_path)
    monkeypatch.setattr(demo, "SLUGS", ("klein",))


def test_a_fresh_demo_is_found_by_its_words_and_has_told_its_news_once() -> None:
    demo.make_demo()
    city = City.objects.get(slug="klein")
    assert count_listed(city, Filters(words="Bank")) == 1
    assert not OutboxRow.objects.of(city).due(timezone.now() + dt.timedelta(minutes=1)).exists()
    told = list(MailboxMail.objects.values_list("message_id", flat=True))
    assert len(told) == len(set(told))
    assert run_due() == 0


def test_a_second_start_leaves_to_the_worker_what_came_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    demo.make_demo()
    monkeypatch.setattr(demo, "_settle", lambda: pytest.fail("nothing is new"))
    demo.make_demo()
