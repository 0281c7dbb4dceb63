"""Reading reports, matters, complaints and evidence; and finding what a reported address means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from civitas.cities.models import CityHost
from civitas.contributions.models import Contribution
from civitas.kit.ids import read_key
from civitas.kit.keyset import KeysetPage, keyset_page
from civitas.unlawful.models import ADDRESS_LENGTH, Access, Complaint, Evidence, Matter, Mention, Question, Report

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from civitas.cities.models import City

A_PAGE = 30
MOST_REPORTS = 100
_COUNTED = 10_000
_LANGUAGES = re.compile(r"^/(?:en|einfach)(?=/|$)")
_CONTRIBUTION = re.compile(r"^/beitrag/(\d{1,18})(?:-[^/]*)?(?:/.*)?$")
_COMMENT = re.compile(r"^/(?:melden/)?kommentar/(\d{1,18})(?:/.*)?$")
_ANCHOR = re.compile(r"^k-(\d{1,18})$")


@dataclass(frozen=True)
class Place:
    """What a reported address means here: a path without host and language, and the contribution or comment at it."""

    address: str
    contribution: Contribution | None


def place_of(city: City, typed: str) -> Place | None:
    """The place of an address as people copy it, with or without host; None for another website, or a contribution that is not there."""
    typed = typed.strip()
    if "://" not in typed and not typed.startswith("/"):
        typed = f"//{typed}"
    try:
        parts = urlsplit(typed)
        host = parts.hostname or ""
    except ValueError:
        return None
    if host and not CityHost.objects.filter(host=host.lower(), city=city).exists():
        return None
    path = _LANGUAGES.sub("", parts.path) or "/"
    rows = Contribution.objects.of(city).select_related("root", "author").exclude(visibility=Contribution.Visibility.ERASED)
    comment = _comment_key(path, parts.query, parts.fragment)
    if comment is not None:
        row = rows.filter(pk=comment, kind=Contribution.Kind.COMMENT).first()
    elif named := _CONTRIBUTION.match(path):
        row = rows.filter(number=int(named[1])).first()
    else:
        return Place(path[:ADDRESS_LENGTH], None)
    return Place(address_of(row), row) if row else None


def address_of(row: Contribution) -> str:
    """The address of a contribution or comment by numbers alone: none of its words are kept in it."""
    return f"/beitrag/{row.root.number}?kommentar={row.pk}" if row.root else f"/beitrag/{row.number}"


def _comment_key(path: str, query: str, fragment: str) -> int | None:
    if found := _COMMENT.match(path):
        return int(found[1])
    if found := _ANCHOR.match(fragment):
        return int(found[1])
    return read_key(parse_qs(query).get("kommentar", [""])[0])


def report_by_token(city: City, token: str) -> Report | None:
    """The report whose reporter has this link."""
    return Report.objects.of(city).filter(token=token).first()


def matter_by_token(city: City, token: str) -> Matter | None:
    """The decision whose author has this link."""
    return _matters(city).filter(token=token).first()


def matter_by_key(city: City, key: int) -> Matter | None:
    """A matter with the thing it is about."""
    return _matters(city).filter(pk=key).first()


def _matters(city: City) -> Any:
    things = ("contribution", "contribution__root", "contribution__author", "contribution__organisation", "decided_by", "author")
    return Matter.objects.of(city).select_related(*things)


def matters_page(city: City, *, state: str, ground: str = "", cursor: str = "", size: int = A_PAGE) -> KeysetPage[Matter]:
    """Matters in one state, the newest first, of one ground where asked; one query."""
    rows = _matters(city).filter(state=state)
    page: KeysetPage[Matter] = keyset_page(rows.filter(ground=ground) if ground else rows, by=("pk",), cursor=cursor, size=size)
    return page


def matters_with_complaints(city: City, *, cursor: str = "", size: int = A_PAGE) -> KeysetPage[Complaint]:
    """Complaints that nobody has decided, the newest first, with their matters; one query."""
    rows = (
        Complaint.objects.of(city)
        .filter(outcome="")
        .select_related("matter", "matter__contribution", "matter__contribution__root", "report")
    )
    page: KeysetPage[Complaint] = keyset_page(rows, by=("pk",), cursor=cursor, size=size)
    return page


def reports_of(matter: Matter) -> list[Report]:
    """All reports of a matter, the first first, at most 100."""
    rows = Mention.objects.of(matter.city_id).filter(matter=matter).select_related("report").order_by("pk")
    return [mention.report for mention in rows[:MOST_REPORTS]]


def matters_of(report: Report) -> list[Matter]:
    """What a report is about, in the order named."""
    rows = Mention.objects.of(report.city_id).filter(report=report).order_by("pk").values_list("matter", flat=True)
    found = _matters(report.city).in_bulk(list(rows))
    return [found[key] for key in rows if key in found]


def questions_of(city: City, **about: Matter | Report) -> list[Question]:
    """What was asked about a matter, or of a report, the first first."""
    return list(Question.objects.of(city).filter(**about).select_related("report", "matter", "asked_by").order_by("pk")[:MOST_REPORTS])


def complaints_of(city: City, **about: Any) -> list[Complaint]:
    """The complaints against a decision, or of a report, the first first."""
    rows = Complaint.objects.of(city).filter(**about).select_related("report", "matter", "matter__decided_by", "decided_by")
    return list(rows.order_by("pk")[:MOST_REPORTS])


@dataclass(frozen=True)
class Pile:
    """How much waits, and since when."""

    count: int
    oldest: dt.datetime | None


def open_pile(city: City) -> Pile:
    """How many matters nobody has decided (counted up to 10,000), and when the oldest was opened; two queries at most."""
    rows = Matter.objects.of(city).filter(state=Matter.State.OPEN)
    count = rows.values("pk")[:_COUNTED].count()
    return Pile(count, rows.order_by("pk").values_list("opened_at", flat=True).first() if count else None)


def counted(rows: QuerySet[Any]) -> int:
    """How many rows there are, counted up to 10,000."""
    return rows.values("pk")[:_COUNTED].count()


def evidence_rows(city: City) -> Any:
    """Evidence with what it is about and who handled it."""
    rows = Evidence.objects.of(city)
    return rows.select_related("matter", "matter__contribution", "matter__contribution__root", "proposed_by", "sealed_by")


def evidence_page(city: City, *, states: Iterable[str], cursor: str = "", size: int = A_PAGE) -> KeysetPage[Evidence]:
    """Evidence in these states, the newest first; one query."""
    page: KeysetPage[Evidence] = keyset_page(evidence_rows(city).filter(state__in=list(states)), by=("pk",), cursor=cursor, size=size)
    return page


def evidence_by_key(city: City, key: int) -> Evidence | None:
    """One piece of evidence, without its archive."""
    return evidence_rows(city).filter(pk=key).first()


def evidence_of(matter: Matter) -> Evidence | None:
    """The evidence of a matter that is there, or was last."""
    return evidence_rows(matter.city).filter(matter=matter).order_by("-pk").first()


def accesses_of(evidence: Evidence) -> list[Access]:
    """Who asked to open it, and who granted it, the newest first."""
    rows = Access.objects.of(evidence.city_id).filter(evidence=evidence).select_related("asked_by", "granted_by")
    found = list(rows.order_by("-pk")[:50])
    for access in found:
        access.evidence = evidence
    return found


def access_by_key(city: City, key: int) -> Access | None:
    """One access with its evidence."""
    rows = Access.objects.of(city).select_related("evidence__matter__contribution", "asked_by", "granted_by")
    return rows.filter(pk=key).first()


def restrictions(city: City) -> Any:
    """The decisions that hold things out of sight; only a complaint changes one."""
    return Matter.objects.of(city).filter(state=Matter.State.DECIDED, outcome__in=[Matter.Outcome.ILLEGAL, Matter.Outcome.RULES])


def statement_about(city: City, row: Contribution) -> Matter | None:
    """The newest decision that took a contribution or comment out of sight."""
    found: Matter | None = restrictions(city).filter(contribution=row).order_by("-pk").first()
    return found
