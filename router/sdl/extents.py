"""Where a node of the syntax tree stands: graphql-core's Location, with its tokens made only when asked for."""

from __future__ import annotations

from bisect import bisect_right

from graphql import Token, TokenKind
from graphql.language import Location

from router.sdl.lexing import Cut, text_of, token_at

_MARKS = {kind.value: kind for kind in TokenKind if len(kind.value) == 1}


class Extent(Location):
    """From one offset to another. Lines and columns count from 1, columns in code points."""

    __slots__ = ()

    source: Cut

    def __init__(self, start: int, end: int, source: Cut) -> None:
        self.start = start
        self.end = end
        self.source = source

    @property
    def start_token(self) -> Token:  # type: ignore[override]
        """The first token."""
        return _token_at(self.source, self.start)

    def until(self, last: Extent) -> tuple[int, int, int, int]:
        """Answer line and column of where this begins, and of where another one ends (the column after its last)."""
        lines = self.source.lines
        line = bisect_right(lines, self.start)
        start, end = lines[line - 1], last.end
        end_line = line if line == len(lines) or end < lines[line] else bisect_right(lines, end - 1)
        return line, self.start - start + 1, end_line, end - lines[end_line - 1] + 1

    @property
    def end_token(self) -> Token:  # type: ignore[override]
        """The last token."""
        starts = self.source.starts
        return _token_at(self.source, starts[bisect_right(starts, max(self.end - 1, self.start)) - 1])


def _token_at(source: Cut, start: int) -> Token:
    """Make the token that begins there; of which kind it is follows from how it is written."""
    line = source.line_of(start)
    column = start - source.lines[line - 1] + 1
    token = token_at(source.body, start)
    end = start + len(token)
    match token[:1]:
        case "":
            return Token(TokenKind.EOF, start, end, line, column)
        case '"':
            text, block = text_of(token)
            return Token(TokenKind.BLOCK_STRING if block else TokenKind.STRING, start, end, line, column, text)
        case mark if mark in _MARKS:
            return Token(_MARKS[mark], start, end, line, column)
        case letter if letter == "_" or letter.isalpha():
            return Token(TokenKind.NAME, start, end, line, column, token)
        case _:
            kind = TokenKind.INT if token.lstrip("-").isdigit() else TokenKind.FLOAT
            return Token(kind, start, end, line, column, token)
