"""Whatever is asked, answered, lost, repeated or told late: the amounts hold, and the ledger says what happened.

Hypothesis plays a shop and its provider against each other. The provider is the sandbox itself, with books in memory;
what it tells is kept, and reaches the ledger in any order, any number of times, or never.
"""

from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chassis.clock import StoppedClock
from chassis.errors import Refused
from chassis.money import Amount
from subgraphs.payments.model import ENDED_UNPAID, WAITING, Operation, Outcome, Payment, Status, Transaction
from subgraphs.payments.model.ledger import Ledger, void_key
from subgraphs.payments.providers.books import SandboxCharge, SandboxMethod, SandboxOperation, SandboxWebhook
from subgraphs.payments.providers.cards import CARDS, Behaviour
from subgraphs.payments.providers.port import Approved, Card, Charge, Declined, NoAnswer, Refund, RefundState, State
from subgraphs.payments.providers.sandbox import CHALLENGE_CODE, Sandbox
from subgraphs.payments.rules import refuse_impossible

TOTAL = Amount(1_000)
KEY = "the order"
T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("it waited")


@dataclass
class MemoryEntry:
    charge: SandboxCharge
    operations: dict[str, SandboxOperation]

    async def done(self, key: str) -> SandboxOperation | None:
        return self.operations.get(key)

    async def refunds(self) -> Sequence[SandboxOperation]:
        return [each for each in self.operations.values() if each.operation is Operation.REFUND]

    async def method(self, token: str) -> SandboxMethod | None:
        return None

    def write(self, *rows: SandboxOperation | SandboxMethod | SandboxWebhook) -> None:
        self.operations |= {row.idempotency_key: row for row in rows if isinstance(row, SandboxOperation)}


@dataclass
class MemoryBooks:
    """One charge."""

    kept: MemoryEntry | None = None

    async def open(self, charge: SandboxCharge) -> str:
        self.kept = self.kept or MemoryEntry(charge, {})
        return self.kept.charge.reference

    @asynccontextmanager
    async def entry(self, reference: str) -> AsyncIterator[MemoryEntry | None]:
        yield self.kept

    async def method(self, token: str) -> SandboxMethod | None:
        return None

    async def keep(self, method: SandboxMethod) -> None:
        raise AssertionError

    async def forget(self, token: str) -> None:
        raise AssertionError


amounts = st.integers(1, TOTAL.minor).map(Amount)
lines = st.sampled_from(["works", "loses the question", "loses the answer"])
NUMBERS = [number for number, card in CARDS.items() if card.behaviour is not Behaviour.SLOW]


class ShopAndProvider(RuleBasedStateMachine):
    @initialize(number=st.sampled_from(NUMBERS))
    def begin(self, number: str) -> None:
        self.clock = StoppedClock(datetime(2026, 6, 1, tzinfo=UTC))
        self.books = MemoryBooks()
        self.sandbox = Sandbox(self.books, clock=self.clock)
        self.reference = run(self.sandbox.open(TOTAL, key=KEY, customer=None, saves=False))
        self.card = Card(number, 12, 2030, "123")
        self.told: list[Charge] = []
        self.late: list[tuple[Operation, Approved | Declined | Refund, Amount, str]] = []
        self.keys = 0
        self.payment = Payment(
            id="p", order_id="o", owner="w", status=Status.PENDING, currency="USD", amount_minor=TOTAL.minor,
            authorized_minor=0, captured_minor=0, refunding_minor=0, refunded_minor=0, idempotency_key=KEY,
            reference=self.reference, sequence=0, unsettled=False,
        )  # fmt: skip
        self.ledger = Ledger(self.payment, [])
        self.ledger.request(Operation.AUTHORIZATION, TOTAL, key=KEY, at=self.clock())

    # ------------------------------------------------------------------------------------------------ the provider

    def find(self) -> Charge | None:
        try:
            return run(self.sandbox.find(self.reference))
        except NoAnswer:
            return None

    @rule()
    def the_provider_tells_how_it_stands(self) -> None:
        if charge := self.find():
            self.told.append(charge)

    @rule(data=st.data())
    @precondition(lambda self: self.told)
    def something_that_was_told_arrives(self, data: st.DataObject) -> None:
        self.ledger.learn(data.draw(st.sampled_from(self.told)), at=self.clock())

    @rule(seconds=st.integers(1, 10))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    @rule(code=st.sampled_from([CHALLENGE_CODE, "000000"]))
    def the_customer_answers_their_bank(self, code: str) -> None:
        run(self.sandbox.confirm(self.reference, code=code))

    @rule(amount=amounts, number=st.integers(1, 3))
    def somebody_refunds_at_the_provider_itself(self, amount: Amount, number: int) -> None:
        with suppress(NoAnswer):
            run(self.sandbox.refund(self.reference, amount, key=f"by hand {number}"))

    # ---------------------------------------------------------------------------------------------------- the shop

    @rule(line=lines)
    @precondition(lambda self: self.payment.status in WAITING)
    def the_shop_charges(self, line: str) -> None:
        if line == "loses the question":
            return
        try:
            charge = run(self.sandbox.authorize(self.reference, self.card, key=KEY))
        except NoAnswer:
            return
        self.told.append(charge)
        if line == "works":
            self.ledger.learn(charge, at=self.clock())

    def ask(self, operation: Operation, amount: Amount, key: str) -> Approved | Declined | Refund:
        match operation:
            case Operation.CAPTURE:
                return run(self.sandbox.capture(self.reference, amount, key=key))
            case Operation.REFUND:
                return run(self.sandbox.refund(self.reference, amount, key=key))
            case _:
                return run(self.sandbox.void(self.reference))

    def change(self, operation: Operation, amount: Amount, key: str, line: str) -> None:
        if line == "loses the question":
            return
        try:
            answer = self.ask(operation, amount, key)
        except NoAnswer:
            return
        self.late.append((operation, answer, amount, key))
        if line == "works":
            self.ledger.resolve(operation, answer, amount, key=key, at=self.clock())

    @rule(data=st.data())
    @precondition(lambda self: self.late)
    def an_answer_arrives_late_or_twice(self, data: st.DataObject) -> None:
        operation, answer, amount, key = data.draw(st.sampled_from(self.late))
        self.ledger.resolve(operation, answer, amount, key=key, at=self.clock())

    @rule(operation=st.sampled_from([Operation.CAPTURE, Operation.REFUND]), amount=amounts, line=lines)
    def the_shop_asks(self, operation: Operation, amount: Amount, line: str) -> None:
        try:
            refuse_impossible(self.payment, operation, amount)
        except Refused:
            return
        self.keys += 1
        key = f"{operation} {self.keys}"
        self.ledger.request(operation, amount, key=key, at=self.clock())
        self.change(operation, amount, key, line)

    @rule(line=lines)
    @precondition(lambda self: self.payment.status in {*WAITING, Status.AUTHORIZED})
    def the_shop_gives_up(self, line: str) -> None:
        key = void_key(self.payment)
        if self.ledger.last(Operation.VOID, key) is None:
            self.ledger.request(Operation.VOID, self.payment.money(0), key=key, at=self.clock())
        self.change(Operation.VOID, self.payment.money(0), key, line)
        if line != "works":
            self.ledger.give_up(at=self.clock())

    @rule(data=st.data(), line=lines)
    def the_shop_asks_again(self, data: st.DataObject, line: str) -> None:
        if still_open := self.ledger.open(Operation.CAPTURE, Operation.VOID, Operation.REFUND):
            asked = data.draw(st.sampled_from(still_open))
            self.change(asked.operation, asked.amount, asked.idempotency_key, line)

    # -------------------------------------------------------------------------------------------------- what holds

    @invariant()
    def the_amounts_are_in_their_bounds(self) -> None:
        payment = self.payment
        assert 0 <= payment.authorized_minor <= payment.amount_minor
        assert 0 <= payment.captured_minor <= payment.authorized_minor
        assert payment.refunded_minor >= 0
        assert payment.refunding_minor >= 0
        assert payment.refunded_minor + payment.refunding_minor <= payment.captured_minor

    @invariant()
    def the_amounts_are_what_the_ledger_adds_up_to(self) -> None:
        payment = self.payment
        held = (payment.authorized_minor, payment.captured_minor, payment.refunded_minor, payment.refunding_minor)
        assert self.ledger.sums() == held

    @invariant()
    def nothing_is_written_twice(self) -> None:
        places = [(row.operation, row.idempotency_key, row.outcome) for row in self.ledger.rows]
        assert len(set(places)) == len(places)
        assert [row.sequence for row in self.ledger.rows] == list(range(1, len(places) + 1))

    @invariant()
    def a_settled_payment_knows_its_outcome(self) -> None:
        assert self.payment.unsettled is self.ledger.is_unsettled
        if self.payment.status in ENDED_UNPAID:
            assert self.payment.captured_minor == 0

    def teardown(self) -> None:
        """Asked often enough, shop and provider agree to the cent."""
        if not hasattr(self, "books"):
            return
        for _ in range(12):
            self.clock.advance(seconds=10)
            if charge := self.find():
                self.ledger.learn(charge, at=self.clock())
            for asked in self.ledger.open(Operation.CAPTURE, Operation.VOID, Operation.REFUND):
                self.change(asked.operation, asked.amount, asked.idempotency_key, "works")
        charge = self.find()
        assert charge is not None
        self.ledger.learn(charge, at=self.clock())
        payment = self.payment
        back = sum(refund.minor for refund in charge.refunds if refund.state is RefundState.SUCCEEDED)
        assert (payment.captured_minor, payment.refunded_minor) == (charge.captured_minor, back)
        assert payment.unsettled is (payment.status in WAITING)
        held = charge.state in {State.AUTHORIZED, State.CAPTURED}
        assert held is (payment.status not in WAITING | ENDED_UNPAID)
        self.the_amounts_are_what_the_ledger_adds_up_to()
        self.nothing_is_written_twice()


ShopAndProvider.TestCase.settings = settings(
    max_examples=200, stateful_step_count=40, suppress_health_check=list(HealthCheck), derandomize=True
)
TestShopAndProvider = ShopAndProvider.TestCase


def ledger_with(*rows: tuple[Operation, Outcome, int, str]) -> Ledger:
    payment = Payment(
        id="p", order_id="o", owner="w", status=Status.PENDING, currency="USD", amount_minor=TOTAL.minor,
        authorized_minor=0, captured_minor=0, refunding_minor=0, refunded_minor=0, idempotency_key=KEY,
        reference="r", sequence=0, unsettled=False,
    )  # fmt: skip
    ledger = Ledger(payment, [])
    for operation, outcome, minor, key in rows:
        if outcome is Outcome.REQUESTED:
            ledger.request(operation, Amount(minor), key=key, at=datetime.now(UTC))
        else:
            ledger.answer(operation, outcome, Amount(minor), key=key, at=datetime.now(UTC))
    return ledger


PAID = (
    (Operation.AUTHORIZATION, Outcome.REQUESTED, 1_000, KEY),
    (Operation.AUTHORIZATION, Outcome.SUCCEEDED, 1_000, KEY),
    (Operation.CAPTURE, Outcome.REQUESTED, 1_000, "c"),
    (Operation.CAPTURE, Outcome.SUCCEEDED, 1_000, "c"),
)


def told(refund: Refund) -> Charge:
    return Charge("r", State.CAPTURED, captured_minor=1_000, refunds=[refund])


def outcomes(rows: Sequence[Transaction]) -> list[str]:
    return [f"{row.operation} {row.outcome}" for row in rows]


def test_a_refund_the_bank_sends_back_is_ours_again_once() -> None:
    ledger = ledger_with(*PAID)
    sent = Refund("re", 1_000, RefundState.SUCCEEDED, key="mine")
    came_back = Refund("re", 1_000, RefundState.FAILED, key="mine", code="account_closed")

    for refund in (sent, sent, came_back, sent, came_back):
        assert ledger.learn(told(refund), at=datetime.now(UTC))

    assert ledger.payment.status is Status.CAPTURED
    assert outcomes(ledger.rows)[-3:] == ["REFUND REQUESTED", "REFUND SUCCEEDED", "REFUND REVERSED"]


def test_a_refund_made_at_the_provider_itself_waits_for_room() -> None:
    ledger = ledger_with(*PAID, (Operation.REFUND, Outcome.REQUESTED, 600, "mine"))
    by_hand = Refund("re", 700, RefundState.SUCCEEDED)

    assert not ledger.learn(told(by_hand), at=datetime.now(UTC))
    ledger.resolve(Operation.REFUND, Declined("refund_exceeds_charge"), Amount(600), key="mine", at=datetime.now(UTC))

    assert ledger.learn(told(by_hand), at=datetime.now(UTC))
    assert (ledger.payment.refunded_minor, ledger.payment.refunding_minor) == (700, 0)


def test_a_charge_the_provider_let_go_by_itself_is_voided_here() -> None:
    ledger = ledger_with(*PAID[:2])

    for _ in range(2):
        ledger.learn(Charge("r", State.VOIDED), at=datetime.now(UTC))

    assert ledger.payment.status is Status.VOIDED
    assert outcomes(ledger.rows)[2:] == ["VOID REQUESTED", "VOID SUCCEEDED"]


def test_an_approval_from_before_the_void_is_no_late_approval() -> None:
    ledger = ledger_with(*PAID[:2])
    ledger.learn(Charge("r", State.VOIDED), at=datetime.now(UTC))

    ledger.learn(Charge("r", State.AUTHORIZED), at=datetime.now(UTC))

    assert not ledger.has(Operation.AUTHORIZATION, Outcome.TOO_LATE)


@pytest.mark.parametrize("stale", [State.OPEN, State.PROCESSING, State.ACTION_REQUIRED, State.AUTHORIZED])
def test_what_is_older_than_what_is_known_adds_nothing(stale: State) -> None:
    ledger = ledger_with(*PAID)

    ledger.learn(Charge("r", stale), at=datetime.now(UTC))

    assert ledger.payment.status is Status.CAPTURED
    assert len(ledger.rows) == 4
