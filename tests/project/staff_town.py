"""A city in which every address of its team leads to something: one of everything, and what each of its forms sends."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from tests.factories import (
    make_browser,
    make_city,
    make_comment,
    make_contribution,
    make_guest,
    make_invitation,
    make_note,
    make_organisation,
    make_participant,
    make_process,
    make_service,
    make_staff,
    make_step,
)
from tests.media.samples import jpeg

from civitas.answering.actions.assigning import assign_new
from civitas.answering.actions.drafting import ask_release, save_draft
from civitas.answering.actions.keeping import save_body, save_rule, save_template
from civitas.answering.actions.talking import add_note, ask_department
from civitas.answering.models import Batch, BatchItem
from civitas.boards.actions import open_board, put_on_board
from civitas.boards.flag_models import FlaggedCard
from civitas.boards.picture_models import BoardPicture
from civitas.boards.posters import house_canvases, write_canvas
from civitas.boards.queries import document_of
from civitas.boards.things import Group
from civitas.classes.actions import make_class, take_seat
from civitas.contributions.attachments import Shown, attach_files
from civitas.contributions.models import Contribution
from civitas.coproduction.actions.beginning import begin_concept
from civitas.coproduction.actions.gates import Decided, Plan, add_gate, lay_before
from civitas.coproduction.actions.gates import decide as decide_gate
from civitas.interop.archive_models import Archive
from civitas.interop.archives import archive_path, folder_of
from civitas.interop.kinds import Sorted
from civitas.interop.models import Import
from civitas.interop.sayings import Saying
from civitas.interop.staging import Folder
from civitas.interop.tables import Record
from civitas.kit.ids import uuid7
from civitas.kit.sealed_forms import sealed
from civitas.kit.translated import Translated
from civitas.media.actions import keep_file
from civitas.meeting.actions import join
from civitas.merging.actions import merge_contributions, propose_merge
from civitas.merging.models import Merge, Suggestion
from civitas.merging.splitting import Part, split_contribution
from civitas.moderation.cases import take_up
from civitas.moderation.decisions import decide
from civitas.moderation.models import Case, Run
from civitas.moderation.orders import Order
from civitas.moderation.runs import start_run
from civitas.people.actors import Actor, actor_of
from civitas.people.models import Membership, Suspension
from civitas.processes.models import Postponement, Process
from civitas.processes.telling import put_news, remove_told
from civitas.provision.actions.catalogue import change_state
from civitas.provision.actions.looking import add_indicator
from civitas.provision.actions.stories import take_into_catalogue
from civitas.provision.queries.one import last_noted
from civitas.reporting.actions import put_together
from civitas.reporting.queries import sections_of
from civitas.team.actions import set_absence
from civitas.team.actions.barriers import report_barrier
from civitas.themes.actions import gather, make_theme, publish_theme
from civitas.unlawful.actions.decisions import complain, decide_matter
from civitas.unlawful.actions.evidence import ask_access, grant_access, propose_evidence, seal_evidence
from civitas.unlawful.actions.reports import report_unlawful
from civitas.unlawful.models import Matter, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.boards.canvas_models import CanvasRow
    from civitas.cities.models import City
    from civitas.people.models import Participant

DOOR = "verwaltung/"
ALL_ROLES = ("moderator", "owner", "facilitator", "administrator")
WORDS = "Im Sommer ist es hier zu heiß. Am Abend fehlt Licht."


def staff_patterns(patterns: Any = None, before: str = "") -> Iterator[tuple[str, str]]:
    """Every address of the team's pages: its name and its pattern."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from staff_patterns(each.url_patterns, path)
        elif isinstance(each, URLPattern) and path.startswith(DOOR):
            assert each.name, path
            yield each.name, path


@dataclass
class Town:
    """The city, whoever may do everything in it, a colleague, a citizen; `keys` lead each address to something that is there."""

    city: City
    chief: Participant
    jule: Participant
    alice: Participant
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    # What the form of an address sends, and what stands behind its '?'.
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    queries: dict[str, str] = field(default_factory=dict)

    def address(self, name: str) -> str:
        """Where the address with this name leads."""
        query = self.queries.get(name, "")
        return reverse(name, kwargs=self.keys.get(name, {})) + (f"?{query}" if query else "")

    def browser(self, person: Participant | None) -> Any:
        """A browser on the city's host."""
        return make_browser(self.city, person)


def make_town() -> Town:
    """Hamburg with one of everything that its team works with."""
    city = make_city("hamburg")
    chief = make_staff(city, "administrator", "Chris")
    Membership.objects.bulk_create(Membership(city=city, participant=chief, role=role) for role in ALL_ROLES if role != "administrator")
    town = Town(city, chief, make_staff(city, "moderator", "Jule"), make_participant(city, "Alice"))
    process = make_process(city, title=Translated({"de": "Was fehlt?"}), question=Translated({"de": "Was fehlt?"}), owner_name="Jan")
    step = make_step(process, position=1)
    for put in (
        _moderation,
        _imports,
        _merging,
        _answering,
        _unlawful,
        _archive,
        _processes,
        _themes,
        _services,
        _reporting,
        _team,
        _concepts,
        _classes,
    ):
        put(town, step)
    return town


def _moderation(town: Town, step: Any) -> None:
    jule = actor_of(town.jule)

    def case_of(title: str, **fields: Any) -> Case:
        row = make_contribution(step, title, **{"author": make_guest(town.city), "visibility": "waiting"} | fields)
        take_up(town.city, list(Contribution.objects.of(town.city).filter(pk=row.pk).select_related("author", "process", "step", "root")))
        return Case.objects.of(town.city).select_related("contribution").get(contribution=row)

    case, old = case_of("Eine Bank"), case_of("Ein Brunnen")
    made = decide(jule, case_of("Ein Baum"), "hide", reason="insult", suspend_days=7)
    run = start_run(jule, Order("publish"), {case_of("Ein Beet").pk: ""}, uid=uuid7())
    Run.objects.of(town.city).filter(pk=run.pk).update(state=Run.State.DONE)
    order = {"verb": "hide", "reason": "insult", "text": "Bitte freundlich.", "stamp": case.stamp}
    town.keys |= {key: {"key": case.pk} for key in ("case", "decide_case", "preview_order", "claim_case")} | {
        "take_up": {"key": old.contribution_id},
        "undo_decision": {"key": made.pk},
        "run": {"key": run.pk},
        "undo_run": {"key": run.pk},
        "lift_suspension": {"key": Suspension.objects.of(town.city).get().pk},
        "old_flag": {"key": case.pk},
    }
    town.queries["bulk"] = f"c={old.pk}:{old.stamp}"
    town.forms |= {
        "decide_case": order,
        "preview_order": order,
        "take_up": {"verb": "publish", "version": 1},
        "claim_case": {},
        "undo_decision": {},
        "save_queue_view": {"name": "Ideen", "query": "kind=idea"},
        "bulk": {"verb": "publish", "uid": str(uuid7())},
        "undo_run": {},
        "lift_suspension": {},
    }


def _concepts(town: Town, _step: Any) -> None:
    concept = begin_concept(actor_of(town.alice), uid=uuid7(), title="Hitze-Telefon", text=WORDS)
    chief, named = actor_of(town.chief), [town.chief.pk]
    gate, planned = (add_gate(chief, concept, Plan(title, "", "Ausschuss", named)) for title in ("Erproben?", "Anbieten?"))
    lay_before(chief, gate)
    town.keys |= {
        "set_up_gates": {"number": concept.contribution.number},
        "gate": {"key": gate.pk},
        "edit_gate": {"key": planned.pk},
        "move_gate": {"key": planned.pk, "does": "zuruecknehmen"},
    }
    plan = {"title": "Noch einmal?", "question": "", "body": "Ausschuss", "deciders": str(town.chief.pk), "due_on": ""}
    decision = {"verdict": "go", "reason": "Gut.", "body": "Ausschuss", "decided_on": "2026-01-02", "edition": "0", "version": "0"}
    town.forms |= {"set_up_gates": plan, "edit_gate": plan, "move_gate": {}, "gate": decision}


def _classes(town: Town, step: Any) -> None:
    day = timezone.localdate()
    now = timezone.now()
    chief = actor_of(town.chief)
    made = make_class(chief, step.process, name="Klasse 8b", seats=3, opens_at=now, closes_at=now + dt.timedelta(days=9))
    taken = take_seat(Actor(town.city), made, pseudonym="Mutiger Otter", language="de")
    uid = uuid7()
    town.keys |= {"class": {"key": made.pk}, "class_seat": {"key": made.pk, "number": taken.seat.number}}
    days = {"opens_on": day.isoformat(), "closes_on": (day + dt.timedelta(days=9)).isoformat()}
    typed = {"name": "Klasse 9a", "process": step.process.slug, "seats": "3", "waits": "on", **days}
    town.forms |= {
        "new_class": {"uid": str(uid), "seal": sealed(uid), "homepage": "", **typed},
        "class": {"do": "close"},
        "class_seat": {"do": "slip"},
    }


class SentAgain(io.BytesIO):
    """A file that a form sends each time as a whole."""

    name = "ideen.csv"

    def read(self, *_size: Any) -> bytes:
        self.seek(0)
        return super().read()


def _imports(town: Town, step: Any) -> None:
    def unit(state: str, **fields: Any) -> Import:
        columns = {"header": ["id", "title"], "chosen": {"id": "id", "title": "title"}, "rows": 2}
        return Import.objects.create(
            city=town.city, process=step.process, by=town.chief, door="page", state=state, name="ideen.csv", **columns | fields
        )

    ready = unit("ready", rejected=1)
    folder = Folder(ready)
    folder.path.mkdir(parents=True)
    folder.cut({}, 0)
    fault = (Record(2, {"id": "1", "title": ""}), Saying("the row has neither a title nor a text"))
    folder.add(Sorted(faults=[fault]), [], [], 0)
    archive = Archive.objects.create(city=town.city, process=step.process, by=town.chief, kind="public", state="ready")
    folder_of(archive).mkdir(parents=True)
    archive_path(archive).write_bytes(b"PK")
    failed = Archive.objects.create(city=town.city, process=step.process, by=town.chief, kind="public", state="failed")
    town.keys |= {
        "take_archive": {"key": archive.pk},
        "make_archive_again": {"key": failed.pk},
        "import": {"key": ready.pk},
        "map_import": {"key": unit("mapping").pk},
        "map_import_again": {"key": unit("ready").pk},
        "start_import": {"key": ready.pk},
        "stop_import": {"key": unit("running").pk},
        "undo_import": {"key": unit("done", new=1).pk},
        "discard_import": {"key": unit("mapping").pk},
        "import_faults": {"key": ready.pk},
    }
    town.forms |= {
        key: {}
        for key in (
            "staff_list_csv",
            "staff_list_xlsx",
            "staff_list_dipas",
            "staff_list_geojson",
            "make_archive_again",
            "map_import_again",
            "start_import",
            "stop_import",
            "undo_import",
            "discard_import",
        )
    } | {
        "archives": {"uid": str(uuid7()), "process": step.process.slug, "kind": "public"},
        "new_import": {
            "uid": str(uuid7()),
            "what": "contributions",
            "process": step.process.slug,
            "encoding": "",
            "file": SentAgain(b"id,title\n1,Eine Bank\n"),
        },
        "map_import": {"column-0": "id", "column-1": "title"},
    }


def _merging(town: Town, step: Any) -> None:
    jule, city = actor_of(town.jule), town.city
    rows = [make_contribution(step, f"Schatten {number}", text=WORDS) for number in range(8)]
    asked = make_contribution(step, "Schatten auf dem Platz", author=town.alice)
    merged, kept = (merge_contributions(jule, rows[0], [row])[0] for row in rows[1:3])
    Merge.objects.of(city).filter(pk=kept.pk).update(objected_at=timezone.now(), objection="Meins ist anders.")
    proposal = propose_merge(jule, rows[3], [asked], uid=uuid7(), reason="Beide meinen den Platz.")
    split = split_contribution(
        jule, rows[4], [Part("Hitze", "Im Sommer ist es hier zu heiß."), Part("Licht", "Am Abend fehlt Licht.")], uid=uuid7()
    )
    pair = Suggestion.objects.create(city=city, first=rows[5], second=rows[6], score=500)
    one, two, three = rows[5].number, rows[6].number, rows[7].number
    town.keys |= {key: {"number": three} for key in ("merge_start", "split", "relate")} | {
        "merge_dismiss": {"key": pair.pk},
        "merge_drop": {"key": proposal.pk},
        "merge_undo": {"key": merged.pk},
        "merge_keep": {"key": kept.pk},
        "split_undo": {"key": split.pk},
    }
    town.queries |= {"merge_compare": f"nr={one}&nr={two}", "merge_places": f"nr={one}"}
    parts = {"title-0": "Hitze", "text-0": "Im Sommer ist es hier zu heiß.", "title-1": "Licht", "text-1": "Am Abend fehlt Licht."}
    town.forms |= {key: {} for key in ("merge_dismiss", "merge_drop", "merge_undo", "merge_keep", "split_undo")} | {
        "merge_compare": {"nr": [one, two], "head": one, "reason": "Beide meinen den Platz.", "uid": str(uuid7())},
        "split": {"uid": str(uuid7()), **parts},
        "relate": {"number": str(one)},
    }


def _answering(town: Town, step: Any) -> None:
    chief, jule, city = actor_of(town.chief), actor_of(town.jule), town.city
    office = make_organisation(city, "Grünamt")
    make_staff(city, "expert", "Olaf", organisation=office)
    row, waiting = (make_contribution(step, title, author=town.alice) for title in ("Eine Linde", "Ein Ahorn"))
    assign_new(city, [row, waiting])
    picture = keep_file(jule, io.BytesIO(jpeg(60, 40)), size=len(jpeg(60, 40)), title="plan.jpg", loose=True)
    note = add_note(jule, row, text="Der Plan", file=picture)
    mine = add_note(chief, waiting, text="Bitte nachfragen.")
    day = timezone.localdate() + dt.timedelta(days=7)
    question = ask_department(jule, row, organisation=office, text="Geht das?", due_on=day)
    draft = save_draft(jule, waiting, version=0, status="planned", text="Wir pflanzen ihn.", organisation=office)
    draft = ask_release(jule, waiting, version=draft.version)
    batch = Batch.objects.create(
        city=city, uid=uuid7(), kind="answer", state="waiting", status="in_review", text={"de": "Wir prüfen das."}, by=town.jule
    )
    BatchItem.objects.create(city=city, batch=batch, contribution=row)
    template = save_template(jule, None, title="Dank", status="", text={"de": "Guten Tag {name}"})
    body = save_body(jule, None, name="Hochbahn", contact="info@hochbahn.example.org")
    rule = save_rule(jule, None, organisation=office)
    one = {"number": row.number}
    town.keys |= dict.fromkeys(
        ("answer", "write_answer", "keep_answer", "preview_answer", "assign_answer", "answer_note", "ask_department", "answer_moved"), one
    ) | {
        "release_answer": {"number": waiting.number},
        "drop_answer_note": {"number": waiting.number, "key": mine.pk},
        "answer_file": {"key": note.pk},
        "answer_batch": {"key": batch.pk},
        "answer_question": {"key": question.pk},
        "assignment_rule": {"key": rule.pk},
        "answer_body": {"key": body.pk},
        "answer_template": {"key": template.pk},
    }
    typed = {"status": "planned", "text": "Wir pflanzen sie.", "version": row.version, "draft_version": 0}
    town.forms |= {
        "write_answer": {**typed, "do": "publish"},
        "keep_answer": typed,
        "preview_answer": typed,
        "release_answer": {"do": "release", "version": waiting.version, "draft_version": draft.version},
        "assign_answer": {"organisation": office.pk},
        "answer_note": {"note-uid": str(uuid7()), "note-text": "Bitte die Schule fragen."},
        "drop_answer_note": {},
        "ask_department": {"question-organisation": office.pk, "question-text": "Bis wann?", "question-due_on": day.isoformat()},
        "answer_question": {"text": "Ja, das geht."},
        "answer_many": {
            "do": "answer",
            "go": "1",
            "numbers": str(row.number),
            "uid": str(uuid7()),
            "status": "in_review",
            "text_de": "Ja.",
        },
        "answer_batch": {"do": "release"},
        "assignment_rules": {"do": "apply"},
        "new_assignment_rule": {"organisation": office.pk, "process": step.process_id},
        "assignment_rule": {"organisation": office.pk, "process": step.process_id, "version": rule.version},
        "new_answer_body": {"name": "Bezirk", "contact": "bezirk@example.org"},
        "answer_body": {"name": "Hochbahn AG", "contact": "info@hochbahn.example.org", "version": body.version},
        "new_answer_template": {"title": "Absage", "text_de": "Leider nein."},
        "answer_template": {"title": "Danke", "text_de": "Danke {name}", "version": template.version},
    }


def _unlawful(town: Town, step: Any) -> None:
    chief, jule, city = actor_of(town.chief), actor_of(town.jule), town.city

    def matter_about(title: str) -> Matter:
        row = make_contribution(step, title, author=town.alice)
        typed = {
            "addresses": f"http://{city.slug}.localhost{row.path}",
            "ground": "insult",
            "explanation": "Das beleidigt.",
            "name": "Rita",
        }
        report_unlawful(Actor(city, source="net"), uid=uuid7(), mail="rita@example.org", in_good_faith=True, **typed)
        return Matter.objects.of(city).select_related("contribution").get(contribution=row)

    def decided(title: str) -> Matter:
        return decide_matter(jule, matter_about(title), outcome="illegal", ground="insult", norm="§ 185 StGB", facts="Es beleidigt.")

    matter = matter_about("Das ist arg")
    proposed = propose_evidence(jule, matter_about("Das ist am ärgsten"), norm="§ 130 StGB")
    sealed = seal_evidence(chief, propose_evidence(jule, decided("Das war arg"), norm="§ 185 StGB"))
    asked = ask_access(jule, sealed, kind="open", reason="Die Polizei fragt.")
    handed = grant_access(chief, ask_access(jule, sealed, kind="hand_out", reason="Die Polizei holt es."))
    opened = grant_access(actor_of(town.jule), ask_access(chief, sealed, kind="open", reason="Noch ein Blick."))
    about = decided("Das war ärger")
    report = Report.objects.of(city).get(mentions__matter=about)
    complaint = complain(Actor(city, source="net"), about, report, uid=uuid7(), text="Das sehe ich anders.")
    new = make_contribution(step, "Das meldet niemand")
    town.keys |= {key: {"key": matter.pk} for key in ("matter", "matter_ask", "matter_police", "matter_secure")} | {
        "matter_of": {"contribution": matter.contribution_id},
        "matter_erase": {"key": sealed.matter_id},
        "complaint": {"key": complaint.pk},
        "evidence": {"key": sealed.pk},
        "evidence_seal": {"key": proposed.pk},
        "evidence_refuse": {"key": proposed.pk},
        "evidence_grant": {"key": asked.pk},
        "evidence_read": {"key": opened.pk},
        "evidence_file": {"key": handed.pk},
    }
    town.forms |= {
        "matter_new": {"address": new.path, "ground": "insult"},
        "matter": {"outcome": "illegal", "ground": "insult", "norm": "§ 185 StGB", "facts": "Es beleidigt."},
        "matter_ask": {"text": "Welcher Satz?"},
        "matter_police": {"told_on": timezone.localdate().isoformat()},
        "matter_secure": {"norm": "§ 185 StGB"},
        "matter_erase": {},
        "complaint": {"outcome": "kept", "reasons": "Es bleibt dabei."},
        "evidence": {"kind": "hand_out", "reason": "Das Gericht fragt."},
        "evidence_seal": {},
        "evidence_refuse": {},
        "evidence_grant": {},
        "evidence_file": {},
    }


def _archive(town: Town, step: Any) -> None:
    from tests.media.test_paging import SECRET, written

    from civitas.media.actions import make_ready
    from civitas.media.models import MediaFile

    city, alice = town.city, actor_of(town.alice)
    row = make_contribution(step, "Ein Plan", author=town.alice, text="Meine Nummer ist 0171 7654321.")
    comment = make_comment(row, "Meine ist 0171 7654322.", author=town.alice)
    files = []
    for about in (row, comment):
        raw = written((SECRET, "eins"))
        file = keep_file(alice, io.BytesIO(raw), size=len(raw), title="Plan.pdf")
        make_ready(MediaFile.objects.of(city).select_related("city").get(pk=file.pk))
        with transaction.atomic():
            attach_files(city, about, [Shown(file)], town.alice)
        files.append(file.pk)
    joining = join(actor_of(town.jule), row, role="join", words="Ich bin dabei.")
    town.keys |= {
        "staff_contribution": {"number": row.number},
        "staff_comment": {"key": comment.pk},
        "redact": {"number": row.number},
        "redact_comment": {"key": comment.pk},
        "redact_page": {"number": row.number, "file": files[0], "page": 1},
        "redact_comment_page": {"key": comment.pk, "file": files[1], "page": 1},
        "hide_joining": {"key": joining.pk},
    }
    marked = {"reason": "contact", "version": 1, "step": "confirm"}
    town.forms |= {
        "redact": {**marked, "words": "0171 7654321"},
        "redact_comment": {**marked, "words": "0171 7654322"},
        "hide_joining": {},
    }


def _processes(town: Town, step: Any) -> None:
    city = town.city
    park: Process = make_process(city, "park", title=Translated({"de": "Ein Park"}), question=Translated({"de": "Wo?"}), state="draft")
    make_step(park, position=1, title=Translated({"de": "Sammeln"}))
    second = make_step(park, position=2, title=Translated({"de": "Noch einmal"}))
    ottensen = make_process(city, "ottensen")
    collecting = make_step(ottensen, position=1)
    make_contribution(collecting, "Bäume")
    make_step(ottensen, position=2, method="discuss")
    board = open_board(make_step(ottensen, position=3, method="brainstorm"))
    put_on_board(board, lambda there: [Group("gggggggg", title="Schatten")] if not document_of(board).groups else [])
    open_board(make_step(ottensen, position=4, method="cluster"))
    make_step(make_process(city, "ufer"), position=1, closes_at=timezone.now() + dt.timedelta(days=5))
    make_contribution(collecting, "Noch mehr Bäume")  # what came later can be brought to the board
    photo = jpeg(60, 40)
    file = keep_file(actor_of(town.chief), io.BytesIO(photo), size=len(photo), title="baum.jpg", loose=True)
    picture = BoardPicture.objects.create(city=city, board=board, file=file, alt="Ein Baum")
    flagged = FlaggedCard.objects.create(city=city, board=board, card="card0001")
    canvas: CanvasRow = write_canvas(city, next(iter(house_canvases().values())))
    in_park, step_one = {"slug": "park"}, {"slug": "park", "position": 1}
    about_park = (
        "process_rules",
        "staff_process",
        "staff_process_texts",
        "staff_step_new",
        "staff_process_mend",
        "staff_step_move",
        "staff_process_template",
        "staff_process_drawing",
    )
    town.keys |= dict.fromkeys((*about_park, "staff_step_remove"), in_park)
    town.keys |= {name: {"slug": "park", "key": "neu"} for name in ("staff_news", "staff_event", "staff_document", "staff_topic")}
    boss = actor_of(town.chief)
    gone = remove_told(boss, park, put_news(boss, park, title=Translated({"de": "Vorbei"}), body=Translated({"de": "Ja."})), version=1)
    town.keys["staff_process_restore"] = {"slug": "park", "key": gone.pk if gone else 0}
    town.forms["staff_process_restore"] = {}
    town.keys |= dict.fromkeys(("staff_step", "staff_step_opening"), step_one) | {
        "staff_process_state": {"slug": "ottensen"},
        "staff_process_extend": {"slug": "ufer"},
        "step_comments": {"slug": "ottensen", "position": 2},
        "conclude_step": {"slug": "ottensen", "position": 3},
        "cockpit_brief": {"slug": "ottensen"},
        "bring_to_board": {"slug": "ottensen", "position": 4},
        "decide_board_picture": {"key": picture.pk},
        "decide_flagged_card": {"key": flagged.pk},
        "edit_canvas": {"key": canvas.key},
        "drop_canvas": {"key": canvas.key},
    }
    off = Postponement.objects.create(
        city=town.city, process=ottensen, why="audit", words="Prüfung", until=timezone.localdate() + dt.timedelta(days=9)
    )
    town.keys |= {"let_go": {"key": off.pk}}
    town.queries |= {"rules": "teil=promises", "process_rules": "teil=promises", "put_off": "beteiligung=park"}
    town.forms |= {
        "put_off": {"why": "audit", "words": "Prüfung", "until": (timezone.localdate() + dt.timedelta(days=9)).isoformat()},
        "let_go": {},
    }
    promises = {"setting-look_hours": 48, "setting-answer_days": "", "setting-merge_days": 14, "version": 1}
    sources = {"look_hours": "own", "answer_days": "above", "merge_days": "above"}
    one = {"title_de": "Wer?", "question_de": "Für wen?", "column": "1", "row": "1", "wide": "3", "high": "2", "colour": "yellow"}
    poster = {"title_de": "Unser Plakat", "count": "1", **{f"field-0-{name}": value for name, value in one.items()}}
    collect = {"setting-moderation": "before", "setting-who": "anyone", "setting-kinds": ["idea"], "setting-place": "none"}
    town.forms |= {
        "rules": promises,
        "process_rules": {**promises, **{f"setting-{name}_from": source for name, source in sources.items()}},
        "staff_process_new": {"like": "empty", "title_de": "Neuer Platz", "question_de": "Was fehlt?"},
        "staff_process_state": {"state": "archived"},
        "staff_process_texts": {"title_de": "Der Park", "question_de": "Wo?", "version": park.version},
        "staff_process_extend": {"closes_at": "2099-05-12T17:00", "following": "stay"},
        "staff_process_mend": {"mend": "name_me"},
        "staff_step_move": {"step": second.key, "to": "1"},
        "staff_step_remove": {"step": second.key, "version": second.version},
        "staff_news": {"title_de": "Es geht los", "body_de": "Am Montag."},
        "staff_event": {"title_de": "Rundgang", "starts_at": "2099-05-12T17:00", "ends_at": "2099-05-12T18:00"},
        "staff_document": {"title_de": "Lageplan", "url": "https://example.org/plan"},
        "staff_topic": {"name_de": "Schatten", "after": "", "was": ""},
        "staff_process_drawing": {"do": "remove", "version": "1"},
        "staff_step_new": {"method": "discuss", "title_de": "Reden"},
        "staff_step": {"title_de": "Sammeln wir", "version": 1, "setting-question_de": "Was?", **collect},
        "staff_step_opening": {"override": "closed"},
        "step_comments": {"do": "pause"},
        "conclude_step": {},
        "bring_to_board": {},
        "decide_board_picture": {"do": "hidden"},
        "decide_flagged_card": {"do": "hidden", "reason": "insult"},
        "edit_canvas": {**poster, "version": canvas.version},
        "preview_canvas": poster,
        "drop_canvas": {},
    }  # fmt: skip


def _team(town: Town, step: Any) -> None:
    city, today = town.city, timezone.localdate()
    renewed, withdrawn = make_invitation(city, "neu@example.org", by=town.chief), make_invitation(city, "alt@example.org", by=town.chief)
    mate = make_staff(city, "moderator", "Mo")
    absence = set_absence(actor_of(town.chief), town.jule, starts_on=today, ends_on=today + dt.timedelta(days=2))
    note = make_note(city)
    town.keys |= {key: {"uid": mate.uid} for key in ("colleague", "give_role", "absence")} | {
        "renew_invitation": {"uid": renewed.uid},
        "withdraw_invitation": {"uid": withdrawn.uid},
        "change_note": {"key": note.pk, "change": "anheften"},
        "role_end": {"key": Membership.objects.of(city).get(participant=mate).pk},
        "take_role": {"key": Membership.objects.of(city).get(participant=mate).pk},
        "drop_absence": {"key": absence.pk},
        "barrier": {"key": report_barrier(Actor(city, source="net"), uid=uuid7(), text="Ein Bild ohne Worte.").pk},
    }
    town.forms |= {
        "invite": {"mail": "wiebke@example.org", "role": "moderator", "language": "de"},
        "renew_invitation": {},
        "withdraw_invitation": {},
        "write_note": {"text": "Bitte nachsehen.", "uid": str(uuid7())},
        "barrier": {"text": "Nun steht sie da."},
        "change_note": {},
        "role_end": {"ends_on": (today + dt.timedelta(days=60)).isoformat()},
        "take_role": {},
        "drop_absence": {},
        "give_role": {"role": "owner", "organisation": ""},
        "absence": {"starts_on": today.isoformat(), "ends_on": today.isoformat(), "deputy": ""},
        "see_as_citizen": {"sehen": "an"},
        "mails": {"version": 0, "language": "de", "greeting_de": "Moin!"},
        "preview_mails": {"version": 0, "language": "de", "greeting_de": "Moin!"},
    }
    assert step.city_id == city.pk


def _themes(town: Town, step: Any) -> None:
    jule = actor_of(town.jule)
    voices = [make_contribution(step, f"Eine Bank im Schatten {number}") for number in range(3)]
    draft, shown = (make_theme(jule, step, uid=uuid7(), title=title, text="") for title in ("Sitzen", "Schatten"))
    run = gather(jule, draft, [voices[0].pk], uid=uuid7())
    gather(jule, shown, [voices[1].pk], uid=uuid7())
    publish_theme(jule, shown)
    one = {"number": draft.number}
    town.keys |= dict.fromkeys(("theme_work", "gather", "take_out_of_theme", "publish_theme"), one) | {
        "put_back_theme": {"number": shown.number},
        "gathering": {**one, "key": run.pk},
        "undo_gathering": {**one, "key": run.pk},
    }
    town.forms |= {
        "new_theme": {"title": "Wasser", "process": step.process.slug, "uid": str(uuid7())},
        "theme_work": {"title": "Sitzen im Schatten", "text": "Wo?", "version": 1},
        "gather": {"c": voices[2].pk, "uid": str(uuid7())},
        "take_out_of_theme": {"c": voices[0].pk},
        "publish_theme": {},
        "put_back_theme": {},
        "undo_gathering": {},
    }


def _services(town: Town, step: Any) -> None:
    city = town.city
    offers = [make_service(city, f"Angebot {number}", organisation=make_organisation(city, f"Amt {number}")) for number in range(6)]
    chief = actor_of(town.chief)
    counted = [
        add_indicator(chief, offers[0], name=Translated({"de": name}), unit=Translated(), target=None) for name in ("Zelte", "Leitern")
    ]
    titles = ("Werkzeug für alle", "Ein Zelt für Feste")
    concept, tied = (begin_concept(actor_of(town.alice), uid=uuid7(), title=title, text=WORDS) for title in titles)
    for each in (concept, tied):
        gate = lay_before(chief, add_gate(chief, each, Plan("Anbieten?", "", "Ausschuss", [town.chief.pk])))
        decide_gate(chief, gate, Decided("go", "Gut.", "Ausschuss", dt.date(2026, 1, 2)), edition=0)
    take_into_catalogue(chief, tied.contribution, service=offers[4])
    change_state(chief, offers[5], version=offers[5].version, status="ended", reason=Translated({"de": "Vertan"}))
    state = last_noted(city, offers[5])
    names = ("staff_service", "add_indicator", "begin_service_process")
    look = f"look-{counted[0].pk}"
    town.keys |= {name: {"key": offers[0].key} for name in names} | {
        "service_provider": {"key": offers[1].key},
        "service_state": {"key": offers[2].key},
        "edit_service": {"key": offers[3].key},
        "look_at_indicator": {"key": offers[0].key, "pk": counted[0].pk},
        "drop_indicator": {"key": offers[0].key, "pk": counted[1].pk},
        "concept_to_catalogue": {"number": concept.contribution.number},
        "untie_concept": {"key": offers[4].key, "number": tied.contribution.number},
        "service_state_back": {"key": offers[5].key},
    }
    town.forms |= {
        "new_service": {"name_de": "Hitzetelefon", "status": "trial", "organisation": ""},
        "edit_service": {"name_de": "Angebot", "organisation": str(offers[3].organisation_id), "version": offers[3].version},
        "service_state": {"status": "improving", "reason_de": "Zu wenig Werkzeug", "version": offers[2].version},
        "service_provider": {"left_on": "2026-03-01", "responsible": "", "version": offers[1].version},
        "add_indicator": {"indicator_de": "Ausleihen im Monat", "target": "400"},
        "look_at_indicator": {f"{look}-value": "312", f"{look}-looked_on": "2026-03-01"},
        "drop_indicator": {},
        "begin_service_process": {"purpose": "improve", "like": "collect-discuss"},
        "concept_to_catalogue": {"service": "", "name_de": "Leihregal", "status": "trial", "organisation": ""},
        "untie_concept": {},
        "service_state_back": {"state": str(state.pk if state else 0)},
    }


def _reporting(town: Town, step: Any) -> None:
    ottensen: Process = Process.objects.of(town.city).select_related("city").get(slug="ottensen")
    section = sections_of(put_together(actor_of(town.chief), ottensen))[0]
    one, asked = {"slug": "ottensen"}, {"slug": "ottensen", "chapter": "asked"}
    town.keys |= dict.fromkeys(("report_work", "release_report"), one) | dict.fromkeys(("report_section", "settle_offer"), asked)
    town.forms |= {
        "report_work": {},
        "release_report": {"stamp": "1-1-1-1-1-1", "changes": ""},
        "report_section": {"text": "Was fehlt in Ottensen?", "version": 1},
        "settle_offer": {"do": "leave", "version": section.version, "offer": section.offer_mark},
    }
    assert step.city_id == town.city.pk
