"""Demo and scale data of orders, made by the same transitions as real ones. Loading twice changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from chassis.clock import now
from chassis.database import Database
from chassis.demo import Zipf, diurnal, item_id, stream
from chassis.money import Amount

from . import store
from .model import (
    Address,
    Base,
    Checkout,
    Ending,
    Event,
    Line,
    Order,
    Owner,
    Parcel,
    ParcelLine,
    Return,
    ReturnLine,
    ReturnStatus,
    Step,
    address_to_json,
    lines_of,
)
from .quote import Bought, quote
from .status import ARRIVED, Kind, Status

_BOUGHT: Final = (Kind.PLACED, Kind.STOCK_RESERVED, Kind.PAYMENT_REQUESTED, Kind.CONFIRMED)
_DELIVERED: Final = (*_BOUGHT, Kind.SHIPPED, Kind.DELIVERED)
_RETURNED: Final = (*_DELIVERED, Kind.RETURN_REQUESTED, Kind.RETURNED)

# How an order comes to each status, the shortest usual way.
HISTORIES: Final = {
    Status.PENDING: _BOUGHT[:1],
    Status.RESERVED: _BOUGHT[:2],
    Status.AWAITING_PAYMENT: _BOUGHT[:3],
    Status.UNDER_REVIEW: (*_BOUGHT[:3], Kind.REVIEW_OPENED),
    Status.CONFIRMED: _BOUGHT,
    Status.PARTIALLY_SHIPPED: (*_BOUGHT, Kind.PARTIALLY_SHIPPED),
    Status.SHIPPED: (*_BOUGHT, Kind.SHIPPED),
    Status.DELIVERED: _DELIVERED,
    Status.RETURN_REQUESTED: _RETURNED[:-1],
    Status.RETURNED: _RETURNED,
    Status.REFUNDED: (*_RETURNED, Kind.REFUNDED),
    Status.FAILED: (*_BOUGHT[:3], Kind.FAILED),
    Status.EXPIRED: (*_BOUGHT[:3], Kind.EXPIRED),
    Status.CANCELLED: (*_BOUGHT, Kind.CANCELLED, Kind.REFUNDED),
}
_BASKET: Final = (
    Bought("SPEAKER-001", "prod-speaker-001", "Room Speaker", Amount(14_900), 1),
    Bought("MOUSE-001", "prod-mouse-001", "Precision Mouse", Amount(5_990), 2),
)
_STEPS: Final = {
    Status.PENDING: Step.HOLD_STOCK,
    Status.RESERVED: Step.TAKE_PAYMENT,
    Status.AWAITING_PAYMENT: Step.TAKE_PAYMENT,
    Status.UNDER_REVIEW: Step.COMMIT_STOCK,
}
_ENDINGS: Final = {
    Status.FAILED: (
        Ending.PAYMENT_DECLINED,
        "insufficient_funds",
        "The payment was declined (insufficient_funds). Try another way to pay.",
    ),
    Status.EXPIRED: (Ending.EXPIRED, "expired", "The checkout was not finished in time."),
}
_RETURN_STATUSES: Final = {
    Status.RETURN_REQUESTED: ReturnStatus.REQUESTED,
    Status.RETURNED: ReturnStatus.RECEIVED,
    Status.REFUNDED: ReturnStatus.REFUNDED,
}
# The ids of an order's only parcel and only return.
_PARCEL_OF: Final = "parcel-{}"
_RETURN_OF: Final = "return-{}"
# Nobody takes over a demo order's checkout or refund: they are there to be looked at.
_FOREVER: Final = datetime(2099, 1, 1, tzinfo=UTC)
_DEMO_NUMBERS: Final = 1_000
_SCALE_NUMBERS: Final = 10_000_000_000
_SCALE_FROM: Final = date(2025, 1, 1)
_SCALE_DAYS: Final = 365
_BATCH: Final = 500
_ADDRESS: Final = Address("Casey Customer", "1 Market Street", None, "Springfield", "IL", "62701", "US", None)


@dataclass(frozen=True, slots=True)
class _Story:
    """An order to be told: what is bought by whom, and everything that happens to it, an hour apart."""

    name: str
    id: str
    number: int
    customer_id: str
    email: str
    lines: Sequence[Bought]
    history: Sequence[Kind]
    placed_at: datetime


async def demo(database: Database) -> None:
    """One order of user-customer in every status, placed on the days before the data is loaded."""
    today = datetime.combine(now().date(), time(10), UTC)
    stories = [
        _Story(
            name=f"demo-{status.lower()}",
            id=f"order-demo-{status.lower()}",
            number=_DEMO_NUMBERS + position,
            customer_id="user-customer",
            email="customer@ecommerce.local",
            lines=_BASKET,
            history=history,
            placed_at=today - timedelta(days=len(HISTORIES) + 1 - position),
        )
        for position, (status, history) in enumerate(HISTORIES.items(), start=1)
    ]
    await _load(database, stories)


async def scale(database: Database, n: int) -> None:
    """`n` orders of a year, of popular products by busy customers; always the same for one n."""
    popular = Zipf(n, exponent=0.9)
    for start in range(1, n + 1, _BATCH):
        await _load(database, [_scaled(number, popular) for number in range(start, min(start + _BATCH, n + 1))])


def _scaled(number: int, popular: Zipf) -> _Story:
    random = stream("orders", number)
    skus = sorted({popular.pick(random) for _ in range(1 + number % 3)})
    customer = popular.pick(random)
    statuses = (Status.DELIVERED,) * 8 + (Status.CONFIRMED, Status.CANCELLED)
    return _Story(
        name=f"scale-{number:06}",
        id=item_id("order", number),
        number=_SCALE_NUMBERS + number,
        customer_id=item_id("user", customer),
        email=f"scale-{customer:06}@ecommerce.local",
        lines=[
            Bought(f"SCALE-{sku:06}", item_id("prod", sku), f"Scale product {sku}", Amount(scale_price(sku)), 1)
            for sku in skus
        ],
        history=HISTORIES[statuses[number % len(statuses)]],
        placed_at=diurnal(random, _SCALE_FROM + timedelta(days=random.randrange(_SCALE_DAYS))),
    )


def scale_price(sku: int) -> int:
    """What SCALE-<sku> cost when it was bought, in cents."""
    return 500 + sku * 7_919 % 50_000


@dataclass(frozen=True, slots=True)
class _Told:
    """Every row of an order."""

    order: Order
    lines: Sequence[Line]
    events: Sequence[Event]
    checkout: Checkout
    parcels: Sequence[Parcel]
    returns: Sequence[Return]


def _tell(story: _Story) -> _Told:
    quoted = quote(story.lines)
    order = Order(
        id=story.id,
        number=story.number,
        status=Status.PENDING,
        sequence=0,
        owner=Owner.customer(story.customer_id).key,
        customer_id=story.customer_id,
        email=story.email,
        cart_id=f"cart-of-{story.name}",
        cart_version=2,
        idempotency_key=story.name,
        request_digest="",
        currency=quoted.total.currency,
        subtotal_minor=quoted.subtotal.minor,
        shipping_minor=quoted.shipping.minor,
        tax_minor=quoted.tax.minor,
        discount_minor=quoted.discount.minor,
        total_minor=quoted.total.minor,
        refunded_minor=0,
        shipping_address=address_to_json(_ADDRESS),
        is_forgotten=False,
        created_at=story.placed_at,
    )
    lines = lines_of(order.id, quoted)
    events, moments = [], {}
    for hours, kind in enumerate(story.history):
        moments[kind] = moment = story.placed_at + timedelta(hours=hours)
        if kind is Kind.STOCK_RESERVED:
            order.reservation_id = f"reservation-{story.name}"
        if kind is Kind.PAYMENT_REQUESTED:
            order.payment_id = f"payment-{story.name}"
        if kind is Kind.REFUNDED:
            order.refunded_minor = order.total_minor
        events.append(order.record(kind, at=moment, facts=_facts(order, kind)))
    return _Told(
        order, lines, events, _checkout(order), _parcels(order, lines, moments), _returns(order, lines, moments)
    )


def _checkout(order: Order) -> Checkout:
    ending = _ENDINGS.get(order.status)
    return Checkout(
        order_id=order.id,
        step=_STEPS.get(order.status, Step.DONE),
        leased_until=_FOREVER,
        expires_at=_FOREVER,
        ending=ending[0] if ending else None,
        ending_code=ending[1] if ending else None,
        ending_message=ending[2] if ending else None,
        ending_skus=[],
        hold=1,
        attempt=1,
        news=False,
    )


def _parcels(order: Order, lines: Sequence[Line], moments: Mapping[Kind, datetime]) -> list[Parcel]:
    """One with everything; of an order that is shipped in part, one with its first line."""
    if order.status is Status.PARTIALLY_SHIPPED:
        return [_parcel(order, lines[:1], moments[Kind.PARTIALLY_SHIPPED])]
    is_sent = order.status is Status.SHIPPED or order.status in ARRIVED
    return [_parcel(order, lines, moments[Kind.SHIPPED])] if is_sent else []


def _parcel(order: Order, lines: Sequence[Line], at: datetime) -> Parcel:
    parcel_id = _PARCEL_OF.format(order.id)
    packed = [ParcelLine(parcel_id=parcel_id, line_id=line.id, quantity=line.quantity) for line in lines]
    return Parcel(
        id=parcel_id, order_id=order.id, idempotency_key="demo", tracking="DEMO-1", shipped_at=at, lines=packed
    )


def _returns(order: Order, lines: Sequence[Line], moments: Mapping[Kind, datetime]) -> list[Return]:
    """Everything is given back, and what arrived is as good as new."""
    status = _RETURN_STATUSES.get(order.status)
    if status is None:
        return []
    return_id = _RETURN_OF.format(order.id)
    is_received = status is not ReturnStatus.REQUESTED
    return [
        Return(
            id=return_id,
            order_id=order.id,
            idempotency_key="demo",
            status=status,
            reason=_facts(order, Kind.RETURN_REQUESTED)["reason"],
            refund_minor=order.total_minor if is_received else 0,
            attempt=1,
            leased_until=_FOREVER,
            requested_at=moments[Kind.RETURN_REQUESTED],
            closed_at=moments.get(Kind.REFUNDED),
            lines=[
                ReturnLine(
                    return_id=return_id,
                    line_id=line.id,
                    quantity=line.quantity,
                    restocked=line.quantity if is_received else 0,
                    scrapped=0,
                )
                for line in lines
            ],
        )
    ]


def _facts(order: Order, kind: Kind) -> dict[str, Any]:
    match kind:
        case Kind.PLACED:
            return {"total": str(order.total)}
        case Kind.STOCK_RESERVED:
            return {"reservationId": order.reservation_id}
        case Kind.CONFIRMED:
            return {"paymentId": order.payment_id}
        case Kind.FAILED:
            return {"reason": "insufficient_funds"}
        case Kind.SHIPPED | Kind.PARTIALLY_SHIPPED:
            return {"shipmentId": _PARCEL_OF.format(order.id), "tracking": "DEMO-1"}
        case Kind.RETURN_REQUESTED:
            return {"reason": "It does not fit on the desk.", "returnId": _RETURN_OF.format(order.id)}
        case Kind.REFUNDED:
            return {"amount": str(order.total)}
        case Kind.CANCELLED:
            return {"reason": "Ordered by mistake."}
        case _:
            return {}


async def _load(database: Database, stories: Sequence[_Story]) -> None:
    told = [_tell(story) for story in stories]
    async with database.transaction() as session:
        # What is there already has a life of its own by now.
        new = await store.insert_new_orders(session, [_row(each.order) for each in told])
        fresh = [each for each in told if each.order.id in new]
        parcels = [parcel for each in fresh for parcel in each.parcels]
        returns = [back for each in fresh for back in each.returns]
        rows: dict[type[Base], list[Base]] = {
            Line: [line for each in fresh for line in each.lines],
            Event: [event for each in fresh for event in each.events],
            Checkout: [each.checkout for each in fresh],
            Parcel: [*parcels],
            ParcelLine: [line for parcel in parcels for line in parcel.lines],
            Return: [*returns],
            ReturnLine: [line for back in returns for line in back.lines],
        }
        for table, added in rows.items():
            await store.insert_missing(session, [_row(row) for row in added], table)


def _row(row: Base) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
