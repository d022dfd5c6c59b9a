"""Categories stay a tree, types fit their products, bundles hold what is for sale; each change names its version."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from chassis.testing import Client
from tests.subgraphs.products.test_administration import CREATE, DELETE, do, draft, make

pytestmark = pytest.mark.anyio

REFUSAL = "... on Refusal { code message field } ... on VersionChanged { currentVersion }"
CATEGORY = "... on CategorySuccess { category { id slug name version parent { id } } }"
TYPE = "... on ProductTypeSuccess { productType { id name version attributes { name kind required choices } } }"
BUNDLE = "... on BundleSuccess { bundle { id slug version items { sku quantity } basePrice { amount } } }"


def change(field: str, success: str) -> str:
    if field.endswith("Delete"):
        return f"mutation($id: ID!, $version: Int!) {{ {field}(id: $id, version: $version) {{ __typename {success} {REFUSAL} }} }}"
    name = field[0].upper() + field[1:]
    refusals = REFUSAL if not field.endswith("Create") else "... on Refusal { code message field }"
    return f"mutation($input: {name}Input!) {{ {field}(input: $input) {{ __typename {success} {refusals} }} }}"


async def category(products: Client, admin: dict[str, Any], slug: str, parent: str | None = None) -> dict[str, Any]:
    input = {"slug": slug, "name": slug.title(), "parentId": parent}
    done = await do(products, change("categoryCreate", CATEGORY), input, admin)
    assert done["__typename"] == "CategorySuccess", done
    return dict(done["category"])


async def move(products: Client, admin: dict[str, Any], id: str, parent: str | None, version: int) -> dict[str, Any]:
    moving = f"""mutation($id: ID!, $parentId: ID, $version: Int!) {{
      categoryMove(id: $id, parentId: $parentId, version: $version) {{ __typename {CATEGORY} {REFUSAL} }} }}"""
    return await do(products, moving, {"id": id, "parentId": parent, "version": version}, admin)


async def test_the_tree_grows_changes_and_shrinks_and_says_so(products: Client, admin: dict[str, Any]) -> None:
    top = await category(products, admin, "garden")
    below = await category(products, admin, "hoses", top["id"])
    renamed = await do(
        products,
        change("categoryUpdate", CATEGORY),
        {"id": below["id"], "version": 1, "slug": "garden-hoses", "name": "Garden hoses"},
        admin,
    )
    moved = await move(products, admin, below["id"], None, 2)
    seen = await products.ask(
        '{ category(slug: "garden-hoses") { name parent { id } } gone: category(slug: "hoses") { id } }'
    )
    gone = await do(products, change("categoryDelete", CATEGORY), {"id": below["id"], "version": 3}, admin)
    after = await products.ask('{ category(slug: "garden-hoses") { id } categories { slug } }')
    async with products.database.reading() as session:
        told = await session.execute(
            text("SELECT payload->>'change' FROM outbox WHERE aggregate_id = :id ORDER BY position"),
            {"id": below["id"]},
        )

    assert below["parent"] == {"id": top["id"]}
    assert (renamed["category"]["version"], moved["category"]["version"]) == (2, 3)
    assert seen.data == {"category": {"name": "Garden hoses", "parent": None}, "gone": None}
    assert gone["category"]["id"] == below["id"]
    assert after.data["category"] is None
    assert "garden-hoses" not in [each["slug"] for each in after.data["categories"]]
    assert [row[0] for row in told] == ["CREATED", "UPDATED", "MOVED", "DELETED"]


async def test_a_category_never_hangs_below_itself(products: Client, admin: dict[str, Any]) -> None:
    top = await category(products, admin, "loop-top")
    middle = await category(products, admin, "loop-middle", top["id"])
    bottom = await category(products, admin, "loop-bottom", middle["id"])

    for target in (top, middle, bottom):
        refused = await move(products, admin, top["id"], target["id"], 1)
        assert (refused["__typename"], refused["field"]) == ("StillInUse", ["parentId"])


async def test_moves_at_once_make_no_cycle(products: Client, admin: dict[str, Any]) -> None:
    for turn in range(5):
        one, two, three = [await category(products, admin, f"ring-{turn}-{number}") for number in range(3)]
        done = await asyncio.gather(
            move(products, admin, one["id"], two["id"], 1),
            move(products, admin, two["id"], three["id"], 1),
            move(products, admin, three["id"], one["id"], 1),
        )

        assert sorted(each["__typename"] for each in done) == ["CategorySuccess", "CategorySuccess", "StillInUse"]


async def test_the_tree_has_so_many_levels(products: Client, admin: dict[str, Any]) -> None:
    parent = None
    for level in range(6):
        parent = (await category(products, admin, f"level-{level}", parent))["id"]
    deep = await do(
        products, change("categoryCreate", CATEGORY), {"slug": "level-6", "name": "Deep", "parentId": parent}, admin
    )
    pair = await category(products, admin, "pair")
    await category(products, admin, "pair-below", pair["id"])
    async with products.database.reading() as session:
        fifth = await session.scalar(text("SELECT id FROM categories WHERE slug = 'level-4'"))
    moved = await move(products, admin, pair["id"], fifth, 1)

    assert (deep["field"], moved["field"]) == (["input", "parentId"], ["parentId"])


async def test_what_holds_something_is_not_deleted(products: Client, admin: dict[str, Any]) -> None:
    top = await category(products, admin, "full")
    remove = change("categoryDelete", CATEGORY)
    made = await make(products, admin, "filling", categoryId=top["id"])
    refused = await do(products, remove, {"id": top["id"], "version": 1}, admin)
    await do(products, DELETE, {"id": made["id"], "version": 1}, admin)
    gone = await do(products, remove, {"id": top["id"], "version": 1}, admin)
    # An order's history still says where it stood.
    history = await products.entities("Product", [{"id": made["id"]}], "category { name }")

    assert (refused["__typename"], refused["code"]) == ("StillInUse", "NOT_POSSIBLE_NOW")
    assert gone["__typename"] == "CategorySuccess"
    assert history.data["_entities"] == [{"category": {"name": "Full"}}]


async def test_a_product_never_lands_in_a_category_that_is_being_deleted(
    products: Client, admin: dict[str, Any]
) -> None:
    for turn in range(5):
        top = await category(products, admin, f"fleeing-{turn}")
        input = {"id": top["id"], "version": 1}
        created, deleted = await asyncio.gather(
            do(products, CREATE, draft(f"chaser-{turn}", categoryId=top["id"]), admin),
            do(products, change("categoryDelete", CATEGORY), input, admin),
        )

        assert (created["__typename"] == "ProductCreateSuccess") is (deleted["__typename"] == "StillInUse")


async def test_of_many_changes_on_one_version_one_wins(products: Client, admin: dict[str, Any]) -> None:
    top = await category(products, admin, "contested-category")
    done = await asyncio.gather(
        *(
            do(
                products,
                change("categoryUpdate", CATEGORY),
                {"id": top["id"], "version": 1, "slug": "contested-category", "name": f"N {number}"},
                admin,
            )
            for number in range(5)
        )
    )

    assert sorted(each["__typename"] for each in done) == ["CategorySuccess"] + ["VersionChanged"] * 4
    assert {each["currentVersion"] for each in done if "currentVersion" in each} == {2}


async def test_a_slug_is_one_categorys(products: Client, admin: dict[str, Any]) -> None:
    input = {"slug": "audio", "name": "Audio again"}
    taken = await do(products, change("categoryCreate", CATEGORY), input, admin)

    assert (taken["__typename"], taken["field"]) == ("NameTaken", ["input", "slug"])


RULES: list[dict[str, Any]] = [
    {"name": "voltage", "kind": "NUMBER", "required": True},
    {"name": "plug", "kind": "TEXT", "choices": ["A", "B"]},
]


async def test_a_type_says_what_its_products_carry(products: Client, admin: dict[str, Any]) -> None:
    made = await do(products, change("productTypeCreate", TYPE), {"name": "Lamp", "attributes": RULES}, admin)
    kind = made["productType"]
    plain = {"variants": [{"sku": "LAMP-1", "name": "L", "basePrice": {"amount": "1", "currency": "USD"}}]}
    fits = draft("lamp", typeId=kind["id"], attributes={"voltage": 230}, **plain)
    misfits = draft("lamp-2", typeId=kind["id"], attributes={"plug": "C", "voltage": 1}, **plain)
    refused = await do(products, CREATE, misfits, admin)
    await do(products, CREATE, fits, admin)
    strict = [{**RULES[0]}, {**RULES[1], "required": True}]
    change_it = change("productTypeUpdate", TYPE)
    narrowed = await do(
        products, change_it, {"id": kind["id"], "version": 1, "name": "Lamp", "attributes": strict}, admin
    )
    widened = await do(
        products, change_it, {"id": kind["id"], "version": 1, "name": "Lamps", "attributes": RULES[:1]}, admin
    )
    kept = await do(products, change("productTypeDelete", TYPE), {"id": kind["id"], "version": 2}, admin)

    assert refused["__typename"] == "AttributeInvalid"
    assert narrowed["__typename"] == "StillInUse"
    assert "'plug' is required" in narrowed["message"]
    assert (widened["productType"]["name"], widened["productType"]["version"]) == ("Lamps", 2)
    assert kept["__typename"] == "StillInUse"


@pytest.mark.parametrize(
    "rules",
    [
        [{"name": "Bad name", "kind": "TEXT"}],
        [{"name": "twice", "kind": "TEXT"}, {"name": "twice", "kind": "NUMBER"}],
        [{"name": "number", "kind": "NUMBER", "choices": ["1"]}],
        [{"name": "empty", "kind": "TEXT", "choices": [" "]}],
        [{"name": f"n{number}", "kind": "TEXT"} for number in range(51)],
    ],
)
async def test_rules_that_make_no_sense_are_refused(
    products: Client, admin: dict[str, Any], rules: list[dict[str, Any]]
) -> None:
    refused = await do(products, change("productTypeCreate", TYPE), {"name": "Odd", "attributes": rules}, admin)

    assert refused["code"] == "INVALID"


def bundle(slug: str, *skus: str, **further: object) -> dict[str, Any]:
    return {"slug": slug, "name": slug, "status": "ACTIVE", "items": [{"sku": sku} for sku in skus], **further}


async def test_a_bundle_is_created_changed_and_taken_away(products: Client, admin: dict[str, Any]) -> None:
    made = await do(products, change("bundleCreate", BUNDLE), bundle("duo", "TV-001", "MOUSE-001", "MOUSE-001"), admin)
    id = made["bundle"]["id"]
    changed = await do(
        products, change("bundleUpdate", BUNDLE), {"id": id, "version": 1, **bundle("duo", "MOUSE-001")}, admin
    )
    late = await do(
        products, change("bundleUpdate", BUNDLE), {"id": id, "version": 1, **bundle("duo", "TV-001")}, admin
    )
    gone = await do(products, change("bundleDelete", BUNDLE), {"id": id, "version": 2}, admin)
    seen = await products.ask(f'{{ bundle(id: "{id}") {{ id }} bundles {{ edges {{ node {{ slug }} }} }} }}')

    assert made["bundle"]["items"] == [{"sku": "TV-001", "quantity": 1}, {"sku": "MOUSE-001", "quantity": 2}]
    assert changed["bundle"]["items"] == [{"sku": "MOUSE-001", "quantity": 1}]
    assert late["currentVersion"] == 2
    assert gone["bundle"]["id"] == id
    assert seen.data["bundle"] is None
    assert "duo" not in [edge["node"]["slug"] for edge in seen.data["bundles"]["edges"]]


async def test_a_bundle_tells_nothing_of_drafts(products: Client, admin: dict[str, Any]) -> None:
    await make(products, admin, "bundled-draft", status="DRAFT")
    refused = await do(products, change("bundleCreate", BUNDLE), bundle("leak", "BUNDLED-DRAFT-BLACK"), admin)
    unknown = await do(products, change("bundleCreate", BUNDLE), bundle("leak", "NO-SUCH"), admin)
    hidden = await do(products, change("bundleCreate", BUNDLE), bundle("quiet", "TV-001", status="DRAFT"), admin)
    seen = await products.ask(f'{{ bundle(id: "{hidden["bundle"]["id"]}") {{ id }} }}')
    entity = await products.entities("CatalogItem", [{"id": hidden["bundle"]["id"]}], "id")

    assert refused["code"] == unknown["code"] == "NOT_FOUND"
    assert seen.data["bundle"] is None
    assert entity.data["_entities"] == [None]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"items": []}, "items"),
        ({"items": [{"sku": "TV-001", "quantity": 0}]}, "items"),
        ({"items": [{"sku": "TV-001", "quantity": 100}]}, "items"),
        ({"slug": "No Slug"}, "slug"),
        ({"slug": "desk-setup"}, "slug"),
        ({"name": " "}, "name"),
        ({"status": "DELETED"}, "status"),
    ],
)
async def test_a_bundle_that_makes_no_sense_is_refused(
    products: Client, admin: dict[str, Any], changed: dict[str, Any], field: str
) -> None:
    refused = await do(products, change("bundleCreate", BUNDLE), {**bundle("odd", "TV-001"), **changed}, admin)

    assert refused["field"] == ["input", field]
