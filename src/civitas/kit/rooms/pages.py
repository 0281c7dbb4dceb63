"""What a room shows on pages that other rooms frame: navigation, sections, the stations of a story, calls of the cockpit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from django.utils.functional import _StrPromise

StaffMenu = Literal["contributions", "processes", "city"]


@dataclass(frozen=True)
class NavItem:
    """An entry of the main or staff navigation. `module` is the city's module that must be switched on ('' = always)."""

    label: str | _StrPromise
    url_name: str
    module: str = ""
    may: Callable[[Any], bool] | None = None  # takes the Actor; staff entries show only to whom it says yes
    order: int = 100
    count: Callable[[Any], int] | None = None  # takes the Actor: how much is new behind this tab; 0 shows nothing
    also: tuple[str, ...] = ()  # where its pages begin besides below its own address, as "/verwaltung/vorlagen"
    menu: StaffMenu | Literal[""] = ""  # of the team's bar, or '' for a place that stands in the bar itself


# The menus of the team's bar, in this order behind the places that stand in the bar itself.
STAFF_MENUS: Mapping[StaffMenu, str | _StrPromise] = {
    "contributions": _("Contributions"),
    "processes": _("Processes"),
    "city": _("City"),
}


@dataclass(frozen=True)
class ContributionSection:
    """What a room shows on a contribution's page. `render(request, contribution)` gives safe HTML, '' for nothing.

    `place` is 'head' (above the title: what its author has to know or answer), 'body' (bands below the text: what a kind has besides its
    words, as a theme's voices), 'meet' (a band of its own below that) or 'foot' (a small tool beside author's and team's); lower `order`
    first. `paper(request, contribution)` is what stands of it when the contribution is printed.
    """

    place: str
    render: Callable[[Any, Any], str]
    order: int = 100
    paper: Callable[[Any, Any], str] | None = None


@dataclass(frozen=True)
class Station:
    """Something that happened to a contribution, as its story tells it: when, what (a short sentence), why or in which words ('' = none),
    who decided ('' = nobody named), and where more stands (a path without language, '' = nowhere).

    `tone` is 'good', 'bad', 'change' or '' (neither). What reports tell has a `subject` ('gate-7', '' = no report tells it), of which the
    last station holds, and the `key` of its row, by which a report finds it again.
    """

    at: dt.datetime
    title: str
    text: str = ""
    who: str = ""
    path: str = ""
    tone: Literal["good", "bad", "change", ""] = ""
    subject: str = ""
    key: int = 0


@dataclass(frozen=True)
class MySection:
    """A part of "my page": `render(request, participant)` gives safe HTML that begins with a heading of level 2, or '' for nothing.

    The participant is None for who is signed in but has not taken part here yet. Lower `order` first; `column` is where it
    stands on a wide screen: what became of things in the middle, what one keeps at hand beside it.
    """

    render: Callable[[Any, Any], str]
    order: int = 100
    column: Literal["main", "side"] = "main"
    module: str = ""


@dataclass(frozen=True)
class Call:
    """Something that waits for whoever steers: what it is (with its number), a sentence more, and what to do about it.

    `path` is where that is done, `verb` what the button says. `late` is what a promise was missed for; higher `weight` comes first.
    """

    title: str
    text: str
    path: str
    verb: str
    icon: str = "letter"
    late: bool = False
    weight: int = 0
