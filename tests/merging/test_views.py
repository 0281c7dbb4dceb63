"""The team's pages and the authors': who may, what they show, what a form does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import signing
from django.utils import timezone
from tests.factories import (
    make_actor,
    make_browser,
    make_city,
    make_contribution,
    make_guest,
    make_participant,
    make_process,
    make_staff,
    make_step,
)

from civitas.contributions.models import Contribution, Link
from civitas.contributions.tasks import index_contributions
from civitas.dialogue.actions import support
from civitas.kit.ids import uuid7
from civitas.kit.rooms import notice_kind
from civitas.merging.actions import merge_contributions, propose_merge
from civitas.merging.models import Consent, Merge, Proposal, Split, Suggestion
from civitas.merging.suggesting import suggest_pairs
from civitas.merging.tokens import make_token
from civitas.notices.models import Notice
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
ONE = {"text": "Die Grünphase an der Mombachstraße reicht zu Fuß nicht.", "lat": 53.55, "lon": 10.0}
TWO = {"text": "In der Mombachstraße ist die Grünphase viel zu kurz.", "lat": 53.5505, "lon": 10.0}


def fresh(row: Contribution) -> Contribution:
    found: Contribution = Contribution.objects.of(row.city_id).select_related("process", "step", "author").get(pk=row.pk)
    return found


@pytest.fixture
def step() -> Any:
    return make_step(make_process(make_city("hamburg")))


@pytest.fixture
def pair(step: Any) -> tuple[Contribution, Contribution]:
    rows = (make_contribution(step, "Kurze Grünphase", **ONE), make_contribution(step, "Zu kurze Grünphase", **TWO))
    index_contributions(step.city, [{"contribution": row.pk} for row in rows])
    return rows


@pytest.fixture
def desk(step: Any) -> Any:
    return make_browser(step.city, make_staff(step.city, "moderator"))


def page_of(browser: Any, path: str, status: int = 200) -> str:
    response = browser.get(path)
    assert response.status_code == status
    return str(response.content.decode())


ADDRESSES = (
    "/verwaltung/zusammenlegen",
    "/verwaltung/zusammenlegen/vergleich?nr={one}&nr={two}",
    "/verwaltung/zusammenlegen/{one}",
    "/verwaltung/zusammenlegen/{one}/teilen",
    "/verwaltung/zusammenlegen/orte.json?nr={one}",
)


CHANGES = ("paar/{}/verschieden", "frage/{}/lassen", "rueckgaengig/{}", "rueckgaengig/{}/lassen", "teilung/{}/rueckgaengig")


class TestWho:
    @pytest.mark.parametrize("address", ADDRESSES)
    def test_the_pages_are_for_the_editorial_team_of_this_city(self, pair: Any, desk: Any, address: str) -> None:
        path = address.format(one=pair[0].number, two=pair[1].number)
        city = pair[0].city
        assert desk.get(path).status_code == 200
        assert make_browser(city, make_staff(city, "expert")).get(path).status_code == 403
        assert make_browser(city, make_participant(city)).get(path).status_code == 403
        response = make_browser(city).get(path)
        assert (response.status_code, "/konto/anmelden" in response.headers["Location"]) == (302, True)

    @pytest.mark.parametrize("address", ["/verwaltung/zusammenlegen/{number}", "/verwaltung/zusammenlegen/{number}/teilen"])
    def test_another_citys_number_is_not_found(self, pair: Any, address: str) -> None:
        kassel = make_city("kassel")
        browser = make_browser(kassel, make_staff(kassel, "moderator"))
        assert browser.get(address.format(number=pair[0].number)).status_code == 404

    @pytest.mark.parametrize("address", CHANGES)
    def test_another_citys_rows_cannot_be_changed(self, pair: Any, address: str) -> None:
        city, one, two = pair[0].city, *pair
        person = make_participant(city)
        Suggestion.objects.create(pk=7, city=city, first=one, second=two, score=400)
        Proposal.objects.create(pk=7, city=city, uid=uuid7(), head=one, reason="x", at=timezone.now(), until=timezone.now())
        Split.objects.create(pk=7, city=city, uid=uuid7(), contribution=one, at=timezone.now())
        Merge.objects.create(pk=7, city=city, contribution=two, head=one, at=timezone.now())
        kassel = make_city("kassel")
        path = f"/verwaltung/zusammenlegen/{address.format(7)}"
        assert make_browser(kassel, make_staff(kassel, "moderator")).post(path).status_code == 404
        assert make_browser(city, person).post(path).status_code == 403
        assert make_browser(city).post(path).status_code == 302


class TestSuggestions:
    def test_a_pair_near_and_alike_is_found_and_explained(self, pair: Any, desk: Any) -> None:
        assert suggest_pairs(pair[0].city, [fresh(pair[0])]) == 1
        assert suggest_pairs(pair[0].city, [fresh(pair[1])]) == 0
        page = page_of(desk, "/verwaltung/zusammenlegen")
        assert "Beide nennen Mombachstraße, Grünphase" in page
        assert "56 m voneinander." in page

    def test_the_same_words_far_away_are_no_pair(self, step: Any) -> None:
        rows = [make_contribution(step, "Kurze Grünphase", **ONE), make_contribution(step, "Zu kurze Grünphase", **TWO | {"lat": 53.6})]
        index_contributions(step.city, [{"contribution": row.pk} for row in rows])
        assert suggest_pairs(step.city, [fresh(rows[0])]) == 0

    def test_a_dismissed_pair_is_not_suggested_again(self, pair: Any, desk: Any) -> None:
        suggest_pairs(pair[0].city, [fresh(pair[0])])
        key = Suggestion.objects.of(pair[0].city).get().pk
        assert desk.post(f"/verwaltung/zusammenlegen/paar/{key}/verschieden").status_code == 302
        suggest_pairs(pair[0].city, [fresh(row) for row in pair])
        assert "Gerade keine Paare" in page_of(desk, "/verwaltung/zusammenlegen")

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_asks_no_more_for_more(
        self, step: Any, desk: Any, count: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for index in range(count):
            first, second = make_contribution(step, f"A {index}", **ONE), make_contribution(step, f"B {index}", **TWO)
            Suggestion.objects.create(city=step.city, first=first, second=second, score=400)
        desk.get("/verwaltung/zusammenlegen")
        with django_assert_num_queries(LIST_QUERIES):
            desk.get("/verwaltung/zusammenlegen")

    def test_work_for_a_new_one_is_bounded(self, pair: Any, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
        row = fresh(pair[0])
        with django_assert_max_num_queries(14):
            suggest_pairs(row.city, [row])


LIST_QUERIES = 9


class TestComparing:
    def test_common_words_are_marked_and_the_outcome_is_said_before(self, pair: Any, desk: Any) -> None:
        page = page_of(desk, f"/verwaltung/zusammenlegen/vergleich?nr={pair[0].number}&nr={pair[1].number}")
        assert "<mark>Mombachstraße</mark>" in page
        assert "Niemand zu fragen" in page
        assert "56 m voneinander." in page

    def test_sending_puts_together_what_nobody_can_be_asked_about(self, pair: Any, desk: Any) -> None:
        one, two = pair
        path = f"/verwaltung/zusammenlegen/vergleich?nr={one.number}&nr={two.number}"
        uid = re.search(r'name="uid" value="([^"]+)"', page_of(desk, path))
        assert uid
        data = {"nr": [one.number, two.number], "head": two.number, "reason": "Gleich.", "uid": uid[1]}
        for _twice in range(2):
            assert (
                desk.post("/verwaltung/zusammenlegen/vergleich", data).headers["Location"] == "/verwaltung/zusammenlegen?ansicht=zusammen"
            )
        assert (fresh(one).merged_into_id, Merge.objects.of(one.city).count()) == (two.pk, 1)
        assert one.title in page_of(desk, "/verwaltung/zusammenlegen?ansicht=zusammen")

    def test_what_was_typed_is_kept_on_a_refusal(self, pair: Any, desk: Any) -> None:
        one, two = pair
        data = {"nr": [one.number, two.number], "head": two.number, "reason": "Zu lang " * 100, "uid": uuid7()}
        response = desk.post("/verwaltung/zusammenlegen/vergleich", data)
        assert (response.status_code, "Zu lang Zu lang" in response.content.decode()) == (422, True)

    def test_one_alone_cannot_be_compared(self, pair: Any, desk: Any) -> None:
        response = desk.get(f"/verwaltung/zusammenlegen/vergleich?nr={pair[0].number}&nr=x&nr=99999")
        assert response.headers["Location"] == f"/verwaltung/zusammenlegen/{pair[0].number}"

    def test_one_finds_others_by_likeness_words_and_number(self, pair: Any, desk: Any) -> None:
        one, two = pair
        assert two.title in page_of(desk, f"/verwaltung/zusammenlegen/{one.number}")
        for words in ("Mombachstraße", str(two.number)):
            assert two.title in page_of(desk, f"/verwaltung/zusammenlegen/{one.number}?q={words}")
        assert "Nichts gefunden" in page_of(desk, f"/verwaltung/zusammenlegen/{one.number}?q=Walfisch")


class TestUndoing:
    def test_the_page_says_what_stays_and_undoes(self, pair: Any, desk: Any) -> None:
        one, two = pair
        merge = merge_contributions(make_actor(one.city, "moderator"), fresh(one), [fresh(two)])[0]
        path = f"/verwaltung/zusammenlegen/rueckgaengig/{merge.pk}"
        assert "genau wie vorher" in page_of(desk, path)
        assert desk.post(path).status_code == 302
        assert fresh(two).merged_into_id is None
        assert desk.post(path).status_code == 409
        assert "schon rückgängig gemacht" in page_of(desk, path)


class TestAuthors:
    def ask(self, pair: Any, author: Any) -> Consent:
        one, two = pair
        Contribution.objects.of(one.city).filter(pk=two.pk).update(author=author)
        propose_merge(make_actor(one.city, "moderator"), fresh(one), [fresh(two)], uid=uuid7(), reason="Gleich.")
        found: Consent = Consent.objects.of(one.city).select_related("author", "contribution").get()
        return found

    def test_an_author_answers_on_a_page_that_my_page_and_the_contribution_lead_to(self, pair: Any) -> None:
        bela = make_participant(pair[0].city, "Bela")
        consent = self.ask(pair, bela)
        browser, path = make_browser(pair[0].city, bela), f"/zusammenlegen/{consent.pk}"
        assert path in page_of(browser, "/mein")
        assert path in page_of(browser, pair[1].path)
        assert "Gleich." in page_of(browser, path)
        assert browser.post(path, {"answer": ""}).status_code == 422
        assert browser.post(path, {"answer": "no", "words": "Anders."}).status_code == 303
        assert "Ihrer bleibt für sich" in page_of(browser, path)
        assert fresh(pair[1]).merged_into_id is None

    def test_a_guest_answers_by_the_link_of_the_mail_without_a_login(self, pair: Any) -> None:
        guest = make_guest(pair[0].city, "Gast", guest_mail="gast@example.org", guest_mail_confirmed_at=timezone.now())
        self.ask(pair, guest)
        notice = Notice.objects.of(pair[0].city).get(kind="merging.asked")
        worded = notice_kind("merging.asked").word(pair[0].city, notice)
        assert worded
        browser = make_browser(pair[0].city)
        assert "Gehören diese beiden zusammen?" in page_of(browser, worded.mail_path)
        assert browser.post(worded.mail_path, {"answer": "yes"}).status_code == 303
        assert "Beide stehen jetzt zusammen" in page_of(browser, worded.mail_path)
        assert fresh(pair[1]).merged_into_id == pair[0].pk

    def test_a_mangled_a_foreign_and_an_orphaned_link_lead_nowhere(self, pair: Any) -> None:
        guest = make_guest(pair[0].city, "Gast", guest_mail="gast@example.org", guest_mail_confirmed_at=timezone.now())
        consent = self.ask(pair, guest)
        token = make_token(consent)
        assert "führt nirgendwohin" in page_of(make_browser(pair[0].city), f"/zusammenlegen/antwort/{token}x", 404)
        assert make_browser(make_city("kassel")).get(f"/zusammenlegen/antwort/{token}").status_code == 404
        forged = signing.dumps([consent.pk, ""], salt="civitas.merging.consent")
        assert make_browser(pair[0].city).get(f"/zusammenlegen/antwort/{forged}").status_code == 404

    def test_the_question_is_its_authors_alone(self, pair: Any) -> None:
        consent = self.ask(pair, make_participant(pair[0].city, "Bela"))
        path = f"/zusammenlegen/{consent.pk}"
        assert make_browser(pair[0].city, make_participant(pair[0].city)).get(path).status_code == 404
        assert "/konto/anmelden" in make_browser(pair[0].city).get(path).headers["Location"]
        kassel = make_city("kassel")
        assert make_browser(kassel, make_participant(kassel)).get(path).status_code == 404

    def test_an_author_wants_it_back_and_the_team_reads_why(self, pair: Any, desk: Any) -> None:
        one, two = pair
        bela = make_participant(one.city, "Bela")
        Contribution.objects.of(one.city).filter(pk=two.pk).update(author=bela)
        merge_contributions(make_actor(one.city, "moderator"), fresh(one), [fresh(two)])
        browser, path = make_browser(one.city, bela), f"/zusammenlegen/einspruch/{two.number}"
        assert path in page_of(browser, one.path)
        assert browser.post(path, {"words": "Meiner meint etwas anderes."}).status_code == 303
        assert "Meiner meint etwas anderes." in page_of(desk, "/verwaltung/zusammenlegen")
        assert "1" in page_of(desk, "/verwaltung/")
        assert make_browser(one.city, make_participant(one.city)).get(path).status_code == 404


class TestSplittingAndLinking:
    def test_parts_are_made_of_the_authors_words_and_the_split_is_undone(self, step: Any, desk: Any, run_outbox: Any) -> None:
        bela, fan = make_participant(step.city, "Bela"), make_participant(step.city, "Fan")
        row = make_contribution(
            step, "Bank und Baum", text="Hier fehlt eine Bank. Und ein Baum fehlt auch.", author=bela, lat=53.55, lon=10.0
        )
        support(actor_of(fan), row)
        path = f"/verwaltung/zusammenlegen/{row.number}/teilen"
        uid = re.search(r'name="uid" value="([^"]+)"', page_of(desk, path))
        assert uid
        data = {"uid": uid[1], "title-0": "Eine Bank", "text-0": "Hier fehlt eine Bank.", "place-0": "on", "title-1": "Ein Baum"}
        assert "Ein Wal fehlt." in desk.post(path, data | {"text-1": "Ein Wal fehlt."}).content.decode()
        for _twice in range(2):
            assert desk.post(path, data | {"text-1": "Und ein Baum fehlt auch."}).status_code in {302, 409}
        run_outbox(step.city)
        parts = list(Contribution.objects.of(step.city).filter(links_in__source=row, links_in__kind="split_into").order_by("pk"))
        assert [(part.title, part.author_id, part.lat, part.given_at) for part in parts] == [
            ("Eine Bank", bela.pk, 53.55, row.given_at),
            ("Ein Baum", bela.pk, None, row.given_at),
        ]
        told = Notice.objects.of(step.city).filter(kind="merging.split").values_list("recipient", flat=True)
        assert sorted(told) == sorted([bela.uid, fan.uid])
        assert (fresh(row).support_count, fresh(row).listed) == (1, 1)
        assert "Eine Bank" in page_of(make_browser(step.city), row.path)
        split = Split.objects.of(step.city).get()
        assert desk.post(f"/verwaltung/zusammenlegen/teilung/{split.pk}/rueckgaengig").status_code == 302
        assert [fresh(part).visibility for part in parts] == ["hidden", "hidden"]
        assert (Link.objects.of(step.city).count(), fresh(row).listed) == (0, 1)
        assert desk.post(f"/verwaltung/zusammenlegen/teilung/{split.pk}/rueckgaengig").status_code == 409

    def test_two_are_linked_by_number_both_ways_and_unlinked(self, pair: Any, desk: Any) -> None:
        one, two = pair
        path = f"/verwaltung/zusammenlegen/{one.number}/verknuepfen"
        desk.post(path, {"number": f"Nr. {two.number}"})
        desk.post(f"/verwaltung/zusammenlegen/{two.number}/verknuepfen", {"number": str(one.number)})
        assert Link.objects.of(one.city).filter(kind="related_to").count() == 1
        for row, other in (pair, pair[::-1]):
            assert other.title in page_of(make_browser(one.city), row.path)
        for bad in ("", "x", "99999", str(one.number)):
            answer = desk.post(path, {"number": bad})
            assert (answer.status_code in {400, 422}, f'value="{bad}"' in answer.content.decode()) == (True, True)
        assert Link.objects.of(one.city).count() == 1
        desk.post(path, {"number": str(two.number), "back": "1"})
        assert Link.objects.of(one.city).count() == 0
