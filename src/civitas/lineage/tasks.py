"""What the worker does for the lineage: note who hears of a hop, write the letters, put right what was taken back, count streams."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from civitas.lineage.news import GATHER, RECALL, SPREAD, gather, recall, settle, settle_shown, spread
from civitas.lineage.streams import COUNT, count_later, count_stream
from civitas.outbox.lanes import Lane
from civitas.outbox.tasks import task

if TYPE_CHECKING:
    from civitas.cities.models import City

LINKED, SHOWN = "lineage.linked", "lineage.shown"
FLOWED, STOOD = "lineage.flowed", "lineage.stood"


@task(LINKED, batch=200, lane=Lane.NEWS)
def note_links(city: City, payloads: list[dict[str, int | str]]) -> None:
    """Note which links are news now, and which are no longer."""
    doers = {_ends(payload): UUID(str(payload["by"])) for payload in payloads if payload.get("by")}
    settle(city, map(_ends, payloads), by=doers)


def _ends(payload: dict[str, int | str]) -> tuple[int, int, str]:
    return int(payload["source"]), int(payload["target"]), str(payload["kind"])


@task(SHOWN, lane=Lane.NEWS)
def note_shown(city: City, contribution: int) -> None:
    """What led to a contribution is news once it is shown."""
    settle_shown(city, contribution)


@task(SPREAD, batch=100, lane=Lane.NEWS)
def spread_news(city: City, payloads: list[dict[str, int]]) -> None:
    """Note who hears of these hops."""
    spread(city, [payload["news"] for payload in payloads])


@task(RECALL, lane=Lane.NEWS)
def recall_news(city: City, news: int) -> None:
    """Put right what was told of a hop that is no more."""
    recall(city, news)


@task(GATHER, lane=Lane.NEWS)
def gather_letters(city: City) -> None:
    """Write the letters that are due."""
    gather(city)


@task(FLOWED, batch=200)
def hear_of_links(city: City, payloads: list[dict[str, int | str]]) -> None:
    """Have streams counted anew whose links changed."""
    with transaction.atomic():
        count_later(city, {int(payload[end]) for payload in payloads for end in ("source", "target")})


@task(STOOD, batch=200)
def hear_of_standing(city: City, payloads: list[dict[str, int]]) -> None:
    """Have streams counted anew in which something is shown, hidden, moved, put together or declined now."""
    with transaction.atomic():
        count_later(city, {payload["contribution"] for payload in payloads})


@task(COUNT)
def count_anew(city: City, into: int) -> None:
    """Count what flows into something made."""
    count_stream(city, into)
