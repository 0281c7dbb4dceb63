"""How a worker learns that there is something to do: it looks twice a second, or Redis (Valkey) calls it.

The database alone says what is to be done; a call that is lost costs a moment and nothing else.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

import redis
from django.conf import settings
from django.db import connection, transaction

if TYPE_CHECKING:
    import threading

_log = logging.getLogger(__name__)
_BELL = "civitas:outbox:bell"
_MOST_CALLS = 16
LOOK_EVERY = 0.5


def poke_on_commit() -> None:
    """Call a worker once the transaction is on disk; once a transaction is enough."""
    if settings.TASKS_URL and not any(entry[1] is _poke for entry in connection.run_on_commit):
        transaction.on_commit(_poke)


def wait_for_work(stop: threading.Event) -> None:
    """Come back when there may be something to do, at the latest after a second."""
    if not settings.TASKS_URL:
        stop.wait(LOOK_EVERY)
        return
    try:
        _bell(settings.TASKS_URL).blpop([_BELL], timeout=1)
    except redis.RedisError as error:
        _log.warning("the bell is out of reach (%s), looking by myself", type(error).__name__)
        stop.wait(LOOK_EVERY)


def _poke() -> None:
    try:
        calls = _bell(settings.TASKS_URL).pipeline()
        calls.rpush(_BELL, 1)
        calls.ltrim(_BELL, -_MOST_CALLS, -1)
        calls.execute()
    except redis.RedisError as error:
        _log.warning("the bell is out of reach (%s), workers will look by themselves", type(error).__name__)


@cache
def _bell(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=3)
