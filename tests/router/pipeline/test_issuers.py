"""Several issuers, each with its own keys and rules: what of a token is believed, and what it grants."""

from __future__ import annotations

import asyncio
import base64
import time
from pathlib import Path
from typing import Any

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from router.http.app import App
from router.pipeline import authentication
from router.pipeline.authentication import Authentication, KeysUnavailable, granted
from router.pipeline.request import Refused, Request
from router.settings import ClaimMap, Settings
from tests.router.pipeline.shop import Shop, ask, router

pytestmark = pytest.mark.anyio

OURS, THEIRS = "https://shop.example", "https://id.example/realms/shop"
SETTINGS = """
authentication:
  router:
    jwt:
      jwks:
        - {{url: 'file://{ours}', issuer: '{OURS}', audience: shop, policies: {{claim: policies}}}}
        - url: file://{theirs}
          issuer: {THEIRS}
          audience: shop
          algorithms: [RS256]
          scopes: {{claim: realm_access.roles, map: {{shop-admin: [root], auditor: ['reports:read', staff]}}}}
          policies: {{claim: email_verified, map: {{'true': [vault]}}}}
"""


class Issuer:
    """An issuer with one key, under the same key id as everybody else's."""

    def __init__(self, name: str, file: Path, key: Any) -> None:
        self.name = name
        self.key = key
        kind = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
        self.algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
        public = {**kind.to_jwk(key.public_key(), as_dict=True), "kid": "1", "alg": self.algorithm, "use": "sig"}
        file.write_bytes(
            orjson.dumps({"keys": [public, {"kty": "RSA", "kid": "e", "use": "enc", "n": "AQAB", "e": "AQAB"}]})
        )

    def token(self, *, headers: dict[str, Any] | None = None, without: str = "", **claims: Any) -> str:
        now = int(time.time())
        body = {"iss": self.name, "aud": "shop", "sub": "1", "iat": now, "exp": now + 60, **claims}
        body.pop(without, None)
        return jwt.encode(body, self.key, algorithm=self.algorithm, headers={"kid": "1", **(headers or {})})

    @property
    def public_pem(self) -> bytes:
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, kind)


@pytest.fixture
def ours(tmp_path: Path) -> Issuer:
    return Issuer(OURS, tmp_path / "ours.json", ec.generate_private_key(ec.SECP256R1()))


RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def theirs(tmp_path: Path) -> Issuer:
    return Issuer(THEIRS, tmp_path / "theirs.json", RSA_KEY)


@pytest.fixture
def app(tmp_path: Path, ours: Issuer, theirs: Issuer) -> App:
    text = SETTINGS.format(ours=tmp_path / "ours.json", theirs=tmp_path / "theirs.json", OURS=OURS, THEIRS=THEIRS)
    return router(Shop(), text)


async def seen(app: App, token: str) -> dict[str, Any]:
    """Which of the guarded fields somebody sees."""
    answer = await ask(app, "{ me { id } report { total } secret }", authorization=f"Bearer {token}")
    assert answer.status_code == 200, answer.text
    return {name: value is not None for name, value in answer.json()["data"].items()}


async def test_each_issuer_is_judged_by_its_own_keys_though_their_ids_are_equal(app: App, ours: Issuer, theirs: Issuer):
    assert (await seen(app, ours.token()))["me"]
    assert (await seen(app, theirs.token()))["me"]


async def test_roles_of_another_issuer_give_the_scopes_they_are_mapped_to(app: App, theirs: Issuer):
    def roles(*names: str) -> str:
        return theirs.token(realm_access={"roles": list(names)})

    assert (await seen(app, roles("auditor")))["report"]
    assert (await seen(app, roles("shop-admin", "other")))["report"]
    assert not (await seen(app, roles("unknown")))["report"]
    assert not (await seen(app, theirs.token(realm_access="auditor")))["report"]


async def test_a_scope_that_such_a_token_names_itself_counts_for_nothing(app: App, ours: Issuer, theirs: Issuer):
    assert (await seen(app, ours.token(scope="root")))["report"]
    for claim in ("scope", "scp", "scopes"):
        named: dict[str, Any] = {claim: "root"}
        assert not (await seen(app, theirs.token(**named)))["report"]


async def test_policies_follow_from_a_claim(app: App, ours: Issuer, theirs: Issuer):
    assert (await seen(app, ours.token(policies=["vault"])))["secret"]
    assert not (await seen(app, ours.token(policies=["other"])))["secret"]
    assert (await seen(app, theirs.token(email_verified=True)))["secret"]
    for flaw in (False, None, "yes", ["vault"], {"true": True}):
        assert not (await seen(app, theirs.token(email_verified=flaw)))["secret"]
    assert not (await seen(app, theirs.token(policies=["vault"])))["secret"]


def forged(ours: Issuer, theirs: Issuer) -> dict[str, str]:
    """Tokens as an attacker would make them."""
    now = int(time.time())
    stranger = ec.generate_private_key(ec.SECP256R1())
    good = {"iss": OURS, "aud": "shop", "sub": "1", "iat": now, "exp": now + 60}

    def by(key: Any, algorithm: str = "ES256", **headers: Any) -> str:
        return jwt.encode(good, key, algorithm=algorithm, headers={"kid": "1", **headers})

    def unsigned(header: dict[str, Any]) -> str:
        parts = (base64.urlsafe_b64encode(orjson.dumps(part)).rstrip(b"=").decode() for part in (header, good))
        return ".".join(parts) + "."

    def keyed(pem: bytes) -> str:
        # PyJWT refuses to make this one, so it is made by hand.
        import hashlib
        import hmac

        head = unsigned({"alg": "HS256", "kid": "1", "typ": "JWT"})[:-1]
        mac = hmac.digest(pem, head.encode(), hashlib.sha256)
        return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    own = jwt.algorithms.ECAlgorithm.to_jwk(stranger.public_key(), as_dict=True)
    return {
        "alg none": unsigned({"alg": "none", "kid": "1"}),
        "alg None, cased": unsigned({"alg": "nOnE", "kid": "1"}),
        "no algorithm": unsigned({"kid": "1"}),
        "HS256 with the public key": keyed(ours.public_pem),
        "HS256 with the public key of another issuer": keyed(theirs.public_pem),
        "another key": by(stranger),
        "a key it brings along": by(stranger, jwk={**own, "kid": "1"}),
        "a URL of keys it brings along": by(stranger, jku="https://evil.example/jwks.json"),
        "a URL of certificates it brings along": by(stranger, x5u="https://evil.example/x.pem", x5c=["AAAA"]),
        "an unknown key id": by(ours.key, kid="2"),
        "a path as key id": by(ours.key, kid="../../../../dev/null"),
        "a query as key id": by(ours.key, kid="' OR 1=1 --"),
        "an extension nobody knows": by(ours.key, crit=["exp2"], exp2=True),
        "their issuer, our key": ours.token(iss=THEIRS),
        "our issuer, their key": theirs.token(iss=OURS),
        "nobody's issuer": ours.token(iss="https://evil.example"),
        "no issuer": ours.token(without="iss"),
        "another audience": ours.token(aud="bank"),
        "no audience": ours.token(without="aud"),
        "expired": ours.token(exp=now - 60),
        "without an end": ours.token(without="exp"),
        "an end that is no number": ours.token(exp="never"),
        "not yet valid": ours.token(nbf=now + 600),
        "issued in the future": ours.token(iat=now + 600),
        "an altered body": ".".join(
            (
                ours.token().split(".")[0],
                base64.urlsafe_b64encode(orjson.dumps({**good, "sub": "2"})).rstrip(b"=").decode(),
                ours.token().split(".")[2],
            )
        ),
        "a refresh token": "3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789_",
        "three dots": "...",
        "nothing but depth": base64.urlsafe_b64encode(b"[" * 4_000).decode() + ".e30.x",
    }


@pytest.mark.parametrize(
    "flaw",
    list(
        forged(
            Issuer(OURS, Path("/dev/null"), ec.generate_private_key(ec.SECP256R1())),
            Issuer(THEIRS, Path("/dev/null"), RSA_KEY),
        )
    ),
)
async def test_a_forged_token_is_refused_and_nothing_is_asked(tmp_path: Path, ours: Issuer, theirs: Issuer, flaw: str):
    shop = Shop()
    text = SETTINGS.format(ours=tmp_path / "ours.json", theirs=tmp_path / "theirs.json", OURS=OURS, THEIRS=THEIRS)
    token = forged(ours, theirs)[flaw]

    answer = await ask(router(shop, text), '{ hello(name: "x") }', authorization=f"Bearer {token}")

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert shop.requests == []


@pytest.mark.parametrize(
    ("rule", "claims", "expected"),
    [
        (ClaimMap("roles"), {"roles": ["a", "b"]}, {"a", "b"}),
        (ClaimMap("roles"), {"roles": "a"}, {"a"}),
        (ClaimMap("roles"), {}, set()),
        (ClaimMap("roles"), {"roles": [None, {}, ["a"], ""]}, set()),
        (ClaimMap("https://id.example/roles"), {"https://id.example/roles": ["a"]}, {"a"}),
        (ClaimMap("a.b"), {"a": {"b": ["c"]}}, {"c"}),
        (ClaimMap("a.b"), {"a": ["b"]}, set()),
        (ClaimMap("a", {"x": ("1", "2")}), {"a": ["x", "y"]}, {"1", "2"}),
        (ClaimMap("level", {"2": ("strong",)}), {"level": 2}, {"strong"}),
    ],
)
def test_what_a_claim_grants(rule: ClaimMap, claims: dict[str, Any], expected: set[str]):
    assert granted(rule, claims) == expected


# ------------------------------------------------------------------------------------------------- sources in trouble


def judge(fetch: Any, issuers: str = f"[{{url: 'http://keys', issuer: '{OURS}'}}]") -> Authentication:
    settings = Settings.parse(f"authentication: {{router: {{jwt: {{jwks: {issuers}}}}}}}", environment={})
    return Authentication(settings.authentication.router.jwt, frozenset(), fetch)


def request(token: str) -> Request:
    return Request("{ x }", headers=[(b"authorization", f"Bearer {token}".encode())])


async def refusal(judging: Authentication, token: str) -> int:
    with pytest.raises(Refused) as refused:
        await judging.viewer(request(token))
    return refused.value.status


async def test_a_source_that_drips_is_given_up(ours: Issuer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(authentication, "FETCH_SECONDS", 0.01)

    async def never(_: str) -> bytes:
        await asyncio.Event().wait()
        return b""

    assert await refusal(judge(never), ours.token()) == 503


async def test_those_who_wait_for_a_source_that_is_away_do_not_wait_in_turn(ours: Issuer):
    asked = 0

    async def away(_: str) -> bytes:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        raise KeysUnavailable("away")

    judging = judge(away)

    statuses = await asyncio.gather(*(refusal(judging, ours.token(jti=str(number))) for number in range(30)))

    assert statuses == [503] * 30
    assert asked == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"keys": 7}', b'{"keys": [7]}', b'{"keys": []}', b"\xff"])
async def test_a_source_that_says_nonsense_is_away(ours: Issuer, body: bytes):
    async def nonsense(_: str) -> bytes:
        return body

    assert await refusal(judge(nonsense), ours.token()) == 503


async def test_only_the_issuer_a_token_names_is_asked_for_keys(tmp_path: Path, ours: Issuer):
    asked: list[str] = []

    async def fetch(url: str) -> bytes:
        asked.append(url)
        if url == "http://theirs":
            raise KeysUnavailable("away")
        return (tmp_path / "ours.json").read_bytes()

    judging = judge(fetch, f"[{{url: 'http://theirs', issuer: '{THEIRS}'}}, {{url: 'http://ours', issuer: '{OURS}'}}]")

    assert (await judging.viewer(request(ours.token()))).claims is not None
    assert await refusal(judging, ours.token(iss="https://evil.example")) == 401
    assert asked == ["http://ours"]
