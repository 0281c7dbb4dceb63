"""Drafts of those who are signed in: kept as typed, one version at a time, gone when sent."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone, translation
from tests.factories import make_browser, make_city, make_contribution, make_guest, make_participant, make_process, make_step, make_user

from civitas.contributions.actions import change_visibility, submit_contribution
from civitas.contributions.drafts import (
    MOST_DRAFTS,
    drafts_of,
    erase_drafts_of,
    export_drafts_of,
    hand_over_drafts,
    keep_draft,
    prune_drafts,
)
from civitas.contributions.models import Contribution, Draft, Link
from civitas.contributions.notices import word_developed
from civitas.dialogue.actions import follow
from civitas.dialogue.tasks import tell_of_development
from civitas.kit.ids import uuid7
from civitas.kit.sealed_forms import sealed
from civitas.kit.verdicts import Refused
from civitas.notices.models import Notice
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    from civitas.people.models import Participant
    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def step() -> Step:
    return make_step(make_process(make_city("hamburg")), position=1)


@pytest.fixture
def alice(step: Step) -> Participant:
    return make_participant(step.city, "Alice", user=make_user("alice@example.org"))


URL = "/beteiligung/buergersensor/schritt/1/entwurf"


def typed(**fields: Any) -> dict[str, Any]:
    uid = uuid7()
    return {"uid": str(uid), "seal": sealed(uid), "draft_version": "0", "title": "Ein Brunnen", "text": "Es fehlt"} | fields


def test_a_draft_is_kept_as_typed_and_opened_again(step: Step, alice: Participant) -> None:
    browser = make_browser(step.city, alice)
    sent = typed(mail="nie@example.org", category="gibt es nicht")
    answer = browser.post(URL, sent)
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    (draft,) = drafts_of(alice)
    assert draft.typed == {"title": "Ein Brunnen", "text": "Es fehlt"} | (
        {"category": "gibt es nicht"} if "category" in draft.typed else {}
    )
    page = browser.get(draft.path)
    assert page.context["form"]["title"].value() == "Ein Brunnen"
    assert str(page.context["form"]["uid"].value()) == sent["uid"]
    assert [row.pk for row in browser.get("/geben").context["drafts"]] == [draft.pk]


def test_the_second_window_is_told_and_overwrites_nothing(step: Step, alice: Participant) -> None:
    browser = make_browser(step.city, alice)
    sent = typed()
    browser.post(URL, sent)
    browser.post(URL, sent | {"text": "Neuer", "draft_version": "1"})
    late = browser.post(URL, sent | {"text": "Anders", "draft_version": "1"})
    assert late.status_code == 409
    assert (late.json()["version"], late.json()["typed"]["text"]) == (2, "Neuer")
    assert Draft.objects.of(step.city).get().typed["text"] == "Neuer"


def test_guests_strangers_and_other_cities_keep_nothing(step: Step, alice: Participant) -> None:
    for browser in (make_browser(step.city), make_browser(step.city, make_guest(step.city))):
        assert browser.post(URL, typed()).status_code == 403
    sent = typed()
    make_browser(step.city, alice).post(URL, sent)
    bob = make_participant(step.city, "Bob", user=make_user("bob@example.org"))
    stolen = make_browser(step.city, bob).post(URL, sent | {"text": "Bobs"})
    assert (stolen.status_code, "typed" in stolen.json()) == (409, False)
    assert make_browser(step.city, bob).get(f"/geben?entwurf={sent['uid']}").context["form"]["title"].value() in (None, "")
    make_browser(step.city, bob).post(f"/entwurf/{sent['uid']}/verwerfen")
    other = make_city("kassel")
    assert make_browser(other).post(URL, typed()).status_code == 404
    assert Draft.objects.of(step.city).count() == 1
    make_browser(step.city, alice).post(f"/entwurf/{sent['uid']}/verwerfen")
    assert not Draft.objects.of(step.city).exists()


def test_nobody_gets_a_seal_for_the_form_of_somebody_else(step: Step) -> None:
    """With a seal for its uid one could send a guest's form again and be taken for the guest; a draft in another city gave it."""
    row = make_contribution(step, author=make_guest(step.city, "Nina"), uid=uuid7())
    kassel = make_step(make_process(make_city("kassel")), position=1)
    thief = make_browser(kassel.city, make_participant(kassel.city, "Mallory", user=make_user("m@example.org")))
    assert thief.post(URL, typed(uid=str(row.uid), seal="")).status_code == 400
    assert thief.post(URL, typed(uid=str(row.uid))).status_code == 400
    assert not Draft.objects.of(kassel.city).exists()


def test_there_are_only_so_many_and_old_ones_are_forgotten(step: Step, alice: Participant) -> None:
    actor = actor_of(alice)
    for number in range(MOST_DRAFTS):
        keep_draft(actor, step, uid=uuid7(), typed={"title": str(number)})
    with pytest.raises(Refused):
        keep_draft(actor, step, uid=uuid7(), typed={"title": "zu viel"})
    oldest = drafts_of(alice)[-1]
    Draft.objects.of(step.city).filter(pk=oldest.pk).update(changed_at=timezone.now() - dt.timedelta(days=200))
    prune_drafts(step.city)
    assert oldest.pk not in [row.pk for row in drafts_of(alice)]


def test_sending_takes_the_draft_away_and_it_does_not_come_back(step: Step, alice: Participant) -> None:
    actor, uid = actor_of(alice), uuid7()
    keep_draft(actor, step, uid=uid, typed={"title": "Ein Brunnen"})
    submit_contribution(actor, step, uid=uid, kind="idea", title="Ein Brunnen", text="Es fehlt")
    assert not Draft.objects.of(step.city).exists()
    with pytest.raises(Refused, match=r"schon gesendet|already sent"):
        keep_draft(actor, step, uid=uid, typed={"title": "Ein Brunnen!"})


def test_drafts_are_exported_handed_over_and_erased(step: Step, alice: Participant) -> None:
    keep_draft(actor_of(alice), step, uid=uuid7(), typed={"title": "Meins"})
    assert export_drafts_of(step.city, alice)["drafts"][0]["typed"] == {"title": "Meins"}
    bob = make_participant(step.city, "Bob")
    hand_over_drafts(step.city, alice, bob)
    assert (len(drafts_of(alice)), len(drafts_of(bob))) == (0, 1)
    erase_drafts_of(step.city, bob)
    assert not Draft.objects.of(step.city).exists()


def test_a_preview_shows_what_would_be_and_writes_nothing(step: Step) -> None:
    browser = make_browser(step.city)
    form = browser.get("/geben").context["form"]
    sent = {"uid": str(form["uid"].value()), "seal": form["seal"].value(), "kind": "idea", "title": "Ein <b>Brunnen</b>", "text": ""}
    page = browser.post("/geben", sent | {"preview": "1"}, headers={"X-Part": "preview"})
    assert page.status_code == 200
    assert "Ein &lt;b&gt;Brunnen" in page.content.decode()
    assert "#id_text" in page.content.decode()
    assert not Contribution.objects.of(step.city).exists()


def test_the_same_form_with_other_words_is_not_lost(step: Step) -> None:
    browser = make_browser(step.city)
    form = browser.get("/geben").context["form"]
    sent = {"uid": str(form["uid"].value()), "seal": form["seal"].value(), "kind": "idea", "title": "Eins", "text": "Erster Text"}
    assert browser.post("/geben", sent).status_code == 303
    again = browser.post("/geben", sent | {"text": "Zweiter Text"})
    assert again.status_code == 409
    assert "Zweiter Text" in again.content.decode()
    fresh = again.context["form"]
    assert (
        browser.post("/geben", sent | {"text": "Zweiter Text", "uid": fresh["uid"].value(), "seal": fresh["seal"].value()}).status_code
        == 303
    )
    assert Contribution.objects.of(step.city).count() == 2


def test_developing_further_links_and_tells_the_author_once_it_is_public(alice: Participant, step: Step) -> None:
    bob = make_participant(step.city, "Bob")
    original = make_contribution(step, "Halber Gedanke", author=alice)
    new = submit_contribution(actor_of(bob), step, uid=uuid7(), kind="idea", title="Ganzer", text="Mehr", builds_on=original)
    link = Link.objects.of(step.city).get()
    assert (link.source_id, link.target_id, link.kind) == (original.pk, new.pk, "developed_into")
    for _ in range(2):
        tell_of_development(step.city, original.pk, new.pk)
    assert Notice.objects.of(step.city).filter(recipient=alice.uid, kind="contribution.developed").count() == 1


def test_followers_hear_of_a_development_once_but_not_who_made_it(alice: Participant, step: Step) -> None:
    bob, carol = make_participant(step.city, "Bob"), make_participant(step.city, "Carol")
    original = make_contribution(step, "Halber Gedanke", author=alice)
    for person in (alice, bob, carol):
        follow(actor_of(person), original)
    new = submit_contribution(actor_of(bob), step, uid=uuid7(), kind="idea", title="Ganzer", text="Mehr", builds_on=original)
    for _ in range(2):
        tell_of_development(step.city, original.pk, new.pk)
    told = Notice.objects.of(step.city).filter(kind="contribution.developed")
    assert sorted(told.values_list("recipient", flat=True)) == sorted([alice.uid, carol.uid])
    notice = told.filter(recipient=carol.uid).get()
    with translation.override("en"):
        worded = word_developed(step.city, notice)
    assert worded is not None
    assert (worded.subject, worded.paragraphs[0]) == (
        "“Halber Gedanke” is developed further",
        "Bob has developed “Halber Gedanke” further: “Ganzer”.",
    )
    change_visibility(step.city, new, "hidden", reason="Werbung")
    assert word_developed(step.city, notice) is None


def test_nobody_builds_on_what_is_hidden_or_elsewhere(alice: Participant, step: Step) -> None:
    hidden = make_contribution(step, "Verborgen")
    change_visibility(step.city, hidden, "hidden", reason="Werbung")
    hidden.refresh_from_db()
    elsewhere = make_contribution(make_step(make_process(make_city("kassel"))), "Anderswo")
    for original in (hidden, elsewhere):
        with pytest.raises(Refused):
            submit_contribution(actor_of(alice), step, uid=uuid7(), kind="idea", title="Neu", text="Neu", builds_on=original)
    browser = make_browser(step.city)
    form = browser.get(f"/geben?weiter={hidden.number}").context["form"]
    assert not form["builds_on"].value()
    sent = {"uid": str(form["uid"].value()), "seal": form["seal"].value(), "kind": "idea", "title": "Neu", "text": "Neu"}
    late = browser.post("/geben", sent | {"builds_on": str(hidden.number)})
    assert (late.status_code, late.context["form"]["builds_on"].value()) == (409, "")
    assert browser.post("/geben", sent).status_code == 303
