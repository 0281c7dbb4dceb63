"""Documents: PDF, written anew without metadata and without anything that acts by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from typing import IO, NamedTuple

from civitas.media.faults import Fault, Faulty
from civitas.media.limits import DOCUMENT_PAGES
from civitas.media.washing import LOCKED, TOO_MANY_PAGES

# By the clock on the wall; a machine with much else to do gives its ten seconds of work over a longer time.
_PATIENCE_SECONDS = 60
_READER = "civitas.media.washing"


class Washed(NamedTuple):
    """A PDF written anew, and how many pages it has."""

    raw: bytes
    pages: int


def washed_pdf(source: IO[bytes]) -> Washed:
    """The pages of a PDF and nothing else: no metadata, scripts, forms, embedded files, actions. Raises Faulty.

    A process of its own reads it, since a PDF can keep any parser busy for hours: it has ten seconds of work, 768 MB, and no secrets.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as made:
        shutil.copyfileobj(source, given)
        given.seek(0)
        code = _run(given, made)
        if code == LOCKED:
            raise Faulty(Fault.LOCKED)
        if code not in {0, TOO_MANY_PAGES}:
            raise Faulty(Fault.DAMAGED)
        made.seek(0)
        count = int(made.readline())
        if code == TOO_MANY_PAGES:
            raise Faulty(Fault.MANY_PAGES, count)
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
