"""One order from the shop window to the refund, through the router alone, with every mail read where it arrives.

The same journey is made with events on Redis Streams and with events that stay in the process.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from tests.journeys.buying import available, until
from tests.journeys.letterbox import Letterbox, letterbox, text_of
from tests.journeys.operations import CHALLENGE_CODE, CHALLENGED_CARD, checkout_input
from tests.journeys.shop import Shop, Visitor, opened, run

SPEAKER, MOUSE = "SPEAKER-001", "MOUSE-001"

VERIFY = "mutation($token: String!) { verifyEmail(token: $token) { __typename } }"
MERGE = """mutation {
  cartMerge { __typename ... on CartMergeSuccess {
    cart { id token version subtotal { amount currency } lines { quantity variant { sku } } }
  } }
}"""
CONFIRM = "mutation($id: ID!, $code: String) { paymentConfirm(paymentId: $id, code: $code) { __typename } }"
SHIP = """mutation($id: ID!, $key: String!, $lines: [OrderPiecesInput!], $tracking: String) {
  orderShip(orderId: $id, idempotencyKey: $key, lines: $lines, tracking: $tracking) {
    __typename ... on OrderShipSuccess { order { status } }
  }
}"""
DELIVER = """mutation($id: ID!) {
  orderDeliver(orderId: $id) { __typename ... on OrderDeliverSuccess { order { status } } }
}"""
ASK_BACK = """mutation($id: ID!, $lines: [OrderPiecesInput!]!, $key: String!) {
  orderReturnRequest(orderId: $id, lines: $lines, reason: "It hums", idempotencyKey: $key) {
    __typename ... on OrderReturnRequestSuccess { returnId order { status } }
  }
}"""
RECEIVE = """mutation($id: ID!, $lines: [OrderInspectionInput!]!) {
  orderReturnReceive(returnId: $id, lines: $lines) {
    __typename ... on OrderReturnReceiveSuccess { order { status refunded { amount } } }
  }
}"""
ORDER = """query($id: ID!) {
  order(id: $id) {
    status refunded { amount } total { amount }
    parcels { tracking lines { quantity } }
    events { __typename sequence status }
    payments { status refunded { amount } }
    chargeStatus
  }
}"""
REVIEW = """mutation($input: ReviewCreateInput!) {
  reviewCreate(input: $input) { __typename ... on ReviewCreateSuccess { review { verifiedPurchase } } }
}"""


@dataclass
class Journey:
    """What one step leaves to the next."""

    shop: Shop
    box: Letterbox
    visitor: Visitor
    admin: Visitor
    email: str = field(default_factory=lambda: f"{uuid.uuid4().hex}@example.org")
    cart: dict[str, Any] = field(default_factory=dict)
    order: dict[str, Any] = field(default_factory=dict)

    def order_now(self) -> dict[str, Any]:
        found: dict[str, Any] = self.visitor.send(ORDER, {"id": self.order["id"]}).data["order"]
        return found

    def line(self, sku: str) -> str:
        return next(str(line["id"]) for line in self.order["lines"] if line["sku"] == sku)


@pytest.fixture(scope="module", params=["events on Redis Streams", "events in the process"])
def journey(
    request: pytest.FixtureRequest, postgres_url: str, database_prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Journey]:
    on_redis = request.param == "events on Redis Streams"
    name = "redis" if on_redis else "process"
    with letterbox() as box:
        further = {"SMTP_URL": box.url, "SHOP_URL": "https://shop.example"}
        if on_redis:
            further["REDIS_URL"] = request.getfixturevalue("redis_url")
        folder, prefix = tmp_path_factory.mktemp(name), f"{database_prefix}{name}_"
        with opened(folder, postgres_url=postgres_url, prefix=prefix, scale=0, further=further) as shop:
            yield Journey(shop, box, shop.guest(), shop.admin())


def test_an_order_goes_from_the_shop_window_to_the_refund(journey: Journey) -> None:
    stock = {sku: available(journey.shop, sku) for sku in (SPEAKER, MOUSE)}

    browse(journey)
    fill_a_cart_as_a_guest(journey)
    register(journey)
    take_the_cart_along(journey)
    check_out_with_a_challenge(journey)
    assert available(journey.shop, SPEAKER) == stock[SPEAKER] - 2
    ship_in_two_parcels(journey)
    deliver(journey)
    give_one_back(journey)

    until(lambda: available(journey.shop, SPEAKER), lambda left: left == stock[SPEAKER] - 1)
    assert available(journey.shop, MOUSE) == stock[MOUSE] - 1
    assert sorted(journey.box.subjects(journey.email)) == sorted(
        [
            "Confirm your email address",
            f"Order {journey.order['number']} is confirmed",
            f"A part of order {journey.order['number']} is on its way",
            f"Order {journey.order['number']} is on its way",
            f"Your refund for order {journey.order['number']}",
        ]
    )
    run("subgraphs", "check-invariants", environment=journey.shop.environment)


def browse(journey: Journey) -> None:
    home = journey.visitor.ask("Home", {"first": 12})
    assert home.data
    found = journey.visitor.ask("Search", {"text": "speaker", "first": 5})
    assert found.data
    page = journey.visitor.ask("ProductPage", {"slug": "premium-ultrabook-pro-15"}).data["product"]
    assert page["inStock"] is True


def fill_a_cart_as_a_guest(journey: Journey) -> None:
    for sku, quantity in ((SPEAKER, 2), (MOUSE, 1)):
        added = journey.visitor.ask("AddToCart", {"sku": sku, "quantity": quantity}).data["cartLineAdd"]
        assert added["__typename"] == "CartLineAddSuccess", added
    assert journey.visitor.headers["X-Cart-Token"]


def register(journey: Journey) -> None:
    wish = {
        "email": journey.email,
        "password": "correct horse battery staple",
        "firstName": "Nora",
        "lastName": "Newcomer",
    }
    registered = journey.visitor.ask("Register", {"input": wish}).data["registration"]
    assert registered["__typename"] == "RegisterSuccess", registered
    journey.visitor.headers["Authorization"] = f"Bearer {registered['tokens']['accessToken']}"

    mail = journey.box.wait_for(journey.email, "Confirm your email address")
    link = re.search(r"https://shop\.example/verify-email\?token=(\S+)", text_of(mail))
    assert link is not None
    verified = journey.shop.guest().send(VERIFY, {"token": link[1]}).data["verifyEmail"]
    assert verified["__typename"] == "VerifyEmailSuccess"


def take_the_cart_along(journey: Journey) -> None:
    merged = journey.visitor.send(MERGE).data["cartMerge"]
    assert merged["__typename"] == "CartMergeSuccess", merged
    journey.cart = merged["cart"]
    del journey.visitor.headers["X-Cart-Token"]
    assert sorted((line["variant"]["sku"], line["quantity"]) for line in journey.cart["lines"]) == [
        (MOUSE, 1),
        (SPEAKER, 2),
    ]


def check_out_with_a_challenge(journey: Journey) -> None:
    variables = checkout_input(journey.cart, key=uuid.uuid4().hex, card=CHALLENGED_CARD)
    waiting = journey.visitor.ask("Checkout", variables).data["checkout"]
    assert waiting["order"]["status"] == "AWAITING_PAYMENT", waiting
    confirmed = journey.visitor.send(CONFIRM, {"id": waiting["paymentAction"]["paymentId"], "code": CHALLENGE_CODE})
    assert confirmed.data["paymentConfirm"]["__typename"] == "PaymentConfirmSuccess"

    journey.order = until(
        lambda: journey.visitor.ask("Checkout", variables).data["checkout"]["order"],
        lambda order: order["status"] == "CONFIRMED",
    )

    mail = journey.box.wait_for(journey.email, f"Order {journey.order['number']} is confirmed")
    assert journey.order["total"]["amount"] in text_of(mail)
    until(lambda: journey.visitor.ask("CartPage").data["cart"], lambda cart: cart is None or cart["itemCount"] == 0)


def ship_in_two_parcels(journey: Journey) -> None:
    order_id, number = journey.order["id"], journey.order["number"]
    first = [{"lineId": journey.line(SPEAKER), "quantity": 1}]
    sent = journey.admin.send(SHIP, {"id": order_id, "key": "first", "lines": first, "tracking": "TRACK-1"})
    assert sent.data["orderShip"]["order"]["status"] == "PARTIALLY_SHIPPED"
    assert "TRACK-1" in text_of(journey.box.wait_for(journey.email, f"A part of order {number} is on its way"))

    sent = journey.admin.send(SHIP, {"id": order_id, "key": "rest", "lines": None, "tracking": "TRACK-2"})
    assert sent.data["orderShip"]["order"]["status"] == "SHIPPED"
    mail = journey.box.wait_for(journey.email, f"Order {number} is on its way")
    assert "TRACK-2" in text_of(mail)
    assert [len(parcel["lines"]) for parcel in journey.order_now()["parcels"]] == [1, 2]


def deliver(journey: Journey) -> None:
    delivered = journey.admin.send(DELIVER, {"id": journey.order["id"]}).data["orderDeliver"]
    assert delivered["order"]["status"] == "DELIVERED"


def give_one_back(journey: Journey) -> None:
    order_id, speaker = journey.order["id"], journey.line(SPEAKER)
    pieces = [{"lineId": speaker, "quantity": 1}]
    asked = journey.visitor.send(ASK_BACK, {"id": order_id, "lines": pieces, "key": "hums"}).data["orderReturnRequest"]
    assert asked["order"]["status"] == "RETURN_REQUESTED", asked
    found = [{"lineId": speaker, "restock": 1, "scrap": 0}]
    received = journey.admin.send(RECEIVE, {"id": asked["returnId"], "lines": found}).data["orderReturnReceive"]
    assert received["__typename"] == "OrderReturnReceiveSuccess", received

    [line] = [line for line in journey.order["lines"] if line["sku"] == SPEAKER]
    price = Decimal(line["lineTotal"]["amount"]) / 2
    order = until(journey.order_now, lambda order: Decimal(order["refunded"]["amount"]) == price)
    assert [(each["status"], Decimal(each["refunded"]["amount"])) for each in order["payments"]] == [
        ("PARTIALLY_REFUNDED", price)
    ]
    assert [event["sequence"] for event in order["events"]] == list(range(1, len(order["events"]) + 1))
    mail = journey.box.wait_for(journey.email, f"Your refund for order {journey.order['number']}")
    assert str(price) in text_of(mail)
