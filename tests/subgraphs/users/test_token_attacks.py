"""Access tokens as an attacker makes them, shown to the subgraph itself: each is refused, none is taken for a guest's."""

import hmac
import time
from typing import Any

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chassis.testing import KID, Client

pytestmark = pytest.mark.anyio

FLAWS = (
    "alg none", "no algorithm", "HS256 with the public key in PEM", "HS256 with the key set", "HS256 with nothing",
    "another key", "a key it brings along", "a URL of keys it brings along", "a certificate it brings along",
    "an unknown key", "no key", "a path as key id", "a statement as key id", "a key id that is no text",
    "another issuer", "no issuer", "another audience", "no audience", "expired", "without an end",
    "an end that is no number", "an end beyond all numbers", "not yet valid", "issued in the future", "no subject",
    "a subject that is no text", "roles that are no list", "a scope that is no text", "altered", "cut off", "a refresh token",
    "a dot", "nothing but depth", "nothing but length", "an extension nobody knows", "a signature of zeros",
)  # fmt: skip


def encoded(part: Any) -> str:
    return jwt.utils.base64url_encode(part if isinstance(part, bytes) else orjson.dumps(part)).decode()


def flawed(users: Client, flaw: str) -> str:
    signer, now = users.signer, int(time.time())
    good = signer.token("user-admin", roles=["admin"], scopes=["users:read"])
    claims = jwt.decode(good, options={"verify_signature": False})
    key: ec.EllipticCurvePrivateKey = signer._key
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def by_hand(header: dict[str, Any], secret: bytes | None = None) -> str:
        head = f"{encoded(header)}.{encoded(claims)}"
        return f"{head}.{encoded(hmac.digest(secret, head.encode(), 'sha256')) if secret is not None else ''}"

    def with_body(body: Any, by: Any = key, **header: Any) -> str:
        head = f"{encoded({'alg': 'ES256', 'kid': KID, 'typ': 'JWT', **header})}.{encoded(body)}"
        mac = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).sign(head.encode(), by)
        return f"{head}.{encoded(mac)}"

    def signed(changed: dict[str, Any] | None = None, by: Any = key, **header: Any) -> str:
        body = {name: value for name, value in {**claims, **(changed or {})}.items() if value is not ...}
        return with_body(body, by, **header)

    stranger = ec.generate_private_key(ec.SECP256R1())
    own = jwt.algorithms.ECAlgorithm.to_jwk(stranger.public_key(), as_dict=True)
    made = {
        "alg none": by_hand({"alg": "none", "kid": KID}),
        "no algorithm": by_hand({"kid": KID}),
        "HS256 with the public key in PEM": by_hand({"alg": "HS256", "kid": KID}, pem),
        "HS256 with the key set": by_hand({"alg": "HS256", "kid": KID}, orjson.dumps(signer.jwks)),
        "HS256 with nothing": by_hand({"alg": "HS256", "kid": KID}, b""),
        "another key": signed(by=stranger),
        "a key it brings along": signed(by=stranger, jwk={**own, "kid": KID}),
        "a URL of keys it brings along": signed(by=stranger, jku="http://127.0.0.1:1/jwks"),
        "a certificate it brings along": signed(by=stranger, x5u="http://127.0.0.1:1/x", x5c=["AAAA"]),
        "an unknown key": signed(kid="other"),
        "no key": signed(kid=None),
        "a path as key id": signed(kid="../../../../../../dev/null"),
        "a statement as key id": signed(kid="' UNION SELECT 'x' --"),
        "a key id that is no text": signed(kid={"x": 1}),
        "another issuer": signed({"iss": "https://evil.example"}),
        "no issuer": signed({"iss": ...}),
        "another audience": signed({"aud": "bank"}),
        "no audience": signed({"aud": ...}),
        "expired": signed({"exp": now - 60}),
        "without an end": signed({"exp": ...}),
        "an end that is no number": signed({"exp": "never"}),
        "an end beyond all numbers": with_body(orjson.dumps({**claims, "exp": 0}).replace(b'"exp":0', b'"exp":1e999')),
        "not yet valid": signed({"nbf": now + 600}),
        "issued in the future": signed({"iat": now + 600}),
        "no subject": signed({"sub": ...}),
        "a subject that is no text": signed({"sub": 7}),
        "roles that are no list": signed({"roles": "admin"}),
        "a scope that is no text": signed({"scope": ["users:read"]}),
        "altered": ".".join((good.split(".")[0], encoded({**claims, "sub": "user-bob"}), good.split(".")[2])),
        "cut off": good[:-10],
        "a refresh token": "3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789_",
        "a dot": ".",
        "nothing but depth": f"{encoded(b'[' * 5_000)}.{encoded({})}.x",
        "nothing but length": "x" * 20_000,
        "an extension nobody knows": signed(crit=["x"], x=1),
        "a signature of zeros": good.rpartition(".")[0] + "." + encoded(b"\0" * 64),
    }
    assert set(made) == set(FLAWS)
    return made[flaw]


@pytest.mark.parametrize("flaw", FLAWS)
async def test_a_flawed_token_is_refused(users: Client, flaw: str):
    token = flawed(users, flaw)

    answer = await users.ask("{ me { id } users { totalCount } }", headers={"authorization": f"Bearer {token}"})

    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
    assert answer.data is None


async def test_the_same_token_without_a_flaw_is_accepted(users: Client):
    token = users.signer.token("user-admin", roles=["admin"], scopes=["users:read"])

    answer = await users.ask("{ me { id } users { totalCount } }", headers={"authorization": f"Bearer {token}"})

    assert (answer.status, answer.data["me"]) == (200, {"id": "user-admin"})


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "bearer", "Token x"])
async def test_a_header_that_is_no_bearer_token_is_refused_unless_it_is_empty(users: Client, header: str):
    answer = await users.ask("{ me { id } }", headers={"authorization": header})

    assert answer.status == (401 if header else 200)
