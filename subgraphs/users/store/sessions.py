"""Every query about sessions, their refresh tokens, and what was tried in vain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.users.model import AttemptsRow, RefreshTokenRow, SessionRow


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


async def attempts(session: AsyncSession, keys: Sequence[str]) -> dict[str, AttemptsRow]:
    """What was tried, by key."""
    rows = await session.scalars(select(AttemptsRow).where(AttemptsRow.key.in_(keys)))
    return {row.key: row for row in rows}


async def count_attempt(session: AsyncSession, key: str, moment: datetime, *, forgotten_before: datetime) -> int | None:
    """One more attempt of this key, unless it is blocked; answers how many in a row, None when blocked.

    The row stays locked until the transaction ends, so that attempts at one moment are counted one after another.
    """
    # An attempt long ago does not count against anybody.
    failures = case((AttemptsRow.failed_at >= forgotten_before, AttemptsRow.failures + 1), else_=1)
    counted = (
        insert(AttemptsRow)
        .values(key=key, failures=1, failed_at=moment)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={"failures": failures, "failed_at": moment},
            where=or_(AttemptsRow.blocked_until.is_(None), AttemptsRow.blocked_until <= moment),
        )
        .returning(AttemptsRow.failures)
    )
    count: int | None = await session.scalar(counted)
    return count


async def block(session: AsyncSession, key: str, until: datetime) -> None:
    """Refuse this key until then."""
    await session.execute(update(AttemptsRow).where(AttemptsRow.key == key).values(blocked_until=until))


async def uncount_attempt(session: AsyncSession, key: str, *, free: int) -> None:
    """Take one attempt back; a block goes with the attempt that reached it."""
    left = AttemptsRow.failures - 1
    until = case((left < free, None), else_=AttemptsRow.blocked_until)
    await session.execute(
        update(AttemptsRow)
        .where(AttemptsRow.key == key, AttemptsRow.failures > 0)
        .values(failures=left, blocked_until=until)
    )


async def forget_attempts(session: AsyncSession, keys: Sequence[str]) -> None:
    """Start counting anew."""
    await session.execute(delete(AttemptsRow).where(AttemptsRow.key.in_(keys)))


async def delete_old_attempts(session: AsyncSession, moment: datetime) -> None:
    """Forget attempts from before `moment`."""
    await session.execute(delete(AttemptsRow).where(AttemptsRow.failed_at < moment))
