"""What time it is, so that a test can say so.

def __init__(self, database: Database, clock: Clock = now) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)


class StoppedClock:
    """A clock for tests: it stands still until told to move."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The moment it stands at."""
        return self.at

    def advance(self, **by: float) -> None:
        """Move on by a `timedelta`'s keyword arguments: `clock.advance(minutes=15)`."""
        self.at += timedelta(**by)
