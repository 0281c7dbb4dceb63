"""The Actor: who acts, in which city, with which roles, over which channel. Every action takes one and never a request."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.core import signing
from django.db.models import F
from django.utils.functional import SimpleLazyObject

from civitas.cities.queries import read_again, with_rules
from civitas.kit.ids import read_key
from civitas.people.models import Membership, Participant, Role
from civitas.people.proofs import Proof, is_form, proof_of
from civitas.people.sources import address_of, source_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable
    from ipaddress import IPv4Address, IPv6Address
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from civitas.cities.models import City

Channel = Literal["page", "api", "import", "live", "command"]
GUEST_COOKIE = "guest"
# What a form calls the version of the terms beside its button.
TERMS_FIELD = "terms_version"
# Names the city in whose pages this browser's session has laid the roles down.
AS_CITIZEN = "as_citizen"
_GUEST_SALT = "civitas.people.guest"
_GUEST_SECONDS = 365 * 24 * 3600
_STAFF = frozenset({Role.MODERATOR, Role.FACILITATOR, Role.EXPERT, Role.OWNER, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Actor:
    """`roles` are (role, organisation id or None); `participant` is None for someone who has given nothing yet."""

    city: City
    participant: Participant | None = None
    roles: frozenset[tuple[str, int | None]] = frozenset()
    channel: Channel = "page"
    # A coarse network range of a guest's address, hashed: for rate limits only, never kept beside content.
    source: str = field(default="", repr=False)
    # The address itself, compared with the ranges that the city does not take (`people.suspensions`) and kept nowhere.
    address: IPv4Address | IPv6Address | None = field(default=None, repr=False, compare=False)
    # When who is signed in made their login, which serves all cities: they may be new in this one alone.
    joined_at: dt.datetime | None = field(default=None, compare=False)
    # Somebody of the team who has laid their roles down for a while, to see what people without them see.
    as_citizen: bool = False
    # That the form came from a browser which worked for it; used up by `contributions.machines`.
    proof: Proof | None = field(default=None, repr=False, compare=False)
    # The version of the terms that stood in the form which was sent; None where no form was.
    terms: int | None = None

    def by(self, participant: Participant) -> Actor:
        """The same, now that the participant is there."""
        return replace(self, participant=participant)

    def has(self, *roles: str) -> bool:
        """Whether the actor holds one of the roles; a city administrator holds every staff role."""
        held = {role for role, _organisation in self.roles}
        return not held.isdisjoint(roles) or (Role.ADMINISTRATOR in held and any(role in _STAFF for role in roles))

    @property
    def uid(self) -> UUID | None:
        """The participant's uid, which the journal knows by alias; None for the city itself."""
        return self.participant.uid if self.participant else None

    @property
    def is_staff(self) -> bool:
        """Whether the actor works for the city here."""
        return self.has(*_STAFF)

    @property
    def organisation_ids(self) -> frozenset[int]:
        """The organisations the actor may speak for."""
        return frozenset(organisation for _role, organisation in self.roles if organisation is not None)


def city_actor(city: City, *, channel: Channel = "command") -> Actor:
    """The city itself at work (loading a pack, importing, demo): every staff role, no participant."""
    return Actor(city, None, frozenset((role, None) for role in _STAFF), channel)


def actor_of(participant: Participant, *, channel: Channel = "page") -> Actor:
    """The actor of a participant with the roles it holds; one query."""
    return Actor(participant.city, participant, roles_of(participant), channel)


def actors_of(city: City, people: Iterable[Participant]) -> dict[int, Actor]:
    """The actors of participants of a city, by their keys, with the roles they hold; one query."""
    by_key = {person.pk: person for person in people}
    held: dict[int, set[tuple[str, int | None]]] = {key: set() for key in by_key}
    rows = Membership.objects.of(city).filter(participant__in=list(by_key)).order_by("pk")
    for key, role, organisation in rows.values_list("participant", "role", "organisation") if by_key else ():
        held[key].add((role, organisation))
    return {key: Actor(city, person, frozenset(held[key])) for key, person in by_key.items()}


def roles_of(participant: Participant) -> frozenset[tuple[str, int | None]]:
    """The roles that somebody holds now, each with its organisation or None; one query. `HeldRoles` leaves out what is over."""
    return frozenset(participant.memberships.of(participant.city_id).values_list("role", "organisation_id"))


def on_behalf(participant: Participant) -> Actor:
    """The city bringing in what a participant gave elsewhere: with the city's roles, and the organisations it may speak for."""
    own = actor_of(participant)
    return Actor(own.city, participant, own.roles | city_actor(own.city).roles, "import")


def actor_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set a lazy `request.actor` (None on the bare host): a page that asks nothing of it costs nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of_request(request)) if request.city else None
        return get_response(request)

    return middleware


def actor_of_request(request: HttpRequest, *, channel: Channel = "page") -> Actor:
    """Who sends a request, by session or guest's cookie; at most two queries beside those of the session."""
    signed_in = request.user.is_authenticated
    participant = _known(request, user=request.user) if signed_in else guest_of(request)
    if participant is None and request.method == "POST":  # a newcomer sends something: the rules as they are for one small query
        request.city = read_again(request.city)
    is_page = channel == "page"
    as_citizen = bool(participant and signed_in and request.session.get(AS_CITIZEN) == request.city.slug)
    return Actor(
        request.city,
        participant,
        roles_of(participant) if participant and signed_in and not as_citizen else frozenset(),
        channel,
        source=source_of(request),
        address=address_of(request),
        joined_at=request.user.joined_at if request.user.is_authenticated else None,
        as_citizen=as_citizen,
        proof=proof_of(request) if is_page and not as_citizen else None,
        terms=_terms_in(request) if is_page else None,
    )


def _terms_in(request: HttpRequest) -> int | None:
    return read_key(request.POST.get(TERMS_FIELD, "")) if is_form(request) else None


def _known(request: HttpRequest, **whose: Any) -> Participant | None:
    """The participant; the query brings along which rules the city has, so that those who take part never meet old ones."""
    rows = Participant.objects.of(request.city).filter(**whose).annotate(rules_version=F("city__rules_version"))
    found: Participant | None = rows.first()
    if found is not None:
        request.city = with_rules(request.city, found.rules_version)  # type: ignore[attr-defined]  # annotated above
        found.city = request.city
    return found


def guest_of(request: HttpRequest) -> Participant | None:
    """The guest whose signed cookie the browser sent; None without one, when it was tampered with, or claimed since."""
    try:
        uid = signing.loads(request.COOKIES.get(GUEST_COOKIE, ""), salt=_GUEST_SALT, max_age=_GUEST_SECONDS)
    except signing.BadSignature:
        return None
    return _known(request, uid=uid, user=None, erased_at=None)


def remember_guest(response: HttpResponse, guest: Participant, *, seconds: int | None = None) -> None:
    """Give the browser the guest's token, so that the next visit is the same person.

    A pupil's is given for so many `seconds` or not at all: the device may be the school's.
    """
    if guest.is_pupil and seconds is None:
        return
    response.set_cookie(
        GUEST_COOKIE,
        signing.dumps(str(guest.uid), salt=_GUEST_SALT),
        max_age=_GUEST_SECONDS if seconds is None else seconds,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
