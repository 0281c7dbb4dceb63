"""The short form of a story, as the contribution's page tells it: a river of stations, and the nearest as lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.contributions.models import Contribution, Link
from civitas.kit import days
from civitas.kit.templatetags.kit import localized, number
from civitas.lineage.words import FATES, MADE_SAID, count_said, voices_said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.lineage.hops import Hop, Hops

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


def lineage_of(contribution: Contribution, hops: Hops) -> Lineage:
    """The lineage of a contribution; empty without one. A number of what was not read to its end says that it may be more."""
    lineage = [hop for hop in hops if hop.kind != Link.Kind.RELATED_TO]
    later = [hop for hop in lineage if hop.later]
    earlier = [hop for hop in lineage if not hop.later]
    if not lineage:
        return Lineage()
    here = {"when": days.day(contribution.given_at), "title": _("This contribution"), "text": contribution.title, "state": "done"}
    if later:
        after, named = _stations(later, more=hops.more_later)
        after[-1]["state"] = "done" if later[-1].other.status == Contribution.Status.DONE else "now"
        # On the water stand two of those that flow in, as a picture: the list names them all.
        streams, became = [hop.other.title for hop in earlier], [] if named else _kin(later, more=hops.more_later)
        return Lineage([here, *after], streams, _kin(earlier, more=hops.more_earlier, voices=hops.voices), became)
    before, named = _stations(earlier, more=hops.more_earlier, voices=hops.voices)
    origins = [] if named else _kin(earlier, more=hops.more_earlier, voices=hops.voices)
    return Lineage([*before, here | {"state": "now"}], (), origins, ())


def _stations(hops: Sequence[Hop], *, more: bool, voices: int | None = None) -> tuple[list[dict[str, Any]], bool]:
    """A station for each, or for each kind where there are too many; and whether each has its own."""
    if len(hops) <= MOST_STATIONS:
        return [_station(hop) for hop in hops], True
    groups = _groups(hops, more=more, voices=voices)
    return [_station(rows[0]) if len(rows) == 1 else _gathered(said, rows) for said, rows in groups][:MOST_STATIONS], False


def _groups(hops: Sequence[Hop], *, more: bool, voices: int | None) -> list[tuple[str, list[Hop]]]:
    """Hops by kind, each with how many; where `voices` flow in, all that people gave is one group."""
    kinds: dict[str, list[Hop]] = {}
    for hop in hops:
        kinds.setdefault("" if voices is not None and not hop.other.is_made else hop.other.kind, []).append(hop)
    return [(voices_said(voices or 0) if not kind else count_said(kind, len(rows), more=more), rows) for kind, rows in kinds.items()]


def _kin(hops: Sequence[Hop], *, more: bool, voices: int | None = None) -> list[Kin]:
    groups = _groups(hops, more=more, voices=voices)
    return [Kin(said, [(hop.other.title, localized(hop.other.path)) for hop in rows]) for said, rows in groups]


def _station(hop: Hop) -> dict[str, Any]:
    text: Any = _support_of(hop)
    if hop.later:
        text = MADE_SAID.get(Kind(hop.other.kind)) or FATES.get(Link.Kind(hop.kind), "")
    return {"when": days.day(_moment(hop)), "title": hop.other.title, "text": text, "state": "done", "url": localized(hop.other.path)}


def _gathered(said: str, hops: Sequence[Hop]) -> dict[str, Any]:
    """Many of one kind as one station; the list below names them."""
    last = max(_moment(hop) for hop in hops)
    return {"when": days.day(last), "title": said, "text": _("They stand below."), "state": "done", "url": "#kin"}


def _moment(hop: Hop) -> Any:
    return hop.at if hop.later else hop.other.given_at


def _support_of(hop: Hop) -> str:
    """Of a contribution that was split the support, which stays with it; of others nothing."""
    count = hop.other.support_total if hop.kind == Link.Kind.SPLIT_INTO else 0
    if not count:
        return ""
    return ngettext("%(shown)s person supports this", "%(shown)s people support this", count) % {"shown": number(count)}
