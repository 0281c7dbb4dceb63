"""Templates as files: what is written reads back, and a file with a fault makes nothing and says which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from tests.factories import make_actor, make_city, make_participant, make_process, make_staff, make_step

from civitas.kit.svg import cleaned_svg
from civitas.kit.translated import Translated
from civitas.processes.actions import create_process
from civitas.processes.blueprints import FOLDER, blueprint_of, blueprint_of_text, house_blueprints
from civitas.processes.models import Process, Step
from civitas.processes.template_files import TemplateFaults, read_template, write_template
from civitas.processes.topics import put_topic, topics_of
from civitas.project.commands.processes import process as command

if TYPE_CHECKING:
    from django.test import Client

DESK = "/verwaltung/beteiligungen"
GOOD = """
version = 1
slug = "markt"
title = { de = "Der Markt" }
[[step]]
key = "collect"
method = "collect"
title = { de = "Sammeln" }
"""


@pytest.mark.parametrize("key", sorted(house_blueprints()))
def test_what_is_written_reads_back_to_the_same(key: str) -> None:
    written = write_template(house_blueprints()[key], key)
    assert blueprint_of_text(written) == house_blueprints()[key]


@pytest.mark.django_db
def test_a_process_of_a_city_reads_back_whatever_people_wrote_in_it() -> None:
    odd = "Zeile „eins“\n\"zwei\" \\ \x7f\t# [[step]] ''' ü 😀"
    process = make_process(make_city(), "markt", title=Translated({"de": "Markt"}), lead=Translated({"de": odd}), say=4)
    settings = {"question": {"de": odd}, "kinds": ["idea"]}
    make_step(process, position=1, title=Translated({"de": odd[:40].replace("\n", " ")}), mode="online", settings=settings)
    blueprint = blueprint_of(process.city, process)
    again = blueprint_of_text(write_template(blueprint, "markt"))
    assert (again.title, again.lead, again.say) == (blueprint.title, blueprint.lead, 4)
    assert [(step["mode"], step["opens"], step["settings"]) for step in again.steps] == [("online", 7, settings)]


def test_a_whole_process_of_a_pack_serves_as_a_template_without_what_is_its_own() -> None:
    for name in ("veddel-im-sommer", "lohbruegge-mitte"):
        text = (FOLDER.parents[3] / "cities" / "hamburg" / "processes" / f"{name}.toml").read_text(encoding="utf-8")
        assert {"news", "organisation", "event"} & read_template(text).keys() == set()


FAULTY = [
    ("version = 2\n" + GOOD.replace("version = 1", ""), "The file is of version 2. Here version 1 is read."),
    (GOOD.replace('method = "collect"', 'method = "spin"'), "Step 1: the building block “spin” is not installed here."),
    (GOOD + "colour = 1\n", "Step 1: “colour” is not known here."),
    (GOOD + "[step.settings]\ncolour = 1\n", "Step 1: “Collect ideas” has no setting “colour” like that."),
    (GOOD.replace('slug = "markt"', 'slug = "markt"\nvotes = 3'), "“votes” is not known here."),
    (GOOD.replace('title = { de = "Der Markt" }', 'title = { en = "The market" }'), "title: “de” is missing."),
    (GOOD.replace('title = { de = "Der Markt" }', 'title = "Der Markt"'), "“title” does not fit."),
    (GOOD + 'opens = "soon"\n', "Step 1: “opens” does not fit."),
    (GOOD + "opens = 999999999999\n", "Step 1: “opens” does not fit."),
    (GOOD + "opens = 9\ncloses = 9\n", "Step 1: it closes before it opens."),
    (GOOD + 'mode = "on_site"\n', "Step 1: “Collect ideas” has no mode “on_site”."),
    (GOOD.replace('key = "collect"', 'key = "Ein Schritt"'), "Step 1: “key” does not fit."),
    (GOOD + GOOD.partition("[[step]]")[2].join(["[[step]]", ""]), "Step 2: the key “collect” stands twice."),
    ("step = 1\ntitle = { de = 'A' }", "“step” does not fit."),
    ("step = ['a']\ntitle = { de = 'A' }", "“"),
    ("say = [", "This is no template:"),
    ("a" * 200_001, "This file is too large for a template."),
    (b"\xff\xfe\x00", "This file is no text in UTF-8."),
    (b"\x89PNG\r\n", "This file is no text in UTF-8."),
    ("", "“title” is missing."),
    ("a = " + "[" * 5_000, "This is no template:"),
]


@pytest.mark.parametrize(("raw", "said"), FAULTY)
def test_a_faulty_file_says_what_does_not_fit(raw: Any, said: str) -> None:
    with translation.override("en"), pytest.raises(TemplateFaults) as caught:
        read_template(raw)
    assert any(said in sentence for sentence in caught.value.sentences), caught.value.sentences


def test_every_fault_is_named_at_once() -> None:
    second = GOOD.partition("[[step]]")[2].join(["[[step]]", "opens = 9\ncloses = 1\n"])
    with pytest.raises(TemplateFaults) as caught:
        read_template(GOOD.replace('method = "collect"', 'method = "spin"') + second)
    assert len(caught.value.sentences) == 3


@pytest.fixture
def owner(client: Client, db: None) -> Client:
    client.defaults["HTTP_HOST"] = "hamburg.localhost"
    client.force_login(make_staff(make_city("hamburg"), "owner").user)
    return client


def sent(raw: bytes, **typed: str) -> dict[str, Any]:
    return {"like": "file", "file": SimpleUploadedFile("markt.toml", raw), **typed}


def test_a_process_is_made_from_a_file_and_goes_out_as_one(owner: Client) -> None:
    assert owner.post(f"{DESK}/neu", sent(GOOD.encode()))["Location"] == f"{DESK}/der-markt"
    made = Process.objects.get()
    assert (made.title["de"], made.state, list(Step.objects.values_list("method", flat=True))) == ("Der Markt", "draft", ["collect"])
    answer = owner.get(f"{DESK}/der-markt/vorlage.toml")
    assert answer["Content-Disposition"] == 'attachment; filename="der-markt.toml"'
    again = owner.post(f"{DESK}/neu", sent(answer.content, title_de="Der Markt am Abend", question_de="Was fehlt abends?"))
    assert again["Location"] == f"{DESK}/der-markt-am-abend"


@pytest.mark.parametrize(("raw", "said"), [(raw, said) for raw, said in FAULTY if len(raw) < 50_000])
def test_the_desk_says_the_fault_at_the_file_and_makes_nothing(owner: Client, raw: Any, said: str) -> None:
    typed = sent(raw.encode() if isinstance(raw, str) else raw, title_de="Neu hier", question_de="Bleibt das?")
    answer = owner.post(f"{DESK}/neu", typed)
    words = answer.content.decode()
    assert (answer.status_code, "Bleibt das?" in words, Process.objects.count()) == (422, True, 0)
    assert "id_file-error" in words


def test_without_a_file_nothing_is_made(owner: Client) -> None:
    answer = owner.post(f"{DESK}/neu", {"like": "file"})
    assert (answer.status_code, Process.objects.count()) == (422, 0)


@pytest.mark.django_db
def test_the_command_says_the_same_and_writes_the_same(tmp_path: Any) -> None:
    city, bad, good = make_city("hamburg"), tmp_path / "bad.toml", tmp_path / "good.toml"
    bad.write_text(GOOD.replace('method = "collect"', 'method = "spin"'), encoding="utf-8")
    good.write_text(GOOD, encoding="utf-8")
    refused = CliRunner().invoke(command, ["create", "--city", "hamburg", "--title", "X", "--file", str(bad)])
    assert (refused.exit_code, "spin" in refused.output, Process.objects.count()) == (2, True, 0)
    assert CliRunner().invoke(command, ["create", "--city", "hamburg", "--title", "Markt", "--file", str(good)]).exit_code == 0
    made = Process.objects.of(city).get()
    written = CliRunner().invoke(command, ["template", "--city", "hamburg", "markt"])
    assert written.output == write_template(blueprint_of(city, made), "markt")
    assert CliRunner().invoke(command, ["template", "--city", "hamburg", "nirgends"]).exit_code == 2


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["", "moderator", "expert"])
def test_only_who_steers_takes_a_template_along(client: Client, role: str) -> None:
    city = make_city("hamburg")
    make_process(city, "markt")
    person = make_staff(city, role) if role else make_participant(city)
    client.force_login(person.user)
    assert client.get(f"{DESK}/markt/vorlage.toml", headers={"host": "hamburg.localhost"}).status_code == 403


DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><circle cx="2" cy="1" r="1" /></svg>'


@pytest.mark.django_db
@pytest.mark.parametrize("through_a_file", [False, True])
def test_subjects_and_drawing_go_along(through_a_file: bool) -> None:
    city = make_city()
    pattern = make_process(city, "markt", title=Translated({"de": "Markt"}), picture=cleaned_svg(DRAWING))
    owner = make_actor(city, "owner")
    for name in ("Stände", "Müll"):
        put_topic(owner, pattern, name=Translated({"de": name, "en": f"{name} (en)"}), after="")
    blueprint = blueprint_of(city, pattern)
    if through_a_file:
        blueprint = blueprint_of_text(write_template(blueprint, "markt"))
    made = create_process(owner, title=Translated({"de": "Wochenmarkt"}), question=Translated({"de": "Was?"}), like=blueprint)
    assert [row.name for row in topics_of(city, made)] == [row.name for row in topics_of(city, pattern)]
    assert "<circle" in made.picture
    assert [row.name["de"] for row in topics_of(city, pattern)] == ["Müll", "Stände"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("drawing = '<svg><script>1</script></svg>'\n", "We cannot take this drawing."),
        ('drawing = "kein Bild"\n', "We cannot take this drawing."),
        ('[[category]]\nkey = "a"\nname = { de = "A" }\n[[category]]\nkey = "a"\nname = { de = "B" }\n', "the key “a” stands twice"),
    ],
)
def test_a_drawing_that_acts_and_a_subject_twice_are_named(more: str, sentence: str) -> None:
    text = GOOD.replace("[[step]]", more + "[[step]]") if "category" in more else GOOD.replace("version = 1\n", "version = 1\n" + more)
    with translation.override("en"), pytest.raises(TemplateFaults, match=sentence):
        read_template(text)
