"""The frame round a board in a page: what its template and its elements need, for live boards and for those to try out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civitas.boards.calm import WRITES
from civitas.boards.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from civitas.boards.calm import Calm


def frame(
    uid: str,
    title: str,
    *,
    note: str = "",
    question: str = "",
    back_url: str = "",
    live: str = "",
    seat: str = "",
    seats: Mapping[str, tuple[str, str]] | None = None,
    charter: Mapping[str, Any] | None = None,
    canvas: Mapping[str, Any] | None = None,
    phases: Sequence[tuple[str, str]] = (),
    phase: str = "",
    ends_in: float | None = None,
    sample: Mapping[str, Any] | None = None,
    fields: Mapping[str, str] | None = None,
    media: str = "",
    upload: str = "",
    contribution: str = "",
    flag: str = "",
    pictures: str = "",
    calm: Calm = WRITES,
    prompts: Sequence[str] = (),
    invite_url: str = "",
    files: Sequence[tuple[str, str]] = (),
    level: int = 1,
    inset: bool = False,
) -> dict[str, Any]:
    """The context `board` of `boards/_board.html`.

    `live` is the address of the live process; without it the board is one to try out, in memory, filled from `sample`. `phases` are
    key and title of each, `ends_in` seconds, `fields` the labels of a method's short texts, `media` the address of a picture with {name}
    in it, `contribution` that of a contribution with {number}, `flag` that where a card is flagged, with {card},
    `pictures` that of what they show in words, `upload` where one is sent,
    `files` label and address of each download that the server makes, `calm` why nothing is written, `prompts` what helps who falters,
    `level` that of the heading, `inset` for a board within a page.
    """
    done = True
    steps = []
    for key, name in phases:
        done = done and key != phase
        steps.append({"key": key, "title": name, "state": "now" if key == phase else "done" if done and phase else ""})
    options = {
        "uid": uid,
        "live": live,
        "seat": seat or "me",
        "seats": seats or {},
        "canvas": canvas,
        "phase": phase,
        "ends_in": ends_in,
        "media": media,
        "upload": upload,
        "contribution": contribution,
        "flag": flag,
        "pictures": pictures,
        "fields": fields or {},
        "title": str(title),
        "calm": {"code": calm.code, "sentence": calm.sentence},
        "words": words(),
    }
    if live:
        options["seat"] = seat
    if charter is not None:
        options["charter"] = charter
    if sample is not None:
        options["sample"] = sample
    return {
        "uid": uid,
        "title": title,
        "note": note,
        "question": question,
        "back_url": back_url,
        "phases": steps,
        "fields": fields or {},
        "calm": calm,
        "prompts": prompts,
        "is_private": (charter or {}).get("drawer") == "cards",
        "invite_url": invite_url,
        "files": files,
        "upload": upload,
        "level": level,
        "inset": inset,
        "colours": COLOURS,
        "options": options,
        "script": f"board-{uid}",
        # What only a board of a step has, see boards.views.
        "change_url": "",
        "lead_url": "",
        "join_url": "",
        "puts_pictures": False,
    }


COLOURS = ("yellow", "green", "blue", "red", "white")
