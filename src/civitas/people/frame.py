"""What the frame round every page shows: city, navigation, languages, who is here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy

from civitas.cities.hosts import directory_address
from civitas.cities.pages import TEXT_PAGES
from civitas.cities.theme import theme_path
from civitas.journal.room import RECORD
from civitas.kit.languages import LABELS, html_language, path_in_language
from civitas.kit.rooms import STAFF_MENUS, NavItem, rooms
from civitas.kit.translated import Translated
from civitas.notices.queries import unseen_count

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

BARRIER = gettext_lazy("Report a barrier")
# Whoever comes by reports what is against the law, from any page (Article 16 of the Digital Services Act).
REPORT = gettext_lazy("Report illegal content")
_RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}


@dataclass(frozen=True)
class Entry:
    """A link in the frame."""

    label: str | _StrPromise
    url: str
    current: bool = False
    code: str = ""


@dataclass(frozen=True)
class Menu:
    """A menu of the team's bar, and which of its places is open."""

    label: str | _StrPromise
    places: list[Entry]
    here: Entry | None


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame's context; who is here is asked of the database only where the page shows it.

    Made once for a page and the parts that rooms render into it, anew when somebody becomes known on the way.
    """
    kept: dict[str, Any] | None = getattr(request, "frame", None)
    # By identity: to compare the lazy actor would ask who it is.
    if kept is None or kept["actor"] is not getattr(request, "actor", None):
        kept = request.frame = _frame(request)  # type: ignore[attr-defined]
    return kept


def _frame(request: HttpRequest) -> dict[str, Any]:
    city = getattr(request, "city", None)
    code = getattr(request, "language", None) or get_language() or "de"
    path = getattr(request, "plain_path", request.path_info)
    actor = getattr(request, "actor", None)
    query = request.META.get("QUERY_STRING", "") if request.method == "GET" else ""
    tail = f"?{query}" if query else ""
    return {
        "city": city,
        "actor": actor,
        "path": path,
        "nav": _entries([item for room in rooms() for item in room.navigation], city, path) if city else [],
        "foot_nav": _entries([item for room in rooms() for item in (*room.navigation, *room.foot_navigation)], city, path) if city else [],
        "languages": [
            Entry(LABELS[each], path_in_language(path, each) + tail, each == code, each)
            for each in (city.config.languages if city else LABELS)
        ],
        "language_code": code,
        "html_lang": html_language(code),
        "dir": "rtl" if html_language(code) in _RIGHT_TO_LEFT else "ltr",
        "participant": SimpleLazyObject(lambda: actor.participant if actor else None),
        "is_staff_here": SimpleLazyObject(lambda: bool(actor and actor.is_staff)),
        "sees_as_citizen": SimpleLazyObject(lambda: bool(actor and actor.as_citizen)),
        "page_path": path_in_language(path, code) + tail,
        "staff_nav": SimpleLazyObject(lambda: _staff_entries(actor, city, path) if actor else []),
        "unread": SimpleLazyObject(lambda: unseen_count(city, actor.participant.uid) if city and actor and actor.participant else 0),
        "site_url": request.build_absolute_uri("/").rstrip("/"),
        "site_description": str(Translated(city.config.hero_lead)) if city else "",
        "theme_url": theme_path(city) if city else "",
        "directory_url": directory_address(request) if city and city.config.in_navigator else "",
        "footer_pages": _footer_entries() if city else [],
        "city_logo": mark_safe(city.config.look.logo) if city else "",  # noqa: S308  (cleaned by kit.svg when the pack was loaded)
        "city_scene": mark_safe(city.config.look.scene) if city else "",  # noqa: S308  (as above)
        "city_poster": mark_safe(city.config.look.poster) if city else "",  # noqa: S308  (as above)
    }


def _footer_entries() -> list[Entry]:
    texts = [Entry(label, reverse("text_page", args=[slug])) for slug, (_key, label) in TEXT_PAGES.items()]
    return [
        *texts,
        Entry(RECORD, reverse("seal_list")),
        Entry(REPORT, reverse("report_unlawful")),
        Entry(BARRIER, reverse("report_barrier")),
    ]


def _entries(items: list[NavItem], city: Any, path: str) -> list[Entry]:
    shown = sorted((item for item in items if city.has_module(item.module)), key=lambda item: item.order)
    urls = [(item, reverse(item.url_name)) for item in shown]
    return [Entry(item.label, url, _is_current(url, path) or path.startswith(item.also)) for item, url in urls if url]


def _staff_entries(actor: Any, city: Any, path: str) -> list[Entry | Menu]:
    """The team's bar: places, then menus of places. A menu of one would hide it for nothing: its place stands in the bar."""
    items = [item for room in rooms() for item in room.staff_navigation if item.may is None or item.may(actor)]
    bar: list[Entry | Menu] = [*_entries([item for item in items if not item.menu], city, path)]
    for key, label in STAFF_MENUS.items():
        places = _entries([item for item in items if item.menu == key], city, path)
        here = next((place for place in places if place.current), None)
        bar += [Menu(label, places, here)] if len(places) > 1 else places
    return bar


def _is_current(url: str, path: str) -> bool:
    plain = "/" + url.strip("/").split("/", 1)[-1] if url.startswith(("/en/", "/einfach/")) else url
    # An address that ends with a slash is a room's own first page, not everything below it.
    return path.rstrip("/") == plain.rstrip("/") or (not url.endswith("/") and path.startswith(f"{plain}/"))
