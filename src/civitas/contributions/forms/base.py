"""What the parts of the form of giving share: who gives, in which step, what can be chosen, and how an action's refusal is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from civitas.cities.models import Area
    from civitas.contributions.uploads import GivenFiles
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation
    from civitas.processes.models import Category, Step
    from civitas.services.models import Service

# What an action calls a field, where the form calls it otherwise.
_PLACE_OF = {"place": "place_name"}


class StepForm(forms.Form):
    """A form of a step, before its parts have put their fields in; what each part offers is kept by key."""

    kinds: list[str]
    categories: dict[str, Category]
    services: dict[str, Service]
    areas: dict[str, Area]
    organisations: dict[str, Organisation]
    given: GivenFiles
    without_files: str  # why somebody sends no files here, '' where they do or nobody does

    def take_up(self, actor: Actor, step: Step, settings: Any) -> None:
        """Know who gives in which step, with the settings of its method."""
        self.actor, self.step, self.settings, self.city = actor, step, settings, actor.city

    def choice(self, name: str) -> forms.ChoiceField:
        """A field that offers choices."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def ask(self, check: Any, *values: Any) -> None:
        """Have an action's own check look at values; its refusal stands beside the fields."""
        try:
            check(*values)
        except Refused as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: Refused) -> None:
        """Put an action's refusal beside the fields it names, or above the form."""
        for name, sentence in refusal.fields.items():
            field = _PLACE_OF.get(name, name)
            if field in self.errors:
                continue
            self.add_error(field if field in self.fields else None, str(sentence))
        if not refusal.fields:
            self.add_error(None, str(refusal.reason))
