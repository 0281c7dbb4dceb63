"""Plain factories, one per model: a row with sensible values, and whatever the test says on top."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from civitas.cities.models import Area, City, CityHost
from civitas.cities.queries import forget_cities
from civitas.contributions.actions import keep_new
from civitas.contributions.models import Contribution, Link, StatusEvent
from civitas.kit.ids import uuid7
from civitas.kit.translated import Translated
from civitas.people.actors import Actor, actor_of, remember_guest
from civitas.people.models import Membership, Organisation, Participant, User
from civitas.processes.models import STANDING_SLUG, Category, Process, Step
from civitas.services.actions import count_anew, write_service
from civitas.services.models import Service
from civitas.team.models import Invitation, ShiftNote

_numbers = count(1)
WEST, SOUTH, EAST, NORTH = 9.8, 53.4, 10.2, 53.7
SETTINGS: dict[str, Any] = {
    "languages": ["de", "en", "de-simple"],
    "modules": ["sensor", "processes", "organisations", "services"],
    "map": {"center": [10.0, 53.55], "zoom": 10, "bounds": [WEST, SOUTH, EAST, NORTH]},
}


def make_city(slug: str = "", **fields: Any) -> City:
    """A city with the host `<slug>.localhost`."""
    slug = slug or f"city{next(_numbers)}"
    city = City.objects.create(slug=slug, **{"name": Translated({"de": slug.title()}), "settings": SETTINGS} | fields)
    CityHost.objects.create(city=city, host=f"{slug}.localhost")
    forget_cities()
    return city


def make_area(city: City, name: str = "Veddel", **fields: Any) -> Area:
    """A quarter that covers the whole test city, unless told otherwise."""
    ring = [[WEST, SOUTH], [EAST, SOUTH], [EAST, NORTH], [WEST, NORTH], [WEST, SOUTH]]
    values = {"key": f"area-{next(_numbers)}", "level": "quarter", "boundary": {"type": "Polygon", "coordinates": [ring]}}
    values |= {"west": WEST, "south": SOUTH, "east": EAST, "north": NORTH}
    area = Area.objects.create(city=city, name=name, **values | fields)
    forget_cities()
    return area


def make_user(email: str = "", **fields: Any) -> User:
    """A login."""
    return User.objects.create_user(email or f"person{next(_numbers)}@example.org", **fields)


def make_participant(city: City, pseudonym: str = "Alice", *, user: User | None = None, **fields: Any) -> Participant:
    """Someone with a login who takes part in the city."""
    return Participant.objects.create(city=city, pseudonym=pseudonym, user=user or make_user(), **fields)


def make_guest(city: City, pseudonym: str = "Gast", **fields: Any) -> Participant:
    """Someone without a login."""
    return Participant.objects.create(city=city, pseudonym=pseudonym, **fields)


def make_organisation(city: City, name: str = "Gesundheitsamt", **fields: Any) -> Organisation:
    """A verified department."""
    values = {"key": f"organisation-{next(_numbers)}", "kind": "department", "verified_at": timezone.now()}
    return Organisation.objects.create(city=city, name=name, **values | fields)


def make_staff(city: City, role: str, pseudonym: str = "Team", *, organisation: Organisation | None = None) -> Participant:
    """Someone with a login and a role."""
    person = make_participant(city, pseudonym)
    Membership.objects.create(city=city, participant=person, role=role, organisation=organisation)
    return person


def make_actor(city: City, role: str = "") -> Actor:
    """A participant's actor, with a role if one is named; 'stranger' is someone who has given nothing yet."""
    if role == "stranger":
        return Actor(city)
    return actor_of(make_staff(city, role) if role else make_participant(city))


def make_process(city: City, slug: str = STANDING_SLUG, **fields: Any) -> Process:
    """A published process; by default the city's Bürgersensor."""
    values = {"state": "published", "title": Translated({"de": "Was fehlt?"})} | fields
    if values["state"] != Process.State.DRAFT:
        values.setdefault("published_at", timezone.now())
    return Process.objects.create(city=city, slug=slug, **values)


def make_step(process: Process, *, settings: dict[str, Any] | None = None, **fields: Any) -> Step:
    """An open collect step without an end."""
    number = next(_numbers)
    values = {"key": f"step-{number}", "position": number, "method": "collect", "title": Translated({"de": "Sammeln"})}
    values |= {"opens_at": timezone.now() - dt.timedelta(days=30)}
    return Step.objects.create(city=process.city, process=process, settings=settings or {}, **values | fields)


def make_category(city: City, name: str = "Verkehr", **fields: Any) -> Category:
    """A category of the city."""
    return Category.objects.create(
        city=city, **{"key": f"category-{next(_numbers)}", "name": Translated({"de": name}), "icon": "bike"} | fields
    )


def make_service(city: City, name: str = "Bücherhalle", **fields: Any) -> Service:
    """A service of the catalogue, with its words for the search and counted."""
    service = write_service(Service(city=city, **{"key": f"service-{next(_numbers)}", "name": Translated({"de": name})} | fields))
    count_anew(city)
    return service


def make_contribution(step: Step, title: str = "Mehr Schatten auf dem Platz", **fields: Any) -> Contribution:
    """A published idea, with number, sort key and counts as the actions keep them."""
    values: dict[str, Any] = {"uid": uuid7(), "kind": "idea", "text": "Im Sommer ist es hier zu heiß.", "given_at": timezone.now()}
    row = Contribution(city=step.city, process=step.process, step=step, title=title, **values | fields)
    keep_new(step.city, [row])
    return Contribution.objects.of(step.city).select_related("process", "step", "author", "organisation").get(pk=row.pk)


def make_comment(root: Contribution, text: str = "Das finde ich gut.", **fields: Any) -> Contribution:
    """A published comment; the counts above it follow when it is published."""
    from civitas.contributions.actions import change_comment_count

    values: dict[str, Any] = {"uid": uuid7(), "kind": "comment", "given_at": timezone.now(), "parent": root}
    row = Contribution(city=root.city, process=root.process, step=root.step, root=root, text=text, **values | fields)
    keep_new(root.city, [row])
    change_comment_count(root.city, row.above, int(row.visibility == "published"))
    return row


def make_event(contribution: Contribution, status: str = "in_review", **fields: Any) -> StatusEvent:
    """A station of the official way; the contribution's own status stays as it is."""
    return StatusEvent.objects.create(city=contribution.city, contribution=contribution, status=status, **{"at": timezone.now()} | fields)


def make_link(source: Contribution, target: Contribution, kind: str = "developed_into") -> Link:
    """What became of what."""
    return Link.objects.create(city=source.city, source=source, target=target, kind=kind)


def make_browser(city: City, person: Participant | None = None) -> Client:
    """A browser on the city's host: a stranger's, or that of someone with a login or a guest's token."""
    browser = Client(headers={"host": f"{city.slug}.localhost"})
    if person is not None and person.user is not None:
        browser.force_login(person.user)
    elif person is not None:
        response = HttpResponse()
        remember_guest(response, person, seconds=3600)
        browser.cookies.update(response.cookies)
    return browser


def make_invitation(city: City, mail: str = "bob@example.org", **fields: Any) -> Invitation:
    """An invitation to the editorial team that holds, sent by an administrator."""
    now = timezone.now()
    values = {"role": "moderator", "renewed_at": now, "until": now + dt.timedelta(days=14)}
    by = fields.pop("by", None) or make_staff(city, "administrator", "Leitung")
    return Invitation.objects.create(city=city, mail=mail, by=by, **values | fields)


def make_note(city: City, text: str = "Bitte die Anfrage vom Markt im Blick behalten.", **fields: Any) -> ShiftNote:
    """A note for the next shift."""
    return ShiftNote.objects.create(city=city, text=text, **{"uid": uuid7()} | fields)
