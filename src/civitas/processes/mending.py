"""What one button does about something that does not fit: each proposal is carried out by the action that a person would take."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pydantic
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.translated import KEYS, Translated
from civitas.kit.verdicts import Refused
from civitas.processes.actions import add_step, set_process, set_step
from civitas.processes.checks import misfits
from civitas.processes.models import Process, Step
from civitas.processes.registry import Ability, Method, methods
from civitas.processes.rules import may_steer
from civitas.processes.steering import move_step, move_windows, remove_step

if TYPE_CHECKING:
    from collections.abc import Callable

    from civitas.cities.models import City
    from civitas.people.actors import Actor

_AHEAD, _LASTS = 7, 28  # days


@transaction.atomic
def mend(actor: Actor, process: Process, key: str, step: Step | None = None) -> None:
    """Carry out a proposal, if it still is one; raises Refused (409) where somebody has mended it meanwhile."""
    may_steer(actor, process).require()
    row = Process.objects.of(actor.city).select_for_update(of=("self",)).get(pk=process.pk)
    found = misfits(actor.city, row)
    about = step.pk if step else None
    if not any(each.mend and (each.mend.key, each.step.pk if each.step else None) == (key, about) for each in found):
        raise Refused(_("This fits by now. Nothing was changed."), status=409)
    MENDS[key](actor, row, next((each.step for each in found if each.step and each.step.pk == about), None))
    record(actor.city, by=actor.uid, verb="process.mended", subject=f"process:{row.pk}", details={"mend": key, "step": about})


def _name_me(actor: Actor, process: Process, _step: Step | None) -> None:
    name = actor.participant.pseudonym if actor.participant else ""
    if not name:
        raise Refused(_("We do not know your name here. Please write it yourself."), status=409)
    set_process(actor, process, version=process.version, values={"owner_name": name})


def _first_step(actor: Actor, process: Process, _step: Step | None) -> None:
    _collecting(actor, process, kinds=set(), closes_at=None)


def _before(actor: Actor, process: Process, step: Step | None) -> None:
    assert step is not None
    made = _collecting(actor, process, kinds=set(methods()[step.method].takes), closes_at=step.opens_at)
    for place in range(made.position - 1, step.position - 1, -1):
        made.refresh_from_db(fields=["position"])
        move_step(actor, made, place)


def _collecting(actor: Actor, process: Process, *, kinds: set[str], closes_at: dt.datetime | None) -> Step:
    fitting = [each for each in methods().values() if _can_begin(each, kinds)]
    method = min(fitting, key=lambda each: (each.board is not None, each.key), default=None)  # the plainest: people need nothing for it
    if method is None:
        raise Refused(_("No building block that is installed here collects this."), status=409)
    opens_at = (closes_at or _midnight(actor.city, _AHEAD + _LASTS)) - dt.timedelta(days=_LASTS)
    return add_step(
        actor, process, method=method.key, title=_named(actor.city, method), opens_at=opens_at,
        closes_at=closes_at or opens_at + dt.timedelta(days=_LASTS),
    )  # fmt: skip


def _can_begin(method: Method, kinds: set[str]) -> bool:
    return not method.takes and Ability.SUBMIT in method.abilities and (not kinds or bool(kinds & method.gives))


def _named(city: City, method: Method) -> Translated:
    """The building block's name in every language of the city, as the title of a step."""
    names = {}
    for code in city.config.languages:
        with translation.override(code):
            names[KEYS[code]] = str(method.name)
    return Translated(names)


def _midnight(city: City, days: int) -> dt.datetime:
    day = timezone.now().astimezone(city.zone) + dt.timedelta(days=days)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def _remove(actor: Actor, _process: Process, step: Step | None) -> None:
    assert step is not None
    remove_step(actor, step, version=step.version)


def _behind(actor: Actor, process: Process, step: Step | None) -> None:
    """Past every step that stands between it and the first that gives what it takes."""
    assert step is not None
    takes = methods()[step.method].takes
    for later in Step.objects.of(actor.city).filter(process=process, position__gt=step.position).order_by("position"):
        held = Step.objects.of(actor.city).select_related("process").get(pk=step.pk)
        move_step(actor, held, later.position)
        if later.method in methods() and takes & methods()[later.method].gives:
            return


def _settings(actor: Actor, _process: Process, step: Step | None) -> None:
    assert step is not None
    schema = methods()[step.method].settings
    kept = {name: value for name, value in step.settings.items() if _fits(schema, {name: value})}
    _set(actor, step, settings=kept)


def _fits(schema: type[pydantic.BaseModel], value: dict[str, Any]) -> bool:
    try:
        schema.model_validate(value)
    except pydantic.ValidationError as error:
        return not any(fault["loc"] and fault["loc"][0] in value for fault in error.errors())
    return True


def _after(actor: Actor, process: Process, step: Step | None) -> None:
    """It begins when the step before it ends, and lasts as long as it did."""
    assert step is not None
    earlier = Step.objects.of(actor.city).filter(process=process, position__lt=step.position).order_by("-position").first()
    assert earlier is not None
    assert earlier.closes_at is not None
    lasts = step.closes_at - step.opens_at if step.closes_at and step.opens_at else None
    _set(actor, step, opens_at=earlier.closes_at, closes_at=earlier.closes_at + lasts if lasts else step.closes_at)


def _begin(actor: Actor, _process: Process, step: Step | None) -> None:
    assert step is not None
    assert step.closes_at is not None
    now = timezone.now().replace(second=0, microsecond=0)
    _set(actor, step, opens_at=min(now, step.closes_at - dt.timedelta(days=1)))


def _later(actor: Actor, process: Process, _step: Step | None) -> None:
    steps = list(Step.objects.of(actor.city).filter(process=process).order_by("position"))
    first = min(moment for step in steps if (moment := step.opens_at or step.closes_at))
    zone = actor.city.zone
    move_windows(actor.city, steps, (_midnight(actor.city, _AHEAD).date() - first.astimezone(zone).date()).days)


def _set(actor: Actor, step: Step, **changes: Any) -> None:
    values = {name: getattr(step, name) for name in ("version", "settings", "title", "intro", "opens_at", "closes_at", "mode")}
    set_step(actor, step, **values | changes)


MENDS: dict[str, Callable[[Actor, Process, Step | None], None]] = {
    "name_me": _name_me,
    "first_step": _first_step,
    "before": _before,
    "behind": _behind,
    "remove": _remove,
    "settings": _settings,
    "after": _after,
    "begin": _begin,
    "later": _later,
}
