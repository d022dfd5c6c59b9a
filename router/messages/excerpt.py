"""The lines a fault speaks of, numbered, with carets under the very words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from router.composition.outcome import Place
from router.messages.paint import Paint

_LINE_BREAK = re.compile(r"\r\n|\n|\r")
"""What GraphQL counts lines by (GraphQL specification, 2.1.2)."""

_LINES_MAX = 6
"""A place that stretches over more lines shows its first ones only."""

_WIDTH_MAX = 160
"""Longer lines are cut, in columns."""


def excerpt(text: str, place: Place, paint: Paint) -> Iterator[str]:
    """Write the lines of a place in a text, each numbered and, where columns are known, underlined."""
    lines = _LINE_BREAK.split(text)
    last = min(max(place.end_line, place.line), place.line + _LINES_MAX - 1, len(lines))
    gutter = len(str(last))
    for number in range(place.line, last + 1):
        line = lines[number - 1].expandtabs(1)
        start = place.column if number == place.line else len(line) - len(line.lstrip()) + 1
        cut = max(0, start - _WIDTH_MAX // 2) if len(line) > _WIDTH_MAX else 0
        shown = line[cut : cut + _WIDTH_MAX]
        yield f"  {paint.quiet(f'{number:>{gutter}} │')} {shown}"
        if place.column:
            end = place.end_column if number == place.end_line else len(line) + 1
            width = min(max(1, end - start), len(shown) + cut - start + 1)
            yield f"  {paint.quiet(' ' * gutter + ' │')} {' ' * (start - 1 - cut)}{paint.error('^' * max(1, width))}"
