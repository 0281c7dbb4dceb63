"""What words and places have to be like to be kept: limits, with a sentence for each field that is not like that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.cities.queries import area_at
from civitas.contributions.models import AUDIENCE_LENGTH
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from civitas.cities.models import Area, City

LONGEST_TITLE = 150
LONGEST_TEXT = 10_000


def checked_texts(title: str, text: str) -> tuple[str, str]:
    """Title and text as kept; raises Refused with a sentence per field when one is empty or too long."""
    title, text = cleaned_line(title), cleaned(text)
    fields = {}
    if not title:
        fields["title"] = _("Please give your contribution a title.")
    elif not any(map(str.isalnum, title)):
        # Lists, links and mails call it by its title: people who hear it need words.
        fields["title"] = _("Please write the title in words. Emoji and signs are welcome beside them.")
    elif len(title) > LONGEST_TITLE:
        figures = {"limit": LONGEST_TITLE, "count": len(title)}
        fields["title"] = _("Please shorten the title to %(limit)d characters; it has %(count)d.") % figures
    if not text:
        fields["text"] = _("Please write what it is about.")
    elif len(text) > LONGEST_TEXT:
        figures = {"limit": LONGEST_TEXT, "count": len(text)}
        fields["text"] = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % figures
    if fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)
    return title, text


def checked_answers(audience: str, proposal: str, benefit: str) -> dict[str, str]:
    """The answers that may stay open, as kept, by name; raises Refused with a sentence for each that is too long."""
    answers = {"audience": cleaned_line(audience), "proposal": cleaned(proposal), "benefit": cleaned(benefit)}
    fields = {}
    for name, limit in (("audience", AUDIENCE_LENGTH), ("proposal", LONGEST_TEXT), ("benefit", LONGEST_TEXT)):
        if (count := len(answers[name])) > limit:
            figures = {"limit": limit, "count": count}
            fields[name] = _("Please shorten this answer to %(limit)d characters; it has %(count)d.") % figures
    if fields:
        raise Refused(_("An answer is too long. Please look at the marked fields."), status=400, fields=fields)
    return answers


def placed(city: City, lat: float | None, lon: float | None, area: Area | None) -> tuple[float | None, float | None, Area | None]:
    """A place with the area it lies in; raises Refused when it lies outside the city."""
    if lat is None or lon is None:
        return None, None, area
    found = area_at(city, lat, lon)
    if found is None:
        sentence = _("This place lies outside %(city)s. Please choose one within the city, or none.") % {"city": city}
        raise Refused(sentence, status=400, fields={"place": sentence})
    return lat, lon, found


def check_walls(city: City, *rows: object) -> None:
    """Raises Refused (404) for rows of another city among those given."""
    for row in rows:
        if row is not None and getattr(row, "city_id", None) != city.pk:
            raise Refused(_("We cannot find this in this city."), status=404)
