"""Moving counters: the sums, the levels and the ledger together, and telling who is to know of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.events import Event
from chassis.hints import Hints
from chassis.ids import new_id
from chassis.outbox import announce
from subgraphs.inventory import store
from subgraphs.inventory.events import crossings
from subgraphs.inventory.model import Change, Movement, MovementKind, Place


def topic_of(sku: str) -> str:
    """Where hints about a SKU's availability are published."""
    return f"sku:{sku}"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The only way counters move."""

    hints: Hints
    clock: Clock = now

    def row(
        self,
        place: Place,
        change: Change,
        kind: MovementKind,
        *,
        reservation_id: str | None = None,
        cause_id: str | None = None,
    ) -> Movement:
        """A row to record."""
        return Movement(
            id=new_id(),
            sku=place[0],
            warehouse_id=place[1],
            kind=kind.value,
            on_hand=change.on_hand,
            held=change.held,
            committed=change.committed,
            reservation_id=reservation_id,
            cause_id=cause_id,
            at=self.clock(),
        )

    async def record(self, session: AsyncSession, movements: Sequence[Movement]) -> None:
        """Move sums and levels by rows of different places, and keep the rows. Items are locked in SKU order."""
        if not movements:
            return
        changes: defaultdict[str, Change] = defaultdict(Change)
        for row in movements:
            changes[row.sku] += row.change
        for item in await store.move(session, movements, now=self.clock()):
            await self.tell(session, item.sku, *crossings(item, changes[item.sku]))

    async def tell(self, session: AsyncSession, sku: str, *events: Event) -> None:
        """Announce events of a SKU, and let whoever watches it look again."""
        await announce(session, *events, clock=self.clock)
        self.hints.give(session, topic_of(sku))
