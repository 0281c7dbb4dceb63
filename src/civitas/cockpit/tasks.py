"""What the worker does for the cockpit: keep its figures in line with what happens below. Each may run twice."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from civitas.cockpit.keeping import settle_deeds, settle_given, settle_ways
from civitas.outbox.tasks import task

if TYPE_CHECKING:
    from civitas.cities.models import City

LINKED = "cockpit.linked"
COUNTED = "cockpit.counted"
DID = "cockpit.did"


@task(LINKED, batch=200)
def count_links(city: City, payloads: list[dict[str, int]]) -> None:
    """Count links that were made or taken back."""
    settle_ways(city, {payload["source"] for payload in payloads})


@task(COUNTED, batch=200)
def count_given(city: City, payloads: list[dict[str, int]]) -> None:
    """Count contributions and comments that are new, or count elsewhere than before."""
    settle_given(city, {payload["contribution"] for payload in payloads})


@task(DID, batch=200)
def count_deeds(city: City, payloads: list[dict[str, int | str]]) -> None:
    """Count what people did, or took back."""
    keys: defaultdict[str, set[int]] = defaultdict(set)
    for payload in payloads:
        keys[str(payload["act"])].add(int(payload["key"]))
    for act, those in sorted(keys.items()):
        settle_deeds(city, act, those)
