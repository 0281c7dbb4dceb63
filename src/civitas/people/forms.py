"""What people type about themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.cities.queries import areas_of
from civitas.kit.languages import LABELS
from civitas.kit.rooms import DAILY, DECISIONS, GIVEN, NOW, PEOPLE, TEAM, WEEKLY, rooms
from civitas.people.actions import NEVER
from civitas.people.leaving import Texts

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.kit.rooms import NoticeKind
    from civitas.people.actors import Actor

RHYTHMS = {NOW: _("at once"), DAILY: _("once a day"), WEEKLY: _("once a week"), NEVER: _("never")}
_TOPICS = {
    GIVEN: _("What becomes of your contributions"),
    PEOPLE: _("What others say and do"),
    DECISIONS: _("Decisions and reports"),
    TEAM: _("Work in the team"),
}


class SignInForm(forms.Form):
    """One field for those who come back and those who are new: a mail address that gets a code."""

    email = forms.EmailField(
        label=_("Your mail address"),
        help_text=_("We send you a code. You need no password."),
        max_length=254,
        error_messages={
            "required": _("Please give your mail address."),
            "invalid": _("This does not look like a mail address. Please check it."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        """Addresses are kept in lower case, so that each has one account."""
        return str(self.cleaned_data["email"]).lower()


class PasswordSignInForm(SignInForm):
    """Mail address and password, for those who have set one."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=200,
        strip=False,
        error_messages={"required": _("Please give your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].help_text = ""


class FactorForm(forms.Form):
    """The code that an app shows."""

    code = forms.CharField(
        label=_("The code that the app shows"),
        max_length=12,
        error_messages={"required": _("Please type the six digits that the app shows.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasswordForm(forms.Form):
    """A new password."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 letters or digits. Some words one after the other are easy to remember."),
        max_length=200,
        strip=False,
        error_messages={"required": _("Please give a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class AccountForm(forms.Form):
    """How someone is called here, and in which language news come."""

    pseudonym = forms.CharField(
        label=_("Your name here"),
        help_text=_("It stands beside everything you gave. A first name or an invented one is fine."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    language = forms.ChoiceField(label=_("Language of your mails"))

    def __init__(self, city: City, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, LABELS[code]) for code in city.config.languages]


class HomeForm(forms.Form):
    """Which area of the city is one's own; '' for none."""

    area = forms.ChoiceField(required=False)

    def __init__(self, city: City, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("No area")), *((area.key, area.name) for area in areas_of(city))]


class NewsForm(forms.Form):
    """When each kind of news also comes by mail; on the site everybody finds them all. What is not sent stays as it is.

    The buttons `every` choose the same for all kinds at once, a topic's own field for all kinds of the topic. What was not changed from
    what the page showed stays as it is, whatever was chosen elsewhere since: a page says along with each field what it showed.
    """

    every = forms.ChoiceField(required=False, choices=[("", ""), *RHYTHMS.items()])

    def __init__(self, kinds: list[NoticeKind], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kinds = kinds
        for kind in kinds:
            self.fields[kind.key] = forms.ChoiceField(
                label=str(kind.label), required=False, choices=list(RHYTHMS.items()), show_hidden_initial=True
            )
        for topic, name in _TOPICS.items():
            now = {self.initial.get(kind.key) for kind in kinds if kind.topic == topic}
            same = now.pop() if len(now) == 1 else ""
            choices = [*([] if same else [("", _("differs"))]), *RHYTHMS.items()]
            self.fields[_all_of(topic)] = forms.ChoiceField(
                label=name, required=False, choices=choices, initial=same, show_hidden_initial=True
            )

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen, by kind."""
        every = self.cleaned_data["every"]
        changed = {name: self.cleaned_data[name] for name in self.changed_data}
        found = {kind.key: every or changed.get(_all_of(kind.topic)) or changed.get(kind.key) for kind in self.kinds}
        return {kind: rhythm for kind, rhythm in found.items() if rhythm}

    @property
    def topics(self) -> list[dict[str, Any]]:
        """The choices by what they are about: the field of the topic (`all`) and those of its kinds (`fields`)."""
        found = [(self[_all_of(topic)], [self[kind.key] for kind in self.kinds if kind.topic == topic]) for topic in _TOPICS]
        return [{"all": field, "fields": fields} for field, fields in found if fields]


def _all_of(topic: str) -> str:
    return f"all.{topic}"


HERE, EVERYWHERE = "here", "everywhere"


class LeaveForm(forms.Form):
    """Leaving for good: what becomes of one's texts, where one leaves, and that one is sure."""

    texts = forms.ChoiceField(
        label=_("What shall become of your texts and pictures?"),
        choices=[(Texts.STAY, _("They stay for the others, without my name.")), (Texts.GO, _("They go too."))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what shall become of your texts.")},
    )
    where = forms.ChoiceField(
        label=_("Where do you want to leave?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose where you want to leave.")},
    )
    sure = forms.BooleanField(
        label=_("Yes, I want to leave. I know that nobody can undo it."),
        error_messages={"required": _("Please tick the box if you are sure. Without it nothing is erased.")},
    )

    def __init__(self, cities: list[str], *args: Any, **options: Any) -> None:
        """`cities` are those in which one takes part, the one of the page first."""
        super().__init__(*args, **options)
        if len(cities) < 2:
            del self.fields["where"]
            return
        field = self.fields["where"]
        assert isinstance(field, forms.ChoiceField)
        everywhere = _("In all cities: %(cities)s. My account ends, too.") % {"cities": ", ".join(cities)}
        field.choices = [(HERE, _("Only in %(city)s.") % {"city": cities[0]}), (EVERYWHERE, everywhere)]

    @property
    def is_everywhere(self) -> bool:
        """Whether all cities are left; for a valid form."""
        return self.cleaned_data.get("where") == EVERYWHERE


def mail_kinds(actor: Actor) -> list[NoticeKind]:
    """The kinds of news of which one chooses when they come by mail: those that need no consent, and those about the team's work only for
    who works for the city."""
    kinds = [kind for room in rooms() for kind in room.notice_kinds if kind.by_mail and not kind.consent]
    return [kind for kind in kinds if kind.topic != TEAM or actor.is_staff]
