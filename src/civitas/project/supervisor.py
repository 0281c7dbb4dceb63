"""`civitas serve`: web processes, a worker process and the live boards under one parent, each started again when it dies."""

from __future__ import annotations

import _thread
import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from civitas.project.environment import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_SHORTEST_LIFE = 2.0
_PATIENCE = 15.0
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
# How many connections a process holds before newcomers wait at its door. granian counts the idle ones, too: a browser keeps up to six
# open for its next click, and by itself (backlog / workers) it would stand still once some fifty people are here.
_CONNECTIONS = "8192"


def _web(*, reload: bool) -> list[str]:
    processes = "1" if reload else read("WEB_PROCESSES")
    command = [
        sys.executable,
        "-m",
        "granian",
        "civitas.project.wsgi:application",
        "--interface",
        "wsgi",
        "--host",
        read("HOST"),
        "--port",
        read("PORT"),
    ]
    command += [
        "--workers",
        processes,
        "--blocking-threads",
        "2",
        "--backlog",
        "512",
        *("--backpressure", _CONNECTIONS),
        "--no-ws",
        "--log-level",
        "warning",
        "--respawn-failed-workers",
    ]
    return [*command, "--reload"] if reload else command


def live_command(*, processes: int) -> list[str]:
    """What serves the live boards."""
    return [
        sys.executable,
        *("-m", "granian", "civitas.project.asgi:application"),
        *("--interface", "asginl", "--ws"),
        *("--host", read("HOST"), "--port", read("LIVE_PORT") or str(int(read("PORT")) + 1)),
        *("--workers", str(processes), "--backlog", "1024", "--backpressure", _CONNECTIONS),
        *("--log-level", "warning", "--respawn-failed-workers"),
    ]


def supervise(*, reload: bool = False, ready: Callable[[], None] | None = None) -> int:
    """Run web, worker and live boards until a signal ends them; returns the exit code. Calls `ready` once the site answers."""
    commands = {"web": _web(reload=reload), "worker": [sys.executable, "-m", "civitas.project.cli", "worker"]}
    if processes := int(read("LIVE_PROCESSES")):
        commands["live"] = live_command(processes=processes)
    _allow_many_files()
    stopping = threading.Event()
    end_by_signal(stopping)
    running = {name: _start(command) for name, command in commands.items()}
    started = dict.fromkeys(running, time.monotonic())
    if ready:
        threading.Thread(target=_when_ready, args=(ready, stopping), daemon=True).start()
    while not stopping.wait(0.3):
        for name, process in running.items():
            if process.poll() is None:
                continue
            if time.monotonic() - started[name] < _SHORTEST_LIFE:
                print(f"civitas: the {name} process cannot start (exit code {process.returncode})", file=sys.stderr)
                stopping.set()
                break
            running[name], started[name] = _start(commands[name]), time.monotonic()
    failed = any(process.poll() not in {None, 0} for process in running.values())
    for process in running.values():
        process.terminate()
    deadline = time.monotonic() + _PATIENCE
    for process in running.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return int(failed)


def end_by_signal(stopping: threading.Event) -> None:
    """Have SIGTERM and SIGINT set this.

    A thread of its own sets it: `make` and `timeout` pass on a signal that the whole group got already, and a handler that is called
    while the first one holds the event's lock would wait for its own thread, and nothing would ever end.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        _thread.start_new_thread(stopping.set, ())

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _allow_many_files() -> None:
    """Let this process and those it starts open as many files, and so connections, as the machine allows; many begin with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process as head of a group of its own.

    Ctrl+C goes to a whole group: granian, hearing it beside its workers, starts them anew and hangs on.
    """
    return subprocess.Popen(command, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: S603, PLW1509  (our own programs; the child only asks one thing of the kernel)


def _end_with_parent() -> None:
    """Have Linux end this process when the supervisor is killed, so that no port stays taken; elsewhere nothing happens."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _when_ready(ready: Callable[[], None], stopping: threading.Event) -> None:
    import http.client

    while not stopping.is_set():
        host = "127.0.0.1" if read("HOST") == "0.0.0.0" else read("HOST")  # noqa: S104  (compared, not listened on)
        connection = http.client.HTTPConnection(host, int(read("PORT")), timeout=2)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                ready()
                return
        except OSError:
            stopping.wait(0.2)
        finally:
            connection.close()


def work(*, once: bool) -> None:
    """The worker: drain what is due, or loop until SIGTERM."""
    from civitas.outbox.worker import run_due, run_worker

    if once:
        run_due()
        return
    stop = threading.Event()
    end_by_signal(stop)
    os.nice(10)  # heavy text work gives way to people's requests
    run_worker(stop)
