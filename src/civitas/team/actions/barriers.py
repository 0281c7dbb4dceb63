"""Barriers of the site: tell the team of one, answer, and forget who told."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit.refusals import too_long
from civitas.kit.rooms import Going
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.notices.mails import send_words
from civitas.outbox.actions import enqueue
from civitas.people.models import Membership, Role
from civitas.people.rates import spend
from civitas.team.models import BarrierReport
from civitas.team.rules import may_answer_barrier
from civitas.team.words import BARRIER, word_barrier_answer

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor

LONGEST = 4_000
ANSWER_WITHIN = dt.timedelta(weeks=6)
KEPT_DAYS = 365
SEND_BARRIER_ANSWER = "team.send_barrier_answer"
_REMOVED_AT_ONCE = 500


def report_barrier(actor: Actor, *, uid: UUID, text: str, path: str = "", mail: str = "", language: str = "de") -> BarrierReport:
    """Tell the team what kept somebody from using a page; the same form sent twice is one report. Nobody has to sign in."""
    text = _checked(text, _("Please write what did not work."))
    known: BarrierReport | None = BarrierReport.objects.of(actor.city).filter(uid=uid).first()
    if known is not None:
        return known
    now = timezone.now()
    values: dict[str, Any] = {"path": _own_path(path), "text": text, "mail": mail, "language": language, "participant": actor.participant}
    try:
        with transaction.atomic():
            spend(actor, "report")
            made: BarrierReport = BarrierReport.objects.create(
                city=actor.city, uid=uid, at=now, due_on=timezone.localdate(now) + ANSWER_WITHIN, **values
            )
            team = Membership.objects.of(actor.city).filter(role__in=[Role.MODERATOR, Role.ADMINISTRATOR], participant__erased_at=None)
            people = team.order_by("pk").values_list("participant__uid", flat=True)
            notify(actor.city, list(people), BARRIER, f"barrier:{made.pk}", "told")
    except IntegrityError:  # the button was pressed twice in the same instant
        made = BarrierReport.objects.of(actor.city).get(uid=uid)
    return made


def answer_barrier(actor: Actor, report: BarrierReport, *, text: str) -> None:
    """Answer, which closes the report; whoever left an address gets it by mail. Raises Refused (409) when somebody was quicker."""
    may_answer_barrier(actor, report).require()
    text = _checked(text, _("Please write an answer."))
    with transaction.atomic():
        rows = BarrierReport.objects.of(actor.city).filter(pk=report.pk, answered_at=None)
        if not rows.update(answer=text, answered_at=timezone.now(), answered_by=actor.participant):
            raise Refused(_("Somebody of the team has answered meanwhile. Your text is kept below."), status=409)
        if report.mail:
            enqueue(actor.city, SEND_BARRIER_ANSWER, {"report": report.pk})


def send_barrier_answer(city: City, report: int) -> None:
    """Write the answer to who reported, once."""
    row = BarrierReport.objects.of(city).filter(pk=report, mailed_at=None).exclude(mail="").select_related("city").first()
    if row is None or row.answered_at is None:
        return
    host = f"<{row.uid}.barrier@{city.slug}>"
    send_words(city, lambda: word_barrier_answer(row), to=row.mail, language=row.language, message_id=host)
    BarrierReport.objects.of(city).filter(pk=row.pk).update(mailed_at=timezone.now())


def old_barriers(city: City, before: dt.datetime) -> Any:
    """Reports that were answered before that moment."""
    return BarrierReport.objects.of(city).filter(answered_at__lt=before).order_by("pk")


def show_barriers(rows: Any) -> list[Going]:
    """Reports by the page that they are about."""
    return [Going(row.pk, row.path or "/", row.answered_at) for row in rows]


@transaction.atomic
def remove_barriers(city: City, rows: Any) -> int:
    """Remove some of these reports; returns how many."""
    keys = list(rows.values_list("pk", flat=True)[:_REMOVED_AT_ONCE])
    BarrierReport.objects.of(city).filter(pk__in=keys).delete()
    return len(keys)


def _checked(text: str, missing: str) -> str:
    text = cleaned(text)
    sentence = too_long(text, LONGEST) if text else missing
    if sentence:
        raise Refused(sentence, status=400, fields={"text": sentence})
    return text


def _own_path(path: str) -> str:
    """A page of this site as it was typed or noted: its path, without what stands behind a question mark."""
    path = cleaned_line(path).partition("?")[0].partition("#")[0]
    return path[:300]
