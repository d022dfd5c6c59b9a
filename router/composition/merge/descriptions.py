"""Merges descriptions: the one most subgraphs give wins, the first of equals."""

from __future__ import annotations

from typing import Protocol, TypeVar

from router.composition.merge.session import Session, Sources


class Described(Protocol):
    """Anything with a description."""

    @property
    def description(self) -> str | None:
        """The text, if any."""


D = TypeVar("D", bound=Described)


def merge_description(session: Session, coordinate: str, sources: Sources[D]) -> str | None:
    """Answer the most frequent description, leaving out those without."""
    counts: dict[str, int] = {}
    for _, source in sorted(sources.items()):
        if source.description:
            counts[source.description] = counts.get(source.description, 0) + 1
    if not counts:
        return None
    if len(counts) > 1:
        session.hint(
            "INCONSISTENT_DESCRIPTION",
            f'Element "{coordinate}" has inconsistent descriptions across subgraphs.',
        )
    return max(counts, key=lambda text: counts[text])
