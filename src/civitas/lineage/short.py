"""The short form of a story, as the contribution's page tells it: a river of stations, and the nearest as lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.contributions.models import Contribution, Link
from civitas.kit import days
from civitas.kit.templatetags.kit import localized, number
from civitas.lineage.words import FATES, MADE_SAID, count_said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.lineage.hops import Hop

Kind = Contribution.Kind
# What fits beside this contribution into one line of stations on a desktop.
MOST_STATIONS = 4


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


def lineage_of(contribution: Contribution, hops: list[Hop]) -> Lineage:
    """The lineage of a contribution; empty without one."""
    lineage = [hop for hop in hops if hop.kind != Link.Kind.RELATED_TO]
    later = [hop for hop in lineage if hop.later]
    earlier = [hop for hop in lineage if not hop.later]
    if not lineage:
        return Lineage()
    here = {"when": days.day(contribution.given_at), "title": _("This contribution"), "text": contribution.title, "state": "done"}
    if later:
        after, named = _stations(later)
        after[-1]["state"] = "done" if later[-1].other.status == Contribution.Status.DONE else "now"
        # On the water stand two of those that flow in, as a picture: the list names them all.
        streams, became = [hop.other.title for hop in earlier], [] if named else _kin(later)
        return Lineage([here, *after], streams, _kin(earlier), became)
    before, named = _stations(earlier)
    return Lineage([*before, here | {"state": "now"}], (), [] if named else _kin(earlier), ())


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
        Kin(count_said(kind, len(rows)), [(hop.other.title, localized(hop.other.path)) for hop in rows])
        for kind, rows in _by_kind(hops).items()
    ]


def _station(hop: Hop) -> dict[str, Any]:
    text: Any = _support_of(hop)
    if hop.later:
        text = MADE_SAID.get(Kind(hop.other.kind)) or FATES.get(Link.Kind(hop.kind), "")
    return {"when": days.day(_moment(hop)), "title": hop.other.title, "text": text, "state": "done", "url": localized(hop.other.path)}


def _gathered(kind: str, hops: Sequence[Hop]) -> dict[str, Any]:
    """Many of one kind as one station; the list below names them."""
    last = max(_moment(hop) for hop in hops)
    return {"when": days.day(last), "title": count_said(kind, len(hops)), "text": _("They stand below."), "state": "done", "url": "#kin"}


def _moment(hop: Hop) -> Any:
    return hop.at if hop.later else hop.other.given_at


def _support_of(hop: Hop) -> str:
    """Of a contribution that was split the support, which stays with it; of others nothing."""
    count = hop.other.support_total if hop.kind == Link.Kind.SPLIT_INTO else 0
    if not count:
        return ""
    return ngettext("%(shown)s person supports this", "%(shown)s people support this", count) % {"shown": number(count)}
