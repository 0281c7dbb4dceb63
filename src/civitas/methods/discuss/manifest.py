"""The manifest of the building block 'discuss'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.contributions.queries import Filters, count_listed
from civitas.processes.registry import Ability, Card, Concluded, Method, Mode, Pattern
from civitas.processes.settings import StepSettings

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.people.actors import Actor
    from civitas.processes.models import Step


class DiscussSettings(StepSettings):
    """Settings of a discuss step: those that every step has."""


def screen(request: HttpRequest, step: Step) -> HttpResponse:
    """The participant's page of the step."""
    from civitas.methods.discuss.views import show_step

    return show_step(request, step)


def conclude(actor: Actor, step: Step) -> Concluded:
    """Discussing makes nothing new: the comments stay with what they are about."""
    return Concluded(again=True)


def discussed(step: Step) -> int:
    """How many contributions lie on the table."""
    return count_listed(step.process.city, Filters(process=step.process))


METHOD = Method(
    key="discuss",
    name=_("Discuss"),
    card=Card(
        intent=_("Weigh together what was collected, before anyone decides."),
        when=_("When there are contributions on the table and you want to hear reasons for and against."),
        when_not=_("When people still lack the facts: inform them first."),
        goes_in=_("Contributions of an earlier step."),
        comes_out=_("Comments and support that show what matters, and why."),
        script=(
            _("Invite people to read three contributions before they write."),
            _("Ask for reasons, not for verdicts."),
            _("Sum up in public what you have heard."),
        ),
    ),
    pattern=Pattern.CLARIFY,
    modes=frozenset({Mode.ONLINE}),
    group_size=(2, None),
    duration=(5, None),
    takes=frozenset({"idea", "improvement"}),
    gives=frozenset(),
    abilities=frozenset({Ability.COMMENT, Ability.SUPPORT}),
    settings=DiscussSettings,
    screen=screen,
    conclude=conclude,
    figures={"discussed": discussed},
)
