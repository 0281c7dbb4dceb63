"""What the processes room declares: navigation, news for who follows a process, and the pack's categories and processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import NavItem, PackSection, PersonalData, Postponing, Retention, Room
from civitas.people.models import Role
from civitas.processes.followers import adopt_follows, export_follows, forget_follows, titles_of_follows
from civitas.processes.newsletter import KIND, PURPOSE
from civitas.processes.notices import KINDS
from civitas.processes.packs import check_categories, check_processes, check_rules, load_categories, load_processes
from civitas.processes.postponing import erase_put_off, export_put_off
from civitas.processes.removing import KEPT, forget_removed, removed_before, show_removed
from civitas.processes.retention import render_kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.models import City
    from civitas.kit.packs import Fault, Pack
    from civitas.people.models import Participant


def check(pack: Pack) -> Iterator[Fault]:
    """Faults of rules, categories and processes."""
    yield from check_rules(pack)
    yield from check_categories(pack)
    yield from check_processes(pack)


def load(city: City, pack: Pack) -> None:
    """Categories first: processes' own ones stand beside them."""
    load_categories(city, pack)
    load_processes(city, pack)


def _export(city: City, participant: Participant) -> dict[str, Any]:
    return {**export_follows(city, participant), **export_put_off(city, participant)}


def _erase(city: City, participant: Participant) -> None:
    forget_follows(city, participant)
    erase_put_off(city, participant)


ROOM = Room(
    key="processes",
    navigation=(NavItem(_("Processes"), "processes", module="processes", order=10),),
    staff_navigation=(
        NavItem(_("Processes"), "staff_processes", may=lambda actor: actor.has(Role.OWNER), order=30, menu="processes"),
        NavItem(_("Rules"), "rules", may=lambda actor: actor.is_staff, order=91, also=("/verwaltung/aufbewahrung",), menu="city"),
    ),
    notice_kinds=(*KINDS, KIND),
    purposes=(PURPOSE,),
    personal_data=PersonalData(_export, _erase, adopt_follows, titles=titles_of_follows),
    retention=(
        Retention(
            _("what was taken away from processes"),
            removed_before,
            forget_removed,
            days=KEPT.days,
            postponing=Postponing("processes.removed", show_removed, "process"),
        ),
    ),
    text_parts={"privacy": render_kept},
    pack_sections=(PackSection("processes", check, load, order=40),),
)
