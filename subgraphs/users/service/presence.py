"""Whoever changes something must still be there: a token lives on for some seconds after its person has left."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import NotSignedIn
from subgraphs.users import store
from subgraphs.users.model import UserRow


async def lock(session: AsyncSession, user_id: str) -> UserRow:
    """The person, locked until the transaction ends. Raises NotSignedIn."""
    user = await store.user_for_update(session, user_id)
    if user is None:
        raise NotSignedIn("This account does not exist any more.")
    return user


async def find(session: AsyncSession, user_id: str) -> UserRow:
    """The person. Raises NotSignedIn."""
    user = (await store.users_by_ids(session, [user_id])).get(user_id)
    if user is None or user.erased_at is not None:
        raise NotSignedIn("This account does not exist any more.")
    return user
