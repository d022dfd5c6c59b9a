"""Other issuers whose tokens are accepted: an OpenID Connect provider such as Keycloak, trusted by configuration.

    OIDC_ISSUERS='[{"issuer": "https://id.example.com/realms/shop", "audience": "shop",
                    "roles_claim": "realm_access.roles", "scopes": {"catalogue": ["products:write"]}}]'

Where its keys are follows from its discovery document (OpenID Connect Discovery 1.0, 4), or from `jwks_url`. Which of
our scopes and roles a person of theirs has follows from the roles in their token and from nothing else: a `scope` or
`roles` claim that such a token brings along is theirs, not ours.

A person is known by issuer and subject, never by an email address. The subgraph that owns people finds or makes ours
for them (Identities); the others ask it, and believe the answer for a minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from chassis.settings import Settings
from chassis.tokens import Claims, Keys, KeysUnavailable, RemoteKeys, TokenRejected, read_document
from chassis.trusted import TrustedIssuer

VERIFIED_EMAIL = "verified_email"
# How long a person of another issuer is taken for who they were found to be.
KEPT_S = 60
SUBJECT_LENGTH_MAX = 255
_TEXT_MAX = 320
# An ID token is for the client it was made for, and a logout token for nobody to sign in with: both are signed by the
# same keys, and may have the same audience (OpenID Connect Core 1.0, 2 and 3.1.3.6; Back-Channel Logout 1.0, 2.4).
_OTHER_KINDS = frozenset({"ID", "Refresh", "Offline", "Logout"})
_OF_OTHER_KINDS = ("at_hash", "c_hash", "events")


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as their issuer knows them. `email` is theirs only where `email_verified`; `issued_at` is in Unix s."""

    issuer: str
    subject: str
    issued_at: int
    email: str | None = None
    email_verified: bool = False
    first_name: str | None = None
    last_name: str | None = None
    may_link: bool = False


class Identities(Protocol):
    """Which of our people an identity is."""

    async def user_of(self, identity: Identity, token: str) -> str:
        """Our id of the person, made at first sight. Raises TokenRejected, or KeysUnavailable."""
        ...


class DiscoveredKeys(RemoteKeys):
    """Keys whose URL stands in the issuer's discovery document, read anew with the keys."""

    def __init__(self, issuer: str, **options: Any) -> None:
        super().__init__(f"{issuer.rstrip('/')}/.well-known/openid-configuration", **options)
        self._issuer = issuer

    async def _locate(self, client: httpx.AsyncClient) -> str:
        document = await read_document(client, await super()._locate(client))
        if not isinstance(document, dict) or document.get("issuer") != self._issuer:
            raise ValueError(f"the discovery document is not {self._issuer}'s own")
        url = document.get("jwks_uri")
        schemes = ("https",) if urlsplit(self._issuer).scheme == "https" else ("http", "https")
        if not isinstance(url, str) or urlsplit(url).scheme not in schemes:
            raise ValueError("the discovery document names no jwks_uri that can be trusted")
        return url


class OidcIssuer:
    """A trusted issuer at work: see chassis.tokens.Issuer."""

    def __init__(self, trusted: TrustedIssuer, keys: Keys, identities: Identities, *, kept_s: float = KEPT_S) -> None:
        self.name = trusted.issuer
        self.audience = trusted.audience
        self.algorithms: Collection[str] = trusted.algorithms
        self.keys = keys
        self.kept_s = kept_s
        self._trusted = trusted
        self._identities = identities

    async def claims(self, body: Mapping[str, Any], token: str) -> Claims:
        """See chassis.tokens.Issuer."""
        if body.get("typ") in _OTHER_KINDS or any(claim in body for claim in _OF_OTHER_KINDS):
            raise TokenRejected("This is not an access token.")
        identity = self.identity(body)
        theirs = {role for role in values_at(body, self._trusted.roles_claim) if isinstance(role, str)}
        return Claims(
            user_id=await self._identities.user_of(identity, token),
            roles=_mapped(theirs, self._trusted.roles),
            scopes=_mapped(theirs, self._trusted.scopes),
            session_id=None,
            expires_at=int(body["exp"]),
            policies=frozenset({VERIFIED_EMAIL}) if identity.email_verified else frozenset(),
        )

    def identity(self, body: Mapping[str, Any]) -> Identity:
        """Whom a token is about (OpenID Connect Core 1.0, 5.1). Raises TokenRejected for a subject that is none."""
        subject = body["sub"]
        if not 1 <= len(subject) <= SUBJECT_LENGTH_MAX or not subject.isprintable():
            raise TokenRejected("The access token's subject has the wrong shape.")
        return Identity(
            issuer=self.name,
            subject=subject,
            issued_at=int(body["iat"]),
            email=_text(body.get("email")),
            # A string "false" is not true, and a missing claim is not either.
            email_verified=body.get("email_verified") is True and _text(body.get("email")) is not None,
            first_name=_text(body.get("given_name")),
            last_name=_text(body.get("family_name")),
            may_link=self._trusted.link_verified_email,
        )


def issuers_of(settings: Settings, identities: Identities) -> list[OidcIssuer]:
    """Every issuer that the settings trust."""

    def keys_of(trusted: TrustedIssuer) -> Keys:
        options: dict[str, Any] = {"timeout_ms": settings.jwks_timeout_ms, "cache_s": settings.jwks_cache_s}
        if trusted.jwks_url:
            return RemoteKeys(trusted.jwks_url, algorithms=trusted.algorithms, **options)
        return DiscoveredKeys(trusted.issuer, algorithms=trusted.algorithms, **options)

    return [OidcIssuer(trusted, keys_of(trusted), identities) for trusted in settings.oidc_issuers]


class RemoteIdentities:
    """Asks the subgraph that owns people, with the very token, which it judges itself."""

    def __init__(
        self, url: str, *, internal_token: str, timeout_ms: int, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._url = url
        self._seconds = timeout_ms / 1_000
        self._transport = transport
        self._headers = {"x-internal-token": internal_token}

    async def user_of(self, identity: Identity, token: str) -> str:
        """See Identities."""
        del identity
        try:
            async with (
                asyncio.timeout(self._seconds),
                httpx.AsyncClient(timeout=self._seconds, transport=self._transport, trust_env=False) as client,
            ):
                response = await client.post(self._url, headers={**self._headers, "authorization": f"Bearer {token}"})
            if response.status_code == 401:
                raise TokenRejected("The access token is not accepted here.")
            response.raise_for_status()
            user_id = response.json()["userId"]
            if not isinstance(user_id, str) or not user_id:
                raise ValueError("the answer holds no user id")
        except (httpx.HTTPError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise KeysUnavailable(f"nobody could be asked at {self._url} who this is: {error!r}") from error
        return user_id


def values_at(body: Mapping[str, Any], path: str) -> Sequence[Any]:
    """What stands under a name, or at a path of names with dots between them, as a list; empty where nothing does."""
    value: Any = body.get(path)
    if value is None:
        value = body
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _mapped(theirs: Collection[str], ours: Mapping[str, Sequence[str]]) -> frozenset[str]:
    return frozenset(each for role in theirs for each in ours.get(role, ()))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _TEXT_MAX and value.isprintable() else None
