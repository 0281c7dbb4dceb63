"""How the news reads that something was blacked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from civitas.contributions.notices import about, event_key, fetch_about, title_of
from civitas.kit.rooms import NoticeKind, Worded
from civitas.redaction.models import Redaction

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.notices.models import Notice


def word_redacted(city: City, notice: Notice) -> Worded | None:
    """What was done to the author's words and pictures, and why; what it was is not repeated."""
    row = about(city, notice)
    done = notice.fetched["done"] if notice.fetched else Redaction.objects.of(city).filter(pk=event_key(notice)).first()
    if row is None or done is None:
        return None
    parts = []
    if done.passages:
        parts.append(ngettext("%(count)d passage in the text", "%(count)d passages in the text", done.passages) % {"count": done.passages})
    if done.areas:
        parts.append(ngettext("%(count)d area in a picture", "%(count)d areas in pictures", done.areas) % {"count": done.areas})
    title = title_of(row)
    first = _("We have blacked out something in “%(title)s”: %(parts)s.") % {"title": title, "parts": _(" and ").join(parts)}
    why = _("The reason: %(reason)s.") % {"reason": done.get_reason_display()}
    rest = _("Everything else stays as you gave it. We do this so that nobody is harmed by what everybody can read here.")
    if not title:
        first = _("We have blacked out something in what you gave: %(parts)s.") % {"parts": _(" and ").join(parts)}
    return Worded(_("We have blacked out private details"), (first, why, rest), row.path, _("Look at it"))


def fetch_redacted(city: City, notices: list[Notice]) -> None:
    """Read what many notices are about, and what was done, in two queries."""
    fetch_about(city, notices)
    rows = Redaction.objects.of(city).in_bulk({event_key(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {**(notice.fetched or {}), "done": rows.get(event_key(notice))}


KINDS = (NoticeKind("contribution.redacted", gettext_lazy("Private details blacked out"), word_redacted, prepare=fetch_redacted),)
