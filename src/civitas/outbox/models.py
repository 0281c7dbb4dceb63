"""Rows for what happens later, and the clock of what happens again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from civitas.cities.models import CityRow, CityRows
from civitas.outbox.lanes import Lane

if TYPE_CHECKING:
    from datetime import datetime

MOST_ATTEMPTS = 8
_OPEN = Q(done_at=None, failed_at=None)


class OutboxRows(CityRows):
    """Rows of the outbox by what is to be done with them."""

    def due(self, now: datetime) -> Self:
        """Rows to run now: open, their time has come, and nobody holds a lease on them."""
        free = Q(lease_until=None) | Q(lease_until__lte=now)
        return self.filter(_OPEN, free, run_at__lte=now, attempts__lt=MOST_ATTEMPTS)

    def spent(self, now: datetime) -> Self:
        """Open rows whose worker died at the last attempt, so that nobody could note the failure."""
        return self.filter(_OPEN, attempts__gte=MOST_ATTEMPTS, lease_until__lte=now)

    def failed(self) -> Self:
        """Rows that were given up; they stay until somebody has looked."""
        return self.filter(failed_at__isnull=False)


class OutboxRow(CityRow):
    """One thing to do for a city. `payload` holds ids only; `key` folds equal work that nobody has begun into one row."""

    kind = models.CharField(max_length=80)
    lane = models.PositiveSmallIntegerField(choices=Lane, default=Lane.WORK)
    payload = models.JSONField(default=dict)
    # NULL: without a key, or begun. A partial index is found by the database only where a NULL tells the parts apart.
    key = models.CharField(max_length=120, null=True)
    run_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects: ClassVar[Any] = OutboxRows.as_manager()

    class Meta:
        constraints = [
            # A row gives its key up when it is taken, so this holds for waiting rows alone.
            models.UniqueConstraint(fields=["city", "kind", "key"], condition=Q(key__isnull=False), name="one_waiting_row_per_key"),
        ]
        indexes = [
            models.Index(fields=["city", "lane", "run_at", "id"], condition=_OPEN, name="outbox_open"),
            models.Index(fields=["city", "done_at"], condition=Q(done_at__isnull=False), name="outbox_done"),
            models.Index(fields=["city", "failed_at"], condition=Q(failed_at__isnull=False), name="outbox_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Ticker(models.Model):
    """When a periodic task ran last, and who runs it now; of no city, since one clock serves all."""

    name = models.CharField(max_length=80, unique=True)
    last_run_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=120, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name
