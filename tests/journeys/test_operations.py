"""Every operation of clients/operations, asked once: right data, no errors, and as many fetches as the graph needs."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from subgraphs import NAMES
from tests.journeys.operations import SHOWN, Case
from tests.journeys.shop import ROOT, Shop, Visitor


@pytest.fixture(scope="module")
def people(shop: Shop) -> dict[str, Visitor]:
    """A guest, a customer with something in the basket, and an administrator."""
    customer = shop.customer()
    added = customer.ask("AddToCart", {"sku": "KEYBOARD-001-RED", "quantity": 2}).data["cartLineAdd"]
    assert added["__typename"] == "CartLineAddSuccess", added
    return {"guest": shop.guest(), "customer": customer, "admin": shop.admin()}


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case.title)
def test_an_operation_costs_no_more_fetches_than_its_budget(case: Case, shop: Shop, people: dict[str, Visitor]) -> None:
    with shop.between.counting() as traffic:
        answer = people[case.visitor].ask(case.operation, case.variables)

    assert answer.status == 200
    assert answer.errors == []
    assert dict(traffic.fetches) == dict(case.budget)


def test_every_page_of_the_shop_is_among_the_operations() -> None:
    written = {path.stem for path in (ROOT / "clients" / "operations").glob("*.graphql")}

    assert {case.operation for case in SHOWN} | {"Checkout"} <= written


def test_the_front_page_shows_products_with_price_stock_and_rating(people: dict[str, Visitor]) -> None:
    home = people["guest"].ask("Home", {"first": 100}).data

    assert home["me"] is None
    assert {"electronics", "computers", "peripherals", "audio", "gaming"} <= slugs(home["categories"])
    products = {edge["node"]["id"]: edge["node"] for edge in home["products"]["edges"]}
    assert len(products) == 100
    assert all(variant["basePrice"]["currency"] == "USD" for each in products.values() for variant in each["variants"])


def test_a_product_page_shows_each_variant_at_its_price(people: dict[str, Visitor]) -> None:
    product = people["guest"].ask("ProductPage", laptop_variables()).data["product"]

    assert product["id"] == "prod-laptop-001"
    assert product["name"] == "Premium Ultrabook Pro 15"
    prices = {variant["sku"]: Decimal(variant["basePrice"]["amount"]) for variant in product["variants"]}
    assert prices == {"LAPTOP-001": Decimal("1299.99"), "LAPTOP-001-32GB": Decimal("1599.99")}
    assert product["inStock"] is True
    assert product["stockQuantity"] == sum(each["availability"]["availableQuantity"] for each in product["variants"])
    assert product["rating"]["count"] == sum(star["count"] for star in product["rating"]["histogram"])
    assert all(edge["node"]["author"]["displayName"] for edge in product["reviews"]["edges"])


def test_a_product_that_is_not_there_is_null_without_an_error(people: dict[str, Visitor]) -> None:
    assert people["guest"].ask("ProductPage", {"slug": "no-such-product"}).data["product"] is None


def test_search_finds_by_words_and_only_what_matches(people: dict[str, Visitor]) -> None:
    found = people["guest"].ask("Search", {"text": "mechanical keyboard"}).data["products"]["edges"]

    assert [edge["node"]["id"] for edge in found] == ["prod-keyboard-001"]


def test_a_cart_shows_lines_with_live_price_and_stock(people: dict[str, Visitor]) -> None:
    cart = people["customer"].ask("CartPage").data["cart"]

    [line] = [line for line in cart["lines"] if line["variant"]["sku"] == "KEYBOARD-001-RED"]
    assert line["quantity"] == 2
    assert Decimal(line["lineTotal"]["amount"]) == 2 * Decimal(line["variant"]["basePrice"]["amount"])
    assert line["variant"]["product"]["name"] == "Mechanical Keyboard TKL"
    assert line["variant"]["availability"]["availableQuantity"] > 0
    assert cart["problems"] == []


def test_an_order_history_tells_status_payment_and_lines_of_every_order(shop: Shop) -> None:
    me = shop.customer().ask("OrderHistory", {"first": 100}).data["me"]

    orders = {edge["node"]["id"]: edge["node"] for edge in me["orders"]["edges"]}
    confirmed, delivered = orders["order-demo-confirmed"], orders["order-demo-delivered"]
    assert (confirmed["status"], delivered["status"]) == ("CONFIRMED", "DELIVERED")
    for order in (confirmed, delivered):
        assert sum(Decimal(line["lineTotal"]["amount"]) for line in order["lines"]) <= Decimal(order["total"]["amount"])
        assert order["payments"]
        assert Decimal(order["balanceDue"]["amount"]) == 0
        assert all(line["variant"]["sku"] == line["sku"] for line in order["lines"] if line["variant"])


def test_the_dashboard_shows_stock_orders_revenue_and_reviews(people: dict[str, Visitor]) -> None:
    [dashboard] = [case for case in SHOWN if case.operation == "AdminDashboard"]

    shown = people["admin"].ask("AdminDashboard", {**dashboard.variables, "first": 100}).data

    low = {edge["node"]["variant"]["sku"] for edge in shown["lowStock"]["edges"]}
    assert {"MINI-001", "MONITOR-001"} <= low
    assert "TABLET-001" not in low
    assert Decimal(shown["revenue"]["total"]["amount"]) > 0
    assert shown["orders"]["edges"]
    assert all(edge["node"]["item"]["name"] for edge in shown["reviewsToModerate"]["edges"])


@pytest.mark.parametrize("visitor", ["guest", "customer"])
def test_only_administrators_see_the_dashboard(visitor: str, people: dict[str, Visitor]) -> None:
    [dashboard] = [case for case in SHOWN if case.operation == "AdminDashboard"]

    answer = people[visitor].ask("AdminDashboard", dashboard.variables)

    assert answer.codes == {"UNAUTHORIZED_FIELD_OR_TYPE"}
    assert not any((answer.body.get("data") or {}).values())


def test_one_request_asks_all_seven_subgraphs_once_each(shop: Shop, people: dict[str, Visitor]) -> None:
    with shop.between.counting() as traffic:
        answer = people["customer"].ask("OrderHistory")

    assert answer.errors == []
    assert dict(traffic.fetches) == dict.fromkeys(NAMES, 1)


def slugs(categories: list) -> set[str]:
    return {each["slug"] for each in categories} | {child["slug"] for each in categories for child in each["children"]}


def laptop_variables() -> dict[str, str]:
    [page] = [case for case in SHOWN if case.operation == "ProductPage"]
    return {"slug": str(page.variables["slug"])}


# What every kind of visitor may ask for without having done anything first.
ASKED: dict[str, Mapping[str, object]] = {
    "Profile": {},
    "WishlistPage": {},
    "MyReviews": {},
    "TokenStatus": {"token": "forged"},
    "SharedWishlist": {"token": "guess"},
    "CategoryPage": {"slug": "audio", "sort": "PRICE_LOW"},
    "Bundles": {},
    "BundlePage": {"id": "bundle-desk-001"},
    "VariantPage": {"sku": "LAPTOP-001"},
    "OrderPage": {"id": "order-demo-delivered"},
    "GuestOrder": {"token": "guess"},
    "PaymentPage": {"id": "payment-demo-delivered"},
    "ReviewPage": {"id": "review-demo-001"},
    "People": {"text": "customer"},
    "Person": {"id": "user-customer"},
    "CatalogueAdmin": {},
    "StockAdmin": {},
    "StockHistory": {"sku": "MOUSE-001"},
    "StockReservation": {"id": "reservation-demo-confirmed"},
    "OrdersAdmin": {"filter": {"statuses": ["DELIVERED"]}},
    "ReviewsToModerate": {},
}


@pytest.mark.parametrize("operation", ASKED)
def test_an_administrator_is_answered_every_operation_without_errors(
    operation: str, people: dict[str, Visitor]
) -> None:
    answer = people["admin"].ask(operation, ASKED[operation])

    assert answer.errors == []
    assert (answer.status, len(answer.data) > 0) == (200, True)


def test_a_wish_outlives_its_item_and_the_others_stay_readable(shop: Shop, people: dict[str, Visitor]) -> None:
    admin, dreamer = people["admin"], shop.customer("alice")
    made = admin.ask(
        "CreateBundle",
        {"input": {"slug": "fleeting", "name": "Fleeting", "status": "ACTIVE", "items": [{"sku": "MOUSE-001"}]}},
    ).data["bundleCreate"]["bundle"]
    for item in (made["id"], "prod-mouse-001"):
        assert dreamer.ask("AddToWishlist", {"itemId": item}).data["wishlistAdd"]["__typename"] == "WishlistAddSuccess"
    refused = dreamer.ask("AddToWishlist", {"itemId": "prod-not-there"}).data["wishlistAdd"]
    admin.ask("DeleteBundle", {"id": made["id"], "version": made["version"]})

    answer = dreamer.ask("WishlistPage")
    items = [wish["item"] for wish in answer.body["data"]["me"]["wishlist"]["items"]]

    assert (refused["__typename"], refused["field"]) == ("NotFound", ["itemId"])
    assert {"id": "prod-mouse-001", "slug": "wireless-mouse", "name": "Wireless Mouse"}.keys() <= items[0].keys()
    assert items[0]["id"] == "prod-mouse-001"
    assert items[1] is None


def test_a_guest_who_asks_for_more_than_they_may_is_answered_the_rest(people: dict[str, Visitor]) -> None:
    answer = people["guest"].send("{ categories { slug } orders { edges { cursor } } lowStock { edges { cursor } } }")

    assert answer.codes == {"UNAUTHORIZED_FIELD_OR_TYPE"}
    assert {error["path"][0] for error in answer.errors} == {"orders", "lowStock"}
    data = answer.body["data"]
    assert (data["orders"], data["lowStock"], len(data["categories"]) > 0) == (None, None, True)
