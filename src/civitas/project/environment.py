"""The environment variables that Civitas reads, declared in one table; `civitas settings` prints it."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """One environment variable: name, default, and what it does."""

    name: str
    default: str
    meaning: str


TABLE = (
    Variable("CIVITAS_DATA", "var", "folder for the database, uploads and the secret key"),
    Variable("DATABASE_URL", "", "postgresql://user:password@host/name; empty: SQLite in CIVITAS_DATA"),
    Variable("SECRET_KEY", "", "signs cookies and links; empty: made once and kept in CIVITAS_DATA"),
    Variable(
        "EVIDENCE_KEY", "", "locks the evidence store, at least 32 random letters; empty: no store, but in the demo made from SECRET_KEY"
    ),
    Variable(
        "OIDC_SECRETS",
        "",
        "folder with the secrets of the cities' sign-in services, each in a file named by the city's slug",
    ),
    Variable("DEBUG", "", "1 shows errors in full and reloads templates"),
    Variable("DEMO", "", "1 adds the demo's logins and the mailbox page; never set it for a real city"),
    Variable("HOST", "127.0.0.1", "address to listen on"),
    Variable("PORT", "8000", "port to listen on"),
    Variable("BASE_HOST", "localhost", "host name(s) that list all cities, separated by commas"),
    Variable("SITE_SCHEME", "http", "http or https, as people type it"),
    Variable("PUBLIC_PORT", "", "port as people type it; empty: PORT, or none with https"),
    Variable("TRUSTED_PROXIES", "", "1 takes the client's address from X-Forwarded-For's last entry"),
    Variable("EMAIL_URL", "", "smtp://user:password@host:port; empty: the mailbox page in the demo, else the console"),
    Variable("EMAIL_FROM", "civitas@example.org", "address that mail comes from"),
    Variable("TASKS_URL", "", "redis://… wakes workers at once; empty: they look twice a second"),
    Variable("STORAGE_URL", "", "folder for uploads; empty: CIVITAS_DATA/media"),
    Variable("RATE_FACTOR", "1", "multiplies every rate limit; benches raise it"),
    Variable("PROOF_COST", "50000", "how many sums a newcomer's browser does for a text at most; 0: none, and no look at copies"),
    Variable("WEB_PROCESSES", "2", "web processes that `civitas serve` starts"),
    Variable("LIVE_PROCESSES", "1", "processes for live boards that `civitas serve` starts; 0: boards are pages only"),
    Variable("LIVE_PORT", "", "port of the live boards; empty: PORT + 1"),
    Variable(
        "LIVE_URL",
        "",
        "live boards as browsers see them, as wss://{host} where a proxy tells /live/ apart; empty: the page's host, LIVE_PORT",
    ),
    Variable("REDIS_URL", "", "redis://… wakes live processes at once; empty: they look twice a second"),
)
_BY_NAME = {variable.name: variable for variable in TABLE}


def read(name: str) -> str:
    """The variable's value or its default; KeyError for one that is not declared."""
    return os.environ.get(name, "") or _BY_NAME[name].default


def read_flag(name: str) -> bool:
    """Whether the variable is switched on."""
    return read(name).lower() in {"1", "true", "yes", "on"}
