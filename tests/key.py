"""A passkey in software: what a browser and a security key would answer together."""

import base64
import hashlib
import json
import os
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40


class Key:
    """One key with one credential, of one place on the web."""

    def __init__(self, host: str = "localhost", origin: str = "http://localhost") -> None:
        self.host, self.origin = host, origin
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(32)
        self.user = b""
        self.count = 0
        self.flags = PRESENT | VERIFIED

    def make(self, options: dict[str, Any], public: bytes = b"") -> str:
        """Make the credential that a page asked for; where bytes are given, they are shown as its public half."""
        self.user = unsaid(options["user"]["id"])
        numbers = self.private.public_key().public_numbers()
        own = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        length = len(self.credential_id).to_bytes(2, "big")
        made = self._data(NEW) + bytes(16) + length + self.credential_id + (public or cbor2.dumps(own))
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": made})
        client = self._client("webauthn.create", options)
        return self._written({"clientDataJSON": said(client), "attestationObject": said(attestation)})

    def show(self, options: dict[str, Any]) -> str:
        """Sign the challenge of a page."""
        self.count += 1
        client, data = self._client("webauthn.get", options), self._data(0)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._written(
            {
                "clientDataJSON": said(client),
                "authenticatorData": said(data),
                "signature": said(signature),
                "userHandle": said(self.user),
            }
        )

    def _data(self, more: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _written(self, response: dict[str, str]) -> str:
        name = said(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def said(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unsaid(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
