"""A hospital's OpenID Connect provider on this machine: small, real, and as wrong as a test wants it."""

import base64
import hashlib
import hmac
import html
import json
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, OctKey, OKPKey, RSAKey

CLIENT, SECRET, ACR = "portal", "a secret: of/this + portal", "two-factors"
LIFE_SECONDS = 120


def said(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@cache
def first_key() -> Key:
    """Return the key that a provider begins with: drawn once, for all tests."""
    return RSAKey.generate_key(2048, {"kid": "first"})


@dataclass
class Pretending:
    """A hospital's provider. `wrong` names what it does wrong; `claims` change the token's claims last."""

    clock: Callable[[], datetime]
    address: str = ""
    key: Key = field(default_factory=first_key)
    algorithm: str = "RS256"
    wrong: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    says: dict[str, Any] = field(default_factory=dict)  # of itself
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    seconds: float = 0
    tells_keys: list[Key] | None = None

    def rotate(self) -> None:
        """Sign with another key from now on."""
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)})

    def about(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": self.address + "/authorize",
            "token_endpoint": self.address + "/token",
            "jwks_uri": self.address + "/keys",
            "response_types_supported": ["code"],
            "authorization_response_iss_parameter_supported": True,
            **self.says,
        }

    def keys(self) -> dict[str, Any]:
        known = KeySet([self.key] if self.tells_keys is None else self.tells_keys)
        return dict(known.as_dict(private=False))

    def allow(self, address: str, subject: str) -> dict[str, str]:
        """Let somebody sign in who was led to an address of ours; return what goes back with them."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        wanted = {"client_id": CLIENT, "response_type": "code", "scope": "openid", "code_challenge_method": "S256"}
        assert wanted.items() <= query.items(), query
        assert (query["prompt"], query["max_age"]) == ("login", "0")  # the computers of a ward are shared
        code = secrets.token_urlsafe(24)
        self.codes[code] = {**query, "sub": subject}
        back = {"code": code, "state": query["state"], "iss": self.address}
        if self.wrong == "mix-up":
            back["iss"] = "https://another.example"
        return back

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Take a code once, from who began, with the secret."""
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if "client_secret_post" in self.says.get("token_endpoint_auth_methods_supported", ()):
            name, secret = form.get("client_id", ""), form.get("client_secret", "")
        if (unquote(name), unquote(secret)) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        known = self.codes.pop(form["code"], None)
        if known is None or known["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if said(hashlib.sha256(form["code_verifier"].encode()).digest()) != known["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "-", "token_type": "Bearer", "id_token": self.token(known)}

    def token(self, known: dict[str, str]) -> str:
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.address,
            "sub": known["sub"],
            "aud": CLIENT,
            "iat": now,
            "exp": now + LIFE_SECONDS,
            "auth_time": now,
            "nonce": known["nonce"],
            "acr": ACR,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        head = {"alg": self.algorithm, "kid": self.key.kid or ""}
        if self.wrong == "unsigned":
            return f"{said(json.dumps({'alg': 'none'}).encode())}.{said(json.dumps(claims).encode())}."
        if self.wrong == "public key as secret":
            assert isinstance(self.key, RSAKey)
            public = self.key.as_pem(private=False)
            head = {"alg": "HS256", "kid": self.key.kid or ""}
            first = f"{said(json.dumps(head).encode())}.{said(json.dumps(claims).encode())}"
            return first + "." + said(hmac.digest(public, first.encode(), "sha256"))
        if self.wrong == "another's signature":
            stranger = RSAKey.generate_key(2048, {"kid": self.key.kid or ""})
            return jwt.encode(head, claims, stranger, algorithms=[self.algorithm])
        token = jwt.encode(head, claims, self.key, algorithms=[self.algorithm])
        if self.wrong == "signature cut off":
            return token.rsplit(".", 1)[0] + "."
        if self.wrong == "changed":
            start, _, end = token.split(".")
            return f"{start}.{said(json.dumps({**claims, 'sub': 'somebody'}).encode())}.{end}"
        return token


OTHER_KEYS: dict[str, Callable[[], Key]] = {
    "PS256": lambda: RSAKey.generate_key(2048, {"kid": "ps"}),
    "ES256": lambda: ECKey.generate_key("P-256", {"kid": "es"}),
    "Ed25519": lambda: OKPKey.generate_key("Ed25519", {"kid": "ed"}),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519", {"kid": "eddsa"}),
    "HS256": lambda: OctKey.generate_key(256, {"kid": "hs"}),
    "RS512": lambda: RSAKey.generate_key(2048, {"kid": "long"}),
}


@dataclass(frozen=True)
class Said:
    """What the provider answers to one request."""

    status: int
    text: str = ""
    head: dict[str, str] = field(default_factory=dict)


def shown(provider: Pretending, path: str) -> Said:
    """Answer who reads."""
    pages: dict[str, Callable[[], Any]] = {
        "/.well-known/openid-configuration": provider.about,
        "/keys": provider.keys,
    }
    where = urlsplit(path).path
    if where == "/authorize":
        return Said(200, _page(path), {"Content-Type": "text/html; charset=utf-8"})
    return Said(200, json.dumps(pages[where]())) if where in pages else Said(404, "{}")


def taken(provider: Pretending, path: str, form: dict[str, str], authorization: str) -> Said:
    """Answer who sends a form: somebody who signs in, or our own program with a code."""
    if path.startswith("/authorize"):
        back = provider.allow(path, form["who"])
        if form.get("no"):
            back = {"error": "access_denied", "state": back["state"], "iss": back["iss"]}
        (to,) = parse_qs(urlsplit(path).query)["redirect_uri"]
        return Said(303, head={"Location": f"{to}?{urlencode(back)}"})
    tricks = {
        "moved": Said(307, head={"Location": provider.address + "/elsewhere"}),
        "endless": Said(200, "x" * 100_000),
        "nonsense": Said(200, "<html>"),
        "broken": Said(500, "{}"),
    }
    if provider.wrong in tricks:
        return tricks[provider.wrong]
    status, content = provider.redeem(form, authorization)
    return Said(status, json.dumps(content))


def answering(provider: Pretending) -> type[BaseHTTPRequestHandler]:
    """Return what listens for a provider."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            time.sleep(provider.seconds)
            self.say(shown(provider, self.path))

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            form = {name: values[0] for name, values in sent.items()}
            self.say(taken(provider, self.path, form, self.headers.get("Authorization", "")))

        def say(self, said: Said) -> None:
            body = said.text.encode()
            self.send_response(said.status)
            head = {"Content-Type": "application/json", "Content-Length": str(len(body)), **said.head}
            for name, value in head.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True

    return Answering


@contextmanager
def running(provider: Pretending, context: ssl.SSLContext | None = None) -> Iterator[Pretending]:
    """Let a provider listen; its address is then its name."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), answering(provider))
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    provider.address = f"http{'s' if context else ''}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _page(path: str) -> str:
    """Return the hospital's own page: it asks who somebody is, and believes them."""
    return (
        '<!doctype html><html lang="en"><title>St. Elsewhere</title><h1>St. Elsewhere</h1>'
        f'<form method="post" action="{html.escape(path)}"><label>Name <input name="who"></label>'
        '<button>Sign in</button><button name="no" value="1">No</button></form></html>'
    )
