"""What users announces. It listens to nobody."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.events import Event


@dataclass(frozen=True)
class UserRegistered(Event):
    """A person joined."""

    user_id: str
    display_name: str

    @property
    def aggregate_id(self) -> str:
        """The person."""
        return self.user_id


@dataclass(frozen=True)
class UserRenamed(Event):
    """The name others see changed."""

    user_id: str
    display_name: str

    @property
    def aggregate_id(self) -> str:
        """The person."""
        return self.user_id


@dataclass(frozen=True)
class EmailVerified(Event):
    """A person's address is proved to be theirs."""

    user_id: str

    @property
    def aggregate_id(self) -> str:
        """The person."""
        return self.user_id


@dataclass(frozen=True)
class UserRolesChanged(Event):
    """Somebody of the staff gave a person these roles."""

    user_id: str
    roles: list[str]
    by_user_id: str

    @property
    def aggregate_id(self) -> str:
        """The person."""
        return self.user_id


@dataclass(frozen=True)
class UserDeleted(Event):
    """A person left: whoever keeps something of theirs beside the id erases it."""

    user_id: str

    @property
    def aggregate_id(self) -> str:
        """The person."""
        return self.user_id


@dataclass(frozen=True)
class SessionsRevoked(Event):
    """Sessions ended before their time: by signing out, or because a refresh token was used twice."""

    user_id: str
    session_ids: list[str]
    reason: str

    @property
    def aggregate_id(self) -> str:
        """The person."""
        return self.user_id
