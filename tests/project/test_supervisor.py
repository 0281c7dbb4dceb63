"""`civitas serve` as real processes: a killed part comes back, the end is clean, and nothing is left when the parent is killed."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.tables import with_tables

PARTS = 3  # web, worker, live boards


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _children(pid):
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(entry.name))
    return sorted(found)


def _below(pid):
    found, front = [], [pid]
    while front:
        front = [child for each in front for child in _children(each)]
        found += front
    return found


def _wait(condition, *, seconds=60):
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.1)
    return found


@pytest.fixture
def server(tmp_path):
    shutil.copyfile(with_tables(), tmp_path / "civitas.sqlite3")
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    environment |= {"CIVITAS_DATA": str(tmp_path), "PORT": str(port), "LIVE_PORT": str(_free_port()), "WEB_PROCESSES": "1"}
    process = subprocess.Popen([sys.executable, "-m", "civitas.project.cli", "serve"], env=environment, stderr=subprocess.DEVNULL)

    def answers():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    process.port, process.answers = port, answers
    try:
        _wait(answers, seconds=300)  # which takes a while on a machine with much else to do
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


def test_a_killed_part_comes_back_and_the_end_is_clean(server):
    before = _wait(lambda: len(_children(server.pid)) == PARTS and _children(server.pid))
    time.sleep(2.1)  # what dies in its first two seconds is taken as unable to start
    served_by = _below(server.pid)
    assert len(served_by) > 2, "granian has a process of its own below the one we started"
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    _wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in served_by))
    after = _wait(lambda: len(found := [pid for pid in _children(server.pid) if pid not in before]) == PARTS and found)
    _wait(server.answers)
    server.terminate()
    assert server.wait(30) == 0
    _wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in after))


def test_idle_lines_keep_nobody_out_and_nothing_is_left_when_the_supervisor_is_killed(server):
    idle = []
    try:
        for _ in range(700):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            connection.request("GET", "/health")
            connection.getresponse().read()
            idle.append(connection)
        assert server.answers()
    finally:
        for connection in idle:
            connection.close()
    children = _wait(lambda: len(_below(server.pid)) > 2 and _below(server.pid))
    server.kill()
    server.wait(10)
    _wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
    assert not server.answers()


TWO_SIGNALS = """
import os, signal, threading
from civitas.project.supervisor import end_by_signal
stopping = threading.Event()
end_by_signal(stopping)
with stopping._cond:  # as the first signal's handler holds it
    os.kill(os.getpid(), signal.SIGTERM)
assert stopping.wait(10)
print("ended")
"""


def test_a_second_signal_while_the_first_is_handled_ends_it_too():
    ended = subprocess.run([sys.executable, "-c", TWO_SIGNALS], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.stdout, ended.stderr) == ("ended\n", "")
