"""Consent: what the law leaves to each person, asked for purposes that rooms declare, given, asked anew and withdrawn.

Taking part needs none of it: that is the city's public task. docs/decisions/0041 says what needs consent here, and what does not.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit.rooms import rooms
from civitas.kit.verdicts import Refused, Verdict, no
from civitas.people.models import Consent, Declined, Participant
from civitas.people.pupils import Feature, may_have

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection
    from uuid import UUID

    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.kit.rooms import Purpose
    from civitas.people.actors import Actor


# Of somebody's rows for a purpose the last in this order says how they stand: the one that holds, else the one withdrawn last.
_LAST_COUNTS = (F("withdrawn_at").asc(nulls_last=True), "pk")


def purposes() -> dict[str, Purpose]:
    """Everything for which somebody's consent is asked, by key, as the rooms declare it."""
    return {purpose.key: purpose for room in rooms() for purpose in room.purposes}


def may_consent(participant: Participant | None) -> Verdict:
    """Whether this person can agree for themselves to what the law leaves to them; somebody new can.

    Whoever cannot takes part all the same, without the features that need consent: ask this before any of them is offered.
    """
    if participant is not None and participant.erased_at is not None:
        return no(_("Who has left can agree to nothing any more."))
    return may_have(participant, Feature.CONSENT)


def may_agree(participant: Participant | None, purpose: Purpose) -> Verdict:
    """Whether this person can agree to this purpose now; mails need an address that is surely theirs."""
    verdict = may_consent(participant)
    if verdict and _kinds(purpose.key) and not _is_reached(participant):
        return no(_("We have no confirmed mail address of yours. Please sign in first."), status=409)
    return verdict


def _is_reached(participant: Participant | None) -> bool:
    if participant is None:
        return False
    return participant.user_id is not None or bool(participant.guest_mail and participant.guest_mail_confirmed_at)


def has_consent(participant: Participant | None, key: str) -> bool:
    """Whether the person agrees to the purpose in its present wording, and may; one query."""
    if participant is None or not may_consent(participant):
        return False
    return holding(participant.city_id, key).filter(participant=participant).exists()


def holding(city: City | int, key: str) -> QuerySet[Consent]:
    """The consents to a purpose that hold: not withdrawn, and to the present wording."""
    rows: QuerySet[Consent] = Consent.objects.of(city)
    return rows.filter(purpose=key, withdrawn_at=None, version=purposes()[key].version)


def kinds_that_ask() -> dict[str, str]:
    """The kinds of news that go to nobody without consent, with the purpose that they need."""
    return {kind.key: kind.consent for room in rooms() for kind in room.notice_kinds if kind.consent}


def purposes_agreed(city: City, uids: Collection[UUID]) -> dict[int, set[str]]:
    """What these participants, by key, agree to in its present wording; one query."""
    known, found = purposes(), defaultdict[int, set[str]](set)
    rows = Consent.objects.of(city).filter(participant__uid__in=uids, withdrawn_at=None)
    for person, purpose, version in rows.values_list("participant", "purpose", "version"):
        if purpose in known and version == known[purpose].version:
            found[person].add(purpose)
    return found


@transaction.atomic
def give_consent(actor: Actor, key: str, *, version: int) -> Consent:
    """Note that the actor agrees to a purpose in the wording of this version; a second time changes nothing.

    Raises Refused for an unknown purpose (404), for who cannot agree (403), and when the wording has changed meanwhile (409).
    """
    purpose, person = _asked(key), actor.participant
    assert person is not None  # the caller has made somebody who takes part
    may_agree(person, purpose).require()
    if version != purpose.version:
        raise Refused(_("The wording has changed meanwhile. Please read it once more before you agree."), status=409)
    city, now = actor.city, timezone.now()
    Participant.objects.of(city).select_for_update().get(pk=person.pk)  # one after the other
    if kinds := _kinds(key):
        _let_in(city, person, kinds)
    mine = Consent.objects.of(city).filter(participant=person, purpose=key, withdrawn_at=None)
    known: Consent | None = mine.filter(version=version).first()
    if known is not None:
        return known
    mine.update(withdrawn_at=now)  # the one to an earlier wording ends here
    made: Consent = Consent.objects.create(city=city, participant=person, purpose=key, version=version, channel=actor.channel, given_at=now)
    return made


def spell_out_no_mail(city: City, participant: Participant) -> None:
    """Turn "no mail at all" into no mail of each kind, so that one of them can be let in.

    Not of the kinds that need consent: whether they come is said by that alone.
    """
    mine = Declined.objects.of(city).filter(participant=participant)
    if mine.filter(kind="*").delete()[0]:
        kinds = [kind.key for room in rooms() for kind in room.notice_kinds if not kind.consent]
        rows = [Declined(city=city, participant=participant, kind=kind) for kind in kinds]
        Declined.objects.bulk_create(rows, ignore_conflicts=True)


def _let_in(city: City, participant: Participant, kinds: list[str]) -> None:
    spell_out_no_mail(city, participant)
    Declined.objects.of(city).filter(participant=participant, kind__in=kinds).delete()


def withdraw_consent(actor: Actor, key: str) -> bool:
    """Take a consent back, whatever wording it was given to, with what follows from that; returns whether there was one."""
    _asked(key)
    assert actor.participant is not None
    return end_consent(actor.city, actor.participant, key)


@transaction.atomic
def end_consent(city: City, participant: Participant, key: str) -> bool:
    """As `withdraw_consent`, for who proves by a link in a mail who they are."""
    rows = Consent.objects.of(city).filter(participant=participant, purpose=key, withdrawn_at=None)
    if not rows.update(withdrawn_at=timezone.now()):
        return False
    if withdraw := purposes()[key].withdraw:
        withdraw(city, participant)
    return True


def _asked(key: str) -> Purpose:
    try:
        return purposes()[key]
    except KeyError:
        raise Refused(_("Nobody asks for this consent here."), status=404) from None


def _kinds(key: str) -> list[str]:
    return [kind.key for room in rooms() for kind in room.notice_kinds if kind.consent == key]


@dataclass(frozen=True)
class Standing:
    """How somebody stands to a purpose: 'given', 'outdated' (to an earlier wording), 'withdrawn', or 'open' (has said nothing)."""

    purpose: Purpose
    allowed: Verdict
    state: str = "open"
    given_at: dt.datetime | None = None
    withdrawn_at: dt.datetime | None = None

    @property
    def is_shown(self) -> bool:
        """Whether its page has something to say: what a form asks is there once it was given."""
        return self.purpose.asked_by == "account" or self.state != "open"


def standings_of(participant: Participant | None) -> list[Standing]:
    """How somebody stands to every purpose, in the rooms' order; one query. What holds counts, else what was withdrawn last."""
    newest: dict[str, Consent] = {}
    if participant is not None:
        rows = Consent.objects.of(participant.city_id).filter(participant=participant)
        for row in rows.order_by(*_LAST_COUNTS):
            newest[row.purpose] = row
    found = []
    for purpose in purposes().values():
        row = newest.get(purpose.key)
        if row is None:
            found.append(Standing(purpose, may_agree(participant, purpose)))
        else:
            state = "withdrawn" if row.withdrawn_at else "given" if row.version == purpose.version else "outdated"
            found.append(Standing(purpose, may_agree(participant, purpose), state, row.given_at, row.withdrawn_at))
    return found


def export_consents(city: City, participant: Participant) -> list[dict[str, object]]:
    """Every consent that somebody gave, with its wording's version."""
    rows = Consent.objects.of(city).filter(participant=participant).order_by("pk")
    return list(rows.values("purpose", "version", "channel", "given_at", "withdrawn_at"))


def adopt_consents(city: City, old: Participant, new: Participant) -> None:
    """Hand a guest's consents over. Of two that hold, the one to the later wording goes on, the account's where both are to the same.

    Consent to mails ends where the account took its own back since, or wants no mails at all.
    """
    now, rows = timezone.now(), Consent.objects.of(city)
    no_mail = Declined.objects.of(city).filter(participant=new, kind="*").exists()
    stands: dict[str, Consent] = {standing.purpose: standing for standing in rows.filter(participant=new).order_by(*_LAST_COUNTS)}
    for given in rows.filter(participant=old, withdrawn_at=None).order_by("pk"):
        mine, ending = stands.get(given.purpose), None
        taken_back = mine is not None and mine.withdrawn_at is not None and mine.withdrawn_at > given.given_at
        if _kinds(given.purpose) and (no_mail or taken_back):
            ending = given
        elif mine is not None and mine.withdrawn_at is None:
            ending = mine if mine.version < given.version else given
        if ending is not None:
            rows.filter(pk=ending.pk).update(withdrawn_at=now)
    rows.filter(participant=old).update(participant=new)
