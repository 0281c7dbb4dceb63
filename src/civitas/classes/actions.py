"""What changes about classes: one is made, printed, opened longer, closed; a seat is taken, taken away, gets another slip."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.classes.codes import CLASS, SLIP, TEACHER, is_signed, key_of
from civitas.classes.models import SchoolClass, Seat
from civitas.classes.names import proposed_name
from civitas.classes.queries import class_by_code, class_by_teacher, seat_by_code
from civitas.classes.rules import may_make, may_run, takes_in
from civitas.journal.actions import record
from civitas.kit.codes import new_code, typed_code, with_free_code
from civitas.kit.ids import uuid7
from civitas.kit.texts import cleaned_line, told_apart
from civitas.kit.verdicts import Refused
from civitas.people.actions import make_guest
from civitas.people.leaving import leave
from civitas.people.models import Participant
from civitas.people.names import LONGEST_NAME, checked_name
from civitas.people.rates import spend

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.leaving import Texts
    from civitas.processes.models import Process

MOST_SEATS = 60
LONGEST_TIME = dt.timedelta(days=366)
_BETWEEN_SHEETS = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Sheet:
    """What is printed for a class: the only time that these codes are to be read."""

    school_class: SchoolClass
    teacher_code: str  # '' where the teacher prints, who has it
    slips: list[tuple[int, str]]  # number and code of each seat that nobody has taken


@dataclass(frozen=True)
class Taken:
    """A seat, who sits there, and the code that brings them back; '' where their slip has it."""

    seat: Seat
    participant: Participant
    code: str = ""


@transaction.atomic
def make_class(
    actor: Actor,
    process: Process,
    *,
    name: str,
    seats: int,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    waits: bool = True,
    uid: UUID | None = None,
) -> SchoolClass:
    """A class with its seats, which take part in a process of the city (moments in UTC); its sheet is printed next.

    `uid` is that of the form: pressed twice, it makes one class.
    """
    may_make(actor).require()
    uid = uid or uuid7()
    known: SchoolClass | None = SchoolClass.objects.of(actor.city).filter(uid=uid).first()
    if known is not None:
        return known
    if process.city_id != actor.city.pk or process.state != process.State.PUBLISHED:
        raise _refused("process", _("Please choose a process that is public."))
    values = _checked(name, opens_at, closes_at) | {"city": actor.city, "process": process, "waits": waits, "made_by": actor.participant}
    if not 1 <= seats <= MOST_SEATS:
        raise _refused("seats", _("Please give a number from 1 to %(most)d.") % {"most": MOST_SEATS})
    classes = SchoolClass.objects.of(actor.city)
    row: SchoolClass
    row, made = with_free_code(CLASS, lambda code: classes.get_or_create(uid=uid, defaults={**values, "code": code}))
    if not made:  # the second of two clicks in the same instant
        return row
    Seat.objects.bulk_create([Seat(city=actor.city, school_class=row, number=number) for number in range(1, seats + 1)])
    record(actor.city, by=actor.uid, verb="class.made", subject=f"class:{row.pk}", details={"seats": seats, "process": process.slug})
    return row


def _checked(name: str, opens_at: dt.datetime, closes_at: dt.datetime) -> dict[str, object]:
    name = cleaned_line(name)[:60]
    if not name:
        raise _refused("name", _("Please give the class a name."))
    _check_end(opens_at, closes_at)
    return {"name": name, "opens_at": opens_at, "closes_at": closes_at}


def _check_end(opens_at: dt.datetime, closes_at: dt.datetime) -> None:
    if closes_at <= opens_at:
        raise _refused("closes_on", _("The last day lies before the first."))
    if closes_at <= timezone.now():
        raise _refused("closes_on", _("This day is over. Please choose a later one."))
    if closes_at - max(opens_at, timezone.now()) > LONGEST_TIME:
        raise _refused("closes_on", _("A class takes part for a year at most. It can be extended later."))


def _held(actor: Actor, school_class: SchoolClass, led_key: int | None) -> SchoolClass:
    """The class as it stands now, which nobody else changes until the transaction ends."""
    may_run(actor, school_class, led_key=led_key).require()
    row: SchoolClass = SchoolClass.objects.of(actor.city).select_for_update(of=("self",)).get(pk=school_class.pk)
    return row


def _note(actor: Actor, row: SchoolClass, verb: str, *, led_key: int | None, **details: str | int) -> None:
    """In the journal: by whom of the team, or by the teacher, who has no name here."""
    said: dict[str, str | int] = {**details, **({"by": "teacher"} if led_key == row.pk else {})}
    record(row.city, by=None if led_key == row.pk else actor.uid, verb=verb, subject=f"class:{row.pk}", details=said)


@transaction.atomic
def print_sheet(actor: Actor, school_class: SchoolClass, *, led_key: int | None = None) -> Sheet:
    """New codes for the teacher and for each free seat; slips that were printed for them before open nothing any more.

    Who sits already keeps their slip, and a teacher who prints keeps their code, which the sheet does not say then.
    Raises Refused (409) for a second sheet within a minute: of a double click, only the second answer would be seen. What a teacher
    prints keeps the team from nothing, whose sheet ends a code that others got hold of.
    """
    row, by_teacher = _held(actor, school_class, led_key), led_key == school_class.pk
    counts = by_teacher or not row.printed_by_teacher
    if counts and row.printed_at is not None and timezone.now() - row.printed_at < _BETWEEN_SHEETS:
        raise Refused(
            _("The sheet was printed a moment ago, and its codes hold. If you do not have it, please print it again in a minute."),
            status=409,
        )
    slips: list[tuple[int, str]] = []
    free = list(Seat.objects.of(actor.city).filter(school_class=row, participant=None).order_by("number"))
    for seat in free:
        code = new_code(SLIP)
        seat.key = key_of(actor.city, code)
        slips.append((seat.number, code))
    Seat.objects.of(actor.city).bulk_update(free, ["key"])
    teacher_code, row.printed_at, row.printed_by_teacher = "", timezone.now(), by_teacher
    if not by_teacher:
        teacher_code = new_code(TEACHER)
        row.teacher_key = key_of(actor.city, teacher_code)
    row.save(update_fields=["teacher_key", "printed_at", "printed_by_teacher"])
    _note(actor, row, "class.printed", led_key=led_key, slips=len(slips))
    return Sheet(school_class, teacher_code, slips)


@transaction.atomic
def renew_slip(actor: Actor, school_class: SchoolClass, seat: Seat, *, led_key: int | None = None) -> str:
    """Another code for a seat whose slip was lost; the old one opens it no more."""
    row = _held(actor, school_class, led_key)
    code = _new_slip(seat)
    _note(actor, row, "class.slip_renewed", led_key=led_key, seat=seat.number)
    return code


@transaction.atomic
def renew_own_slip(actor: Actor, seat: Seat) -> str:
    """Another code for the seat of who asks."""
    if actor.participant is None or seat.participant_id != actor.participant.pk:
        raise Refused(_("This is not your seat."))
    return _new_slip(seat)


def _new_slip(seat: Seat) -> str:
    code = new_code(SLIP)
    Seat.objects.of(seat.city_id).filter(pk=seat.pk).update(key=key_of(seat.city, code))
    return code


@transaction.atomic
def close_class(actor: Actor, school_class: SchoolClass, *, led_key: int | None = None) -> None:
    """Nobody of the class takes part from now on; all they gave stays. A second time changes nothing."""
    row = _held(actor, school_class, led_key)
    if row.is_over:
        return
    _set_end(row, timezone.now())
    _note(actor, row, "class.closed", led_key=led_key)


@transaction.atomic
def extend_class(actor: Actor, school_class: SchoolClass, closes_at: dt.datetime, *, led_key: int | None = None) -> None:
    """Let the class take part until this moment (UTC), also one that was closed."""
    row = _held(actor, school_class, led_key)
    _check_end(row.opens_at, closes_at)
    _set_end(row, closes_at)
    _note(actor, row, "class.extended", led_key=led_key, until=closes_at.date().isoformat())


def _set_end(row: SchoolClass, closes_at: dt.datetime) -> None:
    row.closes_at = closes_at
    row.save(update_fields=["closes_at"])
    _people_of(row).update(class_until=closes_at)


def _people_of(row: SchoolClass) -> Any:
    seats = Seat.objects.of(row.city_id).filter(school_class=row, participant__isnull=False)
    return Participant.objects.of(row.city_id).filter(pk__in=seats.values("participant"))


@transaction.atomic
def let_wait(actor: Actor, school_class: SchoolClass, *, waits: bool) -> None:
    """Have the team read first what the class writes from now on, or not; only who makes classes says so."""
    row = _held(actor, school_class, None)
    if row.waits == waits:
        return
    row.waits = waits
    row.save(update_fields=["waits"])
    _people_of(row).update(class_waits=waits)
    _note(actor, row, "class.checked_first" if waits else "class.shown_at_once", led_key=None)


@transaction.atomic
def take_away(actor: Actor, school_class: SchoolClass, seat: Seat, *, texts: Texts, led_key: int | None = None) -> None:
    """Take somebody's seat away: who sat there is erased, their words go or stay nameless, and the seat is free again."""
    row = _held(actor, school_class, led_key)
    held = Seat.objects.of(actor.city).filter(pk=seat.pk, school_class=row).select_related("participant").first()
    person = held.sitting if held is not None else None
    if held is None or person is None:
        raise Refused(_("Nobody sits there any more."), status=409)
    person.city = actor.city
    leave(actor.city, person, texts=texts)
    free_seat_of(person)
    _note(actor, row, "class.seat_taken_away", led_key=led_key, seat=held.number, texts=texts.value)


def free_seat_of(person: Participant) -> None:
    """Whoever sat there does so no more, and no slip opens it."""
    Seat.objects.of(person.city_id).filter(participant=person).update(participant=None, taken_at=None, key="")


def find_code(actor: Actor, typed: str, *, signature: str = "") -> SchoolClass | Seat:
    """What a typed code opens: a class, by its own code or the teacher's, or a seat, by its slip. What it was is told by its length.

    Raises Refused when there is none, or when too many were tried from here or in all; a scanned code of a class is no try.
    """
    code = typed_code(typed)
    if len(code) not in {CLASS, SLIP, TEACHER}:
        raise _refused("code", _("A code of a class has six signs, one of a slip has nine. Please look at it again."))
    scanned = len(code) == CLASS and is_signed(actor.city, code, signature)
    try:
        if not scanned:
            spend(actor, "class_code", amount=0)
        found = _behind(actor.city, code)
        if found is None and not scanned:
            spend(actor, "class_code")
    except Refused:
        raise _refused("code", _("Too many codes were tried. Please wait ten minutes, then try again."), status=429) from None
    if found is None:
        raise _refused("code", _("We do not know this code. Please look at it again, or ask your teacher for another one."))
    return found


def _behind(city: City, code: str) -> SchoolClass | Seat | None:
    if len(code) == CLASS:
        return class_by_code(city, code)
    return seat_by_code(city, code) if len(code) == SLIP else class_by_teacher(city, code)


@transaction.atomic
def take_seat(
    actor: Actor, school_class: SchoolClass, *, pseudonym: str, language: str, seat: Seat | None = None, uid: UUID | None = None
) -> Taken:
    """Sit down under a made-up name: at the seat of a slip, or at one that is free, from the last on, with a code for coming back.

    `uid` is that of the form: sent twice, it is one seat. Raises Refused when the class is full or not open, or the name is none for here.
    """
    row = SchoolClass.objects.of(actor.city).select_for_update(of=("self",)).filter(pk=school_class.pk).first()
    if row is None:
        raise _refused("code", _("We do not know this code. Please look at it again, or ask your teacher for another one."))
    takes_in(row).require()
    if uid is not None and (twin := Seat.objects.of(actor.city).filter(school_class=row, participant__uid=uid).first()):
        return Taken(twin, Participant.objects.of(actor.city).get(pk=twin.participant_id), _new_slip(twin) if seat is None else "")
    name = checked_name(actor.city, pseudonym)
    seats = list(Seat.objects.of(actor.city).filter(school_class=row).select_related("participant").order_by("-number"))
    free = [each for each in seats if each.sitting is None and (seat is None or each.pk == seat.pk)]
    if not free:
        sentence = _("Somebody sits there already. Please ask your teacher for another slip.")
        raise _refused("code", sentence if seat else _("All seats of this class are taken. Please ask your teacher."), status=409)
    taken = [each.sitting.pseudonym for each in seats if each.sitting]
    name = told_apart(name or proposed_name(language, taken), taken, longest=LONGEST_NAME)
    person = make_guest(actor.city, pseudonym=name, language=language, uid=uid)
    person.class_until, person.class_process, person.class_waits = row.closes_at, school_class.process.slug, row.waits
    person.save(update_fields=["class_until", "class_process", "class_waits"])
    chosen, code = free[0], ""
    if seat is None:
        code = new_code(SLIP)
        chosen.key = key_of(actor.city, code)
    chosen.participant, chosen.taken_at = person, timezone.now()
    chosen.save(update_fields=["participant", "taken_at", "key"])
    record(actor.city, by=None, verb="class.seat_taken", subject=f"class:{row.pk}", details={"seat": chosen.number})
    return Taken(chosen, person, code)


def _refused(field: str, sentence: str, *, status: int = 422) -> Refused:
    return Refused(sentence, status=status, fields={field: sentence})
