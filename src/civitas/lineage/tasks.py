"""What the worker does for the lineage: note who hears of a hop, write the letters, put right what was taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from civitas.lineage.news import GATHER, RECALL, SPREAD, gather, recall, settle, settle_shown, spread
from civitas.outbox.lanes import Lane
from civitas.outbox.tasks import task

if TYPE_CHECKING:
    from civitas.cities.models import City

LINKED, SHOWN = "lineage.linked", "lineage.shown"


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
