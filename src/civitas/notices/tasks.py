"""What happens to notices later: many are written, each finds its channel, mails are sent, old ones go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from civitas.notices.actions import KEPT, prune_notices, route_notices, unpacked, write_notices
from civitas.notices.digests import GATHER, SEND, begin_rounds, gather_round, send_digests
from civitas.notices.mails import send_deliveries
from civitas.notices.trying import TEST, send_test
from civitas.notices.wordings import Frame
from civitas.outbox.lanes import Lane
from civitas.outbox.tasks import periodic, task

if TYPE_CHECKING:
    from civitas.cities.models import City


@task("notices.write", lane=Lane.NEWS)
def write(city: City, *, kind: str, subject: str, event: str, to: str) -> None:
    """Write the notices for some of very many people."""
    with transaction.atomic():
        write_notices(city, unpacked(to), kind, subject, event)


@task("notices.deliver", lane=Lane.NEWS)
def deliver(city: City) -> None:
    """Find the channels of new notices."""
    route_notices(city)


@task("notices.send", batch=50, lane=Lane.NEWS)
def send(city: City, payloads: list[dict[str, int]]) -> None:
    """Send the mails of some deliveries."""
    send_deliveries(city, [payload["delivery"] for payload in payloads])


@periodic("notices.digests", every=timedelta(minutes=5))
def digests() -> None:
    """Begin the digests of each city whose morning has come."""
    begin_rounds()


@task(GATHER, lane=Lane.NEWS)
def gather(city: City, *, morning: int, after: int) -> None:
    """Note for some of those who wait for a digest that they get one this morning."""
    gather_round(city, morning, after=after)


@task(SEND, batch=50, lane=Lane.NEWS)
def send_gathered(city: City, payloads: list[dict[str, int]]) -> None:
    """Send some digests."""
    send_digests(city, [payload["digest"] for payload in payloads])


@task(TEST, lane=Lane.AWAITED)
def send_trial(city: City, **payload: str) -> None:
    """Send a test mail of a digest to who words it."""
    frame = Frame(payload["subject"], payload["greeting"], payload["closing"])
    recipient = UUID(payload["to"])
    send_test(city, uid=payload["uid"], recipient=recipient, rhythm=payload["rhythm"], frame=frame, language=payload["language"])


@periodic("notices.prune", every=timedelta(days=1))
def prune() -> None:
    """News is kept for two years, as long as the addresses in its mails work."""
    prune_notices(older_than=KEPT)
