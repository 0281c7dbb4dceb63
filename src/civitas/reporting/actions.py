"""What the team does with a report: put it together, write in it, take up new data, release it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.refusals import too_long
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import Refused
from civitas.outbox.actions import enqueue
from civitas.reporting.composing import drafts_of
from civitas.reporting.models import Chapter, Edition, EditionText, Report, Section
from civitas.reporting.queries import editions_of, sections_of, texts_of
from civitas.reporting.rules import may_release, may_second, may_write, needs_second

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.processes.models import Process

LONGEST_TEXT = 40_000
LONGEST_CHANGES = 500


def put_together(actor: Actor, process: Process) -> Report:
    """Put a report together from the data, the first time or again: what somebody wrote stays, and new data are offered beside it."""
    may_write(actor, process).require()
    city = actor.city
    with transaction.atomic():
        Report.objects.bulk_create([Report(city=city, process=process)], ignore_conflicts=True)
        report: Report = Report.objects.of(city).select_for_update(of=("self",)).get(process=process)
        drafts = drafts_of(process)  # held before: of two who put it together the later one has the newer data
        known = {section.chapter: section for section in sections_of(report)}
        for chapter in Chapter.values:
            section = known.get(chapter)
            if section is None:
                Section.objects.create(city=city, report=report, chapter=chapter, text=drafts[chapter])
            elif section.is_written:
                section.offer = drafts[chapter] if drafts[chapter] != section.text else ""
                section.save(update_fields=["offer", "changed_at"])
            elif section.text != drafts[chapter]:
                section.text, section.version = drafts[chapter], section.version + 1
                section.save(update_fields=["text", "version", "changed_at"])
        record(city, by=actor.uid, verb="report.put_together", subject=f"report:{report.pk}")
    return report


def write_section(actor: Actor, report: Report, chapter: str, *, text: str, version: int) -> Section:
    """Write in a section. Raises Refused (409) when somebody wrote in it since `version`; what was typed is kept."""
    may_write(actor, report.process).require()
    text = cleaned(text)
    if sentence := too_long(text, LONGEST_TEXT):
        raise Refused(sentence, status=400, fields={"text": sentence})
    with transaction.atomic():
        section = _held(actor, report, chapter)
        if section.version != version:
            raise Refused(_("Somebody wrote in this section meanwhile. Below is how it reads now; yours is kept."), status=409)
        if section.text == text:
            return section
        _keep(actor, section, text)
        record(actor.city, by=actor.uid, verb="report.written", subject=f"report:{report.pk}", details={"chapter": chapter})
    return section


def settle_offer(actor: Actor, report: Report, chapter: str, *, take: str, version: int, seen: str) -> Section:
    """Take up the new data in place of what was written (`take` is 'yes'), or put them away ('no').

    Raises Refused (409) as above, also when there are newer data than what was `seen` (`Section.offer_mark`).
    """
    may_write(actor, report.process).require()
    with transaction.atomic():
        section = _held(actor, report, chapter)
        if section.version != version:
            raise Refused(_("Somebody wrote in this section meanwhile. Please look at it again."), status=409)
        if section.offer_mark != seen:
            raise Refused(_("There are newer data meanwhile. Please look at them again."), status=409)
        if take == "yes" and section.offer:
            _keep(actor, section, section.offer)
        Section.objects.of(actor.city).filter(pk=section.pk).update(offer="")
        section.offer = ""
    return section


def _keep(actor: Actor, section: Section, text: str) -> None:
    section.text, section.version, section.is_written = text, section.version + 1, True
    section.changed_by = actor.participant
    section.save(update_fields=["text", "version", "is_written", "changed_by", "changed_at"])


def _held(actor: Actor, report: Report, chapter: str) -> Section:
    rows = Section.objects.of(actor.city).select_for_update(of=("self",)).filter(report=report, chapter=chapter)
    section: Section | None = rows.first()
    if section is None:
        raise Refused(_("We cannot find this section."), status=404)
    return section


def stamp_of(sections: list[Section]) -> str:
    """What somebody looked at: the versions of all sections in order."""
    return "-".join(str(section.version) for section in sections)


def _same(sections: list[Section], edition: Edition) -> bool:
    """Whether an edition reads as the sections do now."""
    return {section.chapter: section.text for section in sections if section.text} == {
        each.chapter: each.text for each in texts_of(edition)
    }


def release(actor: Actor, report: Report, *, changes: str, stamp: str) -> Edition | None:
    """Release a report as it reads; before elections the first person asks (None comes back) and a second one releases.

    `stamp` is what was looked at: raises Refused (409) when somebody wrote in it since. Who gave something is told, once.
    """
    process = report.process
    may_release(actor, process).require()
    changes = cleaned_line(changes)
    if sentence := too_long(changes, LONGEST_CHANGES):
        raise Refused(sentence, status=400, fields={"changes": sentence})
    city = actor.city
    with transaction.atomic():
        held: Report = Report.objects.of(city).select_for_update(of=("self",)).select_related("asked_by").get(pk=report.pk)
        sections = sections_of(held)
        if stamp != stamp_of(sections):
            raise Refused(_("Somebody wrote in this report meanwhile. Please read it again before you release it."), status=409)
        earlier = editions_of(process)
        if earlier and _same(sections, earlier[0]):
            raise Refused(_("This is released already, word for word."), status=409)
        is_asked = held.asked_stamp == stamp
        changes = changes or (held.asked_changes if is_asked else "")
        if earlier and not changes:
            sentence = _("Please say in a sentence what has changed.")
            raise Refused(sentence, status=400, fields={"changes": sentence})
        first = held.asked_by if is_asked else None
        if needs_second(actor, process):
            if first is None:
                held.asked_by, held.asked_at, held.asked_changes, held.asked_stamp = actor.participant, timezone.now(), changes, stamp
                held.save(update_fields=["asked_by", "asked_at", "asked_changes", "asked_stamp"])
                record(city, by=actor.uid, verb="report.release_asked", subject=f"report:{held.pk}")
                return None
            may_second(actor, process, held).require()
        edition = Edition.objects.create(
            city=city,
            report=held,
            number=(earlier[0].number if earlier else 0) + 1,
            released_at=timezone.now(),
            released_by=first or actor.participant,
            seconded_by=actor.participant if first else None,
            changes=changes,
        )
        texts = [EditionText(city=city, edition=edition, chapter=section.chapter, text=section.text) for section in sections]
        EditionText.objects.bulk_create(texts)
        held.asked_by, held.asked_at, held.asked_changes, held.asked_stamp = None, None, "", ""
        held.save(update_fields=["asked_by", "asked_at", "asked_changes", "asked_stamp"])
        record(city, by=actor.uid, verb="report.released", subject=f"report:{held.pk}", details={"edition": edition.number})
        enqueue(city, "reporting.tell", {"edition": edition.pk, "after": 0})
    return edition
