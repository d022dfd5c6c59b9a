"""The places where stock lies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chassis.database import Database
from chassis.errors import InvalidInput, NotFound
from chassis.quoting import quoted
from chassis.viewer import Viewer
from subgraphs.inventory import store
from subgraphs.inventory.errors import WarehouseExists
from subgraphs.inventory.model import Warehouse

ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]")
NAME_MAX: Final = 100
PRIORITY_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Warehouses:
    """Opening warehouses, and saying which is taken from first."""

    database: Database

    async def all(self) -> Sequence[Warehouse]:
        """Every warehouse, the preferred first."""
        async with self.database.reading() as session:
            return await store.warehouses(session)

    async def open(self, id: str, *, name: str, priority: int, viewer: Viewer) -> Warehouse:
        """A further warehouse, with nothing in it. Raises WarehouseExists, InvalidInput."""
        viewer.require_scope("inventory:write")
        if not ID.fullmatch(id):
            raise InvalidInput("An id is 2 to 40 small letters, digits and dashes: wh-east.", field=("input", "id"))
        facts = {"id": id, "name": _name(name), "priority": _priority(priority)}
        async with self.database.transaction() as session:
            if not await store.insert_warehouse(session, facts):
                raise WarehouseExists(f"There is a warehouse {quoted(id)} already.", field=("input", "id"))
        return Warehouse(**facts)

    async def change(self, id: str, *, name: str, priority: int, viewer: Viewer) -> Warehouse:
        """Another name, another turn. Raises NotFound, InvalidInput."""
        viewer.require_scope("inventory:write")
        name, priority = _name(name), _priority(priority)
        async with self.database.transaction() as session:
            changed = await store.update_warehouse(session, id, name=name, priority=priority)
        if changed is None:
            raise NotFound(f"There is no warehouse {quoted(id)}.", field=("input", "id"))
        return changed


def _name(name: str) -> str:
    if not 1 <= len(name.strip()) <= NAME_MAX:
        raise InvalidInput(f"Give a name of 1 to {NAME_MAX} characters.", field=("input", "name"))
    return name.strip()


def _priority(priority: int) -> int:
    if not 0 <= priority <= PRIORITY_MAX:
        raise InvalidInput(f"A priority is between 0 and {PRIORITY_MAX}.", field=("input", "priority"))
    return priority
