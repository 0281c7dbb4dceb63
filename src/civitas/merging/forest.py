"""How contributions lie in each other: what moves when one is put into another or taken out, and the counts that follow.

The merges in force are a forest: each points from a contribution to the one it was put together with. `merged_into` is the
root of its tree, so that one look finds where it is shown. Words, comments, files and supports stay where they were given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from civitas.contributions.actions import index_later, look_later
from civitas.contributions.counts import keeping_counts
from civitas.contributions.models import Contribution
from civitas.dialogue.merged import count_merged_support
from civitas.merging.models import Merge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City


def locked(city: City, keys: Iterable[int]) -> dict[int, Contribution]:
    """These contributions as they are now, held until the transaction ends; what lies in others first, as comments lock them."""
    rows = Contribution.objects.of(city).select_for_update(of=("self",)).filter(pk__in=set(keys))
    return {row.pk: row for row in rows.order_by(F("merged_into").asc(nulls_last=True), "pk").select_related("author")}


def root_of(city: City, row: Contribution) -> Contribution:
    """Where a contribution is shown: the root of its tree, held until the transaction ends."""
    return locked(city, [row.merged_into_id])[row.merged_into_id] if row.merged_into_id else row


def put_in(city: City, row: Contribution, head: Contribution) -> None:
    """Put a root with all that lies in it into another root. Both are `locked`; `changed_at` and `version` stay as they are."""
    members = list(Contribution.objects.of(city).filter(merged_into=row).order_by("pk"))
    theirs = sum(member.comment_count for member in members)
    with keeping_counts(city, row):
        Contribution.objects.of(city).filter(merged_into=row).update(merged_into=head)
        Contribution.objects.of(city).filter(pk=row.pk).update(
            merged_into=head, wording_count=0, merged_support=0, comment_count=F("comment_count") - theirs
        )
        Contribution.objects.of(city).filter(pk=head.pk).update(
            wording_count=F("wording_count") + 1 + len(members), comment_count=F("comment_count") + row.comment_count
        )
        row.merged_into = head
    count_merged_support(city, head.pk)
    index_later(city, [row, head])
    look_later(city, [row, head])


def take_out(city: City, row: Contribution) -> None:
    """Take a contribution out of the root it lies in, with all that was put together with it and not with others."""
    head = root_of(city, row)
    members = list(Contribution.objects.of(city).filter(pk__in=below(city, row)).order_by("pk"))
    theirs = sum(member.comment_count for member in members)
    with keeping_counts(city, row):
        Contribution.objects.of(city).filter(pk__in=[member.pk for member in members]).update(merged_into=row)
        Contribution.objects.of(city).filter(pk=row.pk).update(
            merged_into=None, wording_count=len(members), comment_count=F("comment_count") + theirs
        )
        Contribution.objects.of(city).filter(pk=head.pk).update(
            wording_count=F("wording_count") - 1 - len(members), comment_count=F("comment_count") - theirs - row.comment_count
        )
        row.merged_into = None
    for key in (head.pk, row.pk):
        count_merged_support(city, key)
    index_later(city, [row, head])
    look_later(city, [row, head])


def below(city: City, row: Contribution) -> set[int]:
    """The ids of all that was put into a contribution, directly or through others; a query for each level."""
    merges = Merge.objects.of(city).filter(undone_at=None)
    found: set[int] = set()
    front = {row.pk}
    while front:
        front = set(merges.filter(head__in=front).values_list("contribution", flat=True)) - found
        found |= front
    return found
