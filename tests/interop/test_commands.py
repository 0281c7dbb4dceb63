"""`civitas import`, `export` and `city` as they are typed: sentences and exit codes."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Event
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from django.core import mail
from tests.at_once import at_once
from tests.factories import make_actor, make_browser, make_contribution, make_staff, make_user
from tests.interop.desks import FILES, PACKS, Desk, desk_of, rows_of

from civitas.contributions.models import Contribution
from civitas.interop import imports, keeping
from civitas.interop.holding import holding
from civitas.interop.models import Import, ImportItem
from civitas.interop.packs import load_pack
from civitas.interop.undoing import start_undo
from civitas.kit.verdicts import Refused
from civitas.outbox.worker import run_due
from civitas.people.models import Membership
from civitas.processes.models import Category, Step
from civitas.project.cli import main
from civitas.team.actions import accept_invitation
from civitas.team.models import Invitation

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
WHERE = ("--city", "bonn", "--process", "raddialog")


def run(*arguments: Any) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_some_rejected_rows_are_exit_code_3_and_all_counts_are_said(bonn: City, tmp_path: Path) -> None:
    rejects = tmp_path / "r.csv"
    code, said = run("import", *WHERE, FILES / "contributions.csv", "--comments", FILES / "comments.csv", "--rejects", rejects)
    assert code == 3
    assert "contributions: 15 rows: 7 new, 0 updated, 0 unchanged, 8 rejected" in said
    assert "comments: 6 rows: 4 new, 0 updated, 0 unchanged, 2 rejected" in said
    assert "new categories of the process: Radwege, Licht" in said
    assert (len(rows_of(rejects)), len(rows_of(tmp_path / "r.comments.csv"))) == (8, 2)


def test_a_clean_file_is_exit_code_0_and_comes_out_again(bonn: City, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("Nr;Wunsch\n1;Mehr Bänke\n", encoding="utf-8")
    assert run("import", *WHERE, path, "--map", "Nr=id", "--map", "Wunsch=title") == (
        0,
        "contributions: 1 rows: 1 new, 0 updated, 0 unchanged, 0 rejected\n",
    )
    assert not list(tmp_path.glob("*.rejects.csv"))
    code, said = run("export", *WHERE, tmp_path / "out.csv", "--comments", tmp_path / "out.comments.csv")
    assert (code, [row["title"] for row in rows_of(tmp_path / "out.csv")]) == (0, ["Mehr Bänke"])
    assert f"contributions: 1 rows to {tmp_path / 'out.csv'}" in said


def _written(tmp_path: Path, rows: int) -> Path:
    path = tmp_path / "viele.csv"
    path.write_text("id,title\n" + "".join(f"{number},Wunsch {number}\n" for number in range(rows)), encoding="utf-8")
    return path


def test_what_was_cut_off_goes_on_as_the_same_import_and_is_undone_as_one(
    bonn: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, write = _written(tmp_path, 1_100), imports.take_batch

    def cut_off(*args: Any) -> Any:
        monkeypatch.setattr(imports, "take_batch", _interrupted)
        return write(*args)

    monkeypatch.setattr(imports, "take_batch", cut_off)
    assert run("import", *WHERE, path)[0] == 1  # the one at the keyboard had enough
    unit = Import.objects.of(bonn).get()
    assert (unit.state, unit.new, unit.is_cut_off, unit.can_be_undone) == ("stopped", 500, True, True)
    page = make_browser(bonn, make_staff(bonn, "administrator")).get(f"/verwaltung/importe/{unit.pk}").content.decode()
    assert "mit derselben Datei" in page

    monkeypatch.setattr(imports, "take_batch", write)
    code, said = run("import", *WHERE, path)
    assert code == 0
    assert "cut off: 500 rows of it were in already" in said
    unit.refresh_from_db()
    assert (Import.objects.of(bonn).count(), unit.state, unit.new, unit.unchanged, unit.rows) == (1, "done", 1_100, 0, 1_100)
    assert not unit.is_cut_off
    assert ImportItem.objects.of(bonn).filter(run=unit).count() == 1_100

    code, said = run("import", *WHERE, path)  # what came to its end begins anew
    assert "cut off" not in said
    assert Import.objects.of(bonn).count() == 2


def test_a_file_that_is_being_brought_in_is_left_to_who_has_it_in_hand(bonn: City, tmp_path: Path) -> None:
    path = _written(tmp_path, 3)
    assert run("import", *WHERE, path)[0] == 0
    unit = Import.objects.of(bonn).get()
    Import.objects.of(bonn).update(state="running")
    unit.refresh_from_db()
    with holding(unit.city_id, unit.uid):
        assert (unit.is_cut_off, unit.can_be_undone) == (False, False)
        code, said = run("import", *WHERE, path)
        assert (code, Import.objects.of(bonn).count()) == (2, 1)
        assert "gerade von einem anderen Befehl" in said
    assert (unit.is_cut_off, unit.can_be_undone) == (True, True)
    path.write_text("id,title\n1,Ein anderer Wunsch\n", encoding="utf-8")
    assert run("import", *WHERE, path)[0] == 0  # another file of that name is an import of its own
    assert Import.objects.of(bonn).count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.each_database
def test_two_first_commands_at_the_same_moment_make_one_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_of(load_pack(PACKS / "bonn"), "raddialog", tmp_path)
    path, both, refused = _written(tmp_path, 3), Barrier(2), Event()
    look, write = keeping._cut_off, imports.take_batch

    def looked(*args: Any) -> Any:
        found = look(*args)
        with suppress(BrokenBarrierError):
            both.wait(1)  # neither has written anything when the other looks, if nothing keeps them apart
        return found

    def waited(*args: Any) -> Any:
        refused.wait(5)  # the file is in hand all the while
        return write(*args)

    def take() -> int:
        try:
            return desk.take(path).taken.new
        except Refused:
            refused.set()
            raise

    monkeypatch.setattr(keeping, "_cut_off", looked)
    monkeypatch.setattr(imports, "take_batch", waited)
    assert sorted(at_once(take, take)) == [3, 409]
    assert list(Import.objects.of(desk.city).values_list("state", "new")) == [("done", 3)]


def test_a_topic_that_was_made_before_the_import_was_cut_off_is_taken_back_with_it(
    bonn: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, write = tmp_path / "in.csv", imports.take_batch
    path.write_text("id,title,category\n1,Bank,Sitzen\n2,Lampe,Licht\n", encoding="utf-8")
    topics = Category.objects.of(bonn).filter(name__icontains="Sitzen") | Category.objects.of(bonn).filter(name__icontains="Licht")
    monkeypatch.setattr(imports, "take_batch", _interrupted)
    assert run("import", *WHERE, path)[0] == 1
    unit = Import.objects.of(bonn).get()
    assert (unit.new, topics.count(), unit.can_be_undone) == (0, 2, True)

    monkeypatch.setattr(imports, "take_batch", write)  # gone on with, it knows of them still
    assert run("import", *WHERE, path)[0] == 0
    unit.refresh_from_db()
    assert (unit.new, sorted(unit.categories)) == (2, sorted(topics.values_list("pk", flat=True)))
    Import.objects.of(bonn).update(state="stopped")
    kept = topics.get(name__icontains="Licht")
    make_contribution(Step.objects.of(bonn).filter(process=unit.process).first(), "Mehr Licht", category=kept)
    start_undo(make_actor(bonn, "administrator"), unit)
    run_due()
    unit.refresh_from_db()
    assert (unit.state, list(topics)) == ("undone", [kept])


def test_topics_alone_are_taken_back_too(bonn: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, before = tmp_path / "in.csv", Category.objects.of(bonn).count()
    path.write_text("id,title,category\n1,Bank,Sitzen\n", encoding="utf-8")
    monkeypatch.setattr(imports, "take_batch", _interrupted)
    run("import", *WHERE, path)
    start_undo(make_actor(bonn, "administrator"), Import.objects.of(bonn).get())
    run_due()
    assert (Import.objects.of(bonn).get().state, Category.objects.of(bonn).count()) == ("undone", before)


@pytest.mark.parametrize(
    ("meanwhile", "units"),
    [
        ({"state": "done", "new": 3}, [("done", 3, 0), ("done", 0, 3)]),
        ({"state": "undoing", "new": 3}, [("undoing", 3, 0), ("done", 0, 3)]),
        ({"state": "running", "new": 3}, [("done", 3, 0)]),
    ],
)
def test_what_became_of_an_import_before_the_command_had_it_in_hand_is_kept(
    bonn: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: dict[str, Any], units: list[tuple[str, int, int]]
) -> None:
    path = _written(tmp_path, 3)
    assert run("import", *WHERE, path)[0] == 0
    Import.objects.of(bonn).update(state="stopped", new=1)

    def late(city: int, uid: UUID) -> Any:
        monkeypatch.setattr(keeping, "holding", holding)
        Import.objects.of(bonn).update(**meanwhile)
        return holding(city, uid)

    monkeypatch.setattr(keeping, "holding", late)
    code, said = run("import", *WHERE, path)
    assert (code, "3 rows of it were in already" in said) == (0, len(units) == 1)
    assert list(Import.objects.of(bonn).order_by("pk").values_list("state", "new", "unchanged")) == units


def test_an_attempt_that_begins_again_notes_what_it_reads_once(bonn: City, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,title,category,service,farbe\n1,Bank,Sitzen,Nirgends,rot\n", encoding="utf-8")
    for _attempt in range(2):
        assert run("import", *WHERE, path)[0] == 0
        unit = Import.objects.of(bonn).get()
        assert unit.notes == {"unknown": {"service 'Nirgends'": 1}, "unread": ["farbe"], "categories": ["Sitzen"]}
        Import.objects.of(bonn).update(state="stopped")  # cut off in its file of comments


@pytest.mark.parametrize(
    ("take", "text"), [(Desk.take, "id,title\n1,Wunsch\n"), (Desk.take_comments, "id,reply_to,text\n1,9,Ja\n")], ids=["take", "comments"]
)
def test_who_is_refused_leaves_the_rejects_of_who_has_the_file_in_hand(desk: Desk, take: Any, text: str) -> None:
    path = desk.write(text)
    unit = take(desk, path).unit
    Import.objects.of(desk.city).update(state="running")
    desk.rejects.write_text("reason,line,id\n")
    with holding(unit.city_id, unit.uid), pytest.raises(Refused):
        take(desk, path)
    assert desk.rejects.read_text() == "reason,line,id\n"


def _interrupted(*_args: Any) -> Any:
    raise KeyboardInterrupt


def test_the_wrong_encoding_is_exit_code_2_and_nothing_was_written(bonn: City, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes("id,title\n1,gut\n2,grün\n".encode("cp1252"))
    code, said = run("import", *WHERE, path)
    assert (code, "byte 20 on line 3 (0xfc) does not fit" in said) == (2, True)
    assert not Contribution.objects.of(bonn).exists()
    assert run("import", *WHERE, path, "--encoding", "cp1252")[0] == 0


def test_comments_in_the_wrong_encoding_are_refused_before_the_contributions_go_in(bonn: City, tmp_path: Path) -> None:
    path = tmp_path / "comments.csv"
    path.write_bytes("id,reply_to,text\n1,K1,grün\n".encode("cp1252"))
    assert run("import", *WHERE, FILES / "contributions.csv", "--comments", path)[0] == 2
    assert not Contribution.objects.of(bonn).exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--city", "köln", "--process", "raddialog"), "There is no city 'köln'. There are: bonn."),
        (("--city", "bonn", "--process", "x"), "Bonn has no process 'x'. There are: buergersensor, raddialog."),
        ((*WHERE, "--map", "id"), "--map id must read column=field"),
        ((*WHERE, "--map", "nix=title"), "There is no column 'nix'."),
    ],
)
def test_what_is_not_there_is_exit_code_2(bonn: City, arguments: tuple[str, ...], sentence: str) -> None:
    code, said = run("import", *arguments, FILES / "contributions.csv")
    assert (code, sentence in said) == (2, True)


def test_the_rejects_never_overwrite_what_is_read(bonn: City, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,title\n1,Titel\n", encoding="utf-8")
    code, said = run("import", *WHERE, path, "--rejects", path)
    assert (code, "would overwrite a file that is read" in said) == (2, True)
    assert path.read_text(encoding="utf-8") == "id,title\n1,Titel\n"


def test_mended_rejects_go_in_and_the_old_file_of_rejects_goes(bonn: City, tmp_path: Path) -> None:
    path, rejects = tmp_path / "in.csv", tmp_path / "in.rejects.csv"
    path.write_text("id,title,votes\n1,Titel,3\n2,=Zwei,viele\n", encoding="utf-8")
    assert run("import", *WHERE, path)[0] == 3
    mended = tmp_path / "mended.csv"
    mended.write_text(rejects.read_text(encoding="utf-8").replace("viele\n", "4\n"), encoding="utf-8")
    assert "4" in mended.read_text(encoding="utf-8")
    code, said = run("import", *WHERE, mended)
    assert (code, "1 new" in said, "not read" in said) == (0, True, False)
    assert Contribution.objects.of(bonn).get(source_key="2").title == "=Zwei"
    path.write_text("id,title,votes\n1,Titel,3\n", encoding="utf-8")
    assert run("import", *WHERE, path)[0] == 0
    assert not rejects.exists()


def test_city_check_names_faults_with_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text('slug = "x"\n', encoding="utf-8")
    code, said = run("city", "check", tmp_path)
    assert code == 1
    assert f"{tmp_path.name}/city.toml: 'name' is missing" in said
    assert run("city", "check", PACKS / "small") == (0, "small: no faults\n")
    assert run("city", "load", tmp_path)[0] == 2


def test_city_areas_names_what_is_new_and_refuses_metres(bonn: City, tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson"
    ring = "[[[7.09,50.72],[7.11,50.72],[7.11,50.74],[7.09,50.72]]]"
    path.write_text(
        f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"name":"Neu"}},"geometry":{{"type":"Polygon","coordinates":{ring}}}}}]}}',
        encoding="utf-8",
    )
    code, said = run("city", "areas", path)
    assert (code, "new: Neu" in said) == (0, True)
    path.write_text(path.read_text(encoding="utf-8").replace("7.09", "370000"), encoding="utf-8")
    code, said = run("city", "areas", path, "--city", "bonn")
    assert (code, "metres of a national grid" in said) == (2, True)


def test_a_citys_first_administrator_is_invited_by_command(bonn: City) -> None:
    code, said = run("city", "invite", "bonn", "Leitung@example.org")
    assert (code, "leitung@example.org is invited as administrator until" in said) == (0, True)
    row = Invitation.objects.of(bonn).get()
    run_due()
    assert [(each.to, "Ihre Rolle:" in each.body) for each in mail.outbox] == [(["leitung@example.org"], True)]
    person = accept_invitation(bonn, make_user("leitung@example.org"), row, name="Leitung")
    assert list(Membership.objects.of(bonn).filter(participant=person).values_list("role", flat=True)) == ["administrator"]
    assert run("city", "invite", "bonn", "leitung@example.org")[0] == 2
    assert run("city", "invite", "nowhere", "x@example.org")[0] == 2
    assert run("city", "invite", "bonn", "no address")[0] == 2
