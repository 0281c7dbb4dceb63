"""What the team types at its answer desk."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civitas.answering.queries.keeping import bodies_of, colleagues, departments_of, templates_of
from civitas.cities.queries import areas_of
from civitas.contributions.models import Contribution
from civitas.kit.fields import DayField, needed
from civitas.kit.ids import uuid7
from civitas.kit.languages import LABELS, html_language
from civitas.kit.translated import KEYS
from civitas.people.models import Organisation, Role
from civitas.processes.models import Category, Process
from civitas.services.models import Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.functional import _StrPromise

    from civitas.answering.models import AnswerDraft, Assignment, AssignmentRule, Body, Template
    from civitas.cities.models import City
    from civitas.people.actors import Actor


def _version() -> forms.IntegerField:
    """What of a thing was looked at when the form was opened."""
    return forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False)


# Fields grow with what is typed; so tall are they before.
_FEW_ROWS, _MANY_ROWS = 4, 8


def _words(
    label: str | _StrPromise, rows: int, *, hint: str | _StrPromise = "", missing: str | _StrPromise = "", language: str = ""
) -> forms.CharField:
    """A field for more than a line; with a sentence for when it is `missing` it has to be there."""
    size = "is-small" if rows <= _FEW_ROWS else "is-large" if rows >= _MANY_ROWS else ""
    widget = forms.Textarea(attrs={"rows": rows, "class": size, **({"lang": html_language(language)} if language else {})})
    said = {"required": missing} if missing else None
    return forms.CharField(label=label, help_text=hint, required=bool(missing), widget=widget, error_messages=said)


class ChoosingForm(forms.Form):
    """A form whose choices are rows of the city."""

    def offer(self, name: str, rows: Iterable[Any], empty: str | _StrPromise | None = None) -> None:
        """Let one of these rows be chosen in a field; `rows_of[name]` has them by the key that the browser sends."""
        known = {str(row.pk): row for row in rows}
        self.rows_of: dict[str, dict[str, Any]] = getattr(self, "rows_of", {}) | {name: known}
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField | forms.MultipleChoiceField)
        choices: list[tuple[str, Any]] = [(key, str(row)) for key, row in known.items()]
        field.choices = choices if empty is None else [("", empty), *choices]

    def row(self, name: str) -> Any:
        """The row that was chosen; None for none."""
        return self.rows_of[name].get(self.cleaned_data.get(name) or "")


class AnswerForm(ChoosingForm):
    """The draft of an answer; `version` is the contribution's state that was looked at, `draft_version` the draft's."""

    template = forms.ChoiceField(label=_("Template"), required=False)
    status = forms.ChoiceField(label=_("Status"), choices=Contribution.Status.choices)
    text = needed(_words(_("Answer"), 9, hint=_("Address the person, say first what you do. 'Not possible' needs the reason.")))
    organisation = forms.ChoiceField(label=_("Who answers?"), required=False)
    next_step = forms.CharField(label=_("What happens next"), max_length=240, required=False)
    due_on = DayField(label=_("By when"), required=False)
    part_of = forms.CharField(
        label=_("Part of the contribution"), help_text=_("Its number, or words to look for it."), max_length=120, required=False
    )
    part_of_process = forms.ChoiceField(label=_("Part of the process"), required=False)
    body = forms.ChoiceField(label=_("Hand over to"), help_text=_("The author reads who it is and how to reach them."), required=False)
    sent = _words(_("What was sent there"), 3, hint=_("For the team alone: what, to whom, when."))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    draft_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(
        self, actor: Actor, row: Contribution, draft: AnswerDraft | None, *args: Any, assignment: Assignment | None = None, **options: Any
    ) -> None:
        own = actor.organisation_ids
        rows = Organisation.objects.of(actor.city).order_by("name", "pk").defer("description")
        free = actor.has(Role.MODERATOR, Role.OWNER)
        offices = list(rows.filter(kind=Organisation.Kind.DEPARTMENT) if free else rows.filter(pk__in=own))
        assigned = assignment.organisation_id if assignment and (free or assignment.organisation_id in own) else None
        mine = assigned or next((each.pk for each in offices if each.pk in own), "")
        initial: dict[str, Any] = {"status": row.status, "organisation": mine, "version": row.version, "draft_version": 0}
        if draft:
            initial |= {name: getattr(draft, name) for name in ("text", "next_step", "due_on", "part_of", "sent")}
            initial |= {"organisation": draft.organisation_id or "", "body": draft.body_id or "", "draft_version": draft.version}
            initial |= {"status": draft.status or row.status, "part_of_process": draft.part_of_process_id or ""}
        options.setdefault("initial", initial)
        super().__init__(*args, **options)
        self.offer("organisation", offices, _("The city as a whole"))
        self.offer("template", templates_of(actor.city), _("None"))
        self.offer("body", bodies_of(actor.city), _("Nobody else"))
        processes = Process.objects.of(actor.city).filter(state=Process.State.PUBLISHED).only("city_id", "title", "slug", "state")
        self.offer("part_of_process", [each for each in processes.order_by("pk") if not each.is_standing], _("None"))

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as `save_draft` takes it; what is not right yet is left out."""
        data = self.cleaned_data
        plain = {name: data.get(name) or "" for name in ("status", "text", "next_step", "part_of", "sent")}
        rows = {name: self.row(name) for name in ("organisation", "body", "part_of_process")}
        return {**plain, **rows, "due_on": data.get("due_on")}

    @property
    def has_more(self) -> bool:
        """Whether one of the rarer fields is in use or came back with a fault."""
        names = ("part_of", "part_of_process", "body", "sent")
        return any(self[name].value() or self[name].errors for name in names)


class AssignForm(ChoosingForm):
    """Who answers, and by when."""

    organisation = forms.ChoiceField(label=_("Department"), required=False)
    person = forms.ChoiceField(label=_("Person"), required=False)
    due_on = DayField(label=_("By when"), required=False)

    def __init__(self, actor: Actor, *args: Any, assignment: Assignment | None = None, **options: Any) -> None:
        options.setdefault("auto_id", "assign-%s")  # the answer on the same page has fields of these names
        if assignment:
            options.setdefault(
                "initial",
                {"organisation": assignment.organisation_id or "", "person": assignment.person_id or "", "due_on": assignment.due_on},
            )
        super().__init__(*args, **options)
        self.offer("organisation", departments_of(actor.city), _("No department"))
        self.offer("person", colleagues(actor.city), _("Nobody in particular"))


class NoteForm(ChoosingForm):
    """A note that the team alone reads."""

    text = needed(_words(_("Note for the team"), 3))
    meant_for = forms.MultipleChoiceField(
        label=_("Whom is it meant for?"), help_text=_("They get a notice."), required=False, widget=forms.CheckboxSelectMultiple
    )
    file = forms.FileField(label=_("Document or picture"), help_text=_("PDF, JPEG, PNG or WebP."), required=False)
    uid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        options.setdefault("prefix", "note")
        options.setdefault("initial", {"uid": uuid7()})
        super().__init__(*args, **options)
        self.offer("meant_for", [each for each in colleagues(actor.city) if actor.participant is None or each.pk != actor.participant.pk])

    @property
    def people(self) -> list[Any]:
        """The colleagues who were chosen."""
        return [self.rows_of["meant_for"][key] for key in self.cleaned_data["meant_for"]]


class QuestionForm(ChoosingForm):
    """A question to another department."""

    organisation = forms.ChoiceField(label=_("Which department?"), error_messages={"required": _("Please choose a department.")})
    text = _words(_("Question"), 4, missing=_("Please write your question."))
    due_on = DayField(label=_("Reply needed by"))

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        options.setdefault("prefix", "question")
        options.setdefault("initial", {"due_on": timezone.localdate() + dt.timedelta(days=7)})
        super().__init__(*args, **options)
        own = actor.organisation_ids
        self.offer("organisation", [each for each in departments_of(actor.city) if each.pk not in own], _("Please choose"))


class ReplyForm(forms.Form):
    """The reply of the department that was asked."""

    text = _words(_("Your reply"), 6, missing=_("Please write your reply."))


class BackForm(forms.Form):
    """What should be different in a colleague's draft."""

    words = needed(
        forms.CharField(label=_("What should be different?"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    )


class ManyForm(ChoosingForm):
    """The same for many: an answer, or who has them from now on. The ticked numbers come along."""

    organisation = forms.ChoiceField(label=_("Department"), required=False)
    uid = forms.UUIDField(widget=forms.HiddenInput)
    numbers = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, actor: Actor, numbers: Iterable[int], *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"uid": uuid7(), "numbers": " ".join(map(str, numbers))})
        super().__init__(*args, **options)
        self.offer("organisation", departments_of(actor.city), self.without)

    without: str | _StrPromise = _("No department")


class AssignManyForm(ManyForm):
    """Who has many from now on."""

    person = forms.ChoiceField(label=_("Person"), required=False)

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(actor, *args, **options)
        self.offer("person", colleagues(actor.city), _("Nobody in particular"))


class AnswerManyForm(ManyForm):
    """One answer to many, in each of the languages that their authors read; known blanks are filled for each.

    `readers` says how many read which language (`queries.readers`), the one of most first.
    """

    template = forms.ChoiceField(label=_("Template"), required=False)
    status = forms.ChoiceField(label=_("Status"), choices=[each for each in Contribution.Status.choices if each[0] != "part_of"])
    due_on = DayField(label=_("By when"), required=False)
    without = _("The city as a whole")

    def __init__(self, actor: Actor, numbers: Iterable[int], *args: Any, readers: Mapping[str, int], **options: Any) -> None:
        super().__init__(actor, numbers, *args, **options)
        self.fields["organisation"].label = _("Who answers?")
        self.offer("template", templates_of(actor.city), _("None"))
        self.readers = dict(readers) or {"de": 0}
        for code in self.readers:
            key = KEYS[code]
            self.fields[f"text_{key}"] = needed(_words(_("Answer"), 9, language=code))
            self.fields[f"next_step_{key}"] = forms.CharField(
                label=_("What happens next"), max_length=240, required=False, widget=forms.TextInput(attrs={"lang": html_language(code)})
            )

    @property
    def languages(self) -> list[dict[str, Any]]:
        """Each language with how many read it, and its fields."""
        return [
            {
                "code": code,
                "name": LABELS[code],
                "count": count,
                "text": self[f"text_{KEYS[code]}"],
                "next_step": self[f"next_step_{KEYS[code]}"],
            }
            for code, count in self.readers.items()
        ]

    @property
    def words(self) -> dict[str, dict[str, str]]:
        """What was typed, by language, as `answer_many` takes it: `text` and `next_step`."""
        keys = [KEYS[code] for code in self.readers]
        return {name: {key: self.cleaned_data.get(f"{name}_{key}") or "" for key in keys} for name in ("text", "next_step")}


class TemplateForm(forms.Form):
    """An answer template, language beside language."""

    title = forms.CharField(
        label=_("Name"), help_text=_("The team finds it by this."), max_length=120,
        error_messages={"required": _("Please give the template a name.")},
    )  # fmt: skip
    status = forms.ChoiceField(
        label=_("Status"), choices=[("", _("As it is")), *Contribution.Status.choices], required=False,
    )  # fmt: skip
    version = _version()

    def __init__(self, city: City, template: Template | None, *args: Any, **options: Any) -> None:
        initial: dict[str, Any] = {"version": template.version if template else 0}
        if template:
            initial |= {
                "title": template.title,
                "status": template.status,
                **{f"text_{key}": words for key, words in template.text.items()},
            }
        options.setdefault("initial", initial)
        super().__init__(*args, **options)
        self.keys = [KEYS[code] for code in city.config.languages if code in KEYS]
        for code in city.config.languages:
            if code in KEYS:
                field = _words(LABELS[code], 8, language=code)
                self.fields[f"text_{KEYS[code]}"] = needed(field) if code == "de" else field

    @property
    def values(self) -> dict[str, Any]:
        """The checked values as `save_template` takes them."""
        data = self.cleaned_data
        text = {key: data.get(f"text_{key}", "") for key in self.keys}
        return {"title": data["title"], "status": data["status"], "text": text, "version": data["version"] or 0}


class BodyForm(forms.Form):
    """A body that things are handed over to."""

    name = forms.CharField(label=_("Name"), max_length=160, error_messages={"required": _("Please give its name.")})
    contact = forms.CharField(
        label=_("How people reach it"), help_text=_("The author reads this: page, mail, telephone."), max_length=300,
        error_messages={"required": _("Please say how people reach it.")},
    )  # fmt: skip
    version = _version()

    def __init__(self, body: Body | None, *args: Any, **options: Any) -> None:
        if body:
            options.setdefault("initial", {"name": body.name, "contact": body.contact, "version": body.version})
        super().__init__(*args, **options)

    @property
    def values(self) -> dict[str, Any]:
        """The checked values as `save_body` takes them."""
        return {**self.cleaned_data, "version": self.cleaned_data["version"] or 0}


class RuleForm(ChoosingForm):
    """A rule of who gets what."""

    category = forms.ChoiceField(label=_("Subject"), required=False)
    area = forms.ChoiceField(label=_("Area"), help_text=_("A district holds its quarters too."), required=False)
    service = forms.ChoiceField(label=_("Service"), required=False)
    process = forms.ChoiceField(label=_("Process"), required=False)
    organisation = forms.ChoiceField(label=_("Goes to the department"), error_messages={"required": _("Please choose a department.")})
    person = forms.ChoiceField(label=_("And there to"), required=False)
    version = _version()

    def __init__(self, city: City, rule: AssignmentRule | None, *args: Any, **options: Any) -> None:
        names = ("category", "area", "service", "process", "organisation", "person")
        if rule:
            options.setdefault("initial", {"version": rule.version, **{name: getattr(rule, f"{name}_id") or "" for name in names}})
        super().__init__(*args, **options)
        categories = Category.objects.of(city).select_related("process").order_by("process", "position", "pk")
        self.offer("category", categories, _("Any"))
        self.offer("area", areas_of(city), _("Anywhere"))
        self.offer("service", Service.objects.of(city).order_by("pk"), _("Any"))
        self.offer("process", Process.objects.of(city).order_by("pk"), _("Any"))
        self.offer("organisation", departments_of(city), _("Please choose"))
        self.offer("person", colleagues(city), _("Nobody in particular"))

    @property
    def values(self) -> dict[str, Any]:
        """The chosen rows as they stand in a rule."""
        return {name: self.row(name) for name in ("category", "area", "service", "process", "organisation", "person")}

    @property
    def seen(self) -> int:
        """The version of the rule that was looked at, 0 for a new one."""
        return self.cleaned_data["version"] or 0
