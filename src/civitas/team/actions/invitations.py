"""Inviting somebody with a role, sending the link, accepting, taking back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.notices.addresses import host_of
from civitas.notices.mails import send_words
from civitas.outbox.actions import enqueue
from civitas.people.actions import change_pseudonym, participant_of
from civitas.people.actors import actor_of, city_actor
from civitas.people.models import Membership, Role
from civitas.people.queries import participant_of_mail
from civitas.people.rates import spend
from civitas.people.roles import check_end, give_role
from civitas.team.models import Invitation
from civitas.team.rules import GONE, may_accept, may_lead
from civitas.team.words import word_invitation

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation, Participant, User

VALID = dt.timedelta(days=14)
# A second press within so long is the same press.
_ONE_PRESS = dt.timedelta(minutes=1)
_SALT = "civitas.team.invitation"
# Roles that speak for somebody: without an organisation they would mean nothing.
WITH_ORGANISATION = (Role.MEMBER, Role.EXPERT)
# Roles that are the same in every department: who holds one needs it from no other.
CITYWIDE = (Role.MODERATOR, Role.FACILITATOR, Role.ADMINISTRATOR)


def make_token(invitation: Invitation) -> str:
    """The signed part of an invitation's link; it names the invitation and no address."""
    return signing.dumps([invitation.city.slug, invitation.uid.hex], salt=_SALT)


def invitation_by_token(city: City, token: str) -> Invitation:
    """The invitation of a link, whatever became of it; raises Refused (404) for a mangled link and for one of another city."""
    try:
        slug, uid = signing.loads(token, salt=_SALT)
        key = UUID(hex=uid)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise Refused(_("This link is not complete. Please open it from the mail once more."), status=404) from None
    if slug != city.slug:
        raise Refused(_("This invitation is for another city. Please open the link from the mail as it stands there."), status=404)
    found: Invitation | None = Invitation.objects.of(city).filter(uid=key).select_related("by", "organisation", "city").first()
    if found is None:
        raise Refused(_("This invitation has run out after 14 days. Please ask for a new one."), status=GONE)
    return found


def invite(
    actor: Actor,
    *,
    mail: str,
    role: str,
    organisation: Organisation | None = None,
    ends_on: dt.date | None = None,
    language: str = "de",
) -> Invitation:
    """Invite a mail address to hold a role, until the end of a day or for good. Inviting the same again renews the invitation and
    sends its link once more.

    Raises Refused with the field, also where the person holds the role already.
    """
    may_lead(actor).require()
    mail = _checked_mail(mail)
    check_role(actor.city, role, organisation)
    check_end(actor.city, ends_on)
    person = participant_of_mail(actor.city, mail)
    if person is not None and _holds(actor.city, person, role, organisation):
        sentence = _("%(who)s holds this role already. Nothing was sent.") % {"who": person.shown_name}
        raise Refused(sentence, status=400, fields={"mail": sentence})
    now = timezone.now()
    with transaction.atomic():
        open_rows = Invitation.objects.of(actor.city).filter(mail=mail, role=role, organisation=organisation)
        row: Invitation | None = open_rows.select_for_update(of=("self",)).first()
        if row is not None and row.renewed_at > now - _ONE_PRESS and row.ends_on == ends_on:
            return row
        spend(actor, "invite")
        if row is None:
            row = Invitation(city=actor.city, mail=mail, role=role, organisation=organisation)
        else:
            row.round += 1
        row.by, row.language, row.renewed_at, row.until, row.refused_at = actor.participant, language, now, now + VALID, None
        row.ends_on = ends_on
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:  # two administrators invited the same in the same instant
            twin: Invitation = open_rows.get()
            return twin
        verb = "invitation.sent" if row.round == 1 else "invitation.renewed"
        record(actor.city, by=actor.uid, verb=verb, subject=f"invitation:{row.pk}", details=_details(row))
        enqueue(actor.city, "team.send_invitation", {"invitation": row.pk, "round": row.round})
    return row


def _details(row: Invitation) -> dict[str, Any]:
    details = {"role": row.role, "organisation": row.organisation_id}
    return {**details, "role_until": row.ends_on.isoformat()} if row.ends_on else details


def _checked_mail(mail: str) -> str:
    mail = mail.strip().lower()
    try:
        validate_email(mail)
    except ValidationError:
        sentence = _("This does not look like a mail address. Please check it.")
        raise Refused(sentence, status=400, fields={"mail": sentence}) from None
    return mail


def check_role(city: City, role: str, organisation: Organisation | None) -> None:
    """Raise Refused with the field when there is no such role, or when it needs an organisation and has none."""
    sentence = {}
    if role not in Role.values:
        sentence = {"role": _("Please choose a role.")}
    elif organisation is not None and organisation.city_id != city.pk:
        sentence = {"organisation": _("We cannot find this organisation.")}
    elif organisation is None and role in WITH_ORGANISATION:
        sentence = {"organisation": _("This role speaks for a department or an organisation. Please choose which.")}
    if sentence:
        raise Refused(next(iter(sentence.values())), status=400, fields=sentence)


def _holds(city: City, person: Participant, role: str, organisation: Organisation | None) -> bool:
    held = Membership.objects.of(city).filter(participant=person, role=role)
    return bool((held if role in CITYWIDE else held.filter(organisation=organisation)).exists())


def send_invitation(city: City, invitation: int, number: int) -> None:
    """Send the mail of an invitation's round, once; one that was used, taken back or sent anew since sends nothing."""
    rows = Invitation.objects.of(city).filter(pk=invitation, round=number, sent_round__lt=number, withdrawn_at=None, used_at=None)
    row: Invitation | None = rows.exclude(mail="").select_related("by", "organisation", "city").first()
    if row is None:
        return
    arrived = send_words(
        city,
        lambda: word_invitation(row, make_token(row)),
        to=row.mail,
        language=row.language,
        message_id=f"<{row.uid}.{row.round}@{host_of(city)}>",
    )
    rows.update(sent_round=number, refused_at=None if arrived else timezone.now())


def withdraw_invitation(actor: Actor, invitation: Invitation) -> None:
    """Take an invitation back: its link leads nowhere any more, its address is gone. A second time changes nothing."""
    may_lead(actor).require()
    with transaction.atomic():
        rows = Invitation.objects.of(actor.city).filter(pk=invitation.pk, used_at=None, withdrawn_at=None)
        if rows.update(withdrawn_at=timezone.now(), mail=""):
            record(
                actor.city, by=actor.uid, verb="invitation.withdrawn", subject=f"invitation:{invitation.pk}", details=_details(invitation)
            )


def accept_invitation(city: City, user: User, invitation: Invitation, *, name: str, language: str = "de", anyway: str = "") -> Participant:
    """Hold the role from now on, under a name that the team and citizens read. Sent twice, it is accepted once.

    `anyway` is 'yes' from who was asked and takes it with another address than the invited one. Raises Refused with what is
    missing, (409) without having been asked, and (410) when the invitation does not hold any more, nor who sent it.
    """
    name = cleaned_line(name)[:60]
    if not name:
        sentence = _("Please say how you are called. The team and citizens read it.")
        raise Refused(sentence, status=400, fields={"name": sentence})
    with transaction.atomic():
        rows = Invitation.objects.of(city).select_for_update(of=("self",)).select_related("by", "organisation", "city")
        row: Invitation = rows.get(pk=invitation.pk)
        person = participant_of(city, user, language=language)
        if row.used_at and row.used_by_id == person.pk:  # the button was pressed twice
            return person
        may_accept(row).require()
        other = row.mail != user.email.lower()
        if other and anyway != "yes":
            sentence = _("This invitation went to another address than yours. Please say first that you want it all the same.")
            raise Refused(sentence, status=409)
        giver = actor_of(row.by) if row.by else city_actor(city)
        if not giver.has(Role.ADMINISTRATOR):
            raise Refused(_("Who invited you does not lead the team any more. Please ask for a new invitation."), status=GONE)
        change_pseudonym(person, name)
        # Who was given the role meanwhile, or had its end changed, keeps that: the invitation is older.
        if not Membership.objects.of(city).filter(participant=person, role=row.role, organisation=row.organisation).exists():
            give_role(giver, person, row.role, organisation=row.organisation, ends_on=row.ends_on)
        row.used_at, row.used_by, row.mail = timezone.now(), person, ""
        row.save(update_fields=["used_at", "used_by", "mail"])
        details = {**_details(row), "other_address": other}
        record(city, by=person.uid, verb="invitation.accepted", subject=f"invitation:{row.pk}", details=details)
        if row.by:
            event = "accepted-other" if other else "accepted"
            notify(city, [row.by.uid], "team.accepted", f"invitation:{row.pk}", event)
    return person
