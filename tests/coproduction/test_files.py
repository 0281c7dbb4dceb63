"""Files of a concept: they come before the team as its words do, and those who write describe them and take them away."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.coproduction.concepts import make_town
from tests.factories import make_browser, make_participant, make_staff
from tests.media.samples import jpeg, pdf

from civitas.contributions.attachments import Shown, describe_files
from civitas.contributions.models import Attachment, Contribution
from civitas.contributions.rules import may_describe
from civitas.coproduction.actions.people import come_by_invitation, invitation_token
from civitas.coproduction.actions.writing import add_files
from civitas.coproduction.models import Concept
from civitas.kit.verdicts import Refused
from civitas.media.actions import keep_file
from civitas.media.models import MediaFile
from civitas.moderation.models import Case
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None) -> Any:
    return make_town()


@pytest.fixture
def bob(town: Any) -> Any:
    person = make_participant(town.city, "Bob")
    come_by_invitation(actor_of(person), town.concept, invitation_token(town.concept))
    return person


def read_form(answer: Any) -> dict[str, str]:
    """What a browser sends from the form of files, as it stands."""
    return {**dict(re.findall(r'name="(uid|seal|file|alt-[^"]+)" value="([^"]*)"', answer.content.decode())), "homepage": ""}


def attach(town: Any, person: Any, *, alt: str = "Ein Telefon.") -> Contribution:
    actor, raw = actor_of(person), jpeg()
    file = keep_file(actor, io.BytesIO(raw), size=len(raw), title="Telefon", loose=True)
    concept = Concept.objects.of(town.city).select_related("contribution").get(pk=town.concept.pk)
    add_files(actor, concept, town.member(person), [Shown(file, alt)])
    return Contribution.objects.of(town.city).get(pk=concept.contribution_id)


def is_public(town: Any) -> list[bool]:
    return list(MediaFile.objects.of(town.city).order_by("pk").values_list("is_public", flat=True))


def reads_first(town: Any) -> None:
    town.step.settings = {"moderation": "before"}
    town.step.save()


class TestRules:
    def test_where_nobody_reads_first_a_file_is_there_at_once(self, town: Any, bob: Any) -> None:
        assert (attach(town, bob).visibility, is_public(town)) == ("published", [True])

    def test_where_the_team_reads_first_the_concept_waits_with_its_file(self, town: Any, bob: Any) -> None:
        reads_first(town)
        assert (attach(town, bob).visibility, is_public(town)) == ("waiting", [False])
        run_due()
        assert list(Case.objects.of(town.city).values_list("contribution", "why")) == [(town.concept.contribution_id, "waiting")]

    def test_a_website_that_the_city_does_not_take_comes_in_by_no_file(self, town: Any, bob: Any) -> None:
        town.city.rules = {"blocked": ["boese.example"]}
        town.city.save()
        with pytest.raises(Refused, match=r"Links zu boese\.example"):
            attach(town, bob, alt="Mehr auf https://boese.example")
        assert Attachment.objects.of(town.city).count() == 0

    def test_the_form_says_that_the_team_reads_first_and_so_does_the_answer(self, town: Any, bob: Any) -> None:
        reads_first(town)
        browser, address = make_browser(town.city, bob), reverse("add_concept_files", args=[town.concept.contribution.number])
        sentence = "Erst liest es das Team, dann können es alle lesen."
        assert sentence in browser.get(address).content.decode()
        sent = {"picture": SimpleUploadedFile("plan.pdf", pdf(), "application/pdf"), "rights": "on"}
        page = browser.post(address, read_form(browser.get(address)) | sent, follow=True).content.decode()
        assert "Die Dateien gehören jetzt zum Konzept. Das Team liest zuerst, danach sehen es alle." in page


class TestForm:
    """The form of a concept's files takes up what came with it before, as the form of giving does."""

    def test_it_says_what_fits_and_that_a_file_is_needed(self, town: Any, bob: Any) -> None:
        page = make_browser(town.city, bob).get(reverse("add_concept_files", args=[town.concept.contribution.number])).content.decode()
        assert "Bis zu 5 Bilder mit je 12 MB" in page
        label = page.partition('for="id_picture">')[2].partition("</label>")[0]
        assert label == "Dateien auswählen"

    def test_a_picture_without_words_gets_them_in_the_next_try(self, town: Any, bob: Any) -> None:
        browser, address = make_browser(town.city, bob), reverse("add_concept_files", args=[town.concept.contribution.number])
        first = read_form(browser.get(address))
        sent = {"picture": SimpleUploadedFile("schirm.jpg", jpeg(), "image/jpeg"), "rights": "on"}
        answer = browser.post(address, first | sent)
        assert answer.status_code == 422
        assert "was das Bild zeigt" in answer.content.decode()
        again = read_form(answer)
        (words,) = [name for name in again if name.startswith("alt-")]
        assert browser.post(address, again | {words: "Ein roter Schirm", "rights": "on"}).status_code == 303
        assert list(Attachment.objects.of(town.city).values_list("alt", flat=True)) == ["Ein roter Schirm"]

    def test_of_several_files_the_one_that_cannot_be_shown_is_named_and_the_other_waits(self, town: Any, bob: Any) -> None:
        browser, address = make_browser(town.city, bob), reverse("add_concept_files", args=[town.concept.contribution.number])
        files = [SimpleUploadedFile("schirm.jpg", jpeg(), "image/jpeg"), SimpleUploadedFile("liste.docx", b"PK?", "application/zip")]
        sent = {"picture": files, "alt": "Ein roter Schirm", "rights": "on"}
        answer = browser.post(address, read_form(browser.get(address)) | sent)
        assert answer.status_code == 422
        assert "„liste.docx“: Diese Datei können wir nicht zeigen." in answer.content.decode()
        assert browser.post(address, read_form(answer) | {"rights": "on"}).status_code == 303
        assert list(Attachment.objects.of(town.city).values_list("alt", flat=True)) == ["Ein roter Schirm"]

    def test_what_arrived_can_be_left_out_again(self, town: Any, bob: Any) -> None:
        browser, address = make_browser(town.city, bob), reverse("add_concept_files", args=[town.concept.contribution.number])
        sent = {"picture": SimpleUploadedFile("plan.pdf", pdf(), "application/pdf")}
        fields = read_form(browser.post(address, read_form(browser.get(address)) | sent))
        answer = browser.post(address, fields | {"drop_file": fields["file"], "rights": "on"})
        assert answer.status_code == 422
        assert "Bitte wählen Sie eine Datei aus." in answer.content.decode()


class TestDescribing:
    def test_who_writes_along_takes_a_file_away_and_nobody_else_does(self, town: Any, bob: Any) -> None:
        row = attach(town, town.alice)
        key = Attachment.objects.of(town.city).get().pk
        carla = make_participant(town.city, "Carla")
        with pytest.raises(Refused) as refused:
            describe_files(actor_of(carla), row, {}, dropped=[key])
        assert (refused.value.status, Attachment.objects.of(town.city).count()) == (403, 1)
        describe_files(actor_of(bob), row, {}, dropped=[key])
        assert Attachment.objects.of(town.city).count() == 0

    def test_the_page_of_files_leads_to_those_there_are(self, town: Any, bob: Any) -> None:
        number = town.concept.contribution.number
        browser, describes = make_browser(town.city, bob), reverse("describe_files", args=[number])
        assert describes not in browser.get(reverse("add_concept_files", args=[number])).content.decode()
        attach(town, town.alice)
        assert describes in browser.get(reverse("add_concept_files", args=[number])).content.decode()
        assert browser.get(describes).status_code == 200
        assert make_browser(town.city, make_participant(town.city, "Carla")).get(describes).status_code == 403

    def test_also_while_it_waits_for_the_team(self, town: Any, bob: Any) -> None:
        reads_first(town)
        attach(town, bob)
        address = reverse("describe_files", args=[town.concept.contribution.number])
        assert make_browser(town.city, bob).get(address).status_code == 200
        assert make_browser(town.city, make_participant(town.city, "Carla")).get(address).status_code == 404

    @pytest.mark.parametrize(("stage", "describes"), [("writing", True), ("stopped", False), ("service", False)])
    def test_files_of_what_is_written_no_more_are_not_changed(self, town: Any, bob: Any, stage: str, describes: Any) -> None:
        row = attach(town, town.alice)
        Concept.objects.of(town.city).update(stage=stage)
        assert bool(may_describe(actor_of(bob), row)) is describes
        assert may_describe(actor_of(town.alice), row)

    def test_a_lead_of_concepts_describes_too(self, town: Any) -> None:
        row = attach(town, town.alice)
        assert may_describe(actor_of(make_staff(town.city, "facilitator")), row)
        assert may_describe(actor_of(make_staff(town.city, "expert")), row).status == 403
