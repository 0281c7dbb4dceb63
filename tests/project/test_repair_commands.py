"""`civitas recount` and `civitas outbox retry`."""

import pytest
from click.testing import CliRunner
from django.utils import timezone
from tests.factories import make_city, make_contribution, make_process, make_step

from civitas.contributions.counts import miscounts
from civitas.contributions.models import Tally
from civitas.outbox.models import OutboxRow
from civitas.project.cli import main

pytestmark = pytest.mark.django_db


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_recount_puts_wrong_counts_right_and_check_only_names_them():
    city = make_city("hamburg")
    make_contribution(make_step(make_process(city)))
    Tally.objects.of(city).filter(dimension="all").update(count=7)
    checked = run("recount", "--city", "hamburg", "--check")
    assert checked.exit_code == 1
    assert "counted 1" in checked.output
    assert miscounts(city)
    assert "put right" in run("recount", "--city", "hamburg").output
    assert miscounts(city) == []
    assert "all counts are right" in run("recount").output


def test_an_unknown_city_is_refused_with_those_there_are():
    make_city("hamburg")
    for command in (("recount",), ("outbox", "retry")):
        answer = run(*command, "--city", "nowhere")
        assert answer.exit_code == 2
        assert "There are: hamburg" in answer.output


def test_what_was_given_up_is_tried_again():
    city, other = make_city("hamburg"), make_city("kassel")
    for each in (city, other):
        OutboxRow.objects.create(city=each, kind="x", payload={}, run_at=timezone.now(), failed_at=timezone.now(), attempts=9)
    assert "hamburg: 1 to be tried again" in run("outbox", "retry", "--city", "hamburg").output
    assert not OutboxRow.objects.of(city).failed().exists()
    assert OutboxRow.objects.of(other).failed().exists()
