"""What interop declares: imports as units that can be undone, and the check of a pack's demo content, which `civitas demo` loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.interop.archives import KEPT_DAYS, leave_out, make_anew
from civitas.interop.demo_packs import check_demo
from civitas.interop.models import ImportItem
from civitas.interop.personal import adopt_imports, erase_imports, export_imports, forget_replaced
from civitas.interop.retention import (
    UNDOABLE_DAYS,
    old_archives,
    old_imports,
    remove_archives,
    remove_imports,
    show_archives,
    show_imports,
)
from civitas.interop.rules import may_import
from civitas.kit.rooms import NavItem, PackSection, PersonalData, Postponing, Quotes, Retention, Room

if TYPE_CHECKING:
    from typing import Any

    from civitas.cities.models import City
    from civitas.kit.packs import Pack
    from civitas.people.actors import Actor


def load_nothing(city: City, pack: Pack) -> None:
    """A real city's pack brings no people and no contributions."""


def _items(city: City, ids: list[int]) -> Any:
    return ImportItem.objects.of(city).filter(contribution__in=ids)


def _imports(actor: Actor) -> bool:
    return bool(may_import(actor))


ROOM = Room(
    key="interop",
    staff_navigation=(NavItem(_("Data"), "imports", may=_imports, order=36, also=("/verwaltung/exporte",), menu="city"),),
    pack_sections=(PackSection("demo", check_demo, load_nothing, order=90),),
    personal_data=PersonalData(export_imports, erase_imports, adopt_imports),
    quotes=(Quotes(_items, ("place_name", "source_url")),),
    on_given=(forget_replaced, leave_out),
    on_redacted=(make_anew,),
    retention=(
        Retention(
            _("archives of processes"),
            old_archives,
            remove_archives,
            days=KEPT_DAYS,
            postponing=Postponing("interop.archives", show_archives, "process"),
        ),
        Retention(
            _("imports, and what is needed to take them back"),
            old_imports,
            remove_imports,
            days=UNDOABLE_DAYS,
            postponing=Postponing("interop.imports", show_imports, "process"),
        ),
    ),
)
