"""`civitas process create`: a draft from a template, or a sentence that says why not."""

import pytest
from click.testing import CliRunner
from tests import factories

from civitas.processes.blueprints import FOLDER
from civitas.processes.models import Process, Step
from civitas.project.commands.processes import process

pytestmark = pytest.mark.django_db


def run(*arguments):
    return CliRunner().invoke(process, ["create", *arguments])


@pytest.mark.parametrize("how", [["--template", "collect-discuss"], ["--file", str(FOLDER / "collect-discuss.toml")]])
def test_a_draft_has_the_steps_of_its_template(how):
    city = factories.make_city("hafen")
    answer = run("--city", "hafen", "--title", "Kühler Platz", *how)
    assert (answer.exit_code, answer.output.strip()) == (0, "/verwaltung/beteiligungen/kuehler-platz")
    made = Process.objects.of(city).get()
    assert (made.state, str(made.title)) == ("draft", "Kühler Platz")
    assert list(Step.objects.of(city).order_by("position").values_list("method", flat=True)) == ["collect", "discuss"]


def test_what_is_not_there_is_said(tmp_path):
    factories.make_city("hafen")
    broken = tmp_path / "x.toml"
    broken.write_text("slug = ", encoding="utf-8")
    assert run("--city", "berg", "--title", "X").exit_code == 2
    assert run("--city", "hafen", "--title", "X", "--template", "nothing").exit_code == 2
    assert run("--city", "hafen", "--title", "X", "--file", str(broken)).exit_code == 2
    assert run("--city", "hafen", "--title", "???").exit_code == 2
    assert not Process.objects.exists()
