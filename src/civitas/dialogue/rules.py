"""Who may comment, support and follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution
from civitas.contributions.rules import is_author, may_see
from civitas.kit.verdicts import Verdict, no
from civitas.people.pupils import Feature, may_have
from civitas.processes.models import Step
from civitas.processes.registry import Ability, UnknownMethod, method_of
from civitas.processes.rules import may_use

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.processes.models import Process


def may_comment(actor: Actor, contribution: Contribution, *, steps: list[Step] | None = None) -> Verdict:
    """Comments are open on published contributions while their step is."""
    return _may(actor, contribution, Ability.COMMENT, steps)


def may_support(actor: Actor, contribution: Contribution, *, steps: list[Step] | None = None) -> Verdict:
    """Support is open on published contributions of others while their step is; who wrote a wording that lies in it is no other."""
    if is_author(actor, contribution):
        return no(_("This is your own contribution; others can support it."))
    if _wrote_wording(actor, contribution):
        return no(_("Your own contribution is part of this one; others can support it."))
    return _may(actor, contribution, Ability.SUPPORT, steps)


def may_take_support_back(actor: Actor, contribution: Contribution, *, steps: list[Step] | None = None) -> Verdict:
    """Support is taken back where it could be given; also by who supported before their own contribution became part of it."""
    return _may(actor, contribution, Ability.SUPPORT, steps)


def _wrote_wording(actor: Actor, contribution: Contribution) -> bool:
    if not contribution.wording_count or actor.participant is None:
        return False
    return Contribution.objects.of(actor.city).filter(merged_into=contribution, author=actor.participant).exists()


def may_follow(actor: Actor, contribution: Contribution) -> Verdict:
    """Anyone may follow what they may see, but who came with a school class."""
    return may_see(actor, contribution) and may_have(actor.participant, Feature.FOLLOWING)


def may_take_in_comments(actor: Actor, process: Process) -> Verdict:
    """The city brings in comments from elsewhere where any step of the process is open to comments."""
    if actor.channel not in {"import", "command"} or not actor.is_staff:
        return no(_("Only the city brings in what was given elsewhere."))
    verdict = no(_("This step does not ask for that."))
    for step in Step.objects.of(actor.city).filter(process=process).order_by("position"):
        step.process = process
        verdict = may_use(actor, step, Ability.COMMENT)
        if verdict:
            break
    return verdict


def _may(actor: Actor, contribution: Contribution, ability: Ability, steps: list[Step] | None) -> Verdict:
    visible = may_see(actor, contribution)
    if not visible:
        return visible
    if contribution.visibility != Contribution.Visibility.PUBLISHED:
        return no(_("This contribution is not published."), status=409)
    if contribution.merged_into_id:
        return no(_("This contribution was put together with another one. Please go on there."), status=409)
    return opening(actor, contribution, ability, steps=steps)[0]


def steps_beside(actor: Actor, contribution: Contribution) -> list[Step]:
    """The steps of the contribution's process in order, for a page that asks several rules; one query."""
    return list(Step.objects.of(actor.city).filter(process=contribution.process_id).order_by("position"))


def opening(actor: Actor, contribution: Contribution, ability: Ability, *, steps: list[Step] | None = None) -> tuple[Verdict, Step | None]:
    """The verdict on an ability and the step that opens it: the contribution's own, or a later one that takes its kind.

    A discuss step so opens what an earlier, closed step collected. One query, none with `steps`.
    """
    first = no(_("This step is closed."), status=409)
    for step in steps_beside(actor, contribution) if steps is None else steps:
        own = step.pk == contribution.step_id
        if not own and contribution.kind not in _taken(step):
            continue
        step.process = contribution.process
        verdict = may_use(actor, step, ability)
        if verdict:
            return verdict, step
        if own:
            first = verdict
    return first, None


def _taken(step: Step) -> frozenset[str]:
    try:
        return method_of(step).takes
    except UnknownMethod:
        return frozenset()
