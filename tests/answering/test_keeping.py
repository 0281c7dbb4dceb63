"""What the team keeps for its answers: two people who change the same thing see each other's words, and nothing is overwritten unseen."""

from typing import Any

import pytest
from tests.factories import make_browser, make_city, make_staff

from civitas.answering.actions import keeping
from civitas.answering.models import AssignmentRule, Body, Template
from civitas.answering.queries.keeping import bodies_of
from civitas.kit.verdicts import Refused

pytestmark = pytest.mark.django_db
SAVED = "Das hat eine Kollegin oder ein Kollege gespeichert"


@pytest.fixture
def body(town: Any) -> Body:
    return keeping.save_body(town.actor("owner"), None, name="Bahn (Muster)", contact="bahn.example")


@pytest.fixture
def rule(town: Any) -> AssignmentRule:
    return keeping.save_rule(town.actor("owner"), None, organisation=town.office)


@pytest.fixture
def template(town: Any) -> Template:
    return keeping.save_template(town.actor("owner"), None, title="Dank", status="", text={"de": "Danke."})


def status_of(do: Any, *arguments: Any, **options: Any) -> int:
    with pytest.raises(Refused) as refused:
        do(*arguments, **options)
    return refused.value.status


def test_a_body_is_not_overwritten_by_who_saw_an_older_one(town: Any, body: Body) -> None:
    keeping.save_body(town.actor("moderator"), body, name=body.name, contact="neu.example", version=1)
    assert status_of(keeping.save_body, town.actor("owner"), body, name=body.name, contact="alt.example", version=1) == 409
    assert status_of(keeping.retire_body, town.actor("owner"), body, version=1) == 409
    row = Body.objects.get()
    assert (row.contact, row.version, row.retired_at) == ("neu.example", 2, None)
    keeping.retire_body(town.actor("owner"), body, version=2)
    assert Body.objects.get().retired_at is not None


def test_a_rule_is_not_overwritten_by_who_saw_an_older_one(town: Any, rule: AssignmentRule) -> None:
    keeping.save_rule(town.actor("moderator"), rule, organisation=town.office, person=town.expert, version=1)
    assert status_of(keeping.save_rule, town.actor("owner"), rule, organisation=town.other_office, version=1) == 409
    assert status_of(keeping.drop_rule, town.actor("owner"), rule, version=1) == 409
    row = AssignmentRule.objects.get()
    assert (row.organisation, row.person, row.version) == (town.office, town.expert, 2)


def test_a_rule_keeps_its_version_when_another_is_tried_before_it(town: Any, rule: AssignmentRule) -> None:
    second = keeping.save_rule(town.actor("owner"), None, organisation=town.other_office)
    keeping.move_rule_up(town.actor("owner"), second)
    keeping.save_rule(town.actor("owner"), rule, organisation=town.office, person=town.expert, version=1)
    assert list(AssignmentRule.objects.order_by("position").values_list("organisation", "person")) == [
        (town.other_office.pk, None),
        (town.office.pk, town.expert.pk),
    ]


def test_what_a_colleague_has_removed_is_not_saved_again(town: Any, rule: AssignmentRule) -> None:
    keeping.drop_rule(town.actor("moderator"), rule, version=1)
    assert status_of(keeping.save_rule, town.actor("owner"), rule, organisation=town.office, version=1) == 409
    assert not AssignmentRule.objects.exists()


@pytest.mark.parametrize(("what", "address"), [("template", "/verwaltung/vorlagen"), ("rule", "/verwaltung/antworten/zustaendig")])
def test_what_was_typed_into_something_that_a_colleague_removed_is_kept_and_can_be_saved_as_new(
    town: Any, template: Template, rule: AssignmentRule, what: str, address: str
) -> None:
    row: Any = {"template": template, "rule": rule}[what]
    drop = {"template": keeping.drop_template, "rule": keeping.drop_rule}[what]
    drop(town.actor("moderator"), row, version=1)
    browser = make_browser(town.city, town.owner)
    typed = {"title": "Mein Dank", "text_de": "Herzlichen Dank.", "organisation": str(town.other_office.pk), "version": "1"}
    answer = browser.post(f"{address}/{row.pk}", typed)
    page = answer.text
    assert (answer.status_code, "inzwischen entfernt" in page, f'action="{address}/neu"' in page) == (409, True, True)
    kept = "Herzlichen Dank." if what == "template" else f'value="{town.other_office.pk}" selected'
    assert (kept in page, browser.post(f"{address}/neu", typed).status_code, type(row).objects.count()) == (True, 302, 1)
    assert browser.post(f"{address}/{row.pk}", {"do": "drop", "version": "1"}).headers["Location"] == address
    assert [browser.get(f"{address}/{key}").status_code for key in (row.pk, 999)] == [404, 404]
    assert browser.post(f"{address}/999", typed).status_code == 404


def test_what_another_city_removed_is_not_found(town: Any, template: Template) -> None:
    keeping.drop_template(town.actor("owner"), template, version=1)
    kassel = make_city("kassel")
    assert make_browser(kassel, make_staff(kassel, "owner")).post(f"/verwaltung/vorlagen/{template.pk}", {}).status_code == 404


def test_the_second_sees_on_the_page_what_changed_and_keeps_what_they_typed(town: Any, body: Body) -> None:
    jule, nils = make_browser(town.city, town.moderator), make_browser(town.city, town.owner)
    address = f"/verwaltung/antworten/stellen/{body.pk}"
    assert 'name="version" value="1"' in nils.get(address).text
    jule.post(address, {"name": "Bahn (Muster)", "contact": "neu.example", "version": 1})
    answer = nils.post(address, {"name": "Bahn (Muster)", "contact": "alt.example, Telefon 1", "version": 1})
    page = answer.text
    assert (answer.status_code, SAVED in page, "neu.example" in page, "alt.example, Telefon 1" in page) == (
        409, True, True, True,
    )  # fmt: skip
    assert 'name="version" value="2"' in page
    nils.post(address, {"name": "Bahn (Muster)", "contact": "alt.example, Telefon 1", "version": 2})
    assert Body.objects.get().contact == "alt.example, Telefon 1"


def test_a_rule_says_what_a_colleague_chose(town: Any, rule: AssignmentRule) -> None:
    jule, nils = make_browser(town.city, town.moderator), make_browser(town.city, town.owner)
    address = f"/verwaltung/antworten/zustaendig/{rule.pk}"
    jule.post(address, {"organisation": town.other_office.pk, "version": 1})
    answer = nils.post(address, {"organisation": town.office.pk, "person": town.expert.pk, "version": 1})
    said = answer.text.partition(SAVED)[2].partition("</div>")[0]
    assert (answer.status_code, "Bauamt" in said, "Niemand Bestimmtes" in said) == (409, True, True)
    assert AssignmentRule.objects.get().organisation == town.other_office
    gone = nils.post(address, {"organisation": town.office.pk, "version": 1, "do": "drop"})
    assert (gone.status_code, AssignmentRule.objects.count()) == (409, 1)


def test_a_template_shows_the_other_wording_too(town: Any, template: Template) -> None:
    jule, nils = make_browser(town.city, town.moderator), make_browser(town.city, town.owner)
    address = f"/verwaltung/vorlagen/{template.pk}"
    data = {"title": "Dank", "status": "", "version": 1}
    jule.post(address, data | {"text_de": "Danke sehr."})
    page = nils.post(address, data | {"text_de": "Vielen Dank."}).text
    assert ("Danke sehr." in page, "Vielen Dank." in page) == (True, True)
    assert nils.post(address, data | {"text_de": "x", "do": "drop"}).status_code == 409
    assert Template.objects.get().text == {"de": "Danke sehr."}


def test_a_body_that_is_offered_no_longer_comes_back_under_its_name(town: Any, body: Body) -> None:
    keeping.retire_body(town.actor("owner"), body, version=body.version)
    again = keeping.save_body(town.actor("owner"), None, name=body.name, contact="neu.example")
    assert (again.pk, again.version) == (body.pk, 3)
    assert [each.contact for each in bodies_of(town.city)] == ["neu.example"]


def test_the_same_form_sent_twice_is_no_colleague(town: Any, template: Template, body: Body, rule: AssignmentRule) -> None:
    nils = make_browser(town.city, town.owner)
    forms = {
        f"/verwaltung/vorlagen/{template.pk}": {"title": "Dank", "text_de": "Vielen Dank.", "version": 1},
        f"/verwaltung/antworten/stellen/{body.pk}": {"name": "Bahn", "contact": "bahn.example", "version": 1},
        f"/verwaltung/antworten/zustaendig/{rule.pk}": {"organisation": town.other_office.pk, "version": 1},
        "/verwaltung/vorlagen/neu": {"title": "Absage", "text_de": "Leider nein."},
        "/verwaltung/antworten/stellen/neu": {"name": "Hafen", "contact": "hafen.example"},
        "/verwaltung/antworten/zustaendig/neu": {"organisation": town.office.pk},
    }
    statuses = [[nils.post(address, typed).status_code for _twice in range(2)] for address, typed in forms.items()]
    assert statuses == [[302, 302]] * len(forms)
    for rows in (Template.objects.all(), Body.objects.all(), AssignmentRule.objects.all()):
        assert sorted(rows.values_list("version", flat=True)) == [1, 2]
