"""What people change through the public endpoint, and what everybody reads afterwards: across subgraphs, not inside one."""

import uuid
from decimal import Decimal
from typing import Any

import pytest

from tests.journeys.buying import add, available, newcomer, until
from tests.journeys.operations import CHALLENGE_CODE, CHALLENGED_CARD, checkout_input
from tests.journeys.shop import Shop, Visitor

MONEY = {"amount": "19.90", "currency": "USD"}


def changed(visitor: Visitor, field: str, kind: str, value: Any, selection: str) -> dict[str, Any]:
    """Send a mutation that takes one input; answers its union member."""
    query = (
        f"mutation($input: {kind}!) {{ {field}(input: $input) "
        f"{{ __typename ... on Refusal {{ code message field }} {selection} }} }}"
    )
    answered: dict[str, Any] = visitor.send(query, {"input": value}).data[field]
    return answered


# ---- the catalogue ----


def new_product() -> dict[str, Any]:
    unique = uuid.uuid4().hex[:8]
    return {
        "typeId": "type-furniture",
        "categoryId": "cat-gaming",
        "slug": f"footrest-{unique}",
        "name": f"Footrest {unique}",
        "status": "ACTIVE",
        "variants": [{"sku": f"FOOTREST-{unique.upper()}", "name": "Oak", "basePrice": MONEY}],
    }


def create(admin: Visitor, product: dict[str, Any]) -> dict[str, Any]:
    selection = "... on ProductCreateSuccess { product { id slug version } }"
    made = changed(admin, "productCreate", "ProductCreateInput", product, selection)
    assert made["__typename"] == "ProductCreateSuccess", made
    shown: dict[str, Any] = made["product"]
    return shown


def test_a_product_an_administrator_makes_can_be_stocked_found_and_bought(shop: Shop, admin: Visitor) -> None:
    product = new_product()
    sku = product["variants"][0]["sku"]

    made = create(admin, product)
    before = available(shop, sku)
    stocked = changed(
        admin, "stockSet", "StockSetInput", {"sku": sku, "warehouseId": "wh-east", "onHand": 5, "reason": "delivered"},
        "... on StockSetSuccess { stockLevel { onHand variant { product { name } } } }",
    )  # fmt: skip

    assert before == 0
    assert stocked["stockLevel"] == {"onHand": 5, "variant": {"product": {"name": product["name"]}}}
    page = shop.guest().ask("ProductPage", {"slug": made["slug"]}).data["product"]
    assert (page["inStock"], page["stockQuantity"], page["rating"]["count"]) == (True, 5, 0)
    found = shop.guest().ask("Search", {"text": product["name"]}).data["products"]["edges"]
    assert [edge["node"]["id"] for edge in found] == [made["id"]]
    buyer = newcomer(shop)
    bought = buyer.ask("Checkout", checkout_input(add(buyer, sku, 2), key=uuid.uuid4().hex)).data["checkout"]
    assert Decimal(bought["order"]["total"]["amount"]) == 2 * Decimal(MONEY["amount"])
    assert available(shop, sku) == 3


def test_a_change_made_on_an_old_version_is_refused_and_changes_nothing(shop: Shop, admin: Visitor) -> None:
    made = create(admin, new_product())
    selection = "... on ProductUpdateSuccess { product { name version } } ... on ProductChanged { currentVersion }"
    change = {"id": made["id"], "version": made["version"]}

    first = changed(admin, "productUpdate", "ProductUpdateInput", {**change, "name": "First"}, selection)
    second = changed(admin, "productUpdate", "ProductUpdateInput", {**change, "name": "Second"}, selection)

    assert first["product"]["name"] == "First"
    assert (second["__typename"], second["currentVersion"]) == ("ProductChanged", first["product"]["version"])
    assert shop.guest().ask("ProductPage", {"slug": made["slug"]}).data["product"]["name"] == "First"


def test_a_deleted_product_is_gone_and_the_order_that_holds_it_stays_readable(shop: Shop, admin: Visitor) -> None:
    product = new_product()
    sku = product["variants"][0]["sku"]
    made = create(admin, product)
    level = {"sku": sku, "warehouseId": "wh-east", "onHand": 1}
    changed(admin, "stockSet", "StockSetInput", level, "")
    buyer = newcomer(shop)
    buyer.ask("Checkout", checkout_input(add(buyer, sku), key=uuid.uuid4().hex))

    delete = "mutation($id: ID!, $version: Int!) { productDelete(id: $id, version: $version) { __typename } }"
    deleted = admin.send(delete, {"id": made["id"], "version": made["version"]}).data["productDelete"]

    assert deleted["__typename"] == "ProductDeleteSuccess", deleted
    assert shop.guest().ask("ProductPage", {"slug": made["slug"]}).data["product"] is None
    # Whatever is said of the variant that is gone, the line keeps what was bought and for how much.
    [edge] = buyer.ask("OrderHistory").body["data"]["me"]["orders"]["edges"]
    [line] = edge["node"]["lines"]
    assert product["name"] in line["name"]
    assert Decimal(line["unitPrice"]["amount"]) == Decimal(MONEY["amount"])


@pytest.mark.parametrize("name", ["productCreate", "stockSet", "reviewModerate"])
def test_a_customer_changes_nothing_that_is_an_administrators(name: str, customer: Visitor) -> None:
    inputs = {
        "productCreate": ("ProductCreateInput", new_product()),
        "stockSet": ("StockSetInput", {"sku": "MOUSE-001", "warehouseId": "wh-east", "onHand": 0}),
        "reviewModerate": ("ReviewModerateInput", {"id": "any", "decision": "APPROVE"}),
    }
    kind, value = inputs[name]

    answer = customer.send(f"mutation($input: {kind}!) {{ {name}(input: $input) {{ __typename }} }}", {"input": value})

    assert answer.codes == {"UNAUTHORIZED_FIELD_OR_TYPE"}


# ---- carts ----


def lines(cart: dict[str, Any]) -> dict[str, int]:
    return {line["variant"]["sku"]: line["quantity"] for line in cart["lines"]}


def test_a_guest_changes_their_basket_line_by_line(guest: Visitor) -> None:
    add(guest, "MOUSE-001", 2)
    add(guest, "GAME-001")
    cart = guest.ask("CartPage").data["cart"]
    mouse, game = cart["lines"]

    updated = guest.ask("UpdateCartLine", {"lineId": mouse["id"], "quantity": 5}).data["cartLineUpdate"]
    removed = guest.ask("RemoveFromCart", {"lineId": game["id"]}).data["cartLineRemove"]

    assert updated["cart"]["itemCount"] == 6
    assert removed["cart"]["itemCount"] == 5
    assert removed["cart"]["version"] > updated["cart"]["version"] > cart["version"]
    assert lines(guest.ask("CartPage").data["cart"]) == {"MOUSE-001": 5}
    emptied = guest.send("mutation { cartClear { ... on CartClearSuccess { cart { itemCount } } } }")
    assert emptied.data["cartClear"]["cart"]["itemCount"] == 0


def test_nobody_changes_a_line_of_a_basket_that_is_not_theirs(shop: Shop, guest: Visitor) -> None:
    add(guest, "MOUSE-001", 2)
    [line] = guest.ask("CartPage").data["cart"]["lines"]
    stranger = shop.customer("carol")
    add(stranger, "MOUSE-001")

    refused = stranger.ask("UpdateCartLine", {"lineId": line["id"], "quantity": 9}).data["cartLineUpdate"]

    assert (refused["__typename"], refused["code"]) == ("NotFound", "NOT_FOUND")
    assert lines(guest.ask("CartPage").data["cart"]) == {"MOUSE-001": 2}


def test_what_a_guest_put_aside_is_theirs_after_registering(shop: Shop) -> None:
    guest = shop.guest()
    add(guest, "GAME-001")
    member = newcomer(shop)
    member.headers["X-Cart-Token"] = guest.headers["X-Cart-Token"]
    merge = (
        "mutation { cartMerge { __typename ... on CartMergeSuccess { cart { lines { quantity variant { sku } } } } } }"
    )

    merged = member.send(merge).data["cartMerge"]
    again = member.send(merge).data["cartMerge"]

    assert lines(merged["cart"]) == lines(again["cart"]) == {"GAME-001": 1}


# ---- reviews ----


def test_a_review_counts_once_a_moderator_lets_it_through(shop: Shop, admin: Visitor) -> None:
    product = create(admin, new_product())
    author = newcomer(shop)
    written = author.ask("WriteReview", {"input": {"itemId": product["id"], "rating": 4, "title": "Feet up"}})
    review = written.data["reviewCreate"]["review"]

    def rating() -> dict[str, Any]:
        shown: dict[str, Any] = shop.guest().ask("ProductPage", {"slug": product["slug"]}).data["product"]
        return {"count": shown["rating"]["count"], "shown": [e["node"]["title"] for e in shown["reviews"]["edges"]]}

    before = rating()
    waiting = admin.send("{ reviewsToModerate(first: 100) { edges { node { id item { name } } } } }").data
    decision = {"id": review["id"], "decision": "APPROVE"}
    approved = changed(admin, "reviewModerate", "ReviewModerateInput", decision, "")

    assert before == {"count": 0, "shown": []}
    assert review["id"] in {edge["node"]["id"] for edge in waiting["reviewsToModerate"]["edges"]}
    assert approved["__typename"] == "ReviewModerateSuccess"
    assert rating() == {"count": 1, "shown": ["Feet up"]}
    once_more = author.ask("WriteReview", {"input": {"itemId": product["id"], "rating": 1, "title": "Changed my mind"}})
    assert once_more.data["reviewCreate"]["__typename"] == "AlreadyReviewed"


# ---- sessions ----


def test_a_refresh_token_gives_a_new_pair_and_signing_out_ends_it(shop: Shop) -> None:
    guest = shop.guest()
    login = guest.ask("Login", {"email": "carol@ecommerce.local", "password": "customer123"}).data["login"]

    refreshed = guest.ask("Refresh", {"refreshToken": login["tokens"]["refreshToken"]}).data["refresh"]
    tokens = refreshed["tokens"]
    guest.headers["Authorization"] = f"Bearer {tokens['accessToken']}"
    who = guest.send("{ me { id } }").data["me"]
    ended = guest.ask("Logout", {"everywhere": False}).data["logout"]
    del guest.headers["Authorization"]
    afterwards = guest.ask("Refresh", {"refreshToken": tokens["refreshToken"]}).data["refresh"]

    assert tokens["refreshToken"] != login["tokens"]["refreshToken"]
    assert who == {"id": "user-carol"}
    assert ended["sessionsEnded"] == 1
    assert afterwards["__typename"] == "SessionEnded"


def test_unknown_people_and_wrong_passwords_are_answered_alike(guest: Visitor) -> None:
    answers = [
        guest.ask("Login", {"email": email, "password": "wrong"}).data["login"]
        for email in ("alice@ecommerce.local", "nobody@ecommerce.local")
    ]

    assert answers[0] == answers[1]
    assert answers[0]["__typename"] == "WrongCredentials"


@pytest.mark.parametrize(
    ("change", "kind", "field"),
    [
        ({"email": "taken@example.org"}, "EmailTaken", ["input", "email"]),
        ({"email": "no address"}, "InvalidInput", ["input", "email"]),
        ({"password": "short"}, "WeakPassword", ["input", "password"]),
        ({"password": "x" * 5000}, "WeakPassword", ["input", "password"]),
    ],
    ids=["taken", "malformed", "weak", "endless"],
)
def test_a_registration_that_cannot_be_names_the_field_to_change(
    change: dict[str, str], kind: str, field: list[str], guest: Visitor
) -> None:
    asked = {
        "email": f"{uuid.uuid4().hex}@example.org", "password": "correct horse battery staple",
        "firstName": "Nora", "lastName": "Newcomer", **change,
    }  # fmt: skip
    guest.ask(
        "Register", {"input": {**asked, "email": "taken@example.org", "password": "correct horse battery staple"}}
    )

    refused = guest.ask("Register", {"input": asked}).data["registration"]

    assert (refused["__typename"], refused["field"]) == (kind, field)
    assert refused["message"]


# ---- paying ----


def test_a_payment_the_bank_asks_about_is_confirmed_and_becomes_an_order(shop: Shop) -> None:
    buyer = newcomer(shop)
    variables = checkout_input(add(buyer, "CONTROLLER-001"), key=uuid.uuid4().hex, card=CHALLENGED_CARD)
    before = available(shop, "CONTROLLER-001")

    asked = buyer.ask("Checkout", variables).data["checkout"]
    confirm = "mutation($id: ID!, $code: String!) { paymentConfirm(paymentId: $id, code: $code) { __typename } }"
    proof = {"id": asked["paymentAction"]["paymentId"], "code": CHALLENGE_CODE}
    confirmed = buyer.send(confirm, proof).data["paymentConfirm"]
    done = until(
        lambda: buyer.ask("Checkout", variables).data["checkout"],
        lambda checkout: checkout["order"]["status"] == "CONFIRMED",
    )

    assert (asked["order"]["status"], asked["order"]["chargeStatus"]) == ("AWAITING_PAYMENT", "PENDING")
    assert confirmed["__typename"] == "PaymentConfirmSuccess"
    assert done["order"]["id"] == asked["order"]["id"]
    assert done["paymentAction"] is None
    assert available(shop, "CONTROLLER-001") == before - 1


def test_a_total_that_is_not_the_customers_is_refused(shop: Shop) -> None:
    buyer = newcomer(shop)
    variables = checkout_input(add(buyer, "GAME-001"), key=uuid.uuid4().hex)
    variables["input"] = {**variables["input"], "expectedTotal": {"amount": "0.01", "currency": "USD"}}

    refused = buyer.ask("Checkout", variables).data["checkout"]

    assert (refused["__typename"], refused["code"]) == ("TotalChanged", "CHANGED")
    assert buyer.ask("OrderHistory").data["me"]["orders"]["edges"] == []
