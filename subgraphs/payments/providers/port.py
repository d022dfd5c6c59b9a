"""What payments asks of a provider, and what a provider may answer.

Every question carries an idempotency key, and asking twice with one key does the thing once. A provider that does not
answer in time raises NoAnswer, after which only `find` tells what became of the key: nobody may assume either way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chassis.money import Amount


class NoAnswer(Exception):
    """The provider did not answer in time; it may or may not have done what it was asked."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card as its holder types it. It passes through and is never stored or logged."""

    number: str
    exp_month: int
    exp_year: int
    cvc: str
    holder: str | None = None

    def __repr__(self) -> str:
        return f"Card(…{self.number[-4:]})"


@dataclass(frozen=True, slots=True)
class Token:
    """The provider's own name for a way to pay it already knows."""

    value: str


@dataclass(frozen=True, slots=True)
class Approved:
    """Done. `reference` is the provider's id of the charge."""

    reference: str


@dataclass(frozen=True, slots=True)
class ActionRequired:
    """The customer must prove themself to their bank at `url` first (3-D Secure)."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class Declined:
    """No. `code` is the provider's, in the words of card networks: insufficient_funds, expired_card, …"""

    code: str


Answer = Approved | ActionRequired | Declined


class Provider(Protocol):
    """A payment provider. Every method raises NoAnswer when the provider does not answer in time."""

    @property
    def name(self) -> str:
        """The provider's name, stored with each payment."""

    async def authorize(self, source: Card | Token, amount: Amount, *, key: str) -> Answer:
        """Reserve the amount on the customer's account."""

    async def find(self, key: str) -> Answer | None:
        """What became of the authorization asked for under `key`; None when it never arrived."""

    async def confirm(self, key: str, *, code: str) -> None:
        """Pass on what the customer answered to their bank's challenge; `find` tells what it led to.

        A provider whose bank asks the customer itself has nothing to pass on.
        """

    async def capture(self, reference: str, amount: Amount, *, key: str) -> Approved | Declined:
        """Take an authorized amount."""

    async def void(self, reference: str, *, key: str) -> Approved | Declined:
        """Let an authorization go without taking anything."""

    async def refund(self, reference: str, amount: Amount, *, key: str) -> Approved | Declined:
        """Give back some of what was captured."""
