"""Tags and filters of the pages: icons, built assets, days, quotation marks, how much say, the river."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import template
from django.templatetags.static import static
from django.urls import get_script_prefix
from django.utils import timezone, translation
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civitas.kit import contribution_cards, days, river
from civitas.kit.frontend import built_files, built_fonts, built_scripts
from civitas.kit.languages import html_language
from civitas.kit.personal import BLACK

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

register = template.Library()

ICONS = Path(__file__).parent.parent / "icons"
# Icons that point along the line of reading turn round with it.
TURNING = {"arrow", "back", "login", "logout", "external"}
MARKS = {"de": "„“", "en": "‘’", "fr": "«»", "tr": "“”", "pl": "„”", "es": "«»", "it": "«»", "uk": "«»", "ru": "«»", "ar": "«»"}
SAY = {1: _("Be informed"), 2: _("Have a say"), 3: _("Shape together"), 4: _("Decide together"), 5: _("Carry out together")}
STATUS = {
    "received": (_("Received"), "letter", "go"),
    "in_review": (_("In review"), "clock", "wait"),
    "planned": (_("Planned"), "calendar", "go"),
    "in_work": (_("In work"), "arrow", "now"),
    "done": (_("Done"), "check", "ok"),
    "not_possible": (_("Not possible"), "minus", "no"),
    "part_of": (_("Part of something larger"), "merge", "go"),
}
VISIBILITY = {
    "draft": (_("Draft"), "edit", "no"),
    "waiting": (_("Waiting to be read by the team"), "clock", "wait"),
    "published": (_("Published"), "eye", "ok"),
    "hidden": (_("Hidden"), "eye-off", "now"),
    "withdrawn": (_("Withdrawn"), "back", "no"),
    "erased": (_("Erased"), "trash", "no"),
}
STANCE = {"for": (_("In favour"), "plus"), "against": (_("Against"), "minus"), "neutral": (_("Neutral"), "equal")}
# Closer than this nobody tells two places apart, in metres.
_HERE = 25
# What a widget's class is drawn as.
KINDS = {
    "Textarea": "textarea",
    "Select": "select",
    "CheckboxInput": "checkbox",
    "RadioSelect": "choices",
    "CheckboxSelectMultiple": "choices",
}
CLASSES = {"select": "kern-form-input__select", "checkbox": "kern-form-check__checkbox", "file": ""}


@cache
def _drawing(name: str) -> str:
    try:
        return (ICONS / f"{name}.svg").read_text().strip()
    except FileNotFoundError:
        # A pack may name an icon that the house does not have; a pin is always right for something that has a place.
        return (ICONS / "pin.svg").read_text().strip()


def icon_names() -> list[str]:
    """The names of all icons, for the gallery and for checking packs."""
    return sorted(path.stem for path in ICONS.glob("*.svg"))


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon by name as inline SVG, silent to screen readers."""
    return _icon(name, extra)


@lru_cache(maxsize=1_000)
def _icon(name: str, extra: str) -> SafeString:
    classes = " ".join(part for part in ("i", extra, "i--turn" if name in TURNING else "") if part)
    opening = f'<svg class="{conditional_escape(classes)}" aria-hidden="true" focusable="false" '
    return mark_safe(_drawing(name).replace("<svg ", opening, 1))  # noqa: S308  (our own files)


@register.simple_tag
def asset(entry: str) -> SafeString:
    """The style sheets and the module script of a front-end entry ('main.ts')."""
    sheets, script = built_files(entry)
    links = format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(name),) for name in sheets))
    return format_html('{}\n<script type="module" src="{}"></script>', links, static(script))


@register.simple_tag
def sheets(entry: str) -> SafeString:
    """The style sheets alone of a front-end entry ('desk.ts')."""
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(name),) for name in built_files(entry)[0]))


@register.simple_tag
def early_fonts(*names: str) -> SafeString:
    """Have the browser fetch these fonts at once, so that no line moves when they come."""
    link = '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>'
    return format_html_join("\n", link, ((static(name),) for name in built_fonts(*names)))


@register.simple_tag
def early_asset(entry: str) -> SafeString:
    """A small script that runs before the first paint."""
    return format_html('<script src="{}"></script>', static(built_files(entry)[1]))


@register.simple_tag
def island(name: str) -> SafeString:
    """Have an island ('giving') awake when the page is there; without it, it is fetched once its element is found."""
    script, *others = built_scripts(f"islands/{name}.ts")
    links = format_html_join("\n", '<link rel="modulepreload" href="{}">', ((static(path),) for path in others))
    return format_html('{}\n<script type="module" src="{}"></script>', links, static(script))


@register.filter
def localized(path: str) -> str:
    """A path without language ('/entdecken') as its address in the page's language."""
    return get_script_prefix() + str(path).lstrip("/")


@register.filter
def ago(value: dt.datetime | None) -> str:
    """See `days.ago`."""
    return days.ago(value) if value else ""


@register.filter
def day(value: dt.datetime | dt.date | None) -> str:
    """See `days.day`."""
    return days.day(value) if value else ""


@register.filter
def last_day(value: dt.datetime | None) -> str:
    """The last day on which something is open that ends then, as `days.day`."""
    return days.day(days.last_day(value)) if value else ""


@register.filter
def day_time(value: dt.datetime | None) -> str:
    """See `days.day_and_time`."""
    return days.day_and_time(value) if value else ""


@register.filter
def clock(value: dt.datetime | None) -> str:
    """See `days.clock`."""
    return days.clock(value) if value else ""


@register.filter
def time_left(value: dt.datetime | None) -> str:
    """See `days.time_left`."""
    return days.time_left(value) if value else ""


@register.filter
def ends_soon(value: dt.datetime | None) -> bool:
    """See `days.ends_soon`."""
    return days.ends_soon(value) if value else False


@register.filter
def number(value: int | None) -> str:
    """1284 as '1 284' (narrow no-break space) in German, '1,284' in English."""
    grouped = f"{value or 0:,}"
    return grouped if html_language(translation.get_language() or "de") == "en" else grouped.replace(",", "\u202f")


@register.filter
def distance(metres: float) -> str:
    """A way as people say it: 'right here', '200 m', '1.2 km'."""
    if metres < _HERE:
        return gettext("right here")
    if metres < 975:
        return gettext("%(metres)d m") % {"metres": max(50, round(metres / 50) * 50)}
    return gettext("%(kilometres)s km") % {"kilometres": number_format(round(metres / 1000, 1), 1)}


@register.filter
def initials(name: str) -> str:
    """The first two letters of a name, for the round mark beside it; a person's sign where there is no name."""
    letters = [c for c in str(name) if c.isalpha()]
    return "".join(letters[:2]).capitalize()


@register.simple_tag
def quoted(text: str, language: str = "") -> str:
    """A text between the quotation marks of its language; marks that it brings along are not doubled."""
    base = html_language(language or translation.get_language() or "de")
    marks = MARKS.get(base, MARKS["de"])
    bare = str(text).strip().strip('„“”»«"').strip()
    return f"{marks[0]}{bare}{marks[1]}"


@register.filter
def breakable(address: str) -> SafeString:
    """A mail or web address that goes on in the next line after its @, after a dot or before a stroke, where a column is narrow."""
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in re.findall(r"/?[^@./]+[@.]?|[@./]", address)))


@register.filter
def shortened(text: str, longest: int) -> str:
    """The beginning of a text (so many characters at most), which ends with a whole word and with no mark before the dots."""
    if len(text) <= longest:
        return text
    start = text[: longest - 1]
    return f"{(start.rpartition(' ')[0] or start).rstrip(' .,;:!?–-…')} …"


@register.filter
def blackouts(text: str) -> SafeString:
    """A text in which runs of black are one picture with a name each, so that nobody hears six blocks read out."""
    bar = format_html('<span class="blackout" role="img" aria-label="{}">{}</span>', gettext("blacked out"), BLACK)
    return mark_safe(conditional_escape(text).replace(BLACK, bar))  # noqa: S308  (escaped before)


@register.filter
def unlocalized(value: float) -> str:
    """A number for machines: a point, no grouping, in every language."""
    return str(value)


@register.filter
def html_lang(code: str) -> str:
    """The value of `lang` for a language code: simple German is German to browsers."""
    return html_language(code or "de")


@register.simple_tag
def answer_by(item: Any, city: Any) -> dt.datetime | None:
    """Until when the city promised to answer a new contribution (in its process, if that promises otherwise); None once it has, when that
    day is over, or when it promised nothing."""
    if item.status != "received" or not city or getattr(item, "is_from_elsewhere", False) or getattr(item, "is_made", False):
        return None
    days = item.promised_days(city) if hasattr(item, "promised_days") else city.promised_days
    due: dt.datetime = item.given_at + timedelta(days=days)
    return due if due > timezone.now() else None


@register.simple_tag(takes_context=True)
def contribution_card(context: template.Context, item: Any, picture: str = "") -> SafeString:
    """The card of a contribution (with author, area, organisation) in a list; `picture` is the address of its first picture."""
    return contribution_cards.draw(contribution_cards.card_of(item, answer_at=answer_by(item, context.get("city")), picture=picture))


@register.simple_tag
def options(choices: Sequence[Any]) -> SafeString:
    """The options of a select from values, labels, which is current, and counts: a city has a hundred areas."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}{}</option>',
        (
            (each.value, mark_safe(" selected") if each.current else "", each.label, f" ({number(each.count)})" if each.count else "")
            for each in choices
        ),
    )


@register.filter
def percent(part: float, whole: float) -> int:
    """A part of a whole in percent, 0 to 100."""
    return max(0, min(100, round(100 * part / whole))) if whole else 0


@register.inclusion_tag("kit/_say.html")
def say(level: int) -> dict[str, Any]:
    """How much say people have (1 to 5): five bars and the word."""
    return {"bars": [number <= level for number in range(1, 6)], "word": SAY.get(level, "")}


@register.inclusion_tag("kit/_status.html")
def status(state: str, note: str = "", at: dt.datetime | dt.date | None = None) -> dict[str, Any]:
    """An official status: icon, word (or `note` in its place), date."""
    word, sign, tone = STATUS.get(state, STATUS["received"])
    return {"word": note or word, "sign": sign, "tone": tone, "at": at}


@register.inclusion_tag("kit/_status.html")
def visibility(state: str, note: str = "") -> dict[str, Any]:
    """Whether a contribution is to be seen: icon and word."""
    word, sign, tone = VISIBILITY.get(state, VISIBILITY["draft"])
    return {"word": note or word, "sign": sign, "tone": tone, "at": None}


@register.simple_tag
def stance(side: str) -> SafeString:
    """The side that a comment takes: icon and word."""
    word, sign = STANCE[side]
    return format_html('<p class="stance stance--{}">{}{}</p>', side, icon(sign), word)


@register.inclusion_tag("kit/_river.html")
def river_of(stations: Sequence[dict[str, Any]], streams: Sequence[str] = ()) -> dict[str, Any]:
    """The river through up to six stations: dicts of state (done, now, next), when, title, text, url.

    `streams`, at most two, flow in at the second.
    """
    shown = [{"url": "", "text": "", "when": "", **station} for station in stations][: river.MOST]
    rows = [{**station, "odd": index % 2, "last": index == len(shown) - 1} for index, station in enumerate(shown)]
    return {"stations": rows, "water": river.water_through([station["state"] for station in shown]), "streams": list(streams)[:2]}


@register.filter
def widget_kind(bound: Any) -> str:
    """What a form field is drawn as: input, textarea, select, checkbox, choices, file or hidden."""
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    for ancestor in type(widget).__mro__:
        if ancestor.__name__ in KINDS:
            return KINDS[ancestor.__name__]
    return "file" if widget.needs_multipart_form else "input"


@register.filter
def is_optional(bound: Any) -> bool:
    """Whether a field may stay empty, so that its label says so.

    What a form lets through empty, since a draft may be kept or the action says why it is needed, is marked `needed` by the form.
    """
    return not (bound.field.required or getattr(bound.field, "needed", False))


@register.simple_tag
def control(bound: Any, **attributes: Any) -> SafeString:
    """A form field's control with KERN's class and its hint and error by id, and with what it showed first where the field keeps that."""
    kind = widget_kind(bound)
    classes = CLASSES.get(kind, "kern-form-input__input")
    described = [f"{bound.auto_id}-hint"] * bool(bound.help_text) + [f"{bound.auto_id}-error"] * bool(bound.errors)
    found = {"class": f"{classes} {bound.field.widget.attrs.get('class', '')}".strip()}
    found |= {name.replace("_", "-"): value for name, value in attributes.items()}
    if described:
        found["aria-describedby"] = " ".join(described)
    if bound.errors:
        found["aria-invalid"] = "true"
    shown_first = bound.as_hidden(only_initial=True) if bound.field.show_hidden_initial else ""
    return SafeString(bound.as_widget(attrs=found) + shown_first)


@register.simple_tag
def choice_control(choice: Any) -> SafeString:
    """One radio button or box of a group, with KERN's class."""
    kind = "radio" if choice.data["type"] == "radio" else "checkbox"
    choice.data["attrs"]["class"] = f"kern-form-check__{kind}"
    return SafeString(choice.tag())
