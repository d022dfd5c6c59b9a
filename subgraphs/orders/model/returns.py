"""Returns: what a customer gives back, what the inspection accepts of it, and what that is worth. Without SQL.

    REQUESTED → DECLINED
    REQUESTED → RECEIVED → REFUNDED          the refund is asked of payments in between, until it is certain

An order has one open return at a time; one after another it may have several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, DateTime, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.money import Amount
from subgraphs.orders.quote import share

from .checkouts import LEASE, pause_after
from .orders import Base, Line, Order, words


class ReturnStatus(StrEnum):
    """Where a return is."""

    REQUESTED = "REQUESTED"
    DECLINED = "DECLINED"
    RECEIVED = "RECEIVED"
    REFUNDED = "REFUNDED"


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was accepted of a line: pieces that can be sold again, and pieces that cannot."""

    restocked: int
    scrapped: int

    @property
    def accepted(self) -> int:
        """Both: what is refunded."""
        return self.restocked + self.scrapped


class Return(Base):
    """Something given back, once per order and key.

    `refund_minor` is what the accepted pieces cost, decided by the inspection. `attempt` counts the refunds asked of
    payments: a new one begins only when the last was refused, never when its outcome is unknown. While RECEIVED,
    `leased_until` says that some process is at work on the refund.
    """

    __tablename__ = "returns"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    idempotency_key: Mapped[str] = mapped_column(Text)
    status: Mapped[ReturnStatus] = mapped_column(words(ReturnStatus))
    reason: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    refund_minor: Mapped[int] = mapped_column(BigInteger)
    attempt: Mapped[int] = mapped_column(Integer)
    leased_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    lines: Mapped[list[ReturnLine]] = relationship(lazy="selectin", order_by="ReturnLine.line_id")

    @property
    def quantities(self) -> dict[str, int]:
        """Pieces by line, as they were requested."""
        return {line.line_id: line.quantity for line in self.lines}

    @property
    def accepted(self) -> dict[str, int]:
        """Pieces by line that were accepted."""
        return {line.line_id: line.inspected.accepted for line in self.lines if line.inspected.accepted}

    @property
    def refund_key(self) -> str:
        """What payments knows the refund by."""
        first = f"{self.order_id}:refund:{self.id}"
        return first if self.attempt == 1 else f"{first}:{self.attempt}"

    def decline(self, note: str | None, *, at: datetime) -> None:
        """Nothing is accepted."""
        self.status, self.note, self.closed_at = ReturnStatus.DECLINED, note, at

    def receive(
        self, inspected: Mapping[str, Inspected], *, order: Order, lines: Sequence[Line], before: Mapping[str, int],
        at: datetime,
    ) -> None:  # fmt: skip
        """Accept these pieces; `before` were accepted of each line by earlier returns. Leased to the caller."""
        paid = {line.id: line for line in lines}
        refund = Amount.zero(order.currency)
        for row in self.lines:
            found = inspected.get(row.line_id, NOTHING_ACCEPTED)
            row.restocked, row.scrapped = found.restocked, found.scrapped
            line = paid[row.line_id]
            refund += share(
                order.money(line.paid_minor),
                pieces=line.quantity,
                before=before.get(row.line_id, 0),
                taken=found.accepted,
            )
        self.status, self.refund_minor = ReturnStatus.RECEIVED, refund.minor
        self.lease(at=at)

    def lease(self, *, at: datetime) -> None:
        """Work on its refund until further notice."""
        self.leased_until = at + LEASE

    def pause(self, *, at: datetime) -> None:
        """Leave the refund for whoever comes next."""
        self.leased_until = at

    def refund_later(self, *, at: datetime, at_most: Amount | None = None) -> None:
        """The refund was refused: begin another one, later each time.

        `at_most` is what payments can still give back: somebody has given back the rest by hand.
        """
        if at_most is not None:
            self.refund_minor = min(self.refund_minor, at_most.minor)
        self.leased_until = at + pause_after(self.attempt)
        self.attempt += 1

    def refunded(self, *, at: datetime) -> None:
        """The money has gone back."""
        self.status, self.closed_at = ReturnStatus.REFUNDED, at


class ReturnLine(Base):
    """So many pieces of a line given back, and what became of them; the rest was not accepted."""

    __tablename__ = "return_lines"

    return_id: Mapped[str] = mapped_column(ForeignKey("returns.id"), primary_key=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("order_lines.id"), primary_key=True)
    quantity: Mapped[int] = mapped_column(Integer)
    restocked: Mapped[int] = mapped_column(Integer)
    scrapped: Mapped[int] = mapped_column(Integer)

    @property
    def inspected(self) -> Inspected:
        """What was accepted of it; nothing before the inspection."""
        return Inspected(self.restocked, self.scrapped)


NOTHING_ACCEPTED: Final = Inspected(0, 0)


def accepted_of(returns: Iterable[Return]) -> dict[str, int]:
    """How many pieces of each line were accepted by these returns together."""
    accepted = Counter[str]()
    for each in returns:
        accepted.update(each.accepted)
    return dict(accepted)


def returnable(lines: Sequence[Line], returns: Iterable[Return]) -> dict[str, int]:
    """How many pieces of each line of a delivered order may still be given back."""
    given = accepted_of(returns)
    return {line.id: line.quantity - given.get(line.id, 0) for line in lines if line.quantity > given.get(line.id, 0)}
