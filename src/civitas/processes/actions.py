"""What changes in processes: make one, publish it, open and close its steps, set them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pydantic
from django.db import transaction
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.texts import slugified
from civitas.kit.verdicts import Refused
from civitas.processes.models import Process, Step
from civitas.processes.registry import method_of
from civitas.processes.rules import may_steer

if TYPE_CHECKING:
    import datetime as dt

    from civitas.kit.translated import Translated
    from civitas.people.actors import Actor


def uid_of(actor: Actor) -> Any:
    """The participant uid that the journal knows by alias; None for the city itself."""
    return actor.participant.uid if actor.participant else None


@transaction.atomic
def create_process(actor: Actor, *, title: Translated, question: Translated, slug: str = "", say: int = Process.Say.VOICE) -> Process:
    """A new process as a draft, without steps. Raises Refused when the address is taken or empty."""
    may_steer(actor).require()
    slug = slug or slugified(title.in_language("de"))
    if not slug:
        raise Refused(
            _("Please give a title with letters or digits."), status=400, fields={"title": _("Please give a title with letters or digits.")}
        )
    if Process.objects.of(actor.city).filter(slug=slug).exists():
        raise Refused(
            _("Another process already has this address."), status=409, fields={"slug": _("Another process already has this address.")}
        )
    process = Process.objects.create(city=actor.city, slug=slug, title=title, question=question, say=say)
    record(actor.city, by=uid_of(actor), verb="process.created", subject=f"process:{process.pk}")
    return process


@transaction.atomic
def add_step(
    actor: Actor,
    process: Process,
    *,
    method: str,
    title: Translated,
    opens_at: dt.datetime | None,
    closes_at: dt.datetime | None,
    key: str = "",
) -> Step:
    """A step at the end of the process. Raises Refused when it would close before it opens."""
    may_steer(actor, process).require()
    if opens_at and closes_at and closes_at <= opens_at:
        raise Refused(_("The step must close after it opens."), status=400, fields={"closes_at": _("The step must close after it opens.")})
    position = (
        Step.objects.of(actor.city).filter(process=process).order_by("-position").values_list("position", flat=True).first() or 0
    ) + 1
    step = Step(
        city=actor.city,
        process=process,
        key=key or f"{method}-{position}",
        position=position,
        method=method,
        title=title,
        opens_at=opens_at,
        closes_at=closes_at,
    )
    method_of(step)
    step.save()
    record(actor.city, by=uid_of(actor), verb="step.added", subject=f"step:{step.pk}", details={"method": method})
    return step


@transaction.atomic
def set_process_state(actor: Actor, process: Process, state: str) -> None:
    """Publish, archive or take a process back to draft. A process without steps cannot be published."""
    may_steer(actor, process).require()
    if state == Process.State.PUBLISHED and not Step.objects.of(actor.city).filter(process=process).exists():
        raise Refused(_("A process needs at least one step before you publish it."), status=409)
    process.state = state
    process.version += 1
    process.save(update_fields=["state", "version"])
    record(actor.city, by=uid_of(actor), verb=f"process.{state}", subject=f"process:{process.pk}")


@transaction.atomic
def override_step(actor: Actor, step: Step, override: str) -> None:
    """Open or close a step by hand, or leave it to its window again ('')."""
    may_steer(actor, step.process).require()
    step.override = Step.Override(override)
    step.save(update_fields=["override"])
    record(actor.city, by=uid_of(actor), verb="step.override", subject=f"step:{step.pk}", details={"override": override or "window"})


@transaction.atomic
def set_step(
    actor: Actor,
    step: Step,
    *,
    settings: dict[str, Any],
    title: Translated,
    intro: Translated,
    opens_at: dt.datetime | None,
    closes_at: dt.datetime | None,
) -> None:
    """Change a step's texts, window and settings. Raises Refused with a sentence per setting that its schema does not take."""
    may_steer(actor, step.process).require()
    if opens_at and closes_at and closes_at <= opens_at:
        raise Refused(_("The step must close after it opens."), status=400, fields={"closes_at": _("The step must close after it opens.")})
    try:
        checked = method_of(step).settings.model_validate(settings)
    except pydantic.ValidationError as error:
        fields = {
            str(fault["loc"][0]) if fault["loc"] else "": _("This setting does not fit: %(reason)s") % {"reason": fault["msg"]}
            for fault in error.errors()
        }
        raise Refused(_("A setting does not fit. Please look at the marked fields."), status=400, fields=fields) from None
    step.settings, step.title, step.intro, step.opens_at, step.closes_at = (
        checked.model_dump(mode="json"),
        title,
        intro,
        opens_at,
        closes_at,
    )
    step.save(update_fields=["settings", "title", "intro", "opens_at", "closes_at"])
    record(actor.city, by=uid_of(actor), verb="step.set", subject=f"step:{step.pk}")
