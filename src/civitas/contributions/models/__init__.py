"""Contribution and what hangs on it; the counts that keep pages flat."""

from civitas.contributions.models.contributions import (
    ANSWERS,
    AUDIENCE_LENGTH,
    KEY_BITS,
    MADE,
    RESPONSE_STEPS,
    SPIN_RING,
    TITLE_LENGTH,
    WORDS,
    Contribution,
    newest_key,
    path_of,
    spin_of,
)
from civitas.contributions.models.counts import MapCell, Tally
from civitas.contributions.models.giving import Attachment, Draft
from civitas.contributions.models.history import Link, Revision, StatusEvent
from civitas.contributions.models.terms import Terms

__all__ = [
    "ANSWERS",
    "AUDIENCE_LENGTH",
    "KEY_BITS",
    "MADE",
    "RESPONSE_STEPS",
    "SPIN_RING",
    "TITLE_LENGTH",
    "WORDS",
    "Attachment",
    "Contribution",
    "Draft",
    "Link",
    "MapCell",
    "Revision",
    "StatusEvent",
    "Tally",
    "Terms",
    "newest_key",
    "path_of",
    "spin_of",
]
