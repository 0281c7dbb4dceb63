"""Names that the house proposes: an animal and how it is, so that nobody needs their own."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from civitas.kit.languages import html_language

if TYPE_CHECKING:
    from collections.abc import Collection

# A German adjective takes the ending of its animal.
_GERMAN = [
    "mutige",
    "flinke",
    "schlaue",
    "bunte",
    "frohe",
    "wache",
    "leise",
    "starke",
    "kluge",
    "sanfte",
    "helle",
    "freche",
    "muntere",
    "neugierige",
    "fröhliche",
    "geduldige",
    "gemütliche",
    "goldene",
    "silberne",
    "türkise",
    "lila",
    "pfiffige",
]
_ANIMALS = {
    "r": [
        "Otter",
        "Biber",
        "Dachs",
        "Fuchs",
        "Igel",
        "Kranich",
        "Reiher",
        "Specht",
        "Storch",
        "Hase",
        "Luchs",
        "Uhu",
        "Wal",
        "Delfin",
        "Seehund",
        "Maulwurf",
        "Molch",
        "Falke",
        "Spatz",
    ],
    "": [
        "Möwe",
        "Robbe",
        "Eule",
        "Libelle",
        "Biene",
        "Hummel",
        "Amsel",
        "Schnecke",
        "Kröte",
        "Krabbe",
        "Schildkröte",
        "Forelle",
        "Meise",
        "Schwalbe",
        "Elster",
        "Maus",
    ],
    "s": ["Eichhörnchen", "Seepferdchen", "Rotkehlchen", "Reh", "Wiesel", "Glühwürmchen", "Rebhuhn", "Käuzchen"],
}
_ENGLISH = [
    "Brave",
    "Quick",
    "Clever",
    "Bright",
    "Happy",
    "Quiet",
    "Strong",
    "Wise",
    "Gentle",
    "Cheeky",
    "Lively",
    "Curious",
    "Merry",
    "Patient",
    "Cosy",
    "Golden",
    "Silver",
    "Turquoise",
]
_ENGLISH_ANIMALS = [
    "Otter",
    "Beaver",
    "Badger",
    "Fox",
    "Hedgehog",
    "Crane",
    "Heron",
    "Woodpecker",
    "Stork",
    "Hare",
    "Lynx",
    "Owl",
    "Whale",
    "Dolphin",
    "Seal",
    "Mole",
    "Newt",
    "Falcon",
    "Sparrow",
    "Gull",
    "Dragonfly",
    "Bee",
    "Snail",
    "Toad",
    "Crab",
    "Turtle",
    "Trout",
    "Swallow",
    "Magpie",
    "Squirrel",
    "Seahorse",
    "Robin",
    "Deer",
]
_random = random.SystemRandom()


def proposed_name(language: str, taken: Collection[str] = ()) -> str:
    """A name in the language that nobody of `taken` has; with a number where chance does not find one."""
    known = {name.casefold() for name in taken}
    for _attempt in range(20):
        name = _made(language)
        if name.casefold() not in known:
            return name
    return f"{name} {_random.randrange(2, 100)}"


def _made(language: str) -> str:
    if html_language(language) != "de":
        return f"{_random.choice(_ENGLISH)} {_random.choice(_ENGLISH_ANIMALS)}"
    ending, animal = _random.choice([(ending, animal) for ending, animals in _ANIMALS.items() for animal in animals])
    adjective = _random.choice(_GERMAN)
    if adjective != "lila":
        adjective += ending
    return f"{adjective.capitalize()} {animal}"
