"""A process checks itself; publishing asks the same."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from tests.factories import make_actor, make_city, make_process, make_staff, make_step

from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.processes.actions import set_process_state
from civitas.processes.checks import misfits

if TYPE_CHECKING:
    from civitas.processes.models import Process

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ALL = Translated({"de": "Wasser", "en": "Water", "simple": "Wasser"})


def alike(text: str) -> Translated:
    """The same in every language."""
    return Translated(dict.fromkeys(ALL, text))


def window(opens: int, closes: int) -> dict[str, dt.datetime]:
    """So many days from now."""
    return {"opens_at": timezone.now() + opens * DAY, "closes_at": timezone.now() + closes * DAY}


@pytest.fixture
def process() -> Process:
    """One that fits: collect, then discuss."""
    city = make_city("hamburg")
    make_staff(city, "owner")
    process = make_process(city, "wasser", title=ALL, question=ALL, owner_name="Jan", state="draft")
    now = timezone.now()
    make_step(process, key="collect", position=1, title=alike("Sammeln"), opens_at=now, closes_at=now + DAY)
    make_step(process, key="discuss", position=2, method="discuss", title=alike("Reden"), opens_at=now + DAY, closes_at=now + 2 * DAY)
    return process


def test_what_fits_is_published(process: Process) -> None:
    assert misfits(process.city, process) == []
    set_process_state(make_actor(process.city, "owner"), process, "published")
    assert process.state == "published"


@pytest.mark.parametrize(
    ("changes", "step_changes", "words"),
    [
        ({"owner_name": ""}, {}, "antwortet|verantwortet|niemand|Nobody"),
        ({"title": Translated({"de": "Wasser"})}, {}, "English"),
        ({"formality": "statutory"}, {}, "statutory|förmlich"),
        ({}, {"collect": {"method": "discuss", "settings": {}}}, "Sammeln"),
        ({}, {"discuss": {"method": "gone"}}, "gone"),
        ({}, {"discuss": {"opens_at": timezone.now() - 9 * DAY}}, "Reden"),
        ({}, {"discuss": {"opens_at": None}}, "Reden"),
        ({}, {"collect": {"settings": {"unknown": 1}}}, "Sammeln"),
        ({}, {"collect": window(-9, -8), "discuss": window(-7, -1)}, "past|Vergangenheit"),
        ({}, {"collect": {"settings": {"moderation": "before"}}}, "Sammeln"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_listed_and_not_published(
    process: Process, changes: dict[str, Any], step_changes: dict[str, Any], words: str
) -> None:
    for name, value in changes.items():
        setattr(process, name, value)
    process.save()
    for key, values in step_changes.items():
        process.steps.of(process.city).filter(key=key).update(**values)
    from re import search

    from django.utils import translation

    with translation.override("en"):
        found = misfits(process.city, process)
        assert any(search(words, misfit.sentence) for misfit in found), found
        with pytest.raises(Refused) as caught:
            set_process_state(make_actor(process.city, "owner"), process, "published")
    assert caught.value.status == 409
    process.refresh_from_db()
    assert process.state == "draft"


def test_a_process_without_steps_is_not_published() -> None:
    city = make_city("kassel")
    process = make_process(city, "leer", title=ALL, question=ALL, owner_name="Jan", state="draft")
    with pytest.raises(Refused):
        set_process_state(make_actor(city, "owner"), process, "published")


def test_a_role_that_nobody_holds_is_told() -> None:
    city = make_city("kassel")
    process = make_process(city, "leer", title=ALL, question=ALL, owner_name="Jan")
    make_step(process, title=alike("Sammeln"), settings={"moderation": "before"})
    assert len(misfits(city, process)) == 2
    make_staff(city, "administrator")
    assert misfits(city, process) == []
