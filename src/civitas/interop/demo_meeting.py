"""How people of the demo meet: who joins in, letters between those who can sign in, what was flagged. Checked with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from civitas.contributions.models import Contribution
from civitas.kit.packs import Fault
from civitas.meeting import letters
from civitas.meeting.actions import LONGEST_WORDS, join
from civitas.meeting.models import Joining, Letter
from civitas.meeting.queries import conversation_between
from civitas.moderation.actions import flag_contribution
from civitas.moderation.models import Flag
from civitas.people.actors import on_behalf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack

MEETING = "demo/meeting.toml"
_PEOPLE, _CONTRIBUTIONS = "demo/people.toml", "demo/contributions.toml"
_KEYS = {
    "joining": {"contribution", "person", "role", "words", "organisation", "days_ago"},
    "letter": {"contribution", "from", "to", "text", "organisation", "days_ago"},
    "flag": {"contribution", "person", "reason", "words", "days_ago"},
}
_NEEDED = {
    "joining": ("contribution", "person", "role", "days_ago"),
    "letter": ("contribution", "from", "to", "text", "days_ago"),
    "flag": ("contribution", "person", "reason", "days_ago"),
}


def check_meeting(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's meeting file; a pack without one has none."""
    people = {str(entry.get("key")): entry for _line, entry in pack.entries(_PEOPLE, "person")}
    contributions = {str(entry.get("key")): entry for _line, entry in pack.entries(_CONTRIBUTIONS, "contribution")}
    for table, known in _KEYS.items():
        for line, entry in pack.entries(MEETING, table):
            for key in sorted(entry.keys() - known):
                yield Fault(MEETING, line, f"'{key}' is not known here")
            for key in _NEEDED[table]:
                if entry.get(key) in {None, ""}:
                    yield Fault(MEETING, line, f"'{key}' is missing")
            if contributions.get(str(entry.get("contribution")), {}).get("visibility") != "published":
                yield Fault(MEETING, line, f"the contribution '{entry.get('contribution')}' is no published one of {_CONTRIBUTIONS}")
            for key in {"person", "from", "to"} & entry.keys():
                if entry[key] not in people:
                    yield Fault(MEETING, line, f"the {key} '{entry[key]}' is not in {_PEOPLE}")
                elif table == "letter" and not people[entry[key]].get("login"):
                    yield Fault(MEETING, line, f"'{entry[key]}' has no login, so no letter reaches them")
            speaker = people.get(str(entry.get("person", entry.get("from"))), {})
            if entry.get("organisation") and speaker.get("organisation") != entry["organisation"]:
                yield Fault(MEETING, line, f"the organisation '{entry['organisation']}' is not the person's in {_PEOPLE}")
            yield from _check_values(table, line, entry)


def _check_values(table: str, line: int, entry: dict[str, Any]) -> Iterator[Fault]:
    if table == "joining" and entry.get("role") not in Joining.Role.values:
        yield Fault(MEETING, line, f"'{entry.get('role')}' is no role ({', '.join(Joining.Role.values)})")
    if table == "joining" and entry.get("role") == Joining.Role.HELP and not entry.get("words"):
        yield Fault(MEETING, line, "who helps says with what: 'words' is missing")
    if table == "flag" and entry.get("reason") not in Flag.Reason.values:
        yield Fault(MEETING, line, f"'{entry.get('reason')}' is no reason ({', '.join(Flag.Reason.values)})")
    if len(str(entry.get("words", ""))) > LONGEST_WORDS:
        yield Fault(MEETING, line, f"the words have more than {LONGEST_WORDS} characters")
    if not isinstance(entry.get("days_ago"), int | float) or entry["days_ago"] < 0:
        yield Fault(MEETING, line, "'days_ago' is a number from 0")


def load_meeting(demo: Demo) -> None:
    """Bring in what is not there yet, the oldest first."""
    for table, bring_in in (("joining", _join), ("letter", _write), ("flag", _flag)):
        entries = [entry for _line, entry in demo.pack.entries(MEETING, table)]
        for index, entry in sorted(enumerate(entries), key=lambda each: -each[1]["days_ago"]):
            with transaction.atomic():
                bring_in(demo, f"meeting/{table}/{index}", entry)


def _contribution(demo: Demo, entry: dict[str, Any]) -> Contribution:
    rows = Contribution.objects.of(demo.city).select_related("author", "organisation", "process")
    found: Contribution = rows.get(uid=demo.uid(entry["contribution"]))
    return found


def _join(demo: Demo, key: str, entry: dict[str, Any]) -> None:
    row, person = _contribution(demo, entry), demo.people[entry["person"]]
    mine = Joining.objects.of(demo.city).filter(contribution=row, participant=person, role=entry["role"])
    if row.visibility == Contribution.Visibility.PUBLISHED and not mine.exists():
        made = join(
            on_behalf(person),
            row,
            role=entry["role"],
            words=entry.get("words", ""),
            organisation=demo.organisations.get(entry.get("organisation", "")),
        )
        mine.filter(pk=made.pk).update(at=demo.moment(entry["days_ago"], key, after=row.given_at))


def _write(demo: Demo, key: str, entry: dict[str, Any]) -> None:
    uid, row = demo.uid(key), _contribution(demo, entry)
    rows = Letter.objects.of(demo.city).filter(uid=uid)
    if rows.exists():
        return
    writer, to = demo.people[entry["from"]], demo.people[entry["to"]]
    spoken_for = demo.organisations.get(entry.get("organisation", ""))
    text = entry["text"].strip()
    if row.author_id == to.pk:
        letter = letters.write_letter(on_behalf(writer), row, to, uid=uid, text=text, organisation=spoken_for)
    else:
        known = conversation_between(row, writer, to.pk)
        assert known, "the author of the demo's contribution answers and does not begin"
        known.contribution = row
        letter = letters.reply(on_behalf(writer), known, to, uid=uid, text=text, organisation=spoken_for)
    rows.filter(pk=letter.pk).update(at=demo.moment(entry["days_ago"], key, after=row.given_at))


def _flag(demo: Demo, key: str, entry: dict[str, Any]) -> None:
    uid, row = demo.uid(key), _contribution(demo, entry)
    if row.visibility == Contribution.Visibility.PUBLISHED and not Flag.objects.of(demo.city).filter(uid=uid).exists():
        flag_contribution(on_behalf(demo.people[entry["person"]]), row, uid=uid, reason=entry["reason"], words=entry.get("words", ""))
