"""What the story of a contribution says of putting together, taking apart and splitting."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.contributions.models import Contribution
from civitas.contributions.walking import among
from civitas.kit.rooms import Station
from civitas.kit.templatetags.kit import number
from civitas.merging.models import Merge, Split, SplitPart

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from civitas.cities.models import City

PUBLISHED = Contribution.Visibility.PUBLISHED


def merging_stations(city: City, keys: Collection[int]) -> dict[int, list[Station]]:
    """When these contributions were put together with others, split, or taken apart again; three queries."""
    found: defaultdict[int, list[Station]] = defaultdict(list)
    asked = set(keys)
    merges = Merge.objects.of(city).filter(Q(contribution__in=among(asked)) | Q(head__in=among(asked)))
    days: defaultdict[tuple[int, dt.date, bool], list[tuple[dt.datetime, Contribution]]] = defaultdict(list)
    for merge in merges.select_related("contribution", "head").order_by("at", "pk"):
        moments = [(merge.at, False), *([(merge.undone_at, True)] if merge.undone_at else [])]
        for at, undone in moments:
            # Of two that are both asked about it is said once.
            if merge.contribution_id in asked and merge.head_id not in asked:
                found[merge.contribution_id].append(_put(at, merge.head, undone=undone))
            if merge.head_id in asked:
                days[merge.head_id, timezone.localtime(at).date(), undone].append((at, merge.contribution))
    for (head, _day, undone), joined in days.items():
        found[head].append(_received(joined, undone=undone))
    _splits(city, asked, found)
    return dict(found)


def _put(at: dt.datetime, head: Contribution, *, undone: bool) -> Station:
    if head.visibility != PUBLISHED:
        title = _("It stands for itself again") if undone else _("It was put together with a similar one")
        return Station(at, title, tone="change")
    sentence = _("It stands for itself again, no longer together with “%(title)s”") if undone else _("It was put together with “%(title)s”")
    return Station(at, sentence % {"title": head.title}, path=head.path, tone="change")


def _received(joined: list[tuple[dt.datetime, Contribution]], *, undone: bool) -> Station:
    (at, first), count = joined[0], len(joined)
    if count == 1 and first.visibility == PUBLISHED:
        sentence = _("“%(title)s” stands for itself again") if undone else _("“%(title)s” was put together with it")
        words = "" if undone else _("Its words and its support count here too.")
        return Station(at, sentence % {"title": first.title}, words, tone="change")
    shown = {"shown": number(count)}
    if undone:
        title = ngettext("%(shown)s contribution stands for itself again", "%(shown)s contributions stand for themselves again", count)
        return Station(at, title % shown, tone="change")
    title = ngettext("%(shown)s similar contribution joined it", "%(shown)s similar contributions joined it", count)
    return Station(at, title % shown, _("Its words and its support count here too."), tone="change")


def _splits(city: City, asked: set[int], found: defaultdict[int, list[Station]]) -> None:
    mine = SplitPart.objects.of(city).filter(contribution__in=among(asked)).values("split")
    splits = Split.objects.of(city).filter(Q(contribution__in=among(asked)) | Q(pk__in=mine)).select_related("contribution").order_by("at")
    parts: defaultdict[int, list[Contribution]] = defaultdict(list)
    known = list(splits)
    for part in SplitPart.objects.of(city).filter(split__in=[split.pk for split in known]).select_related("contribution").order_by("pk"):
        parts[part.split_id].append(part.contribution)
    for split in known:
        if split.contribution_id in asked:
            found[split.contribution_id] += _apart(split, parts[split.pk])
        for part in parts[split.pk]:
            if part.pk in asked and split.contribution_id not in asked and split.contribution.visibility == PUBLISHED:
                title = _("It was taken out of “%(title)s”, which held several thoughts") % {"title": split.contribution.title}
                found[part.pk].append(Station(split.at, title, path=split.contribution.path, tone="change"))


def _apart(split: Split, parts: list[Contribution]) -> list[Station]:
    titles = ", ".join(_("“%(title)s”") % {"title": part.title} for part in parts if part.visibility == PUBLISHED)
    text = _("The parts: %(titles)s.") % {"titles": titles} if titles else ""
    stations = [Station(split.at, _("It held several thoughts: it was split"), text, tone="change")]
    if split.undone_at:
        stations.append(Station(split.undone_at, _("The splitting was undone"), tone="change"))
    return stations
