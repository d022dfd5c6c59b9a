"""Keys that rotate, and passwords that never block or truncate."""

import asyncio
import threading
from datetime import UTC, datetime

import bcrypt
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from chassis.settings import Settings, UnsafeSettings
from chassis.tokens import Verifier
from subgraphs.users.errors import TooManyAttempts, WeakPassword
from subgraphs.users.model import ACCOUNT_DELAY, Delay, digest, scopes_of
from subgraphs.users.passwords import LENGTH_MAX, Passwords, refuse_weak
from subgraphs.users.signing import KeyRing, read_keys


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def fresh() -> str:
    return pem(ec.generate_private_key(ec.SECP256R1()))


def ring(keys: str) -> KeyRing:
    return KeyRing.of(Settings(token_signing_key=keys))


def token_of(keys: KeyRing) -> str:
    return keys.access_token("alice", ["customer"], session_id="s", moment=datetime.now(UTC))


@pytest.mark.anyio
async def test_tokens_of_the_old_key_hold_while_both_are_published():
    old, new = fresh(), fresh()
    before, after = ring(old), ring(new + old)
    settings = Settings()
    verifier = Verifier(after.public, issuer=settings.token_issuer, audience=settings.token_audience)

    assert (await verifier.verify(token_of(before))).user_id == "alice"
    assert (await verifier.verify(token_of(after))).user_id == "alice"
    assert len(after.jwks["keys"]) == 2
    assert jwt.get_unverified_header(token_of(after))["kid"] == ring(new).jwks["keys"][0]["kid"]


def test_a_keys_id_follows_from_the_key():
    key = fresh()

    assert ring(key).jwks == ring(key.replace("\n", "\\n")).jwks
    assert ring(key).jwks != ring(fresh()).jwks


def test_only_public_halves_are_published():
    assert set(ring(fresh()).jwks["keys"][0]) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


@pytest.mark.parametrize(
    "wrong",
    [
        "nonsense",
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(rsa.generate_private_key(65537, 2048)),
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    ],
)
def test_what_is_no_p256_key_keeps_users_from_starting(wrong: str):
    with pytest.raises(UnsafeSettings, match="TOKEN_SIGNING_KEY"):
        read_keys(wrong)


def test_development_makes_a_key_and_production_does_not():
    assert KeyRing.of(Settings()).jwks != KeyRing.of(Settings()).jwks
    with pytest.raises(UnsafeSettings, match="TOKEN_SIGNING_KEY"):
        KeyRing.of(Settings(environment="production"))


@pytest.mark.anyio
async def test_hashing_runs_beside_the_event_loop():
    passwords = Passwords()
    threads: set[int] = set()

    await passwords._run(lambda: threads.add(threading.get_ident()))
    passwords.close()

    assert threads
    assert threading.get_ident() not in threads


@pytest.mark.anyio
async def test_a_queue_that_is_full_is_refused_and_not_lengthened():
    passwords, held = Passwords(threads=1, waiting_max=2), threading.Event()
    waiting = [asyncio.create_task(passwords._run(held.wait)) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(TooManyAttempts):
        await passwords.hash("correct horse")

    held.set()
    await asyncio.gather(*waiting)
    assert (await passwords.hash("correct horse")).startswith("$argon2id$")
    passwords.close()


@pytest.mark.anyio
async def test_a_long_password_is_never_taken_for_its_beginning():
    passwords = Passwords()
    longest = "x" * LENGTH_MAX
    stored = await passwords.hash(longest)

    assert (await passwords.check(longest, stored)).matches
    assert not (await passwords.check(longest + "y", stored)).matches
    assert not (await passwords.check(longest, "an unknown kind of hash")).matches
    passwords.close()


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [b"2b", b"2a"])
async def test_bcrypt_of_twelve_rounds_is_accepted_and_gets_an_argon2id_successor(kind: bytes):
    passwords = Passwords()
    stored = bcrypt.hashpw(b"customer123", bcrypt.gensalt(12, prefix=kind)).decode()

    right = await passwords.check("customer123", stored)
    wrong = await passwords.check("customer124", stored)

    assert right.matches
    assert (right.successor or "").startswith("$argon2id$")
    assert (wrong.matches, wrong.successor) == (False, None)
    passwords.close()


@pytest.mark.anyio
@pytest.mark.parametrize("password", ["x" * 73, "é" * 37, "x" * 72 + "\x00"])
async def test_bcrypt_never_matches_by_the_first_72_bytes(password: str):
    passwords = Passwords()
    stored = bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode()

    assert not (await passwords.check(password, stored)).matches
    assert (await passwords.check("x" * 72, bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode())).matches
    passwords.close()


@pytest.mark.anyio
async def test_the_event_loop_turns_while_passwords_are_hashed():
    passwords, turns = Passwords(threads=1), 0
    hashing = asyncio.ensure_future(passwords.hash("correct horse"))

    while not hashing.done():
        turns += 1
        await asyncio.sleep(0)

    assert (await hashing).startswith("$argon2id$")
    assert turns > 10
    passwords.close()


@pytest.mark.parametrize(
    "password", ["short", "x" * 129, "aaaaaaaaaa", "12345678", "ann@example.com", "ANN@EXAMPLE.COM"]
)
def test_weak_passwords_are_refused(password: str):
    with pytest.raises(WeakPassword) as refused:
        refuse_weak(password, email="ann@example.com", field=("input", "password"))

    assert refused.value.field == ("input", "password")


def test_delays_double_up_to_a_longest():
    delay = Delay(free=2)

    waits = [delay.after(failures).total_seconds() for failures in (0, 1, 2, 3, 4, 50, 10_000)]

    assert waits == [0, 0, 1, 2, 4, 900, 900]
    assert ACCOUNT_DELAY.after(4).total_seconds() == 0


def test_roles_map_to_scopes_and_unknown_roles_to_none():
    assert scopes_of(["customer", "invented"]) == frozenset()
    assert "orders:write" in scopes_of(["customer", "admin"])


def test_a_digest_is_not_the_secret():
    assert digest("secret") != "secret"
    assert digest("secret") == digest("secret")
