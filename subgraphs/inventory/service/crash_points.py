"""The places where a test may kill inventory (`chassis.faults`): before and after each change of a reservation commits.

The participle is before the transaction commits, so that nothing of it stays; `.kept` is after it, and whoever asked
does not know.
"""

from typing import Final

CRASH_POINTS: Final = (
    "inventory.reserve.held",
    "inventory.reserve.kept",
    "inventory.commit.committed",
    "inventory.commit.kept",
    "inventory.release.released",
    "inventory.release.kept",
    "inventory.sweep.expired",
    "inventory.sweep.kept",
)
