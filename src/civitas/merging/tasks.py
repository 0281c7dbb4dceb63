"""What the worker does for merging: take silence for yes when the day has come, give wordings back."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from civitas.cities.models import City
from civitas.contributions.models import Contribution, newest_key
from civitas.contributions.queries import together
from civitas.dialogue.models import Support
from civitas.merging.actions import complete_due, release_wordings
from civitas.merging.models import Split
from civitas.merging.suggesting import suggest_pairs
from civitas.notices.actions import notify
from civitas.outbox.actions import enqueue_many
from civitas.outbox.tasks import periodic, task

SUGGEST = "merging.suggest"
MOST_LOOKED_AT = 1_000


@periodic("merging.complete", every=timedelta(minutes=10))
def complete_questions() -> None:
    """Put together what nobody has said no to by its day."""
    for city in City.objects.order_by("pk"):
        complete_due(city, timezone.now())


@task("merging.release")
def release(city: City, contribution: int) -> None:
    """Show again on their own what was put into a contribution that is not shown any more; safe to run twice."""
    release_wordings(city, contribution)


@task("merging.tell_of_split")
def tell_of_split(city: City, split: int) -> None:
    """Tell the author and those who support a contribution that it was split; safe to run twice."""
    row = Split.objects.of(city).filter(pk=split, undone_at=None).select_related("contribution", "contribution__author").first()
    if row is None:
        return
    whom = Support.objects.of(city).filter(contribution__in=together(row.contribution)).order_by("pk")
    people = list(dict.fromkeys(whom.values_list("participant__uid", flat=True)))
    with transaction.atomic():
        author = row.contribution.author
        told = [*([author.uid] if author else []), *people]
        notify(city, told, "merging.split", f"contribution:{row.contribution_id}", f"split-{row.pk}")


@task(SUGGEST)
def suggest(city: City, contribution: int) -> None:
    """Look for pairs of a contribution that is shown now; safe to run twice."""
    with transaction.atomic():
        suggest_pairs(city, Contribution.objects.of(city).filter(pk=contribution, listed=1).order_by("pk"))


@periodic("merging.suggest_again", every=timedelta(days=1))
def suggest_again() -> None:
    """Have the worker look once more at what was given in the last two days: by now the word index holds all of it."""
    since = timezone.now() - timedelta(days=2)
    for city in City.objects.order_by("pk"):
        rows = Contribution.objects.of(city).filter(listed=1, newest_key__gte=newest_key(since, 0)).order_by("-newest_key")
        with transaction.atomic():
            enqueue_many(city, SUGGEST, [{"contribution": key} for key in rows.values_list("pk", flat=True)[:MOST_LOOKED_AT]])
