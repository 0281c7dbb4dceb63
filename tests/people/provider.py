"""A sign-in service of a city (OpenID Connect) as a process of its own that speaks HTTP, honestly or not.

    python tests/people/provider.py PORT    (0: a free one; the first line it prints is its port)

What it does is told over HTTP too: POST /control takes JSON, of which `answers` change what tokens say, `rotate` its keys, `mood` the
endpoint that hangs, talks nonsense, is huge, drips, leads elsewhere or fails; GET /seen counts what it was asked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import secrets
import sys
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT, SECRET = "civitas-hamburg", "ganz geheim: äöü"
HANGS_SECONDS = 30


class House:
    """The provider's state: its keys, the people it knows, what was begun, and how it is told to behave."""

    def __init__(self) -> None:
        self.issuer = ""
        self.codes: dict[str, dict[str, Any]] = {}
        self.seen: dict[str, int] = {}
        self.signed_out: list[dict[str, str]] = []
        self.person: dict[str, Any] = {}
        self.is_public = False
        self.algorithm = ""
        self.keys: dict[str, Any] = {}
        self.reset()

    def reset(self) -> None:
        """Honest again."""
        self.answers: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.described: dict[str, Any] = {}
        self.moods: dict[str, str] = {}
        self.sign_with, self.age = "own", 0
        if self.algorithm != "RS256":  # it takes a while to make one
            self.rotate("RS256")

    def rotate(self, algorithm: str) -> None:
        """Sign with a new key from now on; the old one is gone."""
        self.algorithm = algorithm
        key = ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else rsa.generate_private_key(65537, 2048)
        self.keys = {secrets.token_hex(4): key}

    def public_keys(self) -> list[dict[str, Any]]:
        """The keys as everybody may see them."""
        kind = jwt.algorithms.ECAlgorithm if self.algorithm == "ES256" else jwt.algorithms.RSAAlgorithm
        return [
            {**kind.to_jwk(key.public_key(), as_dict=True), "kid": name, "use": "sig", "alg": self.algorithm}
            for name, key in self.keys.items()
        ]

    def token(self, begun: dict[str, Any]) -> str:
        """What it says of the person, signed; told otherwise, by a key that is not its own, by none at all, or as of long ago."""
        now = int(time.time()) - self.age
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": begun["nonce"], "auth_time": now}
        claims = {**claims, **begun["person"], **self.answers}
        claims = {name: value for name, value in claims.items() if value is not None}
        name, key = next(iter(self.keys.items()))
        headers = {part: value for part, value in {"kid": name, **self.header}.items() if value is not None}
        if self.sign_with == "none":
            return jwt.encode(claims, None, "none", headers)
        if self.sign_with == "secret":
            return jwt.encode(claims, SECRET.ljust(32), "HS256", headers)
        if self.sign_with == "public key":  # the oldest trick: the public key taken for a shared secret
            head = _packed({"alg": "HS256", "typ": "JWT", **headers}) + "." + _packed(claims)
            public = json.dumps(self.public_keys()[0]).encode()
            return head + "." + _base64(hmac.new(public, head.encode(), "sha256").digest())
        if self.sign_with == "another key":
            key = rsa.generate_private_key(65537, 2048)
        return jwt.encode(claims, key, self.algorithm, headers)


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _packed(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value).encode())


HOUSE = House()


class Door(BaseHTTPRequestHandler):
    """One request."""

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""

    def _say(self, body: Any, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        raw = body if isinstance(body, bytes) else (json.dumps(body) if kind == "application/json" else str(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def _is_in_a_mood(self, part: str) -> bool:
        mood = HOUSE.moods.get(part, "")
        if mood == "hangs":
            time.sleep(HANGS_SECONDS)
        elif mood == "drips":
            self.wfile.write(b"HTTP/1.0 200 OK\r\n")
            for _each in range(HANGS_SECONDS * 4):
                self.wfile.write(b"X")
                self.wfile.flush()
                time.sleep(0.25)
        elif mood == "nonsense":
            self._say(b"<html>Wartung</html>", kind="text/html")
        elif mood == "a list":
            self._say([1, 2, 3])
        elif mood == "deep":
            self._say(b'{"a":' * 60_000)
        elif mood == "huge":
            self._say(b'{"a": "' + b"x" * 3_000_000 + b'"}')
        elif mood == "elsewhere":
            self._say(b"", 302, Location=f"{HOUSE.issuer}/trap")
        elif mood:
            self._say({"error": "server_error"}, int(mood))
        return bool(mood)

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        part = parts.path.strip("/")
        HOUSE.seen[part] = HOUSE.seen.get(part, 0) + 1
        if not self._is_in_a_mood(part):
            getattr(self, f"on_{part.replace('.', '').replace('/', '_').replace('-', '_')}", self.on_nothing)(query, body)

    def do_GET(self) -> None:
        """Any GET."""
        with suppress(OSError):  # whoever asked did not wait
            self._answer()

    do_POST = do_GET  # noqa: N815  (so the server calls it)

    def on_nothing(self, _query: dict[str, str], _body: str) -> None:
        """There is nothing here."""
        self._say({"error": "not_found"}, 404)

    def on_well_known_openid_configuration(self, _query: dict[str, str], _body: str) -> None:
        """What it says of itself."""
        own = HOUSE.issuer
        said = {
            "issuer": own,
            "authorization_endpoint": f"{own}/authorize",
            "token_endpoint": f"{own}/token",
            "jwks_uri": f"{own}/keys",
            "end_session_endpoint": f"{own}/logout",
            "code_challenge_methods_supported": ["S256"],
        }
        self._say({name: value for name, value in {**said, **HOUSE.described}.items() if value is not None})

    def on_keys(self, _query: dict[str, str], _body: str) -> None:
        """Its public keys."""
        self._say({"keys": HOUSE.public_keys()})

    def on_authorize(self, query: dict[str, str], _body: str) -> None:
        """Its sign-in page: with a button each to go on as the person it knows, and to cancel."""
        if query.get("client_id") != CLIENT or query.get("response_type") != "code" or query.get("code_challenge_method") != "S256":
            self._say({"error": "invalid_request"}, 400)
            return
        code = secrets.token_urlsafe(16)
        HOUSE.codes[code] = {**query, "person": dict(HOUSE.person)}
        ways = {"Weiter": {"code": code}, "Abbrechen": {"error": "access_denied"}}
        links = "".join(
            f'<p><a href="{html.escape(query["redirect_uri"] + "?" + urlencode({**way, "state": query["state"]}))}">{word}</a></p>'
            for word, way in ways.items()
        )
        head = '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>Dienst</title>'
        page = f'<!doctype html><html lang="de">{head}<main><h1>Anmelden beim Dienst</h1>{links}</main></html>'
        self._say(page, kind="text/html")

    def on_token(self, _query: dict[str, str], body: str) -> None:
        """A code becomes a token, once, for the city that began with it, and for nobody else."""
        form = {name: values[0] for name, values in parse_qs(body).items()}
        begun = HOUSE.codes.pop(form.get("code", ""), None)
        pair = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        client, _colon, secret = (unquote(part) for part in pair.partition(":"))
        challenge = _base64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if HOUSE.is_public:
            client, secret = form.get("client_id", ""), SECRET
        if (client, secret) != (CLIENT, SECRET):
            self._say({"error": "invalid_client"}, 401)
        elif begun is None or begun["redirect_uri"] != form.get("redirect_uri") or begun["code_challenge"] != challenge:
            self._say({"error": "invalid_grant"}, 400)
        else:
            self._say({"id_token": HOUSE.token(begun), "access_token": "x", "token_type": "Bearer"})

    def on_logout(self, query: dict[str, str], _body: str) -> None:
        """Signed out, and back to the city."""
        HOUSE.signed_out.append(query)
        self._say(b"", 302, Location=query["post_logout_redirect_uri"])

    def on_trap(self, _query: dict[str, str], _body: str) -> None:
        """Where nobody may be led: it answers as the provider itself would."""
        self.on_well_known_openid_configuration({}, "")

    def on_seen(self, _query: dict[str, str], _body: str) -> None:
        """How often each part was asked, and who signed out."""
        self._say({"asked": HOUSE.seen, "signed_out": HOUSE.signed_out})

    def on_control(self, _query: dict[str, str], body: str) -> None:
        """Behave otherwise from now on."""
        told = json.loads(body)
        if told.pop("reset", False):
            HOUSE.reset()
        if algorithm := told.pop("rotate", ""):
            HOUSE.rotate(algorithm)
        for name, value in told.items():
            setattr(HOUSE, name, value)
        self._say({})


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Door)
    server.daemon_threads = True
    HOUSE.issuer = f"http://127.0.0.1:{server.server_port}"
    print(server.server_port, flush=True)
    server.serve_forever()
