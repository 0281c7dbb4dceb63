"""Letters go when the city's rules say so, counted from the last one; what the team looks at stays until it has decided."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from tests.factories import make_browser, make_city, make_contribution, make_participant, make_process, make_step

from civitas.cities.models import TextPage
from civitas.kit.ids import uuid7
from civitas.kit.translated import Translated
from civitas.meeting import letters
from civitas.meeting.models import Conversation, Letter, Seat
from civitas.moderation.actions import flag_letter
from civitas.moderation.models import Case
from civitas.people.actors import actor_of
from civitas.processes.effects import ground_of, section_effects
from civitas.processes.policies import rules_of
from civitas.processes.tasks import remove_what_is_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(db: None) -> Any:
    step = make_step(make_process(make_city("hamburg")))
    return make_contribution(step, author=make_participant(step.city, "Alice"))


def write(row: Any, months_ago: float, text: str = "Guten Tag, Alice!", person: Any = None) -> Letter:
    """A letter of so many months ago to the author; without a person of somebody else's."""
    person = person or make_participant(row.city)
    with time_machine.travel(timezone.now() - dt.timedelta(days=30.5 * months_ago), tick=False):
        return letters.write_letter(actor_of(person), row, row.author, uid=uuid7(), text=text)


def texts(row: Any) -> list[str]:
    return list(Letter.objects.of(row.city).order_by("pk").values_list("text", flat=True))


def test_letters_go_so_many_months_after_the_last_one(row: Any) -> None:
    bob = make_participant(row.city, "Bob")
    write(row, 14, "Alt", bob)
    write(row, 3, "Und wieder", bob)
    write(row, 13, "Vorbei")
    remove_what_is_due()
    assert texts(row) == ["Alt", "Und wieder", ""]
    gone = Conversation.objects.of(row.city).get(last_at=None)
    assert (gone.pair, Seat.objects.of(row.city).filter(conversation=gone).count()) == (f"gone-{gone.pk}", 0)
    assert Letter.objects.of(row.city).filter(conversation=gone, author__isnull=False).count() == 0


def test_the_city_says_how_long(row: Any) -> None:
    write(row, 7)
    row.city.rules = {"keep_letters_months": 6}
    row.city.save()
    said = " ".join(section_effects("keep", rules_of(row.city), ground_of(row.city)))
    assert "Briefe zwischen zwei Menschen, nach dem letzten: Sie bewahren sie 6 Monate auf. 1 davon" in said
    remove_what_is_due()
    assert texts(row) == [""]
    remove_what_is_due()


def test_the_two_can_begin_again(row: Any) -> None:
    bob = make_participant(row.city, "Bob")
    write(row, 20, "Alt", bob)
    remove_what_is_due()
    write(row, 0, "Neu", bob)
    assert texts(row) == ["", "Neu"]
    inbox = make_browser(row.city, bob).get("/konto/briefe").text
    assert ("Neu" in inbox, "12 Monate nach dem letzten" in inbox) == (True, True)


def test_a_letter_that_the_team_looks_at_stays_until_it_has_decided(row: Any) -> None:
    letter = write(row, 20, "Eine Drohung")
    flag_letter(actor_of(row.author), letter, uid=uuid7(), reason="rules")
    remove_what_is_due()
    assert texts(row) == ["Eine Drohung"]
    Case.objects.of(row.city).update(state="closed", closed_at=timezone.now())
    remove_what_is_due()
    assert (texts(row), Case.objects.of(row.city).count()) == ([""], 1)


def test_another_citys_rule_holds_there_alone(row: Any) -> None:
    kassel = make_step(make_process(make_city("kassel", rules={"keep_letters_months": 24})))
    other = make_contribution(kassel, author=make_participant(kassel.city))
    write(row, 15)
    write(other, 15, "Bleibt")
    remove_what_is_due()
    assert (texts(row), texts(other)) == ([""], ["Bleibt"])


def test_the_privacy_page_says_what_the_rules_say_in_three_languages(row: Any) -> None:
    text = {"de": "Kurz gesagt\n\n{kept}\n\n## Karte", "en": "In short", "simple": "Das Wichtigste"}
    TextPage.objects.create(city=row.city, key="privacy", body=Translated(text))
    row.city.rules = {"keep_letters_months": 9, "keep_decisions_months": 18, "keep_evidence_months": 4}
    row.city.save()
    pages = [make_browser(row.city).get(f"{prefix}/datenschutz").text for prefix in ("", "/en", "/einfach")]
    assert [("9 " in page, "18 " in page, "{kept}" in page) for page in pages] == [(True, True, False)] * 3
    assert "<td>9 Monate</td>" in pages[0]
    assert "<td>4 months</td>" in pages[1]
    assert pages[0].index("<td>9 Monate</td>") < pages[0].index("<h2>Karte</h2>")
