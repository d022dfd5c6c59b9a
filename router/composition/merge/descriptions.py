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
    """Answer the most frequent description, leaving out those without; an empty one counts where there is no other."""
    given: dict[str, list[int]] = {}
    for index, source in sorted(sources.items()):
        if source.description is not None:
            given.setdefault(source.description, []).append(index)
    if not given:
        return None
    chosen = max(given, key=lambda text: (bool(text), len(given[text])))
    if len(given.keys() - {""}) > 1:
        others = "\n".join(
            f"In {session.names(indexes)}, the description is:\n{_quoted(text)}"
            for text, indexes in given.items()
            if text != chosen
        )
        element = "The schema definition" if coordinate == "schema" else f'Element "{coordinate}"'
        session.hint(
            "INCONSISTENT_DESCRIPTION",
            f"{element} has inconsistent descriptions across subgraphs. The supergraph will use"
            f" description (from {session.names(given[chosen])}):\n{_quoted(chosen)}\n{others}",
            *session.places({index for indexes in given.values() for index in indexes}, coordinate),
        )
    return chosen


def _quoted(text: str) -> str:
    lines = "\n".join(f"  {line}" if line else "" for line in text.split("\n"))
    return f'  """\n{lines}\n  """'
