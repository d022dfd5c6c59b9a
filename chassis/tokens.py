"""Access tokens: who signed them (a JWKS, cached), whether they hold, and what they say.

A token is a JWT signed with ES256 (RFC 7518) whose header names a key by `kid`. Keys are read from the JWKS URL when a
token names one that is not known, at most once in `refetch_after_s`; keys that were read stay good while the URL is
down. Verified tokens are remembered until they expire, because one page asks seven subgraphs about the same token.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx
import jwt
import structlog

log = structlog.get_logger("chassis.tokens")

ALGORITHM = "ES256"
TOKEN_BYTES_MAX = 8_192
REMEMBERED_MAX = 4_096
KEYS_BYTES_MAX = 262_144
_RETRY_S = 5.0
_LEEWAY_S = 5


class TokenRejected(Exception):
    """A credential in the request is not good; answered as HTTP 401 with the code UNAUTHENTICATED."""


class KeysUnavailable(Exception):
    """No key to judge the token by could be read; answered as HTTP 503, never as a bad token."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says. `expires_at` is in Unix seconds."""

    user_id: str
    roles: frozenset[str]
    scopes: frozenset[str]
    session_id: str | None
    expires_at: int

    @property
    def expiry(self) -> datetime:
        """`expires_at` as an aware time."""
        return datetime.fromtimestamp(self.expires_at, UTC)


class Keys(Protocol):
    """Where public keys come from."""

    async def get(self, kid: str) -> jwt.PyJWK | None:
        """The key of that id; None when there is none. Raises KeysUnavailable."""
        ...


class Revocations(Protocol):
    """Which sessions were signed out although their tokens have not expired."""

    async def includes(self, session_id: str) -> bool:
        """Whether the session was ended."""
        ...


class KnownKeys:
    """Keys held in this process: the signer's own, and those of tests."""

    def __init__(self, jwks: Mapping[str, Any]) -> None:
        self._keys = parse_keys(jwks)

    async def get(self, kid: str) -> jwt.PyJWK | None:
        """The key of that id."""
        return self._keys.get(kid)


class RemoteKeys:
    """Keys read over HTTP from a JWKS URL, refreshed after `cache_s` and when an unknown `kid` turns up."""

    def __init__(
        self,
        url: str,
        *,
        timeout_ms: int = 2_000,
        cache_s: float = 300,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._timeout_s = timeout_ms / 1_000
        self._cache_s = cache_s
        self._transport = transport
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at: float | None = None
        self._tried_at: float | None = None
        self._lock = asyncio.Lock()

    async def get(self, kid: str) -> jwt.PyJWK | None:
        """The key of that id, reading the URL when it is unknown or the cache is old."""
        if kid not in self._keys or self._is_older_than(self._read_at, self._cache_s):
            async with self._lock:
                if kid not in self._keys or self._is_older_than(self._read_at, self._cache_s):
                    await self._refresh()
        if not self._keys:
            raise KeysUnavailable(f"no signing keys could be read from {self._url}")
        return self._keys.get(kid)

    def _is_older_than(self, moment: float | None, seconds: float) -> bool:
        return moment is None or self._clock() - moment > seconds

    async def _refresh(self) -> None:
        # A flood of tokens with invented key ids must not become a flood of requests.
        if self._keys and not self._is_older_than(self._tried_at, _RETRY_S):
            return
        self._tried_at = self._clock()
        try:
            # httpx bounds each read; this bounds the whole, whatever drips in.
            async with asyncio.timeout(self._timeout_s):
                async with httpx.AsyncClient(
                    timeout=self._timeout_s, transport=self._transport, trust_env=False
                ) as client:
                    response = await client.get(self._url)
                response.raise_for_status()
                if len(response.content) > KEYS_BYTES_MAX:
                    raise ValueError("the key set is too large")
                keys = parse_keys(response.json())
            if not keys:
                raise ValueError("the key set holds no usable key")
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            log.warning("keys_not_read", url=self._url, error=repr(error), known=len(self._keys))
            return
        self._keys, self._read_at = keys, self._clock()


def parse_keys(jwks: Any) -> dict[str, jwt.PyJWK]:
    """The ES256 keys of a JWK Set (RFC 7517) by their `kid`; ValueError when it is not one."""
    if not isinstance(jwks, Mapping) or not isinstance(jwks.get("keys"), list):
        raise ValueError("a JWK Set has a list of keys")  # noqa: TRY004 -- it is data that is wrong
    keys = {}
    for entry in jwks["keys"]:
        if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str) or entry.get("kty") != "EC":
            continue
        try:
            keys[entry["kid"]] = jwt.PyJWK(entry, algorithm=ALGORITHM)
        except jwt.PyJWTError as error:
            raise ValueError(f"key {entry['kid']!r} is not usable: {error}") from error
    return keys


class Verifier:
    """Judges access tokens."""

    def __init__(
        self,
        keys: Keys,
        *,
        issuer: str,
        audience: str,
        revocations: Revocations | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._revocations = revocations
        self._clock = clock
        self._remembered: OrderedDict[str, Claims] = OrderedDict()

    async def verify(self, token: str) -> Claims:
        """The claims of a good access token. Raises TokenRejected, or KeysUnavailable."""
        claims = self._remembered.get(token)
        if claims is None:
            claims = await self._decode(token)
            self._remembered[token] = claims
            if len(self._remembered) > REMEMBERED_MAX:
                self._remembered.popitem(last=False)
        elif claims.expires_at + _LEEWAY_S <= self._clock():
            del self._remembered[token]
            raise TokenRejected("The access token has expired: refresh it.")
        if self._revocations and claims.session_id and await self._revocations.includes(claims.session_id):
            raise TokenRejected("This session was signed out.")
        return claims

    async def _decode(self, token: str) -> Claims:
        if len(token) > TOKEN_BYTES_MAX:
            raise TokenRejected("The access token is too long.")
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError as error:
            raise TokenRejected("The access token is malformed.") from error
        kid = header.get("kid")
        if header.get("alg") != ALGORITHM or not isinstance(kid, str):
            raise TokenRejected("The access token must be signed with ES256 and name its key.")
        key = await self._keys.get(kid)
        if key is None:
            raise TokenRejected("The access token was signed with an unknown key.")
        try:
            body = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                leeway=_LEEWAY_S,
                options={"require": ["exp", "iat", "sub", "iss", "aud"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenRejected("The access token has expired: refresh it.") from error
        except jwt.PyJWTError as error:
            raise TokenRejected("The access token is not valid.") from error
        return _claims(body)


def _claims(body: Mapping[str, Any]) -> Claims:
    roles, scope, session = body.get("roles", []), body.get("scope", ""), body.get("sid")
    if not isinstance(roles, list) or not isinstance(scope, str) or not isinstance(session, str | None):
        raise TokenRejected("The access token's claims have the wrong shape.")
    return Claims(
        user_id=body["sub"],
        roles=frozenset(str(role) for role in roles),
        scopes=frozenset(scope.split()),
        session_id=session,
        expires_at=int(body["exp"]),
    )
