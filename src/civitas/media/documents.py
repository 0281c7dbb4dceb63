"""Documents: PDF, written anew without metadata and without anything that acts by itself."""

from __future__ import annotations

import json
import shutil
import tempfile
from functools import cache
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING, NamedTuple

from civitas.media.apart import run_apart
from civitas.media.bounds import HEAVY
from civitas.media.faults import Fault, Faulty
from civitas.media.limits import DOCUMENT_PAGES
from civitas.media.washing import LOCKED, TOO_MANY_PAGES
from civitas.outbox.tasks import TaskFault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Somebody of the team waits for it, and it is a file that was washed before.
_PAGING_SECONDS = 60
_READER, _PAGER = "civitas.media.washing", "civitas.media.paging"


class Washed(NamedTuple):
    """A PDF written anew, and how many pages it has."""

    raw: bytes
    pages: int


def washed_pdf(source: IO[bytes]) -> Washed:
    """The pages of a PDF and nothing else: no metadata, scripts, forms, embedded files, actions. Raises Faulty; TaskFault: try later.

    A process of its own reads it, since a PDF can keep any parser busy for hours: it has ten seconds of work, 768 MB, and no secrets.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as made:
        shutil.copyfileobj(source, given)
        given.seek(0)
        code = run_apart(_READER, str(DOCUMENT_PAGES), given=given, made=made)
        if code == HEAVY:
            raise Faulty(Fault.UNCHECKED)
        if code == LOCKED:
            raise Faulty(Fault.LOCKED)
        if code not in {0, TOO_MANY_PAGES}:
            raise Faulty(Fault.DAMAGED)
        made.seek(0)
        count = int(made.readline())
        if code == TOO_MANY_PAGES:
            raise Faulty(Fault.MANY_PAGES, count)
        return Washed(made.read(), count)


@cache
def can_show_pages() -> bool:
    """Whether pages can be shown as pictures: pypdfium2 is there."""
    return find_spec("pypdfium2") is not None


def page_sizes(source: IO[bytes]) -> list[tuple[float, float]]:
    """Width and height of each page in points. Raises Faulty."""
    return [(wide, high) for wide, high in json.loads(_paged(source, "sizes"))]


def page_picture(source: IO[bytes], number: int, *, longest: int) -> bytes:
    """A page (counted from 1) as WebP, its longer side at most `longest` pixels. Raises Faulty."""
    return _paged(source, "show", str(number), str(longest))


def blackened_pdf(source: IO[bytes], areas: Mapping[int, Sequence[Sequence[float]]]) -> bytes:
    """The document with areas of its pages black: page (from 1) -> left, top, width, height in percent. Such a page is a picture then,
    and no text lies below it. Raises Faulty."""
    return _paged(source, "black", json.dumps(areas))


def _paged(source: IO[bytes], *arguments: str) -> bytes:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as made:
        shutil.copyfileobj(source, given)
        given.seek(0)
        try:
            code = run_apart(_PAGER, *arguments, given=given, made=made, seconds=_PAGING_SECONDS)
        except TaskFault:
            code = HEAVY
        if code:
            raise Faulty(Fault.DAMAGED)
        made.seek(0)
        return made.read()
