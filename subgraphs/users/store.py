"""Every query users makes. The only module here that writes SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.connection import Window
from subgraphs.users.model import (
    AddressRow,
    AttemptsRow,
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
    """A person, locked until the transaction ends."""
    found: UserRow | None = await session.scalar(select(UserRow).where(UserRow.id == user_id).with_for_update())
    return found


async def users_page(session: AsyncSession, window: Window, *, text: str | None) -> list[UserRow]:
    """People, newest first; `text` finds part of an email or a name."""
    query = select(UserRow).order_by(UserRow.created_at.desc(), UserRow.id.desc()).limit(window.limit)
    if window.after:
        created_at, id = window.after
        query = query.where(tuple_(UserRow.created_at, UserRow.id) < (datetime.fromisoformat(str(created_at)), str(id)))
    if text:
        pattern = "%" + text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        query = query.where(or_(UserRow.email.ilike(pattern), UserRow.display_name.ilike(pattern)))
    return list(await session.scalars(query))


async def count_users(session: AsyncSession) -> int:
    """How many people there are."""
    return int(await session.scalar(select(func.count()).select_from(UserRow)) or 0)


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


async def live_sessions_of_users(
    session: AsyncSession, user_ids: Sequence[str], moment: datetime
) -> dict[str, list[SessionRow]]:
    """Each person's sessions that still work, the last used first."""
    query = (
        select(SessionRow)
        .where(SessionRow.user_id.in_(user_ids), SessionRow.revoked_at.is_(None), SessionRow.expires_at > moment)
        .order_by(SessionRow.used_at.desc(), SessionRow.id)
    )
    grouped: dict[str, list[SessionRow]] = defaultdict(list)
    for row in await session.scalars(query):
        grouped[row.user_id].append(row)
    return grouped


async def session_for_update(session: AsyncSession, session_id: str) -> SessionRow | None:
    """A session, locked: refreshes of one family take turns."""
    found: SessionRow | None = await session.scalar(
        select(SessionRow).where(SessionRow.id == session_id).with_for_update()
    )
    return found


async def refresh_token(session: AsyncSession, digest: str) -> RefreshTokenRow | None:
    """A refresh token by its digest."""
    found: RefreshTokenRow | None = await session.scalar(
        select(RefreshTokenRow).where(RefreshTokenRow.digest == digest).execution_options(populate_existing=True)
    )
    return found


async def revoke_sessions(
    session: AsyncSession, user_id: str, moment: datetime, *, only: str | None = None, keep: str | None = None
) -> list[str]:
    """End a person's sessions, all or `only` one, all but `keep`; answers the ids that were live."""
    query = update(SessionRow).where(SessionRow.user_id == user_id, SessionRow.revoked_at.is_(None))
    if only is not None:
        query = query.where(SessionRow.id == only)
    if keep is not None:
        query = query.where(SessionRow.id != keep)
    ended = await session.scalars(query.values(revoked_at=moment).returning(SessionRow.id))
    return sorted(ended)


async def sessions_revoked_since(session: AsyncSession, moment: datetime) -> list[str]:
    """Ids of the sessions that were ended lately enough for an access token of theirs to be alive."""
    return list(await session.scalars(select(SessionRow.id).where(SessionRow.revoked_at >= moment)))


async def delete_expired_sessions(session: AsyncSession, moment: datetime) -> int:
    """Forget sessions, and with them refresh tokens, that ran out before `moment`; answers how many."""
    gone = await session.scalars(delete(SessionRow).where(SessionRow.expires_at < moment).returning(SessionRow.id))
    return len(list(gone))


async def wishes_of_users(session: AsyncSession, user_ids: Sequence[str]) -> dict[str, list[WishRow]]:
    """Each person's wishes, the newest first."""
    query = select(WishRow).where(WishRow.user_id.in_(user_ids)).order_by(WishRow.added_at.desc(), WishRow.id.desc())
    grouped: dict[str, list[WishRow]] = defaultdict(list)
    for row in await session.scalars(query):
        grouped[row.user_id].append(row)
    return grouped


async def count_wishes(session: AsyncSession, user_id: str) -> int:
    """How long a person's wishlist is."""
    query = select(func.count()).select_from(WishRow).where(WishRow.user_id == user_id)
    return int(await session.scalar(query) or 0)


async def insert_wish(session: AsyncSession, wish: WishRow) -> None:
    """Add a wish; one that is there already stays as it is."""
    values = {column.name: getattr(wish, column.name) for column in WishRow.__table__.columns}
    await session.execute(
        insert(WishRow).values(values).on_conflict_do_nothing(index_elements=["user_id", "item_id", "sku"])
    )


async def delete_wish(session: AsyncSession, user_id: str, wish_id: str) -> bool:
    """Remove one of this person's wishes; False when there is none of that id."""
    query = delete(WishRow).where(WishRow.id == wish_id, WishRow.user_id == user_id).returning(WishRow.id)
    return await session.scalar(query) is not None


async def links_of_users(session: AsyncSession, user_ids: Sequence[str]) -> dict[str, str]:
    """The token under which each person shares their wishlist, where they do."""
    rows = await session.scalars(select(WishlistLinkRow).where(WishlistLinkRow.user_id.in_(user_ids)))
    return {row.user_id: row.token for row in rows}


async def owner_of_link(session: AsyncSession, token: str) -> str | None:
    """Whose wishlist a link shows."""
    found: str | None = await session.scalar(select(WishlistLinkRow.user_id).where(WishlistLinkRow.token == token))
    return found


async def insert_link(session: AsyncSession, user_id: str, token: str, moment: datetime) -> None:
    """Share a wishlist; a link that exists stays the one."""
    await session.execute(
        insert(WishlistLinkRow)
        .values(user_id=user_id, token=token, created_at=moment)
        .on_conflict_do_nothing(index_elements=["user_id"])
    )


async def attempts(session: AsyncSession, keys: Sequence[str]) -> dict[str, AttemptsRow]:
    """Failed sign-ins by key."""
    rows = await session.scalars(select(AttemptsRow).where(AttemptsRow.key.in_(keys)))
    return {row.key: row for row in rows}


async def count_failure(session: AsyncSession, key: str, moment: datetime, *, forgotten_before: datetime) -> int:
    """One more failure of this key, counted atomically; answers how many in a row."""
    # A failure long ago does not count against anybody.
    failures = case((AttemptsRow.failed_at >= forgotten_before, AttemptsRow.failures + 1), else_=1)
    counted = (
        insert(AttemptsRow)
        .values(key=key, failures=1, failed_at=moment)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={"failures": failures, "failed_at": moment},
        )
        .returning(AttemptsRow.failures)
    )
    return int(await session.scalar(counted) or 0)


async def block(session: AsyncSession, key: str, until: datetime) -> None:
    """Refuse this key until then."""
    await session.execute(update(AttemptsRow).where(AttemptsRow.key == key).values(blocked_until=until))


async def forget_failures(session: AsyncSession, keys: Sequence[str]) -> None:
    """Start counting anew."""
    await session.execute(delete(AttemptsRow).where(AttemptsRow.key.in_(keys)))


async def delete_old_attempts(session: AsyncSession, moment: datetime) -> None:
    """Forget failures from before `moment`."""
    await session.execute(delete(AttemptsRow).where(AttemptsRow.failed_at < moment))


async def emails_in_use(session: AsyncSession, emails: Sequence[str]) -> list[str]:
    """Which of these emails somebody has."""
    return [email for email in await session.scalars(select(UserRow.email).where(UserRow.email.in_(emails))) if email]
