"""Names that somebody of a school class goes by: none that hurts, and none that says where to reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from civitas.cities.queries import stored_rules
from civitas.kit.personal import PersonalKind, personal_in
from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import Refused
from civitas.kit.words import hurts

if TYPE_CHECKING:
    from civitas.cities.models import City

LONGEST_NAME = 40


def checked_name(city: City, name: str) -> str:
    """A name as it is shown; raises Refused with a sentence for the field 'pseudonym'."""
    name = cleaned_line(name)
    words: Any = stored_rules(city).get("words", [])
    if len(name) > LONGEST_NAME:
        raise _refused(_("Please take a name of at most %(limit)d characters.") % {"limit": LONGEST_NAME})
    if hurts(name, words):
        raise _refused(_("This name could hurt somebody. Please take another one."))
    if any(span.kind in {PersonalKind.MAIL, PersonalKind.PHONE} for span in personal_in(name)):
        raise _refused(_("This looks like an address or a telephone number. Please make a name up."))
    return name


def _refused(sentence: str) -> Refused:
    return Refused(sentence, status=422, fields={"pseudonym": sentence})
