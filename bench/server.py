"""A real `civitas serve` on a free port of this machine, and load on it that ends by itself."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# The host name of the made-up city.
HOST = "bench.localhost"
_TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running site: its port, host name and processes."""

    def __init__(self, data: Path, host: str, **environment: str) -> None:
        self.port, self.host = free_port(), host
        variables = {
            **os.environ,
            "CIVITAS_DATA": str(data),
            "PORT": str(self.port),
            "LIVE_PROCESSES": "0",
            "HOST": "127.0.0.1",
            "RATE_FACTOR": "1000000",
            **environment,
        }
        log = (data / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "civitas.project.cli", "serve"], env=variables, stdout=log, stderr=log, start_new_session=True
        )
        self._wait()

    def _wait(self) -> None:
        for _ in range(300):
            try:
                if self.get("/health")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError("the server did not start; see server.log")

    def connect(self) -> http.client.HTTPConnection:
        """A connection that stays open."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def get(
        self, path: str, connection: http.client.HTTPConnection | None = None, **headers: str
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        """Status, body and headers of a page."""
        connection = connection or self.connect()
        connection.request("GET", path, headers={"Host": self.host, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def pids(self) -> list[int]:
        """The server's processes: the supervisor and all below it."""
        parents: dict[int, int] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return sorted(found)

    def cpu_seconds(self) -> float:
        """User and system time of the server's processes."""
        total = 0.0
        for pid in self.pids():
            try:
                parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            total += (int(parts[11]) + int(parts[12])) / _TICKS
        return total

    def kill(self) -> None:
        """Kill -9 of supervisor, web and worker at once."""
        pids = self.pids()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        for _ in range(100):
            if not any(Path(f"/proc/{pid}").exists() for pid in pids):
                return
            time.sleep(0.05)

    def stop(self) -> None:
        """End it kindly."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def serving(data: Path, host: str, **environment: str) -> Iterator[Server]:
    """A server for the time of a block."""
    server = Server(data, host, **environment)
    try:
        yield server
    finally:
        server.stop()


def load(server: Server, paths: list[str], *, clients: int, seconds: float) -> tuple[float, float]:
    """Pages a second and server CPU milliseconds a page, `clients` at once for `seconds`; RuntimeError on any answer but 200."""
    done, faults = [0] * clients, []
    until = time.monotonic() + seconds

    def client(index: int) -> None:
        connection, turn = server.connect(), index
        while time.monotonic() < until:
            status, _body, _headers = server.get(paths[turn % len(paths)], connection)
            if status != 200:
                faults.append(f"{paths[turn % len(paths)]}: {status}")
                return
            done[index] += 1
            turn += clients

    cpu, start = server.cpu_seconds(), time.monotonic()
    _together([partial(client, index) for index in range(clients)])
    if faults:
        raise RuntimeError(faults[0])
    elapsed = time.monotonic() - start
    return sum(done) / elapsed, (server.cpu_seconds() - cpu) * 1000 / max(1, sum(done))


def _together(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
