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
class SessionsRevoked(Event):
    """Sessions ended before their time: by signing out, or because a refresh token was used twice."""

    user_id: str
    session_ids: list[str]
    reason: str

    @property
    def aggregate_id(self) -> str:
        """The person."""
        return self.user_id
