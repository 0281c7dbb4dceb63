"""Drafts: what someone signed in has begun to write, kept until it is sent, thrown away, or forgotten for a season."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution, Draft
from civitas.contributions.rules import may_keep_draft
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.models import Participant
    from civitas.processes.models import Step

MOST_DRAFTS = 20
# All fields together, in characters: more than a form takes.
LONGEST_DRAFT = 60_000
KEPT = dt.timedelta(days=180)


@transaction.atomic
def keep_draft(actor: Actor, step: Step, *, uid: UUID, typed: Mapping[str, str], version: int = 0) -> Draft:
    """Keep a form as it was typed (field -> text); `version` is the one this window had before, 0 for a new draft.

    The same again changes nothing. Raises Refused (409) when another window kept something else since, when the form was already
    sent, or when there are too many drafts.
    """
    may_keep_draft(actor, step).require()
    assert actor.participant is not None  # the rule asks for it
    if sum(map(len, typed.values())) > LONGEST_DRAFT:
        raise Refused(_("This draft is too long to be kept."), status=400)
    if Contribution.objects.of(actor.city).filter(uid=uid).exists():
        raise Refused(_("You have already sent this. The draft is not needed any more."), status=409)
    known = Draft.objects.of(actor.city).select_for_update().filter(uid=uid).first()
    if known is None:
        return _begin(actor, step, uid, typed)
    if known.participant_id != actor.participant.pk:
        raise Refused(_("This form was already used. Please open a new one; your text is kept."), status=409)
    if known.typed == dict(typed):
        return known
    if known.version != version:
        raise Refused(_("You have changed this draft in another window meanwhile."), status=409)
    known.typed, known.version = dict(typed), known.version + 1
    known.save(update_fields=["typed", "version", "changed_at"])
    return known


def _begin(actor: Actor, step: Step, uid: UUID, typed: Mapping[str, str]) -> Draft:
    assert actor.participant is not None
    if Draft.objects.of(actor.city).filter(participant=actor.participant).count() >= MOST_DRAFTS:
        sentence = _("You have %(count)d drafts already. This one stays in this browser only.") % {"count": MOST_DRAFTS}
        raise Refused(sentence, status=409)
    try:
        with transaction.atomic():
            return Draft.objects.create(city=actor.city, uid=uid, participant=actor.participant, step=step, typed=dict(typed))
    except IntegrityError:  # a second window was quicker
        raise Refused(_("You have changed this draft in another window meanwhile."), status=409) from None


def drop_draft(actor: Actor, uid: UUID) -> None:
    """Throw a draft of one's own away; one that is not there any more is no fault."""
    if actor.participant is not None:
        Draft.objects.of(actor.city).filter(participant=actor.participant, uid=uid).delete()


def draft_of(participant: Participant | None, uid: UUID) -> Draft | None:
    """One of a person's own drafts with its step and process; one query."""
    if participant is None:
        return None
    rows = Draft.objects.of(participant.city_id).filter(participant=participant, uid=uid)
    return rows.select_related("step__process").first()


def drafts_of(participant: Participant) -> list[Draft]:
    """What a person has begun, the last touched first, with step and process (at most 20); one query."""
    rows = Draft.objects.of(participant.city_id).filter(participant=participant).select_related("step__process")
    return list(rows.order_by("-changed_at", "-pk")[:MOST_DRAFTS])


def prune_drafts(city: City) -> None:
    """Forget what nobody has touched for half a year."""
    Draft.objects.of(city).filter(changed_at__lt=timezone.now() - KEPT).delete()


def export_drafts_of(city: City, participant: Participant) -> dict[str, Any]:
    """A person's drafts as typed."""
    rows = Draft.objects.of(city).filter(participant=participant).order_by("pk")
    return {"drafts": [{"typed": row.typed, "changed_at": row.changed_at} for row in rows]}


def erase_drafts_of(city: City, participant: Participant) -> None:
    """Take a person's drafts away."""
    Draft.objects.of(city).filter(participant=participant).delete()


def hand_over_drafts(city: City, old: Participant, new: Participant) -> None:
    """Make them the drafts of `new`."""
    Draft.objects.of(city).filter(participant=old).update(participant=new)
