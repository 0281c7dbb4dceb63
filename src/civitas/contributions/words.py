"""The word index: which published contributions hold these words, newest first.

SQLite uses FTS5 with the rowid as sort key, PostgreSQL a tsvector column; both hold lemmas, so 'Fahrrad' finds 'Fahrräder'.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models.expressions import RawSQL
from simplemma import Lemmatizer
from simplemma.strategies import DefaultStrategy
from simplemma.strategies.dictionaries import LOW_MEMORY_DICTIONARY_FACTORY

from civitas.contributions.models import WORDS, Contribution
from civitas.kit.rooms import rooms

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from civitas.cities.models import City

# Beyond this many matches a search is cut; the newest stay.
MOST_MATCHES = 10_000
MOST_INDEXED_WORDINGS = 500
_WORD = re.compile(r"[^\W_]+")
_LANGUAGES = {"de": "de", "en": "en", "tr": "tr", "pl": "pl", "uk": "uk"}
# German takes 20 MB this way and .05 ms a word; the package's usual dictionaries take 110 MB each, in every process.
_LEMMATIZER = Lemmatizer(lemmatization_strategy=DefaultStrategy(dictionary_factory=LOW_MEMORY_DICTIONARY_FACTORY))
_SHORTEST_PREFIX = 4
_MOST_ALTERNATIVES = 40
_MOST_WORDS = 10


@lru_cache(maxsize=100_000)
def _lemma(word: str, language: str) -> str:
    # Some lemmas are several in one ('radfahrer:innen', 'er|es|sie'): the first is kept, since the index knows single words.
    first = _WORD.match(_LEMMATIZER.lemmatize(word, lang=_LANGUAGES.get(language, "de")).lower())
    return first[0] if first else word.lower()


def words_of(text: str, language: str = "de") -> list[str]:
    """The words of a text as lemmas in lower case, in order; anything that is no letter or digit only separates."""
    return [_lemma(word.lower() if len(word) < 2 or not word[0].isupper() else word, language) for word in _WORD.findall(text)][:5_000]


def said_in(contribution: Contribution) -> str:
    """All that a contribution says: its title, answers and place."""
    return " ".join((*(getattr(contribution, name) for name in WORDS), contribution.place_name))


def words_in(contribution: Contribution) -> list[str]:
    """The words of all that a contribution says. The first look-up of each word is slow, later ones are remembered."""
    return words_of(said_in(contribution), contribution.language)


def tell_taken_out(city: City, keys: Collection[int]) -> None:
    """Words or pictures went out of these for good: what rooms made of them is made anew (`Room.on_redacted`); in that transaction."""
    rows = Contribution.objects.of(city).filter(pk__in=keys).select_related("author", "process", "step", "root")
    changed = list(rows.order_by("pk")) if keys else []
    for renew in (each for room in rooms() if changed for each in room.on_redacted):
        renew(city, changed)


def further_words(city: City, rows: Sequence[Contribution]) -> dict[int, str]:
    """What else is written in these than their own words (`Room.further_words`); what people give has no more."""
    keys = [row.pk for row in rows if row.is_made]
    found: dict[int, str] = {}
    for room in rooms() if keys else ():
        if room.further_words is not None:
            found |= room.further_words(city, keys)
    return found


def named_words(text: str, language: str = "de") -> list[tuple[str, str]]:
    """Each piece of a text with its lemma, in order: ('Ampeln', 'ampel'); what stands between words has no lemma: (', ', '')."""
    pieces, end = [], 0
    for match in _WORD.finditer(text):
        if match.start() > end:
            pieces.append((text[end : match.start()], ""))
        pieces += [(match[0], lemma) for lemma in words_of(match[0], language)]
        end = match.end()
    return [*pieces, (text[end:], "")] if end < len(text) else pieces


def words_found_in(contribution: Contribution) -> Callable[[str], bool]:
    """Whether a contribution holds all words of a search, by the rule of `matching`: without asking the index, which may come later."""
    own = set(words_in(contribution))

    def holds(form: str) -> bool:
        return form in own or (len(form) >= _SHORTEST_PREFIX and any(word.startswith(form) for word in own))

    def fits(search: str) -> bool:
        typed = _WORD.findall(search)[:_MOST_WORDS]
        return bool(typed) and all(holds(word.lower()) or holds(_lemma(word, "de")) for word in typed)

    return fits


def wordings_of(city: City, heads: Iterable[Contribution]) -> list[Contribution]:
    """The published contributions that were merged into these, at most 500; one query, none without heads."""
    keys = [row.pk for row in heads]
    rows = Contribution.objects.of(city).filter(merged_into__in=keys, visibility=Contribution.Visibility.PUBLISHED)
    return list(rows.order_by("merged_into", "newest_key")[:MOST_INDEXED_WORDINGS]) if keys else []


def index_words(city: City, contributions: Iterable[Contribution]) -> None:
    """Put these contributions' words into the index, or take them out where they are not listed any more."""
    rows = list(contributions)
    forget_words(city, [row.newest_key for row in rows if row.newest_key])
    shown = [row for row in rows if row.is_listed]
    # Whoever looks for words of a wording that was merged into another finds that one.
    merged: dict[int | None, list[str]] = {}
    for row in wordings_of(city, [row for row in shown if row.wording_count]):
        merged.setdefault(row.merged_into_id, []).extend(words_in(row))
    further = further_words(city, shown)
    texts = [(row.newest_key, [*words_in(row), *words_of(further.get(row.pk, ""), row.language), *merged.get(row.pk, [])]) for row in shown]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            own = f"c{city.pk}"
            entries = [(key, " ".join([own, *words])) for key, words in texts]
            cursor.executemany("INSERT INTO contributions_words (rowid, words) VALUES (%s, %s)", entries)
            known = sorted({word for _key, words in texts for word in words if len(word) >= _SHORTEST_PREFIX})
            cursor.executemany(
                "INSERT INTO contributions_vocabulary (city_id, word) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [(city.pk, word) for word in known],
            )
        else:
            cursor.executemany(
                "INSERT INTO contributions_words (city_id, newest_key, words) VALUES (%s, %s, to_tsvector('simple', %s))",
                [(city.pk, key, " ".join(words)) for key, words in texts],
            )


def forget_words(city: City, keys: Iterable[int]) -> None:
    """Take contributions out of the index by their `newest_key`; a word that stood in no other text leaves the vocabulary too."""
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.executemany("DELETE FROM contributions_words WHERE newest_key = %s AND city_id = %s", [(key, city.pk) for key in keys])
            return
        for key in keys:
            cursor.execute("SELECT words FROM contributions_words WHERE rowid = %s", [key])
            found = cursor.fetchone()
            if found is None:
                continue
            cursor.execute("DELETE FROM contributions_words WHERE rowid = %s", [key])
            for word in {word for word in found[0].split()[1:] if len(word) >= _SHORTEST_PREFIX}:
                both = f'"c{city.pk}" AND "{word}"'
                cursor.execute("SELECT 1 FROM contributions_words WHERE contributions_words MATCH %s LIMIT 1", [both])
                if cursor.fetchone() is None:
                    cursor.execute("DELETE FROM contributions_vocabulary WHERE city_id = %s AND word = %s", [city.pk, word])


def matching(city: City, text: str, *, before: int | None = None, most: int = MOST_MATCHES) -> RawSQL | None:
    """A subquery of the `newest_key` of contributions that hold all words of `text`, newest first, at most `most`; None without a word.

    Words of four letters or more also match as the beginning of a longer one.
    """
    # As typed and as lemma: 'Fahr' is a form of 'fahren', but its typist may mean 'Fahrrad'.
    words = [sorted({typed.lower(), _lemma(typed, "de")}) for typed in _WORD.findall(text)[:_MOST_WORDS]]
    if not words:
        return None
    if connection.vendor == "sqlite":
        query = " AND ".join([f'"c{city.pk}"', *(f"({' OR '.join(_alternatives(city, form) for form in forms)})" for forms in words)])
        until = "AND rowid < %s " if before is not None else ""
        return RawSQL(  # noqa: S611  (only placeholders and fixed words are put together)
            f"SELECT rowid FROM contributions_words WHERE contributions_words MATCH %s {until}ORDER BY rowid DESC LIMIT %s",  # noqa: S608  (as above)
            [query, *([before] if before is not None else []), most],
        )
    query = " & ".join(f"({' | '.join(_prefix(form) for form in forms)})" for forms in words)
    until = "AND newest_key < %s " if before is not None else ""
    return RawSQL(  # noqa: S611  (as above)
        "SELECT newest_key FROM contributions_words "  # noqa: S608  (as above)
        f"WHERE city_id = %s AND words @@ to_tsquery('simple', %s) {until}ORDER BY newest_key DESC LIMIT %s",
        [city.pk, query, *([before] if before is not None else []), most],
    )


def _prefix(word: str) -> str:
    return f"'{word}':*" if len(word) >= _SHORTEST_PREFIX else f"'{word}'"


def _alternatives(city: City, word: str) -> str:
    """The word and longer ones that begin with it. FTS5 walks named words in order and stops at the limit; for `word*` it
    would first gather every match, which grows with the table."""
    if len(word) < _SHORTEST_PREFIX:
        return f'"{word}"'
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM contributions_vocabulary WHERE city_id = %s AND word > %s AND word < %s ORDER BY word LIMIT %s",
            [city.pk, word, f"{word}\U0010ffff", _MOST_ALTERNATIVES],
        )
        return " OR ".join([f'"{word}"', *(f'"{longer}"' for (longer,) in cursor.fetchall())])


def indexed_words(city: City, keys: Iterable[int | None]) -> Iterator[set[str]]:
    """The words that the index holds of each of these contributions (by `newest_key`), as lemmas; a query for each 500."""
    wanted = [key for key in keys if key is not None]
    own = f"c{city.pk}"
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(f"SELECT words FROM contributions_words WHERE rowid IN ({marks})", part)  # noqa: S608  (placeholders alone)
                found = [set(words.split()) - {own} for (words,) in cursor.fetchall()]
            else:
                cursor.execute(
                    f"SELECT tsvector_to_array(words) FROM contributions_words WHERE city_id = %s AND newest_key IN ({marks})",  # noqa: S608  (as above)
                    [city.pk, *part],
                )
                found = [set(words) for (words,) in cursor.fetchall()]
        yield from found
