"""What a contribution came from and what became of it, as its page tells it: a river of stations, and all of it as lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from civitas.contributions.lineage import MOST_HOPS
from civitas.contributions.models import Contribution, Link
from civitas.kit import days
from civitas.kit.templatetags.kit import localized, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.contributions.lineage import Hop

Kind = Contribution.Kind
# What fits beside this contribution into one line of stations on a desktop.
MOST_STATIONS = 4
_FATES = {
    Link.Kind.GROUPED_INTO: gettext_lazy("It became part of this."),
    Link.Kind.MERGED_INTO: gettext_lazy("It was put together with similar ones."),
    Link.Kind.SPLIT_INTO: gettext_lazy("Part of it goes on here."),
    Link.Kind.DEVELOPED_INTO: gettext_lazy("It was developed further."),
    Link.Kind.LED_TO: gettext_lazy("It led to this."),
}
# What steps made of what people gave is told by what it is.
_MADE = {
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


@dataclass(frozen=True)
class Kin:
    """Contributions of one kind that something came from or that came of it: their word with how many, and each with title and address."""

    said: str
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Lineage:
    """The river's stations with what flows in; what it came from and what became of it, by kind, where the river cannot name each."""

    stations: Sequence[dict[str, Any]] = ()
    streams: Sequence[str] = ()
    origins: Sequence[Kin] = ()
    became: Sequence[Kin] = ()
    is_cut: bool = False  # there are more origins than are read


def lineage_of(contribution: Contribution, hops: list[Hop]) -> Lineage:
    """The lineage of a contribution; empty without one."""
    lineage = [hop for hop in hops if hop.kind != Link.Kind.RELATED_TO]
    later = [hop for hop in lineage if hop.later]
    earlier = [hop for hop in lineage if not hop.later]
    if not lineage:
        return Lineage()
    here = {"when": days.day(contribution.given_at), "title": _("This contribution"), "text": contribution.title, "state": "done"}
    is_cut = len(earlier) >= MOST_HOPS - len(later)
    if later:
        after, named = _stations(later)
        after[-1]["state"] = "done" if later[-1].other.status == Contribution.Status.DONE else "now"
        # On the water stand two of those that flow in, as a picture: the list names them all.
        streams, became = [hop.other.title for hop in earlier], [] if named else _kin(later)
        return Lineage([here, *after], streams, _kin(earlier), became, is_cut)
    before, named = _stations(earlier)
    return Lineage([*before, here | {"state": "now"}], (), [] if named else _kin(earlier), (), is_cut)


def _stations(hops: Sequence[Hop]) -> tuple[list[dict[str, Any]], bool]:
    """A station for each, or for each kind where there are too many; and whether each has its own."""
    if len(hops) <= MOST_STATIONS:
        return [_station(hop) for hop in hops], True
    kinds = _by_kind(hops)
    return [_station(rows[0]) if len(rows) == 1 else _gathered(kind, rows) for kind, rows in kinds.items()][:MOST_STATIONS], False


def _by_kind(hops: Sequence[Hop]) -> dict[str, list[Hop]]:
    kinds: dict[str, list[Hop]] = {}
    for hop in hops:
        kinds.setdefault(hop.other.kind, []).append(hop)
    return kinds


def _kin(hops: Sequence[Hop]) -> list[Kin]:
    return [
        Kin(_count(kind, len(rows)), [(hop.other.title, localized(hop.other.path)) for hop in rows])
        for kind, rows in _by_kind(hops).items()
    ]


def _count(kind: str, count: int) -> str:
    shown = {"shown": number(count), "count": count}
    return str(_MANY[Kind(kind)] % shown) if kind in _MANY else ngettext("%(shown)s contribution", "%(shown)s contributions", count) % shown


def _station(hop: Hop) -> dict[str, Any]:
    text: Any = _support_of(hop)
    if hop.later:
        text = _MADE.get(Kind(hop.other.kind)) or _FATES.get(Link.Kind(hop.kind), "")
    return {"when": days.day(_moment(hop)), "title": hop.other.title, "text": text, "state": "done", "url": localized(hop.other.path)}


def _gathered(kind: str, hops: Sequence[Hop]) -> dict[str, Any]:
    """Many of one kind as one station; the list below names them."""
    last = max(_moment(hop) for hop in hops)
    return {"when": days.day(last), "title": _count(kind, len(hops)), "text": _("They stand below."), "state": "done", "url": "#kin"}


def _moment(hop: Hop) -> Any:
    return hop.at if hop.later else hop.other.given_at


def _support_of(hop: Hop) -> str:
    """Of a contribution that was split the support, which stays with it; of others nothing."""
    count = hop.other.support_total if hop.kind == Link.Kind.SPLIT_INTO else 0
    if not count:
        return ""
    return ngettext("%(shown)s person supports this", "%(shown)s people support this", count) % {"shown": number(count)}
