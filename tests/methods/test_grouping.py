"""How proposed groups are called: by the thing that many begin with, as somebody would write it on a card."""

from __future__ import annotations

import pytest

from civitas.methods.cluster.grouping import propose_groups

OTHERS = (
    "Wochenmarkt auch am Abend\nIch arbeite bis sechs und komme sonst nie hin.",
    "Trinkbrunnen am Platz\nIm Sommer gibt es dort kein Wasser.",
    "Bücher zum Tauschen\nEin Schrank wäre schön.",
    "Wickeltisch im Rathaus\nFamilien suchen lange danach.",
    "Schach unter der Brücke\nEin Brett aus Stein hält Wetter aus.",
)


def name_of(*texts: str) -> str:
    """The name of the one group that these make among other texts."""
    (found,) = propose_groups([*texts, *OTHERS])
    assert found.members == tuple(range(len(texts)))
    return found.name


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        # Not by what they are like, however often it is said.
        (
            "Lastenräder",
            [
                "Parkplatz für Lastenräder\nLastenräder sind oft sperrig und stehen im Weg.",
                "Mehr Lastenräder leihen\nLastenräder sind sperrig, aber nützlich.",
                "Lastenräder am Bahnhof\nSperrig, aber gut: Lastenräder.",
            ],
        ),
        # The thing and its number.
        (
            "Tempo 30",
            [
                "Tempo 30 vor der Kita\nHier darf man noch schnell fahren, das wäre wünschenswert.",
                "Tempo 30 vor der Schule\nWünschenswert wäre, dass alle langsam fahren.",
                "Tempo 30 bitte\nAlle fahren hier zu schnell.",
            ],
        ),
        # Two words that stand side by side are one name.
        (
            "Große Brunnenstraße",
            [
                "Große Brunnenstraße: zu viele Autos\nDie Große Brunnenstraße ist eng.",
                "Parken in der Große Brunnenstraße\nIn der Große Brunnenstraße ist kein Platz.",
            ],
        ),
        # As it would stand on a card: in no dative.
        ("Besucher", ["Besuchern helfen\nBesuchern fehlt hier etwas.", "Mehr von Besuchern hören\nBesuchern hilft das."]),
        # What says little stands in no name, and no abbreviation alone.
        ("Zebrastreifen", ["Zebrastreifen Planckstr\nAn der Str fehlt er.", "Zebrastreifen Daimlerstr\nAn der Str fehlt er auch."]),
    ],
)
def test_a_group_is_called_by_the_thing_that_many_begin_with(name: str, texts: list[str]) -> None:
    assert name_of(*texts) == name
