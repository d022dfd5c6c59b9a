"""Demo and scale data of payments, made by the same transitions as real ones. Loading twice changes nothing.

The sandbox's books are written along, so a demo payment can be refunded and its challenge answered like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from chassis.clock import now
from chassis.database import Database
from chassis.demo import Zipf, item_id, stream
from chassis.money import Amount

from . import store
from .model import Base, MethodKind, Operation, Outcome, Owner, PayableOrder, Payment, SavedMethod, Status, Transaction
from .model.ledger import Ledger
from .providers.books import ChargeState, SandboxCharge, SandboxOperation
from .providers.port import RefundState

_JOINED: Final = datetime(2025, 1, 6, 9, tzinfo=UTC)
_BATCH: Final = 500

_APPROVED: Final = ((Operation.AUTHORIZATION, Outcome.SUCCEEDED),)
_CAPTURED: Final = (*_APPROVED, (Operation.CAPTURE, Outcome.SUCCEEDED))
_REFUNDED: Final = (*_CAPTURED, (Operation.REFUND, Outcome.SUCCEEDED))
_CHALLENGED: Final = ((Operation.AUTHORIZATION, Outcome.ACTION_REQUIRED),)

# What the provider answered for the demo order in each status; nothing was asked for the first two.
_ANSWERS: Final = {
    "pending": None,
    "reserved": None,
    "awaiting_payment": _CHALLENGED,
    "under_review": _APPROVED,
    "confirmed": _CAPTURED,
    "partially_shipped": _CAPTURED,
    "shipped": _CAPTURED,
    "delivered": _CAPTURED,
    "return_requested": _CAPTURED,
    "returned": _CAPTURED,
    "refunded": _REFUNDED,
    "failed": ((Operation.AUTHORIZATION, Outcome.DECLINED),),
    "expired": (*_CHALLENGED, (Operation.VOID, Outcome.SUCCEEDED)),
    "cancelled": _REFUNDED,
}
_DEMO_TOTAL: Final = Amount(26_880)
_STATES: Final = {
    Status.REQUIRES_ACTION: ChargeState.CHALLENGED,
    Status.AUTHORIZED: ChargeState.APPROVED,
    Status.CAPTURED: ChargeState.CAPTURED,
    Status.REFUNDED: ChargeState.CAPTURED,
    Status.DECLINED: ChargeState.DECLINED,
    Status.VOIDED: ChargeState.VOIDED,
}


@dataclass(frozen=True, slots=True)
class _Story:
    """An order's payment to be told: of whom, how much, and what the provider answered, an hour apart."""

    name: str
    order_id: str
    customer_id: str
    total: Amount
    answers: Sequence[tuple[Operation, Outcome]] | None
    at: datetime


async def demo(database: Database) -> None:
    """What the demo orders owe and paid, and how user-customer and user-alice like to pay."""
    today = datetime.combine(now().date(), time(12), UTC)
    stories = [
        _Story(
            name=f"demo-{status}",
            order_id=f"order-demo-{status}",
            customer_id="user-customer",
            total=_DEMO_TOTAL,
            answers=answers,
            at=today - timedelta(days=len(_ANSWERS) + 1 - position),
        )
        for position, (status, answers) in enumerate(_ANSWERS.items(), start=1)
    ]
    await _load(database, stories)
    visa, mastercard = ("Visa", "4242", "sandbox-visa"), ("Mastercard", "4444", "sandbox-mastercard")
    methods = [
        _card("method-demo-visa", "user-customer", "Casey Customer", *visa, is_default=True),
        _card("method-demo-mastercard", "user-customer", "Casey Customer", *mastercard),
        _card("method-demo-alice", "user-alice", "Alice Archer", *visa, is_default=True),
        SavedMethod(
            id="method-demo-wallet",
            customer_id="user-customer",
            provider="sandbox",
            kind=MethodKind.WALLET,
            brand="PayPal",
            account="c•••••••@ecommerce.local",
            token="sandbox-wallet",
            is_default=False,
            created_at=_JOINED,
        ),
    ]
    async with database.transaction() as session:
        await store.insert_missing(session, [_row(method) for method in methods], SavedMethod)


async def scale(database: Database, n: int) -> None:
    """The payments of `n` orders as orders' generator makes them; always the same for one n."""
    popular = Zipf(n, exponent=0.9)
    for start in range(1, n + 1, _BATCH):
        await _load(database, [_scaled(number, popular) for number in range(start, min(start + _BATCH, n + 1))])


def _scaled(number: int, popular: Zipf) -> _Story:
    random = stream("orders", number)
    skus = {popular.pick(random) for _ in range(1 + number % 3)}
    customer = popular.pick(random)
    return _Story(
        name=f"scale-{number:06}",
        order_id=item_id("order", number),
        customer_id=item_id("user", customer),
        total=Amount(sum(500 + sku * 7_919 % 50_000 for sku in skus)),
        # Every tenth is cancelled, and its money goes back.
        answers=_REFUNDED if number % 10 == 9 else _CAPTURED,
        at=datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=number % 365),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """A payment with all that was asked and answered, and the sandbox's side of it."""

    payment: Payment
    transactions: Sequence[Transaction]
    charge: SandboxCharge
    operations: Sequence[SandboxOperation]


def _tell(story: _Story) -> _Told:
    key = story.order_id
    payment = Payment(
        id=f"payment-{story.name}",
        order_id=story.order_id,
        owner=Owner.customer(story.customer_id).key,
        customer_id=story.customer_id,
        status=Status.PENDING,
        currency=story.total.currency,
        amount_minor=story.total.minor,
        authorized_minor=0,
        captured_minor=0,
        refunding_minor=0,
        refunded_minor=0,
        idempotency_key=key,
        provider="sandbox",
        reference=f"sandbox-{story.name}",
        method_kind=MethodKind.CARD,
        method_brand="Visa",
        method_last4="4242",
        method_exp_month=12,
        method_exp_year=2031,
        method_holder="Casey Customer",
        saves_method=False,
        sequence=0,
        unsettled=False,
        created_at=story.at,
        updated_at=story.at,
        checked_at=story.at,
    )
    ledger = Ledger(payment, [])
    for hours, (operation, outcome) in enumerate(story.answers or ()):
        at = story.at + timedelta(hours=hours)
        asked = key if operation is Operation.AUTHORIZATION else f"{key}:{operation.lower()}"
        code = "insufficient_funds" if outcome is Outcome.DECLINED else None
        amount = payment.money(payment.authorized_minor) if operation is Operation.VOID else story.total
        ledger.request(operation, amount, key=asked, at=at)
        ledger.answer(operation, outcome, amount, key=asked, at=at, code=code)
    if payment.status is Status.REQUIRES_ACTION:
        # Where `./dev up` serves it; a payment made at a checkout says where the settings do.
        payment.action_url = f"http://127.0.0.1:4001/payments/challenges/{payment.reference}"
    for transaction in ledger.rows:
        transaction.id = f"{payment.id}-{transaction.sequence}"
    return _Told(payment, ledger.rows, _charge(payment), _operations(ledger))


def _charge(payment: Payment) -> SandboxCharge:
    return SandboxCharge(
        idempotency_key=payment.idempotency_key,
        reference=payment.reference,
        state=_STATES.get(payment.status, ChargeState.APPROVED),
        behaviour="CHALLENGE" if payment.status is Status.REQUIRES_ACTION else "APPROVE",
        code=payment.decline_code or "",
        currency=payment.currency,
        amount_minor=payment.amount_minor,
        captured_minor=payment.captured_minor,
        refunded_minor=payment.refunded_minor,
        silences=0,
        saves_method=False,
    )


def _operations(ledger: Ledger) -> list[SandboxOperation]:
    return [
        SandboxOperation(
            idempotency_key=row.idempotency_key,
            reference=ledger.payment.reference,
            operation=row.operation,
            amount_minor=row.amount_minor,
            state=RefundState.SUCCEEDED,
            code="",
        )
        for row in ledger.rows
        if row.outcome is Outcome.SUCCEEDED and row.operation in {Operation.CAPTURE, Operation.REFUND}
    ]


def _card(
    id: str, customer_id: str, holder: str, brand: str, last4: str, token: str, *, is_default: bool = False
) -> SavedMethod:
    return SavedMethod(
        id=id,
        customer_id=customer_id,
        provider="sandbox",
        kind=MethodKind.CARD,
        brand=brand,
        last4=last4,
        exp_month=12,
        exp_year=2031,
        holder=holder,
        token=token,
        is_default=is_default,
        created_at=_JOINED,
    )


async def _load(database: Database, stories: Sequence[_Story]) -> None:
    told = [_tell(story) for story in stories if story.answers is not None]
    owners = [{"order_id": story.order_id, "owner": Owner.customer(story.customer_id).key} for story in stories]
    async with database.transaction() as session:
        await store.insert_missing(session, owners, PayableOrder)
        # What is there already has a life of its own by now.
        new = await store.insert_new_payments(session, [_row(each.payment) for each in told])
        fresh = [each for each in told if each.payment.id in new]
        rows = [_row(transaction) for each in fresh for transaction in each.transactions]
        await store.insert_missing(session, rows, Transaction)
        await store.insert_missing(session, [_row(each.charge) for each in fresh], SandboxCharge)
        operations = [_row(operation) for each in fresh for operation in each.operations]
        await store.insert_missing(session, operations, SandboxOperation)


def _row(row: Base) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
