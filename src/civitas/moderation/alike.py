"""Finding texts that read alike: a sketch of least hashes for each (Broder 1997), and bands of it by which they are looked up."""

from __future__ import annotations

import hashlib
import re
import struct
import unicodedata

# So many least hashes make a sketch; two and two of them make a band.
SKETCH = 16
_PER_BAND = 2
_PRIME = (1 << 61) - 1
# Two texts are alike from this share of groups of three words that they have in common.
ALIKE = 0.5
# A shorter text ("I am for it") says the same as many without being a copy.
FEWEST_WORDS = 6
_MOST_WORDS = 400
_WORD = re.compile(r"[^\W\d_]+")
# Fixed numbers by which the hashes are shuffled; any will do, but they must stay.
_SHUFFLES = [(0x9E3779B97F4A7C15 * (2 * turn + 1) % _PRIME, 0xC2B2AE3D27D4EB4F * (turn + 7) % _PRIME) for turn in range(SKETCH)]


def words_in(text: str) -> list[str]:
    """The words of a text without case, accents and numbers, the first 400."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(sign for sign in folded if not unicodedata.combining(sign)))[:_MOST_WORDS]


def hash_of(text: str) -> int:
    """A text as one whole number that fits a column (63 bits)."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def sketch_of(text: str) -> bytes:
    """The least hashes of all groups of three words; b'' for a text that is too short to be a copy."""
    words = words_in(text)
    if len(words) < FEWEST_WORDS:
        return b""
    groups = {hash_of(" ".join(words[start : start + 3])) for start in range(len(words) - 2)}
    return struct.pack(f">{SKETCH}Q", *(min((a * each + b) % _PRIME for each in groups) for a, b in _SHUFFLES))


def likeness(one: bytes, other: bytes) -> float:
    """The share (0 to 1) of groups of words that two texts have in common, as their sketches estimate it."""
    if not one or len(one) != len(other):
        return 0.0
    pairs = zip(struct.unpack(f">{SKETCH}Q", one), struct.unpack(f">{SKETCH}Q", other), strict=True)
    return sum(a == b for a, b in pairs) / SKETCH


def bands_of(sketch: bytes) -> list[int]:
    """The numbers under which a sketch is looked up; texts alike share at least one of them almost surely."""
    if not sketch:
        return []
    size = _PER_BAND * 8
    parts = (sketch[start : start + size] for start in range(0, len(sketch), size))
    return [int.from_bytes(hashlib.blake2b(bytes([place]) + part, digest_size=8).digest()) >> 1 for place, part in enumerate(parts)]
