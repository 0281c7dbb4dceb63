"""Noticing that much more than usual comes in, or that something waits longer than the team promised; the team is told once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.contributions.models import Contribution, newest_key
from civitas.moderation.models import Alert, Case
from civitas.notices.actions import notify
from civitas.people.models import Membership, Role
from civitas.processes.policies import rules_of

if TYPE_CHECKING:
    from civitas.cities.models import City

# A spike is this many times as much as in a usual hour, and at least so many.
SPIKE_FACTOR, FEWEST = 5, 30
_USUAL = dt.timedelta(days=7)
_COUNTED = 10_000


def look_for_alerts(city: City) -> None:
    """Sound, keep or end the alerts of a city by how things stand now."""
    now = timezone.now()
    lately, usual = _given_since(city, now - dt.timedelta(hours=1)), usual_hour(city, now)
    _set(city, Alert.Kind.SPIKE, count=lately if lately >= max(FEWEST, SPIKE_FACTOR * usual) else 0, usual=usual)
    _set(city, Alert.Kind.LATE, count=late_count(city, now))


def usual_hour(city: City, now: dt.datetime) -> int:
    """How many contributions and comments come in an hour as a rule: the mean of the last week without the last hour."""
    before = _given_since(city, now - _USUAL, until=now - dt.timedelta(hours=1))
    return round(before / (_USUAL.total_seconds() / 3600 - 1))


def _given_since(city: City, since: dt.datetime, *, until: dt.datetime | None = None) -> int:
    rows = Contribution.objects.of(city).filter(
        visibility__in=["waiting", "published", "hidden"], newest_key__gt=newest_key(since, 0), source_key=""
    )
    if until is not None:
        rows = rows.filter(newest_key__lte=newest_key(until, 0))
    return int(rows.order_by()[:_COUNTED].count())


def late_count(city: City, now: dt.datetime) -> int:
    """How many open cases wait longer than the city's rules promise, counted up to 10,000."""
    since = now - dt.timedelta(hours=rules_of(city).look_hours)
    return int(Case.objects.of(city).filter(state=Case.State.OPEN, opened_at__lt=since).order_by()[:_COUNTED].count())


def _set(city: City, kind: str, *, count: int, usual: int = 0) -> None:
    standing = Alert.objects.of(city).filter(kind=kind, ended_at=None)
    if not count:
        standing.update(ended_at=timezone.now())
        return
    if standing.update(count=count):
        return
    try:
        with transaction.atomic():
            alert = Alert.objects.create(city=city, kind=kind, began_at=timezone.now(), count=count, usual=usual)
            team = Membership.objects.of(city).filter(role=Role.MODERATOR, participant__erased_at=None).order_by("pk")
            notify(city, list(team.values_list("participant__uid", flat=True)), "moderation.alert", f"alert:{alert.pk}", "began")
    except IntegrityError:  # another worker was quicker
        return


def standing_alerts(city: City) -> list[Alert]:
    """What the team should know just now; one query."""
    return list(Alert.objects.of(city).filter(ended_at=None).order_by("pk"))


def alert_in_words(alert: Alert) -> str:
    """What the team should know just now, in a sentence or two."""
    count = {"count": number_format(alert.count, force_grouping=True)}
    if alert.kind == Alert.Kind.LATE:
        return (
            ngettext("%(count)s item waits longer than you promised.", "%(count)s items wait longer than you promised.", alert.count)
            % count
        )
    lately = ngettext("%(count)s text came in within an hour.", "%(count)s texts came in within an hour.", alert.count) % count
    usual = _("As a rule hardly any does.")
    if alert.usual:
        usual = ngettext("As a rule it is %(count)s.", "As a rule there are %(count)s.", alert.usual)
        usual %= {"count": number_format(alert.usual, force_grouping=True)}
    return f"{lately} {usual}"
