"""What becomes of an order, told to everybody at once: its history, other subgraphs, its customer, whoever watches it.

All but the hint to those who watch is written in the transaction that changes the order.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.database import after_commit
from chassis.events import Event
from chassis.letters import Letters
from chassis.live import Live
from chassis.mail import post
from chassis.money import Amount
from chassis.outbox import announce
from subgraphs.orders import store
from subgraphs.orders.model import Line, Order, OrderToken, Parcel, digest
from subgraphs.orders.status import Kind

MAILS: Final = Path(__file__).parent.parent / "mails"


def topic_of(order_id: str) -> str:
    """Where hints about an order are published."""
    return f"order:{order_id}"


@dataclass(frozen=True, slots=True)
class Herald:
    """Tells what happens to orders."""

    letters: Letters
    live: Live
    clock: Clock = now
    # A task nobody refers to may be collected before it has run.
    _hints: set[asyncio.Task[None]] = field(default_factory=set)

    async def record(
        self,
        session: AsyncSession,
        order: Order,
        kind: Kind,
        *events: Event,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Let `kind` happen to a locked order and announce the events. Raises IllegalTransition."""
        store.add(session, order.record(kind, at=self.clock(), facts=facts))
        await self.announce(session, order, *events)

    async def announce(self, session: AsyncSession, order: Order, *events: Event) -> None:
        """Announce events of an order, and that it has changed."""
        await announce(session, *events, clock=self.clock)
        topic = topic_of(order.id)
        after_commit(session, lambda: self._hint(topic))

    def _hint(self, topic: str) -> None:
        task = asyncio.get_running_loop().create_task(self.live.publish(topic))
        self._hints.add(task)
        task.add_done_callback(self._hints.discard)

    # --------------------------------------------------------------------------------------------------------- mails

    async def write_confirmed(self, session: AsyncSession, order: Order, lines: Sequence[Line]) -> None:
        """The order stands."""
        await self._write(session, order, "confirmed", about="confirmed", lines=_shown(order, lines))

    async def write_shipped(
        self, session: AsyncSession, order: Order, parcel: Parcel, lines: Sequence[Line], *, is_partial: bool
    ) -> None:
        """A parcel is on its way."""
        sent = [
            {"name": line.name, "quantity": parcel.quantities[line.id]}
            for line in lines
            if line.id in parcel.quantities
        ]
        await self._write(
            session,
            order,
            "shipped",
            about=f"parcel:{parcel.id}",
            lines=sent,
            tracking=parcel.tracking,
            is_partial=is_partial,
        )

    async def write_cancelled(self, session: AsyncSession, order: Order) -> None:
        """The order was cancelled; `paid` says whether money has to go back."""
        await self._write(session, order, "cancelled", about="cancelled", was_paid=order.confirmed_at is not None)

    async def write_refunded(self, session: AsyncSession, order: Order, amount: Amount, *, cause: str) -> None:
        """Money went back, because of a cancellation or a return."""
        await self._write(session, order, "refunded", about=f"refund:{cause}", amount=str(amount))

    async def write_given_up(self, session: AsyncSession, order: Order, message: str) -> None:
        """A checkout whose customer no longer waits for the answer came to nothing."""
        await self._write(session, order, "given_up", about="given_up", message=message)

    async def _write(self, session: AsyncSession, order: Order, name: str, *, about: str, **facts: Any) -> None:
        if order.email is None:
            return
        mail = self.letters.mail(
            name,
            to=order.email,
            key=f"order:{order.id}:{about}",
            number=order.number,
            total=str(order.total),
            path=await self._path(session, order),
            **facts,
        )
        await post(session, mail, clock=self.clock)

    async def _path(self, session: AsyncSession, order: Order) -> str:
        """Where the order is shown. A guest's link carries a token of its own, of which only the digest is kept."""
        if order.customer_id is not None:
            return f"/orders/{order.id}"
        token = secrets.token_urlsafe(32)
        store.add(session, OrderToken(token_digest=digest(token), order_id=order.id))
        return f"/orders/{order.id}?token={token}"


def _shown(order: Order, lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [
        {"name": line.name, "quantity": line.quantity, "total": str(order.money(line.total_minor))} for line in lines
    ]
