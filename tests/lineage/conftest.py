"""What tests of the lineage share: a town with a chain of voices, a theme, a concept and a service, and people who gave them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.contributions.models import Contribution
    from civitas.kit.rooms import Worded
    from civitas.people.models import Participant
    from civitas.processes.models import Step

NOON = dt.datetime(2026, 5, 12, 10, tzinfo=dt.UTC)
# What other rooms do with each contribution and link says nothing of the way, and is tested there; here it would be most of the time.
OF_OTHERS = ("contributions.given", "contributions.index", "cockpit.counted", "cockpit.linked", "themes.count")


@dataclass
class Town:
    """A city with a step in which people give, and its worker."""

    city: City
    step: Step
    clock: Any

    def person(self, name: str, **fields: Any) -> Participant:
        """Somebody with an account and an address."""
        from tests.factories import make_participant, make_user

        return make_participant(self.city, name, user=make_user(f"{name.lower()}@example.org"), **fields)

    def give(self, title: str, author: Participant | None = None, kind: str = "idea", **fields: Any) -> Contribution:
        """A contribution of the 3rd of May."""
        from tests.factories import make_contribution

        given = fields.pop("given_at", dt.datetime(2026, 5, 3, 10, tzinfo=dt.UTC))
        return make_contribution(self.step, title, kind=kind, author=author, given_at=given, **fields)

    def link(self, source: Contribution, target: Contribution, kind: str = "grouped_into", by: UUID | None = None) -> None:
        """Say what became of what, as the rooms do."""
        from django.db import transaction

        from civitas.contributions.linking import make_links

        with transaction.atomic():
            make_links(self.city, [(source.pk, target.pk, kind)], by=by)

    def unlink(self, source: Contribution, target: Contribution, kind: str = "grouped_into") -> None:
        """Take it back."""
        from django.db import transaction

        from civitas.contributions.linking import remove_links

        with transaction.atomic():
            remove_links(self.city, [(source.pk, target.pk, kind)], by=None)

    def work(self) -> None:
        """Do what is due in the outbox, until nothing is; each piece twice, as after a worker that died."""
        from django.utils import timezone

        from civitas.outbox.models import OutboxRow
        from civitas.outbox.tasks import known_tasks

        waiting = OutboxRow.objects.of(self.city).filter(done_at=None).exclude(kind__in=OF_OTHERS).order_by("run_at", "pk")
        while rows := list(waiting.filter(run_at__lte=timezone.now())):
            for row in rows:
                task = known_tasks()[row.kind]
                for _time in range(2 if row.kind.startswith("lineage.") else 1):
                    if task.batch:
                        task.run(self.city, [row.payload])
                    else:
                        task.run(self.city, **row.payload)
                OutboxRow.objects.of(self.city).filter(pk=row.pk).delete()

    def work_on(self, kind: str) -> None:
        """Do what waits of one kind."""
        from civitas.outbox.models import OutboxRow
        from civitas.outbox.tasks import known_tasks

        for row in OutboxRow.objects.of(self.city).filter(done_at=None, kind=kind).order_by("pk"):
            task = known_tasks()[kind]
            task.run(self.city, [row.payload]) if task.batch else task.run(self.city, **row.payload)
            OutboxRow.objects.of(self.city).filter(pk=row.pk).delete()

    def letters(self, person: Participant) -> list[Worded]:
        """What somebody was told, in German, the earliest first; what has nothing left to say is left out."""
        from django.utils import translation

        from civitas.lineage.notices import word_letter
        from civitas.notices.models import Notice

        notices = Notice.objects.of(self.city).to(person.uid).filter(kind="lineage.hop").order_by("pk")
        with translation.override("de"):
            return [words for notice in notices if (words := word_letter(self.city, notice))]

    def mails(self, person: Participant) -> list[Any]:
        """The mails that went to somebody's address."""
        from django.core import mail

        return [each for each in mail.outbox if person.user and person.user.email in each.to]


@pytest.fixture
def town(time_machine: Any) -> Town:
    """Hamburg at noon of the 12th of May."""
    from tests.factories import make_city, make_process, make_step

    time_machine.move_to(NOON, tick=False)
    step = make_step(make_process(make_city("hamburg")), position=1)
    return Town(step.process.city, step, time_machine)
