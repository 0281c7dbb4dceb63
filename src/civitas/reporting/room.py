"""What the room reporting declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import NavItem, PersonalData, Quotes, Room
from civitas.reporting.models import Edition, EditionText, Report, Section
from civitas.reporting.notices import KINDS
from civitas.reporting.personal import adopt_reports, erase_reports, export_reports
from civitas.reporting.rules import may_write
from civitas.reporting.views import render_link

if TYPE_CHECKING:
    from civitas.people.actors import Actor


def _writes(actor: Actor) -> bool:
    return bool(may_write(actor))


def _sections(city: Any, _ids: list[int]) -> Any:
    return Section.objects.of(city)


def _reports(city: Any, _ids: list[int]) -> Any:
    return Report.objects.of(city)


def _editions(city: Any, _ids: list[int]) -> Any:
    return Edition.objects.of(city)


def _texts(city: Any, _ids: list[int]) -> Any:
    return EditionText.objects.of(city)


ROOM = Room(
    key="reporting",
    staff_navigation=(NavItem(_("Reports on processes"), "report_desk", may=_writes, order=32, menu="processes"),),
    notice_kinds=KINDS,
    process_sections=(render_link,),
    personal_data=PersonalData(export_reports, erase_reports, adopt_reports),
    # Voices stand in a report by reference; what its writers typed may repeat a number or an address.
    quotes=(
        Quotes(_sections, ("text", "offer"), anywhere=True),
        Quotes(_texts, ("text",), anywhere=True),
        Quotes(_editions, ("changes",), anywhere=True),
        Quotes(_reports, ("asked_changes",), anywhere=True),
    ),
)
