"""Comment, support, follow, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.actions import change_comment_count, keep_new
from civitas.contributions.machines import refuse_blocked
from civitas.contributions.models import Contribution
from civitas.contributions.queries import together
from civitas.contributions.rules import may_date
from civitas.contributions.terms import agreed
from civitas.contributions.waiting import waits_for_team
from civitas.dialogue.merged import keep_merged_support
from civitas.dialogue.models import Follow, Support
from civitas.dialogue.quotes import unquote
from civitas.dialogue.rules import may_comment, may_follow, may_support, may_take_support_back, opening
from civitas.kit.texts import cleaned
from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.outbox.actions import enqueue
from civitas.people.deeds import deeds_changed
from civitas.people.rates import spend
from civitas.processes.registry import Ability

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation, Participant
    from civitas.processes.models import Step

LONGEST_COMMENT = 4_000


def add_comment(
    actor: Actor,
    root: Contribution,
    *,
    uid: UUID,
    text: str,
    stance: str = "",
    parent: Contribution | None = None,
    organisation: Organisation | None = None,
    language: str = "de",
    given_at: dt.datetime | None = None,
) -> Contribution:
    """Comment on a contribution or reply to a comment. The same uid sent twice gives the one that is there.

    `stance` is the side that the comment takes (`Contribution.Stance`, '' for none); quoted lines of `text` begin with "> ".
    `given_at` is for imports alone.
    """
    known = comment_of_form(actor, uid)
    if known is not None:
        return known
    may_comment(actor, root).require()
    may_date(actor, given_at).require()
    _verdict, step = opening(actor, root, Ability.COMMENT)
    return write_comment(
        actor, root, step, uid=uid, text=text, stance=stance, parent=parent, organisation=organisation, language=language, given_at=given_at
    )


def write_comment(
    actor: Actor,
    root: Contribution,
    step: Step | None,
    *,
    uid: UUID,
    text: str,
    stance: str = "",
    parent: Contribution | None = None,
    organisation: Organisation | None = None,
    language: str = "de",
    given_at: dt.datetime | None = None,
) -> Contribution:
    """The same for a room with a rule of its own: it has asked that, and whether this form has made a comment (`comment_of_form`).

    `step` is the one whose rules say whether the comment waits, None where no step is open.
    """
    text = cleaned(text)
    if not text or len(text) > LONGEST_COMMENT:
        sentence = (
            _("Please write something.")
            if not text
            else _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": LONGEST_COMMENT, "count": len(text)}
        )
        raise Refused(sentence, status=400, fields={"text": sentence})
    if stance and stance not in Contribution.Stance.values:
        sentence = _("Please choose one of the answers.")
        raise Refused(sentence, status=400, fields={"stance": sentence})
    if parent is not None and (parent.city_id != actor.city.pk or parent.root_id not in together(root)):
        raise Refused(_("We cannot find the comment you reply to."), status=404)
    if parent is not None and parent.root_id != root.pk:
        # A reply stays with what it replies to, also where that was written to a wording which lies in this contribution.
        root = Contribution.objects.of(actor.city).select_related("author", "process").get(pk=parent.root_id)
    if organisation is not None and organisation.pk not in actor.organisation_ids:
        raise Refused(_("You cannot speak for this organisation."))
    refuse_blocked(actor, root.process, text)
    moderated = waits_for_team(actor, step, what="comments", text=text, process=root.process)
    visibility = Contribution.Visibility.WAITING if moderated else Contribution.Visibility.PUBLISHED
    comment = Contribution(
        city=actor.city,
        uid=uid,
        process_id=root.process_id,
        step_id=root.step_id,
        kind=Contribution.Kind.COMMENT,
        root=root,
        parent=parent or root,
        author=actor.participant,
        organisation=organisation,
        text=text,
        stance=stance,
        terms=agreed(actor),
        language=language,
        visibility=visibility,
        given_at=given_at or timezone.now(),
    )
    try:
        with transaction.atomic():
            spend(actor, "comment")
            keep_new(actor.city, [comment])
            change_comment_count(actor.city, comment.above, int(not moderated))
            if not moderated and (root.wording_count or root.merged_into_id):
                enqueue(actor.city, "dialogue.tell_of_comment", {"comment": comment.pk})
            if root.author and not moderated and root.author_id != comment.author_id:
                notify(actor.city, [root.author.uid], "dialogue.commented", f"contribution:{root.pk}", f"comment-{comment.pk}")
    except IntegrityError:  # the same form sent twice in the same instant
        twin = comment_of_form(actor, uid)
        if twin is None:
            raise
        return twin
    return comment


def comment_of_form(actor: Actor, uid: UUID) -> Contribution | None:
    """The comment that this form has already made; raises Refused (409) when it is somebody else's."""
    known = Contribution.objects.of(actor.city).select_related("root", "author").filter(uid=uid).first()
    if known is not None and (actor.participant is None or known.author_id != actor.participant.pk):
        raise Refused(_("This form was already used. Please open a new one; your text is kept."), status=409)
    return known


def support(actor: Actor, contribution: Contribution) -> None:
    """Support a contribution, once per participant; a second time changes nothing."""
    may_support(actor, contribution).require()
    if actor.participant is None:
        raise Refused(_("Please try again: your browser has to accept the guest cookie."), status=409)
    if Support.objects.of(actor.city).filter(contribution__in=together(contribution), participant=actor.participant).exists():
        return
    try:
        with transaction.atomic():
            spend(actor, "support")
            row = Support.objects.create(city=actor.city, contribution=contribution, participant=actor.participant)
            _change_support(contribution, 1)
            keep_merged_support(actor.city, [contribution.pk])
            deeds_changed(actor.city, "support", [row.pk])
    except IntegrityError:  # already there
        return


def unsupport(actor: Actor, contribution: Contribution) -> None:
    """Take support back, from all that was put together with this contribution."""
    may_take_support_back(actor, contribution).require()
    if actor.participant is None:
        return
    with transaction.atomic():
        _take_back(
            actor.city, Support.objects.of(actor.city).filter(contribution__in=together(contribution), participant=actor.participant)
        )


def _change_support(contribution: Contribution, change: int) -> None:
    rows = Contribution.objects.of(contribution.city_id).filter(pk=contribution.pk)
    rows.update(support_count=F("support_count") + change)


def _take_back(city: City, rows: QuerySet[Support]) -> None:
    """Remove these supports; the counts follow."""
    gone = list(rows.select_related("contribution").order_by("contribution"))
    for row in gone:
        if Support.objects.of(city).filter(pk=row.pk).delete()[0]:
            _change_support(row.contribution, -1)
    keep_merged_support(city, [row.contribution_id for row in gone])
    deeds_changed(city, "support", [row.pk for row in gone])


def follow(actor: Actor, contribution: Contribution) -> None:
    """Get news of a contribution from now on."""
    may_follow(actor, contribution).require()
    if actor.participant is None:
        raise Refused(_("Please try again: your browser has to accept the guest cookie."), status=409)
    if Follow.objects.of(actor.city).filter(contribution__in=together(contribution), participant=actor.participant).exists():
        return
    spend(actor, "follow")
    Follow.objects.of(actor.city).get_or_create(contribution=contribution, participant=actor.participant, defaults={"city": actor.city})


def unfollow(actor: Actor, contribution: Contribution) -> None:
    """Get no more news of a contribution."""
    if actor.participant is not None:
        Follow.objects.of(actor.city).filter(contribution__in=together(contribution), participant=actor.participant).delete()


@transaction.atomic
def adopt_dialogue(city: City, old: Participant, new: Participant) -> None:
    """Give `new` what `old` supports and follows; what both supported counts once from now on."""
    doubled = Support.objects.of(city).filter(
        participant=old, contribution__in=Support.objects.of(city).filter(participant=new).values("contribution")
    )
    _take_back(city, doubled)
    theirs = list(Support.objects.of(city).filter(participant=old).order_by("pk").values_list("contribution", flat=True))
    Support.objects.of(city).filter(participant=old).update(participant=new)
    keep_merged_support(city, theirs)
    Follow.objects.of(city).filter(
        participant=old, contribution__in=Follow.objects.of(city).filter(participant=new).values("contribution")
    ).delete()
    Follow.objects.of(city).filter(participant=old).update(participant=new)


@transaction.atomic
def erase_dialogue(city: City, participant: Participant) -> None:
    """Black out what comments of others quote of a participant, take back their support, and forget what they followed."""
    unquote(city, participant)
    leave_dialogue(city, participant)


@transaction.atomic
def leave_dialogue(city: City, participant: Participant) -> None:
    """Take back a participant's support, and forget what it followed."""
    _take_back(city, Support.objects.of(city).filter(participant=participant))
    Follow.objects.of(city).filter(participant=participant).delete()
