"""What people type: a new concept, a section, a request to write along, a gate, a decision."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civitas.contributions.forms.files import check_files, limits, put_in_files
from civitas.contributions.uploads import GivenFiles
from civitas.coproduction.actions.gates import Decided, Plan
from civitas.coproduction.models import GateDecision
from civitas.kit.fields import DayField
from civitas.kit.sealed_forms import SignedForm
from civitas.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.coproduction.models import Gate
    from civitas.people.actors import Actor
    from civitas.people.models import Participant


# "116", "#116", "Nr. 116", "https://hamburg.example.org/en/beitrag/116-ein-lastenrad?von=mail"
_CONTRIBUTION = re.compile(
    r"(?:#|Nr\.?|No\.?)?\s*(?P<number>\d{1,15})|\S*/beitrag/(?P<within>\d{1,15})(?:[-/?#]\S*)?", re.IGNORECASE | re.ASCII
)


class _Speaking(forms.Form):
    """A form in which whoever belongs to an organisation says for whom they speak."""

    organisations: dict[str, Organisation]

    def ask_speaker(self, actor: Actor) -> None:
        """Put in the choice, for who has one."""
        own = actor.organisation_ids
        rows = Organisation.objects.of(actor.city).filter(pk__in=own).order_by("name") if own else []
        self.organisations = {str(row.pk): row for row in rows}
        if self.organisations:
            choices = [("", _("I speak for myself")), *((key, row.name) for key, row in self.organisations.items())]
            self.fields["organisation"] = forms.ChoiceField(label=_("Who is speaking?"), choices=choices, required=False)

    @property
    def speaker(self) -> Organisation | None:
        """For whom the person speaks; None for themselves."""
        return self.organisations.get(self.cleaned_data.get("organisation", ""))


class BeginForm(SignedForm, _Speaking):
    """The title and lead of a new concept."""

    title = forms.CharField(
        label=_("What should it be called?"),
        help_text=_("In one sentence: what will there be that is not there today?"),
        error_messages={"required": _("Please give your concept a title.")},
    )
    text = forms.CharField(
        label=_("What is it about?"),
        help_text=_("A few sentences for people who hear of it for the first time. The rest comes section by section."),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please write what it is about.")},
    )

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ask_speaker(actor)


class LeadForm(forms.Form):
    """Title and lead once more; `version` is the one the writer had before them."""

    title = forms.CharField(label=_("What should it be called?"), error_messages={"required": _("Please give your concept a title.")})
    text = forms.CharField(
        label=_("What is it about?"),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Please write what it is about.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class SectionForm(forms.Form):
    """A section; `version` is the wording the writer began with. It may be left empty."""

    text = forms.CharField(label=_("Your text"), widget=forms.Textarea(attrs={"rows": 16}), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class AskForm(_Speaking):
    """What somebody wants to bring who asks to write along."""

    words = forms.CharField(
        label=_("What would you like to bring?"),
        help_text=_("One sentence is enough: what you know, what you have, what moves you."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ask_speaker(actor)


class RemarkForm(SignedForm, _Speaking):
    """A comment on a section, or an answer to a decision."""

    text = forms.CharField(
        label=_("What would you like to add?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Please write something.")},
    )

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ask_speaker(actor)


class VoiceForm(forms.Form):
    """The voice or theme that a concept grows from, by its number or by the address that somebody copied."""

    number = forms.CharField(
        label=_("Number or address of a contribution"),
        help_text=_("The number stands above its title. You can also copy the address of its page."),
        max_length=500,
        error_messages={"required": _("Please type a number or an address.")},
    )

    def clean_number(self) -> int:
        """The number itself."""
        found = _CONTRIBUTION.fullmatch(self.cleaned_data["number"])
        if found is None:
            raise forms.ValidationError(_("We cannot find a contribution in this. Please type its number or the address of its page."))
        return int(found["number"] or found["within"])


class FileForm(SignedForm):
    """Files that go along, as the form of giving takes them; `given` are those that came with it."""

    def __init__(self, actor: Actor, given: GivenFiles | None = None, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.given = given or GivenFiles()
        put_in_files(self, actor.participant)
        self.fields["picture"].needed = True  # type: ignore[attr-defined]  # what arrived before the form came counts too

    @property
    def limits(self) -> str:
        """See `contributions.forms.files.limits`."""
        return limits()

    def clean(self) -> dict[str, Any]:
        """Each file with its words and rights, and one at least."""
        data = super().clean() or {}
        check_files(self, self.given, data)
        if not self.given.rows and not self.given.refused:
            self.add_error("picture", _("Please choose a file."))
        return data


class GateForm(forms.Form):
    """A decision point: what is decided, by which body and which people, and by when."""

    title = forms.CharField(label=_("Name of the decision point"), error_messages={"required": _("Please give the decision point a name.")})
    question = forms.CharField(label=_("What is decided here?"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    body = forms.CharField(
        label=_("Which body decides?"),
        help_text=_("For example a committee, a department head, a jury of citizens."),
        error_messages={"required": _("Please say which body decides.")},
    )
    deciders = forms.MultipleChoiceField(
        label=_("Who decides, by name?"),
        help_text=_("One of them enters the decision. Their names are published with it."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please name at least one person who decides.")},
    )
    due_on = DayField(label=_("By when?"), required=False)

    def __init__(self, people: Sequence[tuple[Participant, str]], *args: Any, gate: Gate | None = None, **options: Any) -> None:
        if gate is not None:
            named = [str(pk) for pk in gate.deciders.of(gate.city_id).values_list("participant", flat=True)]
            values = {"title": gate.title, "question": gate.question, "body": gate.body, "due_on": gate.due_on, "deciders": named}
            options.setdefault("initial", values)
        super().__init__(*args, **options)
        field = self.fields["deciders"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(person.pk), f"{person.shown_name} ({roles})") for person, roles in people]

    @property
    def plan(self) -> Plan:
        """As the actions take it."""
        data = self.cleaned_data
        return Plan(data["title"], data["question"], data["body"], [int(key) for key in data["deciders"]], data["due_on"])


class DecisionForm(forms.Form):
    """What was decided, why, by whom and when; `edition` is the concept as it was read, `version` the decision that is corrected."""

    verdict = forms.ChoiceField(
        label=_("How does it go on?"),
        choices=GateDecision.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose how it goes on.")},
    )
    reason = forms.CharField(
        label=_("The reason"),
        help_text=_("It is published. Those who wrote the concept read it first: say what convinced you, and what is missing."),
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": _("Please give the reason: it is published.")},
    )
    body = forms.CharField(label=_("Which body decided?"), error_messages={"required": _("Please say which body decided.")})
    decided_on = DayField(label=_("On which day?"), error_messages={"required": _("Please choose the day of the decision.")})
    paper_number = forms.CharField(
        label=_("Number of the printed matter"), help_text=_("Where the council has one, for example 22-1234."), required=False
    )
    paper_url = forms.CharField(label=_("Address in the council’s information system"), required=False)
    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    correction = forms.CharField(
        label=_("Why is it corrected?"), help_text=_("The earlier decision stays readable, with this sentence."), required=False
    )

    def __init__(self, gate: Gate, decision: GateDecision | None, *args: Any, edition: int, **options: Any) -> None:
        values: dict[str, Any] = {"edition": edition, "version": gate.version, "body": gate.body, "decided_on": timezone.localdate()}
        if decision is not None:
            names = ("verdict", "reason", "body", "decided_on", "paper_number", "paper_url")
            values |= {name: getattr(decision, name) for name in names}
        options.setdefault("initial", values)
        super().__init__(*args, **options)
        if decision is None:
            del self.fields["correction"]

    @property
    def decided(self) -> Decided:
        """As the actions take it."""
        data = self.cleaned_data
        names = ("verdict", "reason", "body", "decided_on", "paper_number", "paper_url")
        return Decided(**{name: data[name] for name in names})
