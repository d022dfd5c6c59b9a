"""Checkouts, carts and refunds as somebody would send them who does not want to pay: refused, and nothing is changed."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.journeys.shop import Answer
from tests.security.books import rows_of, rows_once_quiet
from tests.security.people import (
    ADDRESS,
    CARD,
    CHECKOUT,
    Town,
    add,
    bought,
    checkout_input,
    guest_with_cart,
    registered,
)
from tests.security.premises import Person, Premises

PRICE = "59.90"


def checkout(premises: Premises, who: Person, cart: dict[str, Any], **changes: Any) -> Answer:
    return premises.ask(who, CHECKOUT, {"input": checkout_input(cart, **changes), "key": uuid.uuid4().hex})


def card(**changes: Any) -> dict[str, Any]:
    return {"payment": {"card": {"number": CARD, "expMonth": 12, "expYear": 2039, "cvc": "123", **changes}}}


def total(amount: Any, currency: str = "USD") -> dict[str, Any]:
    return {"expectedTotal": {"amount": amount, "currency": currency}}


# What is changed → what it is told: a refusal's type, or an error's code.
TAMPERED: dict[str, tuple[dict[str, Any], str]] = {
    "nothing to pay": (total("0"), "TotalChanged"),
    "a cent less": (total("59.89"), "TotalChanged"),
    "less than nothing": (total("-59.90"), "TotalChanged"),
    "more than there is": (total("9" * 28), "InvalidInput"),
    "too many digits": (total("59.900000001"), "InvalidInput"),
    "no number": (total("NaN"), "BAD_USER_INPUT"),
    "infinity": (total("Infinity"), "BAD_USER_INPUT"),
    "a million digits": (total("1" * 100_000), "BAD_USER_INPUT"),
    "an exponent": (total("1e1000000"), "BAD_USER_INPUT"),
    "another currency": (total(PRICE, "EUR"), "TotalChanged"),
    "a part of a yen": (total(PRICE, "JPY"), "InvalidInput"),
    "a currency there is not": (total(PRICE, "XXX"), "BAD_USER_INPUT"),
    "a version to come": ({"cartVersion": 999}, "CartChanged"),
    "a version below nothing": ({"cartVersion": -1}, "CartChanged"),
    "a cart there is not": ({"cartId": "no-cart"}, "NotFound"),
    "somebody's saved card": ({"payment": {"savedMethodId": "method-demo-visa"}}, "InvalidInput"),
    "a card and a saved one": (
        {"payment": {**card()["payment"], "savedMethodId": "method-demo-visa"}}, "InvalidInput"
    ),
    "no payment": ({"payment": {}}, "InvalidInput"),
    "a card of words": (card(number="four two four two"), "InvalidInput"),
    "a month there is not": (card(expMonth=13), "InvalidInput"),
    "a card of last year": (card(expYear=2020), "InvalidInput"),
    "a price of its own": ({"lines": [{"sku": "MOUSE-001", "unitPrice": "0.01"}]}, "BAD_USER_INPUT"),
    "a discount of its own": ({"discount": {"amount": "50", "currency": "USD"}}, "BAD_USER_INPUT"),
    "somebody's name": ({"customerId": "user-customer"}, "BAD_USER_INPUT"),
    "an order of its own": ({"status": "CONFIRMED"}, "BAD_USER_INPUT"),
    "an id for an address": ({"shippingAddress": {"id": "address-customer"}}, "BAD_USER_INPUT"),
    "an address of nothing": ({"shippingAddress": {**ADDRESS, "line1": " "}}, "InvalidInput"),
    "a country there is not": ({"shippingAddress": {**ADDRESS, "country": "usa"}}, "InvalidInput"),
    "mails with a further header": ({"email": "a@example.org\r\nBcc: all@example.org"}, "InvalidInput"),
    "mails to many": ({"email": "a@example.org,b@example.org"}, "InvalidInput"),
}  # fmt: skip


def outcome(answer: Answer, field: str) -> str:
    if answer.codes:
        assert len(answer.codes) == 1, answer.body
        return str(next(iter(answer.codes)))
    return str(answer.data[field]["__typename"])


@pytest.fixture(scope="module")
def guest(
    premises: Premises, among_others: Callable[[], AbstractContextManager[None]]
) -> tuple[Person, dict[str, Any]]:
    with among_others():
        return guest_with_cart(premises)


@pytest.mark.parametrize("kind", TAMPERED)
def test_a_checkout_that_was_tampered_with_is_refused(
    premises: Premises, guest: tuple[Person, dict[str, Any]], kind: str
) -> None:
    changes, told = TAMPERED[kind]
    before = rows_once_quiet(premises, "orders", "payments", "inventory")

    answer = checkout(premises, *guest, **changes)

    assert outcome(answer, "checkout") == told
    assert rows_of(premises, "orders", "payments", "inventory") == before


def test_the_same_checkout_untampered_is_taken_for_what_it_costs(premises: Premises) -> None:
    """Else the tests above would pass for the wrong reason."""
    who, cart = guest_with_cart(premises)

    order = bought(premises, who, cart)

    assert (order["total"], order["status"]) == ({"amount": PRICE, "currency": "USD"}, "CONFIRMED")


@pytest.mark.parametrize("thief", ["other", "guest", "staff", "admin", "anonymous"])
def test_nobody_checks_out_somebody_elses_cart(premises: Premises, town: Town, thief: str) -> None:
    cart = {"id": town.things["cart"], "version": None, "subtotal": {"amount": PRICE, "currency": "USD"}}

    answer = checkout(premises, getattr(town, thief), cart)

    assert outcome(answer, "checkout") in ("NotFound", "CartEmpty")


def test_nobody_pays_with_somebody_elses_saved_card(premises: Premises, town: Town) -> None:
    buyer, _ = registered(premises)
    cart = add(premises, buyer)

    answer = checkout(premises, buyer, cart, payment={"savedMethodId": "method-demo-visa"})

    assert answer.data["checkout"]["__typename"] == "InvalidInput"
    assert answer.data["checkout"]["field"] == ["input", "payment", "savedMethodId"]


QUANTITIES = (0, -1, -(2**31), 2**31 - 1, 1_000_000)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_quantity_nobody_can_have_is_refused(premises: Premises, town: Town, quantity: int) -> None:
    before = rows_once_quiet(premises, "cart")
    more = 'mutation($q: Int!) { cartLineAdd(sku: "MOUSE-001", quantity: $q) { __typename } }'

    assert outcome(premises.ask(town.guest, more, {"q": quantity}), "cartLineAdd") in (
        "InvalidInput",
        "CartLimitReached",
    )

    if quantity:
        change = "mutation($id: ID!, $q: Int!) { cartLineUpdate(lineId: $id, quantity: $q) { __typename } }"
        its = {"id": town.things["guest's cart line"], "q": quantity}
        assert outcome(premises.ask(town.guest, change, its), "cartLineUpdate") in (
            "InvalidInput",
            "CartLimitReached",
        )
    assert rows_of(premises, "cart") == before


@pytest.mark.parametrize("quantity", [1.5, "1", 2**31, True, None, [1], {"a": 1}])
def test_a_quantity_that_is_no_whole_number_is_refused(premises: Premises, town: Town, quantity: Any) -> None:
    more = 'mutation($q: Int!) { cartLineAdd(sku: "MOUSE-001", quantity: $q) { __typename } }'

    answer = premises.ask(town.guest, more, {"q": quantity})

    assert (answer.status, answer.codes) == (400, {"BAD_USER_INPUT"})


def test_adding_again_and_again_stops_at_the_limit_of_a_line(premises: Premises) -> None:
    who, _ = guest_with_cart(premises, "GAME-001")
    fields = " ".join(f'a{n}: cartLineAdd(sku: "GAME-001", quantity: 99) {{ __typename }}' for n in range(40))

    answers = premises.ask(who, f"mutation {{ {fields} }}").data

    assert "CartLimitReached" in {each["__typename"] for each in answers.values()}


def test_fifty_aliased_checkouts_of_one_cart_buy_it_once(premises: Premises) -> None:
    who, cart = guest_with_cart(premises)
    fields = " ".join(
        f'a{n}: checkout(input: $input, idempotencyKey: "{uuid.uuid4().hex}") {{ __typename }}' for n in range(20)
    )

    answers = premises.ask(
        who, f"mutation($input: CheckoutInput!) {{ {fields} }}", {"input": checkout_input(cart)}
    ).data

    kinds = [each["__typename"] for each in answers.values()]
    assert kinds.count("CheckoutSuccess") == 1
    assert set(kinds) <= {"CheckoutSuccess", "CartAlreadyOrdered", "CartEmpty", "CartChanged"}


def test_aliased_refunds_never_give_back_more_than_was_taken(premises: Premises, town: Town) -> None:
    who, cart = guest_with_cart(premises)
    order = bought(premises, who, cart)
    payment = order["payments"][0]["id"]
    fields = " ".join(
        f'a{n}: paymentRefund(paymentId: "{payment}", amount: {{amount: "20.00", currency: USD}}, '
        f'idempotencyKey: "{uuid.uuid4().hex}") {{ __typename }}' for n in range(10)
    )  # fmt: skip

    answers = premises.ask(town.admin, f"mutation {{ {fields} }}").data

    kinds = sorted(each["__typename"] for each in answers.values())
    assert kinds == ["PaymentRefundSuccess"] * 2 + ["RefundExceedsCharge"] * 8


@pytest.mark.parametrize(
    "money", ['{amount: "0", currency: USD}', '{amount: "-5", currency: USD}', '{amount: "5", currency: EUR}',
              '{amount: "0.001", currency: USD}', '{amount: "999999999", currency: USD}']
)  # fmt: skip
def test_a_refund_of_an_amount_that_cannot_be_is_refused(premises: Premises, town: Town, money: str) -> None:
    before = rows_once_quiet(premises, "payments")
    query = f'mutation {{ paymentRefund(paymentId: "payment-demo-shipped", amount: {money}, idempotencyKey: "x") {{ __typename }} }}'

    assert outcome(premises.ask(town.admin, query), "paymentRefund") in ("InvalidInput", "RefundExceedsCharge")

    assert rows_of(premises, "payments") == before


# ---- what nobody may say of themselves ----

REGISTER = "mutation($input: RegisterInput!) { register(input: $input) { __typename ... on Refusal { message } } }"
PROFILE = "mutation($input: ProfileInput!) { updateProfile(input: $input) { __typename } }"
EXTRAS: dict[str, Any] = {
    "roles": ["admin"], "role": "admin", "scope": "users:write", "scopes": ["users:write"], "isAdmin": True,
    "id": "user-admin", "emailVerified": True, "emailVerifiedAt": "2020-01-01T00:00:00Z", "passwordHash": "x",
    "policies": ["verified_email"], "__proto__": {"roles": ["admin"]}, "displayName": "The Shop",
}  # fmt: skip


@pytest.mark.parametrize("extra", EXTRAS)
def test_nobody_gives_themselves_more_than_the_form_has(premises: Premises, town: Town, extra: str) -> None:
    new = {"email": "climber@example.org", "password": "correct horse battery", "firstName": "C", "lastName": "L"}
    before = rows_once_quiet(premises, "users")

    joining = premises.ask(town.anonymous, REGISTER, {"input": {**new, extra: EXTRAS[extra]}})
    changing = premises.ask(town.other, PROFILE, {"input": {"firstName": "Bob", extra: EXTRAS[extra]}})

    assert (joining.status, changing.status) == (400, 400)
    assert joining.codes | changing.codes == {"BAD_USER_INPUT"}
    # What is refused is not repeated: the password stands beside what was one field too many.
    assert new["password"] not in str(joining.body)
    assert rows_of(premises, "users") == before


def test_variables_nobody_declared_change_nothing(premises: Premises) -> None:
    who, _ = registered(premises)
    query = "{ me { roles } }"

    answer = premises.ask(who, query, {"roles": ["admin"], "scope": "users:write"}, extensions={"roles": ["admin"]})

    assert answer.data["me"]["roles"] == ["customer"]
