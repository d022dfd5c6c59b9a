"""Where in a subgraph's text something was written."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from graphql import Node, Token

from router.sdl.extents import Extent


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


def named_by(first: Node, last: Node) -> Span:
    """Answer the stretch from the beginning of one node to the end of another."""
    match first.loc, last.loc:
        case Extent() as begin, Extent() as end:
            return Span(*begin.until(end))
        case None, _:
            return NOWHERE
        case _, None:
            return NOWHERE
        case begin, end:
            return between(begin.start_token, end.end_token)
