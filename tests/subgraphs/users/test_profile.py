"""Changing oneself: profile, password, sessions, addresses, wishes."""

from typing import Any

import pytest

from chassis.testing import Client

pytestmark = pytest.mark.anyio

REFUSAL = "__typename ... on Refusal { code message field }"
ADDRESS = {"name": "Bob", "line1": "9 Side St", "city": "Springfield", "postalCode": "62709", "country": "US"}


async def change(
    users: Client,
    field: str,
    selection: str,
    variables: str = "",
    user: str = "user-bob",
    policies: tuple[str, ...] = (),
    **values: Any,
):
    query = f"mutation{variables and f'({variables})'} {{ {field} {{ {REFUSAL} {selection} }} }}"
    answer = await users.ask(query, values, user=user, policies=policies)
    assert answer.errors == []
    return next(iter(answer.data.values()))


async def add_address(users: Client, user: str = "user-bob", **changed: Any) -> dict[str, Any]:
    return await change(
        users,
        "addressAdd(input: $input)",
        "... on AddressAddSuccess { address { id isDefault line1 } }",
        "$input: AddressInput!",
        user=user,
        input={**ADDRESS, **changed},
    )


async def addresses(users: Client, user: str = "user-bob") -> list[tuple[str, bool]]:
    answer = await users.ask("{ me { addresses { line1 isDefault } } }", user=user)
    return [(each["line1"], each["isDefault"]) for each in answer.data["me"]["addresses"]]


async def test_a_new_name_is_shown_and_announced(users: Client):
    done = await change(
        users,
        "updateProfile(input: $input)",
        "... on UpdateProfileSuccess { user { displayName firstName phone } }",
        "$input: ProfileInput!",
        user="user-carol",
        input={"firstName": " Caroline ", "phone": "+1 555 0100"},
    )

    assert done["user"] == {"displayName": "Caroline C.", "firstName": "Caroline", "phone": "+1 555 0100"}
    assert ("UserRenamed", {"userId": "user-carol", "displayName": "Caroline C."}) in await announced(users)


async def announced(users: Client) -> list[tuple[str, Any]]:
    from sqlalchemy import text

    async with users.database.reading() as session:
        return [(row[0], row[1]) for row in await session.execute(text("SELECT type, payload FROM outbox"))]


@pytest.mark.parametrize(
    ("input", "field"),
    [({"firstName": ""}, "firstName"), ({"lastName": "a\x07b"}, "lastName"), ({"phone": "x"}, "phone")],
)
async def test_a_profile_that_makes_no_sense_is_refused(users: Client, input: dict, field: str):
    done = await change(users, "updateProfile(input: $input)", "", "$input: ProfileInput!", input=input)

    assert (done["__typename"], done["field"]) == ("InvalidInput", ["input", field])


async def test_there_is_no_way_to_write_ones_role(users: Client):
    answer = await users.ask('mutation { updateProfile(input: {roles: ["admin"]}) { __typename } }', user="user-bob")

    assert answer.codes == ["GRAPHQL_VALIDATION_FAILED"]


@pytest.mark.parametrize(
    "field",
    [
        "updateProfile(input: {})",
        'changePassword(currentPassword: "a", newPassword: "b")',
        'sessionRevoke(id: "1")',
        'addressAdd(input: {name: "n", line1: "l", city: "c", postalCode: "p", country: "US"})',
        'addressUpdate(id: "1", input: {name: "n", line1: "l", city: "c", postalCode: "p", country: "US"})',
        'addressMakeDefault(id: "1")',
        'addressRemove(id: "1")',
        'wishlistAdd(itemId: "1")',
        'wishlistRemove(id: "1")',
        "wishlistShare",
        "wishlistUnshare",
    ],
)
async def test_guests_change_nobody(users: Client, field: str):
    answer = await users.ask(f"mutation {{ {field} {{ __typename }} }}")

    assert answer.codes == ["UNAUTHENTICATED"]
    assert answer.statements == 0


CHANGE = "changePassword(currentPassword: $old, newPassword: $new)"
OLD_NEW = "$old: String!, $new: String!"
LOGIN = """mutation($password: String!) { login(email: "changer@example.com", password: $password) {
  __typename ... on LoginSuccess { user { id } tokens { accessToken } }
} }"""


async def test_changing_the_password_ends_the_other_sessions(users: Client):
    registered = await users.ask(
        """mutation { register(input: {email: "changer@example.com", password: "first password", firstName: "C", lastName: "H"}) {
          ... on RegisterSuccess { tokens { accessToken } } } }"""
    )
    elsewhere = registered.data["register"]["tokens"]["accessToken"]
    here = (await users.ask(LOGIN, {"password": "first password"})).data["login"]["tokens"]["accessToken"]
    query = f"mutation({OLD_NEW}) {{ {CHANGE} {{ {REFUSAL} ... on ChangePasswordSuccess {{ sessionsEnded }} }} }}"
    headers = {"authorization": f"Bearer {here}"}

    wrong = await users.ask(query, {"old": "guess", "new": "second password"}, headers=headers)
    weak = await users.ask(query, {"old": "first password", "new": "short"}, headers=headers)
    done = await users.ask(query, {"old": "first password", "new": "second password"}, headers=headers)

    assert wrong.data["changePassword"]["__typename"] == "WrongCredentials"
    assert weak.data["changePassword"]["__typename"] == "WeakPassword"
    assert done.data["changePassword"]["sessionsEnded"] == 1
    assert (await users.ask("{ me { id } }", headers=headers)).status == 200
    assert (await users.ask("{ me { id } }", headers={"authorization": f"Bearer {elsewhere}"})).status == 401
    assert (await users.ask(LOGIN, {"password": "first password"})).data["login"]["__typename"] == "WrongCredentials"
    assert (await users.ask(LOGIN, {"password": "second password"})).data["login"]["__typename"] == "LoginSuccess"


async def test_one_session_can_be_ended_by_its_owner_only(users: Client):
    login = """mutation { login(email: "alice@ecommerce.local", password: "customer123") {
      ... on LoginSuccess { tokens { accessToken } user { sessions { id isCurrent } } } } }"""
    first = (await users.ask(login)).data["login"]
    id = first["user"]["sessions"][0]["id"]
    revoke = "sessionRevoke(id: $id)"

    stranger = await change(users, revoke, "", "$id: ID!", id=id)
    owner = await change(users, revoke, "... on SessionRevokeSuccess { id }", "$id: ID!", user="user-alice", id=id)
    again = await change(users, revoke, "", "$id: ID!", user="user-alice", id=id)

    assert stranger["__typename"] == again["__typename"] == "NotFound"
    assert owner["id"] == id
    headers = {"authorization": f"Bearer {first['tokens']['accessToken']}"}
    assert (await users.ask("{ me { id } }", headers=headers)).status == 401


async def test_there_is_one_default_address_whatever_happens(users: Client):
    second = (await add_address(users, line1="second"))["address"]
    assert second["isDefault"] is False
    await change(users, "addressMakeDefault(id: $id)", "", "$id: ID!", id=second["id"])
    assert await addresses(users) == [("second", True), ("4 Market Street", False)]

    removed = await change(
        users, "addressRemove(id: $id)", "... on AddressRemoveSuccess { id }", "$id: ID!", id=second["id"]
    )

    assert removed["id"] == second["id"]
    assert await addresses(users) == [("4 Market Street", True)]


async def test_an_address_can_be_changed_by_its_owner_only(users: Client):
    update, variables = "addressUpdate(id: $id, input: $input)", "$id: ID!, $input: AddressInput!"
    values: dict[str, Any] = {"id": "address-bob", "input": {**ADDRESS, "line1": "4 Market Street", "line2": "Rear"}}

    stranger = await change(users, update, "", variables, user="user-alice", **values)
    owner = await change(
        users, update, "... on AddressUpdateSuccess { address { line2 isDefault } }", variables, **values
    )

    assert stranger["__typename"] == "NotFound"
    assert owner["address"] == {"line2": "Rear", "isDefault": True}
    for mutation in ("addressRemove(id: $id)", "addressMakeDefault(id: $id)"):
        done = await change(users, mutation, "", "$id: ID!", user="user-alice", id="address-bob")
        assert done["__typename"] == "NotFound"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"country": "USA"}, "country"),
        ({"country": "XX"}, "country"),
        ({"country": "us"}, "country"),
        ({"line1": " "}, "line1"),
        ({"postalCode": ""}, "postalCode"),
        ({"city": "x" * 201}, "city"),
        ({"line2": "a\nb"}, "line2"),
    ],
)
async def test_an_address_that_cannot_be_one_is_refused(users: Client, changed: dict, field: str):
    done = await add_address(users, **changed)

    assert (done["__typename"], done["field"]) == ("InvalidInput", ["input", field])


async def test_a_wish_is_kept_once_and_points_into_the_catalogue(users: Client):
    add = "wishlistAdd(itemId: $item, sku: $sku)"
    selection = "... on WishlistAddSuccess { wishlist { items { id item { id } variant { sku } } } }"
    values: dict[str, Any] = {"item": "prod-mouse-001", "sku": "MOUSE-001"}
    variables = "$item: ID!, $sku: String"

    await change(users, add, selection, variables, **values)
    done = await change(users, add, selection, variables, **values)

    ((wish),) = done["wishlist"]["items"]
    assert wish["item"] == {"id": "prod-mouse-001"}
    assert wish["variant"] == {"sku": "MOUSE-001"}
    stranger = await change(users, "wishlistRemove(id: $id)", "", "$id: ID!", user="user-alice", id=wish["id"])
    assert stranger["__typename"] == "NotFound"
    removed = await change(
        users,
        "wishlistRemove(id: $id)",
        "... on WishlistRemoveSuccess { wishlist { items { id } } }",
        "$id: ID!",
        id=wish["id"],
    )
    assert removed["wishlist"]["items"] == []


@pytest.mark.parametrize(
    ("item", "sku", "kind", "field"),
    [
        ("prod-not-there", None, "NotFound", "itemId"),
        ("prod-mouse-001", "TV-001", "NotFound", "sku"),
        ("prod-mouse-001", "NOT-THERE", "NotFound", "sku"),
        ("x" * 5_000, None, "InvalidInput", "itemId"),
    ],
)
async def test_what_the_catalogue_does_not_have_cannot_be_wished_for(
    users: Client, item: str, sku: str | None, kind: str, field: str
):
    add, variables = "wishlistAdd(itemId: $item, sku: $sku)", "$item: ID!, $sku: String"

    refused = await change(users, add, "", variables, user="user-bob", item=item, sku=sku)
    wishes = await users.ask("{ me { wishlist { items { id } } } }", user="user-bob")

    assert (refused["__typename"], refused["field"]) == (kind, [field])
    assert len(refused["message"]) < 200
    assert wishes.data["me"]["wishlist"]["items"] == []


async def test_a_shared_wishlist_shows_the_wishes_and_only_the_public_name(users: Client):
    selection, proved = "... on WishlistShareSuccess { wishlist { shareToken } }", ("verified_email",)
    share = await change(users, "wishlistShare", selection, user="user-customer", policies=proved)
    again = await change(users, "wishlistShare", selection, user="user-customer", policies=proved)
    token = share["wishlist"]["shareToken"]

    query = """query($token: String!) { sharedWishlist(token: $token) {
      owner { displayName email wishlist { shareToken } } items { item { id } } shareToken } }"""
    seen = await users.ask(query, {"token": token})
    nothing = await users.ask(query, {"token": "guess"})

    assert again == share
    assert seen.data["sharedWishlist"] == {
        "owner": {"displayName": "Casey C.", "email": None, "wishlist": None},
        "items": [{"item": {"id": "prod-headphones-001"}}, {"item": {"id": "prod-console-001"}}],
        "shareToken": None,
    }
    assert nothing.data == {"sharedWishlist": None}


async def test_a_list_is_shared_no_longer_than_its_owner_wants(users: Client):
    sharing, proved = "... on WishlistShareSuccess { wishlist { shareToken } }", ("verified_email",)
    first = await change(users, "wishlistShare", sharing, user="user-customer", policies=proved)
    token = first["wishlist"]["shareToken"]

    unsharing = "... on WishlistUnshareSuccess { wishlist { shareToken } }"
    once = await change(users, "wishlistUnshare", unsharing, user="user-customer")
    twice = await change(users, "wishlistUnshare", unsharing, user="user-customer")
    seen = await users.ask(f'{{ sharedWishlist(token: "{token}") {{ owner {{ displayName }} }} }}')
    again = await change(users, "wishlistShare", sharing, user="user-customer", policies=proved)

    assert once == twice == {"__typename": "WishlistUnshareSuccess", "wishlist": {"shareToken": None}}
    assert seen.data == {"sharedWishlist": None}
    assert again["wishlist"]["shareToken"] != token


async def test_a_list_is_shared_by_those_alone_whose_address_is_proved(users: Client):
    answer = await users.ask("mutation { wishlistShare { __typename } }", user="user-customer")

    assert answer.codes == ["FORBIDDEN"]
    assert "verified_email" in answer.errors[0]["message"]
    assert (await users.ask("mutation { wishlistShare { __typename } }")).codes == ["UNAUTHENTICATED"]


async def test_a_full_list_is_refused_and_not_cut(users: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("subgraphs.users.service.wishlists.WISHES_MAX", 1)
    monkeypatch.setattr("subgraphs.users.service.addresses.ADDRESSES_MAX", 1)

    limited = "... on TooManyWishes { limit }"
    wish = await change(users, 'wishlistAdd(itemId: "prod-tv-001")', limited, user="user-alice")
    address = await add_address(users, user="user-alice")

    assert (wish["__typename"], wish["code"], wish["limit"]) == ("TooManyWishes", "LIMIT_REACHED", 1)
    assert address["__typename"] == "TooManyAddresses"
