"""Tokens: who is anonymous, who is known, and who is refused."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from router.http.app import App
from tests.router.pipeline.shop import Shop, ask, client, router

pytestmark = pytest.mark.anyio


class Keys:
    """A signing key and the file that publishes it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.published: list[dict[str, Any]] = []
        self.private = self.rotate("k1")

    def rotate(self, kid: str) -> ec.EllipticCurvePrivateKey:
        self.kid = kid
        self.private = ec.generate_private_key(ec.SECP256R1())
        public = orjson.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.private.public_key()))
        self.published.append({**public, "kid": kid, "alg": "ES256", "use": "sig"})
        self.file.write_bytes(orjson.dumps({"keys": self.published}))
        return self.private

    def token(self, private: ec.EllipticCurvePrivateKey | None = None, kid: str | None = None, **claims: Any) -> str:
        payload = {"sub": "1", "exp": int(time.time()) + 60, **claims}
        return jwt.encode(payload, private or self.private, algorithm="ES256", headers={"kid": kid or self.kid})


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "jwks.json")


def guarded(keys: Keys, shop: Shop | None = None, more: str = "") -> App:
    settings = f"authentication: {{router: {{jwt: {{jwks: [{{url: 'file://{keys.file}'{more}}}]}}}}}}"
    return router(shop or Shop(), settings)


ME = "{ me { id } }"


async def test_a_good_token_is_let_in(keys: Keys) -> None:
    answer = await ask(guarded(keys), ME, authorization=f"Bearer {keys.token()}")

    assert answer.json() == {"data": {"me": {"id": "1"}}}


async def test_without_a_token_everybody_is_anonymous(keys: Keys) -> None:
    answer = await ask(guarded(keys), '{ hello(name: "x") }')

    assert answer.json() == {"data": {"hello": "hello x"}}


@pytest.mark.parametrize(
    "flaw", ["expired", "forged", "unknown key", "malformed", "no scheme", "none algorithm", "not yet"]
)
async def test_a_flawed_token_is_refused_and_never_anonymous(keys: Keys, flaw: str) -> None:
    shop = Shop()
    stranger = ec.generate_private_key(ec.SECP256R1())
    header = {
        "expired": lambda: f"Bearer {keys.token(exp=int(time.time()) - 60)}",
        "forged": lambda: f"Bearer {keys.token(stranger)}",
        "unknown key": lambda: f"Bearer {keys.token(stranger, 'k9')}",
        "malformed": lambda: "Bearer abc",
        "no scheme": keys.token,
        "none algorithm": lambda: "Bearer " + jwt.encode({"sub": "1"}, "", algorithm="none", headers={"kid": "k1"}),
        "not yet": lambda: f"Bearer {keys.token(nbf=int(time.time()) + 600)}",
    }[flaw]()

    answer = await ask(guarded(keys, shop), '{ hello(name: "x") }', authorization=header)

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "www-authenticate" in answer.headers
    assert shop.requests == []


async def test_a_token_of_another_issuer_is_refused(keys: Keys) -> None:
    app = guarded(keys, more=", issuer: shop")

    ours = await ask(app, ME, authorization=f"Bearer {keys.token(iss='shop')}")
    theirs = await ask(app, ME, authorization=f"Bearer {keys.token(iss='other')}")

    assert (ours.status_code, theirs.status_code) == (200, 401)


async def test_a_rotated_key_is_found_without_a_restart(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("router.pipeline.authentication.REFETCH_SECONDS", 0.0)
    app = guarded(keys)
    old = keys.token()
    await ask(app, ME, authorization=f"Bearer {old}")

    keys.rotate("k2")
    new = await ask(app, ME, authorization=f"Bearer {keys.token()}")
    still = await ask(app, ME, authorization=f"Bearer {old}")

    assert (new.status_code, still.status_code) == (200, 200)


async def test_without_any_key_tokens_cannot_be_judged(keys: Keys) -> None:
    keys.file.unlink()

    answer = await ask(guarded(keys), ME, authorization=f"Bearer {keys.token()}")

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "AUTHENTICATION_UNAVAILABLE")


async def test_a_known_token_expires_all_the_same(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    app = guarded(keys)
    token = keys.token(exp=int(time.time()) + 60)
    first = await ask(app, ME, authorization=f"Bearer {token}")

    later = time.time() + 120
    monkeypatch.setattr("router.pipeline.authentication.time.time", lambda: later)
    monkeypatch.setattr("jwt.api_jwt.datetime", _Later)
    second = await ask(app, ME, authorization=f"Bearer {token}")

    assert (first.status_code, second.status_code) == (200, 401)


class _Later:
    """A clock two minutes ahead, where PyJWT looks for one."""

    @staticmethod
    def now(tz: Any = None) -> Any:
        from datetime import datetime, timedelta

        return datetime.now(tz) + timedelta(minutes=2)


async def test_signing_in_can_be_required(keys: Keys) -> None:
    answer = await ask(router(Shop(), "authorization: {require_authentication: true}"), "{ __typename }")

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


async def test_two_tokens_in_one_request_are_refused_rather_than_chosen_from(keys: Keys) -> None:
    shop = Shop()
    app = guarded(keys, shop)
    ada, bob = (f"Bearer {keys.token(sub=sub)}" for sub in ("ada", "bob"))

    async with client(app) as http:
        for _ in range(3):
            await http.post("/graphql", json={"query": ME}, headers={"authorization": ada})
        asked = len(shop.requests)
        both = [("authorization", ada), ("authorization", bob)]
        answer = await http.post("/graphql", json={"query": ME}, headers=both)

    assert answer.status_code == 401
    assert len(shop.requests) == asked
