"""Who sees what of a person, by root field and by reference, and what lists cost."""

from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chassis.settings import Settings, UnsafeSettings
from chassis.testing import Client
from subgraphs.users import seed
from subgraphs.users.app import subgraph

pytestmark = pytest.mark.anyio

PERSON = """id displayName email firstName lastName phone roles createdAt
  addresses { line1 } defaultAddress { line1 } sessions { id } wishlist { items { id } }"""
PRIVATE = {
    "email",
    "firstName",
    "lastName",
    "phone",
    "roles",
    "createdAt",
    "addresses",
    "defaultAddress",
    "sessions",
    "wishlist",
}


async def reference(users: Client, **asking) -> dict:
    answer = await users.entities("User", [{"id": "user-alice"}], PERSON, **asking)
    assert answer.errors == []
    return answer.data["_entities"][0]


@pytest.mark.parametrize(
    "asking", [{}, {"user": "user-bob"}, {"user": "user-bob", "roles": ["customer", "forged"]}, {"user": "nobody"}]
)
async def test_strangers_see_the_display_name_and_nothing_else(users: Client, asking: dict):
    alice = await reference(users, **asking)

    assert alice == {"id": "user-alice", "displayName": "Alice A.", **dict.fromkeys(PRIVATE)}


@pytest.mark.parametrize(
    "asking",
    [
        {"user": "user-alice"},
        {"user": "user-admin", "roles": {"admin"}, "scopes": {"users:read"}},
        {"internal": True},
    ],
)
async def test_oneself_an_admin_and_other_subgraphs_see_everything(users: Client, asking: dict):
    alice = await reference(users, **asking)

    assert alice["email"] == "alice@ecommerce.local"
    assert alice["addresses"] == [{"line1": "3 Market Street"}]
    assert alice["defaultAddress"] == {"line1": "3 Market Street"}
    assert alice["wishlist"]["items"] == [{"id": "wish-demo-3"}]


async def test_an_address_by_reference_is_its_owners(users: Client):
    reference = [{"id": "address-alice"}, {"id": "address-bob"}, {"id": "nothing"}]

    own = await users.entities("Address", reference, "id city", user="user-alice")
    guest = await users.entities("Address", reference, "id city")

    assert own.data["_entities"] == [{"id": "address-alice", "city": "Springfield"}, None, None]
    assert guest.data["_entities"] == [None, None, None]
    assert own.statements == guest.statements == 1


async def test_me_is_null_for_guests_and_for_people_who_are_gone(users: Client):
    assert (await users.ask("{ me { id } }")).data == {"me": None}
    assert (await users.ask("{ me { id } }", user="nobody")).data == {"me": None}
    assert (await users.ask("{ me { id email } }", user="user-bob")).data == {
        "me": {"id": "user-bob", "email": "bob@ecommerce.local"}
    }


@pytest.mark.parametrize("field", ['user(id: "user-alice") { id }', "users { edges { node { id } } }"])
async def test_looking_people_up_needs_the_scope(users: Client, field: str):
    guest = await users.ask(f"{{ {field} }}")
    customer = await users.ask(f"{{ {field} }}", user="user-bob", roles={"admin"})
    admin = await users.ask(f"{{ {field} }}", user="user-admin", roles={"admin"}, scopes={"users:read"})

    assert (guest.codes, customer.codes, admin.codes) == (["UNAUTHENTICATED"], ["FORBIDDEN"], [])


async def test_fifty_people_cost_one_statement_and_their_lists_one_each(users: Client):
    await seed.scale(users.database, 60)
    references = [{"id": f"user-scale-{number:06}"} for number in range(1, 61)]

    ten = await users.entities(
        "User", references[:10], "displayName addresses { id } wishlist { items { id } }", internal=True
    )
    sixty = await users.entities(
        "User", references, "displayName addresses { id } wishlist { items { id } }", internal=True
    )

    assert ten.statements == sixty.statements == 3
    assert {each["displayName"] for each in sixty.data["_entities"]} >= {"Amara M.", "Yuki T."}


USERS = """query($first: Int!, $after: String, $text: String) { users(first: $first, after: $after, text: $text) {
  totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor }
} }"""
ADMIN: dict[str, Any] = {"user": "user-admin", "scopes": {"users:read"}}


async def test_pages_hold_everybody_once_newest_first(users: Client):
    await seed.scale(users.database, 60)
    found: list[str] = []
    after = None
    while True:
        page = (await users.ask(USERS, {"first": 20, "after": after}, **ADMIN)).data["users"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert len(found) == len(set(found)) == page["totalCount"]
    assert found[-1] == "user-admin"


async def test_text_finds_parts_of_names_and_emails_and_knows_no_wildcards(users: Client):
    async def find(text: str) -> list[str]:
        page = (await users.ask(USERS, {"first": 5, "text": text}, **ADMIN)).data["users"]
        assert page["totalCount"] == len(page["edges"])
        return [edge["node"]["id"] for edge in page["edges"]]

    assert await find("ALICE") == ["user-alice"]
    assert await find("bob@") == ["user-bob"]
    assert await find("%") == []
    assert await find("_") == []


@pytest.mark.parametrize("arguments", [{"first": 0}, {"first": 101}, {"first": 5, "after": "nonsense"}])
async def test_a_wrong_page_is_refused(users: Client, arguments: dict):
    assert (await users.ask(USERS, arguments, **ADMIN)).codes == ["INVALID"]


async def test_seeding_twice_changes_nothing(users: Client):
    async def passwords() -> list:
        from sqlalchemy import text

        async with users.database.reading() as session:
            return list(await session.execute(text("SELECT id, password_hash FROM users ORDER BY id")))

    before = await passwords()

    await seed.demo(users.database)
    await seed.scale(users.database, 60)
    await seed.scale(users.database, 60)

    after = await passwords()
    assert [row for row in after if "scale" not in row[0]] == [row for row in before if "scale" not in row[0]]
    assert len([row for row in after if "scale" in row[0]]) == 60


def private_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


async def test_production_refuses_to_start_with_the_demo_people(users: Client):
    settings = users.settings.model_copy(
        update={"environment": "production", "token_signing_key": None, "databases": {}}
    )
    with pytest.raises(UnsafeSettings, match="TOKEN_SIGNING_KEY"):
        subgraph(settings)

    keyed = Settings(**{**settings.model_dump(), "token_signing_key": private_key()})
    built = subgraph(keyed)
    assert built.check is not None
    with pytest.raises(UnsafeSettings, match=r"admin@ecommerce\.local"):
        await built.check()
    await built.database.close()
