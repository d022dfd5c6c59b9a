"""Creating, changing and deleting products: versioned, unique, validated by type, for administrators only."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from chassis.testing import Client

pytestmark = pytest.mark.anyio

REFUSAL = "... on Refusal { code message field }"
SHOWN = "id slug name version status deletedAt attributes variants { sku name basePrice { amount } attributes }"
CREATE = f"""mutation($input: ProductCreateInput!) {{ productCreate(input: $input) {{ __typename
  ... on ProductCreateSuccess {{ product {{ {SHOWN} }} }} {REFUSAL} ... on AttributeInvalid {{ attribute }} }} }}"""
UPDATE = f"""mutation($input: ProductUpdateInput!) {{ productUpdate(input: $input) {{ __typename
  ... on ProductUpdateSuccess {{ product {{ {SHOWN} }} }} ... on ProductChanged {{ currentVersion }} {REFUSAL} }} }}"""
DELETE = f"""mutation($id: ID!, $version: Int!) {{ productDelete(id: $id, version: $version) {{ __typename
  ... on ProductDeleteSuccess {{ product {{ {SHOWN} }} }} ... on ProductChanged {{ currentVersion }} {REFUSAL} }} }}"""


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def draft(code: str, **further: object) -> dict[str, Any]:
    """A speaker nobody has yet."""
    return {
        "typeId": "type-device",
        "categoryId": "cat-audio",
        "slug": code,
        "name": f"Speaker {code}",
        "status": "ACTIVE",
        "attributes": {"wireless": True},
        "variants": [
            {
                "sku": f"{code.upper()}-BLACK",
                "name": "Black",
                "basePrice": usd("99.00"),
                "costPrice": usd("50.00"),
                "attributes": {"color": "Black"},
                "weightGrams": 1200,
                "dimensions": {"lengthMm": 200, "widthMm": 100, "heightMm": 100},
            }
        ],
        **further,
    }


async def do(products: Client, operation: str, input: dict[str, Any], admin: dict[str, Any]) -> dict[str, Any]:
    # One input, or the same things as arguments.
    answer = await products.ask(operation, {"input": input, **input}, **admin)
    assert answer.errors == []
    return dict(next(iter(answer.data.values())))


async def make(products: Client, admin: dict[str, Any], name: str, **further: object) -> dict[str, Any]:
    done = await do(products, CREATE, draft(name, **further), admin)
    assert done["__typename"] == "ProductCreateSuccess", done
    return dict(done["product"])


async def seen(products: Client, id: str, **asking: Any) -> Any:
    return (await products.ask(f'{{ product(id: "{id}") {{ id name slug deletedAt }} }}', **asking)).data["product"]


async def test_a_new_product_is_for_sale_and_found(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, "boomer")
    found = await products.ask(
        '{ products(filter: {text: "boomer"}) { edges { node { id } } } variant(sku: "BOOMER-BLACK") { basePrice { amount } weightGrams dimensions { lengthMm } product { id } } }'
    )

    assert made["version"] == 1
    assert found.data["products"]["edges"] == [{"node": {"id": made["id"]}}]
    assert found.data["variant"] == {
        "basePrice": {"amount": "99.00"},
        "weightGrams": 1200,
        "dimensions": {"lengthMm": 200},
        "product": {"id": made["id"]},
    }


async def test_a_draft_is_for_administrators_only(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, "secret", status="DRAFT")
    references = [{"id": made["id"]}, {"slug": "secret"}]

    assert await seen(products, made["id"]) is None
    assert await seen(products, made["id"], user="user-alice") is None
    assert (await seen(products, made["id"], **admin))["slug"] == "secret"
    for asking in ({}, {"user": "user-alice"}, {"internal": True}):
        hidden = await products.entities("Product", references, "id", **asking)
        assert hidden.data["_entities"] == [None, None]
        sku = await products.entities("Variant", [{"sku": "SECRET-BLACK"}], "sku", **asking)
        assert sku.data["_entities"] == [None]
        item = await products.entities("CatalogItem", [{"id": made["id"]}], "id", **asking)
        assert item.data["_entities"] == [None]
    shown = await products.entities("Product", references, "slug", **admin)
    assert [each["slug"] for each in shown.data["_entities"]] == ["secret", "secret"]


async def test_only_who_keeps_the_catalogue_lists_drafts(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, "listed-draft", status="DRAFT")
    query = "{ products(first: 100, filter: {statuses: [DRAFT]}) { edges { node { id } } } }"
    listed = await products.ask(query, **admin)

    assert {"node": {"id": made["id"]}} in listed.data["products"]["edges"]
    assert (await products.ask(query, user="user-alice")).codes == ["FORBIDDEN"]
    assert (await products.ask(query)).codes == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("asking", [{}, {"user": "user-alice"}])
async def test_customers_change_nothing(products: Client, asking: dict[str, Any]) -> None:
    expected = ["FORBIDDEN"] if asking else ["UNAUTHENTICATED"]

    assert (await products.ask(CREATE, {"input": draft("mine")}, **asking)).codes == expected
    for operation in (UPDATE, DELETE):
        named = {"id": "prod-tv-001", "version": 1}
        answer = await products.ask(operation, {"input": named, **named}, **asking)
        assert answer.codes == expected


async def test_a_change_names_the_version_it_was_made_on(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, "versioned")
    first = await do(products, UPDATE, {"id": made["id"], "version": 1, "name": "First"}, admin)
    late = await do(products, UPDATE, {"id": made["id"], "version": 1, "name": "Late"}, admin)
    gone = await do(products, DELETE, {"id": made["id"], "version": 1}, admin)

    assert first["product"]["version"] == 2
    assert (late["code"], late["currentVersion"]) == ("CHANGED", 2)
    assert gone["currentVersion"] == 2
    assert (await seen(products, made["id"]))["name"] == "First"


async def test_of_many_changes_on_one_version_one_wins(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, "contested")
    changes = [{"id": made["id"], "version": 1, "name": f"Writer {number}"} for number in range(8)]
    done = await asyncio.gather(*(do(products, UPDATE, change, admin) for change in changes))

    assert sorted(each["__typename"] for each in done) == ["ProductChanged"] * 7 + ["ProductUpdateSuccess"]
    winner = next(each["product"] for each in done if "product" in each)
    assert await seen(products, made["id"]) == {
        "id": made["id"],
        "name": winner["name"],
        "slug": "contested",
        "deletedAt": None,
    }


async def test_what_is_left_out_stays(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, "steady", brand="Aural")
    changed = await do(products, UPDATE, {"id": made["id"], "version": 1, "description": "New"}, admin)

    assert {**changed["product"], "version": 1} == made


async def test_variants_are_matched_by_sku(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, "variety")
    black = {"sku": "VARIETY-BLACK", "name": "Night", "basePrice": usd("89.00")}
    white = {"sku": "VARIETY-WHITE", "name": "White", "basePrice": usd("79.00"), "attributes": {"color": "White"}}

    both = await do(products, UPDATE, {"id": made["id"], "version": 1, "variants": [white, black]}, admin)
    one = await do(products, UPDATE, {"id": made["id"], "version": 2, "variants": [black]}, admin)
    hidden = await products.ask('{ variant(sku: "VARIETY-WHITE") { isAvailable } }')
    again = await do(products, UPDATE, {"id": made["id"], "version": 3, "variants": [white]}, admin)
    cheap = await products.ask('{ products(filter: {text: "variety", priceMax: "80"}) { edges { node { id } } } }')

    assert [each["name"] for each in both["product"]["variants"]] == ["White", "Night"]
    assert [each["sku"] for each in one["product"]["variants"]] == ["VARIETY-BLACK"]
    assert hidden.data["variant"] == {"isAvailable": False}
    assert [each["sku"] for each in again["product"]["variants"]] == ["VARIETY-WHITE"]
    assert cheap.data["products"]["edges"] == [{"node": {"id": made["id"]}}]


async def test_a_deleted_product_leaves_the_shelf_and_keeps_its_row(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, "fleeting")
    gone = await do(products, DELETE, {"id": made["id"], "version": 1}, admin)
    again = await do(products, DELETE, {"id": made["id"], "version": 2}, admin)
    listed = await products.ask('{ products(filter: {text: "fleeting"}) { edges { node { id } } } }', **admin)
    by_slug = await products.entities("Product", [{"slug": "fleeting"}], "id")

    assert gone["product"]["deletedAt"] is not None
    assert again["code"] == "NOT_FOUND"
    assert listed.data["products"]["edges"] == []
    assert by_slug.data["_entities"] == [None]
    assert (await seen(products, made["id"], **admin))["deletedAt"] is not None


@pytest.mark.parametrize("ending", ["deleted", "archived", "variant taken out"])
async def test_who_bought_something_still_reads_what_it_was(
    products: Client, admin: dict[str, Any], ending: str
) -> None:
    code = f"remembered-{ending.replace(' ', '-')}"
    made = await make(products, admin, code)
    if ending == "deleted":
        await do(products, DELETE, {"id": made["id"], "version": 1}, admin)
    elif ending == "archived":
        await do(products, UPDATE, {"id": made["id"], "version": 1, "status": "ARCHIVED"}, admin)
    else:
        other = [{"sku": f"{code.upper()}-WHITE", "name": "White", "basePrice": usd("1.00")}]
        await do(products, UPDATE, {"id": made["id"], "version": 1, "variants": other}, admin)
    sku = [{"sku": f"{code.upper()}-BLACK"}]
    shown = "sku name isAvailable product { name status isAvailable }"

    status = {"deleted": "DELETED", "archived": "ARCHIVED"}.get(ending, "ACTIVE")
    for asking in ({}, {"user": "user-alice"}):
        found = await products.entities("Variant", sku, shown, **asking)
        assert found.errors == []
        assert found.data["_entities"] == [
            {
                "sku": sku[0]["sku"],
                "name": "Black",
                "isAvailable": False,
                "product": {"name": f"Speaker {code}", "status": status, "isAvailable": status == "ACTIVE"},
            }
        ]
    # What can be put into a cart, other subgraphs ask: it is not there for them.
    assert (await products.entities("Variant", sku, "sku", internal=True)).data["_entities"] == [None]
    if status != "ACTIVE":
        listed = await products.ask(
            f'{{ products(filter: {{ids: ["{made["id"]}"]}}) {{ edges {{ node {{ id }} }} }} }}'
        )
        assert listed.data["products"]["edges"] == []


async def test_a_draft_that_is_deleted_or_archived_stays_a_secret(products: Client, admin: dict[str, Any]) -> None:
    for ending in ("deleted", "archived"):
        made = await make(products, admin, f"never-{ending}", status="DRAFT")
        if ending == "deleted":
            await do(products, DELETE, {"id": made["id"], "version": 1}, admin)
        else:
            await do(products, UPDATE, {"id": made["id"], "version": 1, "status": "ARCHIVED"}, admin)

        assert await seen(products, made["id"]) is None
        hidden = await products.entities("Variant", [{"sku": f"NEVER-{ending.upper()}-BLACK"}], "sku")
        assert hidden.data["_entities"] == [None]


async def test_what_was_on_the_shelf_becomes_no_draft_again(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, "out-there")
    refused = await do(products, UPDATE, {"id": made["id"], "version": 1, "status": "DRAFT"}, admin)
    chosen = await do(products, UPDATE, {"id": made["id"], "version": 1, "status": "DELETED"}, admin)

    assert refused["field"] == chosen["field"] == ["input", "status"]


async def test_who_keeps_the_catalogue_lists_what_was_deleted(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, "binned")
    await do(products, DELETE, {"id": made["id"], "version": 1}, admin)
    query = '{ products(filter: {text: "binned", statuses: [DELETED]}) { edges { node { id status } } } }'

    assert (await products.ask(query, **admin)).data["products"]["edges"] == [
        {"node": {"id": made["id"], "status": "DELETED"}}
    ]


async def test_a_slug_is_one_products_until_it_is_deleted(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, "wanted")
    taken = await do(products, CREATE, draft("other", slug="wanted"), admin)
    await do(products, DELETE, {"id": made["id"], "version": 1}, admin)
    free = await do(products, CREATE, draft("other", slug="wanted"), admin)

    assert (taken["__typename"], taken["field"]) == ("SlugTaken", ["input", "slug"])
    assert free["product"]["slug"] == "wanted"


async def test_a_sku_is_never_given_twice(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, "unique")
    await do(products, DELETE, {"id": made["id"], "version": 1}, admin)
    taken = await do(products, CREATE, draft("unique", slug="unique-2"), admin)

    assert (taken["__typename"], taken["field"]) == ("SkuTaken", ["input", "variants", "0", "sku"])


async def test_of_many_with_one_slug_one_wins(products: Client, admin: dict[str, Any]) -> None:
    drafts = [draft(f"rival-{number}", slug="rivals") for number in range(6)]
    done = await asyncio.gather(*(do(products, CREATE, each, admin) for each in drafts))

    assert sorted(each["__typename"] for each in done) == ["ProductCreateSuccess"] + ["SlugTaken"] * 5


async def test_of_many_with_one_sku_one_wins(products: Client, admin: dict[str, Any]) -> None:
    variants = [{"sku": "RIVAL-SKU", "name": "R", "basePrice": usd("1.00")}]
    drafts = [draft(f"sku-rival-{number}", variants=variants) for number in range(6)]
    done = await asyncio.gather(*(do(products, CREATE, each, admin) for each in drafts))

    assert sorted(each["__typename"] for each in done) == ["ProductCreateSuccess"] + ["SkuTaken"] * 5


@pytest.mark.parametrize(
    ("change", "attribute"),
    [
        ({"attributes": {"wireles": True}}, "wireles"),
        ({"attributes": {"wireless": "yes"}}, "wireless"),
        (
            {"variants": [{"sku": "L-1", "name": "L", "basePrice": usd("1"), "attributes": {"color": "x" * 501}}]},
            "color",
        ),
        ({"attributes": {"screenInches": True}}, "screenInches"),
        (
            {
                "typeId": "type-computer",
                "attributes": {},
                "variants": [{"sku": "C-1", "name": "C", "basePrice": usd("1"), "attributes": {"memoryGb": 8}}],
            },
            "processor",
        ),
        (
            {
                "variants": [
                    {"sku": "K-1", "name": "K", "basePrice": usd("1"), "attributes": {"switches": "Purple"}},
                ]
            },
            "switches",
        ),
        ({"attributes": {"color": "Black"}}, "color"),
    ],
)
async def test_attributes_are_those_of_the_type(
    products: Client, admin: dict[str, Any], change: dict[str, Any], attribute: str
) -> None:
    refused = await do(products, CREATE, draft("attributed", **change), admin)

    assert refused["__typename"] == "AttributeInvalid"
    assert refused["attribute"] == attribute


def variant(**further: object) -> dict[str, Any]:
    return {"variants": [{"sku": "BAD-1", "name": "B", "basePrice": usd("1.00"), **further}]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "Not A Slug"}, ["input", "slug"]),
        ({"name": " "}, ["input", "name"]),
        ({"variants": []}, ["input", "variants"]),
        ({"attributes": [1]}, ["input", "attributes"]),
        ({"categoryId": "cat-mistyped"}, ["input", "categoryId"]),
        ({"typeId": "type-mistyped"}, ["input", "typeId"]),
        (variant(sku="lower-case"), ["input", "variants", "0", "sku"]),
        (variant(basePrice=usd("-1.00")), ["input", "variants", "0", "basePrice"]),
        (variant(basePrice=usd("1.001")), ["input", "variants", "0", "basePrice"]),
        (variant(costPrice={"amount": "1", "currency": "EUR"}), ["input", "variants", "0", "costPrice"]),
        (variant(weightGrams=0), ["input", "variants", "0", "weightGrams"]),
        ({"variants": variant()["variants"] * 2}, ["input", "variants", "1", "sku"]),
    ],
)
async def test_what_is_mistyped_is_refused(
    products: Client, admin: dict[str, Any], change: dict[str, Any], field: list[str]
) -> None:
    refused = await do(products, CREATE, draft("mistyped", **change), admin)

    assert refused["field"] == field


async def test_changes_are_announced_and_refusals_are_not(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, "announced")
    await do(products, UPDATE, {"id": made["id"], "version": 1, "name": "Told"}, admin)
    await do(products, UPDATE, {"id": made["id"], "version": 1, "name": "Refused"}, admin)
    await do(products, DELETE, {"id": made["id"], "version": 2}, admin)

    async with products.database.reading() as session:
        told = await session.execute(
            text("SELECT type, payload->'skus' FROM outbox WHERE aggregate_id = :id ORDER BY position"),
            {"id": made["id"]},
        )
    assert [tuple(row) for row in told] == [
        ("ProductCreated", ["ANNOUNCED-BLACK"]),
        ("ProductUpdated", ["ANNOUNCED-BLACK"]),
        ("ProductDeleted", ["ANNOUNCED-BLACK"]),
    ]
