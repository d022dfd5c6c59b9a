"""Parcels: what was shipped of an order, and how much of it is left. Without SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .orders import Base, Line


class Parcel(Base):
    """Something that left the warehouse, once per order and key."""

    __tablename__ = "parcels"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    idempotency_key: Mapped[str] = mapped_column(Text)
    tracking: Mapped[str | None] = mapped_column(Text)
    shipped_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    lines: Mapped[list[ParcelLine]] = relationship(lazy="selectin", order_by="ParcelLine.line_id")

    @property
    def quantities(self) -> dict[str, int]:
        """Pieces by line."""
        return {line.line_id: line.quantity for line in self.lines}


class ParcelLine(Base):
    """So many pieces of a line in a parcel."""

    __tablename__ = "parcel_lines"

    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcels.id"), primary_key=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("order_lines.id"), primary_key=True)
    quantity: Mapped[int] = mapped_column(Integer)


def unshipped(lines: Sequence[Line], parcels: Iterable[Parcel]) -> dict[str, int]:
    """How many pieces of each line are still to be shipped; lines that are gone are left out."""
    shipped = Counter[str]()
    for parcel in parcels:
        shipped.update(parcel.quantities)
    return {line.id: line.quantity - shipped[line.id] for line in lines if line.quantity > shipped[line.id]}


def excess(wanted: Mapping[str, int], left: Mapping[str, int]) -> str | None:
    """The first line of which more is wanted than is left."""
    return next((line_id for line_id, quantity in wanted.items() if quantity > left.get(line_id, 0)), None)
