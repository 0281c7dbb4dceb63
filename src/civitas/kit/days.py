"""Days and times as people say them, in the active language and time zone."""

from __future__ import annotations

import datetime as dt
from typing import overload

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.kit.languages import html_language

MINUTE, HOUR = 60, 3600


def _said(value: dt.date, german: str, english: str) -> str:
    base = html_language(translation.get_language() or "de")
    # Months and weekdays come from Django's own catalogues, which know no simple German.
    with translation.override(base):
        return date_format(value, german if base == "de" else english, use_l10n=False)


@overload
def local(value: dt.datetime) -> dt.datetime: ...
@overload
def local(value: dt.date) -> dt.date: ...
def local(value: dt.date) -> dt.date:
    """A moment in the city's zone; a day stays as it is."""
    return timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value


def day(value: dt.datetime | dt.date) -> str:
    """'3. Juli 2025', without the year in the current one."""
    value = local(value)
    if value.year == timezone.localdate().year:
        return _said(value, "j. F", "j F")
    return _said(value, "j. F Y", "j F Y")


def short_day(value: dt.date) -> str:
    """'4. Mai', '12. Nov.', below a chart."""
    return _said(value, "j. M", "j M")


def day_and_time(value: dt.datetime) -> str:
    """'Dienstag, 12. Mai, 17 Uhr', 'Tuesday 12 May, 5 pm'; with the year in another one than the current."""
    value = local(value)
    this_year = value.year == timezone.localdate().year
    date = _said(value, "l, j. F" if this_year else "l, j. F Y", "l j F" if this_year else "l j F Y")
    return f"{date}, {clock(value)}"


def clock(value: dt.datetime) -> str:
    """'17 Uhr', '17:30 Uhr', '5 pm', '5:30 pm'."""
    value = local(value)
    if html_language(translation.get_language() or "de") == "de":
        return f"{value.hour}:{value.minute:02} Uhr" if value.minute else f"{value.hour} Uhr"
    hour, half = value.hour % 12 or 12, "am" if value.hour < 12 else "pm"
    return f"{hour}:{value.minute:02} {half}" if value.minute else f"{hour} {half}"


def ago(value: dt.datetime) -> str:
    """'gerade eben', 'vor 8 Minuten', 'vor 1 Stunde', 'gestern', 'vor 3 Tagen'; the day itself after a week."""
    seconds = max(0, int((timezone.now() - value).total_seconds()))
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        minutes = seconds // MINUTE
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
    days = (timezone.localdate() - timezone.localtime(value).date()).days
    if days == 0:
        hours = seconds // HOUR
        return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": hours}
    if days == 1:
        return _("yesterday")
    if days < 7:
        return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}
    return day(value)


def time_left(until: dt.datetime) -> str:
    """'Noch 12 Tage', 'Nur noch 1 Tag', 'Nur noch 3 Stunden', 'Bis 12. Juli'; a window that ends at midnight has its last day before."""
    days = _days_left(until)
    if days < 1:
        hours = max(1, int((until - timezone.now()).total_seconds() // HOUR))
        return ngettext("%(count)s hour left", "%(count)s hours left", hours) % {"count": hours}
    if days < 3:
        return ngettext("Only %(count)s day left", "Only %(count)s days left", days) % {"count": days}
    if days > 60:
        return _("Until %(day)s") % {"day": day(last_day(until))}
    return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}


def ends_soon(until: dt.datetime) -> bool:
    """Whether less than three days are left."""
    return _days_left(until) < 3


def _days_left(until: dt.datetime) -> int:
    return (last_day(until).date() - timezone.localdate()).days


def last_day(closes_at: dt.datetime) -> dt.datetime:
    """The last day on which something is open: a window that ends at midnight ends with the day before."""
    local = timezone.localtime(closes_at)
    return local - dt.timedelta(seconds=1) if (local.hour, local.minute) == (0, 0) else local
