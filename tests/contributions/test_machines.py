"""What looks sent by machines waits for the team: no proof of work, the same text from many, many links; what is blocked is refused."""

from typing import Any

import pytest
from tests.factories import make_actor, make_browser, make_city, make_contribution, make_guest, make_participant, make_process, make_step
from tests.people.test_proofs import solved

from civitas.contributions.actions import submit_contribution
from civitas.contributions.machines import MOST_COPIES, asks_proof
from civitas.contributions.models import Contribution
from civitas.dialogue.actions import add_comment
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.people.actors import Actor, actor_of, city_actor
from civitas.people.proofs import ask, read

pytestmark = pytest.mark.django_db
TEXT = "An der Haltestelle fehlt seit Jahren ein Dach gegen den Regen."


@pytest.fixture(autouse=True)
def _cost(settings: Any) -> None:
    settings.PROOF_COST = 50


@pytest.fixture
def city() -> Any:
    return make_city("hamburg")


@pytest.fixture
def step(city: Any) -> Any:
    return make_step(make_process(city))


def proved(actor: Actor) -> Actor:
    proof = read(actor.city, "/hier", solved(ask(actor.city, "/hier")))
    assert proof is not None
    return Actor(actor.city, actor.participant, actor.roles, actor.channel, actor.source, proof=proof)


def give(actor: Actor, step: Any, text: str = TEXT) -> str:
    given = submit_contribution(actor, step, uid=uuid7(), kind="idea", title="Ein Dach", text=text)
    return str(given.visibility)


def guest(city: Any) -> Actor:
    return actor_of(make_guest(city))


def test_a_guests_text_appears_with_a_proof_and_waits_without(city: Any, step: Any) -> None:
    assert give(proved(guest(city)), step) == "published"
    assert give(guest(city), step, "Die Bank am Ufer ist zerbrochen und gefährlich.") == "waiting"


def test_a_proof_carries_one_text(city: Any, step: Any) -> None:
    actor = proved(guest(city))
    assert [give(actor, step), give(actor, step, "Ein zweiter Text mit demselben Nachweis wartet hier.")] == ["published", "waiting"]


def test_a_comment_waits_without_a_proof_too(city: Any, step: Any) -> None:
    root = make_contribution(step)
    written = [add_comment(actor, root, uid=uuid7(), text="Das sehe ich genauso") for actor in (guest(city), proved(guest(city)))]
    assert [row.visibility for row in written] == ["waiting", "published"]


def test_who_is_known_is_asked_for_no_proof(city: Any, step: Any) -> None:
    person = make_participant(city)
    new = actor_of(person)
    assert asks_proof(new)
    make_contribution(step, author=person)
    assert not asks_proof(new)
    assert not asks_proof(make_actor(city, "moderator"))
    assert not asks_proof(city_actor(city, channel="import"))
    assert asks_proof(Actor(city))


def test_nobody_is_asked_where_the_house_asks_for_none(city: Any, step: Any, settings: Any) -> None:
    settings.PROOF_COST = 0
    assert not asks_proof(Actor(city))
    assert give(guest(city), step) == "published"


def test_the_same_text_from_many_waits_and_another_does_not(city: Any, step: Any) -> None:
    seen = [give(proved(guest(city)), step, f"{TEXT} {number}!") for number in range(MOST_COPIES + 2)]
    assert seen == ["published"] * MOST_COPIES + ["waiting"] * 2
    assert give(proved(guest(city)), step, "Etwas ganz anderes steht in diesem Text geschrieben.") == "published"


def test_short_agreement_is_no_copy(city: Any, step: Any) -> None:
    root = make_contribution(step)
    rows = [add_comment(proved(guest(city)), root, uid=uuid7(), text="Ich bin dafür!") for _each in range(MOST_COPIES + 3)]
    assert {row.visibility for row in rows} == {"published"}


def test_the_team_and_imports_bring_the_same_text_as_often_as_they_like(city: Any, step: Any) -> None:
    for actor in (make_actor(city, "moderator"), city_actor(city, channel="import")):
        assert {give(actor, step) for _each in range(MOST_COPIES + 2)} == {"published"}


def test_many_links_wait(city: Any, step: Any) -> None:
    links = ["https://eins.example/a", "www.zwei.example", "http://www.drei.example/c"]
    assert give(proved(guest(city)), step, " ".join(links[:2])) == "published"
    assert give(proved(guest(city)), step, " ".join(links)) == "waiting"


def test_a_wave_without_proofs_is_refused_before_it_buries_the_team(city: Any, step: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from civitas.people import rates

    monkeypatch.setitem(rates.LIMITS_IN_ALL, "unproved", 4)
    for number in range(4):
        give(guest(city), step, f"Ein Text ohne jeden Nachweis mit der Nummer {'x' * number}")
    with pytest.raises(Refused) as refused:
        give(guest(city), step)
    assert refused.value.status == 429
    assert give(proved(guest(city)), step) == "published"


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Kauft bei https://www.boese.example/jetzt ein", False),
        ("Kauft bei shop.boese.example ein", False),
        ("Kauft bei boese.example.", False),
        ("Kauft bei gutboese.example ein", True),
        ("Kauft bei boese.example.org ein", True),
    ],
)
def test_a_blocked_website_is_refused_with_its_name(city: Any, text: str, taken: bool) -> None:
    city.rules = {"blocked": [" https://www.Boese.example/ "]}
    city.save()
    step = make_step(make_process(city))
    if taken:
        assert give(proved(guest(city)), step, text) == "published"
        return
    with pytest.raises(Refused, match=r"boese\.example"):
        give(proved(guest(city)), step, text)
    assert give(make_actor(city, "moderator"), step, text) == "published"


def test_a_blocked_mail_provider_is_refused_at_its_field(city: Any) -> None:
    city.rules = {"blocked": ["wegwerf.example"]}
    city.save()
    person = make_guest(city)
    person.guest_mail = "x@wegwerf.example"
    person.save()
    with pytest.raises(Refused) as refused:
        give(proved(actor_of(person)), make_step(make_process(city)))
    assert list(refused.value.fields) == ["mail"]
    assert not Contribution.objects.of(city).exists()


def test_the_page_asks_newcomers_and_says_what_happens_without_scripts(city: Any, step: Any) -> None:
    row = make_contribution(step)
    page = make_browser(city).get(row.path).content.decode()
    assert '<prove-work data-ask="/nachweis"' in page
    assert "<noscript>" in page
    known = make_participant(city)
    make_contribution(step, author=known)
    assert "<prove-work" not in make_browser(city, known).get(row.path).content.decode()


def test_a_form_with_its_proof_is_shown_and_one_without_waits(city: Any, step: Any) -> None:
    row = make_contribution(step)
    for proof, visibility in (("", "waiting"), ("right", "published")):
        browser = make_browser(city)
        page = browser.get(row.path).content.decode()
        path = page.split('class="form write" method="post" action="')[1].split("#")[0]
        question = browser.get("/nachweis", {"form": path}).json()
        uid, seal = (page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("uid", "seal"))
        words = {"text": f"Ein Kommentar {proof}", "stance": "neutral", "proof": proof and solved(question)}
        sent = browser.post(path, {"uid": uid, "seal": seal} | words)
        assert sent.status_code in {302, 303}
        assert Contribution.objects.of(city).filter(kind="comment").order_by("-pk").first().visibility == visibility
