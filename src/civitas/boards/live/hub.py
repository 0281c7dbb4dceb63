"""The hub of a live process: its open boards, and what comes from other processes."""

from __future__ import annotations

import asyncio
import json
import logging
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import redis
from django.conf import settings
from django.db import DatabaseError
from redis import asyncio as redis_asyncio

from civitas.boards.live.door import let_in
from civitas.boards.live.keeper import KeptBoard, Outcome
from civitas.boards.live.standings import ended_among, take_pulses
from civitas.boards.live.tables import Table
from civitas.boards.live.threads import Threads
from civitas.boards.wakeup import CHANNEL, LOOK_EVERY
from civitas.cities.queries import with_rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from civitas.boards.live.door import Visit
    from civitas.boards.live.standings import Look, Pulse
    from civitas.boards.models import Board
    from civitas.cities.models import City

_log = logging.getLogger(__name__)
_PLACES = f"{CHANNEL}:places"
_EMPTY_SECONDS = 20.0  # a board that nobody has open is kept so long
_AT_THE_DOOR = 2  # threads


class Hub:
    """Everything that is open in this process. Its methods run in the event loop; what reads or writes rows runs in threads."""

    def __init__(self) -> None:
        self.tables: dict[UUID, Table] = {}
        self._opening: dict[UUID, asyncio.Task[Table]] = {}
        self._empty_since: dict[UUID, float] = {}
        self._pulses: dict[int, Pulse] = {}
        self._keeper = Threads("keeper")
        self._door = Threads("door", count=_AT_THE_DOOR)
        self._id = hex(id(self))
        self._tasks = [asyncio.create_task(self._keep_looking())]
        self._redis: redis_asyncio.Redis | None = None
        if settings.REDIS_URL:
            self._redis = redis_asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1)
            self._tasks.append(asyncio.create_task(self._keep_listening(self._redis)))

    async def let_in(self, scope: Mapping[str, Any]) -> Visit:
        """Who comes over a socket. Raises Turned."""
        return await self._door.run(let_in, scope)

    async def table(self, visit: Visit) -> Table:
        """The board of a visit, opened if it is not."""
        uid = visit.board.uid
        if uid not in self.tables:
            if uid not in self._opening:
                self._opening[uid] = asyncio.create_task(self._open(visit.board))
                self._opening[uid].add_done_callback(lambda _task: self._opening.pop(uid, None))
            await asyncio.shield(self._opening[uid])
        table = self.tables[uid]
        self._empty_since.pop(uid, None)
        table.expect(visit.standing)
        await self._keeper.run(table.kept.enter, visit.standing, as_citizen=visit.actor.as_citizen)
        return table

    async def _open(self, board: Board) -> Table:
        kept = await self._keeper.run(KeptBoard, board)
        table = Table(self._keeper, kept, await self._keeper.run(kept.look, []), tell_others=partial(self._tell_others, board.uid))
        self.tables[board.uid] = table
        return table

    # Looking by itself, and being called.

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self._look()
            except DatabaseError as error:
                _log.warning("the database is out of reach (%s)", type(error).__name__)
            except Exception:  # noqa: BLE001  (a fault at one board must not end the looking)
                _log.exception("looking after the boards failed")

    async def _look(self) -> None:
        """See what has changed: the logs, and what decides over rights; let empty boards go."""
        now = asyncio.get_running_loop().time()
        by_city: dict[City, list[Table]] = {}
        for uid, table in list(self.tables.items()):
            if table.lines:
                by_city.setdefault(table.kept.city, []).append(table)
                table.check_lines()
            elif now - self._empty_since.setdefault(uid, now) > _EMPTY_SECONDS:
                del self.tables[uid], self._empty_since[uid]
                self._pulses.pop(table.kept.key, None)
        sessions = {each for tables in by_city.values() for table in tables for each in table.sessions()}
        ended = await self._keeper.run(ended_among, sessions)
        for city, tables in by_city.items():
            people = {table.kept.key: table.participants() for table in tables}
            pulses = await self._keeper.run(take_pulses, city, people)
            for table in tables:
                pulse = pulses.get(table.kept.key)
                if pulse is not None:
                    table.end_left(ended, pulse.with_account)
                    await self._feel(table, pulse)

    async def _feel(self, table: Table, pulse: Pulse) -> None:
        last = self._pulses.get(table.kept.key)
        self._pulses[table.kept.key] = pulse
        if pulse.sequence > table.sequence:
            table.settle(await self._keeper.run(table.kept.follow))
        if last is None or pulse.rules != last.rules:
            table.end_blocked(await self._keeper.run(with_rules, table.kept.city, pulse.rules))
        known = last.people if last else {}
        if last is None or pulse.board != last.board or any(known.get(key, state) != state for key, state in pulse.people.items()):
            await self._see(table)

    async def _see(self, table: Table) -> None:
        look: Look = await self._keeper.run(table.kept.look, table.people())
        table.see(look)

    async def _keep_listening(self, client: redis_asyncio.Redis) -> None:
        pause = 1.0
        while True:
            try:
                async with client.pubsub(ignore_subscribe_messages=True) as calls:
                    await calls.subscribe(CHANNEL, _PLACES)
                    pause = 1.0
                    async for call in calls.listen():
                        await self._hear(call["channel"].decode(), call["data"])
            except (redis.RedisError, OSError) as error:
                _log.warning("Redis is out of reach (%s), looking by myself", type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(30.0, pause * 2)
            except Exception:  # noqa: BLE001  (as above)
                _log.exception("a call could not be followed")

    async def _hear(self, channel: str, data: bytes) -> None:
        if channel == _PLACES:
            sender, uid, rows = json.loads(data)
            if sender != self._id and (table := self._by_hex(uid)):
                table.hear_places(rows)
            return
        table = self._by_hex(data.hex())
        if table is not None and table.lines:
            outcome: Outcome = await self._keeper.run(table.kept.follow)
            table.settle(outcome)

    def _by_hex(self, uid: str) -> Table | None:
        return next((table for key, table in self.tables.items() if key.hex == uid), None)

    def _tell_others(self, uid: UUID, rows: Sequence[Sequence[Any]]) -> None:
        """Tell other processes where people of this one are."""
        if self._redis is not None and rows:
            message = json.dumps([self._id, uid.hex, rows])
            self._tasks.append(asyncio.create_task(self._publish(self._redis, message)))
            self._tasks = [task for task in self._tasks if not task.done()]

    async def _publish(self, client: redis_asyncio.Redis, message: str) -> None:
        try:
            await client.publish(_PLACES, message)
        except (redis.RedisError, OSError):
            return


@cache
def hub() -> Hub:
    """The one of this process, made in its event loop."""
    return Hub()
