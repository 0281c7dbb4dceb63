"""A refusal shown where it belongs: beside the field it names, or above the form, with everything typed kept."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from django.utils import translation
from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.forms import BaseForm
    from django.utils.functional import _StrPromise

Made = TypeVar("Made")


def show_refusal(form: BaseForm, refused: Refused) -> None:
    """Put the refusal's sentences into a bound form: each at its field, the reason itself where it names none."""
    for name, sentence in refused.fields.items():
        form.add_error(name if name in form.fields else None, str(sentence))
    if not refused.fields:
        form.add_error(None, str(refused.reason))


def carry_out(form: BaseForm, act: Callable[[], Made]) -> tuple[int, Made | None]:
    """Do what a bound form asks for, where it is valid: 200 with what came of it, or the status for the page that shows its faults."""
    if not form.is_valid():
        return 422, None
    try:
        return 200, act()
    except Refused as refused:
        show_refusal(form, refused)
        return 422 if refused.fields else refused.status, None


def too_long(text: str, most: int) -> str:
    """What to say of a text with more than so many characters; '' for one that fits."""
    if len(text) <= most:
        return ""
    return _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": most, "count": len(text)}


def take_up(form: BaseForm, version: int) -> None:
    """After a conflict: the bound form goes on from the new version, since the person has now seen it; sending again is meant."""
    form.data = {**{name: form.data[name] for name in form.data}, "version": str(version)}


@contextmanager
def in_source_words(*, when: bool = True) -> Iterator[None]:
    """While this is entered, sentences come as they stand in the code: so a worker keeps why something was not possible, and each
    reader gets it in their own language (`in_readers_words`). A sentence with a name or a figure in it is not fit for that."""
    if not when:
        yield
        return
    with translation.override(None):
        yield


def kept_reason(reason: str | _StrPromise) -> str:
    """A refusal's reason as it is kept."""
    with in_source_words():
        return str(reason)[:300]


def in_readers_words(kept: str) -> str:
    """A kept reason in the language of who reads it."""
    return _(kept) if kept else ""
