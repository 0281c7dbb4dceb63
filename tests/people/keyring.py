"""A device with a passkey, as browsers have it: it answers the house's questions, honestly or not."""

from __future__ import annotations

import json
import struct
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode

CREDENTIAL = b"a key's name of some length"
_PRESENT, _VERIFIED, _NEW = 0x01, 0x04, 0x40


class Keyring:
    """One key for one origin."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())

    def _client(self, kind: str, asked: dict[str, Any], origin: str, challenge: str) -> bytes:
        data = {"type": kind, "challenge": challenge or asked["publicKey"]["challenge"], "origin": origin or self.origin}
        return json.dumps(data).encode()

    def _about(self, host: str, flags: int, counter: int) -> bytes:
        return sha256((host or str(urlsplit(self.origin).hostname)).encode()) + struct.pack(">BI", flags, counter)

    def make(self, asked: dict[str, Any], *, origin: str = "", host: str = "", verified: bool = True) -> str:
        """The answer to the question for a new key."""
        flags = _PRESENT | _NEW | (_VERIFIED if verified else 0)
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        about = self._about(host, flags, 0) + bytes(16) + struct.pack(">H", len(CREDENTIAL)) + CREDENTIAL + public
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": about})
        response = {
            "clientDataJSON": websafe_encode(self._client("webauthn.create", asked, origin, "")),
            "attestationObject": websafe_encode(attested),
        }
        return self._answer(response)

    def use(
        self,
        asked: dict[str, Any],
        *,
        origin: str = "",
        host: str = "",
        challenge: str = "",
        signature: bytes = b"",
        verified: bool = True,
        counter: int = 0,
    ) -> str:
        """The answer to the question for a key that is there."""
        client = self._client("webauthn.get", asked, origin, challenge)
        about = self._about(host, _PRESENT | (_VERIFIED if verified else 0), counter)
        signed = signature or self.key.sign(about + sha256(client), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(about),
            "signature": websafe_encode(signed),
        }
        return self._answer(response)

    def _answer(self, response: dict[str, str]) -> str:
        name = websafe_encode(CREDENTIAL)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
