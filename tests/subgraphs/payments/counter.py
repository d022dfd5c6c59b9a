"""What tests of payments share: cards, wishes, a look behind the graph, and a provider behind a bad line."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sqlalchemy import select, text

from chassis.clock import StoppedClock
from chassis.database import Database
from chassis.ids import new_id
from chassis.money import Amount
from subgraphs.payments.model import Payment, Transaction
from subgraphs.payments.model.ledger import Ledger
from subgraphs.payments.providers.books import ChargeState, SandboxCharge
from subgraphs.payments.providers.port import Card, NoAnswer, Provider
from subgraphs.payments.providers.sandbox import Sandbox
from subgraphs.payments.rules import Source
from subgraphs.payments.service import Authorization, Payments, Providers
from subgraphs.payments.store import SandboxBooks

APPROVED, DECLINED, CHALLENGED = "4242424242424242", "4000000000009995", "4000002500003155"
CHALLENGE_FAILS, SLOW = "4000008400001629", "4000000000000440"
ANSWER_LOST, REQUEST_LOST, SILENT = "4000000000000408", "4000000000000416", "4000000000000432"
LATE, LATE_DECLINE = "4000000000000457", "4000000000000465"
DUPLICATES, SHUFFLED = "4000000000000473", "4000000000000481"
CAPTURE_FAILS, CAPTURE_LOST, VOID_LOST = "4000000000000499", "4000000000000507", "4000000000000515"
REFUND_FAILS, REFUND_PENDING = "4000000000000523", "4000000000000531"
REFUND_PENDING_FAILS, REFUND_LOST = "4000000000000549", "4000000000000556"
SAVED_THEN_DECLINED = "4000000000000341"
SECRET = "a secret of the sandbox"
TOTAL = Amount(10_000)


def sandbox_of(database: Database, clock: StoppedClock, **changed) -> Sandbox:
    return Sandbox(SandboxBooks(database), **{"webhook_secrets": [SECRET], "clock": clock, "slow_s": 0, **changed})


def payments_of(database: Database, clock: StoppedClock, provider: Provider | None = None) -> Payments:
    return Payments(database, Providers(provider or sandbox_of(database, clock)), clock)


def card(number: str = APPROVED, *, save: bool = False, **changed) -> Source:
    values = {"number": number, "exp_month": 12, "exp_year": 2030, "cvc": "123", **changed}
    return Source(card=Card(**values), save=save)


def wish(number: str = APPROVED, *, key: str | None = None, amount: Amount = TOTAL, **changed) -> Authorization:
    key = key or new_id()
    values = {"order_id": f"order-{key}", "owner": "user:user-alice", "customer_id": "user-alice", **changed}
    return Authorization(amount=amount, key=key, **{"source": card(number), **values})


async def captured(payments: Payments, number: str = APPROVED) -> Payment:
    payment = await payments.authorize(wish(number))
    return await payments.capture(payment.id, TOTAL, key=new_id())


async def ledger_of(database: Database, payment_id: str) -> Ledger:
    async with database.reading() as session:
        payment = await session.get_one(Payment, payment_id)
        rows = await session.scalars(
            select(Transaction).where(Transaction.payment_id == payment_id).order_by(Transaction.sequence)
        )
        return Ledger(payment, list(rows))


async def history(database: Database, payment_id: str) -> list[str]:
    """What was asked and answered, in words; on the way it is checked that the amounts are what the rows add up to."""
    ledger = await ledger_of(database, payment_id)
    payment = ledger.payment
    amounts = (payment.authorized_minor, payment.captured_minor, payment.refunded_minor, payment.refunding_minor)
    assert ledger.sums() == amounts
    return [f"{row.operation} {row.outcome}" for row in ledger.rows]


async def charges(database: Database, key: str) -> list[tuple[ChargeState, int]]:
    async with database.reading() as session:
        rows = await session.scalars(select(SandboxCharge).where(SandboxCharge.idempotency_key == key))
        return [(row.state, row.captured_minor - row.refunded_minor) for row in rows]


async def announced(database: Database, payment_id: str) -> list[str]:
    async with database.reading() as session:
        rows = await session.execute(
            text("SELECT type FROM outbox WHERE aggregate_id = :id ORDER BY position"), {"id": payment_id}
        )
        return list(rows.scalars())


@dataclass
class BadLine:
    """A provider that notes what it is asked, and whose answers are lost as often as it is told.

    `lost` counts, by the name of the question, answers that are lost after the thing was done.
    """

    provider: Provider
    lost: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    before: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)

    def __getattr__(self, name: str):
        value = getattr(self.provider, name)
        if name not in {"open", "authorize", "find", "confirm", "capture", "void", "refund", "keep", "forget"}:
            return value

        async def asking(*args, **kwargs):
            self.asked.append(name)
            if name in self.before:
                await self.before.pop(name)()
            answer = await value(*args, **kwargs)
            if self.lost.get(name, 0) > 0:
                self.lost[name] -= 1
                raise NoAnswer
            return answer

        return asking
