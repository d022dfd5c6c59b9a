"""What can be done with an order, in the words of the tests; each answers what the graph answered."""

import asyncio
import email
import email.policy
from email.message import EmailMessage
from typing import Any

from chassis.ids import new_id
from chassis.mail import message_id
from tests.subgraphs.orders.shop import Shop, rows

ADMIN: dict[str, Any] = {"user": "user-admin", "role": "admin"}
ORDER = """order { id status refunded { amount } lines { id sku quantity } parcels { id tracking lines { quantity } }
  returns { id status refund { amount } note lines { quantity restocked scrapped } }
  events { __typename status ... on OrderRefunded { amount { amount } isPartial } } }"""
REFUSAL = "... on Refusal { code message field } ... on OrderNotPossible { status }"
EXCESS = "... on QuantityExceeded { lineId left }"


async def act(shop: Shop, call: str, declared: str, values: dict[str, Any], **asking: Any) -> dict[str, Any]:
    """One mutation of orders: `call` with its arguments, the variables declared for it, and their values."""
    name = call.split("(", maxsplit=1)[0]
    success = f"... on {name[0].upper()}{name[1:]}Success {{ {ORDER} }}"
    refusals = f"{REFUSAL} {EXCESS}" if "lines:" in call else REFUSAL
    document = f"mutation({declared}) {{ {call} {{ __typename {success} {refusals} }} }}"
    answer = await shop.ask("orders", document, values, **asking)
    assert not answer.errors, answer.errors
    result: dict[str, Any] = answer.data[name]
    return result


async def buy(shop: Shop, user: str, lines: dict[str, int], **changed: Any) -> dict[str, Any]:
    """A confirmed order of these quantities by SKU: its id, and its lines' ids by SKU."""
    answer = await shop.check_out(await shop.fill(lines, user=user), user=user, **changed)
    assert answer["order"]["status"] == "CONFIRMED", answer
    return {"id": answer["order"]["id"], "lines": await lines_of(shop, answer["order"]["id"])}


async def lines_of(shop: Shop, order_id: str) -> dict[str, str]:
    found = await rows(shop, "orders", "SELECT sku, id FROM order_lines WHERE order_id = :id", id=order_id)
    return dict(found)


async def deliver_all(shop: Shop, order: dict[str, Any]) -> None:
    assert (await ship(shop, order))["order"]["status"] == "SHIPPED"
    assert (await deliver(shop, order))["order"]["status"] == "DELIVERED"


async def cancel(
    shop: Shop, order: dict[str, Any], reason: str | None = None, token: str | None = None, **asking: Any
) -> dict[str, Any]:
    values = {"id": order["id"], "reason": reason, "token": token}
    call = "orderCancel(orderId: $id, reason: $reason, token: $token)"
    return await act(shop, call, "$id: ID!, $reason: String, $token: String", values, **({} if token else asking))


async def ship(
    shop: Shop,
    order: dict[str, Any],
    pieces: dict[str, int] | None = None,
    *,
    key: str | None = None,
    tracking: str | None = None,
    **asking: Any,
) -> dict[str, Any]:
    values = {
        "id": order["id"],
        "lines": None if pieces is None else named(order, pieces),
        "key": key or new_id(),
        "tracking": tracking,
    }
    call = "orderShip(orderId: $id, lines: $lines, tracking: $tracking, idempotencyKey: $key)"
    declared = "$id: ID!, $lines: [OrderPiecesInput!], $tracking: String, $key: String!"
    return await act(shop, call, declared, values, **(asking or ADMIN))


def named(order: dict[str, Any], pieces: dict[str, int]) -> list[dict[str, Any]]:
    return [{"lineId": order["lines"].get(sku, sku), "quantity": quantity} for sku, quantity in pieces.items()]


async def deliver(shop: Shop, order: dict[str, Any], **asking: Any) -> dict[str, Any]:
    return await act(shop, "orderDeliver(orderId: $id)", "$id: ID!", {"id": order["id"]}, **(asking or ADMIN))


async def give_back(
    shop: Shop,
    order: dict[str, Any],
    pieces: dict[str, int],
    *,
    key: str | None = None,
    reason: str = "It hums.",
    token: str | None = None,
    **asking: Any,
) -> dict[str, Any]:
    values = {
        "id": order["id"], "lines": named(order, pieces), "key": key or new_id(), "reason": reason, "token": token,
    }  # fmt: skip
    call = "orderReturnRequest(orderId: $id, lines: $lines, reason: $reason, idempotencyKey: $key, token: $token)"
    declared = "$id: ID!, $lines: [OrderPiecesInput!]!, $reason: String!, $key: String!, $token: String"
    return await act(shop, call, declared, values, **asking)


async def inspect(
    shop: Shop, order: dict[str, Any], return_id: str, found: dict[str, tuple[int, int]], **asking: Any
) -> dict[str, Any]:
    """`found`: how many of each SKU can be sold again, and how many cannot."""
    lines = [
        {"lineId": order["lines"].get(sku, sku), "restock": restock, "scrap": scrap}
        for sku, (restock, scrap) in found.items()
    ]
    call = "orderReturnReceive(returnId: $id, lines: $lines)"
    declared = "$id: ID!, $lines: [OrderInspectionInput!]!"
    return await act(shop, call, declared, {"id": return_id, "lines": lines}, **(asking or ADMIN))


async def turn_down(shop: Shop, return_id: str, **asking: Any) -> dict[str, Any]:
    call = "orderReturnDecline(returnId: $id, reason: $reason)"
    values = {"id": return_id, "reason": "It is not ours."}
    return await act(shop, call, "$id: ID!, $reason: String!", values, **(asking or ADMIN))


async def refunds(shop: Shop, order_id: str) -> list[int]:
    """What payments gave back of an order, in cents, oldest first."""
    query = """SELECT t.amount_minor FROM transactions t JOIN payments p ON p.id = t.payment_id
               WHERE p.order_id = :id AND t.operation = 'REFUND' AND t.outcome = 'SUCCEEDED' ORDER BY t.sequence"""
    return [cents for (cents,) in await rows(shop, "payments", query, id=order_id)]


async def announced(shop: Shop, order_id: str) -> list[str]:
    """What orders announced of an order, in order, whether it was sent or not."""
    query = "SELECT type FROM outbox WHERE aggregate_id = :id ORDER BY position"
    return [type for (type,) in await rows(shop, "orders", query, id=order_id)]


async def mails(shop: Shop, order_id: str) -> list[str]:
    """Which mails were written about an order."""
    query = "SELECT key FROM mails WHERE key LIKE 'order:' || :id || ':%' ORDER BY posted_at, key"
    return [key.removeprefix(f"order:{order_id}:") for (key,) in await rows(shop, "orders", query, id=order_id)]


async def letter(shop: Shop, order_id: str, about: str) -> EmailMessage:
    """A mail about an order as its customer got it, once it was delivered."""
    directory, key = shop.settings.mail_directory, f"order:{order_id}:{about}"
    assert directory is not None
    wanted = message_id(key, sender=shop.settings.mail_from)
    async with asyncio.timeout(30):
        while await rows(shop, "orders", "SELECT 1 FROM mails WHERE key = :key AND sent_at IS NOT NULL", key=key) == []:
            pass
    delivered = [
        email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in directory.glob("*.eml")
    ]
    return next(mail for mail in delivered if mail["Message-ID"] == wanted)


def body_of(mail: EmailMessage, kind: str) -> str:
    """What a mail says, as "plain" or as "html"."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())
