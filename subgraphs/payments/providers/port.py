"""What payments asks of a provider, and what a provider may answer.

A charge is opened first, which moves nothing and gives it the name (`reference`) by which everything else about it is
asked; so an authorization whose answer is lost can be asked about by that name. Every question carries an idempotency
key, and asking twice with one key does the thing once. A provider that does not answer in time raises NoAnswer, after
which only `find` tells what became of the charge: nobody may assume either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from chassis.money import Amount
from subgraphs.payments.model.person import Method


class NoAnswer(Exception):
    """The provider did not answer in time; it may or may not have done what it was asked."""


class Malformed(Exception):
    """What arrived as a webhook is not one; the message says what is wrong with it."""


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


class State(StrEnum):
    """Where a charge is at the provider. OPEN: it has a name, and nobody was asked for money."""

    OPEN = "OPEN"
    PROCESSING = "PROCESSING"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    AUTHORIZED = "AUTHORIZED"
    DECLINED = "DECLINED"
    CAPTURED = "CAPTURED"
    VOIDED = "VOIDED"


class RefundState(StrEnum):
    """Where a refund is. A succeeded one may still fail, when the customer's bank sends the money back."""

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund as the provider knows it. `key` is ours; None when somebody made it at the provider itself."""

    reference: str
    minor: int
    state: RefundState
    key: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A way to pay that the provider keeps: its own name for it, and how it may be shown."""

    token: str
    method: Method


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as the provider knows it at one moment; amounts in minor units.

    `code` says why it was declined, `url` is where the customer proves themself to their bank, `kept` is what it was
    paid with where the provider tells.
    """

    reference: str
    state: State
    captured_minor: int = 0
    refunds: Sequence[Refund] = ()
    code: str = ""
    url: str = ""
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Approved:
    """Done."""


@dataclass(frozen=True, slots=True)
class Declined:
    """No. `code` is the provider's, in the words of card networks: insufficient_funds, expired_card, …

    One that is not final may be asked again later.
    """

    code: str
    is_final: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """What a webhook says, as far as payments listens: that something about a charge may have changed.

    What has changed is asked of the provider afterwards, so neither order nor repetition matters.
    """

    event_id: str
    type: str
    reference: str | None


class Provider(Protocol):
    """A payment provider. Every asynchronous method raises NoAnswer when the provider does not answer in time."""

    @property
    def name(self) -> str:
        """The provider's name, stored with each payment."""

    @property
    def signature_header(self) -> str:
        """The header, in lower case, that carries a webhook's signature."""

    @property
    def webhook_secrets(self) -> Sequence[str]:
        """What webhooks may be signed with: several while one replaces another."""

    @property
    def names_customers(self) -> bool:
        """Whether it wants to know whose ways to pay it keeps."""

    def refusal_of(self, source: Card | Token) -> str | None:
        """Why this provider will not take such a source, for the customer to read; None when it will."""

    def read(self, body: bytes) -> Notice:
        """What a webhook says, once its signature was found right. Raises Malformed."""

    def hint_of(self, kind: str) -> State | None:
        """Where a charge was when a webhook of this type was written; None for a type that does not say."""

    async def open(self, amount: Amount, *, key: str, customer: str | None, saves: bool) -> str:
        """The name of a charge of this amount, the same for the same key; moves nothing.

        `customer` is the provider's name of whoever pays, where it has one; `saves` whether it shall keep what the
        charge is paid with.
        """

    async def authorize(self, reference: str, source: Card | Token, *, key: str) -> Charge:
        """Reserve the amount on the customer's account."""

    async def find(self, reference: str) -> Charge:
        """What became of a charge and its refunds."""

    async def confirm(self, reference: str, *, code: str) -> None:
        """Pass on what the customer answered to their bank's challenge; `find` tells what it led to.

        A provider whose bank asks the customer itself has nothing to pass on.
        """

    async def capture(self, reference: str, amount: Amount, *, key: str) -> Approved | Declined:
        """Take an authorized amount."""

    async def void(self, reference: str) -> Approved | Declined:
        """Let a charge go without taking anything, and refuse whatever authorization of it is still on its way."""

    async def refund(self, reference: str, amount: Amount, *, key: str) -> Refund | Declined:
        """Give back some of what was captured."""

    async def customer(self, customer_id: str) -> str:
        """The provider's name for a customer of ours, made when needed; asked only where it names customers."""

    async def keep(self, source: Card | Token, method: Method, *, customer: str | None, key: str) -> Kept | Declined:
        """Keep a way to pay for later charges, without charging it."""

    async def forget(self, token: str) -> None:
        """Keep a way to pay no longer; one that is not kept is no error."""
