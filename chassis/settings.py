"""What the environment decides, read once at the start and passed in from there.

    settings = Settings()                       # reads the environment
    settings.database_of("orders")              # postgresql://…/orders, or ORDERS_DATABASE_URL
    settings.peer_of("products")                # http://127.0.0.1:4001/products/graphql, or PRODUCTS_URL

Every name is documented in docs/settings.md, which a test compares with `documented()`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.trusted import TrustedIssuer

DEVELOPMENT_SANDBOX_SECRET = "sandbox-webhook-secret"  # noqa: S105 -- refused in production
DEVELOPMENT_INTERNAL_TOKEN = "development-internal-token"  # noqa: S105 -- refused in production

# Settings whose name holds a subgraph's: <NAME>_DATABASE_URL and <NAME>_URL.
PATTERNS = ("<NAME>_DATABASE_URL", "<NAME>_URL")
_DATABASE_SUFFIX = "_database_url"
_PEER_SUFFIX = "_url"


class UnsafeSettings(Exception):
    """Production was asked to start with something everybody knows. The message says what to set."""


class Settings(BaseSettings):
    """The settings of every subgraph; frozen. Milliseconds, seconds and bytes are named in the setting."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    environment: Literal["development", "production"] = "development"
    database_url: str = Field("postgresql://postgres@127.0.0.1:5432", repr=False)
    database_prefix: str = ""
    database_pool_size: Annotated[int, Field(ge=1, le=200)] = 12
    database_timeout_ms: Annotated[int, Field(ge=1)] = 5_000
    redis_url: str | None = Field(None, repr=False)
    subgraphs_url: str = "http://127.0.0.1:4001"
    jwks_url: str | None = None
    jwks_timeout_ms: Annotated[int, Field(ge=1)] = 2_000
    jwks_cache_s: Annotated[int, Field(ge=1)] = 300
    revocations_url: str | None = None
    token_signing_key: SecretStr | None = None
    token_issuer: str = "http://localhost:4000"  # noqa: S105 -- a name
    token_audience: str = "shop"  # noqa: S105 -- a name
    token_revocation_cache_s: Annotated[int, Field(ge=0)] = 10
    oidc_issuers: tuple[TrustedIssuer, ...] = ()
    identities_url: str | None = None
    internal_token: SecretStr = SecretStr(DEVELOPMENT_INTERNAL_TOKEN)
    router_secret: SecretStr | None = None
    trusted_proxies: str = "127.0.0.1/32,::1/128"
    peer_timeout_ms: Annotated[int, Field(ge=1)] = 3_000
    peers_in_process: bool = True
    request_bytes_max: Annotated[int, Field(ge=1_024)] = 1_000_000
    request_timeout_ms: Annotated[int, Field(ge=1)] = 20_000
    depth_max: Annotated[int, Field(ge=1)] = 20
    aliases_max: Annotated[int, Field(ge=1)] = 100
    tokens_max: Annotated[int, Field(ge=1)] = 10_000
    entities_per_fetch_max: Annotated[int, Field(ge=1)] = 2_000
    subscriptions_max: Annotated[int, Field(ge=1)] = 1_000
    subscription_heartbeat_ms: Annotated[int, Field(ge=100)] = 10_000
    event_attempts_max: Annotated[int, Field(ge=1)] = 8
    event_retention_days: Annotated[int, Field(ge=1, le=25)] = 14
    event_resend_hours: Annotated[int, Field(ge=1, le=24 * 25)] = 24
    event_poll_ms: Annotated[int, Field(ge=10)] = 1_000
    event_lease_ms: Annotated[int, Field(ge=300)] = 15_000
    smtp_url: SecretStr | None = None
    smtp_timeout_ms: Annotated[int, Field(ge=1)] = 15_000
    mail_from: str = "Shop <shop@ecommerce.local>"
    mail_directory: Path | None = None
    shop_url: str = "http://localhost:4000"
    cache_timeout_ms: Annotated[int, Field(ge=1)] = 250
    catalogue_cache_s: Annotated[int, Field(ge=0)] = 300
    media_url: str | None = Field(None, repr=False)
    media_public_url: str | None = None
    media_access_key_id: str | None = None
    media_secret_access_key: SecretStr | None = None
    media_timeout_ms: Annotated[int, Field(ge=1)] = 5_000
    media_upload_bytes_max: Annotated[int, Field(ge=1)] = 10_000_000
    checkout_hold_s: Annotated[int, Field(ge=1, le=86_400)] = 900
    cart_retention_days: Annotated[int, Field(ge=1)] = 30
    checkouts_at_once: Annotated[int, Field(ge=1)] = 8
    checkouts_waiting_max: Annotated[int, Field(ge=0)] = 150
    checkout_wait_ms: Annotated[int, Field(ge=0)] = 10_000
    crash_at: str | None = None
    payment_provider: Literal["sandbox", "stripe"] = "sandbox"
    payment_sandbox_allowed: bool = False
    sandbox_webhook_url: str | None = None
    sandbox_webhook_secrets: SecretStr = SecretStr(DEVELOPMENT_SANDBOX_SECRET)
    sandbox_challenge_url: str | None = None
    stripe_api_key: SecretStr | None = None
    stripe_api_url: str = "https://api.stripe.com"
    stripe_webhook_secrets: SecretStr | None = None
    stripe_timeout_ms: Annotated[int, Field(ge=1)] = 8_000
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    # Collected from <NAME>_DATABASE_URL and <NAME>_URL, keyed by the subgraph's name in lower case.
    databases: dict[str, str] = Field(default_factory=dict, repr=False)
    peers: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _collect_named(cls, values: dict[str, Any]) -> dict[str, Any]:
        databases, peers = dict(values.get("databases") or {}), dict(values.get("peers") or {})
        for variable, value in os.environ.items():
            name = variable.lower()
            if not value or name in cls.model_fields:
                continue
            if name.endswith(_DATABASE_SUFFIX):
                databases.setdefault(name.removesuffix(_DATABASE_SUFFIX), value)
            elif name.endswith(_PEER_SUFFIX):
                peers.setdefault(name.removesuffix(_PEER_SUFFIX), value)
        return {**values, "databases": databases, "peers": peers}

    @property
    def production(self) -> bool:
        """Whether well-known secrets and demo credentials are refused."""
        return self.environment == "production"

    def database_name(self, subgraph: str) -> str:
        """The name of a subgraph's own database: DATABASE_PREFIX then the subgraph's name."""
        return f"{self.database_prefix}{subgraph}"

    def database_of(self, subgraph: str) -> str:
        """The URL of a subgraph's own database, `postgresql://…/<prefix><name>`."""
        if named := self.databases.get(subgraph):
            return named
        parts = urlsplit(self.database_url)
        return urlunsplit(parts._replace(path=f"/{self.database_name(subgraph)}"))

    def peer_of(self, subgraph: str) -> str:
        """The GraphQL URL another subgraph answers at."""
        return self.peers.get(subgraph) or f"{self.subgraphs_url.rstrip('/')}/{subgraph}/graphql"

    @property
    def keys_url(self) -> str:
        """Where the public keys that check access tokens are read."""
        return self.jwks_url or f"{self.subgraphs_url.rstrip('/')}/users/.well-known/jwks.json"

    @property
    def persons_url(self) -> str:
        """Where other subgraphs ask which of our people somebody of another issuer is."""
        return self.identities_url or f"{self.subgraphs_url.rstrip('/')}/users/identities"

    @property
    def challenges_url(self) -> str:
        """Where customers find the page of the sandbox's bank."""
        return (self.sandbox_challenge_url or f"{self.subgraphs_url.rstrip('/')}/payments/challenges").rstrip("/")

    @property
    def ended_sessions_url(self) -> str:
        """Where other subgraphs read which sessions were signed out."""
        return self.revocations_url or f"{self.subgraphs_url.rstrip('/')}/users/sessions/revoked"

    def refuse_unsafe(self) -> None:
        """Raise UnsafeSettings when production would run on a secret that is in this repository."""
        if not self.production:
            return
        secret = self.internal_token.get_secret_value()
        if secret == DEVELOPMENT_INTERNAL_TOKEN or len(secret) < 32:
            raise UnsafeSettings(
                "INTERNAL_TOKEN is the development default or shorter than 32 characters: "
                "set it to a random secret, the same for every subgraph"
            )
        if self.router_secret is None or len(self.router_secret.get_secret_value()) < 32:
            raise UnsafeSettings(
                "ROUTER_SECRET is not set or shorter than 32 characters: set it to a random secret, the same for the "
                "router and every subgraph, or anybody who reaches a subgraph may ask it"
            )
        if self.crash_at:
            raise UnsafeSettings("CRASH_AT ends processes on purpose: unset it")


def documented() -> frozenset[str]:
    """Every environment variable the subgraphs read, in upper case, patterns as `<NAME>_URL`."""
    fields = {name.upper() for name in Settings.model_fields} - {"DATABASES", "PEERS"}
    return frozenset(fields | set(PATTERNS))
