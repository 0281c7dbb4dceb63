"""The pack's demo content, brought in by the actions that people use: the city acts on behalf of each of them, at a time in the past.
Presses of "support" alone are written many at a time.

Everything has a key, so a second run finds what is there and leaves it alone. Chance comes from the keys, days count from the clock.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from civitas.cities.models import Area
from civitas.contributions.actions import change_visibility, submit_contribution, withdraw_contribution
from civitas.contributions.attachments import Shown
from civitas.contributions.drawings import drawing_from_text
from civitas.contributions.intake import Given, add_votes, take_in
from civitas.contributions.linking import link_contributions
from civitas.contributions.models import ANSWERS, Contribution
from civitas.contributions.official import Answer, answer_contribution
from civitas.dialogue.actions import add_comment
from civitas.interop.demo_answers import load_answers
from civitas.interop.demo_boards import load_boards
from civitas.interop.demo_city import Demo, demo_uid
from civitas.interop.demo_classes import load_classes
from civitas.interop.demo_concepts import load_concepts
from civitas.interop.demo_crowd import keep_pressed, load_crowd, pressed
from civitas.interop.demo_files import film_of, paper_of
from civitas.interop.demo_meeting import load_meeting
from civitas.interop.demo_merging import load_merging
from civitas.interop.demo_moderation import load_moderation
from civitas.interop.demo_packs import CONTRIBUTIONS, PEOPLE, step_of
from civitas.interop.demo_reports import load_reports
from civitas.interop.demo_searches import load_searches
from civitas.interop.demo_services import load_services
from civitas.interop.demo_stories import load_stories
from civitas.interop.demo_team import load_team
from civitas.interop.demo_themes import load_themes
from civitas.interop.demo_unlawful import load_unlawful
from civitas.media.actions import keep_drawing
from civitas.moderation.archive import decide_about
from civitas.moderation.models import Reason, Verb
from civitas.people.actions import change_pseudonym, choose_home_area, decline_news, make_guest, participant_of, user_of_address
from civitas.people.actors import city_actor, on_behalf
from civitas.people.models import Organisation, Participant, Role
from civitas.people.queries import DEMO_DOMAIN
from civitas.people.roles import give_role
from civitas.processes.models import Category, Step
from civitas.services.models import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from civitas.cities.models import City
    from civitas.kit.packs import Pack
    from civitas.media.models import MediaFile
    from civitas.people.actors import Actor

_SIZE = re.compile(r'viewBox="[\d.-]+[ ,]+[\d.-]+[ ,]+([\d.]+)[ ,]+([\d.]+)"')


def load_demo(city: City, pack: Pack, *, advance: Callable[[], None] = lambda: None) -> int:
    """Bring in the people and contributions that are not there yet; returns how many contributions are new. Calls `advance` after each."""
    demo = Demo(city, pack, timezone.now())
    demo.areas = {row.key: row for row in Area.objects.of(city)}
    _load_people(demo)
    demo.services = {row.key: row for row in Service.objects.of(city)}
    for step in Step.objects.of(city).select_related("process", "process__city", "process__organisation").order_by("position"):
        demo.steps[step.process.slug, step.key] = step
    for category in Category.objects.of(city).select_related("process"):
        demo.categories[category.process.slug if category.process else "", category.key] = category
    entries = [entry for _line, entry in pack.entries(CONTRIBUTIONS, "contribution")]
    known = set(
        Contribution.objects.of(city).filter(uid__in=[demo_uid(city, entry["key"]) for entry in entries]).values_list("uid", flat=True)
    )
    fresh = [entry for entry in entries if demo_uid(city, entry["key"]) not in known]
    # The oldest first, so that numbers count up with time.
    for entry in sorted(fresh, key=lambda entry: -entry["days_ago"]):
        with transaction.atomic():  # a demo that was interrupted has each contribution whole or not at all
            _bring_in(demo, entry)
        advance()
    if fresh:
        _link(demo)
        load_crowd(demo, fresh)
        load_searches(demo)
    load_meeting(demo)
    load_answers(demo)
    load_team(demo)
    load_classes(demo)
    load_moderation(demo)
    load_merging(demo)
    load_unlawful(demo)
    load_boards(demo)
    load_concepts(demo)
    load_services(demo)
    load_stories(demo)
    load_themes(demo)
    load_reports(demo)
    return len(fresh)


def _load_people(demo: Demo) -> None:
    city, entries = demo.city, [entry for _line, entry in demo.pack.entries(PEOPLE, "person")]
    demo.organisations = {row.key: row for row in Organisation.objects.of(city)}
    by_uid = {
        row.uid: row for row in Participant.objects.of(city).filter(uid__in=[demo_uid(city, f"person/{entry['key']}") for entry in entries])
    }
    logins = [entry["login"] for entry in entries if entry.get("login")]
    by_mail = {
        row.user.email: row for row in Participant.objects.of(city).filter(user__email__in=logins).select_related("user") if row.user
    }
    for entry in entries:
        known = by_mail.get(entry.get("login", "")) or by_uid.get(demo_uid(city, f"person/{entry['key']}"))
        demo.people[entry["key"]] = known or _make_person(demo, entry)
    for person in demo.people.values():
        person.city = city


@transaction.atomic
def _make_person(demo: Demo, entry: dict[str, Any]) -> Participant:
    language = entry.get("language", "de")
    if entry.get("login"):
        user = user_of_address(entry["login"])
        EmailAddress.objects.filter(user=user, email=user.email).update(verified=True)
        person = participant_of(demo.city, user, language=language)
        change_pseudonym(person, entry["pseudonym"])
        choose_home_area(person, demo.areas.get(entry.get("area", "")))
    else:
        person = make_guest(demo.city, pseudonym=entry["pseudonym"], language=language, uid=demo_uid(demo.city, f"person/{entry['key']}"))
        # So that visitors can write letters to them; no mail goes out.
        person.guest_mail, person.guest_mail_confirmed_at = f"{entry['key']}@{demo.city.slug}.{DEMO_DOMAIN}", demo.now
        person.save(update_fields=["guest_mail", "guest_mail_confirmed_at"])
        decline_news(demo.city, person.uid, "*")
    organisation = demo.organisations.get(entry.get("organisation", ""))
    roles = entry.get("roles") or ([Role.MEMBER] if organisation else [])
    for role in roles:
        give_role(city_actor(demo.city), person, role, organisation=organisation)
    return person


def _bring_in(demo: Demo, entry: dict[str, Any]) -> None:
    """One contribution with all that hangs on it."""
    city, key = demo.city, entry["key"]
    author = (
        demo.people[entry["author"]]
        if entry.get("author")
        else make_guest(city, pseudonym=entry["guest"], language=entry.get("language", "de"))
    )
    author.city = city
    actor = on_behalf(author)
    data = next(data for name in demo.pack.below("processes", ".toml") if (data := demo.pack.toml(name))["slug"] == entry["process"])
    found = step_of(data, entry.get("step", ""))
    assert found, entry["process"]  # check_demo has refused anything else
    step = demo.steps[entry["process"], found["key"]]
    values: dict[str, Any] = {
        "title": entry["title"],
        "text": entry["text"].strip(),
        **{name: entry.get(name, "").strip() for name in ANSWERS},
        "category": demo.categories.get((entry["process"], entry.get("category", "")))
        or demo.categories.get(("", entry.get("category", ""))),
        "service": demo.services.get(entry.get("service", "")),
        "area": demo.areas.get(entry.get("area", "")),
        "lat": entry.get("lat"),
        "lon": entry.get("lon"),
        "drawing": drawing_from_text(entry.get("drawing", "")),
        "place_name": entry.get("place_name", ""),
        "language": entry.get("language", "de"),
    }
    given_at = demo.moment(entry["days_ago"], key)
    visibility = entry.get("visibility", "published")
    if visibility in {"draft", "waiting"}:
        row = Given(key="", kind=entry["kind"], given_at=given_at, author=author, visibility=visibility, uid=demo_uid(city, key), **values)
        take_in(actor, step, [row])
        return
    files = list(_files(demo, actor, entry))
    contribution = submit_contribution(actor, step, uid=demo_uid(city, key), kind=entry["kind"], files=files, given_at=given_at, **values)
    if contribution.visibility != Contribution.Visibility.PUBLISHED:
        change_visibility(city, contribution, Contribution.Visibility.PUBLISHED)
        contribution = Contribution.objects.of(city).select_related("process", "step", "author").get(pk=contribution.pk)
    if entry.get("imported_support"):
        add_votes(actor, contribution, entry["imported_support"])
    _comment(demo, contribution, entry, given_at)
    _support(demo, contribution, entry)
    _answer(demo, contribution, entry, given_at)
    if visibility == "withdrawn":
        withdraw_contribution(actor, contribution)
    elif visibility == "hidden":
        decide_about(_someone_with(demo, Role.MODERATOR), contribution, Verb.HIDE, reason=Reason.OTHER, text=entry["hidden_reason"])


def _files(demo: Demo, actor: Actor, entry: dict[str, Any]) -> Iterator[Shown]:
    if entry.get("picture"):
        yield Shown(_drawing(demo, actor, entry["picture"]), entry.get("picture_alt", ""))
    if entry.get("film") and (film := film_of(actor, entry["film"])):
        yield Shown(film, transcript=entry.get("film_words", ""))
    if entry.get("paper"):
        yield Shown(paper_of(actor, entry["paper"], entry.get("paper_lines", [])))


def _drawing(demo: Demo, actor: Actor, name: str) -> MediaFile:
    svg = demo.pack.text(name)
    size = _SIZE.search(svg)
    width, height = (round(float(part)) for part in size.groups()) if size else (960, 640)
    return keep_drawing(actor, svg, width=width, height=height)


def _comment(demo: Demo, contribution: Contribution, entry: dict[str, Any], given_at: dt.datetime) -> None:
    made: list[Contribution] = []
    for index, comment in enumerate(entry.get("comment", [])):
        parent = made[comment["reply"]] if "reply" in comment else None
        key = f"{entry['key']}/comment/{index}"
        at = demo.moment(comment["days_ago"], key, after=parent.given_at if parent else given_at)
        made.append(
            add_comment(
                on_behalf(demo.people[comment["author"]]),
                contribution,
                uid=demo_uid(demo.city, key),
                text=comment["text"].strip(),
                stance=comment.get("stance", ""),
                parent=parent,
                organisation=demo.organisations.get(comment.get("organisation", "")),
                language=comment.get("language", "de"),
                given_at=at,
            )
        )


def _support(demo: Demo, contribution: Contribution, entry: dict[str, Any]) -> None:
    others = [person for key, person in demo.people.items() if key != entry.get("author")]
    chance = random.Random(f"{demo.city.slug}/{entry['key']}/support")  # noqa: S311  (no secret: the same demo each time)
    people = chance.sample(others, min(entry.get("support", 0), len(others)))
    keep_pressed(demo, pressed(demo, contribution, people, chance))


def _answer(demo: Demo, contribution: Contribution, entry: dict[str, Any], given_at: dt.datetime) -> None:
    last = given_at
    for index, event in enumerate(entry.get("event", [])):
        person = demo.people.get(event.get("person", ""))
        actor = on_behalf(person) if person else _someone_with(demo, Role.EXPERT)
        due = (demo.now + dt.timedelta(days=event["due_in"])).date() if "due_in" in event else None
        last = demo.moment(event["days_ago"], f"{entry['key']}/event/{index}", after=last)
        answer_contribution(
            actor,
            contribution,
            Answer(
                event["status"],
                text=event.get("text", "").strip(),
                organisation=demo.organisations.get(event.get("organisation", "")),
                next_step=event.get("next_step", ""),
                due_on=due,
            ),
            at=last,
        )


def _someone_with(demo: Demo, role: str) -> Actor:
    """Someone of the demo with this role; the city itself where nobody has it."""
    holders = [entry["key"] for _line, entry in demo.pack.entries(PEOPLE, "person") if role in entry.get("roles", [])]
    return on_behalf(demo.people[holders[0]]) if holders else city_actor(demo.city, channel="import")


def _link(demo: Demo) -> None:
    entries = [entry for _line, entry in demo.pack.entries(CONTRIBUTIONS, "link")]
    uids = {demo_uid(demo.city, entry[end]) for entry in entries for end in ("source", "target")}
    rows = {row.uid: row for row in Contribution.objects.of(demo.city).filter(uid__in=uids)}
    for entry in entries:
        source, target = (rows.get(demo_uid(demo.city, entry[end])) for end in ("source", "target"))
        if source and target:
            link_contributions(city_actor(demo.city, channel="import"), source, target, entry["kind"])
