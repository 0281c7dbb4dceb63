"""How the demo's administration comes to its answers: rules, templates, bodies, notes, questions, drafts. Checked with file and line."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction

from civitas.answering.actions import drafting, keeping, talking
from civitas.answering.actions.assigning import put_on_desk
from civitas.answering.blanks import faults_in
from civitas.answering.models import AnswerDraft, AssignmentRule, Body, Note, Question, Template
from civitas.contributions.models import Contribution
from civitas.kit.packs import Fault
from civitas.people.actors import city_actor, on_behalf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack
    from civitas.people.actors import Actor

ANSWERS = "demo/answers.toml"
_PEOPLE, _CONTRIBUTIONS, _ORGANISATIONS = "demo/people.toml", "demo/contributions.toml", "organisations.toml"
_KEYS = {
    "rule": {"organisation", "person", "category", "area", "process"},
    "template": {"title", "status", "text"},
    "body": {"name", "contact"},
    "note": {"contribution", "person", "text", "for"},
    "question": {"contribution", "person", "organisation", "text", "due_in", "reply", "replier"},
    "draft": {"contribution", "person", "organisation", "status", "text", "next_step", "due_in", "waiting"},
}
_NEEDED = {
    "rule": ("organisation",),
    "template": ("title", "text"),
    "body": ("name", "contact"),
    "note": ("contribution", "person", "text"),
    "question": ("contribution", "person", "organisation", "text", "due_in"),
    "draft": ("contribution", "person", "status", "text"),
}


def check_answers(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's file of answers; a pack without one has none."""
    people = {str(entry.get("key")) for _line, entry in pack.entries(_PEOPLE, "person")}
    offices = {str(entry.get("key")) for _line, entry in pack.entries(_ORGANISATIONS, "organisation")}
    contributions = {str(entry.get("key")): entry for _line, entry in pack.entries(_CONTRIBUTIONS, "contribution")}
    for table, known in _KEYS.items():
        for line, entry in pack.entries(ANSWERS, table):
            for key in sorted(entry.keys() - known):
                yield Fault(ANSWERS, line, f"'{key}' is not known here")
            for key in _NEEDED[table]:
                if not entry.get(key):
                    yield Fault(ANSWERS, line, f"'{key}' is missing")
            if "contribution" in known and contributions.get(str(entry.get("contribution")), {}).get("visibility") != "published":
                yield Fault(ANSWERS, line, f"the contribution '{entry.get('contribution')}' is no published one of {_CONTRIBUTIONS}")
            named = [entry[key] for key in ("person", "replier") if key in entry] + list(entry.get("for", []))
            for person in named:
                if person not in people:
                    yield Fault(ANSWERS, line, f"'{person}' is not in {_PEOPLE}")
            if entry.get("organisation") and entry["organisation"] not in offices:
                yield Fault(ANSWERS, line, f"the organisation '{entry['organisation']}' is not in {_ORGANISATIONS}")
            if table == "template":
                for language, text in (entry.get("text") or {}).items():
                    for fault in faults_in(str(text).strip()):
                        yield Fault(ANSWERS, line, f"'text.{language}' has a broken blank in its line {fault.line}, column {fault.column}")


def load_answers(demo: Demo) -> None:
    """Bring in what is not there yet; what waits for an answer goes to whom the rules say."""
    steering = city_actor(demo.city)
    for table, bring_in in (("rule", _rule), ("template", _template), ("body", _body)):
        for _line, entry in demo.pack.entries(ANSWERS, table):
            with transaction.atomic():
                bring_in(demo, steering, entry)
    put_on_desk(demo.city)
    rows = Contribution.objects.of(demo.city).select_related("process", "author", "organisation")
    for table, write in (("note", _note), ("question", _question), ("draft", _draft)):
        for _line, entry in demo.pack.entries(ANSWERS, table):
            row = rows.get(uid=demo.uid(entry["contribution"]))
            if row.visibility == Contribution.Visibility.PUBLISHED:
                with transaction.atomic():
                    write(demo, row, entry)


def _rule(demo: Demo, actor: Actor, entry: dict[str, Any]) -> None:
    process = next((step.process for (slug, _key), step in demo.steps.items() if slug == entry.get("process")), None)
    values: dict[str, Any] = {
        "organisation": demo.organisations[entry["organisation"]],
        "person": demo.people.get(entry.get("person", "")),
        "category": demo.categories.get(("", entry.get("category", ""))),
        "area": demo.areas.get(entry.get("area", "")),
        "process": process,
    }
    if not AssignmentRule.objects.of(demo.city).filter(**values).exists():
        keeping.save_rule(actor, None, **values)


def _template(demo: Demo, actor: Actor, entry: dict[str, Any]) -> None:
    if not Template.objects.of(demo.city).filter(title=entry["title"]).exists():
        text = {language: words.strip() for language, words in entry["text"].items()}
        keeping.save_template(actor, None, title=entry["title"], status=entry.get("status", ""), text=text)


def _body(demo: Demo, actor: Actor, entry: dict[str, Any]) -> None:
    if not Body.objects.of(demo.city).filter(name=entry["name"]).exists():
        keeping.save_body(actor, None, name=entry["name"], contact=entry["contact"])


def _note(demo: Demo, row: Contribution, entry: dict[str, Any]) -> None:
    text = entry["text"].strip()
    if not Note.objects.of(demo.city).filter(contribution=row, text=text).exists():
        meant_for = [demo.people[key] for key in entry.get("for", [])]
        talking.add_note(on_behalf(demo.people[entry["person"]]), row, text=text, meant_for=meant_for)


def _question(demo: Demo, row: Contribution, entry: dict[str, Any]) -> None:
    text = entry["text"].strip()
    if Question.objects.of(demo.city).filter(contribution=row, text=text).exists():
        return
    actor, office = on_behalf(demo.people[entry["person"]]), demo.organisations[entry["organisation"]]
    question = talking.ask_department(actor, row, organisation=office, text=text, due_on=_day(demo, entry))
    if entry.get("reply"):
        talking.reply(on_behalf(demo.people[entry["replier"]]), question, text=entry["reply"].strip())


def _draft(demo: Demo, row: Contribution, entry: dict[str, Any]) -> None:
    if AnswerDraft.objects.of(demo.city).filter(contribution=row).exists():
        return
    actor = on_behalf(demo.people[entry["person"]])
    draft = drafting.save_draft(
        actor, row, version=0, status=entry["status"], text=entry["text"].strip(), next_step=entry.get("next_step", ""),
        organisation=demo.organisations.get(entry.get("organisation", "")), due_on=_day(demo, entry) if "due_in" in entry else None,
    )  # fmt: skip
    if entry.get("waiting"):
        drafting.ask_release(actor, row, version=draft.version)


def _day(demo: Demo, entry: dict[str, Any]) -> dt.date:
    return (demo.now + dt.timedelta(days=entry["due_in"])).date()
