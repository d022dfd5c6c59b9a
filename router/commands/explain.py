"""`router explain`: the longer story of an error code, with an example that fails and one that composes.

Hints are told in two sentences; without a code, all errors and then all hints are listed in a line each.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator

from router.composition import Refused, Source, compose
from router.composition.naming import did_you_mean
from router.messages import show
from router.messages.hints import HINTS
from router.messages.paint import Paint
from router.messages.story import Story, codes, story


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("code", nargs="?", help="a code, such as INVALID_FIELD_SHARING; without one, all are listed")


def run(args: argparse.Namespace) -> int:
    """Run the command. Exit codes: 0 told, 2 there is no such code."""
    colour = sys.stdout.isatty()
    if args.code is None:
        print("\n".join(_listed(Paint(colour))))
        return 0
    code = args.code.upper()
    if code in HINTS and code not in codes():
        print(f"{Paint(colour).strong(code)}\n{HINTS[code].summary}\n{HINTS[code].advice}")
        return 0
    if code not in codes():
        guess = did_you_mean(code, [*codes(), *HINTS]) or " `router explain` lists all codes."
        print(f'There is no code "{args.code}".{guess}', file=sys.stderr)
        return 2
    print("\n".join(_told(story(code), colour=colour)))
    return 0


def _listed(paint: Paint) -> Iterator[str]:
    summaries = [(code, story(code).summary, paint.strong(code)) for code in codes()]
    summaries += [(code, f"hint: {note.summary}", paint.quiet(code)) for code, note in HINTS.items()]
    width = max(len(code) for code, _, _ in summaries)
    for code, summary, painted in summaries:
        yield f"{painted}{' ' * (width - len(code))}  {summary}"


def _told(told: Story, *, colour: bool) -> Iterator[str]:
    paint = Paint(colour)
    yield paint.error(told.code)
    yield paint.strong(told.summary)
    yield ""
    yield re.sub(r"\*\*(.*?)\*\*", lambda match: paint.strong(match[1]), told.text)
    yield ""
    yield paint.strong("This does not compose")
    yield from _printed(told.fails, paint)
    outcome = compose(told.fails)
    if isinstance(outcome, Refused):
        yield show(outcome.faults, told.fails, colour=colour)
    yield paint.strong("This composes")
    yield from _printed(told.composes, paint)


def _printed(subgraphs: Iterable[Source], paint: Paint) -> Iterator[str]:
    for subgraph in subgraphs:
        yield ""
        yield f"  {paint.quiet(f'# {subgraph.path}')}"
        yield from (f"  {line}".rstrip() for line in subgraph.sdl.rstrip().split("\n"))
    yield ""
