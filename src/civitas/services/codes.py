"""Codes with their words: the languages a service is offered in, and what makes it easy to reach and use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.functional import _StrPromise

LANGUAGES: Mapping[str, _StrPromise] = {
    "de": _("German"),
    "simple": _("Simple German"),
    "dgs": _("German Sign Language"),
    "en": _("English"),
    "ar": _("Arabic"),
    "bg": _("Bulgarian"),
    "es": _("Spanish"),
    "fa": _("Persian"),
    "fr": _("French"),
    "it": _("Italian"),
    "ku": _("Kurdish"),
    "pl": _("Polish"),
    "pt": _("Portuguese"),
    "ro": _("Romanian"),
    "ru": _("Russian"),
    "so": _("Somali"),
    "tr": _("Turkish"),
    "uk": _("Ukrainian"),
    "vi": _("Vietnamese"),
}
ACCESS: Mapping[str, _StrPromise] = {
    "step_free": _("without steps"),
    "lift": _("with a lift"),
    "toilet": _("toilet for wheelchairs"),
    "parking": _("parking for people with disabilities"),
    "hearing_loop": _("hearing loop"),
    "sign_language": _("sign language on request"),
    "guide_dog": _("guide dogs are welcome"),
    "quiet": _("a quiet place to wait"),
    "home": _("comes to your home"),
    "phone": _("also by telephone"),
    "online": _("also online"),
}


def joined(codes: Iterable[str]) -> str:
    """Codes as a column keeps them."""
    return " ".join(dict.fromkeys(codes))


def words_of(kept: str, known: Mapping[str, _StrPromise]) -> list[str]:
    """What kept codes mean, in the reader's language; an unknown one is left out."""
    return [str(known[code]) for code in kept.split() if code in known]
