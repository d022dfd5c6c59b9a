"""Who asks: JSON Web Tokens checked against public keys (RFC 7519, RFC 7517).

A request without a token is anonymous. One with a token that is expired, forged, malformed or of an unknown key is
refused with 401 UNAUTHENTICATED: it is never treated as anonymous. Keys are fetched once and kept; an unknown `kid`
fetches them again, at most every few seconds, so a rotation needs no restart and a flood of forged tokens no flood of
fetches.

Several issuers may be trusted, each with keys of its own and rules for what its tokens grant: which scopes and policies
follow from which claim.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import jwt

from router.pipeline.authorize import ANONYMOUS, Viewer
from router.pipeline.request import Refused, Request
from router.settings import ClaimMap, Jwks, Jwt

FetchKeys: TypeAlias = Callable[[str], Awaitable[bytes]]
TOKENS_KEPT_MAX = 4096
REFETCH_SECONDS = 5.0
FETCH_SECONDS = 5.0
FAILED_SECONDS = 1.0
LEEWAY_SECONDS = 5


class KeysUnavailable(Exception):
    """The key server cannot be asked; the message says why."""


class _Keys:
    """The keys of one source."""

    def __init__(self, source: Jwks, fetch: FetchKeys) -> None:
        self.source = source
        self.fetch = fetch
        self.keys: dict[str | None, jwt.PyJWK] = {}
        self.fetched = float("-inf")
        self.failed = float("-inf")
        self._lock = asyncio.Lock()

    async def get(self, kid: str | None) -> jwt.PyJWK | None:
        now = time.monotonic()
        stale = now - self.fetched > self.source.poll_interval.milliseconds / 1000
        if stale or (kid not in self.keys and now - self.fetched > REFETCH_SECONDS):
            async with self._lock:
                if self.fetched < now:
                    await self._fetch_again(now)
        if kid is None and len(self.keys) == 1:
            return next(iter(self.keys.values()))
        return self.keys.get(kid)

    async def _fetch_again(self, asked: float) -> None:
        if asked - self.failed < FAILED_SECONDS:
            # Whoever waited meanwhile is told the same, and does not wait in turn for a server that is away.
            raise KeysUnavailable(f"no keys from {self.source.url}")
        try:
            # However slowly it comes: the fetch itself may bound each read only.
            async with asyncio.timeout(FETCH_SECONDS):
                found = jwt.PyJWKSet.from_json((await self.fetch(self.source.url)).decode())
        except (KeysUnavailable, TimeoutError, jwt.PyJWTError, ValueError, LookupError, TypeError, AttributeError):
            # The keys known so far go on serving; without any, tokens cannot be judged.
            if not self.keys:
                self.failed = time.monotonic()
                raise KeysUnavailable(f"no keys from {self.source.url}") from None
            self.fetched = time.monotonic()
            return
        self.keys = {key.key_id: key for key in found.keys if key.public_key_use in (None, "sig")}
        self.fetched = time.monotonic()


class Authentication:
    """Turns a request into a Viewer."""

    def __init__(self, settings: Jwt | None, policies: frozenset[str], fetch: FetchKeys) -> None:
        self.settings = settings
        self.policies = policies
        self._sources = [_Keys(source, fetch) for source in settings.jwks] if settings else []
        self._header = (settings.header_name if settings else "").lower().encode("latin-1")
        self._anonymous = Viewer(None, policies) if policies else ANONYMOUS
        self._by_header: OrderedDict[bytes, tuple[float, Viewer]] = OrderedDict()

    async def viewer(self, request: Request) -> Viewer:
        """Who asks. Raises Refused (401 UNAUTHENTICATED, or 503 when no key can be had)."""
        known = self.known_viewer(request)
        if known is not None:
            return known
        assert self.settings is not None
        header, *further = self._sent(request)
        if further:
            # Subgraphs might go by another of them than we do.
            raise unauthenticated(f"The {self.settings.header_name} header must be sent once.")
        claims, source = await self._checked(self._token(header.decode("latin-1").strip()))
        policies = self.policies | granted(source.policies, claims) if source.policies else self.policies
        viewer = Viewer(claims, policies, granted(source.scopes, claims) if source.scopes else None)
        # Kept under the header as it was sent, so that a known viewer costs one look-up.
        self._by_header[header] = (float(claims["exp"]), viewer)
        if len(self._by_header) > TOKENS_KEPT_MAX:
            self._by_header.popitem(last=False)
        return viewer

    def known_viewer(self, request: Request) -> Viewer | None:
        """Who asks, when that needs no checking: anonymous, or a token that was checked before."""
        if self.settings is None:
            return self._anonymous
        sent = self._sent(request)
        if not sent:
            return self._anonymous
        known = self._by_header.get(sent[0]) if len(sent) == 1 else None
        return known[1] if known is not None and known[0] > time.time() else None

    def _sent(self, request: Request) -> list[bytes]:
        wanted = self._header
        return [value for name, value in request.headers if name == wanted]

    def _token(self, value: str) -> str:
        assert self.settings is not None
        prefix = self.settings.header_value_prefix
        if not prefix:
            return value
        scheme, _, token = value.partition(" ")
        if scheme.lower() != prefix.lower() or not token.strip():
            raise unauthenticated(f"The {self.settings.header_name} header must be '{prefix} <token>'.")
        return token.strip()

    async def _checked(self, token: str) -> tuple[dict[str, Any], Jwks]:
        try:
            unverified = jwt.decode_complete(token, options={"verify_signature": False})
        except (jwt.PyJWTError, RecursionError) as error:
            raise unauthenticated("The token is malformed.") from error
        # Whom the token claims to be from decides whose keys judge it, and nothing else of it is believed before.
        kid, issuer = unverified["header"].get("kid"), unverified["payload"].get("iss")
        trouble: KeysUnavailable | None = None
        for keys in self._sources:
            if keys.source.issuer is not None and keys.source.issuer != issuer:
                continue
            try:
                key = await keys.get(kid)
            except KeysUnavailable as error:
                trouble = error
                continue
            if key is not None:
                return _decoded(token, key, keys.source), keys.source
        if trouble is not None:
            raise Refused.because(
                503, "AUTHENTICATION_UNAVAILABLE", "Tokens cannot be checked at the moment."
            ) from trouble
        raise unauthenticated("The token's key is not known.")


def granted(rule: ClaimMap, claims: Mapping[str, Any]) -> frozenset[str]:
    """What a token's claims give by a rule: the values at its claim, each as its map says."""
    value: Any = claims.get(rule.claim)
    if value is None:
        value = claims
        for name in rule.claim.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
    found = {_written(each) for each in (value if isinstance(value, list) else (value,))} - {""}
    return frozenset(each for one in found for each in (rule.map.get(one, ()) if rule.map else (one,)))


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else ""


def _decoded(token: str, key: jwt.PyJWK, source: Jwks) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            # By what the key is for, where that is allowed: a token cannot choose.
            algorithms=[name for name in source.algorithms if name == key.algorithm_name],
            audience=source.audience,
            issuer=source.issuer,
            leeway=LEEWAY_SECONDS,
            options={
                "require": ["exp"],
                "verify_aud": source.audience is not None,
                "verify_iss": source.issuer is not None,
            },
        )
    except jwt.ExpiredSignatureError as error:
        raise unauthenticated("The token has expired.") from error
    except jwt.PyJWTError as error:
        raise unauthenticated("The token is not valid.") from error
    return claims


def unauthenticated(message: str) -> Refused:
    """The refusal of a token (RFC 6750, 3)."""
    refused = Refused.because(401, "UNAUTHENTICATED", message)
    refused.headers = ((b"www-authenticate", b'Bearer error="invalid_token"'),)
    return refused
