"""How heavy a case weighs in the queue: people's words before the machine's, and what may hurt somebody before what may wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.moderation.models import Case, Signal

if TYPE_CHECKING:
    from collections.abc import Collection

WHY = {
    Case.Why.REPORT: 1000,
    Case.Why.APPEAL: 500,
    Case.Why.FLAGGED: 300,
    Case.Why.WAITING: 100,
    Case.Why.TEAM: 50,
    Case.Why.NEW: 0,
}
PER_FLAG, MOST_FLAGS = 50, 10
SIGNALS = {
    Signal.Kind.IBAN: 90,
    Signal.Kind.PHONE: 80,
    Signal.Kind.MAIL: 70,
    Signal.Kind.PLATE: 60,
    Signal.Kind.WORDS: 80,
    Signal.Kind.SPAM: 40,
    Signal.Kind.SAME: 20,
    Signal.Kind.LINKS: 10,
    Signal.Kind.NEW: 5,
}
REPLIED = 50  # the author has answered a question, and waits


def weight_of(why: str, *, flags: int = 0, signals: Collection[str] = ()) -> int:
    """The weight of a case that is here for this reason, with so many flags and these signals."""
    return WHY[Case.Why(why)] + PER_FLAG * min(flags, MOST_FLAGS) + sum(SIGNALS[Signal.Kind(kind)] for kind in signals)
