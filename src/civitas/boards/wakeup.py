"""How live processes learn that a board's log has grown: Redis (Valkey) calls them, or they look twice a second.

The log alone says what is on a board; a call that is lost costs a moment and nothing else.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

import redis
from django.conf import settings
from django.db import transaction

if TYPE_CHECKING:
    from uuid import UUID

_log = logging.getLogger(__name__)
CHANNEL = "civitas:boards"
LOOK_EVERY = 0.5


def wake_on_commit(uid: UUID) -> None:
    """Call the live processes once the transaction is on disk."""
    if settings.REDIS_URL:
        transaction.on_commit(lambda: _call(uid))


def _call(uid: UUID) -> None:
    try:
        _redis(settings.REDIS_URL).publish(CHANNEL, uid.bytes)
    except redis.RedisError as error:
        _log.warning("Redis is out of reach (%s), live processes will look by themselves", type(error).__name__)


@cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=3)
