"""The pack's demo content, checked with file and line: people, contributions with what hangs on them, links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from shapely.errors import ShapelyError
from shapely.geometry import Point, shape
from shapely.prepared import prep

from civitas.contributions.checks import LONGEST_TEXT, LONGEST_TITLE
from civitas.contributions.drawings import drawing_from_text
from civitas.contributions.models import ANSWERS, AUDIENCE_LENGTH, Contribution, Link
from civitas.dialogue.actions import LONGEST_COMMENT
from civitas.interop.demo_answers import check_answers
from civitas.interop.demo_boards import check_boards
from civitas.interop.demo_classes import check_classes
from civitas.interop.demo_concepts import check_concepts
from civitas.interop.demo_files import FILMS
from civitas.interop.demo_meeting import check_meeting
from civitas.interop.demo_merging import check_merging
from civitas.interop.demo_moderation import check_moderation
from civitas.interop.demo_reports import check_reports
from civitas.interop.demo_searches import check_searches
from civitas.interop.demo_services import check_demo_services
from civitas.interop.demo_stories import check_stories
from civitas.interop.demo_team import check_team
from civitas.interop.demo_themes import check_themes
from civitas.interop.demo_unlawful import check_unlawful
from civitas.kit.packs import Fault, PackError
from civitas.kit.svg import SvgFault, cleaned_svg
from civitas.kit.verdicts import Refused
from civitas.people.models import Role
from civitas.processes.registry import Ability, methods

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from civitas.kit.packs import Pack

PEOPLE = "demo/people.toml"
CONTRIBUTIONS = "demo/contributions.toml"
_PERSON = {"key", "pseudonym", "language", "age", "area", "login", "roles", "organisation"}
_CONTRIBUTION = {
    *(
        "key",
        "process",
        "step",
        "kind",
        "title",
        "text",
        *ANSWERS,
        "category",
        "service",
        "area",
        "lat",
        "lon",
        "place_name",
        "drawing",
        "author",
        "guest",
    ),
    *("language", "days_ago", "visibility", "hidden_reason", "support", "imported_support", "picture", "picture_alt", "event", "comment"),
    *("film", "film_words", "paper", "paper_lines"),
}
_EVENT = {"status", "days_ago", "text", "organisation", "person", "next_step", "due_in"}
_COMMENT = {"author", "text", "days_ago", "reply", "organisation", "language", "stance"}
_LINK = {"source", "target", "kind"}
_VISIBILITIES = {"published", "waiting", "hidden", "withdrawn", "draft"}
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]+")


def check_demo(pack: Pack) -> Iterator[Fault]:
    """Faults of the demo content; a pack without any has none."""
    yield from _check_people(pack)
    yield from _check_contributions(pack)
    yield from _check_links(pack)
    yield from check_meeting(pack)
    yield from check_moderation(pack)
    yield from check_merging(pack)
    yield from check_unlawful(pack)
    yield from check_concepts(pack)
    yield from check_answers(pack)
    yield from check_searches(pack)
    yield from check_team(pack)
    yield from check_classes(pack)
    yield from check_stories(pack)
    yield from check_boards(pack)
    yield from check_demo_services(pack)
    yield from check_themes(pack)
    yield from check_reports(pack)


class _Names:
    """What the pack's other files name: the keys that demo content may refer to."""

    def __init__(self, pack: Pack) -> None:
        def keys(name: str, table: str) -> set[str]:
            return {str(entry.get("key")) for _line, entry in pack.entries(name, table)}

        self.people = {str(entry.get("key")): entry for _line, entry in pack.entries(PEOPLE, "person")}
        self.organisations = keys("organisations.toml", "organisation")
        self.services = keys("services.toml", "service")
        self.categories = keys("categories.toml", "category")
        areas = pack.json("areas.geojson")
        features = areas.get("features", []) if isinstance(areas, dict) else []
        self.areas = {feature.get("properties", {}).get("key") for feature in features}
        self.surfaces = _surfaces(features)
        self.processes = {data.get("slug"): data for name in pack.below("processes", ".toml") if (data := pack.toml(name))}


def _surfaces(features: list[dict[str, Any]]) -> list[Any]:
    try:
        return [prep(shape(feature["geometry"])) for feature in features]
    except (ShapelyError, KeyError, TypeError, ValueError, AttributeError):
        return []  # the section of the areas says what is wrong


def _unknown(name: str, line: int, entry: dict[str, Any], known: set[str]) -> Iterator[Fault]:
    for key in sorted(entry.keys() - known):
        yield Fault(name, line, f"'{key}' is not known here")


def _missing(name: str, line: int, entry: dict[str, Any], keys: Iterable[str]) -> Iterator[Fault]:
    for key in keys:
        if entry.get(key) in {None, ""}:
            yield Fault(name, line, f"'{key}' is missing")


def _among(name: str, line: int, entry: dict[str, Any], key: str, known: Iterable[Any], where: str) -> Iterator[Fault]:
    if entry.get(key) and entry[key] not in known:
        yield Fault(name, line, f"the {key} '{entry[key]}' is not in {where}")


def _check_people(pack: Pack) -> Iterator[Fault]:
    names = _Names(pack)
    seen: set[str] = set()
    for line, entry in pack.entries(PEOPLE, "person"):
        yield from _unknown(PEOPLE, line, entry, _PERSON)
        yield from _missing(PEOPLE, line, entry, ("key", "pseudonym"))
        if entry.get("key") in seen:
            yield Fault(PEOPLE, line, f"the key '{entry['key']}' stands twice")
        seen.add(str(entry.get("key")))
        for role in entry.get("roles", []):
            if role not in Role.values:
                yield Fault(PEOPLE, line, f"'{role}' is no role ({', '.join(Role.values)})")
        if entry.get("login") and not _MAIL.fullmatch(str(entry["login"])):
            yield Fault(PEOPLE, line, f"the login '{entry['login']}' is no mail address")
        yield from _among(PEOPLE, line, entry, "organisation", names.organisations, "organisations.toml")
        yield from _among(PEOPLE, line, entry, "area", names.areas, "areas.geojson")


def _check_contributions(pack: Pack) -> Iterator[Fault]:
    names = _Names(pack)
    seen: set[str] = set()
    for line, entry in pack.entries(CONTRIBUTIONS, "contribution"):
        yield from _unknown(CONTRIBUTIONS, line, entry, _CONTRIBUTION)
        yield from _missing(CONTRIBUTIONS, line, entry, ("key", "process", "kind", "title", "text", "days_ago"))
        if entry.get("key") in seen:
            yield Fault(CONTRIBUTIONS, line, f"the key '{entry['key']}' stands twice")
        seen.add(str(entry.get("key")))
        yield from _check_words(line, entry)
        yield from _check_step(line, entry, names)
        yield from _check_place(line, entry, names)
        yield from _among(CONTRIBUTIONS, line, entry, "service", names.services, "services.toml")
        yield from _check_state(line, entry, names)
        yield from _check_picture(pack, line, entry)
        yield from _check_files(line, entry)
        for at, event in _nested(pack, line, entry, "event"):
            yield from _check_event(at, event, names)
        comments = _nested(pack, line, entry, "comment")
        for index, (at, comment) in enumerate(comments):
            yield from _check_comment(at, comment, index, names)


def _nested(pack: Pack, line: int, entry: dict[str, Any], table: str) -> list[tuple[int, dict[str, Any]]]:
    """The entries of a table below a contribution with their lines."""
    wanted = f"[[contribution.{table}]]"
    rows = enumerate(pack.text(CONTRIBUTIONS).split("\n")[line:], line + 1) if line else iter(())
    lines = []
    for number, text in rows:
        if text.strip() == "[[contribution]]":
            break
        if text.strip() == wanted:
            lines.append(number)
    return [(lines[index] if index < len(lines) else line, nested) for index, nested in enumerate(entry.get(table, []))]


def _check_words(line: int, entry: dict[str, Any]) -> Iterator[Fault]:
    if len(str(entry.get("title", ""))) > LONGEST_TITLE:
        yield Fault(CONTRIBUTIONS, line, f"the title has more than {LONGEST_TITLE} characters")
    if len(str(entry.get("text", ""))) > LONGEST_TEXT:
        yield Fault(CONTRIBUTIONS, line, f"the text has more than {LONGEST_TEXT} characters")
    for name, limit in zip(ANSWERS, (AUDIENCE_LENGTH, LONGEST_TEXT, LONGEST_TEXT), strict=True):
        if len(str(entry.get(name, ""))) > limit:
            yield Fault(CONTRIBUTIONS, line, f"the {name} has more than {limit} characters")


def _check_step(line: int, entry: dict[str, Any], names: _Names) -> Iterator[Fault]:
    process = names.processes.get(entry.get("process"))
    if process is None:
        yield Fault(CONTRIBUTIONS, line, f"the process '{entry.get('process')}' is not in processes/")
        return
    step = step_of(process, entry.get("step", ""))
    if step is None:
        wanted = f"step '{entry['step']}'" if entry.get("step") else "step that collects"
        yield Fault(CONTRIBUTIONS, line, f"the process '{process.get('slug')}' has no {wanted}")
        return
    method = methods().get(step.get("method", ""))
    kinds = step.get("settings", {}).get("kinds") or sorted(method.gives if method else ())
    if entry.get("kind") not in kinds:
        yield Fault(
            CONTRIBUTIONS, line, f"the step '{step.get('key')}' does not collect '{entry.get('kind')}' ({', '.join(kinds) or 'nothing'})"
        )
    own = {category.get("key") for category in process.get("category", [])}
    yield from _among(CONTRIBUTIONS, line, entry, "category", own | names.categories, "categories.toml or the process")


def step_of(process: dict[str, Any], key: str) -> dict[str, Any] | None:
    """The process's step of this key; without one, its first step in which people submit."""
    for step in process.get("step", []):
        method = methods().get(step.get("method", ""))
        if step.get("key") == key or (not key and method and Ability.SUBMIT in method.abilities):
            found: dict[str, Any] = step
            return found
    return None


def _check_place(line: int, entry: dict[str, Any], names: _Names) -> Iterator[Fault]:
    yield from _among(CONTRIBUTIONS, line, entry, "area", names.areas, "areas.geojson")
    if ("lat" in entry) != ("lon" in entry) or not (-90 <= entry.get("lat", 0) <= 90 and -180 <= entry.get("lon", 0) <= 180):
        yield Fault(CONTRIBUTIONS, line, "a place needs lat and lon in WGS84 degrees")
    elif "lat" in entry and names.surfaces and not any(surface.covers(Point(entry["lon"], entry["lat"])) for surface in names.surfaces):
        yield Fault(CONTRIBUTIONS, line, f"the place {entry['lat']}, {entry['lon']} lies in none of the city's areas")
    try:
        drawn = drawing_from_text(entry.get("drawing", ""))
    except Refused:
        yield Fault(CONTRIBUTIONS, line, "the drawing is no point, line or area in WKT")
        return
    if drawn and names.surfaces and not any(surface.covers(shape(drawn).representative_point()) for surface in names.surfaces):
        yield Fault(CONTRIBUTIONS, line, "the drawing lies in none of the city's areas")


def _check_state(line: int, entry: dict[str, Any], names: _Names) -> Iterator[Fault]:
    if bool(entry.get("author")) == bool(entry.get("guest")):
        yield Fault(CONTRIBUTIONS, line, "a contribution needs an author or a guest, one of both")
    yield from _among(CONTRIBUTIONS, line, entry, "author", names.people, PEOPLE)
    visibility = entry.get("visibility", "published")
    if visibility not in _VISIBILITIES:
        yield Fault(CONTRIBUTIONS, line, f"'{visibility}' is no visibility ({', '.join(sorted(_VISIBILITIES))})")
    if visibility == "hidden" and not entry.get("hidden_reason"):
        yield Fault(CONTRIBUTIONS, line, "what is hidden needs a hidden_reason")
    if visibility in {"draft", "waiting"} and (entry.get("comment") or entry.get("event") or entry.get("support")):
        yield Fault(CONTRIBUTIONS, line, f"what is {visibility} has no comments, events or support yet")
    if not isinstance(entry.get("days_ago"), int | float) or entry["days_ago"] < 0:
        yield Fault(CONTRIBUTIONS, line, "'days_ago' is a number from 0")


def _check_picture(pack: Pack, line: int, entry: dict[str, Any]) -> Iterator[Fault]:
    if not entry.get("picture"):
        return
    try:
        cleaned_svg(pack.text(entry["picture"]))
    except (PackError, SvgFault) as error:
        yield Fault(CONTRIBUTIONS, line, str(error))
    if not entry.get("picture_alt"):
        yield Fault(CONTRIBUTIONS, line, "a picture needs a picture_alt for people who do not see it")


def _check_files(line: int, entry: dict[str, Any]) -> Iterator[Fault]:
    if entry.get("film") and entry["film"] not in FILMS:
        yield Fault(CONTRIBUTIONS, line, f"there is no film '{entry['film']}' ({', '.join(FILMS)})")
    if entry.get("film") and not entry.get("film_words"):
        yield Fault(CONTRIBUTIONS, line, "a film needs film_words for people who do not hear or see it")
    lines = entry.get("paper_lines", [])
    if entry.get("paper") and not (isinstance(lines, list) and lines and all(isinstance(each, str) for each in lines)):
        yield Fault(CONTRIBUTIONS, line, "a paper needs paper_lines, a list of texts")


def _check_event(line: int, event: dict[str, Any], names: _Names) -> Iterator[Fault]:
    yield from _unknown(CONTRIBUTIONS, line, event, _EVENT)
    yield from _missing(CONTRIBUTIONS, line, event, ("status", "days_ago"))
    if event.get("status") not in Contribution.Status.values:
        yield Fault(CONTRIBUTIONS, line, f"'{event.get('status')}' is no status ({', '.join(Contribution.Status.values)})")
    if event.get("status") == Contribution.Status.NOT_POSSIBLE and not event.get("text"):
        yield Fault(CONTRIBUTIONS, line, "what is not possible needs the reason as text")
    yield from _among(CONTRIBUTIONS, line, event, "organisation", names.organisations, "organisations.toml")
    yield from _among(CONTRIBUTIONS, line, event, "person", names.people, PEOPLE)


def _check_comment(line: int, comment: dict[str, Any], index: int, names: _Names) -> Iterator[Fault]:
    yield from _unknown(CONTRIBUTIONS, line, comment, _COMMENT)
    yield from _missing(CONTRIBUTIONS, line, comment, ("author", "text", "days_ago"))
    yield from _among(CONTRIBUTIONS, line, comment, "author", names.people, PEOPLE)
    if not 0 <= comment.get("reply", 0) < max(index, 1) or ("reply" in comment and not index):
        yield Fault(CONTRIBUTIONS, line, f"'reply' counts the earlier comments from 0; there is no {comment['reply']}")
    if len(str(comment.get("text", ""))) > LONGEST_COMMENT:
        yield Fault(CONTRIBUTIONS, line, f"the comment has more than {LONGEST_COMMENT} characters")
    if comment.get("stance", "") not in {"", *Contribution.Stance.values}:
        yield Fault(CONTRIBUTIONS, line, f"'stance' is one of {', '.join(Contribution.Stance.values)}")
    person = names.people.get(comment.get("author", ""), {})
    if comment.get("organisation") and person.get("organisation") != comment["organisation"]:
        yield Fault(CONTRIBUTIONS, line, f"'{comment.get('author')}' does not belong to '{comment['organisation']}' in {PEOPLE}")


def _check_links(pack: Pack) -> Iterator[Fault]:
    keys = {entry.get("key") for _line, entry in pack.entries(CONTRIBUTIONS, "contribution")}
    for line, entry in pack.entries(CONTRIBUTIONS, "link"):
        yield from _unknown(CONTRIBUTIONS, line, entry, _LINK)
        for end in ("source", "target"):
            if entry.get(end) not in keys:
                yield Fault(CONTRIBUTIONS, line, f"the {end} '{entry.get(end)}' is no contribution of this file")
        if entry.get("kind") not in Link.Kind.values:
            yield Fault(CONTRIBUTIONS, line, f"'{entry.get('kind')}' is no kind of link ({', '.join(Link.Kind.values)})")
        if entry.get("source") == entry.get("target"):
            yield Fault(CONTRIBUTIONS, line, "a contribution is not linked with itself")
