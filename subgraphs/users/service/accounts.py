"""Becoming a customer, and changing what the shop knows about oneself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from chassis.clock import Clock
from chassis.connection import Page, Window
from chassis.database import Database
from chassis.errors import InvalidInput, NotSignedIn
from chassis.ids import new_id
from chassis.outbox import announce
from chassis.viewer import Viewer
from subgraphs.users import store
from subgraphs.users.errors import EmailTaken, WrongCredentials
from subgraphs.users.events import SessionsRevoked, UserRegistered, UserRenamed
from subgraphs.users.model import CUSTOMER, UserRow
from subgraphs.users.passwords import Passwords, refuse_weak
from subgraphs.users.service.addresses import NewAddress
from subgraphs.users.service.sessions import Sessions, SignedIn

NAME_LENGTH_MAX = 100
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,28}[0-9]")


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody who joins tells."""

    email: str
    password: str
    first_name: str
    last_name: str
    phone: str | None = None
    address: NewAddress | None = None


class Accounts:
    """The use-cases around one person."""

    def __init__(self, database: Database, passwords: Passwords, sessions: Sessions, clock: Clock) -> None:
        self.database = database
        self._passwords = passwords
        self._sessions = sessions
        self._clock = clock

    async def register(self, asked: Registration, *, viewer: Viewer) -> SignedIn:
        """Join and sign in. Raises EmailTaken, WeakPassword or InvalidInput."""
        email = normalised_email(asked.email, field=("input", "email"))
        first_name = checked_name(asked.first_name, field=("input", "firstName"))
        last_name = checked_name(asked.last_name, field=("input", "lastName"))
        phone = checked_phone(asked.phone, field=("input", "phone"))
        refuse_weak(asked.password, email=email, field=("input", "password"))
        if asked.address is not None:
            asked.address.refuse_invalid(field=("input", "address"))
        password_hash = await self._passwords.hash(asked.password)
        moment = self._clock()
        user = UserRow(
            id=new_id(),
            email=email,
            password_hash=password_hash,
            display_name=display_name(first_name, last_name),
            first_name=first_name,
            last_name=last_name,
            phone=phone,
            roles=[CUSTOMER],
            created_at=moment,
            updated_at=moment,
        )
        async with self.database.transaction() as session:
            if not await store.insert_user(session, user):
                raise EmailTaken("Somebody registered with this email: sign in instead.", field=("input", "email"))
            if asked.address is not None:
                session.add(asked.address.row(user.id, moment, is_default=True))
            tokens = await self._sessions.open(session, user, viewer=viewer)
            await announce(session, UserRegistered(user.id, user.display_name))
        return SignedIn(user, tokens)

    async def update(
        self, *, viewer: Viewer, first_name: str | None, last_name: str | None, phone: str | None
    ) -> UserRow:
        """Change what is given, leave the rest; an empty phone removes it. Raises InvalidInput."""
        async with self.database.transaction() as session:
            user = await store.user_for_update(session, viewer.require_signed_in())
            if user is None:
                raise NotSignedIn("This account does not exist any more.")
            if first_name is not None:
                user.first_name = checked_name(first_name, field=("input", "firstName"))
            if last_name is not None:
                user.last_name = checked_name(last_name, field=("input", "lastName"))
            if phone is not None:
                user.phone = checked_phone(phone or None, field=("input", "phone"))
            user.updated_at = self._clock()
            shown = display_name(user.first_name, user.last_name)
            if shown != user.display_name:
                user.display_name = shown
                await announce(session, UserRenamed(user.id, shown))
        return user

    async def change_password(self, current: str, new: str, *, viewer: Viewer) -> int:
        """Replace the password and end every other session; answers how many ended.

        Raises WrongCredentials when `current` is not the password, or WeakPassword.
        """
        user_id = viewer.require_signed_in()
        async with self.database.reading() as reading:
            user = (await store.users_by_ids(reading, [user_id])).get(user_id)
        verdict = await self._passwords.check(current, user.password_hash if user else None)
        if user is None or not verdict.matches:
            raise WrongCredentials("This is not your current password.", field=("currentPassword",))
        refuse_weak(new, email=user.email or "", field=("newPassword",))
        password_hash = await self._passwords.hash(new)
        async with self.database.transaction() as session:
            await store.set_password_hash(session, user_id, password_hash)
            ended = await store.revoke_sessions(session, user_id, self._clock(), keep=viewer.session_id)
            if ended:
                await announce(session, SessionsRevoked(user_id, ended, "password changed"))
        return len(ended)

    async def page(self, first: int | None, after: str | None, *, text: str | None) -> Page[UserRow]:
        """People for administration, newest first."""
        window = Window.of(first, after, width=2)
        async with self.database.reading() as session:
            rows = await store.users_page(session, window, text=text)
        return window.page(rows, key=lambda row: (row.created_at.isoformat(), row.id))

    async def count(self) -> int:
        """How many people there are."""
        async with self.database.reading() as session:
            return await store.count_users(session)


def display_name(first_name: str, last_name: str) -> str:
    """What others see: the first name and the last one's initial, never the whole name."""
    return f"{first_name} {last_name[0]}."


def normalised_email(email: str, *, field: tuple[str, ...]) -> str:
    """The address as it is stored and compared, in lower case; InvalidInput says what is wrong with it."""
    try:
        # Deliverability is proved by a mail arriving, not by a look-up while somebody waits.
        checked = validate_email(email.strip(), check_deliverability=False, allow_smtputf8=True, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidInput(f"This is not an email address: {error}", field=field) from error
    if "." not in checked.domain:
        raise InvalidInput("This is not an email address: its domain needs a dot.", field=field)
    return checked.normalized.lower()


def checked_name(name: str, *, field: tuple[str, ...]) -> str:
    """A name without surrounding space; InvalidInput when empty, too long, or with characters that do not print."""
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH_MAX or not name.isprintable():
        raise InvalidInput(f"Write a name of 1 to {NAME_LENGTH_MAX} characters.", field=field)
    return name


def checked_phone(phone: str | None, *, field: tuple[str, ...]) -> str | None:
    """A telephone number as typed; InvalidInput unless it could be one."""
    if phone is None:
        return None
    phone = phone.strip()
    if not _PHONE.fullmatch(phone):
        raise InvalidInput("Write the number with its digits, such as +1 555 0100.", field=field)
    return phone
