"""Messages for people: faults on a terminal with their lines, as JSON, and as GitHub annotations. Pure."""

from router.messages.report import as_github, as_json, show

__all__ = ["as_github", "as_json", "show"]
