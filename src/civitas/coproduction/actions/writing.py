"""Write a section: nothing is overwritten unseen, and every wording is kept. Title, lead and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.actions import announce, change_visibility, index_later, look_later
from civitas.contributions.attachments import attach_more
from civitas.contributions.checks import checked_texts
from civitas.contributions.counts import keeping_counts
from civitas.contributions.machines import refuse_blocked
from civitas.contributions.models import WORDS, Contribution, Revision
from civitas.contributions.waiting import waits_for_team
from civitas.coproduction.actions.holding import hold_concept
from civitas.coproduction.canvas import canvas_words
from civitas.coproduction.models import Concept, Member, SectionText, Wording
from civitas.coproduction.queries import wording_at
from civitas.coproduction.rules import may_write
from civitas.coproduction.sections import LONGEST_SECTION, section_by_key
from civitas.kit.texts import added_lines, cleaned
from civitas.kit.verdicts import Refused
from civitas.people.deeds import deeds_changed
from civitas.people.rates import spend

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from civitas.cities.models import City
    from civitas.contributions.attachments import Shown
    from civitas.people.actors import Actor


@dataclass(frozen=True)
class Overtaken:
    """Somebody wrote the section meanwhile: the wording both began with, and the one that stands there now."""

    base: str
    theirs: Wording


def write_section(actor: Actor, concept: Concept, member: Member | None, key: str, *, text: str, version: int) -> Wording | None:
    """Let a section read like this. `version` is the wording the writer began with; None when nothing changed.

    Raises Refused: 409 when somebody wrote it since (`overtaken` says what), 400 for a text that is too long, 422 for a website that the
    city does not take.
    """
    may_write(actor, concept, member).require()
    if section_by_key(key) is None:
        raise Refused(_("We cannot find this section."), status=404)
    text = cleaned(text)
    if len(text) > LONGEST_SECTION:
        figures = {"limit": LONGEST_SECTION, "count": len(text)}
        sentence = (
            _("Please shorten the text to %(limit)d characters; it has %(count)d. Long tables and plans go along as files.") % figures
        )
        raise Refused(sentence, status=400, fields={"text": sentence})
    with transaction.atomic():
        spend(actor, "write")
        held = hold_concept(actor.city.pk, concept.pk)
        row, _new = SectionText.objects.of(actor.city).get_or_create(concept=held, key=key, defaults={"city": actor.city})
        if row.text == text:
            return None
        if row.version != version:
            raise Refused(_("Somebody wrote this section meanwhile. Your text is kept; please look at both."), status=409)
        added = added_lines(row.text, text)
        row.text, row.version = text, row.version + 1
        row.save(update_fields=["text", "version", "changed_at"])
        held.edition += 1
        held.save(update_fields=["edition", "changed_at"])
        speaks = member.organisation if member is not None and member.organisation_id in actor.organisation_ids else None
        made: Wording = Wording.objects.create(
            city=actor.city, concept=held, edition=held.edition, key=key, version=row.version, text=text,
            by=actor.participant, organisation=speaks, at=timezone.now(),
        )  # fmt: skip
        deeds_changed(actor.city, "draft", [made.pk])
        _meet_rules(actor, held.contribution_id, added)
    return made


def renew_sections(city: City, keys: Collection[int]) -> None:
    """Give sections in which something was blacked out a wording of nobody, as they read now; in a transaction.

    Who began with the wording before is overtaken, as by any other writer, and cannot save the old words unseen.
    """
    for row in SectionText.objects.of(city).filter(pk__in=keys).order_by("concept", "pk"):
        held = hold_concept(city.pk, row.concept_id)
        held.edition += 1
        held.save(update_fields=["edition", "changed_at"])
        row.version += 1
        row.save(update_fields=["version", "changed_at"])
        values = {"key": row.key, "version": row.version, "text": row.text, "at": timezone.now()}
        Wording.objects.create(city=city, concept=held, edition=held.edition, **values)


def _meet_rules(actor: Actor, contribution: int, added: str) -> None:
    """New words of a concept meet the rules of all words: where such wait for the team, the concept waits; else it looks at them later."""
    rows = Contribution.objects.of(actor.city).select_related("city", "step", "step__process", "process", "process__city")
    row = rows.get(pk=contribution)
    refuse_blocked(actor, row.process, added)
    shown = row.visibility == Contribution.Visibility.PUBLISHED
    if shown and waits_for_team(actor, row.step, what="contributions", text=added, process=row.process):
        change_visibility(actor.city, row, Contribution.Visibility.WAITING)  # the queue and the search follow
        return
    index_later(actor.city, [row])
    look_later(actor.city, [row])


def overtaken(concept: Concept, key: str, version: int) -> Overtaken | None:
    """What somebody who began with `version` has to look at; None where nobody wrote meanwhile."""
    row = SectionText.objects.of(concept.city_id).filter(concept=concept, key=key).first()
    if row is None or row.version == version:
        return None
    base, theirs = wording_at(concept, key, version), wording_at(concept, key, row.version)
    return Overtaken(base.text if base else "", theirs) if theirs is not None else None


def write_lead(actor: Actor, concept: Concept, member: Member | None, *, title: str, text: str, version: int) -> Contribution:
    """Give the concept another title and lead; how it read before is kept. Raises Refused (409) when somebody changed it since."""
    may_write(actor, concept, member).require()
    title, text = checked_texts(title, text)
    with transaction.atomic():
        spend(actor, "write")
        held = hold_concept(actor.city.pk, concept.pk)
        rows = Contribution.objects.of(actor.city).select_for_update(of=("self",)).select_related("city", "area")
        row: Contribution = rows.get(pk=concept.contribution_id)
        if (row.title, row.text) == (title, text):
            return row
        if row.version != version:
            raise Refused(_("Title or lead were changed meanwhile. Please compare and save yours again; it is kept."), status=409)
        before = {name: getattr(row, name) for name in WORDS}
        now = timezone.now()
        earlier = Revision.objects.create(
            city=actor.city, contribution=row, version=row.version, **before, drawing=row.drawing, at=now, by=actor.participant
        )
        added = added_lines(f"{row.title}\n{row.text}", f"{title}\n{text}")
        with keeping_counts(actor.city, row):
            row.title, row.text, row.version = title, text, row.version + 1
            row.save(update_fields=["title", "text", "version", "changed_at"])
        held.edition += 1
        held.save(update_fields=["edition", "changed_at"])
        announce(actor.city, row, earlier=earlier)
        _meet_rules(actor, row.pk, added)
    return row


def add_files(actor: Actor, concept: Concept, member: Member | None, files: Sequence[Shown]) -> Contribution:
    """Put files to a concept; they come before the team as its words do, and the concept with them. Raises Refused."""
    may_write(actor, concept, member).require()
    with transaction.atomic():
        hold_concept(actor.city.pk, concept.pk)
        row = concept.contribution
        attach_more(actor, row, files)
        _meet_rules(actor, row.pk, "\n".join(word for each in files for word in (each.file.title, each.alt, each.transcript) if word))
        row.refresh_from_db(fields=["visibility"])
    return row


def canvas_offers(concept: Concept, texts: dict[str, SectionText]) -> dict[str, str]:
    """By section, what its canvas says by now and nobody has taken over or left aside yet."""
    words = canvas_words(concept.contribution)
    return {key: text for key, text in words.items() if text != (texts[key].from_canvas if key in texts else "")}


def settle_offer(actor: Actor, concept: Concept, member: Member | None, key: str) -> str:
    """Note that what the canvas says for a section was looked at, and give it; '' where there is none."""
    may_write(actor, concept, member).require()
    text = canvas_words(concept.contribution).get(key, "")
    with transaction.atomic():
        held = hold_concept(actor.city.pk, concept.pk)
        SectionText.objects.of(actor.city).get_or_create(concept=held, key=key, defaults={"city": actor.city})
        SectionText.objects.of(actor.city).filter(concept=held, key=key).update(from_canvas=text)
    return text
