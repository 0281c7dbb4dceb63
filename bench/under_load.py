"""Throughput of a real server: lists, details and posts a second, CPU a page, bytes of a first visit."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from bench.posts import posts
from bench.server import HOST, Server, load, serving

if TYPE_CHECKING:
    from pathlib import Path

    from bench.table import Table

SECONDS = 12.0
CLIENTS = 8
_ASSET = re.compile(r'(?:href|src)="(/(?:static/|theme-)[^"]+\.(?:css|js)[^"]*)"')
_NUMBER = re.compile(r'href="(/beitrag/\d+[^"#]*)"')


def load_figures(table: Table, folder: Path, size: int) -> None:
    """Measure against a copy of the city of this size, so that posts do not change it."""
    data = folder / "load"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(folder / str(size), data)
    with serving(data, HOST) as server:
        _pages(table, server, size)
        _bytes(table, server, size)
        rate, uids, refused = posts(server, clients=16, seconds=SECONDS)
        table.add("posts with 16 clients, each on disk", size, rate, "a second", aim="100", holds=rate >= 100)
        table.add("posts refused", size, refused, "posts", aim="0", holds=refused == 0)
        assert uids
    shutil.rmtree(data, ignore_errors=True)


def _pages(table: Table, server: Server, size: int) -> None:
    _status, body, _headers = server.get("/entdecken")
    details = sorted(set(_NUMBER.findall(body.decode())))
    assert details
    for name, paths, aim in (("empty page", ["/health"], None), ("list", ["/entdecken"], 100), ("detail", details, 150)):
        load(server, paths, clients=CLIENTS, seconds=2)
        rate, cpu = load(server, paths, clients=CLIENTS, seconds=SECONDS)
        table.add(f"{name} for a guest: pages", size, rate, "a second", aim=str(aim or ""), holds=rate >= aim if aim else None)
        table.add(f"{name} for a guest: server CPU", size, cpu, "ms")


def _bytes(table: Table, server: Server, size: int) -> None:
    """The list page with its styles, scripts and the fonts it needs at once; the map loads after and is not counted."""
    connection, accept = server.connect(), {"Accept-Encoding": "br, gzip"}
    _status, body, _headers = server.get("/entdecken")
    html = len(server.get("/entdecken", connection, **accept)[1])
    total = html
    css = ""
    for path in sorted(set(_ASSET.findall(body.decode()))):
        raw = server.get(path, connection, **accept)[1]
        total += len(raw)
        if path.endswith(".css"):
            css += server.get(path)[1].decode()
    latin = sorted(set(re.findall(r"url\(([^)]*latin[^)]*\.woff2)\)", css)))
    fonts = sum(len(server.get("/static/kit/" + name.strip("\"'./"))[1]) for name in latin)
    table.add("list page, HTML alone, compressed", size, html / 1000, "KB")
    table.add(
        "list page, first visit, compressed, fonts included",
        size,
        (total + fonts) / 1000,
        "KB",
        aim="at most 150",
        holds=total + fonts <= 150_000,
    )
