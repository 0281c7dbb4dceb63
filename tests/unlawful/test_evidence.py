"""The evidence store: two people for each step, a key outside the database, a date; and what is erased is nowhere else."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from tests.factories import make_actor, make_browser, make_city, make_comment, make_contribution, make_staff
from tests.leaving import leave_for_good
from tests.unlawful.scenes import MARKER, Scene

from civitas.contributions.actions import erase_contribution, mend_contribution
from civitas.contributions.attachments import Shown, attach_files
from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution
from civitas.journal.actions import seal as seal_journal
from civitas.journal.models import Entry
from civitas.journal.verification import verify
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.media.actions import keep_drawing, path_of
from civitas.moderation.actions import flag_contribution
from civitas.notices.models import MailboxMail
from civitas.outbox.models import OutboxRow
from civitas.outbox.worker import run_due
from civitas.people.actors import Actor, actor_of, city_actor
from civitas.redaction.scrubbing import SCRUB
from civitas.unlawful.actions import evidence as actions
from civitas.unlawful.actions.evidence import (
    ask_access,
    delete_due_evidence,
    erase_for_good,
    grant_access,
    hand_out_evidence,
    months_after,
    open_evidence,
    propose_evidence,
    refuse_evidence,
    seal_evidence,
)
from civitas.unlawful.archive import digest_of
from civitas.unlawful.models import Access, Evidence, EvidencePart, Report
from civitas.unlawful.packing import unpacked
from civitas.unlawful.rules import may_keep_evidence
from civitas.unlawful.tasks import delete_evidence

if TYPE_CHECKING:
    from collections.abc import Iterator


DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8"/></svg>'


def text_of(response: Any) -> str:
    return str(response.content.decode())


def proposed(scene: Scene) -> Evidence:
    scene.report()
    return propose_evidence(actor_of(scene.jule), scene.matter(), norm="§ 130 StGB")


def sealed(scene: Scene) -> Evidence:
    return seal_evidence(actor_of(scene.timo), proposed(scene))


def granted(scene: Scene, evidence: Evidence, kind: str = "open") -> Access:
    return grant_access(actor_of(scene.timo), ask_access(actor_of(scene.jule), evidence, kind=kind, reason="Die Polizei fragt."))


def rows_with(words: str) -> Iterator[str]:
    """The tables in which a row has these words, in any column."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                values = [value.tobytes() if isinstance(value, memoryview) else value for value in row]
                if any(
                    words.lower() in (value.decode(errors="ignore") if isinstance(value, bytes) else str(value)).lower() for value in values
                ):
                    yield table


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("stranger", False), ("", False), ("member", False), ("facilitator", False), ("expert", False), ("owner", False),
     ("moderator", True), ("administrator", True)],
)  # fmt: skip
def test_moderators_and_administrators_handle_evidence(scene: Scene, role: str, allowed: bool) -> None:
    assert bool(may_keep_evidence(make_actor(scene.city, role))) is allowed


def test_without_a_key_there_is_no_store_but_in_the_demo(scene: Scene, settings: Any) -> None:
    settings.EVIDENCE_KEY = ""
    assert may_keep_evidence(actor_of(scene.jule)).status == 503
    settings.DEMO = True
    evidence = proposed(scene)
    page = make_browser(scene.city, scene.jule).get("/verwaltung/beweise")
    assert "SECRET_KEY" in text_of(page)
    assert evidence.state == "proposed"


def test_who_put_it_in_cannot_seal_it(scene: Scene) -> None:
    evidence = proposed(scene)
    for attempt in (seal_evidence, refuse_evidence):
        with pytest.raises(Refused):
            attempt(actor_of(scene.jule), evidence)
    row = seal_evidence(actor_of(scene.timo), evidence)
    assert (row.state, row.sealed_by, row.proposed_by) == ("sealed", scene.timo, scene.jule)
    with transaction.atomic(), pytest.raises(IntegrityError):
        Evidence.objects.of(scene.city).filter(pk=row.pk).update(sealed_by=scene.jule)


def test_another_citys_team_does_not_have_it(scene: Scene) -> None:
    evidence, kassel = sealed(scene), make_city("kassel")
    access = granted(scene, evidence)
    browser = make_browser(kassel, make_staff(kassel, "administrator"))
    assert browser.get(f"/verwaltung/beweise/{evidence.pk}").status_code == 404
    assert browser.get(f"/verwaltung/beweise/zugang/{access.pk}/lesen").status_code == 404
    for path in (f"{evidence.pk}/siegeln", f"{evidence.pk}/verwerfen", f"zugang/{access.pk}/erlauben", f"zugang/{access.pk}/datei"):
        assert browser.post(f"/verwaltung/beweise/{path}").status_code == 404
        assert make_browser(scene.city).post(f"/verwaltung/beweise/{path}").status_code == 302
        assert make_browser(scene.city, scene.author).post(f"/verwaltung/beweise/{path}").status_code == 403


def test_the_payload_opens_with_the_key_alone(scene: Scene, settings: Any) -> None:
    access = granted(scene, sealed(scene))
    payloads = b"".join(map(bytes, EvidencePart.objects.of(scene.city).values_list("payload", flat=True)))
    assert payloads
    assert MARKER.encode() not in payloads
    settings.EVIDENCE_KEY = "another key"
    with pytest.raises(Refused) as refused:
        open_evidence(actor_of(scene.jule), access)
    assert refused.value.status == 409
    settings.EVIDENCE_KEY = "a key for tests of the evidence store only"
    content, _files = unpacked(open_evidence(actor_of(scene.jule), access))
    assert MARKER in content["contribution"]["text"]


@pytest.mark.parametrize("keeps_digest", [True, False])
def test_tampering_shows(scene: Scene, keeps_digest: bool) -> None:
    evidence = sealed(scene)
    access = granted(scene, evidence)
    part = EvidencePart.objects.of(scene.city).get()
    payload = bytearray(part.payload)
    payload[-1] ^= 1
    EvidencePart.objects.of(scene.city).update(payload=bytes(payload))
    if not keeps_digest:
        Evidence.objects.of(scene.city).filter(pk=evidence.pk).update(digest=digest_of(evidence))
    with pytest.raises(Refused) as refused:
        open_evidence(actor_of(scene.jule), access)
    assert refused.value.status == 409
    seal_journal(scene.city)
    assert verify(scene.city, []) == []
    assert Entry.objects.of(scene.city).get(verb="evidence.sealed").details["sha256"] == evidence.digest


def test_a_payload_put_into_another_row_does_not_open(scene: Scene) -> None:
    first = sealed(scene)
    scene.report(make_contribution(scene.row.step, "Etwas anderes"))
    second = seal_evidence(actor_of(scene.timo), propose_evidence(actor_of(scene.jule), scene.matter(), norm="§ 130 StGB"))
    stolen = EvidencePart.objects.of(scene.city).get(evidence=first)
    EvidencePart.objects.of(scene.city).filter(evidence=second).update(payload=stolen.payload)
    Evidence.objects.of(scene.city).filter(pk=second.pk).update(digest=first.digest)
    with pytest.raises(Refused):
        open_evidence(actor_of(scene.jule), granted(scene, second))


def test_opening_needs_two_people_and_ends_after_a_quarter_of_an_hour(scene: Scene) -> None:
    evidence = sealed(scene)
    asked = ask_access(actor_of(scene.jule), evidence, kind="open", reason="Die Polizei fragt.")
    for attempt in (open_evidence, grant_access):
        with pytest.raises(Refused):
            attempt(actor_of(scene.jule), asked)
    access = grant_access(actor_of(scene.timo), asked)
    browser = make_browser(scene.city, scene.jule)
    address = f"/verwaltung/beweise/zugang/{access.pk}/lesen"
    assert MARKER in text_of(browser.get(address))
    third = make_browser(scene.city, make_staff(scene.city, "moderator"))
    assert third.get(address).status_code == 403
    with pytest.raises(Refused):  # granted for reading alone
        hand_out_evidence(actor_of(scene.jule), access)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=15), tick=False), pytest.raises(Refused) as refused:
        open_evidence(actor_of(scene.jule), access)
    assert refused.value.status == 410
    verbs = Entry.objects.of(scene.city).filter(verb__startswith="evidence.access").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["evidence.access_asked", "evidence.access_granted"]


def test_the_police_get_words_versions_author_reports_and_files_in_one_archive(scene: Scene) -> None:
    picture = keep_drawing(city_actor(scene.city), DRAWING, width=8, height=8)
    attach_files(scene.city, scene.row, [Shown(picture, "Eine Karikatur")], scene.author)
    mend_contribution(actor_of(scene.author), scene.row, title="Neuer Titel", text="Neuer Text", version=scene.row.version)
    flag_contribution(Actor(scene.city), scene.row, uid=uuid7(), reason="rules", words="Schlimm.")
    access = granted(scene, sealed(scene), "hand_out")
    answer = make_browser(scene.city, scene.timo).post(f"/verwaltung/beweise/zugang/{access.pk}/datei")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        content = json.loads(archive.read("content.json"))
        files = [name for name in archive.namelist() if name.startswith("files/")]
    assert (content["contribution"]["title"], MARKER in content["versions"][0]["text"]) == ("Neuer Titel", True)
    assert content["author"]["mail"] == (scene.author.user.email if scene.author.user else "")
    assert (content["reports"][0]["name"], content["flags"][0]["words"], content["files"][0]["alt"]) == (
        "Rita Reporter",
        "Schlimm.",
        "Eine Karikatur",
    )
    assert files == content["files"][0]["names"]
    assert files
    assert Entry.objects.of(scene.city).filter(verb="evidence.handed_out").count() == 1


def test_nothing_is_erased_before_its_evidence_is_sealed(scene: Scene) -> None:
    evidence = proposed(scene)
    with pytest.raises(Refused):
        erase_for_good(actor_of(scene.jule), scene.matter())
    scene.decide()
    with pytest.raises(Refused):
        erase_for_good(actor_of(scene.jule), scene.matter())
    seal_evidence(actor_of(scene.timo), evidence)
    erase_for_good(actor_of(scene.jule), scene.matter())
    assert Contribution.objects.of(scene.city).get(pk=scene.row.pk).visibility == "erased"


@pytest.mark.parametrize("kind", ["idea", "comment"])
def test_after_erasing_the_marker_is_in_no_row_and_no_file_but_the_sealed_payload(
    scene: Scene, kind: str, django_capture_on_commit_callbacks: Any
) -> None:
    row = scene.row if kind == "idea" else make_comment(make_contribution(scene.row.step), f"Ein {MARKER}-Kommentar", author=scene.author)
    if kind == "comment":
        erase_contribution(scene.city, scene.row)
    picture = keep_drawing(city_actor(scene.city), DRAWING, width=8, height=8)
    attach_files(scene.city, row, [Shown(picture, f"Bild: {MARKER}")], scene.author)
    mend_contribution(actor_of(scene.author), row, title=f"Doch {MARKER}", text=f"Mehr {MARKER}", version=row.version)
    flag_contribution(Actor(scene.city), row, uid=uuid7(), reason="rules", words=f"Da steht {MARKER}!")
    scene.report(row, explanation=f"Dort steht {MARKER}.")
    run_due()
    names = list(picture.derivatives.of(scene.city).values_list("name", flat=True))
    assert [name for name in names if default_storage.exists(path_of(scene.city, name))] == names
    assert set(rows_with(MARKER))
    scene.decide()
    seal_evidence(actor_of(scene.timo), propose_evidence(actor_of(scene.jule), scene.matter(), norm="§ 130 StGB"))
    with django_capture_on_commit_callbacks(execute=True):
        erase_for_good(actor_of(scene.jule), scene.matter())
    run_due()
    assert OutboxRow.objects.of(scene.city).filter(kind=SCRUB, done_at=None).exists()
    with connection.cursor() as cursor:  # of what the scrub does, the part that can run in a test's transaction
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO contributions_words(contributions_words) VALUES('rebuild')")
    MailboxMail.objects.all().delete()  # stands for people's mail programs, which are out of reach
    assert list(rows_with(MARKER)) == []
    assert list(rows_with(MARKER.lower()[:10])) == []
    assert Attachments.objects.of(scene.city).count() == 0
    assert [name for name in names if default_storage.exists(path_of(scene.city, name))] == []
    assert miscounts(scene.city) == []
    tomb = Contribution.objects.of(scene.city).get(pk=row.pk)
    assert (tomb.visibility, tomb.author) == ("erased", None)
    content, archive = unpacked(open_evidence(actor_of(scene.jule), granted(scene, Evidence.objects.of(scene.city).get())))
    files = [name for name in archive.namelist() if name.startswith("files/")]
    assert (MARKER in content["contribution"]["text"], MARKER in content["reports"][0]["explanation"], len(files)) == (
        True,
        True,
        1,
    )
    assert make_browser(scene.city, scene.jule).get(f"/verwaltung/rechtswidriges/{scene.matter().pk}").status_code == 200
    assert make_browser(scene.city).get(Report.objects.of(scene.city).get().path).status_code == 200
    assert make_browser(scene.city).get(scene.matter().path).status_code == 200


Attachments: Any = apps.get_model("contributions", "Attachment")


def test_a_report_with_other_addresses_waits_until_those_are_decided(scene: Scene) -> None:
    other = make_contribution(scene.row.step, "Noch etwas")
    scene.report(other, addresses=f"{other.path}\n{scene.row.path}")
    evidence = propose_evidence(actor_of(scene.jule), scene.matter(), norm="§ 130 StGB")
    seal_evidence(actor_of(scene.timo), evidence)
    scene.decide()
    with pytest.raises(Refused) as refused:
        erase_for_good(actor_of(scene.jule), scene.matter())
    assert refused.value.status == 409


def test_who_leaves_does_not_touch_sealed_evidence(scene: Scene) -> None:
    evidence = sealed(scene)
    leave_for_good(scene.city, scene.author)
    assert list(rows_with(MARKER)) == []
    content, _files = unpacked(open_evidence(actor_of(scene.jule), granted(scene, evidence)))
    assert (MARKER in content["contribution"]["text"], content["author"]["name"]) == (True, "Alice")


def test_on_its_date_the_payload_goes_and_a_nameless_row_stays(scene: Scene) -> None:
    scene.city.rules = {"keep_evidence_months": 2}
    scene.city.save()
    with time_machine.travel(dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)):
        evidence = sealed(scene)
        assert evidence.delete_on == dt.date(2026, 3, 31)
    with time_machine.travel(dt.datetime(2026, 3, 30, 12, tzinfo=dt.UTC)):
        delete_evidence()
        assert Evidence.objects.of(scene.city).get().state == "sealed"
    with time_machine.travel(dt.datetime(2026, 3, 30, 23, tzinfo=dt.UTC)):  # the 31st has begun in Hamburg
        delete_evidence()
        delete_evidence()
    row = Evidence.objects.of(scene.city).get()
    assert (row.state, row.bytes, Entry.objects.of(scene.city).filter(verb="evidence.deleted").count()) == ("deleted", None, 1)
    assert not EvidencePart.objects.of(scene.city).exists()


def test_a_deletion_that_was_killed_in_the_middle_is_taken_up_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        scene.report(make_contribution(scene.row.step, f"Nummer {number}"))
        propose_evidence(actor_of(scene.jule), scene.matter(), norm="§ 130 StGB")
    recorded = actions.record

    def die_at_the_second(*arguments: Any, **options: Any) -> None:
        if Evidence.objects.of(scene.city).filter(state="deleted").count() == 2:
            raise KeyboardInterrupt
        recorded(*arguments, **options)

    monkeypatch.setattr(actions, "record", die_at_the_second)
    day = timezone.localdate() + dt.timedelta(days=400)
    with pytest.raises(KeyboardInterrupt):
        delete_due_evidence(scene.city, day)
    assert Evidence.objects.of(scene.city).filter(state="deleted").count() == 1
    monkeypatch.setattr(actions, "record", recorded)
    delete_due_evidence(scene.city, day)
    assert (
        Evidence.objects.of(scene.city).filter(state="deleted").count(),
        Entry.objects.of(scene.city).filter(verb="evidence.deleted").count(),
    ) == (3, 3)


def test_two_people_keep_it_longer_and_nobody_keeps_it_shorter(scene: Scene) -> None:
    evidence = sealed(scene)
    later = evidence.delete_on + dt.timedelta(days=90)
    with pytest.raises(Refused):
        ask_access(actor_of(scene.jule), evidence, kind="extend", reason="Verfahren läuft.", delete_on=evidence.delete_on)
    asked = ask_access(actor_of(scene.jule), evidence, kind="extend", reason="Verfahren läuft.", delete_on=later)
    assert Evidence.objects.of(scene.city).get().delete_on == evidence.delete_on
    grant_access(actor_of(scene.timo), asked)
    assert Evidence.objects.of(scene.city).get().delete_on == later
    with pytest.raises(Refused):
        open_evidence(actor_of(scene.jule), Access.objects.of(scene.city).select_related("evidence").get())


def test_refused_evidence_is_gone_at_once(scene: Scene) -> None:
    refuse_evidence(actor_of(scene.timo), proposed(scene))
    row = Evidence.objects.of(scene.city).get()
    assert (row.state, row.bytes, EvidencePart.objects.of(scene.city).count()) == ("refused", None, 0)


def test_secured_twice_is_secured_once(scene: Scene) -> None:
    evidence = proposed(scene)
    assert propose_evidence(actor_of(scene.timo), scene.matter(), norm="§ 130 StGB").pk == evidence.pk


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2026, 11, 5), 6, (2027, 5, 5)),
        ((2026, 3, 31), -1, (2026, 2, 28)),
        ((2026, 1, 1), -24, (2024, 1, 1)),
    ],
)
def test_months_are_counted_by_the_calendar(day: tuple[int, int, int], months: int, expected: tuple[int, int, int]) -> None:
    assert months_after(dt.date(*day), months) == dt.date(*expected)


@pytest.mark.parametrize("count", [1, 3])
def test_the_store_costs_the_same_with_one_row_and_with_three(scene: Scene, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        scene.report(make_contribution(scene.row.step, f"Nummer {number}"))
        propose_evidence(actor_of(scene.jule), scene.matter(), norm="§ 130 StGB")
    browser = make_browser(scene.city, scene.jule)
    browser.get("/verwaltung/beweise")
    with django_assert_num_queries(STORE_QUERIES):
        page = text_of(browser.get("/verwaltung/beweise"))
    assert page.count("queue__row") == count


STORE_QUERIES = 7


def test_nobody_comes_near_the_evidence_against_themselves(scene: Scene) -> None:
    evidence = proposed(scene)
    mo = make_staff(scene.city, "moderator", "Mo")
    Contribution.objects.of(scene.city).filter(pk=scene.row.pk).update(author=mo)
    evidence.refresh_from_db()
    browser = make_browser(scene.city, mo)
    for step in ("siegeln", "verwerfen"):
        assert browser.post(f"/verwaltung/beweise/{evidence.pk}/{step}").status_code == 403
    evidence = seal_evidence(actor_of(scene.timo), evidence)
    access = ask_access(actor_of(scene.jule), evidence, kind="open", reason="Die Polizei fragt.")
    assert browser.post(f"/verwaltung/beweise/zugang/{access.pk}/erlauben").status_code == 403
    assert browser.post(f"/verwaltung/beweise/{evidence.pk}", {"kind": "open", "reason": "x"}).status_code in {403, 422}
    assert Access.objects.of(scene.city).count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_of_evidence_costs_the_same_however_often_it_was_opened(
    scene: Scene, count: int, django_assert_max_num_queries: Any
) -> None:
    evidence = sealed(scene)
    for index in range(count):
        Access.objects.create(city=scene.city, evidence=evidence, kind="open", reason=f"Grund {index}", asked_by=scene.jule)
    browser = make_browser(scene.city, scene.timo)
    browser.get("/verwaltung/")
    with django_assert_max_num_queries(8):
        browser.get(f"/verwaltung/beweise/{evidence.pk}")
