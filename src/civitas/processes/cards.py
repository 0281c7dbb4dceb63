"""How processes are put on cards and rails: what the templates of `kit` take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from civitas.kit.days import day, last_day
from civitas.processes.registry import UnknownMethod, method_of
from civitas.processes.windows import StepState

if TYPE_CHECKING:
    from civitas.processes.models import Step
    from civitas.processes.queries import ProcessView, RailStep

_STATES = {StepState.CLOSED: "done", StepState.OPEN: "now", StepState.PLANNED: "next"}


def card_of(view: ProcessView) -> dict[str, Any]:
    """A process for `kit/_process_card.html`."""
    process, current, coming = view.process, view.current, view.next
    state = "paused" if process.is_paused else "open" if current else "planned" if coming else "closed"
    verbs = {
        "open": call_of(current) if current else "",
        "paused": _("Read what was said so far"),
        "planned": _("See what is planned"),
        "closed": _("Read the result") if process.result else _("See what was said"),
    }
    return {
        "url": reverse("process", args=[process.slug]),
        "title": str(process.question) or str(process.title),
        "lead": first_sentence(str(process.lead)),
        "picture": mark_safe(process.picture),  # noqa: S308  (cleaned by kit.svg when it was loaded)
        "state": state,
        "closes_at": view.closes_at,
        "opens_at": coming.opens_at if coming else None,
        "say": process.say,
        "verb": verbs[state],
    }


def first_sentence(text: str) -> str:
    """The first sentence of a text, for cards."""
    for end in (". ", "? ", "! ", "\n"):
        head, found, _rest = text.partition(end)
        if found and len(head) > 20:
            text = head + end.strip()
    return text


def call_of(step: Step) -> str:
    """What an open step asks of people, as a verb: its method's, or a plain one."""
    try:
        method = method_of(step)
    except UnknownMethod:
        return _("Look at this step")
    if method.board is not None:
        return _("Take part")
    abilities = method.abilities
    if "submit" in abilities:
        return _("Give something")
    if "vote" in abilities:
        return _("Vote now")
    if "rate" in abilities:
        return _("Compare now")
    return _("Join the discussion") if "comment" in abilities else _("Take part")


def rail_of(view: ProcessView) -> list[dict[str, Any]]:
    """The steps for `kit/_step_rail.html`: what was, what is open now, what comes and when."""
    return [_rail_item(item, number) for number, item in enumerate(view.rail, 1)]


def _rail_item(item: RailStep, number: int) -> dict[str, Any]:
    step = item.step
    url = reverse("step", args=[step.process.slug, step.position]) if item.state is not StepState.PLANNED else ""
    is_open = item.state is StepState.OPEN
    call = _("Paused.") if is_open and step.process.is_paused else _("Open now.") if is_open else ""
    return {
        "title": str(step.title),
        "text": when_of(step, item.state),
        "state": _STATES[item.state],
        "number": number,
        "call": call,
        "url": url,
    }


def when_of(step: Step, state: StepState) -> str:
    """A step's time in words: 'until 12 May', '2 to 16 June', 'from 2 June'."""
    if state is StepState.CLOSED:
        # Closed by hand before its time: the window's end would be wrong.
        return (
            _("until %(day)s") % {"day": day(last_day(step.closes_at))} if step.closes_at and step.override != "closed" else _("finished")
        )
    if state is StepState.OPEN:
        return (
            _("until %(day)s") % {"day": day(last_day(step.closes_at))}
            if step.closes_at and step.override != "open"
            else _("always open")
            if not step.closes_at
            else ""
        )
    if step.override == "closed" or not step.opens_at:
        return _("the date follows")
    if step.closes_at:
        return _("%(start)s to %(end)s") % {"start": day(step.opens_at), "end": day(last_day(step.closes_at))}
    return _("from %(day)s") % {"day": day(step.opens_at)}
