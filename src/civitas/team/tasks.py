"""What the worker does for the team: send invitations, and forget what is old."""

from __future__ import annotations

from datetime import timedelta

from civitas.cities.models import City
from civitas.outbox.lanes import Lane
from civitas.outbox.tasks import periodic, task
from civitas.team.actions import forget_old, send_invitation
from civitas.team.actions.barriers import SEND_BARRIER_ANSWER, send_barrier_answer
from civitas.team.actions.ends import tell_of_ends


@task("team.send_invitation", lane=Lane.AWAITED)
def send(city: City, **payload: int) -> None:
    """Send the mail of one invitation's round."""
    send_invitation(city, payload["invitation"], payload["round"])


@task(SEND_BARRIER_ANSWER, lane=Lane.AWAITED)
def send_answer_to_barrier(city: City, report: int) -> None:
    """Send the team's answer to who met a barrier."""
    send_barrier_answer(city, report)


@periodic("team.tell_of_ends", every=timedelta(minutes=10))
def tell() -> None:
    """Tell of roles that end within two weeks."""
    for city in City.objects.order_by("pk"):
        tell_of_ends(city)


@periodic("team.forget", every=timedelta(hours=6))
def forget() -> None:
    """Addresses of invitations that ran out, absences and notes that are over."""
    for city in City.objects.order_by("pk"):
        forget_old(city)
