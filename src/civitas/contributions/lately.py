"""What came in lately, so that the effect of a rule can be said in numbers before it holds; and how long drafts are kept."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civitas.contributions.drafts import KEPT
from civitas.contributions.models import Contribution, Draft, newest_key
from civitas.kit.rooms import Retention

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civitas.cities.models import City
    from civitas.processes.models import Process

DAYS = 30
_KEPT_HERE = (Contribution.Visibility.PUBLISHED, Contribution.Visibility.WAITING, Contribution.Visibility.HIDDEN)


def count_lately(city: City, process: Process | None) -> Mapping[str, int]:
    """How many contributions and comments came in during the last 30 days, and how many of them without an account; one query."""
    rows = _rows(city, process).filter(newest_key__gte=newest_key(timezone.now() - dt.timedelta(days=DAYS), 0))
    comment, guest = Q(kind=Contribution.Kind.COMMENT), Q(author__isnull=False, author__user__isnull=True)
    counts: dict[str, int] = rows.aggregate(
        contributions=Count("pk", filter=~comment),
        comments=Count("pk", filter=comment),
        guests=Count("pk", filter=guest),
        guest_comments=Count("pk", filter=comment & guest),
    )
    return counts


def texts_lately(city: City, process: Process | None, most: int) -> list[str]:
    """The newest texts with their titles, at most `most`; one query."""
    rows = _rows(city, process).filter(visibility__in=_KEPT_HERE).order_by("-newest_key")[:most]
    return [" ".join(filter(None, words)) for words in rows.values_list("title", "text", "audience", "proposal", "benefit")]


def _rows(city: City, process: Process | None) -> Any:
    rows = Contribution.objects.of(city).filter(listed__in=(0, 1))  # both, so that the index of the newest serves
    return rows.filter(process=process) if process is not None else rows


def _old_drafts(city: City, before: dt.datetime) -> Any:
    return Draft.objects.of(city).filter(changed_at__lt=before)


DRAFTS = Retention(_("Drafts that nobody touches"), _old_drafts, days=KEPT.days, said=_("Drafts that you do not go on with"))
