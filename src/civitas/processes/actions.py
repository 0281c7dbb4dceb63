"""What changes in processes: make one, publish it, open and close its steps, set them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import pydantic
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.cities.models import City
from civitas.cities.queries import forget_cities, stored_rules
from civitas.journal.actions import record
from civitas.kit.schema_forms import sentence_of
from civitas.kit.texts import slugified
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.people.actors import Actor
from civitas.processes.checks import hindrances
from civitas.processes.followers import tell_later, tell_of_result
from civitas.processes.models import Category, Process, Step
from civitas.processes.packs import write_categories, write_steps
from civitas.processes.policies import CITY_ONLY, PAIRS, Rules, faults_of, rules_of
from civitas.processes.registry import UnknownMethod, method_of
from civitas.processes.rules import may_pause, may_set_rules, may_steer
from civitas.processes.telling import show_files

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from civitas.processes.registry import Method
    from civitas.processes.template_files import Blueprint

_UNSET = object()
# Addresses of the staff desk itself.
RESERVED = {"neu"}
PROCESS_TEXTS = (
    "title", "question", "lead", "organisation", "owner_name", "owner_title", "contact", "say", "say_note",
    "formality", "formal_note", "formal_url", "formal_deadline_on", "result", "picture",
)  # fmt: skip


@transaction.atomic
def create_process(
    actor: Actor, *, title: Translated, question: Translated, slug: str = "", say: int = Process.Say.VOICE, like: Blueprint | None = None
) -> Process:
    """A new process as a draft, with the texts and steps of a blueprint where one is given. The same form sent twice makes one draft.

    Raises Refused when the address is taken, reserved or empty.
    """
    may_steer(actor).require()
    named = "slug" if slug else "title"
    slug = slug or slugified(title.in_language("de"))
    if not slug:
        raise _refused("title", _("Please give a title with letters or digits."))
    there: Process | None = Process.objects.of(actor.city).filter(slug=slug).first()
    if there is not None and (there.state, there.title, there.question) == (Process.State.DRAFT, title, question):
        return there
    if slug in RESERVED or there is not None:
        raise _refused(named, _("Another process already has this address. Please choose another title."), status=409)
    process = Process(city=actor.city, slug=slug, title=title, question=question, say=like.say if like else say)
    if like:
        for name, text in like.texts.items():
            setattr(process, name, text)
        process.lead, process.picture = like.lead, like.drawing
    process.save()
    if like:
        write_categories(actor.city, process, like.categories)
        write_steps(actor.city, process, like.steps)
    record(actor.city, by=actor.uid, verb="process.created", subject=f"process:{process.pk}")
    return process


@transaction.atomic
def set_process(actor: Actor, process: Process, *, version: int, values: dict[str, Any]) -> Process:
    """Change what a process tells of itself. Raises Refused (409) when someone changed it since `version`.

    `values` are columns of `PROCESS_TEXTS`; an organisation must be the city's own.
    """
    may_steer(actor, process).require()
    row = Process.objects.of(actor.city).select_for_update(of=("self",)).get(pk=process.pk)
    if row.version != version:
        raise Refused(_("Someone else changed this meanwhile. Please compare and save yours again; it is kept."), status=409)
    organisation = values.get("organisation")
    if organisation is not None and organisation.city_id != actor.city.pk:
        raise Refused(_("We cannot find this in this city."), status=404)
    had_result = bool(row.result)
    changed = [name for name in PROCESS_TEXTS if name in values and getattr(row, name) != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    row.keep_by_hand(*changed)
    row.version += 1
    row.save()
    if not had_result:
        tell_of_result(actor.city, row)
    record(actor.city, by=actor.uid, verb="process.set", subject=f"process:{row.pk}")
    return row


def _refused(field: str, sentence: str, *, status: int = 400) -> Refused:
    return Refused(sentence, status=status, fields={field: sentence})


@transaction.atomic
def add_step(
    actor: Actor,
    process: Process,
    *,
    method: str,
    title: Translated,
    opens_at: dt.datetime | None,
    closes_at: dt.datetime | None,
    intro: Translated | None = None,
    mode: str = "",
    key: str = "",
) -> Step:
    """A step at the end of the process; the same form sent twice makes one. Raises Refused when it would close before it opens."""
    may_steer(actor, process).require()
    if opens_at and closes_at and closes_at <= opens_at:
        raise _refused("closes_at", _("The step must close after it opens."))
    Process.objects.of(actor.city).select_for_update(of=("self",)).get(pk=process.pk)  # one step after the other
    last: Step | None = Step.objects.of(actor.city).filter(process=process).order_by("-position").first()
    typed = (method, title, intro or Translated(), opens_at, closes_at, mode)
    if last is not None and (last.method, last.title, last.intro, last.opens_at, last.closes_at, last.mode) == typed:
        return last
    position = (last.position if last else 0) + 1
    taken = set(Step.objects.of(actor.city).filter(process=process).order_by("position").values_list("key", flat=True))
    step = Step(
        city=actor.city,
        process=process,
        key=key or next(each for number in count(position) if (each := f"{method}-{number}") not in taken),
        position=position,
        method=method,
        mode=mode,
        title=title,
        intro=intro or Translated(),
        opens_at=opens_at,
        closes_at=closes_at,
    )
    try:
        _check_mode(method_of(step), mode)
    except UnknownMethod:
        raise _refused("method", _("This building block is not installed here.")) from None
    step.save()
    record(actor.city, by=actor.uid, verb="step.added", subject=f"step:{step.pk}", details={"method": method})
    return step


def _check_mode(method: Method, mode: str) -> None:
    if mode and mode not in method.modes:
        raise _refused("mode", _("This building block does not work like that. Please choose another way."))


@transaction.atomic
def set_process_state(actor: Actor, process: Process, state: str) -> None:
    """Publish or archive a process. Publishing is refused (409) while something does not fit, and so is a way back to draft:
    what people gave to it is public."""
    may_steer(actor, process).require()
    if state not in Process.State.values:
        raise Refused(_("A process is a draft, published or archived, nothing else."), status=400)
    if process.is_standing and state != Process.State.PUBLISHED:
        raise Refused(_("This one never closes: the city’s place for ideas stays published."), status=409)
    if state == Process.State.DRAFT != process.state:
        raise Refused(_("What was public does not become a draft again. Please archive it instead."), status=409)
    found = hindrances(actor.city, process) if state == Process.State.PUBLISHED else []
    if found:
        raise Refused(" ".join([_("Some things do not fit yet."), *(misfit.sentence for misfit in found)]), status=409)
    process.state, process.paused_at = state, None
    process.version += 1
    if state == Process.State.PUBLISHED and process.published_at is None:
        process.published_at = timezone.now()
    process.save(update_fields=["state", "version", "paused_at", "published_at"])
    if state != Process.State.DRAFT:
        show_files(actor.city, process)
    if state == Process.State.ARCHIVED:
        tell_of_result(actor.city, process)
    record(actor.city, by=actor.uid, verb=f"process.{state}", subject=f"process:{process.pk}")


@transaction.atomic
def override_step(actor: Actor, step: Step, override: str) -> None:
    """Open or close a step by hand, or leave it to its window again ('')."""
    may_steer(actor, step.process).require()
    if override not in Step.Override.values:
        raise Refused(_("A step is open, closed or follows its window, nothing else."), status=400)
    if step.process.is_standing and override == Step.Override.CLOSED:
        raise Refused(_("This one never closes: the city’s place for ideas stays open."), status=409)
    step.override, step.version = Step.Override(override), step.version + 1
    step.save(update_fields=["override", "version"])
    if override == Step.Override.CLOSED:
        tell_of_result(actor.city, step.process)
    record(actor.city, by=actor.uid, verb="step.override", subject=f"step:{step.pk}", details={"override": override or "window"})


@transaction.atomic
def set_step(
    actor: Actor,
    step: Step,
    *,
    version: int,
    settings: dict[str, Any],
    title: Translated,
    intro: Translated,
    opens_at: dt.datetime | None,
    closes_at: dt.datetime | None,
    mode: str = "",
    privacy: Translated | None = None,
) -> None:
    """Change a step's texts, window and settings; the notice on privacy stays as it is where none is given.

    Raises Refused with a sentence per setting that its schema does not take, and (409) when someone changed it since `version`.
    """
    may_steer(actor, step.process).require()
    if Step.objects.of(actor.city).select_for_update(of=("self",)).get(pk=step.pk).version != version:
        raise Refused(_("Someone else changed this meanwhile. Please compare and save yours again; it is kept."), status=409)
    if opens_at and closes_at and closes_at <= opens_at:
        raise _refused("closes_at", _("The step must close after it opens."))
    try:
        method = method_of(step)
        _check_mode(method, mode)
        checked = method.settings.model_validate(settings)
    except pydantic.ValidationError as error:
        fields = {str(fault["loc"][0]) if fault["loc"] else "": sentence_of(fault) for fault in error.errors()}
        raise Refused(_("A setting does not fit. Please look at the marked fields."), status=400, fields=fields) from None
    lasts_longer = closes_at is not None and step.closes_at is not None and closes_at > step.closes_at
    step.settings, step.title, step.intro, step.opens_at, step.closes_at = (
        checked.model_dump(mode="json"),
        title,
        intro,
        opens_at,
        closes_at,
    )
    step.mode, step.version, step.privacy = mode, version + 1, step.privacy if privacy is None else privacy
    step.save(update_fields=["settings", "title", "intro", "privacy", "opens_at", "closes_at", "mode", "version"])
    if lasts_longer:
        tell_later(actor.city, step.process, f"longer-{step.pk}-{step.version}")
    record(actor.city, by=actor.uid, verb="step.set", subject=f"step:{step.pk}")


@dataclass(frozen=True)
class RulesChange:
    """What became of the rules: those before, those from now on, and the settings that differ."""

    before: Rules
    after: Rules
    names: tuple[str, ...]


def checked_rules(
    actor: Actor, process: Process | None, values: Mapping[str, Any], *, as_city: Collection[str] = ()
) -> tuple[dict[str, Any], RulesChange]:
    """What would be kept and what it changes, as `values` (JSON by setting) say; nothing is written.

    `as_city` names the settings of a process that follow its city again. Raises Refused with a sentence per setting.
    """
    may_set_rules(actor, process).require()
    before, own = rules_of(actor.city, process), dict(process.rules if process else actor.city.rules)
    unknown = (values.keys() | set(as_city)) - Rules.model_fields.keys()
    if unknown or (process and CITY_ONLY & values.keys()):
        raise Refused(_("This cannot be set here."), status=400)
    for first, second in PAIRS:  # half of a pair means nothing
        if process and {first, second} & values.keys():
            values = {first: own.get(first), second: own.get(second), **values}
    above = stored_rules(actor.city) if process else actor.city.config.rules
    try:
        after = Rules.model_validate({**above, **own, **values})
        kept = {name: value for name, value in own.items() if name not in as_city}
        plain = after.model_dump(mode="json")
        now_held = rules_of(actor.city).model_dump(mode="json") if process is None else {}
        for name in values:
            # The city keeps what was set by hand; what stays as its pack says goes on following the pack.
            if process or name in own or now_held[name] != plain[name]:
                kept[name] = plain[name]
        after = Rules.model_validate({**above, **kept})
    except pydantic.ValidationError as error:
        fields = {str(fault["loc"][0]) if fault["loc"] else "": sentence_of(fault) for fault in error.errors()}
        raise Refused(_("A setting does not fit. Please look at the marked fields."), status=400, fields=fields) from None
    if faults := faults_of(after):
        raise Refused(_("A setting does not fit. Please look at the marked fields."), status=400, fields=faults)
    names = tuple(name for name in Rules.model_fields if getattr(before, name) != getattr(after, name))
    return kept, RulesChange(before, after, names)


@transaction.atomic
def change_rules(
    actor: Actor, city: City, process: Process | None, values: Mapping[str, Any], version: int, *, as_city: Collection[str] = ()
) -> RulesChange:
    """Settle the rules of a city or of one of its processes anew. Raises Refused, with 409 when someone changed them since `version`.

    The journal names the settings and their codes, of word lists only how long they are.
    """
    if city.pk != actor.city.pk:
        raise Refused(_("We cannot find this in this city."), status=404)
    may_set_rules(actor, process).require()
    row: City | Process
    if process is None:
        row = City.objects.select_for_update().get(pk=city.pk)
    else:
        row = Process.objects.of(city).select_for_update(of=("self",)).get(pk=process.pk)
    if row.rules_version != version:
        raise Refused(_("Someone else changed the rules meanwhile. Please compare and save yours again; it is kept."), status=409)
    fresh = Actor(City.objects.get(pk=city.pk), actor.participant, actor.roles, actor.channel, actor.source)
    kept, change = checked_rules(fresh, row if isinstance(row, Process) else None, values, as_city=as_city)
    if kept == row.rules:
        return change
    touched = [name for name in Rules.model_fields if kept.get(name, _UNSET) != row.rules.get(name, _UNSET)]
    row.rules, row.rules_version = kept, row.rules_version + 1
    row.save(update_fields=["rules", "rules_version"])
    subject = f"process:{row.pk}" if process else f"city:{row.pk}"
    record(city, by=actor.uid, verb="rules.changed", subject=subject, details={name: _code(name, change.after) for name in touched})
    transaction.on_commit(forget_cities)
    return change


def _code(name: str, rules: Rules) -> str | int | bool | list[str | int | bool | None] | None:
    value = rules.model_dump(mode="json")[name]
    return len(value) if name in {"words", "blocked_ranges"} else value


@transaction.atomic
def pause_comments(actor: Actor, step: Step, *, until: dt.datetime | None = None) -> None:
    """Take no comments in the step from now on, `until` that moment or until somebody opens them again."""
    may_pause(actor, step).require()
    if until is not None and until <= timezone.now():
        raise _refused("until", _("This moment is over already. Please choose a later one, or none."))
    step.comments_paused_at, step.comments_open_at = timezone.now(), until
    step.save(update_fields=["comments_paused_at", "comments_open_at"])
    details = {"until": until.astimezone(dt.UTC).isoformat(timespec="minutes") if until else None}
    record(actor.city, by=actor.uid, verb="comments.paused", subject=f"step:{step.pk}", details=details)


@transaction.atomic
def reopen_comments(actor: Actor, step: Step) -> None:
    """Take comments in the step again; a second time changes nothing."""
    may_pause(actor, step).require()
    if step.comments_paused_at is None:
        return
    step.comments_paused_at = step.comments_open_at = None
    step.save(update_fields=["comments_paused_at", "comments_open_at"])
    record(actor.city, by=actor.uid, verb="comments.opened", subject=f"step:{step.pk}")


@transaction.atomic
def add_category(actor: Actor, process: Process, name: str) -> Category:
    """A category of the process's own, named alike in every language until somebody translates it."""
    may_steer(actor, process).require()
    taken = set(Category.objects.of(actor.city).filter(Q(process=None) | Q(process=process)).values_list("key", flat=True))
    stem = slugified(name, longest=50) or "category"
    key = next(key for number in range(1, len(taken) + 2) if (key := stem if number == 1 else f"{stem}-{number}") not in taken)
    position = Category.objects.of(actor.city).filter(process=process).count()
    names = Translated({"de": name, "en": name, "simple": name})
    category = Category.objects.create(city=actor.city, process=process, key=key, name=names, position=position)
    record(actor.city, by=actor.uid, verb="category.added", subject=f"category:{category.pk}")
    return category
