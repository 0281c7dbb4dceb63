"""Putting off what would go by rule: a single thing or all of a process, for a reason, until a day; and letting it go again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import Refused
from civitas.processes.models import Postponement, Process
from civitas.processes.retention import declared
from civitas.processes.rules import may_postpone

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.kit.rooms import Going, Retention
    from civitas.people.actors import Actor
    from civitas.people.models import Participant

LONGEST_WORDS = 500
# So many can be put off at a time, and for so long: what is kept for ever is a rule of its own.
MOST_PUT_OFF = 500
LONGEST = dt.timedelta(days=3 * 366)


def postponables() -> dict[str, Retention]:
    """What single things can be put off, by kind."""
    return {each.postponing.key: each for each in declared() if each.postponing}


def kept_with_a_process() -> list[str]:
    """What stays when all of a process is put off, in words."""
    return [capfirst(str(each.label)) for each in declared() if each.postponing and each.postponing.process]


def named(city: City, kind: str, keys: list[int]) -> dict[int, Going]:
    """Things of a kind by their keys, whether they would go or not; those that are gone are left out. Two queries at most."""
    each = postponables().get(kind)
    if each is None or each.postponing is None or not keys:
        return {}
    model = each.due(city, timezone.now()).model
    rows = model.objects.of(city).filter(pk__in=keys).order_by("pk")
    return {going.key: going for going in each.postponing.show(rows)}


def postpone(
    actor: Actor, *, why: str, words: str, until: dt.date | None, kind: str = "", key: int = 0, process: Process | None = None
) -> Postponement:
    """Keep a thing of a kind, or all that belongs to a process, up to and with a day. Asked again, the new day and reason hold.

    Raises Refused with a sentence per field, and 404 for what is not there.
    """
    may_postpone(actor).require()
    city = actor.city
    if process is not None and process.city_id != city.pk:
        raise Refused(_("We cannot find this process."), status=404)
    if process is None and key not in named(city, kind, [key]):
        raise Refused(_("This is not there any more."), status=404)
    words, until = _checked(city, why, words, until)
    what: dict[str, Any] = {"process": process} if process is not None else {"kind": kind, "key": key}
    with transaction.atomic():
        rows = Postponement.objects.of(city)
        same: Postponement | None = rows.filter(ended_at=None, why=why, words=words, until=until, **what).first()
        if same is not None:  # pressed twice
            return same
        if rows.filter(ended_at=None, until__gte=city.today).exclude(**what).count() >= MOST_PUT_OFF:
            raise Refused(_("So much is put off already that a longer time for all is better. Please change the rule."), status=409)
        rows.filter(ended_at=None, **what).update(ended_at=timezone.now())
        try:
            with transaction.atomic():
                made: Postponement = Postponement.objects.create(city=city, why=why, words=words, until=until, by=actor.participant, **what)
        except IntegrityError:  # a colleague in the same instant
            raise Refused(_("Someone else has just put this off. Please look at the list."), status=409) from None
        subject = f"process:{process.pk}" if process is not None else f"{kind}:{key}"
        record(city, by=actor.uid, verb="retention.postponed", subject=subject, details={"why": why, "until": until.isoformat()})
    return made


def _checked(city: City, why: str, words: str, until: dt.date | None) -> tuple[str, dt.date]:
    fields, words, today = {}, cleaned_line(words), city.today
    if why not in Postponement.Why.values:
        fields["why"] = _("Please choose a reason.")
    if not words:
        fields["words"] = _("Please say in a sentence why it is kept.")
    elif len(words) > LONGEST_WORDS:
        fields["words"] = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {
            "limit": LONGEST_WORDS,
            "count": len(words),
        }
    if until is None:
        fields["until"] = _("Please give the day until which it is kept.")
    elif until <= today:
        fields["until"] = _("This day is over. Please give one that lies ahead.")
    elif until > today + LONGEST:
        fields["until"] = _("At most three years, please: until %(day)s.") % {"day": date_format(today + LONGEST, "DATE_FORMAT")}
    if fields or until is None:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)
    return words, until


@transaction.atomic
def release(actor: Actor, row: Postponement) -> bool:
    """Let go by its rule again what was put off; a second time changes nothing."""
    may_postpone(actor).require()
    if row.city_id != actor.city.pk:
        raise Refused(_("This is not there any more."), status=404)
    if not Postponement.objects.of(actor.city).filter(pk=row.pk, ended_at=None).update(ended_at=timezone.now()):
        return False
    subject = f"process:{row.process_id}" if row.process_id else f"{row.kind}:{row.key}"
    record(actor.city, by=actor.uid, verb="retention.released", subject=subject)
    return True


def put_off_now(city: City) -> list[Postponement]:
    """What is put off at the moment, the nearest day first; one query."""
    rows = Postponement.objects.of(city).filter(ended_at=None, until__gte=city.today).select_related("process", "by")
    return list(rows.order_by("until", "pk")[: 2 * MOST_PUT_OFF])


def export_put_off(city: City, participant: Participant) -> dict[str, Any]:
    """What somebody of the team put off."""
    rows = Postponement.objects.of(city).filter(by=participant).order_by("pk")
    return {"put_off": list(rows.values("kind", "why", "words", "until", "made_at"))}


def erase_put_off(city: City, participant: Participant) -> None:
    """What somebody put off stays put off, without their name."""
    Postponement.objects.of(city).filter(by=participant).update(by=None)
