"""Concepts on pages: who comes in where, what a conflict shows, how many queries lists cost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.coproduction.concepts import TITLE, decided, make_gate, make_town
from tests.factories import make_browser, make_contribution, make_guest, make_link, make_organisation, make_participant, make_staff
from tests.people.test_proofs import solved

from civitas.contributions.actions import change_visibility
from civitas.contributions.linking import make_links
from civitas.contributions.models import Contribution
from civitas.coproduction.actions.beginning import begin_concept
from civitas.coproduction.actions.gates import Plan, change_gate, correct, decide, take_back
from civitas.coproduction.actions.people import ask_to_write, come_by_invitation, invitation_token
from civitas.coproduction.actions.talking import remark_on_section
from civitas.coproduction.actions.writing import write_lead, write_section
from civitas.coproduction.models import GateDecision, SectionText, Wording
from civitas.coproduction.reading import LONG
from civitas.coproduction.sections import all_sections
from civitas.coproduction.urls import urlpatterns
from civitas.kit.ids import uuid7
from civitas.people.actors import actor_of
from civitas.people.proofs import ask
from civitas.processes.actions import change_rules

pytestmark = pytest.mark.django_db
SIGN_IN = "/konto/anmelden"


@pytest.fixture
def town(db: None) -> Any:
    return make_town()


def text_of(response: Any) -> str:
    return str(response.content.decode())


def write(town: Any, person: Any, text: str, *, key: str = "need") -> None:
    row = SectionText.objects.of(town.city).filter(concept=town.concept, key=key).first()
    write_section(actor_of(person), town.concept, town.member(person), key, text=text, version=row.version if row else 0)


def addresses(town: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every address of the room but those of the team: where it leads, and what its form sends."""
    number = town.concept.contribution.number
    gate = make_gate(town)
    decide(actor_of(town.emma), gate, decided(), edition=0)
    asked = ask_to_write(actor_of(make_participant(town.city, "Gerda")), town.concept.contribution)
    args: dict[str, list[Any]] = {
        "concept_section": [number, "need"], "remark_on_section": [number, "need"], "write_section": [number, "need"],
        "leave_offer": [number, "need"], "decide_on_member": [number, asked.pk], "reply_to_gate": [number, gate.pk],
        "drop_voice": [number, number],
        "concept_invitation": [number, invitation_token(town.concept)],
    }  # fmt: skip
    plain = ("concept", "write_lead", "name_voice", "add_concept_files", "concept_editions", "compare_editions")
    people = ("ask_to_write", "leave_concept", "concept_people", "renew_invitation")
    args |= {name: [number] for name in (*plain, *people)}
    sent = {"text": "Worte.", "version": "0", "title": "Titel", "state": "in", "number": "1", "uid": str(uuid7())}
    return {name: (reverse(name, args=each), sent) for name, each in args.items()}


POSTS = {"remark_on_section", "leave_offer", "decide_on_member", "name_voice", "drop_voice", "leave_concept", "renew_invitation"}
PUBLIC = {"concept_section", "concept_editions", "compare_editions"}
# Where a citizen who is no member comes in: to look, to ask, to comment, to leave what they are not in.
CITIZEN = {"concept", "ask_to_write", "concept_invitation", "remark_on_section", "leave_concept"}


class TestDoors:
    def test_while_it_waits_who_writes_along_reads_its_page_and_finds_the_workshop_and_nobody_else_does(self, town: Any) -> None:
        bob, row = make_participant(town.city, "Bob"), town.concept.contribution
        come_by_invitation(actor_of(bob), town.concept, invitation_token(town.concept))
        change_visibility(town.city, row, "waiting")
        page = make_browser(town.city, bob).get(row.path)
        workshop = f'<a href="/konzept/{row.number}">In der Werkstatt weiterschreiben</a>'
        assert (page.status_code, workshop in text_of(page)) == (200, True)
        assert "Bis dahin sehen es nur das Team und wer daran schreibt." in text_of(page)
        assert workshop in text_of(make_browser(town.city, town.alice).get(row.path))
        assert make_browser(town.city, bob).get(f"/beitrag/{row.number}/werdegang").status_code == 200
        for person in (None, make_participant(town.city, "Carla")):
            assert make_browser(town.city, person).get(row.path).status_code == 404
        change_visibility(town.city, row, "hidden", reason="Test")
        assert make_browser(town.city, bob).get(row.path).status_code == 404

    def test_a_guest_of_this_browser_comments_on_a_section(self, town: Any) -> None:
        browser = make_browser(town.city, make_guest(town.city, "Gast"))
        address = reverse("remark_on_section", args=[town.concept.contribution.number, "need"])
        page = browser.get(reverse("concept_section", args=[town.concept.contribution.number, "need"]))
        sent = {"text": "Gut so.", "uid": page.context["form"]["uid"].value(), "seal": page.context["form"]["seal"].value()}
        assert browser.post(address, sent)["Location"].endswith("?neu=1#kommentare")

    def test_without_a_login_one_reads_and_is_asked_to_sign_in_for_the_rest(self, town: Any) -> None:
        browser = make_browser(town.city)
        for name, (address, sent) in addresses(town).items():
            answer = browser.post(address, sent) if name in POSTS else browser.get(address)
            if name in PUBLIC:
                assert answer.status_code == 200, name
            else:
                assert (answer.status_code, answer["Location"].startswith(SIGN_IN)) == (302, True), name

    def test_a_citizen_who_does_not_write_along_is_told_so(self, town: Any) -> None:
        browser = make_browser(town.city, make_participant(town.city, "Bob"))
        for name, (address, sent) in addresses(town).items():
            answer = browser.post(address, sent) if name in POSTS else browser.get(address)
            assert answer.status_code in ({200, 302, 303} if name in PUBLIC | CITIZEN else {403}), name
        assert Wording.objects.count() == 0

    def test_a_citizen_does_not_change_anything_by_sending_forms(self, town: Any) -> None:
        browser = make_browser(town.city, make_participant(town.city, "Bob"))
        for name in ("write_section", "write_lead"):
            address, sent = addresses_of(town, name)
            assert browser.post(address, sent).status_code == 403, name
        assert (Wording.objects.count(), town.concept.contribution.title) == (0, TITLE)

    def test_another_city_does_not_have_it(self, town: Any) -> None:
        other = make_town("kassel")
        # Numbers are per city: this one has none of Kassel's.
        town.concept.contribution.number = 90_001
        town.concept.contribution.save()
        browser = make_browser(other.city, other.alice)
        for name, (address, sent) in addresses(town).items():
            answer = browser.post(address, sent) if name in POSTS else browser.get(address)
            assert answer.status_code == 404, name

    def test_every_address_of_the_room_is_walked(self, town: Any) -> None:
        walked = set(addresses(town)) | {"concepts", "concepts_feed", "decisions_feed", "begin_concept"}
        assert {each.name for each in urlpatterns if not str(each.pattern).startswith("verwaltung/")} == walked


def addresses_of(town: Any, name: str) -> tuple[str, dict[str, Any]]:
    number = town.concept.contribution.number
    args = [number, "need"] if name == "write_section" else [number]
    return reverse(name, args=args), {"text": "Worte.", "version": "0" if name == "write_section" else "1", "title": "Anders"}


class TestTeamDoors:
    def test_the_team_alone_sees_decisions(self, town: Any) -> None:
        gate = make_gate(town)
        pages = [reverse("gates"), reverse("gate", args=[gate.pk]), reverse("set_up_gates", args=[town.concept.contribution.number])]
        for page in pages:
            assert make_browser(town.city).get(page)["Location"].startswith(SIGN_IN)
            assert make_browser(town.city, town.alice).get(page).status_code == 403
            assert make_browser(town.city, town.olaf).get(page).status_code == 200
        other = make_town("kassel")
        assert make_browser(other.city, other.olaf).get(reverse("gate", args=[gate.pk])).status_code == 404

    def test_who_is_not_named_reads_and_does_not_decide(self, town: Any) -> None:
        gate = make_gate(town)
        typed = {"verdict": "go", "reason": "Gut.", "body": "Ausschuss", "decided_on": "2026-01-02", "edition": "0", "version": "0"}
        assert make_browser(town.city, town.olaf).post(reverse("gate", args=[gate.pk]), typed).status_code == 403
        assert GateDecision.objects.count() == 0


class TestWriting:
    def test_begin_write_and_read(self, town: Any) -> None:
        browser = make_browser(town.city, town.alice)
        page = text_of(browser.get("/konzept/neu"))
        uid, seal = re.search(r'name="uid" value="([^"]+)"', page), re.search(r'name="seal" value="([^"]+)"', page)
        assert uid
        assert seal
        sent = {"uid": uid[1], "seal": seal[1], "homepage": "", "title": "Leihrad für Lasten", "text": "Ein Rad je Quartier."}
        page = text_of(browser.post("/konzept/neu", sent, follow=True))
        assert "Ihr Konzept hat begonnen" in page
        number = town.concept.contribution.number + 1
        browser.post(f"/konzept/{number}/abschnitt/risks/schreiben", {"text": "Platten.\n\n- Diebstahl\n- Regen", "version": "0"})
        public = text_of(make_browser(town.city).get(f"/beitrag/{number}", follow=True))
        assert 'id="risks"' in public
        assert re.findall(r"<li>(Diebstahl|Regen)</li>", public) == ["Diebstahl", "Regen"]

    def test_who_was_overtaken_sees_both_and_gets_one_wording_of_both(self, town: Any) -> None:
        write(town, town.alice, "Eins.\n\nZwei.\n\nDrei.")
        write(town, town.olaf, "Eins von Olaf.\n\nZwei.\n\nDrei.")
        browser = make_browser(town.city, town.alice)
        address = reverse("write_section", args=[town.concept.contribution.number, "need"])
        answer = browser.post(address, {"text": "Eins.\n\nZwei.\n\nDrei von Alice.", "version": "1"})
        page = text_of(answer)
        assert answer.status_code == 409
        assert "Olaf hat diesen Abschnitt inzwischen geschrieben" in page
        assert answer.context["form"]["text"].value() == "Eins von Olaf.\n\nZwei.\n\nDrei von Alice."
        assert answer.context["form"]["version"].value() == "2"
        again = browser.post(address, {"text": answer.context["form"]["text"].value(), "version": "2"})
        assert again.status_code == 303
        assert SectionText.objects.get().text == "Eins von Olaf.\n\nZwei.\n\nDrei von Alice."

    def test_where_both_changed_the_same_the_field_keeps_the_own_text(self, town: Any) -> None:
        write(town, town.alice, "Eins.")
        write(town, town.olaf, "Eins von Olaf.")
        address = reverse("write_section", args=[town.concept.contribution.number, "need"])
        answer = make_browser(town.city, town.alice).post(address, {"text": "Eins von Alice.", "version": "1"})
        assert (answer.status_code, answer.context["form"]["text"].value()) == (409, "Eins von Alice.")
        assert SectionText.objects.get().text == "Eins von Olaf."

    @pytest.mark.parametrize(
        ("typed", "said"), [("Eins.\n\nZwei von hier.", "verschiedene Stellen"), ("Eins von hier.\n\nZwei.", "dieselbe Stelle")]
    )
    def test_who_wrote_on_in_another_window_is_not_told_of_somebody_else(self, town: Any, typed: str, said: str) -> None:
        write(town, town.alice, "Eins.\n\nZwei.")
        write(town, town.alice, "Eins von dort.\n\nZwei.")
        address = reverse("write_section", args=[town.concept.contribution.number, "need"])
        answer = make_browser(town.city, town.alice).post(address, {"text": typed, "version": "1"})
        page = text_of(answer)
        assert answer.status_code == 409
        assert "Sie haben diesen Abschnitt inzwischen in einem anderen Fenster geschrieben" in page
        assert (said in page, "Was Sie dort geändert haben" in page, "Alice hat diesen Abschnitt" in page) == (True, True, False)
        assert SectionText.objects.get().text == "Eins von dort.\n\nZwei."

    def test_a_text_that_came_too_late_is_there_to_copy(self, town: Any) -> None:
        decide(actor_of(town.emma), make_gate(town), decided("stop"), edition=0)
        address = reverse("write_section", args=[town.concept.contribution.number, "need"])
        answer = make_browser(town.city, town.alice).post(address, {"text": "Mein langer Text.", "version": "0"})
        assert answer.status_code == 409
        assert "Mein langer Text.</textarea>" in text_of(answer)

    def test_html_is_shown_as_text(self, town: Any) -> None:
        write(town, town.alice, "<script>alert(1)</script>\n\n- <b>fett</b>")
        page = text_of(make_browser(town.city).get(town.concept.contribution.path))
        assert "&lt;script&gt;alert(1)" in page
        assert "<b>fett</b>" not in page

    def test_a_concept_of_200_pages_has_a_page_that_ends(self, town: Any) -> None:
        for section in all_sections():
            write(town, town.alice, "\n\n".join(f"Absatz {number} mit einigen Worten." * 3 for number in range(500)), key=section.key)
        browser, number = make_browser(town.city), town.concept.contribution.number
        assert len(browser.get(town.concept.contribution.path).content) < 3 * LONG * len(all_sections())
        assert "Absatz 499" in text_of(browser.get(reverse("concept_section", args=[number, "how"])))
        assert browser.get(reverse("compare_editions", args=[number]), {"von": "0", "bis": "10"}).status_code == 200


class TestVoices:
    def name(self, town: Any, typed: str) -> Any:
        return make_browser(town.city, town.alice).post(f"/konzept/{town.concept.contribution.number}/stimmen", {"number": typed})

    @pytest.mark.parametrize(
        "typed", ["{}", " #{}", "Nr. {}", "https://hamburg.example.org/en/beitrag/{}-ein-band?von=mail", "/beitrag/{}"]
    )
    def test_a_voice_is_named_by_its_number_or_its_address(self, town: Any, typed: str) -> None:
        voice = make_contribution(town.step, "Ein Band an der Klinke")
        assert self.name(town, typed.format(voice.number)).status_code == 303
        assert list(town.concept.contribution.links_in.of(town.city).values_list("source", "kind")) == [(voice.pk, "developed_into")]

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("", "Bitte geben Sie eine Nummer oder eine Adresse ein."),
            ("das Band", "Darin finden wir keinen Beitrag."),
            ("https://example.org/blog/7", "Darin finden wir keinen Beitrag."),
            ("99999", "Wir finden keinen Beitrag mit dieser Nummer."),
            ("9" * 40, "Darin finden wir keinen Beitrag."),
            ("{own}", "Das ist das Konzept selbst."),
        ],
    )
    def test_what_is_none_is_said_at_the_field_with_what_was_typed(self, town: Any, typed: str, said: str) -> None:
        typed = typed.format(own=town.concept.contribution.number)
        answer = self.name(town, typed)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page.partition('id="id_number-error"')[2][:600]
        assert f'value="{typed}"' in page or not typed

    def test_a_circle_is_refused_at_the_field_with_its_path(self, town: Any) -> None:
        later = make_contribution(town.step, "Der Dienst", kind="theme")
        with transaction.atomic():
            make_links(town.city, [(town.concept.contribution_id, later.pk, "developed_into")], by=None)
        answer = self.name(town, str(later.number))
        assert "„Der Dienst“" in answer.content.decode().partition('id="id_number-error"')[2][:600]


class TestPeople:
    def test_who_was_not_taken_in_stands_there_and_comes_in_with_one_press(self, town: Any) -> None:
        bob = make_participant(town.city, "Bob")
        asked = ask_to_write(actor_of(bob), town.concept.contribution)
        browser, number = make_browser(town.city, town.alice), town.concept.contribution.number
        people, decides = reverse("concept_people", args=[number]), reverse("decide_on_member", args=[number, asked.pk])
        assert "Nicht aufgenommen" not in text_of(browser.get(people))
        browser.post(decides, {"state": "refused"})
        page = text_of(browser.get(people))
        assert "Nicht aufgenommen" in page
        form = page[page.index('id="refused"') :]
        sent = dict(re.findall(r'name="(seen|state)" value="([^"]+)"', form[: form.index("</form>")]))
        browser.post(decides, sent)
        assert town.member(bob).state == "in"
        assert "Nicht aufgenommen" not in text_of(browser.get(people))


class TestAnswering:
    @pytest.mark.parametrize("waits", [False, True])
    def test_the_page_says_that_an_answer_waits_and_the_draft_is_done(self, town: Any, waits: bool) -> None:
        gate, number = make_gate(town), town.concept.contribution.number
        decide(actor_of(town.emma), gate, decided(), edition=0)
        if waits:
            change_rules(actor_of(make_staff(town.city, "administrator", "Ada")), town.city, None, {"check_comments": "before"}, 1)
        browser, address = make_browser(town.city, town.alice), reverse("reply_to_gate", args=[number, gate.pk])
        form = browser.get(address)
        assert ("Erst liest es das Team" in text_of(form)) is waits
        fields = form.context["form"]
        sent = {"text": "Das sehen wir anders.", "uid": fields["uid"].value(), "seal": fields["seal"].value()}
        shown = browser.post(address, sent)["Location"]
        page = text_of(browser.get(shown))
        assert f'data-key="gate-{gate.pk}"' in text_of(form)
        assert f'data-done="gate-{gate.pk}"' in page
        assert ("Danke. Das Team liest Ihre Antwort zuerst, dann können es alle lesen." in page) is waits
        assert ("Danke. Ihre Antwort steht jetzt bei der Entscheidung." in page) is not waits
        assert "data-done" not in text_of(make_browser(town.city, make_participant(town.city, "Bob")).get(shown))


class TestVersions:
    def test_changes_are_named_word_by_word_also_for_who_does_not_see(self, town: Any) -> None:
        write(town, town.alice, "Wir rufen morgens an.")
        write(town, town.olaf, "Wir rufen mittags an.")
        page = text_of(make_browser(town.city).get(reverse("concept_editions", args=[town.concept.contribution.number])))
        assert re.search(r"<del><span class=\"sr\">[^<]+</span>morgens</del>", page)
        assert re.search(r"<ins><span class=\"sr\">[^<]+</span>mittags</ins>", page)

    @pytest.mark.parametrize("query", ["", "?von=1&bis=2", "?von=99&bis=1", "?von=x&bis=-3", "?bis=99999999999"])
    def test_any_versions_are_compared(self, town: Any, query: str) -> None:
        write(town, town.alice, "Eins.")
        write(town, town.alice, "Zwei.")
        assert make_browser(town.city).get(reverse("compare_editions", args=[town.concept.contribution.number]) + query).status_code == 200


class TestDeciding:
    def typed(self, **changes: str) -> dict[str, str]:
        values = {"verdict": "go", "reason": "Der Bedarf ist belegt.", "body": "Sozialausschuss", "decided_on": "2026-01-02"}
        return (
            values | {"paper_number": "22-1234", "paper_url": "https://ris.example.org/22-1234", "edition": "0", "version": "0"} | changes
        )

    def test_a_decision_stands_on_the_concepts_page(self, town: Any) -> None:
        gate = make_gate(town)
        assert make_browser(town.city, town.emma).post(reverse("gate", args=[gate.pk]), self.typed()).status_code == 303
        page = text_of(make_browser(town.city).get(town.concept.contribution.path))
        for words in ("Der Bedarf ist belegt.", "Sozialausschuss", "22-1234", 'href="https://ris.example.org/22-1234"', "Emma"):
            assert words in page

    def test_who_was_overtaken_sees_the_decision_and_keeps_their_text(self, town: Any) -> None:
        gate, jule = make_gate(town), make_staff(town.city, "moderator", "Jule")
        change_gate(actor_of(town.olaf), gate, Plan("Erproben?", "", "Sozialausschuss", [town.emma.pk, jule.pk]))
        decide(actor_of(town.emma), gate, decided("go", reason="Das war Emma."), edition=0)
        answer = make_browser(town.city, jule).post(reverse("gate", args=[gate.pk]), self.typed(verdict="stop", reason="Das war Jule."))
        assert answer.status_code == 409
        assert "Das war Emma." in text_of(answer)
        assert "Das war Jule." in text_of(answer)
        assert GateDecision.objects.get().verdict == "go"

    def test_what_changed_meanwhile_is_shown_before_it_is_sent_again(self, town: Any) -> None:
        gate = make_gate(town)
        write(town, town.alice, "Ein neuer Satz zum Bedarf.")
        browser, address = make_browser(town.city, town.emma), reverse("gate", args=[gate.pk])
        answer = browser.post(address, self.typed())
        assert answer.status_code == 409
        assert "Ein neuer Satz zum Bedarf." in text_of(answer)
        assert answer.context["form"]["edition"].value() == "1"
        assert browser.post(address, self.typed(edition="1")).status_code == 303

    @pytest.mark.parametrize("also", ["", "between", "after"])
    def test_another_title_or_lead_is_shown_as_well(self, town: Any, also: str) -> None:
        actor, row, member = actor_of(town.alice), town.concept.contribution, town.member(town.alice)
        row = write_lead(actor, town.concept, member, title="Vor der Vorlage", text="Ein Anruf.", version=row.version)
        gate = make_gate(town)
        row = write_lead(actor, town.concept, member, title="Hitze-Telefon", text="Ein Anruf.", version=row.version)
        if also == "between":
            write(town, town.alice, "Ein neuer Satz zum Bedarf.")
        write_lead(actor, town.concept, member, title="Hitze-Telefon", text="Ein Anruf am Abend.", version=row.version)
        if also == "after":
            write(town, town.alice, "Ein neuer Satz zum Bedarf.")
        answer = make_browser(town.city, town.emma).post(reverse("gate", args=[gate.pk]), self.typed(edition="1"))
        found = [
            (change["title"], "".join(piece.text for part in change["parts"] for piece in part.pieces if piece.change != "same"))
            for change in answer.context["changes"]
        ]
        titles = ["Titel", "Einleitung"] + (["Bedarf und Belege"] if also else [])
        assert (answer.status_code, [title for title, _words in found]) == (409, titles)
        assert ("Vor der Vorlage" in found[0][1], "am Abend" in found[1][1]) == (True, True)
        assert "Das hat sich geändert, während Sie entschieden" in text_of(answer)

    @pytest.mark.parametrize(("act", "status"), [("take_back", 409), ("others", 403)])
    def test_whoever_is_refused_keeps_what_they_typed(self, town: Any, act: str, status: int) -> None:
        gate, olaf = make_gate(town), actor_of(town.olaf)
        browser, address, typed = make_browser(town.city, town.emma), reverse("gate", args=[gate.pk]), self.typed(reason="Mühsam getippt.")
        other = make_staff(town.city, "expert", "Jule")
        if act == "take_back":
            take_back(olaf, gate)
        else:
            change_gate(olaf, gate, Plan(gate.title, "", "Ausschuss", [other.pk]))
        answer = browser.post(address, typed)
        page = text_of(answer)
        assert (answer.status_code, "Mühsam getippt." in page, "Ihr Text zum Kopieren" in page) == (status, True, True)

    def test_a_correction_that_was_overtaken_is_sent_again(self, town: Any) -> None:
        gate = make_gate(town)
        decide(actor_of(town.emma), gate, decided(), edition=0)
        browser, address = make_browser(town.city, town.emma), reverse("gate", args=[gate.pk])
        correct(actor_of(town.emma), gate, decided("change"), why="Anders beschlossen.", version=1)
        typed = self.typed(verdict="stop", version="1", correction="Das Protokoll sagt es anders.")
        answer = browser.post(address, typed)
        assert (answer.status_code, answer.context["form"]["version"].value()) == (409, "2")
        assert browser.post(address, typed | {"version": answer.context["form"]["version"].value()}).status_code == 303
        assert list(GateDecision.objects.of(town.city).order_by("version").values_list("verdict", flat=True)) == ["go", "change", "stop"]

    def test_a_correction_is_a_version_with_its_reason(self, town: Any) -> None:
        gate = make_gate(town)
        decide(actor_of(town.emma), gate, decided(), edition=0)
        typed = self.typed(verdict="change", version="1", correction="Das Protokoll sagt es anders.")
        assert make_browser(town.city, town.emma).post(reverse("gate", args=[gate.pk]), typed).status_code == 303
        page = text_of(make_browser(town.city).get(town.concept.contribution.path))
        assert "Das Protokoll sagt es anders." in page
        assert GateDecision.objects.count() == 2


class TestQueries:
    def count(self, browser: Any, address: str) -> int:
        browser.get(address)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert browser.get(address).status_code == 200
        return len(found)

    def fill(self, town: Any, number: int) -> None:
        firm = make_organisation(town.city, f"Firma {number}", kind="company")
        person = make_staff(town.city, "member", f"Person {number}", organisation=firm)
        come_by_invitation(actor_of(person), town.concept, invitation_token(town.concept), organisation=firm)
        write(town, town.alice, f"Text {number}.", key=all_sections()[number].key)
        remark_on_section(actor_of(person), town.concept, None, all_sections()[number].key, uid=uuid7(), text="Gut.")
        make_link(make_contribution(town.step, f"Stimme {number}", author=person), town.concept.contribution)
        decide(actor_of(town.emma), make_gate(town, f"Punkt {number}"), decided(), edition=number + 1)

    @pytest.mark.each_database
    @pytest.mark.parametrize("name", ["public", "concept", "concept_editions", "concept_people", "set_up_gates", "concept_section"])
    def test_three_cost_as_much_as_one(self, town: Any, name: str) -> None:
        self.fill(town, 0)
        number = town.concept.contribution.number
        address = (
            town.concept.contribution.path
            if name == "public"
            else reverse(name, args=[number, "need"] if name == "concept_section" else [number])
        )
        browser = make_browser(town.city, town.olaf)
        one = self.count(browser, address)
        self.fill(town, 1)
        self.fill(town, 2)
        assert self.count(browser, address) == one

    def test_the_list_of_concepts(self, town: Any) -> None:
        browser = make_browser(town.city)
        one = self.count(browser, "/konzepte")
        for title in ("Zwei", "Drei"):
            begin_concept(actor_of(town.alice), uid=uuid7(), title=title, text="Worum es geht.")
        assert self.count(browser, "/konzepte") == one
        assert text_of(browser.get("/konzepte?stand=stopped")).count("concepts__one") == 0


class TestProofs:
    """Forms with words ask newcomers for the proof of work, so that a new account's concept need not wait for the team."""

    @pytest.fixture(autouse=True)
    def _cost(self, settings: Any) -> None:
        settings.PROOF_COST = 50

    def test_a_new_accounts_concept_stands_there_with_its_proof_and_waits_without(self, town: Any) -> None:
        new = make_browser(town.city, make_participant(town.city, "Neu"))
        path = "/konzept/neu"
        page = text_of(new.get(path))
        assert 'name="proof"' in page
        typed = {**dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', page)), "homepage": "", "text": "Ein Dach gegen den Regen."}
        proof = solved(ask(town.city, path))
        new.post(path, {**typed, "title": "Mit Nachweis", "proof": proof})
        assert Contribution.objects.of(town.city).get(title="Mit Nachweis").visibility == "published"
        late = make_browser(town.city, make_participant(town.city, "Noch neuer"))
        page = text_of(late.get(path))
        typed |= dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', page))
        late.post(path, {**typed, "title": "Ohne Nachweis"})
        assert Contribution.objects.of(town.city).get(title="Ohne Nachweis").visibility == "waiting"

    def test_sections_and_remarks_ask_newcomers_and_not_who_is_known(self, town: Any) -> None:
        number = town.concept.contribution.number
        change_visibility(town.city, town.concept.contribution, "published")  # by this Alice is known
        town.concept.contribution.refresh_from_db()
        new = make_participant(town.city, "Neu")
        come_by_invitation(actor_of(new), town.concept, invitation_token(town.concept))
        section = reverse("concept_section", args=[number, "need"])
        paths = (section, reverse("write_section", args=[number, "need"]), reverse("write_lead", args=[number]))
        assert ['name="proof"' in text_of(make_browser(town.city, new).get(path)) for path in paths] == [True] * 3
        assert ['name="proof"' in text_of(make_browser(town.city, town.alice).get(path)) for path in paths] == [False] * 3
