"""The demo's team: who is away with which deputy, notes for the next shift, who is invited. Checked with file and line."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction

from civitas.kit.packs import Fault
from civitas.people.actors import on_behalf
from civitas.people.models import Role
from civitas.team.actions import invite, leave_note, pin_note, set_absence
from civitas.team.actions.notes import LONGEST_NOTE
from civitas.team.models import Absence, Invitation, ShiftNote
from civitas.team.queries import can_stand_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack

TEAM = "demo/team.toml"
_PEOPLE, _ORGANISATIONS = "demo/people.toml", "organisations.toml"
_KEYS = {
    "absence": {"person", "deputy", "from_in", "until_in"},
    "note": {"key", "person", "text", "days_ago", "pinned"},
    "invitation": {"person", "mail", "role", "organisation"},
}
_NEEDED = {
    "absence": ("person", "from_in", "until_in"),
    "note": ("key", "person", "text", "days_ago"),
    "invitation": ("person", "mail", "role"),
}


def check_team(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's team file; a pack without one has none."""
    roles = {str(entry.get("key")): entry.get("roles") or [] for _line, entry in pack.entries(_PEOPLE, "person")}
    organisations = {entry.get("key") for _line, entry in pack.entries(_ORGANISATIONS, "organisation")}
    for table, known in _KEYS.items():
        for line, entry in pack.entries(TEAM, table):
            for key in sorted(entry.keys() - known):
                yield Fault(TEAM, line, f"'{key}' is not known here")
            for key in _NEEDED[table]:
                if entry.get(key) in {None, ""}:
                    yield Fault(TEAM, line, f"'{key}' is missing")
            for key in {"person", "deputy"} & entry.keys():
                if entry[key] not in roles:
                    yield Fault(TEAM, line, f"the {key} '{entry[key]}' is not in {_PEOPLE}")
            yield from _check_values(table, line, entry, roles, organisations)


def _check_values(table: str, line: int, entry: dict[str, Any], roles: dict[str, list[str]], organisations: set[Any]) -> Iterator[Fault]:
    held = roles.get(str(entry.get("person")), [])
    if table == "absence":
        days = (entry.get("from_in"), entry.get("until_in"))
        if not all(isinstance(day, int) for day in days) or days[0] > days[1] or days[1] < 0:  # type: ignore[operator]  # both are whole numbers here
            yield Fault(TEAM, line, "'from_in' and 'until_in' are days from today, the second not before the first and not past")
        if entry.get("deputy") in roles and not can_stand_in(held, held=roles[entry["deputy"]]):
            yield Fault(TEAM, line, f"'{entry['deputy']}' cannot stand in: they need the same role or a higher one")
    if table == "note" and len(str(entry.get("text", ""))) > LONGEST_NOTE:
        yield Fault(TEAM, line, f"the text has more than {LONGEST_NOTE} characters")
    if table == "invitation":
        if Role.ADMINISTRATOR not in held:
            yield Fault(TEAM, line, f"'{entry.get('person')}' is no administrator, so they cannot invite")
        if entry.get("role") not in Role.values:
            yield Fault(TEAM, line, f"'{entry.get('role')}' is no role ({', '.join(Role.values)})")
        if entry.get("organisation") and entry["organisation"] not in organisations:
            yield Fault(TEAM, line, f"the organisation '{entry['organisation']}' is not in {_ORGANISATIONS}")


def load_team(demo: Demo) -> None:
    """Bring in what is not there yet; absences lie around the day of each start."""
    for table, bring_in in (("absence", _be_away), ("note", _note), ("invitation", _invite)):
        for _line, entry in demo.pack.entries(TEAM, table):
            with transaction.atomic():
                bring_in(demo, entry)


def _be_away(demo: Demo, entry: dict[str, Any]) -> None:
    person, today = demo.people[entry["person"]], demo.city.today
    if Absence.objects.of(demo.city).filter(participant=person, ends_on__gte=today).exists():
        return
    first, last = (today + dt.timedelta(days=entry[key]) for key in ("from_in", "until_in"))
    set_absence(on_behalf(person), person, starts_on=first, ends_on=last, deputy=demo.people.get(entry.get("deputy", "")))


def _note(demo: Demo, entry: dict[str, Any]) -> None:
    uid = demo.uid(f"note/{entry['key']}")
    rows = ShiftNote.objects.of(demo.city).filter(uid=uid)
    if rows.exists():
        return
    actor = on_behalf(demo.people[entry["person"]])
    note = leave_note(actor, uid=uid, text=entry["text"].strip())
    rows.update(at=demo.moment(entry["days_ago"], entry["key"]))
    if entry.get("pinned"):
        pin_note(actor, note)


def _invite(demo: Demo, entry: dict[str, Any]) -> None:
    organisation = demo.organisations.get(entry.get("organisation", ""))
    if not Invitation.objects.of(demo.city).filter(role=entry["role"], organisation=organisation).exists():
        invite(on_behalf(demo.people[entry["person"]]), mail=entry["mail"], role=entry["role"], organisation=organisation)
