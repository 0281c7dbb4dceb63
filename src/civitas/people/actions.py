"""What changes about people: become a participant, be a guest, claim, choose what news comes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit.rooms import DAILY, WEEKLY, digest_key, notice_kind, rooms
from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import Refused
from civitas.people.consents import end_consent, spell_out_no_mail
from civitas.people.models import Declined, NewsRhythm, Participant, User
from civitas.people.names import checked_name
from civitas.people.pupils import Feature, is_in_time, may_have

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any
    from uuid import UUID

    from civitas.cities.models import Area, City

# What stands for "no mail of this kind" where a rhythm is chosen.
NEVER = "none"
_CLAIM_SALT = "civitas.people.claim"
_CLAIM_AGE = dt.timedelta(days=90)


def make_guest(city: City, *, pseudonym: str = "", language: str = "de", mail: str = "", uid: UUID | None = None) -> Participant:
    """A participant without a login; the caller gives the browser its token (`actors.remember_guest`)."""
    named = {"uid": uid} if uid else {}
    return Participant.objects.create(city=city, pseudonym=cleaned_line(pseudonym)[:60], language=language, guest_mail=mail, **named)


def participant_of(city: City, user: User, *, language: str = "de") -> Participant:
    """The user's participant in this city, made on the first need."""
    found = Participant.objects.of(city).filter(user=user).first()
    if found:
        return found
    try:
        with transaction.atomic():
            return Participant.objects.create(city=city, user=user, language=language)
    except IntegrityError:  # a second window of the same person was quicker
        return Participant.objects.of(city).get(user=user)


def change_pseudonym(participant: Participant, pseudonym: str) -> None:
    """Show another name from now on, on everything the participant gave. Raises Refused for a pupil's that hurts somebody, and once the
    time of their class is over."""
    if pseudonym == participant.pseudonym:
        return
    is_in_time(participant).require()
    participant.pseudonym = checked_name(participant.city, pseudonym) if participant.is_pupil else cleaned_line(pseudonym)[:60]
    participant.save(update_fields=["pseudonym"])


def choose_home_area(participant: Participant, area: Area | None) -> None:
    """Call an area of the city one's own, for "my page"; None for no area."""
    may_have(participant, Feature.HOME).require()
    if area is not None and area.city_id != participant.city_id:
        raise Refused(_("This is no area of this city."))
    participant.home_area = area
    participant.save(update_fields=["home_area"])


def change_guest_mail(guest: Participant, mail: str) -> None:
    """Send a guest's news to this address from now on, once it is confirmed."""
    may_have(guest, Feature.MAIL).require()
    guest.guest_mail, guest.guest_mail_confirmed_at = mail, None
    guest.save(update_fields=["guest_mail", "guest_mail_confirmed_at"])


def claim_token(guest: Participant, *, by_mail: bool = False) -> str:
    """The secret of the claim link: whoever has it and signs in gets the guest's contributions.

    The one that goes `by_mail` also proves that its reader owns the address.
    """
    return signing.dumps([str(guest.uid), guest.guest_mail if by_mail else ""], salt=_CLAIM_SALT)


def guest_by_claim(city: City, token: str) -> Participant:
    """The guest of a claim link; raises Refused when it is mangled, older than 90 days, was used, or went to a former address."""
    guest, _mail = _read_claim(city, token)
    return guest


def proves_mail(guest: Participant, token: str) -> bool:
    """Whether a valid claim link of this guest was in a mail to the guest's address."""
    return bool(guest.guest_mail) and _read_claim(guest.city, token)[1] == guest.guest_mail


def _read_claim(city: City, token: str) -> tuple[Participant, str]:
    try:
        uid, mail = signing.loads(token, salt=_CLAIM_SALT, max_age=_CLAIM_AGE)
    except (signing.BadSignature, ValueError):
        raise Refused(_("This link is not complete or has expired. Please open it from the mail once more."), status=404) from None
    guest = Participant.objects.of(city).filter(uid=uid, user=None, erased_at=None).select_related("city").first()
    if guest is None:
        raise Refused(_("These contributions already belong to an account. If it is yours, sign in to see them."), status=409)
    if mail and mail != guest.guest_mail:  # a mistyped address is somebody else's
        raise Refused(_("You have given us another address since. Please take the link from our newest mail."), status=409)
    may_have(guest, Feature.ACCOUNT).require()
    return guest, mail


@transaction.atomic
def claim_guest(city: City, user: User, guest: Participant) -> Participant:
    """Give the guest's contributions to the user. Where the user already is a participant here, every room moves its rows."""
    locked = Participant.objects.of(city).select_for_update().filter(pk=guest.pk, user=None, erased_at=None).first()
    if locked is None:
        raise Refused(_("These contributions already belong to an account. If it is yours, sign in to see them."), status=409)
    may_have(locked, Feature.ACCOUNT).require()
    guest = locked
    known = Participant.objects.of(city).filter(user=user).first()
    if known is None:
        guest.user = user
        guest.guest_mail = ""
        guest.save(update_fields=["user", "guest_mail"])
        return guest
    for room in rooms():
        if room.personal_data and room.personal_data.adopt:
            room.personal_data.adopt(city, guest, known)
    if not known.pseudonym:
        change_pseudonym(known, guest.pseudonym)
    if known.home_area_id is None and guest.home_area_id is not None:
        known.home_area_id = guest.home_area_id
        known.save(update_fields=["home_area"])
    guest.erased_at, guest.guest_mail, guest.pseudonym, guest.home_area_id = timezone.now(), "", "", None
    guest.taken_over_by = known
    guest.save(update_fields=["erased_at", "guest_mail", "pseudonym", "home_area", "taken_over_by"])
    return known


@transaction.atomic
def decline_news(city: City, uid: object, kind: str) -> None:
    """Send this participant no more mail of this kind ('*' = of any kind, `digest_key` of a rhythm = of each kind that comes so).

    Where the kind needs consent, that is withdrawn by it.
    """
    participant = Participant.objects.of(city).filter(uid=uid).select_related("taken_over_by").first()
    if participant is None:
        return
    if participant.taken_over_by is not None:  # a mail from before the account took the guest over
        participant = participant.taken_over_by
    chosen = dict(NewsRhythm.objects.of(city).filter(participant=participant).values_list("kind", "rhythm"))
    gathered = {digest_key(DAILY): DAILY, digest_key(WEEKLY): WEEKLY}
    each_kind = [each for room in rooms() for each in room.notice_kinds]
    kinds = [each.key for each in each_kind if chosen.get(each.key, each.rhythm) == gathered[kind]] if kind in gathered else [kind]
    by_consent = {each.key: each.consent for each in each_kind if each.consent and (kind == "*" or each.key in kinds)}
    for purpose in set(by_consent.values()):
        end_consent(city, participant, purpose)
    rows = [Declined(city=city, participant=participant, kind=each) for each in kinds if each not in by_consent]
    Declined.objects.bulk_create(rows, ignore_conflicts=True)


def change_language(participant: Participant, language: str) -> None:
    """Write to the participant in another language from now on."""
    participant.language = language
    participant.save(update_fields=["language"])


def confirm_guest_mail(city: City, token: str) -> Participant:
    """Note that the guest's address is read by its owner; from now on all news go there. Raises Refused like `guest_by_claim`."""
    guest = guest_by_claim(city, token)
    if not proves_mail(guest, token):
        raise Refused(_("Please confirm your address by the link in the mail we sent you."))
    if guest.guest_mail_confirmed_at is None:
        guest.guest_mail_confirmed_at = timezone.now()
        guest.save(update_fields=["guest_mail_confirmed_at"])
    return guest


@transaction.atomic
def choose_news(city: City, participant: Participant, chosen: Mapping[str, str]) -> None:
    """Send each of these kinds of news by mail when it was chosen, or never ('none'); what was chosen of other kinds stays.

    Who wanted no mail at all keeps that for the kinds that are not named.
    """
    may_have(participant, Feature.MAIL).require()
    Participant.objects.of(city).select_for_update().get(pk=participant.pk)  # one choice after the other
    mine = {"participant": participant}
    spell_out_no_mail(city, participant)
    Declined.objects.of(city).filter(**mine, kind__in=list(chosen)).delete()
    NewsRhythm.objects.of(city).filter(**mine, kind__in=list(chosen)).delete()
    unwanted = [kind for kind, rhythm in chosen.items() if rhythm == NEVER]
    Declined.objects.bulk_create([Declined(city=city, kind=kind, **mine) for kind in unwanted], ignore_conflicts=True)
    own = [(kind, rhythm) for kind, rhythm in chosen.items() if rhythm != NEVER and rhythm != notice_kind(kind).rhythm]
    NewsRhythm.objects.bulk_create([NewsRhythm(city=city, kind=kind, rhythm=rhythm, **mine) for kind, rhythm in own])


def user_of_address(email: str) -> User:
    """The login of a mail address, made when the address asks for its first code; it counts for nothing until the code is entered."""
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        try:
            with transaction.atomic():
                user = User.objects.create_user(email)
        except IntegrityError:  # the button was pressed twice
            user = User.objects.get(email=email)
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"primary": True, "verified": False})
    return user


def export_everything(city: City, participant: Participant) -> dict[str, Any]:
    """All that any room keeps of a participant, by room."""
    return {room.key: room.personal_data.export(city, participant) for room in rooms() if room.personal_data}
