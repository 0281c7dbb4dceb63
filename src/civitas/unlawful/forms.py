"""What people type: a report, an answer, a complaint; what the team decides, secures and asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civitas.kit.fields import DayField
from civitas.kit.sealed_forms import SealedForm
from civitas.unlawful.models import Access, Complaint, Ground, Matter

# What a browser lets people type: far more than we take, so that nothing is cut off unseen; far less than a form that is refused unread.
_MOST = 20_000
_CHOOSE = {"required": _("Please choose what it may be.")}


class ReportForm(SealedForm):
    """The elements of a notice, Article 16(2) of the Digital Services Act."""

    addresses = forms.CharField(
        label=_("Where does it stand?"),
        help_text=_("The exact address of the contribution or comment. Several: one on each line."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "is-small", "maxlength": _MOST}),
        error_messages={"required": _("Please say where it stands.")},
    )
    ground = forms.ChoiceField(label=_("What may it be?"), choices=Ground.choices, widget=forms.RadioSelect, error_messages=_CHOOSE)
    explanation = forms.CharField(
        label=_("Why do you think that it is against the law?"),
        help_text=_("Say which words or which picture you mean. You do not have to know the paragraph."),
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": _MOST}),
        error_messages={"required": _("Please say why you think that it is against the law.")},
    )
    name = forms.CharField(
        label=_("Your name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please give your name, or say below that you report without one.")},
    )
    mail = forms.CharField(
        label=_("Your mail address"),
        help_text=_("For the receipt, the decision and its reasons. The author learns neither your name nor this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Please give an address that looks like name@example.org.")},
    )
    without_name = forms.BooleanField(
        label=_("I report without a name. Nobody can then ask me or write to me; I see the state over a link alone."), required=False
    )
    in_good_faith = forms.BooleanField(
        label=_("As far as I know, what I say is right and complete."),
        error_messages={"required": _("Please confirm that what you say is right and complete as far as you know.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # The action says when both may be missing; the form only asks for what is asked of most people.
        if self.data.get("without_name") or self.data.get("ground") == Ground.CHILDREN:
            self.fields["name"].required = self.fields["mail"].required = False


class WordsForm(SealedForm):
    """One field of words: an answer to a question, or a complaint."""

    text = forms.CharField(
        label=_("Your answer"),
        widget=forms.Textarea(attrs={"rows": 5, "class": "is-small", "maxlength": _MOST}),
        error_messages={"required": _("Please write your answer.")},
    )


class ComplaintForm(WordsForm):
    """Why somebody does not agree with a decision."""

    text = forms.CharField(
        label=_("Why do you not agree?"),
        widget=forms.Textarea(attrs={"rows": 5, "class": "is-small", "maxlength": _MOST}),
        error_messages={"required": _("Please say why you do not agree.")},
    )


class DecisionForm(forms.Form):
    """The team's decision with its reasons, Article 17."""

    outcome = forms.ChoiceField(
        label=_("Your decision"),
        choices=Matter.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a decision.")},
    )
    ground = forms.ChoiceField(label=_("What it is, or was said to be"), choices=Ground.choices, error_messages=_CHOOSE)
    norm = forms.CharField(
        label=_("Paragraph of the law, or rule of dialogue"), help_text=_("For example “§ 185 StGB”. The author reads it."), required=False
    )
    facts = forms.CharField(
        label=_("The facts and reasons"),
        help_text=_("Author and reporters read this. Please do not quote the text itself."),
        widget=forms.Textarea(attrs={"rows": 5, "class": "is-small"}),
        error_messages={"required": _("Please give the reasons. Author and reporters read them.")},
    )


class TakeUpForm(forms.Form):
    """What the team takes up by itself."""

    address = forms.CharField(
        label=_("Address of the contribution or comment"), error_messages={"required": _("Please say where it stands.")}
    )
    ground = forms.ChoiceField(label=_("What may it be?"), choices=Ground.choices, error_messages=_CHOOSE)


class QuestionForm(forms.Form):
    """What the team asks those who reported."""

    text = forms.CharField(
        label=_("Your question to who reported it"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "is-small"}),
        error_messages={"required": _("Please write your question.")},
    )


class PoliceForm(forms.Form):
    """On which day a danger to life was told to the police, Article 18."""

    told_on = DayField(label=_("The police were told on"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["told_on"].widget.attrs["max"] = timezone.localdate().isoformat()


class ComplaintDecisionForm(forms.Form):
    """What another person decides about a complaint, Article 20."""

    outcome = forms.ChoiceField(
        label=_("Your decision about the complaint"),
        choices=Complaint.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a decision.")},
    )
    norm = forms.CharField(
        label=_("Paragraph of the law, or rule of dialogue"),
        help_text=_("Needed only where the text is not shown from now on."),
        required=False,
    )
    reasons = forms.CharField(
        label=_("The facts and reasons"),
        widget=forms.Textarea(attrs={"rows": 4, "class": "is-small"}),
        error_messages={"required": _("Please give the reasons. Author and reporters read them.")},
    )


class SecureForm(forms.Form):
    """Why something is kept as evidence."""

    norm = forms.CharField(
        label=_("The law that this may break"),
        help_text=_("For example “§ 130 StGB”."),
        error_messages={"required": _("Please name the law that this may break, in at most 200 characters.")},
    )
    case_number = forms.CharField(label=_("File number of the police or the public prosecutor"), required=False, max_length=80)


class AccessForm(forms.Form):
    """What somebody needs of sealed evidence, and why."""

    kind = forms.ChoiceField(
        label=_("What do you need?"),
        choices=Access.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what you need.")},
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Please do not quote the text itself."),
        error_messages={"required": _("Please give the reason in at most 300 characters. Do not quote the text itself.")},
    )
    delete_on = DayField(
        label=_("Keep until"), help_text=_("Only where you want to keep it longer."), required=False,
    )  # fmt: skip
