"""What people of the demo reported as illegal, and what the team decided. Checked with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from civitas.contributions.models import Contribution
from civitas.kit.packs import Fault
from civitas.people.actors import city_actor
from civitas.unlawful.actions.decisions import decide_matter
from civitas.unlawful.actions.reports import report_unlawful
from civitas.unlawful.figures import count_years
from civitas.unlawful.models import Ground, Matter, Report
from civitas.unlawful.queries import address_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack

UNLAWFUL = "demo/unlawful.toml"
_CONTRIBUTIONS = "demo/contributions.toml"
_KEYS = {"contribution", "ground", "explanation", "name", "mail", "days_ago", "outcome", "norm", "facts"}


def check_unlawful(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's file of reports; a pack without one has none."""
    contributions = {str(entry.get("key")): entry for _line, entry in pack.entries(_CONTRIBUTIONS, "contribution")}
    for line, entry in pack.entries(UNLAWFUL, "report"):
        for key in sorted(entry.keys() - _KEYS):
            yield Fault(UNLAWFUL, line, f"'{key}' is not known here")
        if contributions.get(str(entry.get("contribution")), {}).get("visibility") != "published":
            yield Fault(UNLAWFUL, line, f"the contribution '{entry.get('contribution')}' is no published one of {_CONTRIBUTIONS}")
        if entry.get("ground") not in Ground.values:
            yield Fault(UNLAWFUL, line, f"'{entry.get('ground')}' is no ground ({', '.join(Ground.values)})")
        if not entry.get("explanation"):
            yield Fault(UNLAWFUL, line, "'explanation' is missing")
        if entry.get("outcome", "") not in {"", Matter.Outcome.LAWFUL}:
            yield Fault(UNLAWFUL, line, "the demo's reports are open, or their outcome is 'lawful'")
        if not isinstance(entry.get("days_ago"), int | float) or entry["days_ago"] < 0:
            yield Fault(UNLAWFUL, line, "'days_ago' is a number from 0")


def load_unlawful(demo: Demo) -> None:
    """Bring in what is not there yet, the oldest first, and count the year."""
    entries = [entry for _line, entry in demo.pack.entries(UNLAWFUL, "report")]
    for index, entry in sorted(enumerate(entries), key=lambda each: -each[1]["days_ago"]):
        with transaction.atomic():
            _report(demo, f"unlawful/{index}", entry)
    if entries:
        count_years(demo.city)


def _report(demo: Demo, key: str, entry: dict[str, Any]) -> None:
    city, uid = demo.city, demo.uid(key)
    row = Contribution.objects.of(city).filter(uid=demo.uid(entry["contribution"]), visibility=Contribution.Visibility.PUBLISHED).first()
    if row is None or Report.objects.of(city).filter(uid=uid).exists():
        return
    report = report_unlawful(
        city_actor(city), uid=uid, addresses=address_of(row), ground=entry["ground"], explanation=entry["explanation"].strip(),
        name=entry.get("name", ""), mail=entry.get("mail", ""), without_name=not entry.get("name"), in_good_faith=True,
    )  # fmt: skip
    at = demo.moment(entry["days_ago"], key, after=row.given_at)
    Report.objects.of(city).filter(pk=report.pk).update(at=at)
    matters = Matter.objects.of(city).select_related("contribution").filter(contribution=row, state=Matter.State.OPEN)
    matters.filter(report_count=1).update(opened_at=at)
    matter = matters.first()
    if entry.get("outcome") and matter is not None:
        decide_matter(
            city_actor(city), matter, outcome=entry["outcome"], ground=entry["ground"], norm=entry.get("norm", ""), facts=entry["facts"]
        )
        Matter.objects.of(city).filter(pk=matter.pk).update(decided_at=demo.moment(max(entry["days_ago"] - 1, 0), key, after=at))
