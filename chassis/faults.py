"""Places where a test may kill the process, so that what happens next can be watched.

    faults.reach("orders.checkout.held")

does nothing, unless CRASH_AT names the place: then the process kills itself there, as a power cut would.
`CRASH_AT=name` kills at the first arrival, `CRASH_AT=name:3` at the third; several places are separated by commas. Its
last line on the standard error says which it was: `killed at orders.checkout.held`. Production refuses to start with
CRASH_AT.

A subgraph lists its places, `<subgraph>.<flow>.<moment>`, in a module constant, so that a test can visit each of them:

    CRASH_POINTS = ("orders.checkout.placed", "orders.checkout.held", …)
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

# Those on the way of every event and every mail.
CRASH_POINTS = (
    "outbox.published",  # handed to the transport, not yet marked as sent
    "inbox.handled",  # the handlers ran, their transaction is not committed
    "inbox.committed",  # the effect is kept, the transport does not know yet
    "mail.sent",  # the mail server has taken it, the row does not say so
)
LAST_WORDS = "killed at "
_STANDARD_ERROR = 2


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class CrashPlan:
    """At which places, and at which arrival there, the process ends."""

    def __init__(self, text: str, *, kill: Callable[[], None] = _kill) -> None:
        """`text` is CRASH_AT's; ValueError when it is not `name[:N][,…]`."""
        self._kill = kill
        self._left: dict[str, int] = {}
        for item in filter(None, (part.strip() for part in text.split(","))):
            name, _, arrival = item.partition(":")
            if not name or not (arrival or "1").isdecimal() or int(arrival or "1") < 1:
                raise ValueError(f"CRASH_AT is name or name:N with N from 1, not {item!r}")
            self._left[name] = int(arrival or "1")

    def reach(self, name: str) -> None:
        """Count one arrival; at the planned one, end the process."""
        left = self._left.get(name)
        if left is None:
            return
        if left == 1:
            # Past every buffer: there is no later.
            os.write(_STANDARD_ERROR, f"{LAST_WORDS}{name}\n".encode())
            self._kill()
        self._left[name] = left - 1


_plan: CrashPlan | None = None


def arm(text: str | None) -> None:
    """Plan for this process; called once at its start with CRASH_AT."""
    global _plan  # noqa: PLW0603 -- a process dies as a whole
    _plan = CrashPlan(text) if text else None


def reach(name: str) -> None:
    """Note that the process is at this place; it may end here."""
    if _plan is not None:
        _plan.reach(name)
