"""A provider that behaves like a real one without moving money: the card number chooses what happens.

It remembers every charge by idempotency key in tables of its own, in transactions of its own, because a real provider
also goes on knowing what it did after the caller was cut off, restarted or killed.
"""

from __future__ import annotations

from dataclasses import dataclass

from chassis.ids import new_id
from chassis.money import Amount
from subgraphs.payments.model import Operation

from .cards import CARDS, TOKENS, UNKNOWN, Behaviour
from .ledger import Books, Change, SandboxCharge, SandboxOperation
from .port import Answer, Approved, Card, Declined, NoAnswer, Token

_TIMES_OUT = frozenset({Behaviour.ANSWER_LOST, Behaviour.REQUEST_LOST, Behaviour.SILENT})
# What the sandbox's bank accepts as proof; anything else fails the challenge.
CHALLENGE_CODE = "123456"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The `sandbox` provider. `challenge_url` is where a bank would ask its customer for proof."""

    books: Books
    challenge_url: str = "https://sandbox.invalid/challenges"

    @property
    def name(self) -> str:
        """Stored with each payment."""
        return "sandbox"

    async def authorize(self, source: Card | Token, amount: Amount, *, key: str) -> Answer:
        """Do what the card number says, once per key."""
        card = CARDS.get(source.number, UNKNOWN) if isinstance(source, Card) else TOKENS.get(source.value, UNKNOWN)
        first = SandboxCharge.first(card, amount, key=key, reference=f"sandbox-{new_id()}")
        is_first = await self.books.open(first)
        if not is_first:
            async with self.books.charge(key) as charge:
                if charge is not None:
                    charge.arrived()
        if is_first and card.behaviour in _TIMES_OUT:
            raise NoAnswer
        answer = await self.find(key)
        if answer is None:
            raise NoAnswer
        return answer

    async def find(self, key: str) -> Answer | None:
        """What became of the key; a SILENT charge raises NoAnswer a few times first."""
        async with self.books.charge(key) as charge:
            if charge is None:
                return None
            is_silent = charge.kept_silent()
            answer = charge.answer(challenge_url=self.challenge_url)
        if is_silent:
            raise NoAnswer
        return answer

    async def confirm(self, key: str, *, code: str) -> None:
        """The customer types `code` into their bank's page: CHALLENGE_CODE passes, all else fails."""
        async with self.books.charge(key) as charge:
            if charge is not None:
                charge.challenged(passed=code == CHALLENGE_CODE)

    async def capture(self, reference: str, amount: Amount, *, key: str) -> Approved | Declined:
        """Take an authorized amount."""
        return await self._change(Operation.CAPTURE, reference, amount.minor, key=key)

    async def void(self, reference: str, *, key: str) -> Approved | Declined:
        """Let an authorization go."""
        return await self._change(Operation.VOID, reference, 0, key=key)

    async def refund(self, reference: str, amount: Amount, *, key: str) -> Approved | Declined:
        """Give back some of what was captured."""
        return await self._change(Operation.REFUND, reference, amount.minor, key=key)

    async def _change(self, operation: Change, reference: str, minor: int, *, key: str) -> Approved | Declined:
        # The charge's lock makes two requests with one key take turns.
        async with self.books.entry(reference, key=key) as entry:
            if entry is None:
                return Declined("charge_unknown")
            if entry.done is not None:
                return Declined(entry.done.code) if entry.done.code else Approved(reference)
            answer = entry.charge.apply(operation, minor)
            code = answer.code if isinstance(answer, Declined) else ""
            entry.write(
                SandboxOperation(
                    idempotency_key=key, reference=reference, operation=operation, amount_minor=minor, code=code
                )
            )
        return answer
