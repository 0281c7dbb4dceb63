"""What reports keep of a person: who wrote in a section, and who released an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civitas.reporting.models import Edition, Report, Section

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant


def export_reports(city: City, participant: Participant) -> dict[str, Any]:
    """The sections that somebody wrote in last, and what they released."""
    sections = Section.objects.of(city).filter(changed_by=participant).order_by("pk")
    editions = Edition.objects.of(city).filter(released_by=participant).order_by("pk")
    return {
        "report_sections": list(sections.values("report__process__slug", "chapter", "changed_at")),
        "reports_released": list(editions.values("report__process__slug", "number", "released_at")),
    }


def erase_reports(city: City, participant: Participant) -> None:
    """The city's reports stay, without the name of who wrote or released them."""
    _hand_on(city, participant, None)


def adopt_reports(city: City, old: Participant, new: Participant) -> None:
    """What the guest wrote is the account's."""
    _hand_on(city, old, new)


def _hand_on(city: City, old: Participant, new: Participant | None) -> None:
    Section.objects.of(city).filter(changed_by=old).update(changed_by=new)
    Report.objects.of(city).filter(asked_by=old).update(asked_by=new)
    Edition.objects.of(city).filter(released_by=old).update(released_by=new)
    Edition.objects.of(city).filter(seconded_by=old).update(seconded_by=new)
