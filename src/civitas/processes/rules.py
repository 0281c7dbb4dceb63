"""Who may do what in a step, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from civitas.kit.days import last_day
from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role
from civitas.people.pupils import Feature, may_come, may_have
from civitas.people.suspensions import may_take_part
from civitas.processes.models import Process
from civitas.processes.policies import rules_of
from civitas.processes.registry import Ability, UnknownMethod, method_of
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    import datetime as dt

    from civitas.people.actors import Actor
    from civitas.processes.models import Step


def may_see_process(actor: Actor, process: Process) -> Verdict:
    """Published and archived processes are for all; drafts for staff; another city's do not exist."""
    if process.city_id == actor.city.pk and (process.state != Process.State.DRAFT or actor.is_staff):
        return YES
    return no(_("We cannot find this process."), status=404)


def may_follow(actor: Actor, process: Process) -> Verdict:
    """Anyone may follow a process that is public, but who came with a school class."""
    if process.city_id != actor.city.pk or process.state == Process.State.DRAFT:
        return no(_("We cannot find this process."), status=404)
    return may_have(actor.participant, Feature.FOLLOWING)


def may_steer(actor: Actor, process: Process | None = None) -> Verdict:
    """Process owners and administrators create and change processes of their city."""
    if process is not None and process.city_id != actor.city.pk:
        return no(_("We cannot find this process."), status=404)
    if actor.has(Role.OWNER, Role.ADMINISTRATOR):
        return YES
    return no(_("Only process owners and administrators change processes."))


def takes_more(process: Process) -> Verdict:
    """What is put away in the archive can be read, and takes nothing more until it is brought back."""
    if process.state == Process.State.ARCHIVED:
        return no(_("This process is in the archive and takes nothing more. Whoever steers it can bring it back."), status=409)
    return YES


def may_move_step(actor: Actor, step: Step) -> Verdict:
    """The steps of a draft change places freely; of a public process only those that have not begun, since people know the others."""
    steers = may_steer(actor, step.process)
    if not steers or step.process.state == Process.State.DRAFT:
        return steers
    if state_of(step) is StepState.PLANNED:
        return YES
    return no(_("This step has begun, so it keeps its place."), status=409)


def may_read_rules(actor: Actor, process: Process | None = None) -> Verdict:
    """Everybody who works for the city reads by which rules it works."""
    if process is not None and process.city_id != actor.city.pk:
        return no(_("We cannot find this process."), status=404)
    return YES if actor.is_staff else no(_("This page is for the city’s team."))


def may_set_rules(actor: Actor, process: Process | None = None) -> Verdict:
    """Administrators settle the rules of the city, they and process owners those of a process."""
    if process is not None:
        return may_steer(actor, process)
    if actor.has(Role.ADMINISTRATOR):
        return YES
    return no(_("Only administrators change the rules of the city."))


def may_postpone(actor: Actor) -> Verdict:
    """Administrators keep longer what would go by rule; they answer for the data."""
    if actor.has(Role.ADMINISTRATOR):
        return YES
    return no(_("Only administrators put off what goes by rule."))


def may_pause(actor: Actor, step: Step) -> Verdict:
    """The editorial team and process owners pause the comments of a step, and open them again."""
    if step.city_id != actor.city.pk:
        return no(_("We cannot find this process."), status=404)
    if actor.has(Role.MODERATOR, Role.OWNER):
        return YES
    return no(_("Only the editorial team and process owners pause comments."))


def are_paused(step: Step, *, now: dt.datetime | None = None) -> bool:
    """Whether the team takes no comments in this step at the moment."""
    if step.comments_paused_at is None:
        return False
    return step.comments_open_at is None or (now or timezone.now()) < step.comments_open_at


def takes_comments(actor: Actor, step: Step, *, now: dt.datetime | None = None) -> Verdict:
    """Whether comments are paused in the step or by the rules of city and process, with the sentence that people read then."""
    if are_paused(step, now=now):
        if step.comments_open_at is None:
            return no(_("The team has paused comments here. You can still read everything."), status=409)
        opens = localtime(step.comments_open_at)
        figures = {"day": date_format(opens, "DATE_FORMAT"), "time": date_format(opens, "TIME_FORMAT")}
        return no(_("The team has paused comments until %(day)s, %(time)s. You can still read everything.") % figures, status=409)
    if rules_of(actor.city, step.process).comments == "paused":
        return no(_("Comments are paused at the moment. You can still read everything."), status=409)
    return YES


def is_open(step: Step, *, now: dt.datetime | None = None) -> Verdict:
    """Whether the step takes anything now, with the date that a person needs to know when not."""
    if step.process.state != Process.State.PUBLISHED:
        return no(_("This process is not open."), status=409)
    if step.process.is_paused:
        return no(_("The city takes a break here. You can still read everything, and it goes on later."), status=409)
    state = state_of(step, now=now)
    if state is StepState.OPEN:
        return YES
    if state is StepState.PLANNED:
        if step.opens_at:
            return no(_("This step opens on %(date)s.") % {"date": date_format(localtime(step.opens_at), "DATE_FORMAT")}, status=409)
        return no(_("This step is not open yet."), status=409)
    if step.closes_at and step.override != "closed":
        return no(_("This step closed on %(date)s.") % {"date": date_format(last_day(step.closes_at), "DATE_FORMAT")}, status=409)
    return no(_("This step is closed."), status=409)


def account_refusal(actor: Actor) -> str:
    """What somebody of a school class reads where only people with an account take part; '' for everybody else."""
    if actor.participant is None or not actor.participant.is_pupil:
        return ""
    return _("This step is for people with an account. With your class you can read here, and take part in the other steps.")


def may_use(actor: Actor, step: Step, ability: Ability, *, now: dt.datetime | None = None) -> Verdict:
    """Whether the actor may use an ability (submit, comment, support …) of the step's method now."""
    visible = may_see_process(actor, step.process)
    if not visible:
        return visible
    try:
        method = method_of(step)
    except UnknownMethod:
        return no(_("The building block of this step is not installed here."), status=409)
    settings = method.settings_of(step)
    if (
        ability not in method.abilities
        or (ability is Ability.COMMENT and not settings.comments)
        or (ability is Ability.SUPPORT and not settings.support)
    ):
        return no(_("This step does not ask for that."))
    if ability in {Ability.SUBMIT, Ability.COMMENT} and not (taking_part := may_take_part(actor)):
        return taking_part
    if not (coming := may_come(actor.participant, step.process.slug)):
        return coming
    if actor.channel in {"import", "command"} and actor.is_staff:
        return YES  # the city brings in what people gave elsewhere, also after the window
    opened = is_open(step, now=now)
    if opened and ability is Ability.COMMENT:
        opened = takes_comments(actor, step, now=now)
    if not opened:
        return opened
    if settings.who == "signed_in" and (actor.participant is None or actor.participant.is_guest):
        return no(account_refusal(actor) or _("Please sign in to take part in this step. Your text is kept."))
    return YES
