"""A person's addresses, one of them the default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis.clock import Clock
from chassis.countries import COUNTRIES
from chassis.database import Database
from chassis.errors import InvalidInput, NotFound
from chassis.ids import new_id
from chassis.viewer import Viewer
from subgraphs.users import store
from subgraphs.users.errors import TooManyAddresses
from subgraphs.users.model import ADDRESSES_MAX, AddressRow
from subgraphs.users.service import presence

LINE_LENGTH_MAX = 200
_REQUIRED = ("name", "line1", "city", "postal_code")
_OPTIONAL = ("line2", "region", "phone")
_GRAPH_NAMES = {"postal_code": "postalCode"}


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address as somebody types it. `country` is an ISO 3166-1 code of two letters."""

    name: str
    line1: str
    city: str
    postal_code: str
    country: str
    line2: str | None = None
    region: str | None = None
    phone: str | None = None

    def refuse_invalid(self, *, field: tuple[str, ...]) -> None:
        """Raise InvalidInput naming the first part that is empty, too long or no country."""
        for part in (*_REQUIRED, *_OPTIONAL):
            value: str | None = getattr(self, part)
            shown = _GRAPH_NAMES.get(part, part)
            if part in _REQUIRED and not (value or "").strip():
                raise InvalidInput(f"An address needs its {shown}.", field=(*field, shown))
            if value and (len(value) > LINE_LENGTH_MAX or not value.isprintable()):
                message = f"Write at most {LINE_LENGTH_MAX} characters, in one line."
                raise InvalidInput(message, field=(*field, shown))
        if self.country not in COUNTRIES:
            raise InvalidInput("Write the country as its two-letter code, such as US.", field=(*field, "country"))

    def row(self, user_id: str, moment: datetime, *, is_default: bool) -> AddressRow:
        """A new row of this address."""
        row = AddressRow(id=new_id(), user_id=user_id, created_at=moment, is_default=is_default)
        self.write_to(row)
        return row

    def write_to(self, row: AddressRow) -> None:
        """Replace what a row says."""
        for part in (*_REQUIRED, *_OPTIONAL, "country"):
            value: str | None = getattr(self, part)
            setattr(row, part, value.strip() if value else None)


class AddressBook:
    """The use-cases around addresses. Every one works on the viewer's own only."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self._clock = clock

    async def add(self, asked: NewAddress, *, viewer: Viewer, make_default: bool) -> AddressRow:
        """Keep a new address; the first is the default. Raises InvalidInput or TooManyAddresses."""
        asked.refuse_invalid(field=("input",))
        user_id = viewer.require_signed_in()
        async with self.database.transaction() as session:
            await presence.lock(session, user_id)
            existing = (await store.addresses_of_users(session, [user_id])).get(user_id, [])
            if len(existing) >= ADDRESSES_MAX:
                raise TooManyAddresses(
                    f"You can keep {ADDRESSES_MAX} addresses: remove one first.",
                    field=("input",),
                    limit=ADDRESSES_MAX,
                )
            is_default = make_default or not existing
            if is_default:
                await store.clear_default_address(session, user_id)
            row = asked.row(user_id, self._clock(), is_default=is_default)
            session.add(row)
        return row

    async def update(self, address_id: str, asked: NewAddress, *, viewer: Viewer) -> AddressRow:
        """Replace an address. Raises InvalidInput or NotFound."""
        asked.refuse_invalid(field=("input",))
        user_id = viewer.require_signed_in()
        async with self.database.transaction() as session:
            await presence.lock(session, user_id)
            row = _found(await store.address_for_update(session, address_id, user_id))
            asked.write_to(row)
        return row

    async def make_default(self, address_id: str, *, viewer: Viewer) -> AddressRow:
        """Make one the default. Raises NotFound."""
        user_id = viewer.require_signed_in()
        async with self.database.transaction() as session:
            # Two tabs choosing different defaults take turns on the person.
            await presence.lock(session, user_id)
            row = _found(await store.address_for_update(session, address_id, user_id))
            await store.clear_default_address(session, user_id)
            row.is_default = True
        return row

    async def remove(self, address_id: str, *, viewer: Viewer) -> None:
        """Forget an address; the oldest that is left becomes the default if this one was. Raises NotFound."""
        user_id = viewer.require_signed_in()
        async with self.database.transaction() as session:
            await presence.lock(session, user_id)
            row = _found(await store.address_for_update(session, address_id, user_id))
            await store.delete_address(session, row)
            left = (await store.addresses_of_users(session, [user_id])).get(user_id, [])
            if row.is_default and left:
                left[0].is_default = True


def _found(row: AddressRow | None) -> AddressRow:
    if row is None:
        raise NotFound("There is no such address.", field=("id",))
    return row
