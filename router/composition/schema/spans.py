"""Where in a subgraph's text something was written."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from graphql import Token


class Span(NamedTuple):
    """A stretch of text; lines and columns count from 1, the end column is the one after the last. Line 0: unknown."""

    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


NOWHERE = Span()


class Located(Protocol):
    """Anything that was written somewhere."""

    @property
    def at(self) -> Span:
        """Where."""


def between(first: Token, last: Token) -> Span:
    """Answer the stretch from the beginning of one token to the end of another."""
    return Span(first.line, first.column, last.line, last.column + last.end - last.start)
