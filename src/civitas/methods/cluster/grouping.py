"""Which texts belong together by the words they share: a proposal for people to take, change or put away.

TF-IDF over lemmas and over pieces of long words (so that 'Radweg' and 'Fahrrad' meet), cosine, average linkage by the
nearest-neighbour chain. Sources: Salton, Buckley 1988; Murtagh 1983. It knows words, not meaning: docs/methods.md says how good it is.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from civitas.contributions.words import named_words, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Chains take n² comparisons (700 texts some two seconds): beyond this a proposal is made of the first ones only.
MOST_TEXTS = 1_000
# How alike two texts of one group are on average, at least (cosine).
ENOUGH = 0.16
# So many groups somebody looks through; of hundreds of texts a few more.
MOST_GROUPS, MOST_OF_MANY, MANY = 12, 20, 300
LARGEST_SHARE = 0.4
_PIECE, _LONG = 4, 6
_PIECE_WEIGHT = 0.35
_LABEL_WORDS = 2
# 'Str' and 'Bhf' are no names of anything, 'HVV' and 'KITA' are written as they are.
_VOWEL = re.compile(r"[aeiouyäöü]")
_LONGEST_SHORT_NAME = 5
# Words that join others and mean little alone.
_JOINING = frozenset((Path(__file__).parent / "joining.txt").read_text(encoding="utf-8").split())


@dataclass(frozen=True)
class Proposal:
    """Texts that belong together, by their place in the list, with a name of their commonest words and how alike they are (0 to 1)."""

    members: tuple[int, ...]
    name: str
    likeness: float


def propose_groups(texts: Sequence[str], *, language: str = "de") -> list[Proposal]:
    """Groups of at least two texts, the largest and most alike first; what is like nothing else stays alone."""
    texts = texts[:MOST_TEXTS]
    vectors = _vectors([_features(text, language) for text in texts])
    linked = [(tuple(sorted(members)), likeness) for members, likeness in _linked(vectors) if len(members) >= 2]
    # Two texts that say the same word for word help less than ten about one thing.
    linked.sort(key=lambda each: (-len(each[0]) * math.sqrt(each[1]), each[0]))
    found = linked[: MOST_GROUPS if len(texts) <= MANY else MOST_OF_MANY]
    overall = Counter(lemma for text in texts for lemma in set(words_of(text, language))) if found else Counter[str]()
    return [Proposal(members, _name_of([texts[each] for each in members], overall, language), likeness) for members, likeness in found]


def _features(text: str, language: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for word in words_of(text, language):
        if word in _JOINING or (len(word) < 3 and not word.isdigit()):
            continue
        counted[word] += 1
        if len(word) >= _LONG:
            for start in range(len(word) - _PIECE + 1):
                counted[f"~{word[start : start + _PIECE]}"] += 1
    return counted


def _vectors(documents: Sequence[Mapping[str, int]]) -> list[dict[str, float]]:
    known = Counter(feature for document in documents for feature in document)
    vectors = []
    for document in documents:
        weighed = {
            feature: (1 + math.log(count)) * math.log((1 + len(documents)) / known[feature]) * (_PIECE_WEIGHT if feature[0] == "~" else 1)
            for feature, count in document.items()
            if known[feature] > 1 and known[feature] <= max(2, len(documents) * LARGEST_SHARE)
        }
        # What stands in one text alone still says how much of that text is shared.
        own = sum((1 + math.log(count)) ** 2 for feature, count in document.items() if known[feature] == 1 and feature[0] != "~")
        length = math.sqrt(sum(weight * weight for weight in weighed.values()) + own)
        vectors.append({feature: weight / length for feature, weight in weighed.items()} if length else {})
    return vectors


def _likenesses(vectors: Sequence[Mapping[str, float]]) -> list[dict[int, float]]:
    holders: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, vector in enumerate(vectors):
        for feature, weight in vector.items():
            holders[feature].append((place, weight))
    alike: list[dict[int, float]] = [defaultdict(float) for _vector in vectors]
    for entries in holders.values():
        for at, (first, weight) in enumerate(entries):
            for second, other in entries[at + 1 :]:
                alike[first][second] += weight * other
                alike[second][first] += weight * other
    return alike


def _linked(vectors: Sequence[Mapping[str, float]]) -> Iterable[tuple[set[int], float]]:
    """Join the two groups that are most alike, over and over, while they are alike enough."""
    alike = _likenesses(vectors)
    members: dict[int, set[int]] = {place: {place} for place in range(len(vectors))}
    joined: dict[int, float] = {}
    largest = max(6, int(len(vectors) * LARGEST_SHARE))
    chain: list[int] = []
    closed: set[int] = set()
    while True:
        if not chain:
            start = next((place for place in members if place not in closed), None)
            if start is None:
                break
            chain.append(start)
        last = chain[-1]
        before = chain[-2] if len(chain) > 1 else None
        nearest = _nearest(alike[last], members, before, len(members[last]), largest)
        if nearest is None:
            closed.add(last)  # nothing is alike enough to it any more
            chain.clear()
        elif nearest == before:
            chain = chain[:-2]
            joined[last] = alike[last][nearest]
            _join(alike, members, last, nearest)
            closed.discard(last)
        else:
            chain.append(nearest)
    return [(group, joined.get(place, 0.0)) for place, group in members.items()]


def _nearest(alike: Mapping[int, float], members: Mapping[int, set[int]], before: int | None, size: int, largest: int) -> int | None:
    best, found = ENOUGH, None
    for place, likeness in alike.items():
        if place not in members or likeness < best or size + len(members[place]) > largest:
            continue
        if likeness > best or found is None or place == before:
            best, found = likeness, place
    return found


def _join(alike: list[dict[int, float]], members: dict[int, set[int]], kept: int, gone: int) -> None:
    """Average linkage: how alike the new group is to another is the mean over all pairs."""
    own, other = len(members[kept]), len(members[gone])
    for place in (alike[kept].keys() | alike[gone].keys()) & members.keys() - {kept, gone}:
        mean = (own * alike[kept].get(place, 0.0) + other * alike[gone].get(place, 0.0)) / (own + other)
        alike[kept][place] = alike[place][kept] = mean
    members[kept] |= members.pop(gone)
    alike[gone].clear()


def _name_of(inside: Sequence[str], overall: Mapping[str, int], language: str) -> str:
    """The words that stand in many texts of the group and in few others, as somebody wrote them; nouns where one sees them.

    A second word only where half of the texts have it in their first line; both as they are written where they stand side by side
    ('Große Brunnenstraße'), and a number that goes with the first ('Tempo 30').
    """
    written: dict[str, Counter[str]] = defaultdict(Counter)
    within: Counter[str] = Counter()
    titled: Counter[str] = Counter()
    for text in inside:
        seen = set()
        titled.update(set(words_of(text.partition("\n")[0], language)))
        for word, lemma in named_words(text, language):
            if lemma and lemma not in _JOINING and len(lemma) > 2 and not lemma.isdigit() and _VOWEL.search(lemma):
                written[lemma][word] += 1
                seen.add(lemma)
        within.update(seen)

    def names_a_thing(lemma: str) -> bool:
        # German writes nouns large wherever they stand; what begins a title or sentence is written small elsewhere.
        small = sum(count for word, count in written[lemma].items() if word[:1].islower())
        return not language.startswith("de") or small * 3 <= written[lemma].total()

    def worth(lemma: str) -> float:
        thing = 1.0 if names_a_thing(lemma) else 0.25
        # What somebody wrote in the first line is what it is about.
        about = 0.4 + titled[lemma] / len(inside)
        return about * thing * within[lemma] ** 2 / max(1, overall.get(lemma, 0)) * (1.0 if within[lemma] > 1 else 0.3)

    # What half of the texts say comes before what few say that nobody else says.
    best = sorted(within, key=lambda lemma: (within[lemma] * 2 < len(inside), -worth(lemma), lemma))[:_LABEL_WORDS]
    # A second word where half of them begin with it too, and not everybody else says it as well.
    telling = [lemma for lemma in best[1:] if titled[lemma] * 2 >= len(inside) and worth(lemma) * 3 >= worth(best[0])]
    words = [_shown(lemma, written[lemma]) for lemma in [*best[:1], *telling]]
    if len(words) > 1:
        counted = {pair: sum(pair in text for text in inside) for pair in (" ".join(words), " ".join(words[::-1]))}
        beside = max(counted, key=lambda pair: counted[pair])
        if counted[beside] > 1:
            return beside[:1].upper() + beside[1:]
        if words[1].lower() in words[0].lower() or words[0].lower() in words[1].lower():
            words = words[:1]
        # Beside a thing, what is no thing says little ('Lastenräder, Sperrig').
        words = [word for word, lemma in zip(words, best, strict=False) if names_a_thing(lemma)] or words[:1]
    return ", ".join((word[:1].upper() + word[1:]) + (_number_beside(word, inside) if word == words[0] else "") for word in words)


def _shown(lemma: str, forms: Counter[str]) -> str:
    """A word as it is written most often, but in no dative ('Besucher', and not 'Besuchern') and not shouted."""
    form = forms.most_common(1)[0][0]
    if form.lower() == f"{lemma.lower()}n":
        form = form[:-1]
    return form.capitalize() if form.isupper() and len(form) > _LONGEST_SHORT_NAME else form


def _number_beside(word: str, inside: Sequence[str]) -> str:
    """The number that half of the texts write right after a word, with a space before it; '' for none."""
    beside = Counter(number for text in inside for number in set(re.findall(rf"\b{re.escape(word)} (\d+)\b", text)))
    number, count = beside.most_common(1)[0] if beside else ("", 0)
    return f" {number}" if count * 2 >= len(inside) else ""
