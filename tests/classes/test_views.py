"""The door of pupils, the teacher's page, the team's desk: who comes in, and what each is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.classes.making import DAY, a_minute_later, make_class, pupil, sit
from tests.factories import make_actor, make_browser, make_city, make_guest, make_participant, make_process, make_staff, make_step

from civitas.classes.actions import print_sheet
from civitas.classes.codes import signature_of
from civitas.classes.models import SchoolClass, Seat
from civitas.people.models import Participant

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return str(response.content.decode())


def form_of(page: str, **fields: str) -> dict[str, str]:
    return {**dict(re.findall(r'name="(uid|seal|code|z)" value="([^"]*)"', page)), "homepage": "", **fields}


def join(browser: Any, code: str, name: str = "Leiser Uhu", **fields: str) -> Any:
    page = text_of(browser.post("/en/klasse", {"code": code}))
    return browser.post("/en/klasse", form_of(page, pseudonym=name, **fields))


def pupils(city: Any) -> list[str]:
    return sorted(Participant.objects.of(city).filter(class_until__isnull=False).values_list("pseudonym", flat=True))


def test_a_pupil_comes_in_and_back_by_the_slip_and_leaves_the_device(school_class: Any) -> None:
    browser, city = make_browser(school_class.city), school_class.city
    welcome = join(browser, school_class.code)
    assert (welcome.status_code, welcome["Location"]) == (303, "/en/klasse")
    assert browser.cookies["guest"]["max-age"] == 2 * 3600
    page = text_of(browser.get("/en/klasse"))
    assert "Hello Leiser Uhu!" in page
    slip = re.search(r'cls__code">([A-Z0-9 ]+)<', page)
    assert slip is not None
    browser.post("/en/klasse/zettel", {"do": "kept"})
    assert slip[1] not in text_of(browser.get("/en/klasse"))
    other = make_browser(city)
    assert other.post("/en/klasse", {"code": slip[1].lower()}).status_code == 303
    assert "Hello Leiser Uhu!" in text_of(other.get("/en/klasse"))
    done = text_of(other.post("/en/klasse/fertig", follow=True))
    assert "this device does not know you any more" in done
    assert 'name="code"' in done
    assert pupils(city) == ["Leiser Uhu"]


def test_ones_own_device_remembers_until_the_class_ends(school_class: Any) -> None:
    browser = make_browser(school_class.city)
    join(browser, school_class.code, own_device="on")
    assert browser.cookies["guest"]["max-age"] > 29 * 24 * 3600


def test_a_lost_slip_is_replaced_by_who_sits_there(school_class: Any) -> None:
    browser = make_browser(school_class.city)
    join(browser, school_class.code)
    before = Seat.objects.of(school_class.city).get(participant__isnull=False).key
    page = text_of(browser.post("/en/klasse/zettel", {"do": "new"}, follow=True))
    assert "Write it down now" in page
    assert Seat.objects.of(school_class.city).get(participant__isnull=False).key != before
    assert make_browser(school_class.city).post("/en/klasse/zettel", {"do": "new"}).status_code == 404
    assert make_browser(school_class.city, make_guest(school_class.city)).post("/en/klasse/zettel").status_code == 404


@pytest.mark.parametrize(
    ("code", "sentence"), [("", "Please type the code"), ("ABC", "six signs"), ("CCC CCC", "We do not know this code")]
)
def test_a_wrong_code_is_said_beside_the_field_with_what_was_typed(school_class: Any, code: str, sentence: str) -> None:
    response = make_browser(school_class.city).post("/en/klasse", {"code": code})
    page = text_of(response)
    assert (response.status_code, sentence in page) == (422, True)
    assert not code or f'value="{code}"' in page


def test_a_closed_an_expired_a_coming_and_a_full_class_say_so_at_the_door(school_class: Any, step: Any) -> None:
    now, browser = timezone.now(), make_browser(step.city)
    coming = make_class(step, opens_at=now + DAY, closes_at=now + 2 * DAY)
    over = make_class(step)
    SchoolClass.objects.of(step.city).filter(pk=over.pk).update(closes_at=now)
    full = make_class(step, seats=1)
    page = text_of(browser.post("/en/klasse", {"code": full.code}))
    sit(full)
    for form, sentence in (
        ({"code": coming.code}, "Your class begins on"),
        ({"code": over.code}, "The time of this class is over"),
        (form_of(page, pseudonym="Otter"), "All seats of this class are taken"),
    ):
        response = browser.post("/en/klasse", form)
        assert (response.status_code, sentence in text_of(response)) in {(409, True), (422, True)}


def test_another_citys_code_does_not_exist(school_class: Any) -> None:
    kassel = make_city("kassel")
    taken = sit(school_class)
    sheet = print_sheet(make_actor(school_class.city, "owner"), school_class)
    for code in (school_class.code, taken.code, sheet.teacher_code):
        response = make_browser(kassel).post("/en/klasse", {"code": code})
        assert (response.status_code, "We do not know this code" in text_of(response)) == (422, True)
    scanned = make_browser(kassel).get(f"/en/klasse/{school_class.code}?z={signature_of(school_class.city, school_class.code)}")
    assert "What shall we call you?" not in text_of(scanned)


def test_a_scanned_square_leads_to_the_name_and_a_forged_one_tells_nothing(school_class: Any) -> None:
    browser, city = make_browser(school_class.city), school_class.city
    page = text_of(browser.get(f"/en/klasse/{school_class.code}?z={signature_of(city, school_class.code)}"))
    assert "What shall we call you?" in page
    assert browser.post("/en/klasse", form_of(page, pseudonym="Otter")).status_code == 303
    for address in (f"/en/klasse/{school_class.code}", f"/en/klasse/{school_class.code}?z=0123456789abcdef", "/en/klasse/CCCCCC"):
        assert "What shall we call you?" not in text_of(make_browser(city).get(address))


def test_a_name_is_proposed_another_on_request_and_one_that_hurts_refused(school_class: Any) -> None:
    city = school_class.city
    type(city).objects.filter(pk=city.pk).update(rules={"words": ["idiot"]})
    browser = make_browser(city)
    page = text_of(browser.post("/en/klasse", {"code": school_class.code}))
    assert re.search(r'name="pseudonym" value="\w+ \w+"', page)
    assert "please take no name that you really have" in page
    again = browser.post("/en/klasse", form_of(page, pseudonym="X", again="1"))
    assert (again.status_code, 'value="X"' in text_of(again)) == (200, False)
    refused = browser.post("/en/klasse", form_of(page, pseudonym="1d10t"))
    assert (refused.status_code, "could hurt somebody" in text_of(refused), 'value="1d10t"' in text_of(refused)) == (422, True, True)
    assert pupils(city) == []


def test_the_form_sent_twice_is_one_pupil(school_class: Any) -> None:
    browser = make_browser(school_class.city)
    form = form_of(text_of(browser.post("/en/klasse", {"code": school_class.code})), pseudonym="Otter")
    make_browser(school_class.city).post("/en/klasse", form)
    assert browser.post("/en/klasse", form).status_code == 303
    assert pupils(school_class.city) == ["Otter"]
    forged = {**form, "seal": "no"}
    make_browser(school_class.city).post("/en/klasse", forged)
    assert pupils(school_class.city) == ["Otter", "Otter 2"]


def test_who_is_signed_in_signs_out_first_and_a_guest_is_told(school_class: Any) -> None:
    signed_in = make_browser(school_class.city, make_participant(school_class.city))
    response = signed_in.post("/en/klasse", {"code": school_class.code})
    assert (response.status_code, "please sign out first" in text_of(response)) == (409, True)
    guest = make_browser(school_class.city, make_guest(school_class.city, "Gast"))
    assert "Gast takes part already" in text_of(guest.get("/en/klasse"))


def test_guesses_run_out_at_the_door(school_class: Any) -> None:
    from civitas.people.rates import LIMITS

    browser = make_browser(school_class.city, make_guest(school_class.city))
    statuses = [browser.post("/en/klasse", {"code": "CCC CCC"}).status_code for _each in range(LIMITS["class_code"][1] + 1)]
    assert (set(statuses[:-1]), statuses[-1]) == ({422}, 429)
    response = browser.post("/en/klasse", {"code": school_class.code})
    assert (response.status_code, "Too many codes were tried" in text_of(response)) == (429, True)


def test_the_teachers_code_opens_the_page_of_that_class_and_no_other(school_class: Any, step: Any) -> None:
    sheet = print_sheet(make_actor(step.city, "owner"), school_class)
    other = make_class(step, "Klasse 9a")
    taken, theirs = sit(school_class, "Leiser Uhu"), sit(other, "Frohe Robbe")
    teacher = make_browser(step.city)
    assert teacher.get("/en/klasse/leitung")["Location"] == "/en/klasse"
    assert teacher.post("/en/klasse", {"code": sheet.teacher_code})["Location"] == "/en/klasse/leitung"
    page = text_of(teacher.get("/en/klasse/leitung"))
    assert ("Leiser Uhu" in page, "Frohe Robbe" in page, "Let it appear at once" in page) == (True, False, False)
    assert teacher.post("/en/klasse/leitung", {"do": "show"}).status_code == 403
    wrong = teacher.post("/en/klasse/leitung", {"do": "extend", "closes_on": "2020-01-01"})
    assert (wrong.status_code, "lies before the first" in text_of(wrong)) == (422, True)
    later = (timezone.localdate() + 60 * DAY).isoformat()
    assert teacher.post("/en/klasse/leitung", {"do": "extend", "closes_on": later}).status_code == 303
    slip = teacher.post(f"/en/klasse/leitung/platz/{taken.seat.number}", {"do": "slip"})
    assert (slip.status_code, "no-store" in slip["Cache-Control"]) == (200, True)
    assert teacher.post(f"/en/klasse/leitung/platz/{taken.seat.number}", {}).status_code == 422
    assert teacher.post(f"/en/klasse/leitung/platz/{taken.seat.number}", {"texts": "stay"}).status_code == 303
    assert teacher.get(f"/en/klasse/leitung/platz/{taken.seat.number}").status_code == 404
    assert teacher.post("/en/klasse/leitung", {"do": "close"}).status_code == 303
    assert SchoolClass.objects.of(step.city).get(pk=school_class.pk).is_over
    assert not SchoolClass.objects.of(step.city).get(pk=other.pk).is_over
    assert Seat.objects.of(step.city).get(pk=theirs.seat.pk).participant == theirs.participant
    assert teacher.get(f"/en/verwaltung/klassen/{school_class.pk}").status_code == 302
    # What a teacher prints leaves them their page, also when they press twice.
    assert teacher.post("/en/klasse/leitung", {"do": "print", "as": "page"}).status_code == 409
    a_minute_later(school_class)
    printed = teacher.post("/en/klasse/leitung", {"do": "print", "as": "page"})
    assert (printed.status_code, "stays the one that you have" in text_of(printed)) == (200, True)
    twice = teacher.post("/en/klasse/leitung", {"do": "print", "as": "page"})
    assert (twice.status_code, "printed a moment ago" in text_of(twice)) == (409, True)
    assert teacher.get("/en/klasse/leitung").status_code == 200
    a_minute_later(school_class)
    # A new sheet of the team's has another code, and so takes the page away.
    print_sheet(make_actor(step.city, "owner"), school_class)
    assert teacher.get("/en/klasse/leitung").status_code == 302
    elsewhere = make_browser(make_city("kassel"))
    elsewhere.cookies.update(teacher.cookies)
    assert elsewhere.get("/en/klasse/leitung").status_code == 302


def test_nobody_leads_a_class_by_a_forged_cookie(school_class: Any) -> None:
    browser = make_browser(school_class.city)
    browser.cookies["class_lead"] = "x:y:z"
    for address in ("/en/klasse/leitung", "/en/klasse/leitung/platz/1"):
        assert browser.post(address, {"do": "close"}).status_code == 302
    assert not SchoolClass.objects.of(school_class.city).get().is_over


def test_the_team_makes_a_class_and_prints_its_sheet_once(step: Any) -> None:
    owner = make_browser(step.city, make_staff(step.city, "owner"))
    page = text_of(owner.get("/en/verwaltung/klassen/neu?beteiligung=spielplatz"))
    assert 'value="spielplatz" selected' in page
    today = timezone.localdate()
    typed = {"name": "Klasse 8b", "process": "spielplatz", "seats": "3", "opens_on": today.isoformat(), "waits": "on"}
    wrong = owner.post("/en/verwaltung/klassen/neu", form_of(page, **typed, closes_on="gestern"))
    assert (wrong.status_code, "such as 12.05.2026" in text_of(wrong), 'value="gestern"' in text_of(wrong)) == (422, True, True)
    made = owner.post("/en/verwaltung/klassen/neu", form_of(page, **typed, closes_on=(today + 9 * DAY).isoformat()))
    row = SchoolClass.objects.of(step.city).get()
    assert made["Location"] == f"/en/verwaltung/klassen/{row.pk}"
    sheet = owner.post(made["Location"], {"do": "print", "as": "page"})
    codes = re.findall(r'sh__code">([A-Z0-9 ]+)<', text_of(sheet))
    assert ("no-store" in sheet["Cache-Control"], [len(code) for code in codes]) == (True, [15, 11, 11, 11])
    again = text_of(owner.get(made["Location"]))
    assert not [code for code in codes if code in again]
    assert "Last printed" in again
    assert make_browser(step.city).post("/en/klasse", {"code": codes[1]}).status_code == 200


def test_the_sheet_is_a_pdf_where_the_machine_makes_some(school_class: Any) -> None:
    from civitas.kit.pdf import may_print

    owner = make_browser(school_class.city, make_staff(school_class.city, "owner"))
    sheet = owner.post(f"/en/verwaltung/klassen/{school_class.pk}", {"do": "print"})
    assert "no-store" in sheet["Cache-Control"]
    assert (sheet["Content-Type"] == "application/pdf") == bool(may_print())


@pytest.mark.parametrize("count", [1, 3])
def test_list_and_page_cost_the_same_for_few_and_for_many(school_class: Any, step: Any, count: int) -> None:
    owner = make_browser(step.city, make_staff(step.city, "owner"))
    for number in range(count):
        make_class(step, f"Klasse {number}")
        sit(school_class, f"Otter {number}")
    for address, most in (("/en/verwaltung/klassen", 8), (f"/en/verwaltung/klassen/{school_class.pk}", 10)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert owner.get(address).status_code == 200
        assert len(queries) <= most, [each["sql"][:90] for each in queries]


def test_the_door_is_linked_from_sign_in_and_process_and_stands_on_my_page(school_class: Any, step: Any) -> None:
    browser = make_browser(step.city)
    assert 'href="/en/klasse"' in text_of(browser.get("/en/konto/anmelden"))
    assert 'href="/en/klasse"' in text_of(browser.get("/en/beteiligung/spielplatz"))
    actor = pupil(school_class)
    mine = text_of(make_browser(step.city, actor.participant).get("/en/mein"))
    assert "Klasse 8b, seat 3" in mine
    assert "konto/anmelden?" not in mine


def test_a_signed_in_stranger_and_no_login_find_no_desk(school_class: Any) -> None:
    make_step(make_process(school_class.city))
    for person, status in ((None, 302), (make_participant(school_class.city), 403), (make_staff(school_class.city, "expert"), 403)):
        browser = make_browser(school_class.city, person)
        for address in ("klassen", "klassen/neu", f"klassen/{school_class.pk}", f"klassen/{school_class.pk}/platz/1"):
            assert browser.get(f"/en/verwaltung/{address}").status_code == status, address
    foreign = make_city("kassel")
    assert make_browser(foreign, make_staff(foreign, "owner")).get(f"/en/verwaltung/klassen/{school_class.pk}").status_code == 404
