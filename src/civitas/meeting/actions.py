"""Join in and offer help, take it back, hide it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.queries import together
from civitas.contributions.rules import may_moderate
from civitas.dialogue.actions import follow
from civitas.journal.actions import record
from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import Refused
from civitas.meeting.counts import count_turnout
from civitas.meeting.models import Joining
from civitas.meeting.queries import standing
from civitas.meeting.rules import may_join, reads_first
from civitas.notices.actions import notify
from civitas.people.rates import spend

if TYPE_CHECKING:
    from civitas.contributions.models import Contribution
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation

LONGEST_WORDS = 300


def join(
    actor: Actor,
    contribution: Contribution,
    *,
    role: str,
    words: str = "",
    organisation: Organisation | None = None,
    language: str = "de",
) -> Joining:
    """Join in with a contribution or offer help, and follow it from now on; its author hears of it. Who did already changes the words."""
    stands = standing(actor, contribution)
    may_join(actor, contribution, stands=stands).require()
    if actor.participant is None:
        raise Refused(_("Please try again: your browser has to accept the guest cookie."), status=409)
    words = checked_words(words, role=role)
    check_speaker(actor, organisation)
    said = {"words": words, "organisation": organisation, "language": language, "is_private": reads_first(actor.city, contribution)}
    with transaction.atomic():
        spend(actor, "join")
        mine = Joining.objects.of(actor.city).filter(contribution=contribution, participant=actor.participant, role=role)
        if mine.filter(hidden_at=None).update(**said):
            return mine.get()
        if mine.exists():
            raise Refused(_("The team has taken your entry away here, so you cannot join again."), status=409)
        spend(actor, "new_joining")
        try:
            with transaction.atomic():
                made = Joining.objects.create(city=actor.city, contribution=contribution, participant=actor.participant, role=role, **said)
        except IntegrityError:  # the button was pressed twice in the same instant
            return mine.get()
        count_turnout(actor.city, contribution.pk, role, 1)
        follow(actor, contribution)
        if contribution.author is not None:
            notify(actor.city, [contribution.author.uid], "meeting.joined", f"contribution:{contribution.pk}", f"joining-{made.pk}")
    return made


def checked_words(words: str, *, role: str) -> str:
    """What somebody brings, in one line; raises Refused when it is too long, and when help is offered without saying which."""
    words = cleaned_line(words)
    sentence = ""
    if role not in Joining.Role.values:
        raise Refused(_("Please choose whether you join in or offer help."), status=400)
    if len(words) > LONGEST_WORDS:
        sentence = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": LONGEST_WORDS, "count": len(words)}
    elif not words and role == Joining.Role.HELP:
        sentence = _("Please say what you can help with.")
    if sentence:
        raise Refused(sentence, status=400, fields={"words": sentence})
    return words


def check_speaker(actor: Actor, organisation: Organisation | None) -> None:
    """Raise Refused when the actor does not belong to the organisation they want to speak for."""
    if organisation is not None and organisation.pk not in actor.organisation_ids:
        raise Refused(_("You cannot speak for this organisation."))


def leave(actor: Actor, contribution: Contribution, *, role: str) -> None:
    """No longer join in, or no longer offer help, here and with all that was put together with it; what never was changes nothing.

    What the team hid stays known, without its words.
    """
    if actor.participant is None:
        return
    with transaction.atomic():
        mine = Joining.objects.of(actor.city).filter(contribution__in=together(contribution), participant=actor.participant, role=role)
        for row in mine.select_for_update(of=("self",)).order_by("pk"):
            if row.hidden_at:
                mine.filter(pk=row.pk).update(words="", organisation=None)
            else:
                mine.filter(pk=row.pk).delete()
                count_turnout(actor.city, row.contribution_id, role, -1)


def hide_joining(actor: Actor, joining: Joining) -> None:
    """Show it no longer; the editorial team decides this. A second time changes nothing."""
    may_moderate(actor, joining.contribution).require()
    with transaction.atomic():
        shown = Joining.objects.of(actor.city).filter(pk=joining.pk, hidden_at=None)
        if shown.update(hidden_at=timezone.now()):
            count_turnout(actor.city, joining.contribution_id, joining.role, -1)
            record(actor.city, by=actor.uid, verb="joining.hidden", subject=f"joining:{joining.pk}")
