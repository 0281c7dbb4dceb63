"""Begin a concept, or open for work what a canvas made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.actions import announce, keep_new
from civitas.contributions.checks import checked_texts
from civitas.contributions.linking import make_links, remove_links
from civitas.contributions.machines import refuse_blocked
from civitas.contributions.models import Contribution, Link, StatusEvent
from civitas.contributions.queries import contribution_by_uid
from civitas.contributions.rules import may_date, may_develop
from civitas.contributions.terms import agreed
from civitas.contributions.waiting import waits_for_team
from civitas.coproduction.canvas import canvas_words
from civitas.coproduction.models import Concept, Member, SectionText, Wording
from civitas.coproduction.queries import concept_of
from civitas.coproduction.rules import may_begin, may_open, may_write
from civitas.coproduction.sections import all_sections
from civitas.coproduction.stages import keep_stage
from civitas.dialogue.actions import follow
from civitas.journal.actions import record
from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.people.rates import may_mail, spend
from civitas.processes.models import Step
from civitas.processes.queries import standing_step
from civitas.processes.rules import is_open

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation

Visibility = Contribution.Visibility


def home_step(city: City, origin: Contribution | None) -> Step | None:
    """The step in which a concept begins: that of what it grows from while that is open, else the city's standing one."""
    steps = Step.objects.of(city).select_related("process", "process__city")
    step = steps.filter(pk=origin.step_id).first() if origin is not None else None
    return step if step is not None and is_open(step) else standing_step(city)


def begin_concept(
    actor: Actor,
    *,
    uid: UUID,
    title: str,
    text: str,
    origin: Contribution | None = None,
    organisation: Organisation | None = None,
    language: str = "de",
    given_at: dt.datetime | None = None,
) -> Concept:
    """Begin a concept from nothing or from a theme or voice (`origin`); who begins it writes along. Sent twice it is one.

    `given_at` is when it was begun, for imports alone. Raises Refused with a sentence per field.
    """
    known = contribution_by_uid(actor.city, uid)
    if known is not None:
        return _same(actor, known)
    may_begin(actor).require()
    may_date(actor, given_at).require()
    title, text = checked_texts(title, text)
    if organisation is not None and organisation.pk not in actor.organisation_ids:
        raise Refused(_("You cannot speak for this organisation."))
    if origin is not None:
        may_develop(actor, origin).require()
    step = home_step(actor.city, origin)
    if step is None:
        raise Refused(_("There is no open process in which a concept could begin."), status=409)
    refuse_blocked(actor, step.process, f"{title} {text}")
    waits = waits_for_team(actor, step, what="contributions", text=f"{title} {text}")
    row = Contribution(
        city=actor.city, uid=uid, process=step.process, step=step, kind=Contribution.Kind.CONCEPT, author=actor.participant,
        organisation=organisation, title=title, text=text, language=language, category=origin.category if origin else None,
        visibility=Visibility.WAITING if waits else Visibility.PUBLISHED, given_at=given_at or timezone.now(),
        terms=agreed(actor),
    )  # fmt: skip
    try:
        with transaction.atomic():
            spend(actor, "submit")
            keep_new(actor.city, [row])
            StatusEvent.objects.create(city=actor.city, contribution=row, status=row.status, at=row.given_at)
            concept = Concept.objects.create(city=actor.city, contribution=row)
            _take_in_author(actor, concept, organisation)
            if origin is not None:
                make_links(actor.city, [(origin.pk, row.pk, Link.Kind.DEVELOPED_INTO)], by=actor.uid)
            if actor.participant is not None and may_mail(actor, actor.participant):
                notify(actor.city, [actor.participant.uid], "contribution.received", f"contribution:{row.pk}", "received")
            if actor.channel not in {"import", "command"}:
                announce(actor.city, row)
    except IntegrityError:  # the same form sent twice in the same instant
        twin = contribution_by_uid(actor.city, uid)
        if twin is None:
            raise
        return _same(actor, twin)
    return concept


def _same(actor: Actor, known: Contribution) -> Concept:
    concept = concept_of(actor.city, known)
    if concept is None or actor.participant is None or known.author_id != actor.participant.pk:
        raise Refused(_("This form was already used. Please open a new one; your text is kept."), status=409)
    return concept


def _take_in_author(actor: Actor, concept: Concept, organisation: Organisation | None) -> None:
    if actor.participant is None:
        raise Refused(_("Please sign in to begin a concept. Several people will write it, so each needs a name."))
    name = organisation.name if organisation else ""
    values = {"organisation": organisation, "organisation_name": name, "state": Member.State.IN, "at": timezone.now()}
    Member.objects.create(city=actor.city, concept=concept, participant=actor.participant, **values)


def ensure_concept(actor: Actor, row: Contribution) -> Concept:
    """What a contribution has as a concept; made and filled from its canvas the first time somebody works on it."""
    may_open(actor, row).require()
    with transaction.atomic():
        concept, is_new = open_concept(row)
        if is_new:
            record(actor.city, by=actor.uid, verb="concept.opened", subject=f"contribution:{row.pk}")
    return concept


def open_concept(row: Contribution) -> tuple[Concept, bool]:
    """What a contribution has as a concept, and whether that was made just now, from its canvas; in a transaction."""
    concept, is_new = Concept.objects.of(row.city).get_or_create(contribution=row, defaults={"city": row.city})
    concept.contribution = row
    if is_new:
        _fill(concept)
        keep_stage(row.city, concept.pk)
    return concept, is_new


def _fill(concept: Concept) -> None:
    """Sections as their canvas says them, each as a first wording that nobody wrote."""
    words, now = canvas_words(concept.contribution), timezone.now()
    for section in all_sections():
        text = words.get(section.key, "")
        if not text:
            continue
        concept.edition += 1
        values = {"concept": concept, "key": section.key, "text": text, "version": 1}
        SectionText.objects.create(city=concept.city, from_canvas=text, **values)
        Wording.objects.create(city=concept.city, edition=concept.edition, by_canvas=True, at=now, **values)
    concept.save(update_fields=["edition", "changed_at"])


def add_voice(actor: Actor, concept: Concept, member: Member | None, number: int) -> None:
    """Name a voice or theme that the concept grows from; of one that was put together with another, that one.

    Raises Refused where it would be a circle.
    """
    may_write(actor, concept, member).require()
    row = concept.contribution
    rows = Contribution.objects.of(actor.city).filter(number=number, visibility=Visibility.PUBLISHED)
    found = rows.select_related("merged_into").first()
    source = (found.merged_into or found) if found is not None else None
    if source is None or not source.listed:
        sentence = _("We cannot find a contribution with this number.")
        raise Refused(sentence, status=400, fields={"number": sentence})
    if source.pk == row.pk:
        sentence = _("This is the concept itself. Please choose another number.")
        raise Refused(sentence, status=400, fields={"number": sentence})
    with transaction.atomic():
        spend(actor, "write")
        make_links(actor.city, [(source.pk, row.pk, Link.Kind.DEVELOPED_INTO)], by=actor.uid)


def drop_voice(actor: Actor, concept: Concept, member: Member | None, number: int) -> None:
    """Name a voice or theme no longer, nor what was put together with it; who gave it is told nothing of the concept any more.

    Pressed twice it happens once.
    """
    may_write(actor, concept, member).require()
    source = Contribution.objects.of(actor.city).filter(number=number).first()
    if source is None:
        raise Refused(_("We cannot find a contribution with this number."), status=404)
    with transaction.atomic():
        spend(actor, "write")
        inside = Contribution.objects.of(actor.city).filter(merged_into=source).order_by("pk").values_list("pk", flat=True)
        links = [(key, concept.contribution_id, Link.Kind.DEVELOPED_INTO) for key in (source.pk, *inside)]
        remove_links(actor.city, links, by=actor.uid)


def follow_own(actor: Actor, concept: Concept) -> None:
    """Who writes along hears what happens with it."""
    if concept.contribution.visibility == Visibility.PUBLISHED:
        follow(actor, concept.contribution)
