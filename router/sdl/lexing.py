"""Cuts SDL into its lexical tokens with one regular expression (GraphQL, "Lexical Tokens").

Only what is well-formed is cut: at anything else it stops, and graphql-core's own lexer is asked what is wrong.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from itertools import islice
from typing import Final

from graphql import Lexer, Source
from graphql.language.block_string import dedent_block_string_lines

_TOKEN: Final = re.compile(
    r"""
    (?: [ \t\r\n,\ufeff]++ | \#[^\r\n\ud800-\udfff]*+ )*+
    (
        [_A-Za-z][_0-9A-Za-z]*+
      | [!$&()\[\]{}:=@|]
      | \"{3} [^"\\\ud800-\udfff]*+ (?: (?: \\\"{3} | \\(?!\"{3}) | "(?!"") ) [^"\\\ud800-\udfff]*+ )*+ \"{3}
      | "(?!"") [^"\\\r\n\ud800-\udfff]*+ (?: \\. [^"\\\r\n\ud800-\udfff]*+ )*+ "
      | -?(?:0|[1-9][0-9]*+) (?:\.[0-9]++)?+ (?:[eE][+-]?[0-9]++)?+ (?![_0-9A-Za-z.])
      | \Z
    )
    """,
    re.VERBOSE,
)
_LINE: Final = re.compile(r"\r\n|\n|\r")


class Cut(Source):
    """A source that knows where its tokens and its lines begin, as offsets in code points."""

    __slots__ = ("lines", "starts")

    def __init__(self, body: str, starts: array[int]) -> None:
        super().__init__(body)
        self.starts = starts
        self.lines = array("L", (0, *(match.end() for match in _LINE.finditer(body))))

    def line_of(self, offset: int) -> int:
        """Answer the line of an offset, from 1."""
        return bisect_right(self.lines, offset)


def cut(body: str, tokens_max: int) -> tuple[list[str], array[int]]:
    """Answer the tokens as they are written, and the offset of each; an empty one stands for the end.

    Without that last one, the text has a character that begins no token, or more tokens than the limit.
    """
    tokens: list[str] = []
    starts = array("L")
    keep, note = tokens.append, starts.append
    for match in islice(iter(_TOKEN.scanner(body).match, None), tokens_max + 1):  # type: ignore[attr-defined]
        keep(match[1])
        note(match.start(1))
    return tokens, starts


def token_at(body: str, start: int) -> str:
    """Answer the token that begins there, as it is written."""
    match = _TOKEN.match(body, start)
    return match[1] if match is not None else ""


def text_of(token: str) -> tuple[str, bool]:
    """Answer what a string token means, and whether it is a block string. Raises GraphQLSyntaxError (bad escapes)."""
    if token.startswith('"""'):
        lines = _LINE.split(token[3:-3].replace('\\"""', '"""'))
        return "\n".join(dedent_block_string_lines(lines)), True
    if "\\" in token:
        return Lexer(Source(token)).advance().value or "", False
    return token[1:-1], False
