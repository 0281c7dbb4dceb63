"""What became of something, in a sentence, and how many of a kind."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from civitas.contributions.models import Contribution, Link
from civitas.kit.templatetags.kit import number

Kind = Contribution.Kind
FATES = {
    Link.Kind.GROUPED_INTO: gettext_lazy("It became part of this."),
    Link.Kind.MERGED_INTO: gettext_lazy("It was put together with similar ones."),
    Link.Kind.SPLIT_INTO: gettext_lazy("Part of it goes on here."),
    Link.Kind.DEVELOPED_INTO: gettext_lazy("It was developed further."),
    Link.Kind.LED_TO: gettext_lazy("It led to this."),
}
# What steps made of what people gave is told by what it is.
MADE_SAID = {
    Kind.THEME: gettext_lazy("It is part of this theme."),
    Kind.CONCEPT: gettext_lazy("This concept grew from it."),
    Kind.RESULT: gettext_lazy("This is how people weighed it."),
    Kind.MEASURE: gettext_lazy("This was agreed on."),
    Kind.SERVICE_STORY: gettext_lazy("It became a service."),
}
_MANY = {
    Kind.IDEA: ngettext_lazy("%(shown)s idea", "%(shown)s ideas", "count"),
    Kind.IMPROVEMENT: ngettext_lazy("%(shown)s improvement", "%(shown)s improvements", "count"),
    Kind.THEME: ngettext_lazy("%(shown)s theme", "%(shown)s themes", "count"),
    Kind.CONCEPT: ngettext_lazy("%(shown)s concept", "%(shown)s concepts", "count"),
    Kind.RESULT: ngettext_lazy("%(shown)s result", "%(shown)s results", "count"),
    Kind.MEASURE: ngettext_lazy("%(shown)s measure", "%(shown)s measures", "count"),
    Kind.SERVICE_STORY: ngettext_lazy("%(shown)s service", "%(shown)s services", "count"),
}


def count_said(kind: str, count: int, *, more: bool = False) -> str:
    """How many of a kind: '3 themes'; 'at least 3 themes' where there may be more."""
    shown = {"shown": number(count), "count": count}
    said = str(_MANY[Kind(kind)] % shown) if kind in _MANY else ngettext("%(shown)s contribution", "%(shown)s contributions", count) % shown
    return _("at least %(said)s") % {"said": said} if more else said


def voices_said(count: int) -> str:
    """How many voices."""
    return ngettext("%(shown)s voice", "%(shown)s voices", count) % {"shown": number(count)}
