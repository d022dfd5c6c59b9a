"""Becoming a customer, changing what the shop knows about oneself, and leaving."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.clock import Clock
from chassis.database import Database
from chassis.ids import new_id
from chassis.mail import post
from chassis.outbox import announce, redact
from chassis.viewer import Viewer
from subgraphs.users import store
from subgraphs.users.errors import EmailTaken, WrongCredentials
from subgraphs.users.events import UserDeleted, UserRegistered, UserRenamed
from subgraphs.users.model import CUSTOMER, UserRow
from subgraphs.users.passwords import Passwords, refuse_weak
from subgraphs.users.service import presence
from subgraphs.users.service.addresses import NewAddress
from subgraphs.users.service.attempts import Attempts, of_mail
from subgraphs.users.service.facts import checked_name, checked_phone, display_name, normalised_email
from subgraphs.users.service.mailings import VERIFY, Mailings
from subgraphs.users.service.sessions import Sessions, SignedIn


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

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        sessions: Sessions,
        mailings: Mailings,
        attempts: Attempts,
        clock: Clock,
        *,
        local_emails: bool,
    ) -> None:
        """With `local_emails`, addresses under .local are addresses: for development."""
        self.database = database
        self._passwords = passwords
        self._sessions = sessions
        self._mailings = mailings
        self._attempts = attempts
        self._clock = clock
        self._local_emails = local_emails

    async def register(self, asked: Registration, *, viewer: Viewer) -> SignedIn:
        """Join and sign in; a mail asks to prove the address.

        Raises EmailTaken, WeakPassword, InvalidInput or TooManyAttempts.
        """
        email = normalised_email(asked.email, field=("input", "email"), local=self._local_emails)
        first_name = checked_name(asked.first_name, field=("input", "firstName"))
        last_name = checked_name(asked.last_name, field=("input", "lastName"))
        phone = checked_phone(asked.phone, field=("input", "phone"))
        refuse_weak(asked.password, email=email, field=("input", "password"))
        if asked.address is not None:
            asked.address.refuse_invalid(field=("input", "address"))
        # Joining sends a mail, and joining again and again would send many.
        await self._attempts.charge(of_mail(VERIFY, email, None))
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
            email_verified_at=None,
            erased_at=None,
        )
        async with self.database.transaction() as session:
            if not await store.insert_user(session, user):
                raise EmailTaken("Somebody registered with this email: sign in instead.", field=("input", "email"))
            if asked.address is not None:
                session.add(asked.address.row(user.id, moment, is_default=True))
            await self._mailings.ask_to_verify(session, user)
            tokens = await self._sessions.open(session, user, viewer=viewer)
            await announce(session, UserRegistered(user.id, user.display_name))
        return SignedIn(user, tokens)

    async def update(
        self, *, viewer: Viewer, first_name: str | None, last_name: str | None, phone: str | None
    ) -> UserRow:
        """Change what is given, leave the rest; an empty phone removes it. Raises InvalidInput."""
        async with self.database.transaction() as session:
            user = await presence.lock(session, viewer.require_signed_in())
            if first_name is not None:
                user.first_name = checked_name(first_name, field=("input", "firstName"))
            if last_name is not None:
                user.last_name = checked_name(last_name, field=("input", "lastName"))
            if phone is not None:
                user.phone = checked_phone(phone or None, field=("input", "phone"))
            user.updated_at = self._clock()
            # People of other issuers may have one name only, or none.
            shown = display_name(user.first_name, user.last_name) if user.last_name else user.display_name
            if shown != user.display_name:
                user.display_name = shown
                await announce(session, UserRenamed(user.id, shown))
        return user

    async def change_password(self, current: str, new: str, *, viewer: Viewer) -> int:
        """Replace the password and end every other session; answers how many ended.

        Raises WrongCredentials when `current` is not the password, WeakPassword or TooManyAttempts.
        """
        user = await self._proved(current, viewer=viewer, field=("currentPassword",))
        refuse_weak(new, email=user.email or "", field=("newPassword",))
        password_hash = await self._passwords.hash(new)
        async with self.database.transaction() as session:
            current_row = await store.user_for_update(session, user.id)
            if current_row is None or current_row.password_hash != user.password_hash:
                raise WrongCredentials("This is not your current password.", field=("currentPassword",))
            current_row.password_hash = password_hash
            await post(session, *self._mailings.password_changed(current_row))
            return await self._sessions.end(session, user.id, keep=viewer.session_id, reason="password changed")

    async def delete(self, password: str | None, *, viewer: Viewer) -> str:
        """Erase the person and end their sessions; orders stay, under an id that names nobody. Answers the id.

        Whoever has a password must give it. Raises WrongCredentials or TooManyAttempts.
        """
        user = await self._known(viewer)
        if user.password_hash is not None:
            user = await self._proved(password or "", viewer=viewer, field=("password",))
        moment = self._clock()
        async with self.database.transaction() as session:
            leaving = await store.user_for_update(session, user.id)
            if leaving is None or leaving.password_hash != user.password_hash:
                raise WrongCredentials("This is not your current password.", field=("password",))
            if leaving.email is not None:
                await store.delete_mails_to(session, leaving.email)
            leaving.erase(moment)
            # What was announced stays for as long as events are kept; whose name it was does not.
            await redact(session, user.id, displayName=leaving.display_name)
            await store.delete_belongings(session, user.id)
            await store.erase_identities(session, user.id, moment)
            await self._sessions.end(session, user.id, reason="account deleted")
            await announce(session, UserDeleted(user.id))
        return user.id

    async def _known(self, viewer: Viewer) -> UserRow:
        async with self.database.reading() as reading:
            return await presence.find(reading, viewer.require_signed_in())

    async def _proved(self, password: str, *, viewer: Viewer, field: tuple[str, ...]) -> UserRow:
        user = await self._known(viewer)
        if user.email is None or user.password_hash is None:
            raise WrongCredentials("This account has no password: ask for one to be set by mail.", field=field)
        return await self._sessions.prove(user.email, password, viewer=viewer, field=field)
