"""Where a payment may be and what moves it, as a table.

A payment starts PENDING, before the provider is asked, so an answer that never comes leaves something to ask about:

    PENDING → AUTHORIZED | REQUIRES_ACTION | DECLINED | VOIDED
    REQUIRES_ACTION → AUTHORIZED | DECLINED | VOIDED
    AUTHORIZED → CAPTURED | VOIDED
    CAPTURED → PARTIALLY_REFUNDED → REFUNDED

A payment that is given up while its provider is still thinking is VOIDED at once (a void that is PENDING); whatever the
provider comes to later is let go.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sqlalchemy import Enum
from sqlalchemy.orm import DeclarativeBase


class Status(StrEnum):
    """Where a payment is."""

    PENDING = "PENDING"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    DECLINED = "DECLINED"


class Operation(StrEnum):
    """What the provider is asked to do."""

    AUTHORIZATION = "AUTHORIZATION"
    CAPTURE = "CAPTURE"
    VOID = "VOID"
    REFUND = "REFUND"


class Outcome(StrEnum):
    """What came of asking. REQUESTED is written before the provider is asked, the rest after.

    PENDING: taken on, the answer comes later. TOO_LATE: approved after the payment was given up, to be let go again.
    REVERSED: a refund that had succeeded and came back, as when the customer's account is closed.
    """

    REQUESTED = "REQUESTED"
    PENDING = "PENDING"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    SUCCEEDED = "SUCCEEDED"
    DECLINED = "DECLINED"
    TOO_LATE = "TOO_LATE"
    REVERSED = "REVERSED"


class MethodKind(StrEnum):
    """The ways to pay."""

    CARD = "CARD"
    WALLET = "WALLET"


class ChargeStatus(StrEnum):
    """How far an order is paid, over all its payments."""

    NONE = "NONE"
    PENDING = "PENDING"
    AUTHORIZED = "AUTHORIZED"
    PARTIALLY_CHARGED = "PARTIALLY_CHARGED"
    FULLY_CHARGED = "FULLY_CHARGED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"


# Nobody knows yet what comes of the authorization.
WAITING: Final = frozenset({Status.PENDING, Status.REQUIRES_ACTION})
# Nothing was taken, and nothing may stay reserved.
ENDED_UNPAID: Final = frozenset({Status.VOIDED, Status.DECLINED})
# After one of these, an operation under its key is over.
FINAL: Final = frozenset({Outcome.SUCCEEDED, Outcome.DECLINED})

# REFUNDED is reached by amounts: a refund that leaves nothing.
TRANSITIONS: Final[Mapping[tuple[Status, Operation, Outcome], Status]] = {
    (Status.PENDING, Operation.AUTHORIZATION, Outcome.SUCCEEDED): Status.AUTHORIZED,
    (Status.PENDING, Operation.AUTHORIZATION, Outcome.ACTION_REQUIRED): Status.REQUIRES_ACTION,
    (Status.PENDING, Operation.AUTHORIZATION, Outcome.DECLINED): Status.DECLINED,
    (Status.PENDING, Operation.VOID, Outcome.PENDING): Status.VOIDED,
    (Status.PENDING, Operation.VOID, Outcome.SUCCEEDED): Status.VOIDED,
    (Status.REQUIRES_ACTION, Operation.AUTHORIZATION, Outcome.SUCCEEDED): Status.AUTHORIZED,
    (Status.REQUIRES_ACTION, Operation.AUTHORIZATION, Outcome.DECLINED): Status.DECLINED,
    (Status.REQUIRES_ACTION, Operation.VOID, Outcome.PENDING): Status.VOIDED,
    (Status.REQUIRES_ACTION, Operation.VOID, Outcome.SUCCEEDED): Status.VOIDED,
    (Status.AUTHORIZED, Operation.CAPTURE, Outcome.SUCCEEDED): Status.CAPTURED,
    (Status.AUTHORIZED, Operation.VOID, Outcome.SUCCEEDED): Status.VOIDED,
    (Status.CAPTURED, Operation.REFUND, Outcome.SUCCEEDED): Status.PARTIALLY_REFUNDED,
    (Status.PARTIALLY_REFUNDED, Operation.REFUND, Outcome.SUCCEEDED): Status.PARTIALLY_REFUNDED,
    (Status.PARTIALLY_REFUNDED, Operation.REFUND, Outcome.REVERSED): Status.PARTIALLY_REFUNDED,
    (Status.REFUNDED, Operation.REFUND, Outcome.REVERSED): Status.PARTIALLY_REFUNDED,
    # The provider says of a payment that was given up, or of one it had declined, that nothing is left of it.
    (Status.VOIDED, Operation.VOID, Outcome.SUCCEEDED): Status.VOIDED,
    (Status.DECLINED, Operation.VOID, Outcome.SUCCEEDED): Status.DECLINED,
}


class IllegalTransition(Exception):
    """An answer that cannot follow a payment's status: a fault, never the customer's doing."""


def words(of: type[StrEnum]) -> Enum:
    """A text column holding one of the enum's values; the migration's CHECK repeats the list."""
    return Enum(of, native_enum=False, length=None, create_constraint=False)


class Base(DeclarativeBase):
    """The tables of this subgraph's database."""
