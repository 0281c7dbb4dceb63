"""Reading for the team and for authors: pairs that are suggested, questions that are open, what was put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q

from civitas.contributions.models import Contribution, Link
from civitas.contributions.neighbours import metres_between
from civitas.contributions.queries import pictures
from civitas.dialogue.models import Support
from civitas.kit.keyset import KeysetPage, keyset_page
from civitas.merging.alike import shared_words
from civitas.merging.models import Consent, Merge, Proposal, Split, Suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.people.models import Participant

A_PAGE = 20
MOST_FOUND = 20
MOST_OBJECTED = 50
_COUNTED = 1_000
# So many of the words that two have in common are named.
NAMED = 3
_SIDE = ("author", "organisation", "area", "category", "process", "merged_into")


@dataclass(frozen=True)
class Pair:
    """Two contributions that may be the same, with what a machine found in both."""

    key: int
    first: Contribution
    second: Contribution
    words: tuple[str, ...]
    metres: float | None


def pairs_page(city: City, *, cursor: str = "") -> KeysetPage[Suggestion]:
    """The suggested pairs of which both are shown, the likest first; one query."""
    sides = [f"{end}__{name}" for end in ("first", "second") for name in ("author", "organisation", "area")]
    rows = Suggestion.objects.of(city).filter(state=Suggestion.State.OPEN, first__listed=1, second__listed=1)
    page: KeysetPage[Suggestion] = keyset_page(
        rows.select_related("first", "second", *sides), by=("score", "pk"), cursor=cursor, size=A_PAGE
    )
    return page


def pair_of(suggestion: Suggestion) -> Pair:
    """A suggestion with its reasons, read from the texts as they are now."""
    first, second = suggestion.first, suggestion.second
    return Pair(suggestion.pk, first, second, shared_words(first, second)[:NAMED], distance(first, second))


def distance(one: Contribution, other: Contribution) -> float | None:
    """Metres between two contributions; None where one has no place."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    return metres_between(one.lat, one.lon, other.lat, other.lon)


def open_pairs(city: City) -> int:
    """How many pairs wait for the team, counted up to 1,000; one query."""
    rows = Suggestion.objects.of(city).filter(state=Suggestion.State.OPEN, first__listed=1, second__listed=1)
    return rows.order_by()[:_COUNTED].values("pk").count()


def suggestion_by_key(city: City, key: int) -> Suggestion | None:
    """One suggested pair."""
    return Suggestion.objects.of(city).filter(pk=key).first()


def proposals_page(city: City, *, cursor: str = "") -> KeysetPage[Proposal]:
    """The questions that authors have not all answered, the newest first, each with what they answered; two queries."""
    asked = Consent.objects.of(city).select_related("contribution", "author").order_by("pk")
    rows = Proposal.objects.of(city).filter(state=Proposal.State.ASKED).select_related("head", "by")
    page: KeysetPage[Proposal] = keyset_page(rows.prefetch_related(Prefetch("consents", asked)), by=("pk",), cursor=cursor, size=A_PAGE)
    return page


def proposal_by_key(city: City, key: int) -> Proposal | None:
    """One proposal with its head."""
    return Proposal.objects.of(city).select_related("head").filter(pk=key).first()


def merges_page(city: City, *, cursor: str = "") -> KeysetPage[Merge]:
    """What was put together, the newest first, also what was undone; one query."""
    page: KeysetPage[Merge] = keyset_page(_merges(city), by=("pk",), cursor=cursor, size=A_PAGE)
    return page


def objected_merges(city: City) -> list[Merge]:
    """What authors want back, the oldest first, at most 50; one query."""
    rows = _merges(city).filter(objected_at__isnull=False, undone_at=None)
    return list(rows.order_by("objected_at", "pk")[:MOST_OBJECTED])


def merge_by_key(city: City, key: int) -> Merge | None:
    """One merge with both contributions."""
    return _merges(city).filter(pk=key).first()


def merge_of(row: Contribution) -> Merge | None:
    """The merge in force by which a contribution lies in another."""
    return _merges(row.city_id).filter(contribution=row, undone_at=None).first()


def merges_of(city: City, numbers: Sequence[int]) -> list[Merge]:
    """The merges in force by which contributions lie in these, directly, the newest first, at most 50."""
    rows = _merges(city).filter(undone_at=None, head__number__in=numbers)
    return list(rows.order_by("-pk")[:MOST_OBJECTED])


def _merges(city: City | int) -> QuerySet[Merge]:
    sides = ("contribution", "contribution__author", "contribution__merged_into", "head", "head__author", "by")
    return Merge.objects.of(city).select_related(*sides)


def consent_by_key(city: City, key: int) -> Consent | None:
    """One question with both contributions."""
    return consents(city).filter(pk=key).first()


def questions_of(person: Participant) -> list[Consent]:
    """What somebody is asked and has not answered, the oldest first; one query."""
    return list(consents(person.city_id).filter(author=person, is_open=True).order_by("pk")[:MOST_FOUND])


def question_about(row: Contribution) -> Consent | None:
    """The open question about a contribution."""
    return consents(row.city_id).filter(contribution=row, is_open=True).first()


def consents(city: City | int) -> QuerySet[Consent]:
    """Questions with all that their pages show."""
    sides = [f"{end}__{name}" for end in ("contribution", "proposal__head") for name in ("author", "organisation")]
    return Consent.objects.of(city).select_related("proposal", "proposal__head", "contribution", "author", "author__city", *sides)


def sides_by_number(city: City, numbers: Sequence[int]) -> list[Contribution]:
    """Contributions to compare, in the order asked for, with authors and pictures; four queries at most."""
    rows = Contribution.objects.of(city).filter(number__in=numbers).exclude(kind=Contribution.Kind.COMMENT)
    found = {row.number: row for row in rows.select_related(*_SIDE).prefetch_related(pictures(city)).order_by("pk")}
    return [found[number] for number in numbers if number in found]


@dataclass(frozen=True)
class Outlook:
    """What putting together would give: people who support any of them, each once, how many of these support several, comments."""

    people: int
    several: int
    votes: int
    comments: int


def outlook(city: City, rows: Sequence[Contribution]) -> Outlook:
    """Counted over all that these hold; two queries."""
    keys = [row.pk for row in rows]
    merged = Contribution.objects.of(city).filter(merged_into__in=keys).values("pk")
    given = Support.objects.of(city).filter(Q(contribution__in=keys) | Q(contribution__in=merged))
    total, people = given.count(), given.values("participant").distinct().count()
    votes = sum(row.support_total for row in rows) - sum(row.support_count + row.merged_support for row in rows)
    return Outlook(people, total - people, votes, sum(row.comment_count for row in rows))


@dataclass(frozen=True)
class Since:
    """What people gave to the head since a merge: it stays there when that is undone."""

    comments: int
    supports: int


def since(merge: Merge) -> Since:
    """What was given since; two queries."""
    written = Contribution.objects.of(merge.city_id).filter(root=merge.head_id, given_at__gte=merge.at)
    supports = Support.objects.of(merge.city_id).filter(contribution=merge.head_id, at__gte=merge.at)
    return Since(written.count(), supports.count())


def split_of(row: Contribution) -> Split | None:
    """The split in force of a contribution."""
    return Split.objects.of(row.city_id).filter(contribution=row, undone_at=None).select_related("contribution").first()


def split_by_key(city: City, key: int) -> Split | None:
    """One split with its original."""
    return Split.objects.of(city).select_related("contribution").filter(pk=key).first()


def related_to(row: Contribution) -> list[Contribution]:
    """What the team has linked with a contribution; two queries."""
    links: Any = Link.objects.of(row.city_id).filter(Q(source=row) | Q(target=row), kind=Link.Kind.RELATED_TO)
    ends = {source if target == row.pk else target for source, target in links.order_by("pk").values_list("source_id", "target_id")}
    return list(Contribution.objects.of(row.city_id).filter(pk__in=ends).order_by("newest_key"))
