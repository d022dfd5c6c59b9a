"""Judging a schema before it ships: what changed for clients, whom it breaks, and what lint says. Pure: no I/O.

    old, new → changes → (with operations) verdicts → Report → a table, JSON, JUnit, Markdown, annotations

`changes` compares two API schemas, `usage` says what of a schema an operation uses, `verdict` puts the two together.
What reads files and prints is router.commands.check.
"""

from router.checks.change import Change, Kind, Severity
from router.checks.changes import changes

__all__ = ["Change", "Kind", "Severity", "changes"]
