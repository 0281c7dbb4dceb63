"""Who may see, give, change, moderate and answer contributions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution
from civitas.kit.rooms import rooms
from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role
from civitas.people.pupils import is_in_time
from civitas.people.suspensions import may_take_part
from civitas.processes.models import Process
from civitas.processes.policies import rules_of
from civitas.processes.registry import Ability, method_of
from civitas.processes.rules import may_use

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation
    from civitas.processes.models import Step

# How long an author may mend the text after giving it.
MENDING_TIME = dt.timedelta(hours=24)


def is_author(actor: Actor, contribution: Contribution) -> bool:
    """Whether the actor gave it."""
    return actor.participant is not None and contribution.author_id == actor.participant.pk


def may_see(actor: Actor, contribution: Contribution) -> Verdict:
    """Published ones are for all; others for their author and the editorial team; another city's do not exist."""
    if contribution.city_id != actor.city.pk:
        return no(_("We cannot find this contribution."), status=404)
    if contribution.visibility == Contribution.Visibility.PUBLISHED:
        return YES
    if contribution.visibility != Contribution.Visibility.ERASED and (is_author(actor, contribution) or may_moderate(actor)):
        return YES
    return no(_("We cannot find this contribution."), status=404)


def writes_on(actor: Actor, contribution: Contribution) -> str:
    """Where somebody who writes what waits for the team with others goes on writing, a path; '' for everybody else."""
    if contribution.visibility != Contribution.Visibility.WAITING or contribution.city_id != actor.city.pk:
        return ""
    return _workshop(actor, contribution)


def _workshop(actor: Actor, contribution: Contribution) -> str:
    return next((path for room in rooms() if room.writes_on and (path := room.writes_on(actor, contribution))), "")


def may_read(actor: Actor, contribution: Contribution) -> Verdict:
    """Who may see a contribution reads its pages, and who writes it with others while it waits for the team."""
    visible = may_see(actor, contribution)
    return visible if visible or not writes_on(actor, contribution) else YES


def may_submit(actor: Actor, step: Step, kind: str) -> Verdict:
    """Whether the actor may give a contribution of this kind in the step now."""
    opened = may_use(actor, step, Ability.SUBMIT)
    if not opened:
        return opened
    method = method_of(step)
    if kind not in method.gives or kind not in getattr(method.settings_of(step), "kinds", method.gives):
        return no(_("This step does not collect contributions of this kind."), status=400)
    return YES


def may_keep_draft(actor: Actor, step: Step) -> Verdict:
    """Whoever is signed in and may give in the step keeps drafts here; those of guests stay in their browser."""
    if actor.participant is None or actor.participant.is_guest:
        return no(_("Only those who are signed in keep drafts here."))
    return may_use(actor, step, Ability.SUBMIT)


def may_develop(actor: Actor, original: Contribution) -> Verdict:
    """Anybody may build on what the city shows; nothing else, and no comment."""
    if original.city_id != actor.city.pk or not original.listed:
        return no(_("The contribution that you build on is not shown any more. Without it you can still send yours."), status=409)
    return YES


def may_take_in(actor: Actor, step: Step, kind: str) -> Verdict:
    """The city brings in what people gave elsewhere, by import or command, also after the step's window, but not into a draft:
    contributions are public at once, and nobody could find the process they belong to."""
    if actor.channel not in {"import", "command"} or not actor.is_staff:
        return no(_("Only the city brings in what was given elsewhere."))
    if step.process.state == Process.State.DRAFT:
        return no(_("This process is still a draft. Please publish it first; then bring in what belongs to it."), status=409)
    return may_submit(actor, step, kind)


def may_take_back(actor: Actor) -> Verdict:
    """What the city brought in, the city takes out again."""
    if actor.channel in {"import", "command"} and actor.is_staff:
        return YES
    return no(_("Only the city brings in what was given elsewhere."))


def may_date(actor: Actor, at: dt.datetime | None) -> Verdict:
    """Only what the city brings in has another time than now, and none lies in the future."""
    if at is None or (actor.channel in {"import", "command"} and actor.is_staff and at <= timezone.now()):
        return YES
    return no(_("This cannot be dated by hand."), status=400)


def may_mend(actor: Actor, contribution: Contribution) -> Verdict:
    """Authors mend their text for a day, as long as it is not hidden; what is made of many has rules and a page of its own."""
    if not may_see(actor, contribution) or not is_author(actor, contribution):
        return no(_("Only the author can change this text."))
    if contribution.visibility not in {Contribution.Visibility.PUBLISHED, Contribution.Visibility.WAITING}:
        return no(_("This text can no longer be changed."), status=409)
    if contribution.is_made:
        return no(_("This text is not changed here, but where it is written."), status=409)
    if not (in_time := is_in_time(actor.participant)):
        return in_time
    if not (let_in := may_take_part(actor)):
        return let_in
    if timezone.now() - contribution.given_at > MENDING_TIME:
        return no(_("The day for changes is over. You can add a comment instead."), status=409)
    return YES


def may_withdraw(actor: Actor, contribution: Contribution) -> Verdict:
    """Authors can take back what they gave, at any time; not what others wrote with them or decided about.

    One query at most, of what steps make alone.
    """
    if not is_author(actor, contribution):
        return no(_("Only the author can take this back."))
    if contribution.visibility in {Contribution.Visibility.WITHDRAWN, Contribution.Visibility.ERASED}:
        return no(_("This has already been taken back."), status=409)
    if contribution.is_made and any(room.is_shared(contribution) for room in rooms() if room.is_shared):
        return no(_("Others wrote this with you or decided about it, so it stays. You can stop writing along."), status=409)
    return YES


def may_describe(actor: Actor, contribution: Contribution) -> Verdict:
    """Authors, those who write with them and the editorial team say what files show, and take them away, as long as it is there.

    Two queries at most, of what is written by several alone.
    """
    if not may_read(actor, contribution):
        return no(_("We cannot find this contribution."), status=404)
    if not (is_author(actor, contribution) or may_moderate(actor, contribution) or _writes_along(actor, contribution)):
        return no(_("Only the author can change this text."))
    if contribution.visibility in {Contribution.Visibility.WITHDRAWN, Contribution.Visibility.ERASED}:
        return no(_("This text can no longer be changed."), status=409)
    return YES if may_moderate(actor, contribution) else may_take_part(actor)


def _writes_along(actor: Actor, contribution: Contribution) -> bool:
    return actor.participant is not None and contribution.is_made and bool(_workshop(actor, contribution))


def may_moderate(actor: Actor, contribution: Contribution | None = None) -> Verdict:
    """The editorial team publishes and hides in its own city."""
    if contribution is not None and contribution.city_id != actor.city.pk:
        return no(_("We cannot find this contribution."), status=404)
    return YES if actor.has(Role.MODERATOR, Role.ADMINISTRATOR) else no(_("Only the editorial team decides this."))


def held_hidden(city: City, rows: Iterable[Contribution]) -> dict[int, Verdict]:
    """Which of these must stay out of sight whoever would show them, by key, with the reason; the rooms above say so (`Room.holds_hidden`).

    As many queries for hundreds as for one.
    """
    keys = {row.pk for row in rows}
    found: dict[int, Verdict] = {}
    for room in rooms() if keys else ():
        if room.holds_hidden is not None:
            found |= room.holds_hidden(city, keys)
    return found


def may_publish(actor: Actor, contribution: Contribution, *, held: Verdict | None = None) -> Verdict:
    """The editorial team publishes what waits or was hidden, but nobody their own, and nothing that is `held` (see `held_hidden`)."""
    allowed = may_moderate(actor, contribution)
    if allowed and is_author(actor, contribution):
        return no(_("You wrote this yourself. Another person of the team decides."))
    return held if allowed and held is not None else allowed


def may_answer(actor: Actor, contribution: Contribution, *, organisation: Organisation | None = None) -> Verdict:
    """Department experts, the editorial team and process owners answer officially in their own city, as far as its rules let them;
    experts for their own department."""
    if contribution.city_id != actor.city.pk:
        return no(_("We cannot find this contribution."), status=404)
    if not actor.has(Role.EXPERT, Role.MODERATOR, Role.OWNER):
        return no(_("Only the administration answers officially."))
    if not actor.has(*rules_of(actor.city, _process_of(contribution)).answers_by):
        return no(_("In this process others answer officially. Your city’s rules say who."))
    if organisation is not None and not actor.has(Role.MODERATOR, Role.OWNER) and organisation.pk not in actor.organisation_ids:
        return no(_("You cannot speak for this organisation."))
    return YES


def _process_of(contribution: Contribution) -> Process:
    if Contribution.process.is_cached(contribution):
        return contribution.process
    process: Process = Process.objects.of(contribution.city_id).get(pk=contribution.process_id)
    return process


def may_work(actor: Actor) -> Verdict:
    """Who sees the desk with all contributions: editorial team, department experts, process owners."""
    return YES if actor.has(Role.MODERATOR, Role.EXPERT, Role.OWNER) else no(_("This page is for the city's team."))


def may_enter(actor: Actor) -> Verdict:
    """Who sees the team's overview."""
    return YES if actor.is_staff else no(_("This page is for the city's team."))
