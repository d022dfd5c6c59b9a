"""Supergraph SDL to a syntax tree, fast enough for documents of many megabytes.

graphql-core's parser with two changes: tokens are cut by one regular expression, where its own lexer goes letter by
letter, and the collector of cyclic garbage rests meanwhile, since millions of new nodes make it search in vain.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager

from graphql import DocumentNode, Lexer, Source, TokenKind
from graphql.language import Token
from graphql.language.block_string import dedent_block_string_lines
from graphql.language.parser import Parser

_TOKEN = re.compile(
    r"[ \t\r\n,\ufeff]*(?:"
    r"(?P<name>[_A-Za-z][_0-9A-Za-z]*)"
    r"|(?P<mark>[!$&()\[\]{}:=@|])"
    r'|"""(?P<block>[^"\\]*)"""'
    r'|"(?!"")(?P<string>[^"\\\r\n]*)"'
    r")"
)
_MARKS = {kind.value: kind for kind in TokenKind if len(kind.value) == 1}
_LINE = re.compile(r"\r\n|\n|\r")


class _Cutter(Lexer):
    """Cuts the usual tokens itself and leaves rare ones (numbers, comments, escapes, errors) to its parent."""

    def read_next_token(self, start: int) -> Token:
        match = _TOKEN.match(self.source.body, start)
        if match is None:
            return super().read_next_token(start)
        group = match.lastgroup
        assert group is not None
        begin, end = match.span(group)
        value = match[group]
        if group == "name":
            return Token(TokenKind.NAME, begin, end, 0, 0, value)
        if group == "mark":
            return Token(_MARKS[value], begin, end, 0, 0)
        if group == "string":
            return Token(TokenKind.STRING, begin - 1, end + 1, 0, 0, value)
        text = "\n".join(dedent_block_string_lines(_LINE.split(value)))
        return Token(TokenKind.BLOCK_STRING, begin - 3, end + 3, 0, 0, text)


def parse_sdl(sdl: str) -> DocumentNode:
    """The document's syntax tree, without locations. Raises GraphQLSyntaxError."""
    source = Source(sdl)
    return Parser(source, no_location=True, lexer=_Cutter(source)).parse_document()


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the collector of cyclic garbage rest while much is made that will stay."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
