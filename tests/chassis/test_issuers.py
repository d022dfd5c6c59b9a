"""Tokens of another issuer: whose keys judge them, what they give, and what an attacker makes of them."""

import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jwt
import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from chassis.issuers import Identity, RemoteIdentities, issuers_of, values_at
from chassis.settings import Settings
from chassis.testing import Signer
from chassis.tokens import KeysUnavailable, KnownKeys, TokenRejected, Verifier
from tests.chassis.conftest import Respond, answering, dripping, saying, silent, unused_url
from tests.chassis.issuer import KEYS, StandIn, standing_in

pytestmark = pytest.mark.anyio

OURS = Settings()
SIGNER = Signer(OURS)


class People:
    """Makes an id of issuer and subject; remembers whom it was asked about."""

    def __init__(self) -> None:
        self.asked: list[Identity] = []

    async def user_of(self, identity: Identity, token: str) -> str:
        del token
        self.asked.append(identity)
        return f"user of {identity.subject}"


@pytest.fixture
async def issuer() -> AsyncIterator[StandIn]:
    async with standing_in() as made:
        yield made


def trusting(
    issuer: StandIn, people: Any = None, clock: Any = time.time, timeout_ms: int = 20_000, **more: Any
) -> Verifier:
    entry = {
        "issuer": issuer.issuer,
        "audience": "shop",
        "scopes": {"catalogue": ["products:write"], "shop-admin": ["users:read", "users:write"]},
        "roles": {"shop-admin": ["admin"]},
        **more,
    }
    settings = Settings(oidc_issuers=[entry], jwks_timeout_ms=timeout_ms)
    return Verifier(
        KnownKeys(SIGNER.jwks),
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        others=issuers_of(settings, people or People()),
        clock=clock,
    )


def realm(*roles: str) -> dict[str, Any]:
    return {"realm_access": {"roles": list(roles)}}


async def test_its_roles_become_our_scopes_and_roles(issuer: StandIn):
    claims = await trusting(issuer).verify(issuer.token("ada", **realm("catalogue", "shop-admin", "offline_access")))

    assert claims.user_id == "user of ada"
    assert claims.scopes == {"products:write", "users:read", "users:write"}
    assert claims.roles == {"admin"}
    assert claims.session_id is None


@pytest.mark.parametrize(
    "claims",
    [
        {},
        realm("unknown"),
        {"realm_access": ["shop-admin"]},
        {"realm_access": {"roles": {"shop-admin": True}}},
        {"scope": "users:write"},
        {"roles": ["admin"]},
        {"policies": ["verified_email"]},
        {"email_verified": "true", "email": "a@example.com"},
        {"email_verified": True},
    ],
)
async def test_what_is_not_mapped_gives_nothing(issuer: StandIn, claims: dict[str, Any]):
    found = await trusting(issuer).verify(issuer.token("ada", **claims))

    assert (found.scopes, found.roles, found.policies) == (frozenset(), frozenset(), frozenset())


async def test_a_verified_address_is_a_policy(issuer: StandIn):
    people = People()
    found = await trusting(issuer, people).verify(
        issuer.token("ada", email="Ada@Example.com", email_verified=True, given_name="Ada", family_name="Lovelace")
    )

    assert found.policies == {"verified_email"}
    (asked,) = people.asked
    assert (asked.email, asked.email_verified, asked.first_name) == ("Ada@Example.com", True, "Ada")
    assert (asked.issuer, asked.subject) == (issuer.issuer, "ada")


async def test_our_own_tokens_go_on_being_good(issuer: StandIn):
    claims = await trusting(issuer).verify(SIGNER.token("alice", scopes=["a:b"]))

    assert (claims.user_id, sorted(claims.scopes)) == ("alice", ["a:b"])
    assert issuer.asked == []


async def test_keys_are_found_by_discovery_once(issuer: StandIn):
    judge = trusting(issuer)

    for number in range(5):
        await judge.verify(issuer.token(f"user-{number}"))

    assert issuer.asked == ["/realms/shop/.well-known/openid-configuration", "/realms/shop/certs"]


async def test_keys_may_be_named_instead(issuer: StandIn):
    await trusting(issuer, jwks_url=f"{issuer.issuer}/certs").verify(issuer.token("ada"))

    assert issuer.asked == ["/realms/shop/certs"]


async def test_a_rotated_key_is_found_and_tokens_of_the_old_one_live_on(
    issuer: StandIn, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("chassis.tokens._RETRY_S", 0.0)
    judge = trusting(issuer)
    old = issuer.token("old")
    await judge.verify(issuer.token("before"))

    issuer.rotate()

    assert (await judge.verify(issuer.token("new"))).user_id == "user of new"
    assert (await judge.verify(old)).user_id == "user of old"


@pytest.mark.parametrize(
    "broken",
    [
        silent,
        dripping,
        saying(b"{", length=100),
        saying(b"<html>"),
        saying(b"[]"),
        saying(b"{}", status="503 Away"),
        saying(b'{"issuer": "https://evil.example", "jwks_uri": "https://evil.example/jwks"}'),
        saying(b"{" + b" " * 300_000 + b"}"),
    ],
)
async def test_an_issuer_that_is_slow_cut_off_or_wrong_is_unavailable_and_recovers(
    issuer: StandIn, broken: Respond, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("chassis.tokens._RETRY_WITHOUT_KEYS_S", 0.0)
    judge = trusting(issuer, timeout_ms=3_000)
    issuer.broken = broken

    with pytest.raises(KeysUnavailable):
        await judge.verify(issuer.token("ada"))
    issuer.broken = None

    assert (await judge.verify(issuer.token("ada"))).user_id == "user of ada"


async def test_an_issuer_that_refuses_is_unavailable_and_others_are_not(issuer: StandIn):
    issuer.url = unused_url()

    with pytest.raises(KeysUnavailable):
        await trusting(issuer).verify(issuer.token("ada"))
    assert (await trusting(issuer).verify(SIGNER.token("alice"))).user_id == "alice"


@pytest.mark.parametrize("uri", [None, 7, "file:///etc/passwd", "ftp://x", "", "//evil.example/jwks"])
async def test_a_discovery_document_without_a_place_for_keys_is_unavailable(issuer: StandIn, uri: Any):
    issuer.discovery = {"jwks_uri": uri}

    with pytest.raises(KeysUnavailable):
        await trusting(issuer).verify(issuer.token("ada"))


async def test_a_known_key_outlives_its_issuer(issuer: StandIn):
    judge = trusting(issuer)
    await judge.verify(issuer.token("ada"))

    issuer.broken = silent

    assert (await judge.verify(issuer.token("bob"))).user_id == "user of bob"


async def test_who_somebody_is_is_asked_again_after_a_while(issuer: StandIn):
    people, moment = People(), [time.time()]
    judge = trusting(issuer, people, clock=lambda: moment[0])
    token = issuer.token("ada")

    for _ in range(3):
        await judge.verify(token)
    moment[0] += 61
    await judge.verify(token)

    assert len(people.asked) == 2


def public_pem(key: Any) -> bytes:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, kind)


def forged(issuer: StandIn) -> dict[str, str]:
    now = int(time.time())
    good = {"iss": issuer.issuer, "aud": "shop", "sub": "ada", "iat": now, "exp": now + 60}

    def by_hand(header: dict[str, Any], mac: Any = None) -> str:
        head = ".".join(jwt.utils.base64url_encode(orjson.dumps(part)).decode() for part in (header, good))
        return f"{head}.{jwt.utils.base64url_encode(mac(head.encode())).decode() if mac else ''}"

    def hs256(secret: bytes) -> str:
        import hmac

        return by_hand({"alg": "HS256", "kid": "first"}, lambda head: hmac.digest(secret, head, "sha256"))

    stranger = ec.generate_private_key(ec.SECP256R1())
    own = {"iss": OURS.token_issuer, "aud": OURS.token_audience, "sub": "root", "iat": now, "exp": now + 60}
    return {
        "none": by_hand({"alg": "none", "kid": "first"}),
        "HS256 with the public key": hs256(public_pem(KEYS[0])),
        "HS256 with the key set": hs256(orjson.dumps(issuer.jwks)),
        "another key": issuer.token("ada", key=KEYS[1]),
        "a key it brings along": issuer.token(
            "ada", key=KEYS[1], headers={"jwk": issuer.jwks["keys"][0], "jku": f"{issuer.url}/evil"}
        ),
        "a certificate it brings along": issuer.token("ada", key=KEYS[1], headers={"x5u": f"{issuer.url}/evil"}),
        "an unknown key": issuer.token("ada", headers={"kid": "third"}),
        "the key for encryption": issuer.token("ada", headers={"kid": "enc"}),
        "a path as key id": issuer.token("ada", headers={"kid": "../../dev/null"}),
        "another algorithm of the same key": jwt.encode(good, KEYS[0], algorithm="RS512", headers={"kid": "first"}),
        "an algorithm that is not allowed": jwt.encode(good, stranger, algorithm="ES256", headers={"kid": "first"}),
        "another audience": issuer.token("ada", aud="bank"),
        "no audience": issuer.token("ada", aud=...),
        "our name, their key": jwt.encode(own, KEYS[0], algorithm="RS256", headers={"kid": "first"}),
        "their name, our key": SIGNER.token("ada", iss=issuer.issuer, aud="shop"),
        "a name that begins like theirs": issuer.token("ada", iss=f"{issuer.issuer}/evil"),
        "expired": issuer.token("ada", exp=now - 60),
        "without an end": issuer.token("ada", exp=...),
        "not yet valid": issuer.token("ada", nbf=now + 600),
        "nobody": issuer.token(""),
        "a subject that is no text": issuer.token("ada", sub=7),
        "a subject that does not end": issuer.token("a" * 300),
        "an extension nobody knows": issuer.token("ada", headers={"crit": ["x"], "x": 1}),
        "an ID token of Keycloak's": issuer.token("ada", typ="ID"),
        "an ID token": issuer.token("ada", typ=..., at_hash="x", nonce="y"),
        "a logout token": issuer.token("ada", events={"http://schemas.openid.net/event/backchannel-logout": {}}),
    }


@pytest.mark.parametrize("flaw", list(forged(StandIn())))
async def test_a_forged_token_is_rejected(issuer: StandIn, flaw: str):
    people = People()

    with pytest.raises(TokenRejected):
        await trusting(issuer, people).verify(forged(issuer)[flaw])

    assert people.asked == []
    assert [path for path in issuer.asked if "evil" in path] == []


@pytest.mark.parametrize(
    "entry",
    [
        {"issuer": "https://id.example"},
        {"issuer": "id.example", "audience": "shop"},
        {"issuer": "https://id.example", "audience": ""},
        {"issuer": "https://id.example", "audience": "shop", "algorithms": ["HS256"]},
        {"issuer": "https://id.example", "audience": "shop", "algorithms": ["none"]},
        {"issuer": "https://id.example", "audience": "shop", "algorithms": []},
        {"issuer": "https://id.example", "audience": "shop", "jwks_url": "file:///etc/passwd"},
        {"issuer": "https://id.example", "audience": "shop", "scope": {}},
    ],
)
def test_an_entry_that_could_be_a_hole_is_refused_at_the_start(entry: dict[str, Any]):
    with pytest.raises(ValidationError):
        Settings(oidc_issuers=[entry])


def test_the_entries_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OIDC_ISSUERS", '[{"issuer": "https://id.example", "audience": "shop"}]')
    assert Settings().oidc_issuers[0].issuer == "https://id.example"
    monkeypatch.setenv("OIDC_ISSUERS", "[]")
    assert Settings().oidc_issuers == ()


@pytest.mark.parametrize(
    ("path", "found"),
    [("a", ["x"]), ("b.c", ["y"]), ("b.d", []), ("https://id.example/roles", ["z"]), ("e", ["w"]), ("a.b", [])],
)
def test_a_claim_is_found_by_name_or_by_path(path: str, found: list[str]):
    body = {"a": ["x"], "b": {"c": ["y"], "d": None}, "https://id.example/roles": ["z"], "e": "w"}

    assert list(values_at(body, path)) == found


IDENTITY = Identity("https://id.example", "ada", 0)


async def test_other_subgraphs_ask_who_it_is_with_the_very_token():
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"userId": "user-1"})

    remote = RemoteIdentities(
        "http://users/identities", internal_token="s", timeout_ms=20_000, transport=httpx.MockTransport(answer)
    )

    assert await remote.user_of(IDENTITY, "the.very.token") == "user-1"
    assert sent[0].headers["authorization"] == "Bearer the.very.token"
    assert sent[0].headers["x-internal-token"] == "s"


@pytest.mark.parametrize(
    "respond",
    [silent, dripping, saying(b"{}"), saying(b"[]"), saying(b'{"userId": 7}'), saying(b"{", length=50),
     saying(b"{}", status="403 No"), saying(b"{}", status="500 Oh")],
)  # fmt: skip
async def test_without_an_answer_nobody_knows_who_it_is(respond: Respond):
    async with answering(respond) as url:
        with pytest.raises(KeysUnavailable):
            await RemoteIdentities(url, internal_token="s", timeout_ms=200).user_of(IDENTITY, "t")


async def test_who_is_not_accepted_there_is_not_accepted_here():
    async with answering(saying(b"{}", status="401 No")) as url:
        with pytest.raises(TokenRejected):
            await RemoteIdentities(url, internal_token="s", timeout_ms=20_000).user_of(IDENTITY, "t")
    with pytest.raises(KeysUnavailable):
        await RemoteIdentities(unused_url(), internal_token="s", timeout_ms=20_000).user_of(IDENTITY, "t")
