"""What staff do with people: find them, and say what they may do."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.clock import Clock
from chassis.connection import Page, Window
from chassis.database import Database
from chassis.errors import InvalidInput, NotFound
from chassis.outbox import announce
from chassis.quoting import quoted
from chassis.viewer import Viewer
from subgraphs.users import store
from subgraphs.users.errors import OwnRoles
from subgraphs.users.events import UserRolesChanged
from subgraphs.users.model import SCOPES_OF_ROLE, UserRow
from subgraphs.users.service.facts import lookup_email
from subgraphs.users.service.sessions import Sessions


class Administration:
    """The use-cases of staff. Who may use them is said in the schema."""

    def __init__(self, database: Database, sessions: Sessions, clock: Clock) -> None:
        self.database = database
        self._sessions = sessions
        self._clock = clock

    async def page(self, first: int | None, after: str | None, *, text: str | None) -> Page[UserRow]:
        """People, newest first, without those who left."""
        window = Window.of(first, after, width=2)
        async with self.database.reading() as session:
            rows = await store.users_page(session, window, text=text)
        return window.page(rows, key=lambda row: (row.created_at.isoformat(), row.id))

    async def count(self, *, text: str | None = None) -> int:
        """How many people there are on all pages, without those who left."""
        async with self.database.reading() as session:
            return await store.count_users(session, text=text)

    async def set_roles(self, user_id: str, roles: Sequence[str], *, viewer: Viewer) -> UserRow:
        """Give somebody else exactly these roles. Raises OwnRoles, InvalidInput or NotFound.

        A role that is taken away ends the person's sessions, whose tokens would still carry it; one that is given comes
        with the next refresh.
        """
        wanted = _known(roles)
        if user_id == viewer.require_signed_in():
            raise OwnRoles("Somebody else must change your roles.", field=("id",))
        async with self.database.transaction() as session:
            user = await store.user_for_update(session, user_id)
            if user is None:
                raise NotFound("There is no such person.", field=("id",))
            before = set(user.roles)
            if before != set(wanted):
                user.roles, user.updated_at = wanted, self._clock()
                if before - set(wanted):
                    await self._sessions.end(session, user_id, reason="roles taken away")
                await announce(session, UserRolesChanged(user_id, wanted, viewer.user_id or ""))
        return user


async def grant(database: Database, email: str, roles: Sequence[str], *, clock: Clock) -> list[str]:
    """Add roles to whoever has this address, for the command line: somebody must be the first admin.

    Answers all their roles. Raises InvalidInput or NotFound.
    """
    wanted = _known(roles)
    async with database.transaction() as session:
        found = await store.user_by_email(session, lookup_email(email))
        user = await store.user_for_update(session, found.id) if found else None
        if user is None:
            raise NotFound(f"Nobody has the address {email}: register first.")
        together = sorted({*user.roles, *wanted})
        if together != sorted(user.roles):
            user.roles, user.updated_at = together, clock()
            await announce(session, UserRolesChanged(user.id, together, ""))
    return together


def _known(roles: Sequence[str]) -> list[str]:
    wanted = sorted(set(roles))
    if unknown := [role for role in wanted if role not in SCOPES_OF_ROLE]:
        known = ", ".join(sorted(SCOPES_OF_ROLE))
        raise InvalidInput(f"There is no role {quoted(unknown[0])}: choose among {known}.", field=("roles",))
    return wanted
