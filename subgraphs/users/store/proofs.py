"""Every query about who somebody is: tokens sent by mail, forgotten passwords, people of other issuers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.mail import MAILS
from subgraphs.users.model import IdentityRow, MailedTokenRow, ResetRequestRow


async def mailed_token(session: AsyncSession, digest: str, purpose: str) -> MailedTokenRow | None:
    """A token sent by mail, as it is now; whoever is to use it has locked its person."""
    query = select(MailedTokenRow).where(MailedTokenRow.digest == digest, MailedTokenRow.purpose == purpose)
    found: MailedTokenRow | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def use_mailed_tokens(session: AsyncSession, user_id: str, purpose: str, moment: datetime) -> None:
    """Let every unused token of a person's for this purpose be used up."""
    await session.execute(
        update(MailedTokenRow)
        .where(MailedTokenRow.user_id == user_id, MailedTokenRow.purpose == purpose, MailedTokenRow.used_at.is_(None))
        .values(used_at=moment)
    )


async def delete_old_mailed_tokens(session: AsyncSession, moment: datetime) -> None:
    """Forget tokens that ran out before `moment`."""
    await session.execute(delete(MailedTokenRow).where(MailedTokenRow.expires_at < moment))


async def delete_mails_to(session: AsyncSession, email: str) -> None:
    """Take back what is still to be sent to an address, and forget what could not be."""
    await session.execute(delete(MAILS).where(MAILS.c.recipient == email))


async def take_reset_requests(session: AsyncSession, limit: int) -> list[str]:
    """Addresses whose password somebody forgot, the oldest first; they are gone once the transaction commits."""
    oldest = (
        select(ResetRequestRow.id).order_by(ResetRequestRow.id).limit(limit).with_for_update(skip_locked=True)
    ).scalar_subquery()
    taken = delete(ResetRequestRow).where(ResetRequestRow.id.in_(oldest)).returning(ResetRequestRow.email)
    return list(await session.scalars(taken))


async def identity(session: AsyncSession, issuer: str, subject: str) -> IdentityRow | None:
    """Who somebody of another issuer is here."""
    query = select(IdentityRow).where(IdentityRow.issuer == issuer, IdentityRow.subject == subject)
    found: IdentityRow | None = await session.scalar(query)
    return found


async def identity_for_update(session: AsyncSession, issuer: str, subject: str, moment: datetime) -> IdentityRow:
    """The same, made when it is not there, and locked: of two first sights at once, one makes the person."""
    await session.execute(
        insert(IdentityRow).values(issuer=issuer, subject=subject, created_at=moment).on_conflict_do_nothing()
    )
    query = select(IdentityRow).where(IdentityRow.issuer == issuer, IdentityRow.subject == subject)
    return (await session.scalars(query.with_for_update())).one()


async def delete_parted_identities(session: AsyncSession, moment: datetime) -> None:
    """Forget identities whose people left before `moment`."""
    parted = IdentityRow.user_id.is_(None) & (IdentityRow.erased_at < moment)
    await session.execute(delete(IdentityRow).where(parted))


async def erase_identities(session: AsyncSession, user_id: str, moment: datetime) -> None:
    """Part a person from their identities; tokens that were issued until now are no new beginning."""
    await session.execute(
        update(IdentityRow).where(IdentityRow.user_id == user_id).values(user_id=None, erased_at=moment)
    )
