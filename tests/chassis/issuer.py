"""A stand-in OpenID Connect issuer on a real port: discovery, keys, rotation, and every way of not answering."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.chassis.conftest import Respond, answering

# Making one takes long, and which one it is makes no difference to anybody.
KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]


class StandIn:
    """What the issuer says. `broken` takes over the next connections; `asked` are the paths it was asked for."""

    def __init__(self) -> None:
        self.url = ""
        self.path = "/realms/shop"
        self.keys = {"first": KEYS[0]}
        self.signing = "first"
        self.asked: list[str] = []
        self.broken: Respond | None = None
        self.discovery: dict[str, Any] = {}

    @property
    def issuer(self) -> str:
        return f"{self.url}{self.path}"

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one stays published."""
        self.keys, self.signing = {"second": KEYS[1], **self.keys}, "second"

    def token(self, subject: str, *, key: Any = None, headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """An access token as Keycloak makes them."""
        now = int(time.time())
        body = {
            "iss": self.issuer,
            "aud": "shop",
            "sub": subject,
            "iat": now,
            "exp": now + 300,
            "typ": "Bearer",
            "scope": "openid email profile",
            **claims,
        }
        body = {name: value for name, value in body.items() if value is not ...}
        signing = key or self.keys[self.signing]
        return jwt.encode(body, signing, algorithm="RS256", headers={"kid": self.signing, **(headers or {})})

    @property
    def jwks(self) -> dict[str, Any]:
        signing = [
            {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", "alg": "RS256"}
            for kid, key in self.keys.items()
        ]
        # Keycloak publishes a key for encryption beside them.
        return {"keys": [*signing, {**signing[0], "kid": "enc", "use": "enc", "alg": "RSA-OAEP"}]}

    def document(self, path: str) -> Any:
        if path == f"{self.path}/.well-known/openid-configuration":
            return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/certs", **self.discovery}
        if path == f"{self.path}/certs":
            return self.jwks
        return None

    async def respond(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.broken is not None:
            await self.broken(reader, writer)
            return
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        self.asked.append(path)
        found = self.document(path)
        body = orjson.dumps(found)
        status = b"404 Not Found" if found is None else b"200 OK"
        writer.write(b"HTTP/1.1 %b\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b" % (status, len(body), body))
        await writer.drain()


@asynccontextmanager
async def standing_in() -> AsyncIterator[StandIn]:
    """One that answers until the block ends."""
    made = StandIn()
    async with answering(made.respond) as url:
        made.url = url
        yield made
