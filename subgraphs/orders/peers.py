"""What orders asks of other subgraphs, in words of its own.

Every call raises PeerFailed when there is no usable answer. Calls that change something carry a key made of the order's
id, so asking again after no answer does the thing once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from chassis.money import Amount
from chassis.peers import Peer

from .model import HOLD, Address

SNAPSHOT: Final = """
query($id: ID!, $customerId: ID, $token: String) {
  cartSnapshot(id: $id, customerId: $customerId, token: $token) { id version lines { sku quantity } }
}"""
RESERVE: Final = """
mutation($input: StockReserveInput!) {
  stockReserve(input: $input) {
    __typename
    ... on StockReserveSuccess { reservation { id } }
    ... on StockShort { message shortages { sku } }
    ... on Refusal { message }
  }
}"""
COMMIT: Final = """
mutation($key: String!) {
  stockCommit(key: $key) { __typename ... on Refusal { message } }
}"""
RELEASE: Final = """
mutation($key: String!) {
  stockRelease(key: $key) { __typename ... on Refusal { message } }
}"""
PROBLEM: Final = """
query($source: PaymentSourceInput!, $customerId: ID) {
  paymentSourceProblem(source: $source, customerId: $customerId) { message field }
}"""
_ADDRESSES: Final = "addresses { id name line1 line2 city region postalCode country phone }"
_PRICE: Final = "basePrice { amount currency }"
_FIELDS: Final = """
  id status declineCode actionUrl captured { amount currency } refunded { amount currency }
  refunding { amount currency }
"""
_PAYMENT: Final = f"payment {{ {_FIELDS} }}"
AUTHORIZE: Final = f"""
mutation($input: PaymentAuthorizeInput!, $key: String!) {{
  paymentAuthorize(input: $input, idempotencyKey: $key) {{
    __typename
    ... on PaymentAuthorizeSuccess {{ {_PAYMENT} }}
    ... on Refusal {{ message }}
  }}
}}"""
BY_KEY: Final = f"query($key: String!) {{ paymentByKey(idempotencyKey: $key) {{ {_FIELDS} }} }}"
CAPTURE: Final = """
mutation($id: ID!, $amount: MoneyInput!, $key: String!) {
  paymentCapture(paymentId: $id, amount: $amount, idempotencyKey: $key) { __typename ... on Refusal { message } }
}"""
VOID: Final = f"""
mutation($key: String!) {{
  paymentVoid(idempotencyKey: $key) {{
    __typename
    ... on PaymentVoidSuccess {{ {_PAYMENT} }}
    ... on Refusal {{ message }}
  }}
}}"""
REFUND: Final = f"""
mutation($id: ID!, $amount: MoneyInput!, $key: String!) {{
  paymentRefund(paymentId: $id, amount: $amount, idempotencyKey: $key) {{
    __typename
    ... on PaymentRefundSuccess {{ {_PAYMENT} }}
    ... on Refusal {{ message }}
    ... on RefundExceedsCharge {{ refundable {{ amount currency }} }}
  }}
}}"""


@dataclass(frozen=True, slots=True)
class CartSnapshot:
    """One version of a cart: pieces by SKU, in the order they were added."""

    id: str
    version: int
    quantities: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as products sells it now."""

    product_id: str
    name: str
    price: Amount


@dataclass(frozen=True, slots=True)
class Held:
    """The stock is held."""

    reservation_id: str


@dataclass(frozen=True, slots=True)
class Short:
    """Nothing is held; of `skus` there is not enough (empty: the hold itself was refused)."""

    skus: Sequence[str]
    message: str


class PaymentStatus(StrEnum):
    """What orders must know of a payment."""

    PENDING = "PENDING"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    DECLINED = "DECLINED"
    VOIDED = "VOIDED"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it stands. `refunding` is on its way back, and may still fail to arrive."""

    id: str
    status: PaymentStatus
    decline_code: str | None
    action_url: str | None
    captured: Amount
    refunded: Amount
    refunding: Amount


@dataclass(frozen=True, slots=True)
class Refusal:
    """The peer said no, and why; of a refund that was too much, how much could be given back."""

    message: str
    field: Sequence[str] = ()
    refundable: Amount | None = None


@dataclass(frozen=True, slots=True)
class Peers:
    """The subgraphs that orders needs."""

    users: Peer
    products: Peer
    cart: Peer
    inventory: Peer
    payments: Peer
    # How long stock stays held for an order that is not paid yet.
    hold: timedelta = HOLD

    async def close(self) -> None:
        """Return the connections."""
        for peer in (self.users, self.products, self.cart, self.inventory, self.payments):
            await peer.close()

    async def email(self, customer_id: str) -> str | None:
        """Where to write to a customer."""
        found = await self.users.entities("User", "id", [customer_id], "email")
        email = found.get(customer_id, {}).get("email")
        return str(email) if email else None

    async def address(self, customer_id: str, address_id: str) -> Address | None:
        """One of a customer's own addresses, as it is now."""
        found = await self.users.entities("User", "id", [customer_id], _ADDRESSES)
        kept = found.get(customer_id, {}).get("addresses") or []
        each = next((each for each in kept if each["id"] == address_id), None)
        if each is None:
            return None
        return Address(
            name=each["name"],
            line1=each["line1"],
            line2=each["line2"],
            city=each["city"],
            region=each["region"],
            postal_code=each["postalCode"],
            country=each["country"],
            phone=each["phone"],
        )

    async def snapshot(self, cart_id: str, *, customer_id: str | None, token: str | None) -> CartSnapshot | None:
        """The cart, if it belongs to that customer or token."""
        data = await self.cart.ask(SNAPSHOT, {"id": cart_id, "customerId": customer_id, "token": token})
        found = data["cartSnapshot"]
        if found is None:
            return None
        return CartSnapshot(found["id"], found["version"], {each["sku"]: each["quantity"] for each in found["lines"]})

    async def offers(self, skus: Collection[str]) -> dict[str, Offer]:
        """What is for sale, by SKU; what is not is missing."""
        fields = f"{_PRICE} name product {{ id name variants {{ sku }} }}"
        found = await self.products.entities("Variant", "sku", skus, fields)
        return {
            sku: Offer(str(each["product"]["id"]), _name(each), Amount.from_reference(each["basePrice"]))
            for sku, each in found.items()
        }

    async def prices(self, skus: Collection[str]) -> dict[str, Offer]:
        """As `offers`, for a third of their cost: without names and products."""
        found = await self.products.entities("Variant", "sku", skus, _PRICE)
        return {sku: Offer("", "", Amount.from_reference(each["basePrice"])) for sku, each in found.items()}

    async def available(self, skus: Collection[str]) -> dict[str, int]:
        """How many pieces can be had of each SKU at this moment, which promises nothing."""
        found = await self.inventory.entities("Variant", "sku", skus, "availability { availableQuantity }")
        return {sku: each["availability"]["availableQuantity"] for sku, each in found.items()}

    async def reserve(self, order_id: str, quantities: Mapping[str, int]) -> Held | Short:
        """Hold pieces by SKU for as long as a checkout may take; again, when the hold has run out."""
        wanted = [{"sku": sku, "quantity": quantity} for sku, quantity in quantities.items()]
        hold = {"key": order_id, "lines": wanted, "holdSeconds": int(self.hold.total_seconds())}
        answer = (await self.inventory.ask(RESERVE, {"input": hold}))["stockReserve"]
        if answer["__typename"] == "StockReserveSuccess":
            return Held(answer["reservation"]["id"])
        return Short([each["sku"] for each in answer.get("shortages", [])], answer["message"])

    async def commit(self, order_id: str) -> Refusal | None:
        """Sell what is held."""
        return _refusal((await self.inventory.ask(COMMIT, {"key": order_id}))["stockCommit"])

    async def release(self, order_id: str) -> Refusal | None:
        """Give back what is held or sold, or will be if the request to hold it is still on its way."""
        return _refusal((await self.inventory.ask(RELEASE, {"key": order_id}))["stockRelease"])

    async def source_problem(self, source: Mapping[str, Any], *, customer_id: str | None) -> Refusal | None:
        """What is wrong with a way to pay, as far as can be said without charging it."""
        data = await self.payments.ask(PROBLEM, {"source": source, "customerId": customer_id})
        found = data["paymentSourceProblem"]
        return None if found is None else Refusal(found["message"], found["field"])

    async def authorize(
        self, order_id: str, *, owner: str, customer_id: str | None, total: Amount, source: Mapping[str, Any]
    ) -> Payment | Refusal:
        """Reserve the money, once per order."""
        wish = {
            "orderId": order_id,
            "owner": owner,
            "customerId": customer_id,
            "amount": _money(total),
            "source": source,
        }
        answer = (await self.payments.ask(AUTHORIZE, {"input": wish, "key": order_id}))["paymentAuthorize"]
        return _refusal(answer) or _payment(answer["payment"])

    async def payment_of(self, order_id: str) -> Payment | None:
        """What became of the order's payment, asked of its provider while nobody knows; None: never asked for."""
        found = (await self.payments.ask(BY_KEY, {"key": order_id}))["paymentByKey"]
        return None if found is None else _payment(found)

    async def capture(self, order_id: str, payment_id: str, total: Amount) -> Refusal | None:
        """Take the money."""
        variables = {"id": payment_id, "amount": _money(total), "key": f"{order_id}:capture"}
        return _refusal((await self.payments.ask(CAPTURE, variables))["paymentCapture"])

    async def void(self, order_id: str) -> Payment | Refusal | None:
        """Let the money go, now or when a request that is still on its way arrives, and give back what was taken.

        Answers how the payment stands then; None: it was never asked for.
        """
        answer = (await self.payments.ask(VOID, {"key": order_id}))["paymentVoid"]
        return _refusal(answer) or (None if answer["payment"] is None else _payment(answer["payment"]))

    async def refund(self, payment_id: str, amount: Amount, *, key: str) -> Payment | Refusal:
        """Give back some of what was captured; it is certain once nothing is `refunding` any more."""
        variables = {"id": payment_id, "amount": _money(amount), "key": key}
        answer = (await self.payments.ask(REFUND, variables))["paymentRefund"]
        return _refusal(answer) or _payment(answer["payment"])


def _name(variant: Mapping[str, Any]) -> str:
    """The product's name, and the variant's where there is a choice."""
    product = variant["product"]
    return f"{product['name']} ({variant['name']})" if len(product["variants"]) > 1 else str(product["name"])


def _money(amount: Amount) -> dict[str, str]:
    return {"amount": str(amount.decimal), "currency": amount.currency}


def _refusal(answer: Mapping[str, Any]) -> Refusal | None:
    if answer["__typename"].endswith("Success"):
        return None
    left = answer.get("refundable")
    return Refusal(answer["message"], refundable=None if left is None else Amount.from_reference(left))


def _payment(found: Mapping[str, Any]) -> Payment:
    return Payment(
        id=found["id"],
        status=PaymentStatus(found["status"]),
        decline_code=found["declineCode"],
        action_url=found["actionUrl"],
        captured=Amount.from_reference(found["captured"]),
        refunded=Amount.from_reference(found["refunded"]),
        refunding=Amount.from_reference(found["refunding"]),
    )
