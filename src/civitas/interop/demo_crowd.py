"""The many of a demo who only press "support": guests without a name, so that a city looks as visited as it is."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from civitas.contributions.models import Contribution
from civitas.dialogue.merged import keep_merged_support
from civitas.dialogue.models import Support
from civitas.interop.demo_city import demo_uid
from civitas.people.deeds import deeds_changed
from civitas.people.models import Participant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from civitas.interop.demo_city import Demo

# Where fewer people of the demo have a name, it is a small one for tests, and nobody else comes.
FEWEST_NAMED, FEWEST_SUPPORTS, CROWD = 30, 8, 260


@transaction.atomic
def load_crowd(demo: Demo, entries: Iterable[dict[str, Any]]) -> None:
    """Let half as many again support what many with a name support already. Run for what is new in the demo."""
    city = demo.city
    if len(demo.people) < FEWEST_NAMED:
        return
    rows = [Participant(city=city, uid=demo_uid(city, f"crowd/{number}")) for number in range(CROWD)]
    Participant.objects.bulk_create(rows, ignore_conflicts=True)
    crowd = list(Participant.objects.of(city).filter(uid__in=[row.uid for row in rows]).order_by("uid"))
    asked = {demo_uid(city, entry["key"]): entry.get("support", 0) for entry in entries}
    new: list[Support] = []
    for row in Contribution.objects.of(city).filter(uid__in=list(asked), visibility="published").order_by("pk"):
        more = asked[row.uid] // 2 if asked[row.uid] >= FEWEST_SUPPORTS else 0
        chance = random.Random(f"{city.slug}/{row.uid}/crowd")  # noqa: S311  (no secret: the same demo each time)
        new += pressed(demo, row, chance.sample(crowd, min(more, len(crowd))), chance)
    keep_pressed(demo, new)


def pressed(demo: Demo, row: Contribution, people: Iterable[Participant], chance: random.Random) -> list[Support]:
    """What these people's presses write, most of them in a contribution's first days."""
    age = demo.now - row.given_at
    return [Support(city=demo.city, contribution=row, participant=person, at=demo.now - age * chance.random() ** 0.4) for person in people]


def keep_pressed(demo: Demo, new: list[Support]) -> None:
    """Write all presses at once, and what follows from them: one by one they would be most of the work on a demo."""
    city, moments = demo.city, [row.at for row in new]
    Support.objects.bulk_create(new, batch_size=500)
    for row, at in zip(new, moments, strict=True):
        row.at = at
    Support.objects.of(city).bulk_update(new, ["at"], batch_size=200)
    counts: dict[int, int] = {}
    for row in new:
        counts[row.contribution_id] = counts.get(row.contribution_id, 0) + 1
    for key, count in sorted(counts.items()):
        Contribution.objects.of(city).filter(pk=key).update(support_count=F("support_count") + count)
    keep_merged_support(city, list(counts))
    deeds_changed(city, "support", [row.pk for row in new])
