"""People of other issuers: which of ours they are, and who they become at first sight."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock
from chassis.database import Database
from chassis.errors import InvalidInput
from chassis.ids import new_id
from chassis.issuers import Identity
from chassis.outbox import announce
from chassis.tokens import TokenRejected
from subgraphs.users import store
from subgraphs.users.events import UserRegistered
from subgraphs.users.model import CUSTOMER, UserRow
from subgraphs.users.service.facts import NAME_LENGTH_MAX, display_name, normalised_email

NAMELESS = "Customer"
PARTED_KEPT = timedelta(days=2)


class Identities:
    """Finds or makes our person for an issuer's: by issuer and subject, never by an address somebody merely claims."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self._clock = clock

    async def user_of(self, identity: Identity, token: str) -> str:
        """Our id of the person. Raises TokenRejected for tokens from before the person had themself erased."""
        del token
        async with self.database.reading() as reading:
            known = await store.identity(reading, identity.issuer, identity.subject)
        if known is not None and known.user_id is not None:
            return known.user_id
        async with self.database.transaction() as session:
            row = await store.identity_for_update(session, identity.issuer, identity.subject, self._clock())
            if row.user_id is not None:
                return row.user_id
            if row.erased_at is not None and identity.issued_at <= row.erased_at.timestamp():
                raise TokenRejected("This account was deleted: sign in again to begin anew.")
            row.user_id, row.erased_at = await self._person(session, identity), None
        return row.user_id

    async def forget_old(self) -> None:
        """Forget whom we parted from, once no token from before can still be good."""
        async with self.database.transaction() as session:
            await store.delete_parted_identities(session, self._clock() - PARTED_KEPT)

    async def _person(self, session: AsyncSession, identity: Identity) -> str:
        email = _verified(identity)
        if email is not None and identity.may_link:
            # The same address, which both we and the issuer know to be theirs.
            known = await store.user_by_email(session, email)
            # Locked: they may be leaving at this moment.
            ours = await store.user_for_update(session, known.id) if known is not None else None
            if ours is not None and ours.email == email and ours.email_verified_at is not None:
                return ours.id
        first, last = (_name(each) for each in (identity.first_name, identity.last_name))
        moment = self._clock()
        user = UserRow(
            id=new_id(),
            email=email,
            password_hash=None,
            display_name=display_name(first, last) if first and last else first or NAMELESS,
            first_name=first,
            last_name=last,
            phone=None,
            roles=[CUSTOMER],
            created_at=moment,
            updated_at=moment,
            email_verified_at=moment if email else None,
            erased_at=None,
        )
        if not await store.insert_user(session, user):
            # The address is another person's here. This one begins without.
            user.email = user.email_verified_at = None
            await store.insert_user(session, user)
        await announce(session, UserRegistered(user.id, user.display_name))
        return user.id


def _verified(identity: Identity) -> str | None:
    if identity.email is None or not identity.email_verified:
        return None
    try:
        return normalised_email(identity.email, field=(), local=False)
    except InvalidInput:
        return None


def _name(name: str | None) -> str:
    name = (name or "").strip()
    return name if len(name) <= NAME_LENGTH_MAX else ""
