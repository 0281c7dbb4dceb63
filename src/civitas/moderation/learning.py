"""What the team taught the machine about spam: counts of words, by which a text is guessed to be advertising or not.

Naive Bayes over the words that were seen before, each by a hash with the installation's key, so that nobody reads the words back.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from django.db import connection

from civitas.moderation.alike import words_in
from civitas.moderation.models import Token
from civitas.people.sources import hashed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from civitas.cities.models import City

_ALL = 0  # the hash under which the texts themselves are counted
_MOST_TOKENS = 100
# Below that the machine has seen too little to guess.
FEWEST_SPAM, FEWEST_FINE = 3, 5
LIKELY = 0.95


def tokens_in(text: str) -> set[int]:
    """The keyed hashes of a text's first 100 different words of three letters or more."""
    words = dict.fromkeys(word for word in words_in(text) if len(word) > 2)
    return {int(hashed(f"token:{word}")[:15], 16) or 1 for word in list(words)[:_MOST_TOKENS]}


def learn(city: City, texts: Iterable[str], *, spam: int = 0, fine: int = 0) -> None:
    """Count the words of texts that the team called spam or fine by 1, or by -1 where that was taken back; in a transaction."""
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update({_ALL, *tokens_in(text)})
    rows = [(city.pk, token, spam * count, fine * count) for token, count in sorted(counts.items())]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO moderation_token (city_id, hash, spam, fine) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT (city_id, hash) DO UPDATE SET spam = moderation_token.spam + excluded.spam, "
                "fine = moderation_token.fine + excluded.fine",
                rows,
            )


def likely_spam(city: City, texts: Sequence[str]) -> list[bool]:
    """Whether each text is probably advertising, by what the team has called so; one query for all."""
    sets = [tokens_in(text) for text in texts]
    wanted = {_ALL}.union(*sets)
    rows = Token.objects.of(city).filter(hash__in=wanted).order_by("hash").values_list("hash", "spam", "fine")
    seen = {token: (max(spam, 0), max(fine, 0)) for token, spam, fine in rows}
    spam, fine = seen.get(_ALL, (0, 0))
    if spam < FEWEST_SPAM or fine < FEWEST_FINE:
        return [False] * len(sets)
    return [_guess([seen[token] for token in tokens if token in seen], spam, fine) > LIKELY for tokens in sets]


def _guess(counts: list[tuple[int, int]], spam: int, fine: int) -> float:
    """How likely (0 to 1) a text with words of these counts is spam, where both are as likely before it is read."""
    odds = sum(math.log((s + 1) / (spam + 2)) - math.log((f + 1) / (fine + 2)) for s, f in counts)
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))
