"""Who follows a process and hears of its news, dates and results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.notices.models import Notice
from civitas.outbox.actions import enqueue
from civitas.people.actions import change_guest_mail
from civitas.people.models import Participant
from civitas.people.rates import may_mail, spend
from civitas.processes.models import Process, ProcessFollow
from civitas.processes.rules import may_follow

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor

TOLD, FOLLOWING = "processes.told", "processes.following"
MOST_SHOWN = 200
BATCH = 1_000


def follow_process(actor: Actor, process: Process) -> None:
    """Get news of a process from now on; a second time changes nothing."""
    may_follow(actor, process).require()
    if actor.participant is None:
        raise Refused(_("Please try again: your browser has to accept the guest cookie."), status=409)
    spend(actor, "follow")
    ProcessFollow.objects.of(actor.city).get_or_create(process=process, participant=actor.participant, defaults={"city": actor.city})


def unfollow_process(actor: Actor, process: Process) -> None:
    """Get no more news of a process."""
    if actor.participant is not None:
        ProcessFollow.objects.of(actor.city).filter(process=process, participant=actor.participant).delete()


@transaction.atomic
def follow_by_mail(actor: Actor, process: Process, mail: str) -> None:
    """Follow as a guest, with an address for news that counts once its owner confirms it by the mail that goes there now.

    Asked again, it is sent again, some times a day. Raises Refused for who is signed in: their address is known.
    """
    follow_process(actor, process)
    person = Participant.objects.of(actor.city).select_for_update().get(pk=actor.participant.pk if actor.participant else None)
    if not person.is_guest:
        raise Refused(_("You are signed in, so we know your address already."), status=409)
    spend(actor, "guest_mail")
    if mail != person.guest_mail:
        change_guest_mail(person, mail)
    elif person.guest_mail_confirmed_at is not None:
        return
    if not may_mail(actor, person):
        return
    sent = Notice.objects.of(actor.city).to(person.uid).filter(kind=FOLLOWING).count()
    notify(actor.city, [person.uid], FOLLOWING, f"process:{process.pk}", f"mail-{sent + 1}")


def follows(actor: Actor, process: Process) -> bool:
    """Whether the actor follows a process; one query at most, none for a stranger or where it was asked for with the process."""
    if process.is_followed is not None:
        return process.is_followed
    mine = {"process": process, "participant": actor.participant}
    return actor.participant is not None and bool(ProcessFollow.objects.of(actor.city).filter(**mine).exists())


def processes_followed_by(participant: Participant, *, most: int = MOST_SHOWN) -> list[Process]:
    """The processes that a participant follows, the latest first; one query."""
    mine = ProcessFollow.objects.of(participant.city_id).filter(participant=participant).exclude(process__state=Process.State.DRAFT)
    rows = mine.filter(process__city=participant.city_id).select_related("process").order_by("-at", "-pk")
    return [row.process for row in rows[:most]]


def followers_of(city: City, process: Process, *, until: dt.datetime | None = None, after: int = 0) -> Iterator[tuple[int, list[UUID]]]:
    """The uids of all who follow a process, since `until` at the latest, in pages, each with the key of its last row to go on from."""
    rows = ProcessFollow.objects.of(city).filter(process=process).order_by("pk")
    if until is not None:
        rows = rows.filter(at__lte=until)
    while page := list(rows.filter(pk__gt=after).values_list("pk", "participant__uid")[:BATCH]):
        after = page[-1][0]
        yield after, [uid for _key, uid in page]


def tell_later(city: City, process: Process, event: str, *, at: dt.datetime | None = None) -> None:
    """Note in the action's transaction that followers are to hear of `event` (see `processes.notices`), now or when it shows."""
    enqueue(
        city, "processes.tell", {"process": process.pk, "event": event}, run_at=max(at or timezone.now(), timezone.now()),
        key=f"{process.pk}-{event}",
    )  # fmt: skip


def tell_of_result(city: City, process: Process) -> None:
    """The same of what came out, where it is written: it shows once every step has closed."""
    if process.result:
        tell_later(city, process, "result")


def export_follows(city: City, participant: Participant) -> dict[str, Any]:
    """The processes that a participant follows, by title and since when."""
    rows = ProcessFollow.objects.of(city).filter(participant=participant).select_related("process").order_by("pk")
    return {"followed_processes": [{"title": str(row.process.title), "since": row.at.isoformat()} for row in rows]}


def titles_of_follows(city: City, participant: Participant) -> list[str]:
    """What a participant follows, as the claim page names it."""
    return [_("You follow “%(title)s”.") % {"title": row.title} for row in processes_followed_by(participant, most=5)]


@transaction.atomic
def adopt_follows(city: City, old: Participant, new: Participant) -> None:
    """Give `new` the processes that `old` follows."""
    theirs = ProcessFollow.objects.of(city).filter(participant=old)
    theirs.filter(process__in=ProcessFollow.objects.of(city).filter(participant=new).values("process")).delete()
    theirs.update(participant=new)


def forget_follows(city: City, participant: Participant) -> None:
    """Forget which processes a participant followed."""
    ProcessFollow.objects.of(city).filter(participant=participant).delete()
