"""The proof of work: solved over plain http, good once, for one city, one form, one hour; harder in a wave."""

import base64
import datetime as dt
import json
import threading
from typing import Any

import pytest
import time_machine
from altcha import ChallengeV1, solve_challenge_v1
from django.db import connection
from django.test import Client
from tests.factories import make_browser, make_city

from civitas.people import proofs
from civitas.people.counting import count_tries, start_of
from civitas.people.proofs import CALM, GOOD, HARDEST, ask, read, use

NOON = dt.datetime(2026, 5, 12, 10, 0, 1, tzinfo=dt.UTC)
FORM = "/mitmachen"


@pytest.fixture(autouse=True)
def _cost(settings: Any) -> None:
    settings.PROOF_COST = 200


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


def solved(question: dict[str, Any], **lies: Any) -> str:
    challenge = ChallengeV1(question["algorithm"], question["challenge"], question["maxNumber"], question["salt"], question["signature"])
    found = solve_challenge_v1(challenge)
    assert found is not None
    kept = {name: question[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps(kept | {"number": found.number} | lies).encode()).decode()


def test_an_answer_is_right_for_its_city_its_form_and_its_hour(city: Any) -> None:
    with time_machine.travel(NOON, tick=False):
        answer = solved(ask(city, FORM))
        assert read(city, FORM, answer) is not None
        assert read(city, "/anderswo", answer) is None
        assert read(make_city("kassel"), FORM, answer) is None
    with time_machine.travel(NOON + GOOD + dt.timedelta(seconds=2), tick=False):
        assert read(city, FORM, answer) is None


@pytest.mark.parametrize(
    "lies",
    [
        {"number": 100_000},
        {"number": "7"},
        {"number": None},
        {"signature": "0" * 64},
        {"algorithm": "SHA-1"},
        {"algorithm": "MD5"},
        {"salt": 7},
        {"salt": "0011?expires=99999999999&city=hamburg&form=%2Fmitmachen&"},
    ],
)
def test_a_forged_answer_is_none(city: Any, lies: dict[str, Any]) -> None:
    assert read(city, FORM, solved(ask(city, FORM), **lies)) is None


@pytest.mark.parametrize("answer", ["", "unsinn", "bnVsbA==", "W10=", "e30=", "A" * 5_000, "ä"])
def test_nonsense_is_none(city: Any, answer: str) -> None:
    assert read(city, FORM, answer) is None


def test_what_belongs_to_the_question_cannot_move_into_the_number(city: Any) -> None:
    question = ask(city, FORM)
    start, _sign, rest = question["salt"].partition("expires=")
    whole = json.loads(base64.b64decode(solved(question)))
    moved = whole | {"salt": start, "number": f"expires={rest}{whole['number']}"}
    assert read(city, FORM, base64.b64encode(json.dumps(moved).encode()).decode()) is None


def test_a_proof_is_good_once(city: Any) -> None:
    proof = read(city, FORM, solved(ask(city, FORM)))
    assert proof is not None
    assert [use(city, proof), use(city, proof)] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_a_proof_is_good_once_also_at_the_same_moment() -> None:
    city = make_city("hamburg")
    proof = read(city, FORM, solved(ask(city, FORM)))
    assert proof is not None
    good: list[bool] = []
    start = threading.Barrier(6)

    def once() -> None:
        start.wait()
        good.append(use(city, proof))
        connection.close()

    threads = [threading.Thread(target=once) for _each in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(good) == [False] * 5 + [True]


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(("lately", "times"), [(0, 1), (CALM - 1, 1), (CALM, 2), (3 * CALM, 4), (100 * CALM, HARDEST)])
def test_the_question_grows_with_the_wave(city: Any, lately: int, times: int) -> None:
    count_tries(city, proofs._ALL, start_of(proofs.WINDOW), lately)
    assert ask(city, FORM)["maxNumber"] == 200 * times
    with time_machine.travel(NOON + 2 * proofs.WINDOW, tick=False):
        assert ask(city, FORM)["maxNumber"] == 200


def test_a_page_asks_for_the_question_of_its_form(city: Any) -> None:
    answer = make_browser(city).get("/nachweis", {"form": FORM})
    assert read(city, FORM, solved(answer.json())) is not None
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("form", ["", "mitmachen", "/" + "x" * 300])
def test_a_question_for_no_form_is_not_found(city: Any, form: str) -> None:
    assert make_browser(city).get("/nachweis", {"form": form}).status_code == 404


def test_the_bare_host_asks_nothing(db: None) -> None:
    assert Client(headers={"host": "localhost"}).get("/nachweis", {"form": FORM}).status_code == 404
