"""A refusal shown where it belongs: beside the field it names, or above the form, with everything typed kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.forms import BaseForm

    from civitas.kit.verdicts import Refused


def show_refusal(form: BaseForm, refused: Refused) -> None:
    """Put the refusal's sentences into a bound form: each at its field, the reason itself where it names none."""
    for name, sentence in refused.fields.items():
        form.add_error(name if name in form.fields else None, str(sentence))
    if not refused.fields:
        form.add_error(None, str(refused.reason))


def take_up(form: BaseForm, version: int) -> None:
    """After a conflict: the bound form goes on from the new version, since the person has now seen it; sending again is meant."""
    form.data = {**{name: form.data[name] for name in form.data}, "version": str(version)}
