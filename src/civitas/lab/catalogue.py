"""The wall of cards: each method as a tile, and the filters that stand in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from civitas.kit.folding import folded
from civitas.lab.drawings import drawing_of
from civitas.processes.registry import Method, Mode, Pattern, methods

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.functional import _StrPromise
    from django.utils.safestring import SafeString

# From the first voice to the firm promise; the words are those of the wall.
PATTERNS: dict[Pattern, str | _StrPromise] = {
    Pattern.GENERATE: gettext_lazy("Collect"),
    Pattern.ORGANISE: gettext_lazy("Organise"),
    Pattern.CLARIFY: gettext_lazy("Clarify"),
    Pattern.PRODUCE: gettext_lazy("Build"),
    Pattern.REDUCE: gettext_lazy("Narrow down"),
    Pattern.EVALUATE: gettext_lazy("Evaluate"),
    Pattern.COMMIT: gettext_lazy("Commit"),
}
# Where it runs: word and sign.
MODES: dict[Mode, tuple[str | _StrPromise, str]] = {
    Mode.ONLINE: (gettext_lazy("Online"), "globe"),
    Mode.LIVE: (gettext_lazy("Live"), "play"),
    Mode.ON_SITE: (gettext_lazy("On site"), "pin"),
}
# How many people: smallest and largest group that has to fit in.
SIZES: dict[str, tuple[str | _StrPromise, int]] = {
    "small": (gettext_lazy("Small group"), 6),
    "large": (gettext_lazy("Large group"), 60),
}
MINUTES: dict[str, tuple[str | _StrPromise, int | None]] = {
    "30": (gettext_lazy("Up to 30 min"), 30),
    "60": (gettext_lazy("Up to 60 min"), 60),
    "days": (gettext_lazy("Over days"), None),
}
LONGEST_WORDS = 80


@dataclass(frozen=True)
class Tile:
    """One card of the wall."""

    key: str
    name: str
    hook: str
    pattern: str
    minutes: str
    people: str
    modes: list[tuple[str, str]]  # word, sign
    picture: SafeString


@dataclass(frozen=True)
class Chip:
    """A filter's value: its word and sign, the address that sets it or takes it away, how many cards it leaves (None = unsaid)."""

    label: str
    url: str
    current: bool
    count: int | None = None
    sign: str = ""


@dataclass(frozen=True)
class Asked:
    """What the address asks for; a value that nobody knows is as good as none."""

    pattern: str = ""
    mode: str = ""
    size: str = ""
    time: str = ""
    words: str = ""

    @property
    def values(self) -> dict[str, str]:
        """What is set, by name."""
        return {name: value for name, value in vars(self).items() if value}

    def query(self, **changes: str) -> str:
        """The address's query with these values changed; '' takes one away."""
        kept = {name: value for name, value in {**self.values, **changes}.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


def read_asked(query: Mapping[str, str]) -> Asked:
    """The filters of an address."""

    def known(name: str, values: Iterable[str]) -> str:
        value = query.get(name, "")
        return value if value in values else ""

    return Asked(
        pattern=known("pattern", PATTERNS),
        mode=known("mode", MODES),
        size=known("size", SIZES),
        time=known("time", MINUTES),
        words=" ".join(query.get("words", "").split())[:LONGEST_WORDS],
    )


def ordered_methods() -> list[Method]:
    """Every method, from collecting to committing, then by name."""
    order = list(PATTERNS)
    return sorted(methods().values(), key=lambda method: (order.index(method.pattern), str(method.name)))


def found(asked: Asked) -> list[Method]:
    """The methods that fit."""
    return [method for method in ordered_methods() if fits(method, asked)]


def fits(method: Method, asked: Asked) -> bool:
    """Whether a method fits every filter."""
    return (
        asked.pattern in ("", method.pattern)
        and (not asked.mode or asked.mode in method.modes)
        and (not asked.size or _takes(method, SIZES[asked.size][1]))
        and (not asked.time or _lasts(method, MINUTES[asked.time][1]))
        and all(word in _said(method) for word in folded(asked.words).split())
    )


def _takes(method: Method, people: int) -> bool:
    low, high = method.group_size
    return low <= people and (high is None or people <= high)


def _lasts(method: Method, minutes: int | None) -> bool:
    low, high = method.duration
    if minutes is None:
        return Mode.ONLINE in method.modes
    return high is not None and low <= minutes


def _said(method: Method) -> str:
    pattern = PATTERNS[method.pattern]
    return folded(" ".join(map(str, (method.name, pattern, *method.card.texts))))


def tile_of(method: Method) -> Tile:
    """A method as a card of the wall."""
    return Tile(
        key=method.key,
        name=str(method.name),
        hook=str(method.card.hook or method.card.intent),
        pattern=str(PATTERNS[method.pattern]),
        minutes=minutes_of(method),
        people=people_of(method),
        modes=[(str(word), sign) for mode, (word, sign) in MODES.items() if mode in method.modes],
        picture=drawing_of(method),
    )


def minutes_of(method: Method) -> str:
    """How long it takes, in words: '20–40 min', 'over days'."""
    low, high = method.duration
    if high is None:
        return _("over days")
    return _("%(minutes)s min") % {"minutes": low if low == high else f"{low}–{high}"}


def people_of(method: Method) -> str:
    """How many people, in words: '3–40', 'any number'."""
    low, high = method.group_size
    if high is None:
        return _("any number") if low == 1 else _("from %(number)s") % {"number": low}
    return str(low) if low == high else f"{low}–{high}"


def pattern_chips(asked: Asked, path: str) -> list[Chip]:
    """The patterns that have a card under the other filters, 'all' first."""
    others = found(Asked(**{**vars(asked), "pattern": ""}))
    chips = [Chip(_("All"), path + asked.query(pattern=""), not asked.pattern, len(others))]
    for pattern, word in PATTERNS.items():
        count = sum(method.pattern is pattern for method in others)
        if count or asked.pattern == pattern:
            chips.append(Chip(str(word), path + asked.query(pattern=pattern), asked.pattern == pattern, count))
    return chips


def more_chips(asked: Asked, path: str) -> list[Chip]:
    """Mode, time and size: a press sets one, a second press takes it away."""
    signed = [
        *(("mode", mode.value, word, sign) for mode, (word, sign) in MODES.items()),
        *(("time", value, word, "clock") for value, (word, _minutes) in MINUTES.items()),
        *(("size", value, word, "people") for value, (word, _people) in SIZES.items()),
    ]
    return [
        Chip(
            str(word),
            path + asked.query(**{name: "" if asked.values.get(name) == value else value}),
            asked.values.get(name) == value,
            None,
            sign,
        )
        for name, value, word, sign in signed
    ]


def said_of(total: int) -> str:
    """How many cards, in words."""
    return ngettext(
        "%(number)s building block, from collecting to committing", "%(number)s building blocks, from collecting to committing", total
    ) % {"number": total}
