"""Sections of a concept are blacked out by themselves, with every wording they had."""

from __future__ import annotations

import pytest
from django.db import transaction
from tests.coproduction.concepts import Town, make_town
from tests.factories import make_browser, make_contribution, make_staff
from tests.redaction.places import FORMS, NUMBER, found_in_rows

from civitas.contributions.linking import make_links
from civitas.contributions.models import Contribution, Link
from civitas.contributions.queries import Filters, listed
from civitas.coproduction.actions.writing import overtaken, write_section
from civitas.coproduction.models import SectionText, Wording
from civitas.kit.personal import BLACK, Span
from civitas.kit.verdicts import Refused
from civitas.people.actors import actor_of
from civitas.redaction.actions import redact_contribution

pytestmark = pytest.mark.django_db

FIRST = "Frau Jo Meyer ruft unter 0171 7654321 an."
NOW = "Jo ruft an, Telefon 0171 7654321."


def write(town: Town, text: str, version: int, key: str = "need") -> SectionText:
    write_section(town.actor(town.alice), town.concept, town.member(town.alice), key, text=text, version=version)
    row: SectionText = SectionText.objects.of(town.city).get(concept=town.concept, key=key)
    return row


def concept_row(town: Town) -> Contribution:
    found: Contribution = Contribution.objects.of(town.city).select_related("city", "author", "root").get(pk=town.concept.contribution_id)
    return found


def wordings(town: Town, key: str = "need") -> list[str]:
    return list(Wording.objects.of(town.city).filter(concept=town.concept, key=key).order_by("version").values_list("text", flat=True))


def test_a_passage_of_a_section_goes_from_it_from_its_wordings_and_from_other_sections():
    town = make_town()
    write(town, FIRST, 0)
    row = write(town, NOW, 1)
    write(town, "Wir fragen 0171-7654321.", 0, key="how")
    moderator = actor_of(make_staff(town.city, "moderator"))
    at = NOW.index(NUMBER)
    spans = {f"section-{row.pk}": [Span(0, 2), Span(at, at + len(NUMBER))]}
    redact_contribution(moderator, concept_row(town), reason="others", version=concept_row(town).version, spans=spans)
    assert found_in_rows(*FORMS) == []
    now = f"{BLACK} ruft an, Telefon {BLACK}."
    assert wordings(town) == [f"Frau {BLACK} Meyer ruft unter {BLACK} an.", now, now]
    assert wordings(town, "how") == [f"Wir fragen {BLACK}."] * 2
    assert write_section(town.actor(town.alice), town.concept, town.member(town.alice), "need", text=now, version=2) is None


def test_who_began_before_cannot_save_the_old_words_unseen():
    town = make_town()
    row = write(town, NOW, 0)
    moderator = actor_of(make_staff(town.city, "moderator"))
    spans = {f"section-{row.pk}": [Span(NOW.index(NUMBER), NOW.index(NUMBER) + len(NUMBER))]}
    redact_contribution(moderator, concept_row(town), reason="others", version=concept_row(town).version, spans=spans)
    with pytest.raises(Refused) as refused:
        write(town, f"{NOW} Jeden Morgen.", 1)
    assert refused.value.status == 409
    meanwhile = overtaken(town.concept, "need", 1)
    assert meanwhile is not None
    assert (meanwhile.theirs.text, meanwhile.theirs.shown_name) == (f"Jo ruft an, Telefon {BLACK}.", "Jemand")
    write(town, f"Jo ruft an, Telefon {BLACK}. Jeden Morgen.", 2)


@pytest.mark.parametrize("theirs", [False, True])
def test_who_was_overtaken_by_a_blackout_is_offered_no_word_of_it(theirs: bool):
    town = make_town()
    row = write(town, f"{NOW}\n\nAm Vormittag.", 0)
    spans = {f"section-{row.pk}": [Span(NOW.index(NUMBER), NOW.index(NUMBER) + len(NUMBER))]}
    moderator = actor_of(make_staff(town.city, "moderator"))
    redact_contribution(moderator, concept_row(town), reason="others", version=concept_row(town).version, spans=spans)
    if theirs:
        write(town, f"Jo ruft an, Telefon {BLACK}.\n\nAm Vormittag.\n\nUnd am Abend.", 2)
    browser = make_browser(town.city, town.alice)
    address = f"/konzept/{concept_row(town).number}/abschnitt/need/schreiben"
    page = browser.post(address, {"text": f"Zuerst.\n\n{NOW}\n\nAm Vormittag.", "version": 1})
    assert page.status_code == 409
    black = f"Zuerst.\n\nJo ruft an, Telefon {BLACK}.\n\nAm Vormittag."
    assert page.context["form"]["text"].value() == black + ("\n\nUnd am Abend." if theirs else "")
    assert ("geschwärzt" in page.text, page.text.count(NUMBER)) == (True, 1)  # once: what they typed themselves, to copy
    assert (
        browser.post(
            address, {"text": page.context["form"]["text"].value(), "version": page.context["form"]["version"].value()}
        ).status_code
        == 303
    )


def test_who_was_overtaken_at_the_lead_is_offered_no_word_of_it():
    town = make_town()
    row = concept_row(town)
    browser = make_browser(town.city, town.alice)
    address = f"/konzept/{row.number}/titel"
    assert browser.post(address, {"title": row.title, "text": NOW, "version": row.version}).status_code == 303
    row = concept_row(town)
    spans = {"text": [Span(NOW.index(NUMBER), NOW.index(NUMBER) + len(NUMBER))]}
    redact_contribution(actor_of(make_staff(town.city, "moderator")), row, reason="others", version=row.version, spans=spans)
    page = browser.post(address, {"title": row.title, "text": f"{NOW}\nMorgens.", "version": row.version})
    assert (page.status_code, NUMBER in page.text) == (409, False)


def test_what_stands_only_in_an_earlier_wording_can_be_typed():
    town = make_town()
    write(town, FIRST, 0)
    write(town, "", 1)
    browser = make_browser(town.city, make_staff(town.city, "moderator"))
    row = concept_row(town)
    address = f"/verwaltung/schwaerzen/{row.number}"
    key = SectionText.objects.of(town.city).get(concept=town.concept).pk
    sent = {"version": row.version, "reason": "contact", "words": "jo meyer", "read": f"section-{key}:2"}
    preview = browser.post(address, sent | {"step": "preview"})
    assert (preview.status_code, 'name="words" value="Jo Meyer"' in preview.content.decode()) == (200, True)
    assert browser.post(address, sent | {"step": "confirm"}).status_code == 303
    assert wordings(town) == [f"Frau {BLACK} ruft unter 0171 7654321 an.", ""]


def test_a_section_written_meanwhile_is_not_blacked_out_blindly_and_keeps_what_was_marked():
    town = make_town()
    row = write(town, NOW, 0)
    browser = make_browser(town.city, make_staff(town.city, "moderator"))
    contribution = concept_row(town)
    address = f"/verwaltung/schwaerzen/{contribution.number}"
    page = browser.get(address).content.decode()
    assert f'name="read" value="section-{row.pk}:1"' in page
    assert f'name="span" value="section-{row.pk}:{NOW.index(NUMBER)}-{len(NOW) - 1}"' in page
    write(town, f"Vorab. {NOW}", 1)
    sent = {"version": contribution.version, "reason": "contact", "span": f"section-{row.pk}:0-2", "read": f"section-{row.pk}:1"}
    answer = browser.post(address, sent | {"step": "confirm"})
    assert (answer.status_code, f'value="section-{row.pk}:7-9"' in answer.content.decode()) == (409, True)
    assert wordings(town)[-1] == f"Vorab. {NOW}"
    moderator = actor_of(make_staff(town.city, "moderator"))
    spans = {f"section-{row.pk}": [Span(0, 2)]}
    with pytest.raises(Refused) as refused:
        redact_contribution(moderator, contribution, reason="contact", version=contribution.version, spans=spans, read={})
    assert refused.value.status == 409


def test_a_voice_blacked_out_takes_its_words_from_the_index_of_the_concept_it_became():
    town = make_town()
    voice = make_contribution(town.step, "Anrufen", text=f"Meine Nummer ist {NUMBER}.")
    with transaction.atomic():
        make_links(town.city, [(voice.pk, town.concept.contribution_id, Link.Kind.DEVELOPED_INTO)], by=None)
    write(town, NOW, 0)
    moderator = actor_of(make_staff(town.city, "moderator"))
    spans = {"text": [Span(17, 29)]}
    redact_contribution(moderator, voice, reason="contact", version=voice.version, spans=spans)
    assert found_in_rows(*FORMS) == []
    assert SectionText.objects.of(town.city).get(concept=town.concept).version == 2
    assert list(listed(town.city, Filters(words="7654321"))) == []
