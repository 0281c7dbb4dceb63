"""Concepts of the demo: who writes them, section by section, and what was decided about them. Checked with file and line."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from civitas.contributions.linking import make_links
from civitas.contributions.models import Contribution, Link
from civitas.coproduction.actions.beginning import begin_concept
from civitas.coproduction.actions.gates import Decided, Plan, add_gate, decide, lay_before
from civitas.coproduction.actions.talking import reply_to_gate
from civitas.coproduction.actions.writing import write_section
from civitas.coproduction.models import Concept, Gate, GateDecision, Member, SectionText, Wording
from civitas.coproduction.sections import section_by_key
from civitas.kit.packs import Fault
from civitas.people.actors import on_behalf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack

CONCEPTS = "demo/concepts.toml"
_PEOPLE, _CONTRIBUTIONS = "demo/people.toml", "demo/contributions.toml"
_NEEDED = ("key", "title", "text", "author", "days_ago")
_VERDICTS = set(GateDecision.Verdict.values)


def check_concepts(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's concepts; a pack without any has none."""
    people = {str(entry.get("key")): entry for _line, entry in pack.entries(_PEOPLE, "person")}
    voices = {str(entry.get("key")) for _line, entry in pack.entries(_CONTRIBUTIONS, "contribution")}
    for line, entry in pack.entries(CONCEPTS, "concept"):
        for key in _NEEDED:
            if entry.get(key) in {None, ""}:
                yield Fault(CONCEPTS, line, f"'{key}' is missing")
        if not people.get(str(entry.get("author")), {}).get("login"):
            yield Fault(CONCEPTS, line, f"the author '{entry.get('author')}' is nobody in {_PEOPLE} who has a login")
        for key in sorted(set(entry.get("origins", ())) - voices):
            yield Fault(CONCEPTS, line, f"the origin '{key}' is not in {_CONTRIBUTIONS}")
        named = {each.get("person") for each in entry.get("member", ())} | {each.get("by") for each in entry.get("section", ())}
        gates = entry.get("gate", ())
        named |= {person for gate in gates for person in gate.get("deciders", ())} | {gate.get("reply_by") for gate in gates}
        for person in sorted(str(each) for each in named - set(people) - {None}):
            yield Fault(CONCEPTS, line, f"'{person}' is not in {_PEOPLE}")
        for each in entry.get("section", ()):
            if section_by_key(str(each.get("key"))) is None:
                yield Fault(CONCEPTS, line, f"'{each.get('key')}' is no section of a concept")
        for gate in gates:
            if gate.get("verdict", "go") not in _VERDICTS:
                yield Fault(CONCEPTS, line, f"'{gate['verdict']}' is no verdict ({', '.join(sorted(_VERDICTS))})")


def load_concepts(demo: Demo) -> None:
    """Bring in the concepts that are not there yet, the oldest first, each whole or not at all."""
    entries = [entry for _line, entry in demo.pack.entries(CONCEPTS, "concept")]
    for entry in sorted(entries, key=lambda entry: -entry["days_ago"]):
        if not Contribution.objects.of(demo.city).filter(uid=demo.uid(f"concept/{entry['key']}")).exists():
            with transaction.atomic():
                _bring_in(demo, entry)


def _bring_in(demo: Demo, entry: dict[str, Any]) -> None:
    key, author = f"concept/{entry['key']}", demo.people[entry["author"]]
    spoken_for = demo.organisations.get(entry.get("organisation", ""))
    concept = begin_concept(
        on_behalf(author),
        uid=demo.uid(key),
        title=entry["title"],
        text=entry["text"].strip(),
        organisation=spoken_for,
        given_at=demo.moment(entry["days_ago"], key),
    )
    row = concept.contribution
    origins = Contribution.objects.of(demo.city).filter(uid__in=[demo.uid(origin) for origin in entry.get("origins", ())])
    make_links(demo.city, [(pk, row.pk, Link.Kind.DEVELOPED_INTO) for pk in origins.order_by("pk").values_list("pk", flat=True)], by=None)
    Link.objects.of(demo.city).filter(target=row).update(at=row.given_at)
    begun = {"begun_at": row.given_at, "changed_at": row.given_at}
    Concept.objects.of(demo.city).filter(pk=concept.pk).update(**begun)
    Member.objects.of(demo.city).filter(concept=concept).update(at=row.given_at)
    _members(demo, concept, entry)
    for each in entry.get("section", ()):
        _section(demo, concept, each, key)
    for index, gate in enumerate(entry.get("gate", ())):
        _gate(demo, concept, gate, f"{key}/gate/{index}")


def _members(demo: Demo, concept: Concept, entry: dict[str, Any]) -> None:
    for each in entry.get("member", ()):
        organisation = demo.organisations.get(each.get("organisation", ""))
        Member.objects.create(
            city=demo.city,
            concept=concept,
            participant=demo.people[each["person"]],
            organisation=organisation,
            organisation_name=organisation.name if organisation else "",
            state=Member.State.IN,
            at=demo.moment(each["days_ago"], f"{entry['key']}/{each['person']}", after=concept.contribution.given_at),
        )


def _section(demo: Demo, concept: Concept, each: dict[str, Any], key: str) -> None:
    person = demo.people[each["by"]]
    member = Member.objects.of(demo.city).filter(concept=concept, participant=person).select_related("organisation").first()
    known = SectionText.objects.of(demo.city).filter(concept=concept, key=each["key"]).first()
    version = known.version if known else 0
    made = write_section(on_behalf(person), concept, member, each["key"], text=each["text"], version=version)
    if made is not None:
        at = demo.moment(each["days_ago"], f"{key}/{each['key']}/{made.version}", after=concept.contribution.given_at)
        Wording.objects.of(demo.city).filter(pk=made.pk).update(at=at)
        SectionText.objects.of(demo.city).filter(concept=concept, key=each["key"]).update(changed_at=at)
        Concept.objects.of(demo.city).filter(pk=concept.pk).update(changed_at=at)


def _gate(demo: Demo, concept: Concept, entry: dict[str, Any], key: str) -> None:
    """A gate that is planned, waits, or was decided, as far as the entry tells."""
    deciders = [demo.people[person] for person in entry["deciders"]]
    due_on = timezone.localdate() + dt.timedelta(days=entry["due_in"]) if "due_in" in entry else None
    leader = on_behalf(deciders[0])
    plan = Plan(entry["title"], entry.get("question", ""), entry["body"], [person.pk for person in deciders], due_on)
    gate = add_gate(leader, concept, plan)
    if "laid_days_ago" not in entry:
        return
    gate = lay_before(leader, gate)
    gate.concept = concept
    laid_at = demo.moment(entry["laid_days_ago"], key)
    Gate.objects.of(demo.city).filter(pk=gate.pk).update(laid_at=laid_at)
    if "verdict" not in entry:
        return
    at = demo.moment(entry["days_ago"], f"{key}/decided", after=laid_at)
    day = timezone.localtime(at).date()
    numbers = {"paper_number": entry.get("number", ""), "paper_url": entry.get("url", "")}
    decided = Decided(entry["verdict"], entry["reason"].strip(), entry["body"], day, **numbers)
    edition = Concept.objects.of(demo.city).values_list("edition", flat=True).get(pk=concept.pk)
    made = decide(leader, gate, decided, edition=edition)
    GateDecision.objects.of(demo.city).filter(pk=made.pk).update(at=at)
    if entry.get("reply"):
        _reply(demo, concept, gate, entry, f"{key}/reply", after=at)


def _reply(demo: Demo, concept: Concept, gate: Gate, entry: dict[str, Any], key: str, *, after: dt.datetime) -> None:
    person = demo.people[entry["reply_by"]]
    member = Member.objects.of(demo.city).filter(concept=concept, participant=person).first()
    gate.refresh_from_db(fields=["state"])
    concept.contribution.process.city = demo.city
    said = reply_to_gate(on_behalf(person), gate, member, uid=demo.uid(key), text=entry["reply"].strip())
    at = demo.moment(entry["reply_days_ago"], key, after=after)
    Contribution.objects.of(demo.city).filter(pk=said.pk).update(given_at=at)
