"""The keys that sign access tokens, the tokens, and the JWK Set by which everybody else checks them.

TOKEN_SIGNING_KEY holds one or more P-256 private keys in PEM, one after another: the first signs, all are published.
To rotate, put a new key in front, wait until no token of the old one lives (15 minutes), then drop the old one.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
import orjson
import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from chassis.settings import Settings, UnsafeSettings
from chassis.tokens import ALGORITHM, KnownKeys
from subgraphs.users.model import ACCESS_LIFETIME, scopes_of

log = structlog.get_logger("users.signing")

_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the id its public half is published under (its RFC 7638 thumbprint)."""

    kid: str
    private: ec.EllipticCurvePrivateKey
    public: dict[str, Any]

    @classmethod
    def of(cls, private: ec.EllipticCurvePrivateKey) -> SigningKey:
        """Name a key by its thumbprint."""
        jwk: dict[str, Any] = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
        members = orjson.dumps({name: jwk[name] for name in ("crv", "kty", "x", "y")}, option=orjson.OPT_SORT_KEYS)
        kid = base64.urlsafe_b64encode(hashlib.sha256(members).digest()).rstrip(b"=").decode()
        return cls(kid, private, {**jwk, "kid": kid, "use": "sig", "alg": ALGORITHM})


class KeyRing:
    """Signs access tokens with the first of its keys."""

    def __init__(self, keys: Iterable[SigningKey], *, issuer: str, audience: str) -> None:
        self._keys = list(keys)
        self._issuer = issuer
        self._audience = audience
        self.jwks = {"keys": [key.public for key in self._keys]}
        self.public = KnownKeys(self.jwks)

    @classmethod
    def of(cls, settings: Settings) -> KeyRing:
        """The keys of the settings; development makes one that lives as long as the process.

        Raises UnsafeSettings in production without TOKEN_SIGNING_KEY, and anywhere when it is not a P-256 key.
        """
        pem = settings.token_signing_key.get_secret_value() if settings.token_signing_key else ""
        if pem:
            keys = read_keys(pem)
        elif settings.production:
            raise UnsafeSettings("TOKEN_SIGNING_KEY is not set: give users a P-256 private key in PEM")
        else:
            keys = [SigningKey.of(ec.generate_private_key(ec.SECP256R1()))]
        return cls(keys, issuer=settings.token_issuer, audience=settings.token_audience)

    def access_token(
        self, user_id: str, roles: Iterable[str], *, session_id: str, moment: datetime, policies: Iterable[str] = ()
    ) -> str:
        """A signed JWT that says who, in which session, with which roles, scopes and policies, until when."""
        issued = int(moment.timestamp())
        body = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": user_id,
            "sid": session_id,
            "iat": issued,
            "exp": issued + int(ACCESS_LIFETIME.total_seconds()),
            "roles": sorted(roles),
            "scope": " ".join(sorted(scopes_of(roles))),
            "policies": sorted(policies),
        }
        key = self._keys[0]
        return jwt.encode(body, key.private, algorithm=ALGORITHM, headers={"kid": key.kid})


def read_keys(pem: str) -> list[SigningKey]:
    """Every private key in a PEM text, in order; newlines may be escaped, as environments like to."""
    keys = []
    for block in _PEM.findall(pem.replace("\\n", "\n")):
        try:
            private = serialization.load_pem_private_key(block.encode(), password=None)
        except ValueError as error:
            raise UnsafeSettings("TOKEN_SIGNING_KEY holds a key that cannot be read") from error
        if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
            raise UnsafeSettings("TOKEN_SIGNING_KEY must hold P-256 keys, for ES256")
        keys.append(SigningKey.of(private))
    if not keys:
        raise UnsafeSettings("TOKEN_SIGNING_KEY holds no PEM private key")
    return keys
