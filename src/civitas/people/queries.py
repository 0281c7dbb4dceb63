"""Reading people: the demo's logins, an organisation with who speaks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from civitas.cities.walls import across_cities
from civitas.people.models import Declined, Membership, NewsRhythm, Organisation, Participant

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.kit.rooms import NoticeKind
    from civitas.people.models import User

# The demo's made-up addresses: a domain that can never receive mail (RFC 2606).
DEMO_DOMAIN = "example.org"
MOST_LOGINS = 20
MOST_SPEAKERS = 50


@dataclass(frozen=True)
class DemoLogin:
    """A made-up person of the demo: address, name, roles in words."""

    email: str
    name: str
    roles: str


def demo_logins(city: City) -> list[DemoLogin]:
    """The demo's people who can sign in, those with a role first; two queries."""
    roles = Prefetch("memberships", Membership.objects.of(city).select_related("organisation").order_by("pk"))
    rows = (
        Participant.objects.of(city)
        .filter(user__email__endswith=f".{DEMO_DOMAIN}")
        .select_related("user")
        .prefetch_related(roles)
        .order_by("pk")[:MOST_LOGINS]
    )
    logins = [
        DemoLogin(row.user.email, row.shown_name, ", ".join(dict.fromkeys(str(each) for each in row.memberships.all()))) for row in rows
    ]
    return sorted(logins, key=lambda login: not login.roles)


def memberships_of(city: City, participant: Participant) -> list[Membership]:
    """The roles someone holds here, each with its organisation; one query."""
    return list(Membership.objects.of(city).filter(participant=participant).select_related("organisation").order_by("pk"))


def participants_of(user: User) -> list[Participant]:
    """The participants of a login in all cities, each with its city, the first first."""
    with across_cities("a login serves all cities; its owner asks in which it takes part"):
        return list(Participant.objects.filter(user=user, erased_at=None).select_related("city", "user").order_by("pk"))


def participant_of_mail(city: City, mail: str) -> Participant | None:
    """Who takes part here with this mail address."""
    return Participant.objects.of(city).filter(user__email=mail.strip().lower(), erased_at=None).first()


def organisation_by_key(city: City, key: str) -> Organisation | None:
    """An organisation of the city by the key in its address."""
    return Organisation.objects.of(city).filter(key=key).first()


def speakers_of(organisation: Organisation) -> list[Participant]:
    """Who speaks for an organisation, by name; one query, at most 50."""
    held = Membership.objects.of(organisation.city_id).filter(organisation=organisation).values("participant")
    people = Participant.objects.of(organisation.city_id).filter(pk__in=held, erased_at=None)
    return list(people.exclude(pseudonym="").order_by("pseudonym", "pk")[:MOST_SPEAKERS])


def news_wishes(city: City, person: Participant, kinds: list[NoticeKind]) -> dict[str, str]:
    """When each of these kinds of news comes to a person by mail: now, daily, weekly, or none; two queries."""
    declined = set(Declined.objects.of(city).filter(participant=person).values_list("kind", flat=True))
    chosen = dict(NewsRhythm.objects.of(city).filter(participant=person).values_list("kind", "rhythm"))
    usual = {kind.key: chosen.get(kind.key, kind.rhythm) for kind in kinds}
    return {key: "none" if declined & {key, "*"} else rhythm for key, rhythm in usual.items()}
