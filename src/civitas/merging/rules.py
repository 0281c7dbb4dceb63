"""Who may put together, split and undo; what can be put together; who answers a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution
from civitas.contributions.queries import MOST_TOGETHER
from civitas.contributions.rules import may_moderate
from civitas.kit.verdicts import YES, Verdict, no
from civitas.merging.models import SplitPart

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from civitas.cities.models import City
    from civitas.merging.models import Consent, Merge, Split
    from civitas.people.actors import Actor
    from civitas.people.models import Participant

# So many are put together with one at a time.
MOST_AT_ONCE = 10


def may_arrange(actor: Actor, *rows: Contribution) -> Verdict:
    """The editorial team puts together, splits and links in its own city."""
    for row in rows:
        allowed = may_moderate(actor, row)
        if not allowed:
            return allowed
    return may_moderate(actor)


def may_merge(actor: Actor, row: Contribution, head: Contribution) -> Verdict:
    """Whether one contribution can be put together with another: both shown, and not together already. No query."""
    allowed = may_arrange(actor, row, head)
    if not allowed:
        return allowed
    return fits(row, head)


def fits(row: Contribution, head: Contribution) -> Verdict:
    """Whether a contribution can lie in another: both are shown, neither is a comment, and they are not together already."""
    for each in (row, head):
        if each.kind == Contribution.Kind.COMMENT or each.visibility != Contribution.Visibility.PUBLISHED:
            return no(_("Only contributions that are shown can be put together. One of these is not shown any more."), status=409)
    if (row.merged_into_id or row.pk) == (head.merged_into_id or head.pk):
        return no(_("These two are already together."), status=409)
    if row.merged_into_id:
        return no(_("Number %(number)s already lies in another contribution. Please undo that first.") % {"number": row.number}, status=409)
    if head.wording_count + row.wording_count + 2 > MOST_TOGETHER:
        return no(_("So many contributions do not fit into one."), status=409)
    return YES


def may_undo(actor: Actor, merge: Merge) -> Verdict:
    """The editorial team undoes a merge at any time."""
    if merge.city_id != actor.city.pk:
        return no(_("We cannot find this."), status=404)
    allowed = may_arrange(actor)
    if allowed and merge.undone_at is not None:
        return no(_("This has already been undone."), status=409)
    return allowed


def may_answer_question(actor: Actor, consent: Consent) -> Verdict:
    """The author of a contribution says whether it may be put together, as long as the question is open."""
    if consent.city_id != actor.city.pk or actor.participant is None or consent.author_id != actor.participant.pk:
        return no(_("We cannot find this question."), status=404)
    if not consent.is_open:
        return no(_("This question is closed. If you do not agree with what came of it, please tell the team."), status=409)
    return YES


def may_object(actor: Actor, merge: Merge) -> Verdict:
    """The author of a contribution that was put together asks the team to undo it, at any time, once."""
    own = actor.participant is not None and merge.contribution.author_id == actor.participant.pk
    if merge.city_id != actor.city.pk or not own:
        return no(_("We cannot find this."), status=404)
    if merge.undone_at is not None:
        return no(_("This has already been undone."), status=409)
    if merge.objected_at is not None:
        return no(_("The team already knows that you do not agree. You will hear from it."), status=409)
    return YES


def may_split(actor: Actor, row: Contribution) -> Verdict:
    """The editorial team splits what is shown and lies in no other."""
    allowed = may_arrange(actor, row)
    if not allowed:
        return allowed
    if not row.is_listed:
        return no(_("Only a contribution that is shown on its own can be split."), status=409)
    return YES


def may_undo_split(actor: Actor, split: Split) -> Verdict:
    """The editorial team undoes a split at any time."""
    if split.city_id != actor.city.pk:
        return no(_("We cannot find this."), status=404)
    allowed = may_arrange(actor)
    if allowed and split.undone_at is not None:
        return no(_("This has already been undone."), status=409)
    return allowed


def holds_hidden(city: City, keys: Collection[int]) -> dict[int, Verdict]:
    """Which of these contributions are parts of a splitting that was undone: shown again, they would say everything twice. One query."""
    parts = SplitPart.objects.of(city).filter(contribution__in=keys, split__undone_at__isnull=False)
    refusal = no(_("This is a part of a contribution, and the splitting was undone. You can split that contribution anew."), status=409)
    return dict.fromkeys(parts.order_by("pk").values_list("contribution", flat=True), refusal)


def is_reachable(person: Participant | None, declined: Sequence[str]) -> bool:
    """Whether somebody can be asked: with an account here, or by a confirmed address to which mail may go."""
    if person is None or person.erased_at is not None:
        return False
    if person.user is not None:
        return person.user.is_active
    return bool(person.guest_mail and person.guest_mail_confirmed_at) and "*" not in declined and "merging.asked" not in declined
