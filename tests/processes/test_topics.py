"""A process's own subjects and its drawing, on its desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories import make_actor, make_browser, make_category, make_city, make_contribution, make_process, make_staff, make_step

from civitas.journal.models import Entry
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.processes.models import Category, Process
from civitas.processes.queries import categories_of
from civitas.processes.topics import MOST_TOPICS, put_topic, remove_topic, topics_of

if TYPE_CHECKING:
    from django.test import Client

    from civitas.people.actors import Actor

pytestmark = pytest.mark.django_db
DESK = "/verwaltung/beteiligungen/wasser"
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><circle cx="2" cy="1" r="1"/></svg>'


def name(german: str) -> Translated:
    return Translated({"de": german, "en": f"{german} (en)"})


@pytest.fixture
def process() -> Process:
    return make_process(make_city("hamburg"), "wasser")


@pytest.fixture
def owner(process: Process) -> Actor:
    return make_actor(process.city, "owner")


@pytest.fixture
def browser(process: Process) -> Client:
    return make_browser(process.city, make_staff(process.city, "owner"))


def names(process: Process) -> list[str]:
    return [row.name.in_language("de") for row in topics_of(process.city, process)]


def test_people_choose_from_the_citys_until_there_is_one_here(process: Process, owner: Actor) -> None:
    make_category(process.city, "Verkehr")
    assert [str(row.name) for row in categories_of(process.city, process)] == ["Verkehr"]
    put_topic(owner, process, name=name("Brunnen"), after="")
    assert [row.name.in_language("de") for row in categories_of(process.city, process)] == ["Brunnen"]
    assert Entry.objects.of(process.city).filter(verb="category.set").count() == 1


def test_a_subject_stands_where_it_was_put_and_moves(process: Process, owner: Actor) -> None:
    wells = put_topic(owner, process, name=name("Brunnen"), after="")
    put_topic(owner, process, name=name("Ufer"), after=wells.key)
    put_topic(owner, process, name=name("Regen"), after="")
    assert names(process) == ["Regen", "Brunnen", "Ufer"]
    last = list(topics_of(process.city, process))[2]
    put_topic(owner, process, name=name("Ufer und Strand"), after="", row=last, was="Ufer")
    assert names(process) == ["Ufer und Strand", "Regen", "Brunnen"]
    assert [row.key for row in topics_of(process.city, process)] == ["ufer", "regen", "brunnen"]


def test_sent_twice_it_is_one_and_two_of_one_name_are_refused(process: Process, owner: Actor) -> None:
    first = put_topic(owner, process, name=name("Brunnen"), after="")
    assert put_topic(owner, process, name=name("Brunnen"), after="").pk == first.pk
    with pytest.raises(Refused) as caught:
        put_topic(owner, process, name=Translated({"de": "BRUNNEN"}), after="")
    assert (caught.value.status, list(caught.value.fields)) == (400, ["name"])


def test_who_changes_second_is_told_and_too_many_are_refused(process: Process, owner: Actor) -> None:
    row = put_topic(owner, process, name=name("Brunnen"), after="")
    put_topic(owner, process, name=name("Quellen"), after="", row=row, was="Brunnen")
    with pytest.raises(Refused) as caught:
        put_topic(owner, process, name=name("Becken"), after="", row=row, was="Brunnen")
    assert caught.value.status == 409
    for number in range(MOST_TOPICS - 1):
        put_topic(owner, process, name=name(f"Thema {number}"), after="")
    with pytest.raises(Refused, match="Es sind schon 40"):
        put_topic(owner, process, name=name("Noch eins"), after="")


def test_only_what_nothing_is_sorted_into_goes(process: Process, owner: Actor) -> None:
    used, free = (put_topic(owner, process, name=name(each), after="") for each in ("Brunnen", "Ufer"))
    make_contribution(make_step(process), "Ein Brunnen", category=used)
    with pytest.raises(Refused) as caught:
        remove_topic(owner, process, used)
    assert caught.value.status == 409
    remove_topic(owner, process, free)
    assert names(process) == ["Brunnen"]


def test_the_desk_puts_changes_and_takes_away(process: Process, browser: Client) -> None:
    make_category(process.city, "Verkehr")
    assert "(Verkehr)" in browser.get(DESK).text
    sent = browser.post(f"{DESK}/themen/neu", {"name_de": "Brunnen", "name_en": "Wells", "after": "", "was": ""})
    assert (sent.status_code, sent.headers["Location"]) == (302, f"{DESK}#themen")
    page = browser.get(f"{DESK}/themen/brunnen").text
    assert 'value="Wells"' in page
    stale = browser.post(f"{DESK}/themen/brunnen", {"name_de": "Quellen", "after": "", "was": "Anderes"})
    assert (stale.status_code, 'value="Quellen"' in stale.text) == (409, True)
    empty = browser.post(f"{DESK}/themen/neu", {"name_de": "", "name_en": "Shore", "after": ""})
    assert (empty.status_code, 'value="Shore"' in empty.text) == (422, True)
    assert browser.post(f"{DESK}/themen/brunnen", {"do": "remove"}).status_code == 302
    assert not Category.objects.of(process.city).filter(process=process).exists()
    assert browser.get(f"{DESK}/themen/brunnen").status_code == 404


def test_a_drawing_comes_clean_onto_the_card_and_goes(process: Process, browser: Client) -> None:
    def draw(text: str, **more: str) -> Any:
        file = SimpleUploadedFile("bild.svg", text.encode())
        version = Process.objects.of(process.city).get(pk=process.pk).version
        return browser.post(f"{DESK}/bild", {"drawing": file, "version": str(version), **more})

    assert draw(DRAWING).status_code == 302
    assert "<circle" in Process.objects.of(process.city).get(pk=process.pk).picture
    for bad in ("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "kein Bild", ""):
        refused = draw(bad)
        assert refused.status_code == 422
        assert "drawing" in refused.context["drawing_form"].errors
    assert draw(DRAWING, version="1").status_code == 409
    row = Process.objects.of(process.city).get(pk=process.pk)
    assert browser.post(f"{DESK}/bild", {"do": "remove", "version": str(row.version)}).status_code == 302
    assert Process.objects.of(process.city).get(pk=process.pk).picture == ""


@pytest.mark.parametrize("path", ["themen/neu", "bild"])
def test_the_wrong_people_and_other_cities_change_nothing(process: Process, path: str) -> None:
    fields = {"name_de": "Brunnen", "do": "", "version": "1"}
    assert make_browser(process.city).post(f"{DESK}/{path}", fields).status_code == 302  # to the door
    assert make_browser(process.city, make_staff(process.city, "member")).post(f"{DESK}/{path}", fields).status_code == 403
    elsewhere = make_city("kassel")
    assert make_browser(elsewhere, make_staff(elsewhere, "owner")).post(f"{DESK}/{path}", fields).status_code == 404
    assert not Category.objects.of(process.city).exists()
