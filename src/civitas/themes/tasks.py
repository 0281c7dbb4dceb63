"""What the worker does for themes: gather and take back by hundreds, and count figures anew when voices changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.contributions.models import Contribution, Link
from civitas.outbox.actions import enqueue
from civitas.outbox.tasks import task
from civitas.themes.actions import count_later, work_gathering
from civitas.themes.figures import count_theme, keep_themes
from civitas.themes.models import Theme

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from civitas.cities.models import City

LINKED = "themes.linked"


@task("themes.gather")
def gather_on(city: City, gathering: int) -> None:
    """Carry out a part of a gathering, and have the next one done after others had their turn."""
    if work_gathering(city, gathering):
        with transaction.atomic():
            enqueue(city, "themes.gather", {"gathering": gathering}, key=f"gathering-{gathering}")


@task("themes.count")
def count(city: City, theme: int) -> None:
    """Count a theme's figures anew; safe to run twice."""
    count_theme(city, theme)


@task(LINKED, batch=500)
def hear_of_links(city: City, payloads: list[dict[str, Any]]) -> None:
    """Count the themes anew whose links changed; safe to run twice."""
    targets = {payload["target"] for payload in payloads if payload["kind"] == Link.Kind.GROUPED_INTO}
    with transaction.atomic():
        keep_themes(city, targets)
        _count_again(city, targets)


def look_at(city: City, rows: list[Contribution]) -> None:
    """Keep themes that are new, and count those anew in which a voice was mended, shown, hidden or merged; in a transaction."""
    keep_themes(city, [row.pk for row in rows if row.kind == Contribution.Kind.THEME])
    keys = [row.pk for row in rows if row.kind != Contribution.Kind.COMMENT]
    links = Link.objects.of(city).filter(kind=Link.Kind.GROUPED_INTO)
    targets = set(links.filter(source__in=keys).order_by("pk").values_list("target", flat=True))
    merged = links.filter(source__merged_into__in=keys).order_by("pk").values_list("target", flat=True)
    _count_again(city, targets | set(merged) | {row.pk for row in rows if row.kind == Contribution.Kind.THEME})


def _count_again(city: City, contributions: Collection[int]) -> None:
    for key in Theme.objects.of(city).filter(contribution__in=contributions).order_by("pk").values_list("pk", flat=True):
        count_later(city, key)
