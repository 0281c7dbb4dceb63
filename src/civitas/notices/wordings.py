"""The frame of the daily and weekly mail in the city's own words: subject, greeting, closing, with blanks that fill themselves.

The words are plain text. A blank is looked up and never run, and in HTML everything is escaped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.days import day
from civitas.kit.rooms import DAILY, WEEKLY
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.translated import KEYS, Translated
from civitas.kit.verdicts import Refused
from civitas.notices.models import DigestWords

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from civitas.cities.models import City

RHYTHMS = (DAILY, WEEKLY)
# The texts, and how long each may be.
TEXTS = {"subject": 120, "greeting": 600, "closing": 300}
BLANKS = ("city", "date", "count")
_BLANK = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True)
class Frame:
    """The texts in one language, as somebody wrote them; '' is the house's own."""

    subject: str = ""
    greeting: str = ""
    closing: str = ""

    def filled(self, city: City, count: int) -> Frame:
        """The same with its blanks filled, in the active language and the city's time zone."""
        values = {"city": str(city.name), "date": day(timezone.localtime()), "count": str(count)}
        texts = (self.subject, self.greeting, self.closing)
        return Frame(*(_BLANK.sub(lambda blank: values.get(blank[1].strip(), blank[0]), text) for text in texts))


def house_frame(city: City, rhythm: str) -> Frame:
    """Our own texts in the active language, filled: they stand where a city has written none."""
    named = {"city": str(city.name)}
    closing = _("Kind regards\n%(city_name)s") % {"city_name": named["city"]}
    if rhythm == DAILY:
        return Frame(_("Your day in %(city)s") % named, _("Good morning! This is new since yesterday."), closing)
    return Frame(_("Your week in %(city)s") % named, _("Good morning! This is what the last week brought."), closing)


def frames_of(city: City) -> dict[str, DigestWords]:
    """What the city has worded, by rhythm; one query."""
    return {row.rhythm: row for row in DigestWords.objects.of(city).order_by("pk")}


def frame_in(row: DigestWords | None, language: str) -> Frame:
    """The texts of a language alone: where it has none, the house's own stand, and no other language's."""
    key = KEYS.get(language, language)
    return Frame(*(str(getattr(row, name).get(key, "")) for name in TEXTS)) if row else Frame()


def fault_of(text: str, longest: int) -> str:
    """What is wrong with a text, in a sentence; '' where it will do."""
    if len(text) > longest:
        return _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": longest, "count": len(text)}
    known = ", ".join(f"{{{name}}}" for name in BLANKS)
    for blank in _BLANK.finditer(text):
        if blank[1].strip() not in BLANKS:
            return _("“%(blank)s” is no blank that we can fill. There are: %(known)s.") % {"blank": blank[0], "known": known}
    if set("{}") & set(_BLANK.sub("", text)):
        return _("A bracket stands alone here. A blank looks like this: {city}.")
    return ""


def cleaned_words(texts: Mapping[str, Mapping[str, str]]) -> dict[str, Translated]:
    """Texts by name and language, tidied up. Raises Refused with a sentence for each that does not do, named 'greeting_de'."""
    found: dict[str, Translated] = {}
    faults: dict[str, str] = {}
    for name, longest in TEXTS.items():
        tidy = cleaned_line if name == "subject" else cleaned
        typed = {key: tidy(text).strip() for key, text in texts.get(name, {}).items()}
        faults |= {f"{name}_{key}": said for key, text in typed.items() if (said := fault_of(text, longest))}
        found[name] = Translated({key: text for key, text in typed.items() if text})
    if faults:
        raise Refused(_("Some texts do not do yet. Please look at the marked fields."), status=422, fields=faults)
    return found


@transaction.atomic
def save_words(city: City, rhythm: str, texts: Mapping[str, Mapping[str, str]], *, version: int, by: UUID | None) -> DigestWords:
    """Keep the city's words for a rhythm. Raises Refused: 409 when somebody changed them since `version` (0 = there were none).

    Who may do so is asked by the caller. The journal says that they changed and in which languages, and none of the words.
    """
    found = cleaned_words(texts)
    row, made = DigestWords.objects.of(city).select_for_update().get_or_create(city=city, rhythm=rhythm, defaults=found)
    if version != (0 if made else row.version):
        sentence = _("Somebody else has changed this meanwhile. Your texts are still here; look at theirs, then save again.")
        raise Refused(sentence, status=409)
    if not made:
        for name, text in found.items():
            # A language that the form did not offer keeps what it had.
            unasked = {key: said for key, said in getattr(row, name).items() if key not in texts.get(name, {})}
            setattr(row, name, Translated({**unasked, **text}))
        row.version += 1
        row.save(update_fields=[*found, "version"])
    # Codes of languages, as the journal takes them.
    languages: list[str | int | bool | None] = [*sorted({key for text in found.values() for key in text})]
    record(city, by=by, verb="digest.worded", subject=f"digest:{rhythm}", details={"languages": languages})
    return row
