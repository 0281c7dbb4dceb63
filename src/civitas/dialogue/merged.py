"""Support of what was put together: each person counts once, however many of the wordings they support."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q, Sum

from civitas.contributions.models import Contribution
from civitas.dialogue.models import Support

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City


def added_support(city: City, head: int) -> int:
    """What the contributions merged into this one add to its own support: their people who do not support it itself, each once,
    and the votes that they brought along from elsewhere. Two queries."""
    merged = Contribution.objects.of(city).filter(merged_into=head)
    own = Support.objects.of(city).filter(contribution=head).values("participant")
    theirs = Support.objects.of(city).filter(contribution__in=merged.values("pk")).exclude(participant__in=own)
    people: int = theirs.aggregate(people=Count("participant", distinct=True))["people"]
    votes: int = merged.aggregate(votes=Sum("imported_support"))["votes"] or 0
    return people + votes


@transaction.atomic
def keep_merged_support(city: City, keys: Iterable[int]) -> None:
    """Bring `merged_support` up to date where one of these contributions holds wordings, or lies in another as one."""
    rows = Contribution.objects.of(city).filter(pk__in=set(keys)).order_by("pk").values_list("pk", "merged_into", "wording_count")
    for head in sorted({merged or pk for pk, merged, wordings in rows if merged or wordings}):
        count_merged_support(city, head)


def count_merged_support(city: City, head: int) -> None:
    """Count anew what wordings add to the support of a contribution; in a transaction."""
    # The lock first: who counts, counts what the one before has written.
    row = Contribution.objects.of(city).select_for_update(of=("self",)).only("city_id", "merged_support").get(pk=head)
    added = added_support(city, head)
    if row.merged_support != added:
        Contribution.objects.of(city).filter(pk=head).update(merged_support=added)


def merge_miscounts(city: City) -> list[str]:
    """Where the counts kept on what holds wordings differ from a count from scratch; empty when all is well."""
    faults = []
    heads = Contribution.objects.of(city).filter(Q(wording_count__gt=0) | Q(merged_support__gt=0) | Q(wordings__isnull=False)).distinct()
    for head in heads.order_by("pk"):
        for name, count in counted(city, head).items():
            if getattr(head, name) != count:
                faults.append(f"contribution {head.number}: {name} kept {getattr(head, name)}, counted {count}")
    return faults


@transaction.atomic
def mend_merge_counts(city: City) -> None:
    """Count anew what is kept on what holds wordings."""
    for head in (
        Contribution.objects.of(city).filter(Q(wording_count__gt=0) | Q(merged_support__gt=0) | Q(wordings__isnull=False)).distinct()
    ):
        Contribution.objects.of(city).filter(pk=head.pk).update(**counted(city, head))


def counted(city: City, head: Contribution) -> dict[str, int]:
    """Wordings, what they add to the support, and all published comments, counted from scratch; four queries."""
    merged = Contribution.objects.of(city).filter(merged_into=head)
    written = Contribution.objects.of(city).filter(Q(root=head) | Q(root__in=merged.values("pk")), visibility="published")
    return {"wording_count": merged.count(), "merged_support": added_support(city, head.pk), "comment_count": written.count()}
