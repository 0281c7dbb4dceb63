"""Documents: PDF, written anew without metadata and without anything that acts by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from typing import IO, TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from civitas.media.limits import DOCUMENT_PAGES
from civitas.media.pictures import refused
from civitas.media.washing import LOCKED, TOO_MANY_PAGES

if TYPE_CHECKING:
    from civitas.kit.verdicts import Refused

# By the clock on the wall; a machine with much else to do gives its ten seconds of work over a longer time.
_PATIENCE_SECONDS = 60
_READER = "civitas.media.washing"


class Washed(NamedTuple):
    """A PDF written anew, and how many pages it has."""

    raw: bytes
    pages: int


def washed_pdf(source: IO[bytes]) -> Washed:
    """The pages of a PDF and nothing else: no metadata, scripts, forms, embedded files, actions. Raises Refused.

    A process of its own reads it, since a PDF can keep any parser busy for hours: it has ten seconds of work, 768 MB, and no secrets.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as made:
        shutil.copyfileobj(source, given)
        given.seek(0)
        code = _run(given, made)
        if code == LOCKED:
            raise refused(_("This PDF is locked with a password. Please save it without one."))
        if code not in {0, TOO_MANY_PAGES}:
            raise _damaged()
        made.seek(0)
        count = int(made.readline())
        if code == TOO_MANY_PAGES:
            figures = {"limit": DOCUMENT_PAGES, "count": count}
            raise refused(_("This PDF has %(count)d pages; at most %(limit)d are possible.") % figures)
        return Washed(made.read(), count)


def _run(given: IO[bytes], made: IO[bytes]) -> int:
    command = [sys.executable, "-m", _READER, str(DOCUMENT_PAGES)]
    # Nothing of ours but where the code lies: neither keys nor the database's address.
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    try:
        done = subprocess.run(  # noqa: S603  (our own program, by its name)
            command, stdin=given, stdout=made, stderr=subprocess.DEVNULL, env=environment, timeout=_PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return -1
    return done.returncode


def _damaged() -> Refused:
    return refused(_("This PDF seems to be damaged. Please save it once more and try again."))
