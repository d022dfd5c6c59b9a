"""Access tokens as an attacker makes them, out of a good one and what everybody may read."""

import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.security.premises import Premises

FLAWS = (
    "alg none", "alg None", "HS256 with the public key in PEM", "HS256 with the key set", "another key",
    "a key it brings along", "a URL of keys it brings along", "a URL of a certificate it brings along",
    "an unknown key", "a path as key id", "a URL as key id", "a statement as key id", "another issuer",
    "another audience", "expired", "not yet valid", "without an end", "without a subject", "altered",
    "a scope put in", "cut off", "without a signature", "huge", "a word",
)  # fmt: skip
HUGE_BYTES = 9_000


def encoded(part: Any) -> str:
    return jwt.utils.base64url_encode(part if isinstance(part, bytes) else json.dumps(part).encode()).decode()


def flawed(premises: Premises, flaw: str, *, trap: str) -> str:
    """The token; `trap` is a URL at which somebody would notice being asked."""
    own = serialization.load_pem_private_key(premises.signing_key.encode(), None)
    assert isinstance(own, ec.EllipticCurvePrivateKey)
    stranger = ec.generate_private_key(ec.SECP256R1())
    jwk = {**jwt.algorithms.ECAlgorithm.to_jwk(stranger.public_key(), as_dict=True), "kid": premises.kid}
    pem = own.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    jwks = premises.http.get(f"http://127.0.0.1:{premises.port}/users/.well-known/jwks.json").content
    now = int(time.time())
    claims = {
        "sub": "user-admin", "iss": "http://localhost:4000", "aud": "shop", "iat": now, "exp": now + 600,
        "roles": ["customer", "admin"], "scope": "users:read orders:read",
    }  # fmt: skip

    def signed(changes: Mapping[str, Any] | None = None, by: ec.EllipticCurvePrivateKey = own, **header: Any) -> str:
        body = {name: value for name, value in {**claims, **(changes or {})}.items() if value is not ...}
        return jwt.encode(body, by, algorithm="ES256", headers={"kid": premises.kid, **header})

    def by_hand(alg: str, secret: bytes | None) -> str:
        head = f"{encoded({'alg': alg, 'typ': 'JWT', 'kid': premises.kid})}.{encoded(claims)}"
        return f"{head}.{encoded(hmac.digest(secret, head.encode(), 'sha256')) if secret else ''}"

    good = signed()
    head, _, end = good.split(".")
    made = {
        "alg none": by_hand("none", None),
        "alg None": by_hand("None", None),
        "HS256 with the public key in PEM": by_hand("HS256", pem),
        "HS256 with the key set": by_hand("HS256", jwks),
        "another key": signed(by=stranger),
        "a key it brings along": signed(by=stranger, jwk=jwk),
        "a URL of keys it brings along": signed(by=stranger, jku=f"{trap}/jwks.json"),
        "a URL of a certificate it brings along": signed(by=stranger, x5u=f"{trap}/x.pem", x5c=["AAAA"]),
        "an unknown key": signed(kid="another-key"),
        "a path as key id": signed(by=stranger, kid="../../../../dev/null"),
        "a URL as key id": signed(by=stranger, kid=f"{trap}/key"),
        "a statement as key id": signed(by=stranger, kid="' UNION SELECT 'key' --"),
        "another issuer": signed({"iss": f"{trap}/"}),
        "another audience": signed({"aud": "bank"}),
        "expired": signed({"exp": now - 60}),
        "not yet valid": signed({"nbf": now + 600}),
        "without an end": signed({"exp": ...}),
        "without a subject": signed({"sub": ...}),
        "altered": f"{head}.{encoded({**claims, 'sub': 'user-alice'})}.{end}",
        "a scope put in": f"{head}.{encoded({**claims, 'scope': 'users:write'})}.{end}",
        "cut off": good[:-20],
        "without a signature": f"{good.rpartition('.')[0]}.",
        "huge": signed({"padding": "x" * HUGE_BYTES}),
        "a word": "admin",
    }
    assert set(made) == set(FLAWS)
    return made[flaw]
