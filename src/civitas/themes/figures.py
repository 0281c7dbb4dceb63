"""The kept figures of themes: how many voices and places, from which weeks and areas, and which words many of them use.

Counted from scratch each time something about the voices changed (`count_theme`), so that nothing can drift.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from civitas.contributions.models import Contribution
from civitas.contributions.queries import Filters, listed
from civitas.contributions.words import indexed_words, named_words
from civitas.themes.models import Theme, ThemeFigure
from civitas.themes.queries import MOST_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City

Dimension = ThemeFigure.Dimension
# A word that fewer voices use says little, and may be somebody's name.
FEWEST_VOICES = 3
SHORTEST_WORD = 4
_SAMPLE = 300
_CANDIDATES = 200


def count_theme(city: City, key: int) -> None:
    """Count the figures of a theme anew, while its row is held, so that no older count replaces a newer one; safe to run twice."""
    theme: Theme | None = Theme.objects.of(city).filter(pk=key).first()
    if theme is None:
        return
    words = _words(city, theme)  # takes long, and nothing hangs on a word more or less
    with transaction.atomic():
        Theme.objects.of(city).select_for_update(of=("self",)).get(pk=key)
        voices, places, figures = _counted(city, theme)
        rows = [*figures, *words]
        Theme.objects.of(city).filter(pk=key).update(voice_count=voices, place_count=places)
        ThemeFigure.objects.of(city).filter(theme=theme).delete()
        made = [ThemeFigure(city=city, theme=theme, dimension=dimension, value=value, count=count) for dimension, value, count in rows]
        ThemeFigure.objects.bulk_create(made, batch_size=500)


def week_of(moment: dt.datetime) -> str:
    """The Monday of a moment's week in the city's time, as 2026-05-04."""
    day = timezone.localdate(moment)
    return (day - dt.timedelta(days=day.weekday())).isoformat()


def miscounts(city: City) -> list[str]:
    """Where kept figures differ from a count from scratch, and themes of which nothing is kept."""
    faults = [f"theme of contribution {key} is not kept" for key in _missing(city)]
    for theme in Theme.objects.of(city).order_by("pk"):
        voices, places, figures = _counted(city, theme)
        if (theme.voice_count, theme.place_count) != (voices, places):
            faults.append(f"theme {theme.pk}: kept {theme.voice_count}/{theme.place_count}, counted {voices}/{places}")
        kept = ThemeFigure.objects.of(city).filter(theme=theme).exclude(dimension=Dimension.WORD)
        if set(kept.values_list("dimension", "value", "count")) != {(str(name), value, count) for name, value, count in figures}:
            faults.append(f"theme {theme.pk}: weeks or areas differ")
    return faults


def mend(city: City) -> None:
    """Keep what is missing, and count every theme anew."""
    keep_themes(city, _missing(city))
    for key in list(Theme.objects.of(city).order_by("pk").values_list("pk", flat=True)):
        count_theme(city, key)


def keep_themes(city: City, contributions: Iterable[int]) -> None:
    """Begin to keep figures of these contributions, where nobody does yet."""
    rows = Contribution.objects.of(city).filter(pk__in=list(contributions), kind=Contribution.Kind.THEME)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    Theme.objects.bulk_create([Theme(city=city, contribution_id=key) for key in keys], ignore_conflicts=True)


def _missing(city: City) -> list[int]:
    known = Theme.objects.of(city).values("contribution")
    rows = Contribution.objects.of(city).filter(kind=Contribution.Kind.THEME).exclude(pk__in=known)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _counted(city: City, theme: Theme) -> tuple[int, int, list[tuple[str, str, int]]]:
    """Voices, places, and the figures by week and area; one query."""
    weeks: Counter[str] = Counter()
    areas: Counter[str] = Counter()
    voices = places = 0
    rows = listed(city, Filters(gathered_in=theme.contribution_id)).order_by().values_list("given_at", "area_id", "lat")
    for given_at, area, lat in rows.iterator(chunk_size=2_000):
        voices += 1
        places += lat is not None
        weeks[week_of(given_at)] += 1
        if area:
            areas[str(area)] += 1
    figures = [(Dimension.WEEK.value, value, count) for value, count in sorted(weeks.items())]
    return voices, places, figures + [(Dimension.AREA.value, value, count) for value, count in sorted(areas.items())]


def _words(city: City, theme: Theme) -> list[tuple[str, str, int]]:
    """The nouns that most voices use, as they write them most, each with the number of voices."""
    rows = listed(city, Filters(gathered_in=theme.contribution_id)).order_by("-newest_key")
    held: Counter[str] = Counter()
    for words in indexed_words(city, rows.values_list("newest_key", flat=True)):
        held.update(words)
    names = _nouns(rows.only("city_id", "title", "text", "language")[:_SAMPLE])
    often = [(word, count) for word, count in held.most_common(_CANDIDATES) if count >= FEWEST_VOICES and word in names]
    found: dict[str, int] = {}
    for word, count in sorted(often, key=lambda each: (-each[1], each[0])):
        name = names[word]
        if SHORTEST_WORD <= len(name) <= 60:
            found.setdefault(name, count)
    return [(Dimension.WORD.value, name, count) for name, count in list(found.items())[:MOST_WORDS]]


def _nouns(rows: Iterable[Contribution]) -> dict[str, str]:
    """For each lemma that is mostly written with a capital letter within a sentence, the way it is written most."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = {}
    for row in rows:
        for text in (row.title, row.text):
            begins = True
            for piece, lemma in named_words(text, row.language):
                if not lemma:
                    begins = any(sign in piece for sign in '.!?:\n„“"»«')
                    continue
                if not begins:
                    (capital if piece[0].isupper() else small)[lemma] += 1
                forms.setdefault(lemma, Counter())[piece] += 1
                begins = False
    return {lemma: forms[lemma].most_common(1)[0][0] for lemma, count in capital.items() if count > small[lemma] and not lemma.isdigit()}
