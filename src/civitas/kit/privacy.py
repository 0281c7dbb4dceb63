"""Which figures of people are shown: none of a group under ten, and none that could be worked out by subtraction.

The rule, in the order in which it is applied to the cells of a breakdown:

1. A cell of fewer than ten people is not shown. Nobody, too, is "fewer than ten".
2. Where that leaves exactly one cell out, the smallest of the others is left out too. So whoever knows the total cannot tell how it
   is split among those that are not shown: one person moved from one of them to the other changes nothing that is published.
3. Everything that is shown is rounded to tens, totals as well. So the difference of two figures (of the year and a quarter, of the city
   and a process, of the page today and tomorrow) says nothing closer than to about ten people.

Page, table, CSV and brief print the same cells: they ask here, once, and none of them sees the exact ones. Voices are no people: each
that is counted can be read on its own page, with its day and district, so that their numbers are no secret and stand exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

Key = TypeVar("Key")
LEAST = 10


def told(count: int) -> int | None:
    """A single figure of people as it is shown, to the nearest ten; None where it is not shown."""
    return None if count < LEAST else (count + 5) // 10 * 10


def told_cells(cells: Mapping[Key, int]) -> dict[Key, int | None]:
    """The cells of a breakdown as they are shown; None for those that are not."""
    left_out = {key for key, count in cells.items() if count < LEAST}
    others = [key for key in cells if key not in left_out]
    if len(left_out) == 1 and others:
        left_out.add(min(others, key=lambda key: cells[key]))
    return {key: None if key in left_out else told(count) for key, count in cells.items()}
