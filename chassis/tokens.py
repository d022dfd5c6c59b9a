"""Access tokens: who signed them (a JWKS, cached), whether they hold, and what they say.

A token is a JWT signed with ES256 (RFC 7518) whose header names a key by `kid`. Keys are read from the JWKS URL when a
token names one that is not known, at most once in a few seconds; keys that were read stay good while the URL is down.
Nothing else of the header is believed: not its algorithm, nor a key or an address of keys that it brings along.
Verified tokens are remembered until they expire, because one page asks seven subgraphs about the same token.

Tokens of other issuers (chassis.issuers) are judged by their own keys and rules, chosen by the `iss` they claim.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx
import jwt
import structlog

log = structlog.get_logger("chassis.tokens")

ALGORITHM = "ES256"
OURS = frozenset({ALGORITHM})
# What is never a public key's: with a shared secret, whoever can check a token can also make one.
_KINDS = frozenset({"EC", "RSA", "OKP"})
TOKEN_BYTES_MAX = 8_192
REMEMBERED_MAX = 4_096
KEYS_BYTES_MAX = 262_144
_RETRY_S = 5.0
_RETRY_WITHOUT_KEYS_S = 1.0
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
    policies: frozenset[str] = frozenset()

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


class Issuer(Protocol):
    """Somebody else whose tokens are accepted: `name` is their `iss`, `kept_s` how long a token's claims are kept."""

    name: str
    audience: str
    algorithms: Collection[str]
    keys: Keys
    kept_s: float

    async def claims(self, body: Mapping[str, Any], token: str) -> Claims:
        """What the body of a good token says here. Raises TokenRejected, or KeysUnavailable."""
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
        algorithms: Collection[str] = OURS,
    ) -> None:
        self._url = url
        self._algorithms = algorithms
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
        # A flood of tokens with invented key ids must not become a flood of requests, nor wait for a source in a row.
        if not self._is_older_than(self._tried_at, _RETRY_S if self._keys else _RETRY_WITHOUT_KEYS_S):
            return
        self._tried_at = self._clock()
        try:
            # httpx bounds each read; this bounds the whole, whatever drips in.
            async with asyncio.timeout(self._timeout_s):
                async with httpx.AsyncClient(
                    timeout=self._timeout_s, transport=self._transport, trust_env=False
                ) as client:
                    jwks = await read_document(client, await self._locate(client))
            keys = parse_keys(jwks, self._algorithms)
            if not keys:
                raise ValueError("the key set holds no usable key")
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            log.warning("keys_not_read", url=self._url, error=repr(error), known=len(self._keys))
            return
        self._keys, self._read_at = keys, self._clock()

    async def _locate(self, client: httpx.AsyncClient) -> str:
        """Where the key set is; ValueError or httpx.HTTPError when that cannot be found out."""
        del client
        return self._url


async def read_document(client: httpx.AsyncClient, url: str) -> Any:
    """A small JSON document; ValueError when it is none or too large, httpx.HTTPError when it cannot be had."""
    async with client.stream("GET", url) as response:
        response.raise_for_status()
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > KEYS_BYTES_MAX:
                raise ValueError("the document is too large")
    return json.loads(body)


def parse_keys(jwks: Any, algorithms: Collection[str] = OURS) -> dict[str, jwt.PyJWK]:
    """The keys of a JWK Set (RFC 7517) that sign by one of these algorithms, by their `kid`; ValueError for no JWK Set.

    Keys of other kinds and for other uses are passed over.
    """
    if not isinstance(jwks, Mapping) or not isinstance(jwks.get("keys"), list):
        raise ValueError("a JWK Set has a list of keys")  # noqa: TRY004 -- it is data that is wrong
    keys = {}
    for entry in jwks["keys"]:
        if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str) or entry.get("kty") not in _KINDS:
            continue
        if entry.get("use", "sig") != "sig":
            continue
        try:
            key = jwt.PyJWK(entry)
        except jwt.PyJWTError as error:
            log.warning("key_not_usable", kid=entry["kid"], error=str(error))
            continue
        if key.algorithm_name in algorithms:
            keys[entry["kid"]] = key
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
        others: Sequence[Issuer] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`keys`, `issuer` and `audience` are of our own tokens; `others` are further issuers, each by its own name."""
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._revocations = revocations
        self._others = {other.name: other for other in others if other.name != issuer}
        self._clock = clock
        # By token: what it says, and until when (Unix seconds) that is believed without asking again.
        self._remembered: OrderedDict[str, tuple[Claims, float]] = OrderedDict()

    async def verify(self, token: str) -> Claims:
        """The claims of a good access token. Raises TokenRejected, or KeysUnavailable."""
        claims, until = self._remembered.get(token, (None, 0.0))
        if claims is not None and claims.expires_at + _LEEWAY_S <= self._clock():
            del self._remembered[token]
            raise TokenRejected("The access token has expired: refresh it.")
        if claims is None or until <= self._clock():
            claims, until = await self._decode(token)
            self._remembered[token] = claims, until
            if len(self._remembered) > REMEMBERED_MAX:
                self._remembered.popitem(last=False)
        if self._revocations and claims.session_id and await self._revocations.includes(claims.session_id):
            raise TokenRejected("This session was signed out.")
        return claims

    async def _decode(self, token: str) -> tuple[Claims, float]:
        if len(token) > TOKEN_BYTES_MAX:
            raise TokenRejected("The access token is too long.")
        try:
            unverified = jwt.decode_complete(token, options={"verify_signature": False})
        except (jwt.PyJWTError, RecursionError) as error:
            raise TokenRejected("The access token is malformed.") from error
        header, other = unverified["header"], None
        # Which keys may judge it follows from whom it claims to be from; whether it is, only they can tell.
        if self._others and isinstance(claimed := unverified["payload"].get("iss"), str):
            other = self._others.get(claimed)
        if other is None:
            body = await self._checked(token, header, self._keys, OURS, issuer=self._issuer, audience=self._audience)
            claims = _claims(body)
            return claims, claims.expires_at + _LEEWAY_S
        body = await self._checked(
            token, header, other.keys, other.algorithms, issuer=other.name, audience=other.audience
        )
        return await other.claims(body, token), self._clock() + other.kept_s

    async def _checked(
        self,
        token: str,
        header: Mapping[str, Any],
        keys: Keys,
        algorithms: Collection[str],
        *,
        issuer: str,
        audience: str,
    ) -> Mapping[str, Any]:
        kid = header.get("kid")
        if header.get("alg") not in algorithms or not isinstance(kid, str):
            allowed = " or ".join(sorted(algorithms))
            raise TokenRejected(f"The access token must be signed with {allowed} and name its key.")
        key = await keys.get(kid)
        if key is None:
            raise TokenRejected("The access token was signed with an unknown key.")
        try:
            body: Mapping[str, Any] = jwt.decode(
                token,
                key,
                # By what the key is for: a token cannot choose another of the algorithms.
                algorithms=[key.algorithm_name],
                audience=audience,
                issuer=issuer,
                leeway=_LEEWAY_S,
                options={"require": ["exp", "iat", "sub", "iss", "aud"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenRejected("The access token has expired: refresh it.") from error
        except jwt.PyJWTError as error:
            raise TokenRejected("The access token is not valid.") from error
        return body


def _claims(body: Mapping[str, Any]) -> Claims:
    roles, scope, session = body.get("roles", []), body.get("scope", ""), body.get("sid")
    policies = body.get("policies", [])
    lists = isinstance(roles, list) and isinstance(policies, list)
    if not lists or not isinstance(scope, str) or not isinstance(session, str | None):
        raise TokenRejected("The access token's claims have the wrong shape.")
    return Claims(
        user_id=body["sub"],
        roles=frozenset(str(role) for role in roles),
        scopes=frozenset(scope.split()),
        session_id=session,
        expires_at=int(body["exp"]),
        policies=frozenset(str(policy) for policy in policies),
    )
