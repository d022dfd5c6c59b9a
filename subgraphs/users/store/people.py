"""Every query about people and their addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.connection import Window
from subgraphs.users.model import (
    AddressRow,
    MailedTokenRow,
    RefreshTokenRow,
    SessionRow,
    UserRow,
    WishlistLinkRow,
    WishRow,
)


async def users_by_ids(session: AsyncSession, ids: Sequence[str]) -> dict[str, UserRow]:
    """People by id; unknown ids are left out."""
    rows = await session.scalars(select(UserRow).where(UserRow.id.in_(ids)))
    return {row.id: row for row in rows}


async def user_by_email(session: AsyncSession, email: str) -> UserRow | None:
    """The person of a normalised email address."""
    found: UserRow | None = await session.scalar(select(UserRow).where(UserRow.email == email))
    return found


async def user_for_update(session: AsyncSession, user_id: str) -> UserRow | None:
    """A person who was not erased, locked until the transaction ends."""
    query = select(UserRow).where(UserRow.id == user_id, UserRow.erased_at.is_(None)).with_for_update()
    found: UserRow | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def users_page(session: AsyncSession, window: Window, *, text: str | None) -> list[UserRow]:
    """People, newest first; `text` finds part of an email or a name."""
    query = select(UserRow).where(*_found_by(text)).limit(window.limit)
    query = query.order_by(UserRow.created_at.desc(), UserRow.id.desc())
    if window.after:
        created_at, id = window.after
        query = query.where(tuple_(UserRow.created_at, UserRow.id) < (datetime.fromisoformat(str(created_at)), str(id)))
    return list(await session.scalars(query))


async def count_users(session: AsyncSession, *, text: str | None) -> int:
    """How many people `text` finds, without those who left; without one, how many there are."""
    query = select(func.count()).select_from(UserRow).where(*_found_by(text))
    return int(await session.scalar(query) or 0)


def _found_by(text: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [UserRow.erased_at.is_(None)]
    if text:
        pattern = "%" + text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        conditions.append(or_(UserRow.email.ilike(pattern), UserRow.display_name.ilike(pattern)))
    return conditions


async def insert_user(session: AsyncSession, row: UserRow) -> bool:
    """Add a person; False when the email is taken, even by somebody registering at this moment."""
    values = {column.name: getattr(row, column.name) for column in UserRow.__table__.columns}
    inserted = await session.scalar(
        insert(UserRow).values(values).on_conflict_do_nothing(index_elements=["email"]).returning(UserRow.id)
    )
    return inserted is not None


async def set_password_hash(session: AsyncSession, user_id: str, password_hash: str) -> None:
    """Store a password's successor hash."""
    await session.execute(update(UserRow).where(UserRow.id == user_id).values(password_hash=password_hash))


async def replace_password_hash(
    session: AsyncSession, user_id: str, password_hash: str, *, instead_of: str | None
) -> bool:
    """The same, unless the password was changed in the meantime; answers whether it was stored."""
    stored = (
        update(UserRow)
        .where(UserRow.id == user_id, UserRow.password_hash == instead_of)
        .values(password_hash=password_hash)
        .returning(UserRow.id)
    )
    return await session.scalar(stored) is not None


async def emails_in_use(session: AsyncSession, emails: Sequence[str]) -> list[str]:
    """Which of these emails somebody has."""
    return [email for email in await session.scalars(select(UserRow.email).where(UserRow.email.in_(emails))) if email]


async def delete_belongings(session: AsyncSession, user_id: str) -> None:
    """Remove everything that is only a person's own: addresses, wishes, links, tokens; network addresses as well."""
    for table in (AddressRow, WishRow, WishlistLinkRow, MailedTokenRow):
        await session.execute(delete(table).where(table.user_id == user_id))
    ended = select(SessionRow.id).where(SessionRow.user_id == user_id)
    await session.execute(delete(RefreshTokenRow).where(RefreshTokenRow.session_id.in_(ended)))
    await session.execute(update(SessionRow).where(SessionRow.user_id == user_id).values(address=None))


async def addresses_by_ids(session: AsyncSession, ids: Sequence[str]) -> dict[str, AddressRow]:
    """Addresses by id; unknown ids are left out."""
    rows = await session.scalars(select(AddressRow).where(AddressRow.id.in_(ids)))
    return {row.id: row for row in rows}


async def addresses_of_users(session: AsyncSession, user_ids: Sequence[str]) -> dict[str, list[AddressRow]]:
    """Each person's addresses, the default first, then the oldest."""
    query = (
        select(AddressRow)
        .where(AddressRow.user_id.in_(user_ids))
        .order_by(AddressRow.is_default.desc(), AddressRow.created_at, AddressRow.id)
    )
    grouped: dict[str, list[AddressRow]] = defaultdict(list)
    for row in await session.scalars(query):
        grouped[row.user_id].append(row)
    return grouped


async def address_for_update(session: AsyncSession, address_id: str, user_id: str) -> AddressRow | None:
    """One of this person's own addresses, locked."""
    query = select(AddressRow).where(AddressRow.id == address_id, AddressRow.user_id == user_id).with_for_update()
    found: AddressRow | None = await session.scalar(query)
    return found


async def clear_default_address(session: AsyncSession, user_id: str) -> None:
    """Leave the person without a default, to name another."""
    query = update(AddressRow).where(AddressRow.user_id == user_id, AddressRow.is_default).values(is_default=False)
    await session.execute(query)


async def delete_address(session: AsyncSession, address: AddressRow) -> None:
    """Remove an address."""
    await session.execute(delete(AddressRow).where(AddressRow.id == address.id))
