"""What the team keeps for its answers: templates, bodies to hand over to, and the rules of who gets what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.answering.blanks import faults_in
from civitas.answering.models import AnswerDraft, Assignment, AssignmentRule, Body, Template
from civitas.answering.rules import may_keep
from civitas.cities.models import City
from civitas.contributions.models import Contribution
from civitas.journal.actions import record
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civitas.cities.models import Area
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation, Participant
    from civitas.processes.models import Category, Process
    from civitas.services.models import Service

LONGEST_TEMPLATE = 8_000


def save_template(
    actor: Actor, template: Template | None, *, title: str, status: str, text: Mapping[str, str], version: int = 0
) -> Template:
    """Keep an answer template; `text` by language key. A broken blank is refused with its line and column.

    Raises Refused (409) when a colleague changed it since `version`.
    """
    may_keep(actor).require()
    title = cleaned_line(title)[:120]
    words = Translated({key: cleaned(value) for key, value in text.items() if cleaned(value)})
    fields: dict[str, str] = {}
    if not title:
        fields["title"] = _("Please give the template a name.")
    if not words.get("de"):
        fields["text_de"] = _("Please give at least the German text.")
    for key, value in words.items():
        broken = faults_in(value)
        if broken:
            fields[f"text_{key}"] = " ".join(fault.sentence for fault in broken[:5])
        elif len(value) > LONGEST_TEMPLATE:
            figures = {"limit": LONGEST_TEMPLATE, "count": len(value)}
            fields[f"text_{key}"] = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % figures
    if status and status not in Contribution.Status.values:
        fields["status"] = _("Please choose a status.")
    if fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)
    says = {"title": title, "status": status, "text": words}
    try:
        with transaction.atomic():
            if template is None:
                row = Template(city=actor.city, version=0)
            else:
                row = _unchanged(Template.objects.of(actor.city), template.pk, version, says)
                if _is_said(row, says):
                    return row
            _write(row, says)
            record(actor.city, by=actor.uid, verb="template.saved", subject=f"template:{row.pk}")
    except IntegrityError as error:
        twin: Template | None = Template.objects.of(actor.city).filter(title=title).first()
        if template is None and twin is not None and _is_said(twin, says):  # the same form, sent twice
            return twin
        sentence = _("There is already a template of this name.")
        raise Refused(sentence, status=400, fields={"title": sentence}) from error
    return row


def _unchanged(rows: Any, key: int, version: int, says: Mapping[str, Any] | None = None) -> Any:
    """The row with this key, held until the transaction ends. Raises Refused (409) when a colleague changed it since `version`.

    What it `says` already nobody has to compare: the form was sent twice.
    """
    row = rows.select_for_update(of=("self",)).filter(pk=key).first()
    if row is None:
        raise Refused(_("A colleague has removed this meanwhile."), status=409)
    if row.version != version and not (says and _is_said(row, says)):
        raise Refused(_("A colleague has changed this meanwhile. Please compare; what you typed is kept."), status=409)
    return row


def _write(row: Any, says: Mapping[str, Any]) -> None:
    for name, value in says.items():
        setattr(row, name, value)
    row.version += 1
    row.save()


def _is_said(row: Any, says: Mapping[str, Any]) -> bool:
    """Whether a row says so already; rows it names are compared by their keys."""
    keys = {name: value.pk if isinstance(value, Model) else value for name, value in says.items()}
    return all(getattr(row, row._meta.get_field(name).attname) == key for name, key in keys.items())


def drop_template(actor: Actor, template: Template, *, version: int) -> None:
    """Remove a template; answers that were made with it stay as they are. Raises Refused (409) as `save_template` does."""
    may_keep(actor).require()
    with transaction.atomic():
        _unchanged(Template.objects.of(actor.city), template.pk, version)
        Template.objects.of(actor.city).filter(pk=template.pk).delete()
        record(actor.city, by=actor.uid, verb="template.dropped", subject=f"template:{template.pk}")


def save_body(actor: Actor, body: Body | None, *, name: str, contact: str, version: int = 0) -> Body:
    """Keep a body that things are handed over to, with how people reach it, in public words.

    Raises Refused (409) when a colleague changed it since `version`.
    """
    may_keep(actor).require()
    name, contact = cleaned_line(name)[:160], cleaned_line(contact)[:300]
    fields = {}
    if not name:
        fields["name"] = _("Please give its name.")
    if not contact:
        fields["contact"] = _("Please say how people reach it.")
    if fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)
    says = {"name": name, "contact": contact, "retired_at": None}
    try:
        with transaction.atomic():
            if body is None:  # one that was offered no longer is offered again
                retired = Body.objects.of(actor.city).select_for_update().filter(name=name).exclude(retired_at=None).first()
                row = retired or Body(city=actor.city, version=0)
            else:
                row = _unchanged(Body.objects.of(actor.city), body.pk, version, says)
                if _is_said(row, says):
                    return row
            _write(row, says)
            # Who is about to release a draft has looked at other words than these: they look again.
            waiting = AnswerDraft.objects.of(actor.city).filter(body=row, state=AnswerDraft.State.WAITING)
            waiting.update(version=F("version") + 1)
            record(actor.city, by=actor.uid, verb="body.saved", subject=f"body:{row.pk}")
    except IntegrityError as error:
        twin: Body | None = Body.objects.of(actor.city).filter(name=name).first()
        if body is None and twin is not None and _is_said(twin, says):  # the same form, sent twice
            return twin
        sentence = _("This body is already there.")
        raise Refused(sentence, status=400, fields={"name": sentence}) from error
    return row


def retire_body(actor: Actor, body: Body, *, version: int) -> None:
    """Offer a body no longer; what was handed over to it keeps its name. Raises Refused (409) as `save_body` does."""
    may_keep(actor).require()
    with transaction.atomic():
        row = _unchanged(Body.objects.of(actor.city), body.pk, version)
        Body.objects.of(actor.city).filter(pk=row.pk, retired_at=None).update(retired_at=timezone.now(), version=F("version") + 1)
        record(actor.city, by=actor.uid, verb="body.retired", subject=f"body:{body.pk}")


def save_rule(
    actor: Actor,
    rule: AssignmentRule | None,
    *,
    organisation: Organisation,
    person: Participant | None = None,
    category: Category | None = None,
    area: Area | None = None,
    service: Service | None = None,
    process: Process | None = None,
    version: int = 0,
) -> AssignmentRule:
    """Keep a rule of who gets what; a new one is tried last. It holds for what comes from now on. What a rule says already needs no second.

    Raises Refused (409) when a colleague changed it since `version`.
    """
    may_keep(actor).require()
    for each in (organisation, person, category, area, service, process):
        if each is not None and each.city_id != actor.city.pk:
            raise Refused(_("We cannot find this in this city."), status=404)
    if not organisation.is_department:
        sentence = _("Only a department of the city answers.")
        raise Refused(sentence, status=400, fields={"organisation": sentence})
    if person is not None and not actor_of(person).is_staff:
        sentence = _("This person does not work for the city here.")
        raise Refused(sentence, status=400, fields={"person": sentence})
    says: dict[str, Any] = {
        "organisation": organisation,
        "person": person,
        "category": category,
        "area": area,
        "service": service,
        "process": process,
    }
    with transaction.atomic():
        if rule is None:
            City.objects.select_for_update().get(pk=actor.city.pk)  # one new rule after the other
            twin: AssignmentRule | None = AssignmentRule.objects.of(actor.city).filter(**says).first()
            if twin is not None:
                return twin
            row = AssignmentRule(city=actor.city, position=_last(actor) + 1, version=0)
        else:
            row = _unchanged(AssignmentRule.objects.of(actor.city), rule.pk, version, says)
            if _is_said(row, says):
                return row
        _write(row, says)
        record(actor.city, by=actor.uid, verb="assignment_rule.saved", subject=f"assignment_rule:{row.pk}")
    return row


def _last(actor: Actor) -> int:
    rows = AssignmentRule.objects.of(actor.city).order_by("-position").values_list("position", flat=True)
    return rows.first() or 0


def move_rule_up(actor: Actor, rule: AssignmentRule) -> None:
    """Try a rule before the one above it."""
    may_keep(actor).require()
    with transaction.atomic():
        rows = list(AssignmentRule.objects.of(actor.city).select_for_update().order_by("position", "pk"))
        order = [row.pk for row in rows]
        at = order.index(rule.pk) if rule.pk in order else 0
        if at > 0:
            order[at - 1], order[at] = order[at], order[at - 1]
        for position, key in enumerate(order, 1):
            AssignmentRule.objects.of(actor.city).filter(pk=key).update(position=position)
        record(actor.city, by=actor.uid, verb="assignment_rule.moved", subject=f"assignment_rule:{rule.pk}")


def drop_rule(actor: Actor, rule: AssignmentRule, *, version: int) -> None:
    """Remove a rule; what it gave out stays where it is. Raises Refused (409) as `save_rule` does."""
    may_keep(actor).require()
    with transaction.atomic():
        _unchanged(AssignmentRule.objects.of(actor.city), rule.pk, version)
        Assignment.objects.of(actor.city).filter(rule=rule).update(rule=None)
        AssignmentRule.objects.of(actor.city).filter(pk=rule.pk).delete()
        record(actor.city, by=actor.uid, verb="assignment_rule.dropped", subject=f"assignment_rule:{rule.pk}")
