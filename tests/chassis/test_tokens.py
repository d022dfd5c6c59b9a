"""Keys read over HTTP, and what happens when they cannot be."""

import time
from typing import Any

import httpx
import orjson
import pytest

from chassis.settings import Settings
from chassis.testing import KID, Signer
from chassis.tokens import KeysUnavailable, KnownKeys, RemoteKeys, TokenRejected, Verifier, parse_keys
from tests.chassis.conftest import Respond, answering, dripping, saying, silent, unused_url

pytestmark = pytest.mark.anyio

SETTINGS = Settings()
SIGNER = Signer(SETTINGS)


class Source:
    """A JWKS URL that counts how often it is asked."""

    def __init__(self, jwks: Any) -> None:
        self.jwks = jwks
        self.asked = 0
        self.down = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.down:
            raise httpx.ConnectError("down")
        return httpx.Response(200, json=self.jwks)


class Time:
    """Monotonic seconds that move when told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def keys_from(source: Source, clock: Time) -> RemoteKeys:
    return RemoteKeys("http://users/jwks", cache_s=300, transport=httpx.MockTransport(source), clock=clock)


def verifier(keys: Any, **more: Any) -> Verifier:
    return Verifier(keys, issuer=SETTINGS.token_issuer, audience=SETTINGS.token_audience, **more)


async def test_keys_are_read_once_and_kept():
    source = Source(SIGNER.jwks)
    judge = verifier(keys_from(source, Time()))

    first = await judge.verify(SIGNER.token("alice", roles=["admin"], scopes=["a:b"], sid="s1"))
    await judge.verify(SIGNER.token("bob"))

    assert (first.user_id, first.session_id) == ("alice", "s1")
    assert (first.roles, first.scopes) == (frozenset({"admin"}), frozenset({"a:b"}))
    assert source.asked == 1


async def test_a_key_that_turns_up_later_is_looked_up():
    source, clock, new = Source(SIGNER.jwks), Time(), Signer(SETTINGS)
    keys = keys_from(source, clock)
    await keys.get(KID)

    source.jwks = {"keys": [{**new.jwks["keys"][0], "kid": "new"}, *SIGNER.jwks["keys"]]}
    clock.now += 10

    assert await keys.get("new") is not None
    assert await keys.get(KID) is not None


async def test_a_key_that_was_withdrawn_is_forgotten_when_the_cache_is_old():
    source, clock = Source(SIGNER.jwks), Time()
    keys = keys_from(source, clock)
    assert await keys.get(KID) is not None

    source.jwks = {"keys": [{**Signer(SETTINGS).jwks["keys"][0], "kid": "new"}]}
    clock.now += 301

    assert await keys.get(KID) is None


async def test_invented_key_ids_do_not_become_a_flood_of_requests():
    source, clock = Source(SIGNER.jwks), Time()
    keys = keys_from(source, clock)

    for number in range(50):
        assert await keys.get(f"invented-{number}") is None

    assert source.asked == 1
    clock.now += 6
    await keys.get("invented")
    assert source.asked == 2


async def test_keys_outlive_their_source():
    source, clock = Source(SIGNER.jwks), Time()
    keys = keys_from(source, clock)
    await keys.get(KID)

    source.down = True
    clock.now += 10_000

    assert await keys.get(KID) is not None


@pytest.mark.parametrize(
    "respond",
    [
        silent,
        dripping,
        saying(orjson.dumps(SIGNER.jwks), length=10_000),
        saying(b"<html>"),
        saying(b"{}"),
        saying(b'{"keys": []}'),
        saying(b'{"keys": [{"kid": "k", "kty": "EC", "crv": "P-256"}]}'),
        saying(orjson.dumps(SIGNER.jwks), status="500 Oh"),
        saying(b'{"keys": [' + b" " * 300_000 + b"]}"),
    ],
)
async def test_a_source_that_is_slow_cut_off_or_wrong_is_unavailable(respond: Respond):
    async with answering(respond) as url:
        with pytest.raises(KeysUnavailable):
            await RemoteKeys(url, timeout_ms=200).get(KID)


async def test_a_source_that_refuses_is_unavailable():
    with pytest.raises(KeysUnavailable):
        await RemoteKeys(unused_url(), timeout_ms=500).get(KID)


async def test_a_remembered_token_still_expires():
    moment = [time.time()]
    judge = verifier(KnownKeys(SIGNER.jwks), clock=lambda: moment[0])
    token = SIGNER.token("alice", expires_in_s=60)
    await judge.verify(token)

    moment[0] += 120

    with pytest.raises(TokenRejected, match="expired"):
        await judge.verify(token)


class Ended:
    def __init__(self, *sessions: str) -> None:
        self.sessions = set(sessions)

    async def includes(self, session_id: str) -> bool:
        return session_id in self.sessions


async def test_a_token_of_an_ended_session_is_rejected_even_when_remembered():
    ended = Ended()
    judge = verifier(KnownKeys(SIGNER.jwks), revocations=ended)
    token = SIGNER.token("alice", sid="s1")
    await judge.verify(token)

    ended.sessions.add("s1")

    with pytest.raises(TokenRejected, match="signed out"):
        await judge.verify(token)
    await judge.verify(SIGNER.token("alice", sid="s2"))


@pytest.mark.parametrize("claim", ["sub", "exp", "iat", "iss", "aud"])
async def test_a_token_needs_all_its_claims(claim: str):
    import jwt

    body = jwt.decode(SIGNER.token("alice"), options={"verify_signature": False})
    del body[claim]
    token = jwt.encode(body, SIGNER._key, algorithm="ES256", headers={"kid": KID})

    with pytest.raises(TokenRejected):
        await verifier(KnownKeys(SIGNER.jwks)).verify(token)


async def test_a_token_signed_with_the_public_key_as_a_secret_is_rejected():
    import jwt

    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = jwt.encode({"sub": "alice"}, "public", algorithm="HS256", headers={"kid": KID})

    with pytest.raises(TokenRejected, match="ES256"):
        await verifier(KnownKeys(SIGNER.jwks)).verify(token)


def test_keys_of_other_kinds_are_passed_over():
    assert list(parse_keys({"keys": [{"kid": "r", "kty": "RSA"}, {"kty": "EC"}, "x", *SIGNER.jwks["keys"]]})) == [KID]
