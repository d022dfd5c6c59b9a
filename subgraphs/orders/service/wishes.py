"""What people type when they ask for something with an order, checked before any row is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from subgraphs.orders.errors import InvalidInput, QuantityExceeded
from subgraphs.orders.model import Inspected, Line, Return, excess

KEY_MAX: Final = 200
REASON_MAX: Final = 500
TRACKING_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Pieces:
    """So many pieces of an order's line."""

    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Found:
    """What the inspection found of a line: pieces that can be sold again, and accepted ones that cannot."""

    line_id: str
    inspected: Inspected


def key_of(key: str) -> str:
    """An idempotency key. Raises InvalidInput."""
    if not 1 <= len(key) <= KEY_MAX:
        raise InvalidInput(f"A key has between 1 and {KEY_MAX} characters.", field=("idempotencyKey",))
    return key


def text_of(text: str, *, field: str, length_max: int = REASON_MAX) -> str:
    """Something written by a person, without the spaces around it. Raises InvalidInput."""
    stripped = text.strip()
    if not 1 <= len(stripped) <= length_max:
        raise InvalidInput(f"Write between 1 and {length_max} characters.", field=(field,))
    return stripped


def quantities_of(wanted: Sequence[Pieces], lines: Sequence[Line]) -> dict[str, int]:
    """Pieces by line, in the order's order. Raises InvalidInput for none, for a line twice or of another order."""
    if not wanted:
        raise InvalidInput("Name at least one line.", field=("lines",))
    quantities: dict[str, int] = {}
    known = {line.id for line in lines}
    for position, each in enumerate(wanted):
        field = ("lines", str(position))
        if each.line_id not in known:
            raise InvalidInput("This order has no such line.", field=(*field, "lineId"))
        if each.line_id in quantities:
            raise InvalidInput("Name each line once.", field=(*field, "lineId"))
        if each.quantity < 1:
            raise InvalidInput("The quantity is at least 1.", field=(*field, "quantity"))
        quantities[each.line_id] = each.quantity
    return {line.id: quantities[line.id] for line in lines if line.id in quantities}


def refuse_excess(wanted: Mapping[str, int], left: Mapping[str, int], *, message: str) -> None:
    """Raise QuantityExceeded for the first line of which more is wanted than is left."""
    line_id = excess(wanted, left)
    if line_id is not None:
        raise QuantityExceeded(message, field=("lines",), line_id=line_id, left=left.get(line_id, 0))


def inspection_of(found: Sequence[Found], asked: Return) -> dict[str, Inspected]:
    """What was accepted of each of a return's lines. Raises InvalidInput, QuantityExceeded.

    Every line must be named: one that was forgotten would look as if nothing of it was accepted.
    """
    inspected: dict[str, Inspected] = {}
    for position, each in enumerate(found):
        field = ("lines", str(position))
        if each.line_id not in asked.quantities or each.line_id in inspected:
            raise InvalidInput("Name each line of the return once.", field=(*field, "lineId"))
        if each.inspected.restocked < 0 or each.inspected.scrapped < 0:
            raise InvalidInput("A quantity is never less than 0.", field=field)
        inspected[each.line_id] = each.inspected
    missing = [line_id for line_id in asked.quantities if line_id not in inspected]
    if missing:
        raise InvalidInput(f"Say what was accepted of every line; missing: {', '.join(missing)}.", field=("lines",))
    accepted = {line_id: each.accepted for line_id, each in inspected.items()}
    refuse_excess(accepted, asked.quantities, message="No more can be accepted than was to be given back.")
    return inspected
