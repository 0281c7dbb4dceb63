"""The form on which people give, put together from what it asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from civitas.contributions.checks import LONGEST_TEXT, LONGEST_TITLE
from civitas.contributions.forms.base import StepForm
from civitas.contributions.forms.files import add_files, check_files, limits
from civitas.contributions.forms.names import add_names, chosen_names
from civitas.contributions.forms.place import add_place, check_place, chosen_place
from civitas.contributions.forms.words import add_words, check_words, chosen_words
from civitas.contributions.models import ANSWERS
from civitas.kit.ids import uuid7
from civitas.kit.sealed_forms import sealed
from civitas.people.pupils import Feature, may_have

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.processes.models import Step


class GiveForm(StepForm):
    """Give an idea or an improvement in a step. Its fields follow the step's settings and who is giving."""

    homepage = forms.CharField(
        label=_("Leave this empty"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )
    uid = forms.UUIDField(widget=forms.HiddenInput)
    seal = forms.CharField(widget=forms.HiddenInput, required=False)
    # The version of the draft that this window has, 0 for none, and the number of what this one develops further.
    draft_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1, initial=0)
    builds_on = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)

    def __init__(self, actor: Actor, step: Step, *args: Any, settings: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.take_up(actor, step, settings)
        uid = uuid7()
        self.initial = {"uid": uid, "seal": sealed(uid), **self.initial}
        for add_fields in (add_words, add_place, add_files, add_names):
            add_fields(self)

    def renew(self) -> None:
        """Let the bound form go on as a new one with what was typed: its uid belongs to something else by now."""
        uid = uuid7()
        self.data = {**{name: self.data[name] for name in self.data}, "uid": str(uid), "seal": sealed(uid), "draft_version": "0"}

    def leave(self, name: str) -> None:
        """Empty a field of the bound form."""
        self.data = {**{each: self.data[each] for each in self.data}, name: ""}

    def clean(self) -> dict[str, Any]:
        """Limits and places as the actions know them, and what belongs together: a picture with its words and rights."""
        data = super().clean() or {}
        check_words(self, data)
        check_place(self, data)
        check_files(self, self.given, data)
        for refused in self._not_theirs():
            self.add_error(None, refused)
        if data.get("homepage"):
            self.add_error(None, _("This looks like a machine filled it in. Please leave the hidden field empty and send it once more."))
        return data

    def _not_theirs(self) -> list[str]:
        """Why somebody of a school class cannot send what the form does not even offer them."""
        person, sent = self.actor.participant, {Feature.MAIL: self.data.get("mail"), Feature.FILES: self.files or self.data.get("file")}
        verdicts = [may_have(person, feature) for feature, value in sent.items() if value]
        return [str(verdict.reason) for verdict in verdicts if not verdict]

    @property
    def chosen(self) -> dict[str, Any]:
        """The checked values as `submit_contribution` takes them."""
        data = self.cleaned_data
        return {"uid": data["uid"], **chosen_words(self, data), **chosen_place(self, data), **chosen_names(self, data)}

    @property
    def limits(self) -> str:
        """How many files of what size fit, as JSON for the browser."""
        return limits()

    @property
    def is_sealed(self) -> bool:
        """Whether the uid is one that we gave to this very form."""
        return constant_time_compare(self.data.get("seal", ""), sealed(self.data.get("uid", "")))


def kept_texts(data: Any) -> dict[str, str]:
    """What a form that comes too late had in it, to copy: the words, cut at their limits; the answers that were given as one text."""
    answers = (str(data.get(name, ""))[: LONGEST_TEXT * 2] for name in ("text", *ANSWERS))
    return {"title": str(data.get("title", ""))[: LONGEST_TITLE * 2], "text": "\n\n".join(answer for answer in answers if answer)}
