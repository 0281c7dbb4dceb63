"""What the people room declares: addresses for news, unsubscribing, pack sections, personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from civitas.cities.queries import areas_of
from civitas.kit.rooms import Address, NavItem, PackSection, PersonalData, Room, registry
from civitas.people.actions import decline_news
from civitas.people.archives import drop_archives_of
from civitas.people.consents import adopt_consents, export_consents, kinds_that_ask, purposes_agreed
from civitas.people.leaving import close
from civitas.people.models import Declined, Device, Identity, Membership, NewsRhythm, Participant, Passkey, Suspension
from civitas.people.packs import check_organisations, check_sign_in, load_nothing, load_organisations
from civitas.people.suspensions import adopt_suspensions

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import City


def addresses(city: City, uids: list[UUID]) -> dict[UUID, Address]:
    """Mail addresses and wishes of these participants; four queries. An unconfirmed guest address gets the mail by
    which it is confirmed, and no other; a kind that needs consent goes to who gives it."""
    people = Participant.objects.of(city).filter(uid__in=uids, erased_at=None).select_related("user")
    declined: dict[int, set[str]] = {}
    for row in Declined.objects.of(city).filter(participant__uid__in=uids):
        declined.setdefault(row.participant_id, set()).add(row.kind)
    rhythms: dict[int, dict[str, str]] = {}
    for choice in NewsRhythm.objects.of(city).filter(participant__uid__in=uids):
        rhythms.setdefault(choice.participant_id, {})[choice.kind] = choice.rhythm
    asking = kinds_that_ask()
    agreed = purposes_agreed(city, uids) if asking else {}
    found = {}
    for person in people:
        unwanted, chosen = declined.get(person.pk, set()), rhythms.get(person.pk, {})
        unwanted |= {kind for kind, purpose in asking.items() if purpose not in agreed.get(person.pk, set())}
        if person.user:
            mail = person.user.email if person.user.is_active else ""
        else:
            mail = person.guest_mail
            if not person.guest_mail_confirmed_at:
                unwanted |= {kind.key for room in registry.rooms() for kind in room.notice_kinds if not kind.confirms}
                chosen = {}
        found[person.uid] = Address(mail, person.language, frozenset(unwanted), chosen)
    return found


def _hosts(city: City) -> list[str]:
    return list(city.hosts.order_by("pk").values_list("host", flat=True))


def export_person(city: City, participant: Participant) -> dict[str, Any]:
    """What this room keeps of a participant."""
    return {
        "pseudonym": participant.pseudonym,
        "language": participant.language,
        "home_area": next((area.key for area in areas_of(city) if area.pk == participant.home_area_id), None),
        "mail": participant.user.email if participant.user else participant.guest_mail,
        "since": participant.created_at.isoformat(),
        "roles": list(participant.memberships.of(city).values_list("role", flat=True)),
        "no_mail_of": sorted(participant.declined.of(city).values_list("kind", flat=True)),
        "mail_rhythms": dict(participant.rhythms.of(city).order_by("kind").values_list("kind", "rhythm")),
        "signed_in": list(
            Device.objects.filter(user=participant.user_id, city=city).order_by("pk").values("browser", "way", "first_at", "last_at")
        ),
        "identities": list(
            Identity.objects.of(city).filter(user=participant.user_id).order_by("pk").values("issuer", "subject", "linked_at", "used_at")
        ),
        "passkeys": list(Passkey.objects.filter(user=participant.user_id, host__in=_hosts(city)).order_by("pk").values("name", "made_at")),
        "consents": export_consents(city, participant),
        "suspensions": list(participant.suspensions.of(city).order_by("pk").values("reason", "made_at", "until", "lifted_at")),
    }


def erase_person(city: City, participant: Participant) -> None:
    """Blank the participant: what stays of theirs has a nameless author. The mails in the demo's mail program go, too."""
    close(city, participant)
    Membership.every.of(city).filter(by=participant).update(by=None)
    participant.declined.of(city).delete()
    participant.rhythms.of(city).delete()
    participant.consents.of(city).delete()
    Suspension.objects.of(city).filter(by=participant).update(by=None)
    Suspension.objects.of(city).filter(lifted_by=participant).update(lifted_by=None)


def adopt_person(city: City, old: Participant, new: Participant) -> None:
    """Hand a guest's consents, suspensions and choices of mails over; an archive of what the guest gave goes, the account makes its own.

    Who has chosen mails in the account keeps that choice.
    """
    drop_archives_of(city, old)
    adopt_consents(city, old, new)
    adopt_suspensions(city, old, new)
    if not new.declined.of(city).exists() and not new.rhythms.of(city).exists():
        old.declined.of(city).update(participant=new)
        old.rhythms.of(city).update(participant=new)


ROOM = Room(
    key="people",
    addresses=addresses,
    account_navigation=(
        NavItem(_("My page"), "mine", order=5),
        NavItem(_("About me"), "account", order=10),
        NavItem(_("Security"), "security", order=90),
    ),
    decline=decline_news,
    pack_sections=(
        PackSection("organisations", check_organisations, load_organisations, order=20),
        PackSection("sign_in", check_sign_in, load_nothing, order=21),
    ),
    personal_data=PersonalData(export_person, erase_person, adopt_person),
)
