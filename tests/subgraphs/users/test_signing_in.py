"""Registering, signing in, refreshing, signing out."""

import jwt
import pytest

from chassis.clock import StoppedClock
from chassis.testing import Answer, Client

pytestmark = pytest.mark.anyio

REGISTER = """mutation($input: RegisterInput!) { register(input: $input) {
  __typename
  ... on RegisterSuccess { user { id email displayName roles addresses { line1 isDefault } } tokens { accessToken refreshToken } }
  ... on Refusal { code message field }
} }"""
LOGIN = """mutation($email: String!, $password: String!) { login(email: $email, password: $password) {
  __typename
  ... on LoginSuccess { user { id email } tokens { accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt tokenType } }
  ... on Refusal { code message field }
  ... on TooManyAttempts { retryAfterSeconds }
} }"""
REFRESH = """mutation($token: String!) { refresh(refreshToken: $token) {
  __typename ... on RefreshSuccess { tokens { accessToken refreshToken } } ... on Refusal { code }
} }"""
LOGOUT = (
    "mutation($everywhere: Boolean!) { logout(everywhere: $everywhere) { ... on LogoutSuccess { sessionsEnded } } }"
)
ME = "{ me { id } }"


async def login(users: Client, email: str = "customer@ecommerce.local", password: str = "customer123") -> dict:
    answer = await users.ask(LOGIN, {"email": email, "password": password})
    return answer.data["login"]


async def refresh(users: Client, token: str) -> dict:
    answer = await users.ask(REFRESH, {"token": token})
    return answer.data["refresh"]


async def me(users: Client, access_token: str) -> Answer:
    return await users.ask(ME, headers={"authorization": f"Bearer {access_token}"})


def registration(**changed: object) -> dict[str, object]:
    return {
        "input": {
            "email": "new@example.com",
            "password": "correct horse battery",
            "firstName": "Nora",
            "lastName": "New",
            **changed,
        }
    }


async def test_registering_signs_in_and_keeps_the_address(users: Client):
    address = {"name": "Nora New", "line1": "1 Main St", "city": "Springfield", "postalCode": "1", "country": "US"}

    answer = await users.ask(REGISTER, registration(email=" Nora@Example.com", address=address))

    done = answer.data["register"]
    assert answer.errors == []
    assert done["user"]["email"] == "nora@example.com"
    assert done["user"]["displayName"] == "Nora N."
    assert done["user"]["roles"] == ["customer"]
    assert done["user"]["addresses"] == [{"line1": "1 Main St", "isDefault": True}]
    assert (await me(users, done["tokens"]["accessToken"])).data == {"me": {"id": done["user"]["id"]}}


async def test_an_email_registers_once_however_it_is_written(users: Client):
    await users.ask(REGISTER, registration(email="once@example.com"))

    again = await users.ask(REGISTER, registration(email="ONCE@EXAMPLE.COM"))

    assert again.data["register"] | {"message": ""} == {
        "__typename": "EmailTaken",
        "code": "ALREADY_EXISTS",
        "message": "",
        "field": ["input", "email"],
    }


@pytest.mark.parametrize(
    ("changed", "kind", "field"),
    [
        ({"email": "nobody"}, "InvalidInput", "email"),
        ({"email": "a@b"}, "InvalidInput", "email"),
        ({"firstName": "  "}, "InvalidInput", "firstName"),
        ({"lastName": "x" * 101}, "InvalidInput", "lastName"),
        ({"phone": "call me"}, "InvalidInput", "phone"),
        ({"password": "short"}, "WeakPassword", "password"),
        ({"password": "x1" * 65}, "WeakPassword", "password"),
        ({"password": "Password123"}, "WeakPassword", "password"),
        ({"password": "new@example.com"}, "WeakPassword", "password"),
    ],
)
async def test_what_cannot_register_is_refused_by_name(users: Client, changed: dict, kind: str, field: str):
    answer = await users.ask(REGISTER, registration(**changed))

    refused = answer.data["register"]
    assert (refused["__typename"], refused["field"]) == (kind, ["input", field])


async def test_the_claims_prove_the_lifetimes_and_the_role(users: Client):
    done = await login(users, "admin@ecommerce.local", "admin123")

    keys = (await users.http.get("/users/.well-known/jwks.json")).json()["keys"]
    header = jwt.get_unverified_header(done["tokens"]["accessToken"])
    key = jwt.PyJWK(next(each for each in keys if each["kid"] == header["kid"]))
    claims = jwt.decode(done["tokens"]["accessToken"], key, algorithms=["ES256"], audience="shop")
    assert header["alg"] == "ES256"
    assert claims["exp"] - claims["iat"] == 15 * 60
    assert "orders:write" in claims["scope"].split()
    assert claims["roles"] == ["admin", "customer"]
    assert "d" not in keys[0]


async def test_a_customer_signs_in_with_no_scopes(users: Client):
    done = await login(users)

    claims = jwt.decode(done["tokens"]["accessToken"], options={"verify_signature": False})
    assert claims["scope"] == ""
    assert done["user"] == {"id": "user-customer", "email": "customer@ecommerce.local"}


async def test_an_unknown_email_and_a_wrong_password_get_the_same_answer_after_the_same_work(users: Client):
    with users.database.counting() as unknown_work:
        unknown = await login(users, "nobody@ecommerce.local", "customer123")
    with users.database.counting() as wrong_work:
        wrong = await login(users, "bob@ecommerce.local", "customer124")

    assert unknown == wrong
    assert unknown["code"] == "WRONG_CREDENTIALS"
    assert unknown_work == wrong_work


async def test_an_unknown_email_costs_a_hash_like_a_known_one(users: Client, monkeypatch: pytest.MonkeyPatch):
    from pwdlib.hashers.argon2 import Argon2Hasher

    verified: list[str] = []
    real = Argon2Hasher.verify

    def counting(self, password, hash):
        verified.append(str(password))
        return real(self, password, hash)

    monkeypatch.setattr(Argon2Hasher, "verify", counting)
    await login(users, "nobody2@ecommerce.local", "customer123")
    await login(users, "carol@ecommerce.local", "customer124")

    assert len(verified) == 2


async def test_failures_delay_the_account_and_the_delay_doubles(users: Client, clock: StoppedClock):
    for _ in range(5):
        assert (await login(users, "alice@ecommerce.local", "wrong password"))["__typename"] == "WrongCredentials"

    waits = []
    for _ in range(3):
        blocked = await login(users, "alice@ecommerce.local", "customer123")
        assert blocked["__typename"] == "TooManyAttempts"
        waits.append(blocked["retryAfterSeconds"])
        clock.advance(seconds=blocked["retryAfterSeconds"])
        assert (await login(users, "alice@ecommerce.local", "wrong password"))["__typename"] == "WrongCredentials"

    assert waits == [2, 3, 5]
    clock.advance(seconds=30)
    assert (await login(users, "alice@ecommerce.local"))["__typename"] == "LoginSuccess"


async def test_a_refresh_token_gives_the_next_pair(users: Client):
    first = (await login(users))["tokens"]["refreshToken"]

    second = await refresh(users, first)

    assert second["__typename"] == "RefreshSuccess"
    assert second["tokens"]["refreshToken"] != first
    assert (await me(users, second["tokens"]["accessToken"])).data == {"me": {"id": "user-customer"}}


async def test_refresh_tokens_are_not_kept_as_they_are(users: Client):
    from sqlalchemy import text

    token = (await login(users))["tokens"]["refreshToken"]

    async with users.database.reading() as session:
        stored = [row[0] for row in await session.execute(text("SELECT digest FROM refresh_tokens"))]
    assert stored
    assert token not in stored


async def test_two_tabs_may_refresh_at_the_same_moment(users: Client, clock: StoppedClock):
    token = (await login(users))["tokens"]["refreshToken"]

    one = await refresh(users, token)
    clock.advance(seconds=9)
    other = await refresh(users, token)

    assert one["__typename"] == other["__typename"] == "RefreshSuccess"


async def test_a_refresh_token_used_twice_ends_the_whole_family(users: Client, clock: StoppedClock):
    stolen = (await login(users))["tokens"]["refreshToken"]
    owner = await refresh(users, stolen)

    clock.advance(seconds=11)
    thief = await refresh(users, stolen)

    assert thief == {"__typename": "SessionEnded", "code": "EXPIRED"}
    assert (await refresh(users, owner["tokens"]["refreshToken"]))["__typename"] == "SessionEnded"
    assert (await me(users, owner["tokens"]["accessToken"])).status == 401


async def test_a_refresh_token_ends_after_seven_days(users: Client, clock: StoppedClock):
    token = (await login(users))["tokens"]["refreshToken"]

    clock.advance(days=7, seconds=1)

    assert (await refresh(users, token))["__typename"] == "SessionEnded"


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 10_000])
async def test_nonsense_is_no_refresh_token(users: Client, token: str):
    assert (await refresh(users, token))["__typename"] == "SessionEnded"


async def test_signing_out_ends_this_session_and_its_tokens(users: Client):
    here, elsewhere = await login(users), await login(users)
    headers = {"authorization": f"Bearer {here['tokens']['accessToken']}"}

    done = await users.ask(LOGOUT, {"everywhere": False}, headers=headers)

    assert done.data == {"logout": {"sessionsEnded": 1}}
    assert (await me(users, here["tokens"]["accessToken"])).status == 401
    assert (await refresh(users, here["tokens"]["refreshToken"]))["__typename"] == "SessionEnded"
    assert (await me(users, elsewhere["tokens"]["accessToken"])).status == 200


async def test_signing_out_everywhere_ends_every_session(users: Client):
    here, elsewhere = await login(users, "bob@ecommerce.local"), await login(users, "bob@ecommerce.local")
    headers = {"authorization": f"Bearer {here['tokens']['accessToken']}"}

    await users.ask(LOGOUT, {"everywhere": True}, headers=headers)

    assert (await me(users, elsewhere["tokens"]["accessToken"])).status == 401
    assert (await refresh(users, elsewhere["tokens"]["refreshToken"]))["__typename"] == "SessionEnded"


async def test_guests_cannot_sign_out(users: Client):
    assert (await users.ask(LOGOUT, {"everywhere": False})).codes == ["UNAUTHENTICATED"]


async def test_a_bcrypt_hash_is_accepted_and_replaced(users: Client):
    from pwdlib.hashers.bcrypt import BcryptHasher
    from sqlalchemy import text

    old = BcryptHasher(rounds=4).hash("customer123")
    async with users.database.transaction() as session:
        await session.execute(text("UPDATE users SET password_hash = :h WHERE id = 'user-carol'"), {"h": old})

    assert (await login(users, "carol@ecommerce.local", "x" * 100))["__typename"] == "WrongCredentials"
    assert (await login(users, "carol@ecommerce.local"))["__typename"] == "LoginSuccess"

    async with users.database.reading() as session:
        new = (await session.execute(text("SELECT password_hash FROM users WHERE id = 'user-carol'"))).scalar_one()
    assert new.startswith("$argon2id$")
    assert (await login(users, "carol@ecommerce.local"))["__typename"] == "LoginSuccess"


async def test_token_validate_says_what_a_token_is_worth(users: Client):
    good = (await login(users))["tokens"]["accessToken"]
    query = "query($token: String!) { tokenValidate(token: $token) { valid reason userId roles } }"

    valid = await users.ask(query, {"token": good})
    forged = await users.ask(query, {"token": good[:-4] + "AAAA"})

    assert valid.data["tokenValidate"] == {
        "valid": True,
        "reason": None,
        "userId": "user-customer",
        "roles": ["customer"],
    }
    assert forged.data["tokenValidate"]["valid"] is False
    assert forged.data["tokenValidate"]["userId"] is None


async def test_a_local_address_registers_in_development_and_never_in_production(users: Client):
    from chassis.errors import InvalidInput
    from subgraphs.users.service.facts import normalised_email

    answer = await users.ask(REGISTER, registration(email="Nina@Ecommerce.LOCAL"))

    assert answer.data["register"]["user"]["email"] == "nina@ecommerce.local"
    assert (await login(users, "nina@ecommerce.local", "correct horse battery"))["__typename"] == "LoginSuccess"
    with pytest.raises(InvalidInput, match="special-use"):
        normalised_email("nina@ecommerce.local", field=("email",), local=False)
    for malformed in ("@ecommerce.local", "a b@ecommerce.local", "nina@.local", "nina@local"):
        with pytest.raises(InvalidInput):
            normalised_email(malformed, field=("email",), local=True)
