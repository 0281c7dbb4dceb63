"""The traffic light: every rule of it, and that the first that fits decides."""

from __future__ import annotations

import datetime as dt

import pytest

from civitas.cockpit.lights import (
    CAUGHT,
    GOOD,
    QUIET,
    STUCK,
    MadeFacts,
    ProcessFacts,
    ServiceFacts,
    light_of_made,
    light_of_process,
    light_of_service,
)
from civitas.cockpit.measures import CONCEPT, THEME


@pytest.mark.parametrize(
    ("facts", "key", "reason"),
    [
        ({"is_open": True, "voices": 312}, GOOD, "312 Stimmen, nichts ist überfällig"),
        ({"is_open": True, "overdue": 12, "overdue_days": 9}, CAUGHT, "12 Antworten sind überfällig, die älteste seit 9 Tagen"),
        ({"is_open": True, "overdue": 1, "overdue_days": 1}, CAUGHT, "1 Antwort ist überfällig, die älteste seit 1 Tag"),
        ({"is_open": True, "has_owner": False, "overdue": 12}, STUCK, "Niemand ist als verantwortlich benannt"),
        ({"over_days": 31}, STUCK, "Seit 31 Tagen vorbei, das Ergebnis fehlt"),
        ({"over_days": 30}, QUIET, "Vorbei, das Ergebnis wird geschrieben"),
        ({"over_days": 400, "has_result": True}, QUIET, "Abgeschlossen, das Ergebnis steht da"),
        (
            {"over_days": 400, "has_result": True, "overdue": 2, "overdue_days": 3},
            CAUGHT,
            "2 Antworten sind überfällig, die älteste seit 3 Tagen",
        ),
        ({"has_next": True}, CAUGHT, "Der nächste Schritt hat noch keinen Tag"),
        ({"has_next": True, "next_has_day": True, "voices": 1}, GOOD, "Geht an seinem Tag weiter, nichts ist überfällig"),
        ({"is_open": True, "voices": 1}, GOOD, "1 Stimme, nichts ist überfällig"),
        ({"is_open": True, "collects": True, "silent_days": 22}, CAUGHT, "Seit 22 Tagen keine neue Stimme"),
        ({"is_open": True, "collects": True, "silent_days": 21, "voices": 5}, GOOD, "5 Stimmen, nichts ist überfällig"),
        ({"is_open": True, "collects": True, "open_days": 22}, CAUGHT, "Seit 22 Tagen keine neue Stimme"),
        ({"is_open": True, "open_days": 22, "voices": 5}, GOOD, "5 Stimmen, nichts ist überfällig"),
        ({"is_draft": True, "has_owner": False}, QUIET, "Ein Entwurf, den nur das Team sieht"),
        ({"is_archived": True, "overdue": 3}, QUIET, "Im Archiv abgelegt"),
    ],
)
def test_the_light_of_a_process(facts: dict[str, int], key: str, reason: str) -> None:
    light = light_of_process(ProcessFacts(**facts))  # type: ignore[arg-type]  # names and values of the table above
    assert (light.key, light.reason) == (key, reason)


@pytest.mark.parametrize(
    ("stage", "waits", "age", "key"),
    [
        (THEME, True, 28, GOOD),
        (THEME, True, 29, CAUGHT),
        (THEME, True, 90, CAUGHT),
        (THEME, True, 91, STUCK),
        (THEME, False, 400, GOOD),
        (CONCEPT, True, 90, GOOD),
        (CONCEPT, True, 91, CAUGHT),
        (CONCEPT, True, 181, STUCK),
    ],
)
def test_the_light_of_what_was_made(stage: int, waits: bool, age: int, key: str) -> None:
    light = light_of_made(MadeFacts(stage, waits=waits, age_days=age, voices=64))
    assert light.key == key
    assert ("64 Stimmen stehen dahinter" in light.reason) is (key == GOOD)


@pytest.mark.parametrize(
    ("facts", "key", "reason"),
    [
        ({"course": "stopped", "decided_days": 200}, QUIET, "Eine Entscheidung hat es beendet"),
        ({"course": "service"}, GOOD, "64 Stimmen stehen dahinter"),
        ({"course": "going_on", "decided_days": 90}, GOOD, "64 Stimmen stehen dahinter"),
        (
            {"course": "going_on", "decided_days": 91},
            CAUGHT,
            "Vor 91 Tagen fiel die Entscheidung dafür, ein Dienst wurde noch nicht daraus",
        ),
        ({"course": "to_change", "decided_days": 181}, STUCK, "Soll seit 181 Tagen geändert werden und liegt noch niemandem wieder vor"),
        ({"course": "deciding"}, STUCK, "Seit 400 Tagen ohne Entscheidung, ob ein Dienst daraus wird"),
        ({"course": "writing"}, STUCK, "Seit 400 Tagen ohne Entscheidung, ob ein Dienst daraus wird"),
        ({"course": "writing", "waits": False}, GOOD, "64 Stimmen stehen dahinter"),
    ],
)
def test_the_light_of_a_concept_follows_what_its_gates_decided(facts: dict[str, object], key: str, reason: str) -> None:
    light = light_of_made(MadeFacts(CONCEPT, **({"waits": True, "age_days": 400, "voices": 64} | facts)))  # type: ignore[arg-type]
    assert (light.key, light.reason) == (key, reason)


LEFT = dt.date(2025, 3, 1)


@pytest.mark.parametrize(
    ("facts", "key", "reason"),
    [
        ({"voices": 12}, GOOD, "12 Stimmen stehen dahinter"),
        ({}, GOOD, "Wird angeboten"),
        ({"has_owner": False}, STUCK, "Niemand ist als verantwortlich benannt"),
        ({"left_on": LEFT, "has_owner": False}, STUCK, "Der Anbieter ist ausgeschieden (1. März 2025), und niemand ist verantwortlich"),
        ({"left_on": LEFT}, CAUGHT, "Der Anbieter ist ausgeschieden (1. März 2025), und noch gibt es keinen neuen"),
        ({"status": "ended", "left_on": LEFT}, QUIET, "Hat geendet"),
        ({"status": "idea", "is_offered": False}, QUIET, "Wird noch nicht angeboten"),
    ],
)
def test_the_light_of_a_service(facts: dict[str, object], key: str, reason: str) -> None:
    light = light_of_service(ServiceFacts(**facts))  # type: ignore[arg-type]  # names and values of the table above
    assert (light.key, light.reason) == (key, reason)


def test_a_light_says_itself_in_words_and_as_a_sign() -> None:
    lights = [
        light_of_process(ProcessFacts(**facts))
        for facts in ({"is_open": True}, {"has_next": True}, {"has_owner": False}, {"is_draft": True})
    ]
    assert [str(light.word) for light in lights] == ["läuft gut", "hakt", "steht still", "ruht"]
    assert len({light.icon for light in lights}) == 4
