"""What the worker does for services: remind of indicators that are due, and bring services into the state of processes that opened."""

from __future__ import annotations

from datetime import timedelta

from civitas.cities.models import City
from civitas.outbox.tasks import periodic, task
from civitas.processes.models import Step
from civitas.processes.windows import StepState, state_of
from civitas.provision.actions.asking import follow_opened
from civitas.provision.actions.catalogue import hand_over_services
from civitas.provision.actions.looking import remind_of_due
from civitas.provision.queries.desk import waiting_to_open


@task("provision.hand_over")
def hand_over_from(city: City, participant: int) -> None:
    """Entrust the services of somebody who has left the team to who stands in for them, or to nobody yet; safe to run twice."""
    hand_over_services(city, participant)


@periodic("provision.remind", every=timedelta(hours=12))
def remind() -> None:
    """Tell who cares for services which indicators are due; each is told once."""
    for city in City.objects.order_by("pk"):
        remind_of_due(city)


@periodic("provision.follow", every=timedelta(minutes=5))
def follow() -> None:
    """Services about which a process is open now come into its state."""
    for city in City.objects.order_by("pk"):
        for row in waiting_to_open(city):
            row.city = city
            steps = Step.objects.of(city).filter(process=row.process).order_by("position")
            if any(state_of(step) is StepState.OPEN for step in steps):
                follow_opened(row)
