"""Checkout through every subgraph it touches, over real HTTP and databases."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from chassis.ids import new_id
from subgraphs.orders.model import HOLD
from subgraphs.orders.status import Kind, Status, replay
from subgraphs.payments.providers import books
from tests.subgraphs.orders.shop import (
    ADDRESS,
    CARD,
    CHALLENGED,
    SILENT,
    STATUS,
    Shop,
    answer_challenge,
    charges,
    ended,
    orders_of,
    reservations,
    rows,
    status_of,
    sweep,
)

pytestmark = pytest.mark.anyio

DECLINED = "4000000000009995"
ANSWER_LOST, REQUEST_LOST = "4000000000000408", "4000000000000416"
CART = "{ cart { version lines { quantity variant { sku } } } }"


# ------------------------------------------------------------------------------------------------------------ it works


async def test_a_cart_becomes_a_confirmed_order_with_stock_and_payment(shop: Shop, user: str) -> None:
    before = await shop.available("SPEAKER-001")
    cart = await shop.fill({"SPEAKER-001": 1, "MOUSE-001": 2}, user=user)

    answer = await shop.check_out(cart, user=user)

    assert answer["__typename"] == "CheckoutSuccess", answer
    order = answer["order"]
    assert (order["status"], order["total"], order["token"]) == ("CONFIRMED", {"amount": "268.80"}, None)
    assert await shop.available("SPEAKER-001") == before - 1
    assert await charges(shop, order["id"]) == [("CAPTURED", 26_880)]
    assert await reservations(shop, order["id"]) == ["COMMITTED"]
    history = await shop.ask("orders", STATUS, {"id": order["id"]}, user=user)
    assert [event["__typename"] for event in history.data["order"]["events"]] == [
        "OrderPlaced", "OrderStockReserved", "OrderPaymentRequested", "OrderConfirmed",
    ]  # fmt: skip


async def test_a_confirmed_order_empties_its_cart_of_what_it_bought_alone(shop: Shop, user: str) -> None:
    cart = await shop.fill({"SPEAKER-001": 1, "MOUSE-001": 1}, user=user)
    await shop.check_out(cart, user=user)

    async with asyncio.timeout(60):
        while (await shop.ask("cart", CART, user=user)).data["cart"]["lines"]:
            pass

    assert (await shop.ask("cart", CART, user=user)).data["cart"]["version"] > cart["version"]


async def test_an_order_keeps_the_price_and_name_it_was_bought_at(shop: Shop, user: str) -> None:
    order = (await shop.check_out(await shop.fill({"MOUSE-001": 3}, user=user), user=user))["order"]

    query = "query($id: ID!) { order(id: $id) { number email lines { sku name quantity unitPrice { amount } lineTotal { amount } } } }"
    found = (await shop.ask("orders", query, {"id": order["id"]}, user=user)).data["order"]

    prices = {"unitPrice": {"amount": "59.90"}, "lineTotal": {"amount": "179.70"}}
    assert found["lines"] == [{"sku": "MOUSE-001", "name": "Precision Mouse", "quantity": 3, **prices}]
    assert found["email"] == "casey@example.com"


async def test_a_customers_own_address_is_written_to_when_none_is_given(shop: Shop) -> None:
    cart = await shop.fill({"GAME-001": 1}, user="user-alice")

    order = (await shop.check_out(cart, user="user-alice", changed={"email": None}))["order"]

    query = "query($id: ID!) { order(id: $id) { email customer { id } } }"
    found = await shop.ask("orders", query, {"id": order["id"]}, user="user-alice")
    assert found.data["order"] == {"email": "alice@ecommerce.local", "customer": {"id": "user-alice"}}


async def test_a_guest_buys_with_an_email_and_reads_the_order_with_its_token(shop: Shop) -> None:
    cart = await shop.fill({"MOUSE-001": 1})
    key = new_id()

    order = (await shop.check_out(cart, key=key, token=cart["token"]))["order"]
    again = (await shop.check_out(cart, key=key, token=cart["token"]))["order"]

    assert order == again
    assert order["status"] == "CONFIRMED"
    by_token = "query($t: String!) { orderByToken(token: $t) { id email customer { id } } }"
    expected = {"id": order["id"], "email": "casey@example.com", "customer": None}
    assert (await shop.ask("orders", by_token, {"t": order["token"]})).data == {"orderByToken": expected}
    assert (await shop.ask("orders", by_token, {"t": "x" * 64})).data == {"orderByToken": None}
    assert (await shop.ask("orders", STATUS, {"id": order["id"]})).data == {"order": None}
    owed = await shop.ask(
        "payments",
        "query($r: [_Any!]!) { _entities(representations: $r) { ... on Order { chargeStatus balanceDue { amount } } } }",
        {"r": [{"__typename": "Order", "id": order["id"], "total": {"amount": "59.90", "currency": "USD"}}]},
        token=cart["token"],
    )
    assert owed.data["_entities"] == [{"chargeStatus": "FULLY_CHARGED", "balanceDue": {"amount": "0.00"}}]


async def test_a_saved_card_pays_without_its_number(shop: Shop) -> None:
    cart = await shop.fill({"GAME-001": 1}, user="user-alice")

    saved = {"savedMethodId": "method-demo-alice"}

    assert (await shop.check_out(cart, user="user-alice", payment=saved))["order"]["status"] == "CONFIRMED"


async def test_a_card_is_kept_when_its_customer_wishes_so(shop: Shop, user: str) -> None:
    cart = await shop.fill({"GAME-001": 1}, user=user)

    await shop.check_out(cart, user=user, payment={"card": CARD, "save": True})

    kept = "SELECT count(*) FROM saved_methods WHERE customer_id = :user"
    assert await rows(shop, "payments", kept, user=user) == [(1,)]


# ----------------------------------------------------------------------------------------------------------- refusals


async def test_somebody_elses_saved_card_is_not_found(shop: Shop, user: str) -> None:
    cart = await shop.fill({"MOUSE-001": 1}, user=user)

    answer = await shop.check_out(cart, user=user, payment={"savedMethodId": "method-demo-alice"})

    assert (answer["__typename"], answer["field"]) == ("InvalidInput", ["input", "payment", "savedMethodId"])
    assert await orders_of(shop, user) == []


async def test_a_customer_sends_it_to_an_address_they_keep(shop: Shop) -> None:
    kept = "{ me { addresses { id line1 postalCode } } }"
    address = (await shop.ask("users", kept, user="user-alice")).data["me"]["addresses"][0]
    cart, key = await shop.fill({"SPEAKER-001": 1}, user="user-alice"), new_id()
    instead = {"shippingAddress": None, "shippingAddressId": address["id"]}

    answer = await shop.check_out(cart, user="user-alice", key=key, changed=instead)

    order_id = answer["order"]["id"]
    shown = "query($id: ID!) { order(id: $id) { shippingAddress { line1 postalCode } } }"
    sent = (await shop.ask("orders", shown, {"id": order_id}, user="user-alice")).data["order"]["shippingAddress"]
    assert sent == {"line1": address["line1"], "postalCode": address["postalCode"]}
    assert await shop.check_out(cart, user="user-alice", key=key, changed=instead) == answer
    other_way = await shop.check_out(cart, user="user-alice", key=key)
    assert other_way["__typename"] == "IdempotencyKeyReused"


async def test_nobody_sends_anything_to_anothers_address(shop: Shop, user: str) -> None:
    address = (await shop.ask("users", "{ me { addresses { id } } }", user="user-alice")).data["me"]["addresses"][0]
    instead = {"shippingAddress": None, "shippingAddressId": address["id"]}

    strangers: list[dict[str, Any]] = [{"user": user}, {"user": "user-bob"}, {}]
    for stranger in strangers:
        cart = await shop.fill({"SPEAKER-001": 1}, **stranger)
        asking = stranger or {"token": cart["token"]}
        answer = await shop.check_out(cart, changed=instead, **asking)
        assert (answer["__typename"], answer["field"]) == ("NotFound", ["input", "shippingAddressId"])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": "nobody"}, ["input", "email"]),
        ({"email": "a@b@c.d"}, ["input", "email"]),
        ({"shippingAddress": {"name": " "}}, ["input", "shippingAddress", "name"]),
        ({"shippingAddress": {"country": "USA"}}, ["input", "shippingAddress", "country"]),
        ({"shippingAddress": {"country": "XX"}}, ["input", "shippingAddress", "country"]),
        ({"shippingAddress": {"postalCode": "62701\r\nX"}}, ["input", "shippingAddress", "postalCode"]),
        ({"shippingAddress": {"city": "x" * 201}}, ["input", "shippingAddress", "city"]),
        ({"shippingAddress": {"phone": "ring me"}}, ["input", "shippingAddress", "phone"]),
        ({"shippingAddressId": "address-1"}, ["input", "shippingAddress"]),
        ({"expectedTotal": {"amount": "59.901", "currency": "USD"}}, ["input", "expectedTotal"]),
        ({"payment": {}}, ["input", "payment"]),
        ({"payment": {"card": {"number": "4242424242424241"}}}, ["input", "payment", "card", "number"]),
        ({"payment": {"card": {"expYear": 2020}}}, ["input", "payment", "card", "expYear"]),
    ],
)
async def test_what_is_mistyped_is_named_and_nothing_is_placed(shop: Shop, user: str, changed, field) -> None:
    cart = await shop.fill({"MOUSE-001": 1}, user=user)
    if "shippingAddress" in changed:
        changed = {"shippingAddress": {**ADDRESS, **changed["shippingAddress"]}}
    if changed.get("payment"):
        changed = {"payment": {"card": {**CARD, **changed["payment"]["card"]}}}

    answer = await shop.check_out(cart, user=user, changed=changed)

    assert (answer["__typename"], answer["field"]) == ("InvalidInput", field)
    assert await orders_of(shop, user) == []


async def test_a_guest_must_say_where_to_write_to(shop: Shop) -> None:
    cart = await shop.fill({"MOUSE-001": 1})

    answer = await shop.check_out(cart, token=cart["token"], changed={"email": None})

    assert (answer["__typename"], answer["field"]) == ("InvalidInput", ["input", "email"])


async def test_another_total_than_agreed_is_refused_and_names_the_right_one(shop: Shop, user: str) -> None:
    cart = await shop.fill({"MOUSE-001": 1}, user=user)

    answer = await shop.check_out(cart, user=user, total="1.00")

    assert (answer["__typename"], answer["actual"]) == ("TotalChanged", {"amount": "59.90"})
    assert await orders_of(shop, user) == []


async def test_another_currency_than_agreed_is_refused(shop: Shop, user: str) -> None:
    cart = await shop.fill({"MOUSE-001": 1}, user=user)

    answer = await shop.check_out(cart, user=user, changed={"expectedTotal": {"amount": "59.90", "currency": "EUR"}})

    assert answer["__typename"] == "TotalChanged"


async def test_a_cart_that_was_changed_since_is_refused(shop: Shop, user: str) -> None:
    seen = await shop.fill({"MOUSE-001": 1}, user=user)
    now_there = await shop.fill({"MOUSE-001": 1}, user=user)

    answer = await shop.check_out(seen, user=user)

    assert (answer["__typename"], answer["cartVersion"]) == ("CartChanged", now_there["version"])


async def test_an_empty_cart_is_refused(shop: Shop, user: str) -> None:
    cart = await shop.fill({"MOUSE-001": 1}, user=user)
    await shop.ask("cart", "mutation { cartClear { __typename } }", user=user)

    answer = await shop.check_out(cart, user=user, changed={"cartVersion": None})

    assert answer["__typename"] == "CartEmpty"


async def test_somebody_elses_cart_is_not_found(shop: Shop, user: str) -> None:
    cart = await shop.fill({"MOUSE-001": 1}, user=user)

    strangers: list[dict[str, Any]] = [{"user": "user-bob"}, {"token": "y" * 43}, {}]
    for asking in strangers:
        assert (await shop.check_out(cart, **asking))["__typename"] == "NotFound"


async def test_a_line_no_longer_for_sale_is_named(shop: Shop, user: str) -> None:
    cart = await shop.fill({"MOUSE-001": 1, "SPEAKER-001": 1}, user=user)
    async with shop.database("cart").transaction() as session:
        await session.execute(
            text("UPDATE cart_lines SET sku = 'GONE' WHERE cart_id = :id AND sku = 'MOUSE-001'"), {"id": cart["id"]}
        )

    answer = await shop.check_out(cart, user=user)

    assert (answer["__typename"], answer["skus"]) == ("LinesUnavailable", ["GONE"])


async def test_a_declined_payment_frees_the_stock_and_the_cart_can_be_paid_another_way(shop: Shop, user: str) -> None:
    before, key = await shop.available("SPEAKER-001"), new_id()
    cart = await shop.fill({"SPEAKER-001": 2}, user=user)

    answer = await shop.check_out(cart, user=user, key=key, card=DECLINED)
    again = await shop.check_out(cart, user=user, key=key)

    assert (answer["__typename"], answer["declineCode"]) == ("PaymentDeclined", "insufficient_funds")
    assert again == answer
    assert await orders_of(shop, user) == [(answer["orderId"], "FAILED")]
    assert await shop.available("SPEAKER-001") == before
    assert await charges(shop, answer["orderId"]) == [("DECLINED", 0)]
    assert (await shop.check_out(cart, user=user))["order"]["status"] == "CONFIRMED"
    assert await shop.available("SPEAKER-001") == before - 2


# -------------------------------------------------------------------------------------------------- once, and only once


async def test_the_same_key_in_parallel_is_one_order_one_charge_and_one_hold(shop: Shop, user: str) -> None:
    before, key = await shop.available("SPEAKER-001"), new_id()
    cart = await shop.fill({"SPEAKER-001": 1}, user=user)

    answers = await asyncio.gather(*(shop.check_out(cart, user=user, key=key) for _ in range(6)))

    assert {answer["__typename"] for answer in answers} == {"CheckoutSuccess"}
    ((order_id, status),) = await orders_of(shop, user)
    assert {answer["order"]["id"] for answer in answers} == {order_id}
    assert status == "CONFIRMED"
    assert await charges(shop, order_id) == [("CAPTURED", 14_900)]
    assert await shop.available("SPEAKER-001") == before - 1


async def test_a_cart_is_ordered_once_however_many_keys_are_used(shop: Shop, user: str) -> None:
    before = await shop.available("SPEAKER-001")
    cart = await shop.fill({"SPEAKER-001": 1}, user=user)

    answers = await asyncio.gather(*(shop.check_out(cart, user=user) for _ in range(5)))

    assert sum(answer["__typename"] == "CheckoutSuccess" for answer in answers) == 1
    # Those that come after the cart was emptied see that it has changed.
    assert {answer["__typename"] for answer in answers} <= {"CheckoutSuccess", "CartAlreadyOrdered", "CartChanged"}
    assert [status for _, status in await orders_of(shop, user)] == ["CONFIRMED"]
    assert await shop.available("SPEAKER-001") == before - 1


async def test_the_last_one_is_sold_once(shop: Shop) -> None:
    await shop.stock("CONSOLE-001", 1)
    people = [f"user-{new_id()}" for _ in range(4)]
    carts = await asyncio.gather(*(shop.fill({"CONSOLE-001": 1}, user=person) for person in people))

    answers = await asyncio.gather(
        *(shop.check_out(cart, user=person) for cart, person in zip(carts, people, strict=True))
    )

    kinds = sorted(answer["__typename"] for answer in answers)
    assert kinds == ["CheckoutSuccess", *["StockUnavailable"] * 3]
    assert await shop.available("CONSOLE-001") == 0
    charged = [
        charge
        for person in people
        for order_id, _ in await orders_of(shop, person)
        for charge in await charges(shop, order_id)
    ]
    assert charged == [("CAPTURED", 49_900)]


async def test_a_key_is_not_taken_for_another_checkout(shop: Shop, user: str) -> None:
    key = new_id()
    cart = await shop.fill({"MOUSE-001": 1}, user=user)
    await shop.check_out(cart, user=user, key=key)

    answer = await shop.check_out(cart, user=user, key=key, changed={"email": "else@example.com"})

    assert answer["__typename"] == "IdempotencyKeyReused"
    assert len(await orders_of(shop, user)) == 1


async def test_two_customers_may_use_the_same_key(shop: Shop, user: str) -> None:
    key, other = new_id(), f"user-{new_id()}"

    first = await shop.check_out(await shop.fill({"MOUSE-001": 1}, user=user), user=user, key=key)
    second = await shop.check_out(await shop.fill({"MOUSE-001": 1}, user=other), user=other, key=key)

    assert first["order"]["id"] != second["order"]["id"]


# ------------------------------------------------------------------------------------------------ payments that dither


async def test_a_challenge_passed_and_the_same_key_again_confirms(shop: Shop, user: str) -> None:
    key = new_id()
    cart = await shop.fill({"MOUSE-001": 1}, user=user)

    waiting = await shop.check_out(cart, user=user, key=key, card=CHALLENGED)
    assert waiting["order"]["status"] == "AWAITING_PAYMENT"
    assert waiting["paymentAction"]["url"]
    await answer_challenge(shop, waiting, code="123456", user=user)
    done = await shop.check_out(cart, user=user, key=key, card=CHALLENGED)

    assert (done["order"]["id"], done["order"]["status"]) == (waiting["order"]["id"], "CONFIRMED")
    assert done["paymentAction"] is None


async def test_a_challenge_failed_is_a_declined_payment(shop: Shop, user: str) -> None:
    before, key = await shop.available("MOUSE-001"), new_id()
    cart = await shop.fill({"MOUSE-001": 1}, user=user)

    waiting = await shop.check_out(cart, user=user, key=key, card=CHALLENGED)
    await answer_challenge(shop, waiting, code="000000", user=user)
    done = await shop.check_out(cart, user=user, key=key, card=CHALLENGED)

    assert (done["__typename"], done["declineCode"]) == ("PaymentDeclined", "authentication_failed")
    assert await shop.available("MOUSE-001") == before


async def test_a_challenge_nobody_answers_expires_and_holds_nothing(shop: Shop, user: str) -> None:
    before, key = await shop.available("MOUSE-001"), new_id()
    cart = await shop.fill({"MOUSE-001": 1}, user=user)
    waiting = await shop.check_out(cart, user=user, key=key, card=CHALLENGED)
    assert await shop.available("MOUSE-001") == before - 1

    await sweep(shop, seconds=HOLD.total_seconds() + 1)

    order_id = waiting["order"]["id"]
    assert await ended(shop, order_id) == "EXPIRED"
    assert await charges(shop, order_id) == [("VOIDED", 0)]
    assert await shop.available("MOUSE-001") == before
    again = await shop.check_out(cart, user=user, key=key, card=CHALLENGED)
    assert (again["__typename"], again["orderId"]) == ("CheckoutExpired", order_id)


@pytest.mark.parametrize("card", [ANSWER_LOST, REQUEST_LOST])
async def test_a_lost_line_to_the_provider_still_charges_once(shop: Shop, user: str, card: str) -> None:
    answer = await shop.check_out(await shop.fill({"MOUSE-001": 1}, user=user), user=user, card=card)

    assert answer["order"]["status"] == "CONFIRMED"
    assert await charges(shop, answer["order"]["id"]) == [("CAPTURED", 5_990)]


async def test_an_unknown_outcome_waits_and_is_finished_by_the_sweep(
    shop: Shop, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However often and late the shop asks by itself.
    monkeypatch.setattr(books, "SILENCES", 1_000)
    answer = await shop.check_out(await shop.fill({"MOUSE-001": 1}, user=user), user=user, card=SILENT)
    assert (answer["__typename"], answer["order"]["status"]) == ("CheckoutSuccess", "AWAITING_PAYMENT")

    async with shop.database("payments").transaction() as bank:
        speaks = "UPDATE sandbox_charges SET silences = 0 WHERE idempotency_key = :id"
        await bank.execute(text(speaks), {"id": answer["order"]["id"]})
    await sweep(shop, seconds=1)

    assert await ended(shop, answer["order"]["id"]) == "CONFIRMED"
    assert await charges(shop, answer["order"]["id"]) == [("CAPTURED", 5_990)]


# ------------------------------------------------------------------------------------------------------------- cut off

QUESTIONS = ("stockReserve", "paymentAuthorize", "stockCommit", "paymentCapture")


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_checkout_cut_off_goes_on_with_the_same_key(shop: Shop, user: str, question: str, place: str) -> None:
    before, key = await shop.available("SPEAKER-001"), new_id()
    cart = await shop.fill({"SPEAKER-001": 1}, user=user)
    getattr(shop.wire, f"cut_{place}")(question)

    first = await shop.check_out(cart, user=user, key=key)
    again = await shop.check_out(cart, user=user, key=key)

    # Only a lost answer of the authorization is made good within the call: payments is asked what became of the key.
    made_good = (question, place) == ("paymentAuthorize", "after")
    assert first["__typename"] == ("CheckoutSuccess" if made_good else "CheckoutInterrupted")
    assert again["order"]["status"] == "CONFIRMED"
    ((order_id, _),) = await orders_of(shop, user)
    assert await charges(shop, order_id) == [("CAPTURED", 14_900)]
    assert await reservations(shop, order_id) == ["COMMITTED"]
    assert await shop.available("SPEAKER-001") == before - 1


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_checkout_nobody_comes_back_to_ends_whole_or_not_at_all(shop, user, question: str, place: str) -> None:
    before = await shop.available("SPEAKER-001")
    cart = await shop.fill({"SPEAKER-001": 1}, user=user)
    # The customer's question and the one about what became of it are both lost: the process might as well be dead.
    getattr(shop.wire, f"cut_{place}")(question)
    shop.wire.cut_before("paymentByKey")
    await shop.check_out(cart, user=user)
    shop.wire.mend()

    await sweep(shop, seconds=HOLD.total_seconds() + 1)

    ((order_id, _),) = await orders_of(shop, user)
    status = await ended(shop, order_id)
    paid = question in {"stockCommit", "paymentCapture"} or (question, place) == ("paymentAuthorize", "after")
    assert status == ("CONFIRMED" if paid else "EXPIRED")
    assert await charges(shop, order_id) == ([("CAPTURED", 14_900)] if paid else [])
    assert await reservations(shop, order_id) == ["COMMITTED" if paid else "RELEASED"]
    assert await shop.available("SPEAKER-001") == before - paid


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("question", ["paymentVoid", "stockRelease"])
async def test_giving_up_is_finished_too(shop: Shop, user: str, question: str, place: str) -> None:
    before, key = await shop.available("SPEAKER-001"), new_id()
    cart = await shop.fill({"SPEAKER-001": 1}, user=user)
    getattr(shop.wire, f"cut_{place}")(question)

    first = await shop.check_out(cart, user=user, key=key, card=DECLINED)
    again = await shop.check_out(cart, user=user, key=key, card=DECLINED)

    assert first["__typename"] == "CheckoutInterrupted"
    assert again["__typename"] == "PaymentDeclined"
    assert await shop.available("SPEAKER-001") == before


async def overdue(shop: Shop, user: str, sku: str, quantity: int = 1) -> tuple[dict[str, Any], dict[str, Any]]:
    """A checkout that waits for its payment while its hold has run out; and how to ask about it again."""
    cart = await shop.fill({sku: quantity}, user=user)
    again: dict[str, Any] = {"cart": cart, "user": user, "key": new_id(), "card": CHALLENGED}
    waiting = await shop.check_out(**again)
    async with shop.database("inventory").transaction() as session:
        overdue = "UPDATE reservations SET expires_at = now() - interval '1 minute' WHERE key = :id"
        await session.execute(text(overdue), {"id": waiting["order"]["id"]})
    for turn in shop.subgraphs["inventory"].periodic:
        await turn.call()
    # It is left to the shop's own turn where that is at work on it.
    async with asyncio.timeout(30):
        while await reservations(shop, waiting["order"]["id"]) != ["EXPIRED"]:
            pass
    return waiting, again


async def test_a_payment_after_the_hold_ran_out_gets_the_stock_once_more(shop: Shop, user: str) -> None:
    before = await shop.available("SPEAKER-001")
    waiting, again = await overdue(shop, user, "SPEAKER-001")
    order_id = waiting["order"]["id"]

    await answer_challenge(shop, waiting, code="123456", user=user)
    answer = await shop.check_out(**again)

    assert answer["order"]["status"] == "CONFIRMED"
    assert await charges(shop, order_id) == [("CAPTURED", 14_900)]
    assert await reservations(shop, order_id) == ["COMMITTED"]
    assert await shop.available("SPEAKER-001") == before - 1


async def test_a_payment_after_the_last_piece_was_sold_is_let_go_and_its_customer_told(shop: Shop, user: str) -> None:
    waiting, again = await overdue(shop, user, "MINI-001", quantity=3)
    order_id, other = waiting["order"]["id"], f"user-{new_id()}"
    await shop.check_out(await shop.fill({"MINI-001": 1}, user=other), user=other)

    await answer_challenge(shop, waiting, code="123456", user=user)
    answer = await shop.check_out(**again)

    assert (answer["__typename"], answer["skus"]) == ("StockUnavailable", ["MINI-001"])
    assert await charges(shop, order_id) == [("VOIDED", 0)]
    assert await status_of(shop, order_id) == "FAILED"
    last = "SELECT facts->>'reason' FROM order_events WHERE order_id = :id ORDER BY sequence DESC LIMIT 1"
    assert await rows(shop, "orders", last, id=order_id) == [("sold_meanwhile",)]
    mailed = "SELECT count(*) FROM mails WHERE key = :key"
    assert await rows(shop, "orders", mailed, key=f"order:{order_id}:given_up") == [(1,)]


async def test_two_processes_on_one_stuck_checkout_finish_it_once(shop: Shop, user: str) -> None:
    answer = await shop.check_out(await shop.fill({"MOUSE-001": 1}, user=user), user=user, card=SILENT)

    await asyncio.gather(*(sweep(shop, seconds=60) for _ in range(4)))

    order_id = answer["order"]["id"]
    assert await ended(shop, order_id) == "CONFIRMED"
    kinds = await rows(
        shop, "orders", "SELECT kind FROM order_events WHERE order_id = :id ORDER BY sequence", id=order_id
    )
    assert [kind for (kind,) in kinds] == ["PLACED", "STOCK_RESERVED", "PAYMENT_REQUESTED", "CONFIRMED"]


async def test_no_row_stays_locked_while_a_peer_is_asked(shop: Shop, user: str) -> None:
    looked: list[Any] = []

    async def look() -> None:
        # Raises, which cuts the line, if these rows are held for as long as it is asked. An event is over sooner.
        query = """SELECT o.status FROM orders o JOIN checkouts c ON c.order_id = o.id
                   WHERE o.customer_id = :user FOR UPDATE"""
        async with shop.database("orders").transaction() as session:
            await session.execute(text("SET LOCAL lock_timeout = '5s'"))
            looked.extend(await session.scalars(text(query), {"user": user}))

    cart = await shop.fill({"MOUSE-001": 1}, user=user)
    shop.wire.before = dict.fromkeys(("stockReserve", "paymentAuthorize", "stockCommit", "paymentCapture"), look)

    answer = await shop.check_out(cart, user=user)

    assert answer["order"]["status"] == "CONFIRMED"
    assert looked == ["PENDING", *["AWAITING_PAYMENT"] * 3]


# ---------------------------------------------------------------------------------------------------------- invariants


async def test_after_all_of_this_every_invariant_holds(shop: Shop, user: str) -> None:
    await shop.check_out(await shop.fill({"MOUSE-001": 1}, user=user), user=user)

    overdrawn = await rows(shop, "inventory", "SELECT * FROM levels WHERE held + committed > on_hand")
    assert overdrawn == []
    sums = """SELECT o.id FROM orders o WHERE o.subtotal_minor <> (SELECT sum(total_minor) FROM order_lines l
              WHERE l.order_id = o.id) OR total_minor <> subtotal_minor + shipping_minor + tax_minor - discount_minor"""
    assert await rows(shop, "orders", sums) == []
    assert await rows(shop, "payments", "SELECT id FROM payments WHERE refunded_minor > captured_minor") == []

    kept: dict[str, list[Kind]] = {}
    for order_id, kind in await rows(
        shop, "orders", "SELECT order_id, kind FROM order_events ORDER BY order_id, sequence"
    ):
        kept.setdefault(order_id, []).append(Kind(kind))
    stored = await rows(shop, "orders", "SELECT id, status, total_minor FROM orders")
    assert {status for _, status, _ in stored} == set(Status)
    for order_id, status, total in stored:
        assert replay(kept[order_id]) == status
        held, taken = await reservations(shop, order_id), await charges(shop, order_id)
        if status in {"CONFIRMED", "PARTIALLY_SHIPPED"}:
            assert (held, taken) == (["COMMITTED"], [("CAPTURED", total)]), order_id
        if status in {"FAILED", "EXPIRED"}:
            assert set(held) <= {"RELEASED", "EXPIRED"}, order_id
            assert not [cents for _, cents in taken if cents], order_id
