"""A school class: made by the team, joined on a phone, come back to on another device with the slip, closed by the teacher."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect
from tests.browser.conftest import check_axe
from tests.browser.doing import fill, send

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit


def type_code(visit: Visit, code: str) -> Page:
    page = visit.open("hamburg", "/klasse")
    page.locator("#id_code").fill(code.lower())
    page.locator(".cls__form button").click()
    return page


def make_class(desk: Page) -> tuple[str, str, list[str]]:
    """The team makes a class by mouse, and shows its sheet: the codes of the class, the teacher and the slips."""
    desk.get_by_role("link", name="Neue Klasse").first.click()
    check_axe(desk)
    desk.locator("#id_name").fill("Klasse 8b, Stadtteilschule Veddel")
    desk.locator("#id_process").select_option("buergersensor")
    desk.locator("#id_seats").fill("3")
    desk.get_by_role("button", name="Klasse anlegen").click()
    check_axe(desk)
    class_code = desk.locator(".class__code .cls__code").inner_text().strip()
    desk.get_by_role("button", name="Als Seite zeigen").click()
    check_axe(desk)
    slips = [each.strip() for each in desk.locator(".sh--slips .sh__code").all_inner_texts()]
    return class_code, desk.locator(".sh--teacher .sh__code").inner_text().strip(), slips


def join(door: Page, class_code: str) -> str:
    """A pupil tries a wrong code, then the right one, and takes a name; returns the code that is to be written down."""
    check_axe(door)
    door.locator("#id_code").fill("CCC CCC")
    door.locator(".cls__form button").click()
    expect(door.locator("#id_code-error")).to_contain_text("Diesen Code kennen wir nicht")
    door.locator("#id_code").fill(class_code.lower())
    door.locator(".cls__form button").click()
    expect(door.locator("#id_pseudonym")).to_have_value(re.compile(r"\S+ \S+"))
    check_axe(door)
    door.locator("#id_pseudonym").fill("Leiser Uhu")
    # The key that sends takes the typed name; it does not ask for another one.
    door.locator("#id_pseudonym").press("Enter")
    expect(door.get_by_role("heading", level=1)).to_have_text("Hallo Leiser Uhu!")
    check_axe(door)
    return door.locator(".cls__slip .cls__code").inner_text().strip()


def test_a_class_from_the_desk_to_the_phone_and_back_again(signed_in: Any, visit: Any) -> None:
    desk = signed_in("hamburg", "administrator").open("hamburg", "/verwaltung/klassen")
    class_code, teacher_code, slips = make_class(desk)
    assert (len(class_code), len(teacher_code), [len(each) for each in slips]) == (7, 15, [11, 11, 11])
    phone = visit("phone")
    phone.expect_error("422")  # a code that opens nothing
    door = phone.open("hamburg", "/klasse")
    own_code = join(door, class_code)
    assert own_code not in slips

    # Gives, without being asked for mail or pictures; the team reads it first.
    door.locator(".cls__in .actions a").first.click()
    expect(door.locator("form.give")).to_be_visible()
    expect(door.locator("#id_mail")).to_have_count(0)
    expect(door.locator("main input[type=file]")).to_have_count(0)
    fill(door, title="Mehr Schaukeln auf dem Spielplatz", text="In der Pause stehen alle vor der einen Schaukel.")
    assert send(door) == 303
    expect(door.locator(".thanks__head")).to_contain_text("Zuerst liest ihn unser Team")
    expect(door.locator("main a[href*=zuordnen]")).to_have_count(0)

    # Another device knows them by their slip, and finds what they gave.
    laptop = type_code(visit(), own_code)
    expect(laptop.get_by_role("heading", level=1)).to_have_text("Hallo Leiser Uhu!")
    laptop.locator(".cls__end a[href$='/mein']").click()
    expect(laptop.locator("main")).to_contain_text("Mehr Schaukeln auf dem Spielplatz")
    laptop.locator("a[href$='/klasse']").first.click()
    laptop.get_by_role("button", name="Ich bin fertig").click()
    expect(laptop.locator("#id_code")).to_be_visible()

    # A slip that is scanned has its code behind the '#'.
    scanned = visit("phone").open("hamburg", "/klasse#" + slips[0].replace(" ", ""))
    expect(scanned.locator("#id_code")).to_have_value(slips[0].replace(" ", ""))

    # The teacher sees who is here, and closes it. From then on the class only reads.
    tutor = visit()
    tutor.expect_error("409")  # a second sheet within a minute
    teacher = type_code(tutor, teacher_code)
    expect(teacher.locator(".class__seats")).to_contain_text("Leiser Uhu")
    expect(teacher.locator(".class__seats h2")).to_have_text("1 von 3 Plätzen sind besetzt")
    teacher.get_by_role("button", name="Als Seite zeigen").click()
    expect(teacher.locator("#sheet-title ~ [role=alert]")).to_contain_text("Das Blatt wurde gerade eben gedruckt")
    check_axe(teacher)
    teacher.locator(".class__seats a").first.click()
    check_axe(teacher)
    teacher.get_by_role("link", name="Zurück zur Klasse").click()
    teacher.locator("button[value=close]").click()
    expect(teacher.locator("#time-title")).to_have_text("Die Zeit ist vorbei")
    late = phone.open("hamburg", "/geben")
    expect(late.locator("main")).to_contain_text("Die Zeit deiner Klasse ist hier vorbei")
    expect(late.locator("form.give")).to_have_count(0)
