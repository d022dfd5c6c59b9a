"""What inventory refuses, beside the chassis's NotFound and InvalidInput."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from chassis.errors import RefusalCode, Refused
from chassis.quoting import quoted


@strawberry.type(description="A SKU of which less is available than was asked for.")
class Shortage:
    """What was asked for and what there is, over all warehouses."""

    sku: str
    requested: int
    available: int


class StockShort(Refused):
    """At least one SKU is not available in the quantity asked for; nothing was reserved."""

    code = RefusalCode.INSUFFICIENT
    shortages: list[Shortage]

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        named = ", ".join(f"{each.sku} ({each.available} of {each.requested})" for each in shortages)
        super().__init__(f"Not enough in stock: {named}.", field=("input", "lines"), shortages=list(shortages))


class StockPromised(Refused):
    """The new figure is below what is already held or sold from this warehouse."""

    code = RefusalCode.NOT_POSSIBLE_NOW
    promised: int

    def __init__(self, *, promised: int, field: str) -> None:
        super().__init__(
            f"{promised} are held or sold from this warehouse: the stock on hand cannot go below that.",
            field=("input", field),
            promised=promised,
        )


class ReservationClosed(Refused):
    """The reservation was released or has expired. Expired stock may be reserved again under the same key."""

    code = RefusalCode.EXPIRED
    status: str

    def __init__(self, key: str, status: str) -> None:
        super().__init__(f"The reservation {quoted(key)} is {status}.", field=("key",), status=status)


class ReservationShipped(Refused):
    """Some of what was reserved has left the warehouse: it can come back, and cannot be released."""

    code = RefusalCode.NOT_POSSIBLE_NOW

    def __init__(self, key: str) -> None:
        super().__init__(f"Some of the reservation {quoted(key)} is shipped already.", field=("key",))


class WarehouseExists(Refused):
    """There is a warehouse of this id already."""

    code = RefusalCode.ALREADY_EXISTS
