"""Live prices and stock beside what was seen: one call each, and a cart that stands when they fail."""

import pytest

from chassis.testing import Answer, Client
from tests.subgraphs.cart.conftest import ADD, CART, MERGE, REMOVE, UPDATE, Shop, guest, pieces, put

pytestmark = pytest.mark.anyio


async def test_the_cart_shows_the_live_price_beside_the_one_that_was_seen(cart: Client, shop: Shop, user: str) -> None:
    line = (await put(cart, "MOUSE", 2, user=user))["cart"]["lines"][0]["id"]
    shop.prices["MOUSE"] = "64.90"

    found = (await cart.ask(CART, user=user)).data["cart"]

    assert found["lines"][0]["priceSnapshot"] == {"amount": "59.90"}
    assert found["lines"][0]["livePrice"] == {"amount": "64.90"}
    assert found["subtotal"] == {"amount": "129.80"}
    assert [(each["__typename"], each["was"]["amount"], each["now"]["amount"]) for each in found["problems"]] == [
        ("PriceChanged", "59.90", "64.90")
    ]
    accepted = (await cart.ask(UPDATE, {"id": line, "quantity": 2}, user=user)).data["cartLineUpdate"]["cart"]
    assert accepted["problems"] == []


async def test_problems_name_what_is_short_and_what_is_gone(cart: Client, shop: Shop, user: str) -> None:
    for sku in ("LAPTOP", "MOUSE", "CABLE"):
        await put(cart, sku, 3, user=user)
    shop.stock["MOUSE"] = 2
    del shop.prices["CABLE"]

    found = (await cart.ask(CART, user=user)).data["cart"]

    assert [(each["__typename"], each["sku"], each.get("available")) for each in found["problems"]] == [
        ("InsufficientStock", "MOUSE", 2),
        ("VariantUnavailable", "CABLE", None),
    ]
    assert found["lines"][2]["lineTotal"] is None
    assert found["subtotal"] == {"amount": "4079.67"}


async def test_a_line_that_is_both_short_and_dearer_says_both(cart: Client, shop: Shop, user: str) -> None:
    await put(cart, "MOUSE", 3, user=user)
    shop.stock["MOUSE"], shop.prices["MOUSE"] = 2, "64.90"

    found = (await cart.ask(CART, user=user)).data["cart"]

    assert [each["__typename"] for each in found["problems"]] == ["InsufficientStock", "PriceChanged"]


async def test_a_cart_of_thirty_lines_costs_what_a_cart_of_one_costs(cart: Client, shop: Shop, user: str) -> None:
    shop.prices |= {f"S{number}": "1.00" for number in range(30)}
    await put(cart, "S0", user=user)
    small, calls_of_small = await counted(cart, shop, user)
    for number in range(1, 30):
        await put(cart, f"S{number}", user=user)

    large, calls_of_large = await counted(cart, shop, user)

    assert len(large.data["cart"]["lines"]) == 30
    assert large.statements == small.statements == 1
    assert calls_of_large == calls_of_small == ["inventory", "products"]


async def counted(cart: Client, shop: Shop, user: str) -> tuple[Answer, list[str]]:
    shop.calls.clear()
    return await cart.ask(CART, user=user), sorted(shop.calls)


async def test_without_products_the_cart_is_still_there_without_its_live_prices(cart, shop: Shop, user: str) -> None:
    await put(cart, "MOUSE", 2, user=user)
    shop.troubles = {"products": "refused"}

    answer = await cart.ask(CART, user=user)

    assert answer.data["cart"]["lines"][0]["priceSnapshot"] == {"amount": "59.90"}
    assert answer.data["cart"]["lines"][0]["lineTotal"] is None
    assert set(answer.codes) == {"SERVICE_UNAVAILABLE"}
    assert {error["extensions"]["service"] for error in answer.errors} == {"products"}


TROUBLES = pytest.mark.parametrize("trouble", ["refused", "slow", "cut_off", "wrong", "errors", "short"])


@TROUBLES
async def test_without_products_nothing_is_put_in_and_nothing_changes(
    cart: Client, shop: Shop, user: str, trouble: str
) -> None:
    line = (await put(cart, "MOUSE", 2, user=user))["cart"]["lines"][0]["id"]
    shop.troubles = {"products": trouble}

    added = await cart.ask(ADD, {"sku": "LAPTOP", "quantity": 1}, user=user)
    updated = await cart.ask(UPDATE, {"id": line, "quantity": 9}, user=user)
    removed = await cart.ask(REMOVE, {"id": line}, user=user)

    for answer in (added, updated):
        assert answer.codes == ["SERVICE_UNAVAILABLE"]
        assert answer.errors[0]["extensions"]["service"] == "products"
    # What needs no price goes on.
    assert removed.data["cartLineRemove"]["__typename"] == "CartLineRemoveSuccess"
    assert await pieces(cart, user=user) == {}


@TROUBLES
async def test_without_products_a_cart_is_shown_without_what_they_know(
    cart: Client, shop: Shop, user: str, trouble: str
) -> None:
    await put(cart, "MOUSE", 2, user=user)
    shop.troubles = {"products": trouble}

    answer = await cart.ask(CART, user=user)

    assert answer.data["cart"]["itemCount"] == 2
    assert (answer.data["cart"]["subtotal"], answer.data["cart"]["problems"]) == (None, None)
    assert {error["extensions"]["service"] for error in answer.errors} == {"products"}


@TROUBLES
async def test_without_inventory_a_cart_lacks_its_problems_and_nothing_else(
    cart: Client, shop: Shop, user: str, trouble: str
) -> None:
    shop.troubles = {"inventory": trouble}
    added = await cart.ask(ADD, {"sku": "MOUSE", "quantity": 2}, user=user)

    found = await cart.ask(CART, user=user)

    for answer, shown in ((added, added.data["cartLineAdd"]["cart"]), (found, found.data["cart"])):
        assert shown["subtotal"] == {"amount": "119.80"}
        assert shown["problems"] is None
        assert [(error["path"][-1], error["extensions"]["code"]) for error in answer.errors] == [
            ("problems", "SERVICE_UNAVAILABLE")
        ]
        assert answer.errors[0]["extensions"]["service"] == "inventory"


async def test_a_line_that_is_withdrawn_is_marked_and_can_only_be_removed(cart: Client, shop: Shop, user: str) -> None:
    line = (await put(cart, "CABLE", 3, user=user))["cart"]["lines"][0]["id"]
    del shop.prices["CABLE"]

    found = (await cart.ask(CART, user=user)).data["cart"]
    updated = (await cart.ask(UPDATE, {"id": line, "quantity": 1}, user=user)).data["cartLineUpdate"]
    removed = (await cart.ask(REMOVE, {"id": line}, user=user)).data["cartLineRemove"]

    assert [problem["__typename"] for problem in found["problems"]] == ["VariantUnavailable"]
    assert (found["lines"][0]["livePrice"], found["subtotal"]) == (None, {"amount": "0.00"})
    assert updated["__typename"] == "VariantNotForSale"
    assert removed["__typename"] == "CartLineRemoveSuccess"


async def test_a_cart_is_of_one_currency(cart: Client, shop: Shop, user: str) -> None:
    shop.currencies["CABLE"] = "EUR"
    token = (await put(cart, "CABLE"))["cart"]["token"]
    await put(cart, "MOUSE", user=user)

    added = await put(cart, "CABLE", user=user)
    merged = (await cart.ask(MERGE, user=user, **guest(token))).data["cartMerge"]

    assert (added["__typename"], added["code"]) == ("CurrencyMixed", "NOT_POSSIBLE_NOW")
    assert merged["__typename"] == "CurrencyMixed"
    assert (await pieces(cart, user=user), await pieces(cart, **guest(token))) == ({"MOUSE": 1}, {"CABLE": 1})


async def test_a_price_that_changes_its_currency_is_a_problem_and_no_fault(cart: Client, shop: Shop, user: str) -> None:
    await put(cart, "CABLE", user=user)
    await put(cart, "MOUSE", user=user)
    shop.currencies["CABLE"] = "EUR"

    found = await cart.ask(CART, user=user)

    assert found.errors == []
    assert found.data["cart"]["subtotal"] is None
    assert [(each["__typename"], each["message"]) for each in found.data["cart"]["problems"]] == [
        ("PriceChanged", "CABLE costs 5.00 EUR now; it was 5.00 USD.")
    ]
