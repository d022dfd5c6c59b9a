"""People who buy, whatever happens to the shop: they ask again with the same key until they are answered.

Each purchase is a small story, chosen by the card and by what is done afterwards. Only its beginning and its answers are
kept here; what the shop made of it is read from its books.
"""

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.journeys.operations import checkout_input
from tests.journeys.shop import document

GOOD = "4242424242424242"
DECLINED = "4000000000000002"
CHALLENGED = "4000002500003155"
ANSWER_LOST = "4000000000000408"
REQUEST_LOST = "4000000000000416"
SILENT = "4000000000000432"
LATE = "4000000000000457"
LATE_DECLINED = "4000000000000465"
DUPLICATED = "4000000000000473"
SHUFFLED = "4000000000000481"
CAPTURE_FAILS = "4000000000000499"
CAPTURE_LOST = "4000000000000507"
VOID_LOST = "4000000000000515"
REFUND_FAILS = "4000000000000523"
REFUND_LATE = "4000000000000531"
REFUND_FAILS_LATE = "4000000000000549"
REFUND_LOST = "4000000000000556"
# What the provider does wrong, by card; the first refunds of two of them fail until the bank relents (shop.py).
WRONGS: Mapping[str, str] = {
    ANSWER_LOST: "provider time-out: authorized, the answer lost",
    REQUEST_LOST: "provider time-out: the request lost",
    SILENT: "provider time-out: silent for several questions",
    LATE: "provider late: approved by a webhook",
    LATE_DECLINED: "provider late: declined by a webhook",
    DUPLICATED: "provider sent every webhook three times",
    SHUFFLED: "provider sent webhooks in another order",
    CAPTURE_FAILS: "provider refused a capture",
    CAPTURE_LOST: "provider time-out: captured, the answer lost",
    VOID_LOST: "provider time-out: voided, the answer lost",
    REFUND_FAILS: "provider refused a refund",
    REFUND_LATE: "provider late: refunded by a webhook",
    REFUND_FAILS_LATE: "provider late: a refund failed by a webhook",
    REFUND_LOST: "provider time-out: refunded, the answer lost",
}

SKUS = ("TABLET-001", "MONITOR-001", "MOUSE-001", "SPEAKER-001")
PATIENCE_S = 90
PAUSE_S = 0.4
# What a checkout may answer that says: ask again with the same key.
COME_BACK = {"CheckoutInterrupted", "CheckoutBusy"}
# Access tokens live for fifteen minutes.
TOKEN_GOOD_S = 600

CONFIRM = "mutation($id: ID!, $code: String) { paymentConfirm(paymentId: $id, code: $code) { __typename } }"
CANCEL = """mutation($id: ID!, $token: String) {
  orderCancel(orderId: $id, token: $token) { __typename ... on OrderCancelSuccess { order { status } } }
}"""
SHIP = """mutation($id: ID!, $key: String!) {
  orderShip(orderId: $id, idempotencyKey: $key) { __typename ... on Refusal { message } }
}"""
DELIVER = "mutation($id: ID!) { orderDeliver(orderId: $id) { __typename ... on Refusal { message } } }"
ASK_BACK = """mutation($id: ID!, $lines: [OrderPiecesInput!]!, $key: String!, $token: String) {
  orderReturnRequest(orderId: $id, lines: $lines, reason: "Too loud", idempotencyKey: $key, token: $token) {
    __typename ... on OrderReturnRequestSuccess { returnId } ... on Refusal { message }
  }
}"""
RECEIVE = """mutation($id: ID!, $lines: [OrderInspectionInput!]!) {
  orderReturnReceive(returnId: $id, lines: $lines) { __typename ... on Refusal { message } }
}"""


@dataclass(frozen=True)
class Story:
    """What a buyer pays with and does afterwards: keep, cancel, return, or walk away from the challenge.

    `cancel meanwhile` changes their mind while the checkout is still at work.
    """

    card: str
    afterwards: str = "keep"


# How often each is played when nothing is wanted in particular.
STORIES: Mapping[Story, int] = {
    Story(GOOD): 6,
    Story(GOOD, "cancel"): 2,
    Story(GOOD, "cancel meanwhile"): 1,
    Story(GOOD, "return"): 2,
    Story(DECLINED): 1,
    Story(CHALLENGED): 2,
    Story(CHALLENGED, "walk away"): 1,
    Story(ANSWER_LOST): 1,
    Story(REQUEST_LOST): 1,
    Story(SILENT): 1,
    Story(LATE): 2,
    Story(LATE_DECLINED): 1,
    Story(DUPLICATED): 1,
    Story(SHUFFLED): 1,
    Story(CAPTURE_FAILS): 1,
    Story(CAPTURE_LOST): 1,
    Story(VOID_LOST, "cancel meanwhile"): 1,
    Story(REFUND_FAILS, "cancel"): 1,
    Story(REFUND_LATE, "cancel"): 1,
    Story(REFUND_FAILS_LATE, "cancel"): 1,
    Story(REFUND_LOST, "return"): 1,
}


@dataclass
class Purchase:
    """One buyer's checkout and what they were told last."""

    story: Story
    key: str
    variables: dict[str, Any] | None = None
    token: str | None = None
    order_id: str | None = None
    answer: str = "nothing"

    @property
    def is_sold(self) -> bool:
        """Whether the shop said that the order stands."""
        return self.answer == "CONFIRMED"

    @property
    def is_kept(self) -> bool:
        """Whether it stands, and its buyer wants nothing else."""
        return self.is_sold and self.story.afterwards == "keep"


class Unanswered(Exception):
    """The shop gave no answer for longer than anybody would ask."""


@dataclass
class Street:
    """Everybody who buys, some at a time, until told to stop."""

    url: str
    # Which order a key became, as far as the shop has written that down; None where nobody can tell.
    placed: Callable[[str], Awaitable[str | None]]
    random: random.Random
    purchases: list[Purchase] = field(default_factory=list)
    finished: int = 0
    under_way: int = 0
    # What is to be played more than anything else just now.
    wanted: Sequence[Story] = ()
    troubles: Counter[str] = field(default_factory=Counter)
    admin: dict[str, str] = field(default_factory=dict)
    signed_in_at: float = 0.0

    def __post_init__(self) -> None:
        self.http = httpx.AsyncClient(trust_env=False, timeout=20, limits=httpx.Limits(max_connections=100))
        self.numbers = itertools.count(1)
        self.is_open = True

    async def close(self) -> None:
        """Let the connections go."""
        await self.http.aclose()

    # ------------------------------------------------------------------------------------------------------- asking

    async def ask(
        self, query: str, variables: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The data of an answer without errors, however often that takes; Unanswered when it never comes."""
        deadline, trouble = time.monotonic() + PATIENCE_S, ""
        while time.monotonic() < deadline:
            try:
                answer = await self.http.post(
                    self.url, json={"query": query, "variables": dict(variables)}, headers=dict(headers or {})
                )
                body = answer.json()
                if not body.get("errors") and body.get("data") is not None:
                    data: dict[str, Any] = body["data"]
                    return data
                trouble = str((body.get("errors") or body)[:1])
            except (httpx.HTTPError, ValueError) as error:
                trouble = repr(error)
            self.troubles[trouble.partition("(")[0][:120]] += 1
            await asyncio.sleep(PAUSE_S)
        raise Unanswered(trouble)

    async def sign_in_admin(self) -> None:
        """Get hold of an administrator's token, unless the last one is still good for a while."""
        if self.admin and time.monotonic() - self.signed_in_at < TOKEN_GOOD_S:
            return
        began = time.monotonic()
        login = await self.ask(document("Login"), {"email": "admin@ecommerce.local", "password": "admin123"})
        self.admin = {"Authorization": f"Bearer {login['login']['tokens']['accessToken']}"}
        self.signed_in_at = began

    # ------------------------------------------------------------------------------------------------------- buying

    async def buy_until_closed(self, people: int) -> None:
        """Keep so many people buying at a time until the street is closed; then all of them finish."""

        async def shop_on() -> None:
            while self.is_open:
                self.under_way += 1
                try:
                    await self.buy(self._story())
                except Unanswered:
                    # They come back when the shop has recovered, and are answered then.
                    self.troubles["a buyer left without an answer"] += 1
                self.under_way -= 1
                self.finished += 1

        await asyncio.gather(*(shop_on() for _ in range(people)))

    def _story(self) -> Story:
        if self.wanted and self.random.random() < 0.6:
            return self.random.choice(self.wanted)
        return self.random.choices(list(STORIES), list(STORIES.values()))[0]

    async def buy(self, story: Story) -> Purchase:
        """One purchase from the cart to its end."""
        number = next(self.numbers)
        purchase = Purchase(story, f"chaos-{number}")
        self.purchases.append(purchase)
        cart: dict[str, Any] = {}
        for sku in self.random.sample(SKUS, self.random.choice((1, 1, 2))):
            headers = {"X-Cart-Token": purchase.token} if purchase.token else {}
            added = (await self.ask(document("AddToCart"), {"sku": sku}, headers))["cartLineAdd"]
            assert added["__typename"] == "CartLineAddSuccess", added
            cart = added["cart"]
            purchase.token = cart["token"] or purchase.token
        purchase.variables = checkout_input(
            cart, key=purchase.key, card=story.card, email=f"buyer-{number}@example.org"
        )
        if story.afterwards == "cancel meanwhile":
            await asyncio.gather(self.check_out(purchase), self._change_mind(purchase))
            return purchase
        order = await self.check_out(purchase)
        if order is not None and purchase.is_sold:
            await self._afterwards(purchase, order)
        return purchase

    async def check_out(self, purchase: Purchase) -> dict[str, Any] | None:
        """Ask with the same key until there is an end to tell: the order, or None for a refusal."""
        assert purchase.variables is not None
        headers = {"X-Cart-Token": purchase.token or ""}
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            result = (await self.ask(document("Checkout"), purchase.variables, headers))["checkout"]
            kind = result["__typename"]
            if kind == "CheckoutSuccess":
                order: dict[str, Any] = result["order"]
                assert purchase.order_id in {None, order["id"]}, f"{purchase} became {order['id']}"
                purchase.order_id, purchase.answer = order["id"], order["status"]
                if order["status"] not in {"PENDING", "RESERVED", "AWAITING_PAYMENT"}:
                    return order
                action = result["paymentAction"]
                if action and purchase.story.afterwards != "walk away":
                    await self.ask(CONFIRM, {"id": action["paymentId"], "code": "123456"}, headers)
            elif kind not in COME_BACK:
                purchase.answer = f"{kind}: {result['message'].partition('.')[0]}"
                return None
            await asyncio.sleep(PAUSE_S)
        raise Unanswered(f"{purchase} never came to an end")

    async def _change_mind(self, purchase: Purchase) -> None:
        """Cancel the order as soon as there is one, or a little later; where there never is, there is nothing to do."""
        deadline, order_id = time.monotonic() + PATIENCE_S, None
        while order_id is None and purchase.answer == "nothing" and time.monotonic() < deadline:
            await asyncio.sleep(self.random.uniform(0, 0.15))
            order_id = await self.placed(purchase.key)
        if order_id is not None:
            await self.ask(CANCEL, {"id": order_id, "token": None}, {"X-Cart-Token": purchase.token or ""})

    async def _afterwards(self, purchase: Purchase, order: Mapping[str, Any]) -> None:
        order_id, token = order["id"], order["token"]
        if purchase.story.afterwards == "cancel":
            await self.ask(CANCEL, {"id": order_id, "token": token})
        elif purchase.story.afterwards == "return":
            await self._give_back(order)

    async def _give_back(self, order: Mapping[str, Any]) -> None:
        order_id, line = order["id"], order["lines"][0]
        await self._admit(SHIP, {"id": order_id, "key": f"ship-{order_id}"}, "orderShip")
        await self._admit(DELIVER, {"id": order_id}, "orderDeliver")
        pieces = {"lineId": line["id"], "quantity": line["quantity"]}
        asked = await self.ask(
            ASK_BACK, {"id": order_id, "lines": [pieces], "key": f"back-{order_id}", "token": order["token"]}
        )
        return_id = asked["orderReturnRequest"]["returnId"]
        found = {"lineId": line["id"], "restock": line["quantity"], "scrap": 0}
        await self._admit(RECEIVE, {"id": return_id, "lines": [found]}, "orderReturnReceive")

    async def _admit(self, mutation: str, variables: Mapping[str, Any], field_name: str) -> None:
        await self.sign_in_admin()
        result = (await self.ask(mutation, variables, self.admin))[field_name]
        assert result["__typename"].endswith("Success"), result
