"""How commands tell what is wrong: for people on standard error, as JSON or GitHub annotations on standard output."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from enum import Enum
from typing import Any

from router import messages
from router.composition.outcome import Fault, Hint, Source
from router.sources.config import BadConfig


class Form(Enum):
    """Who reads what a command tells."""

    PEOPLE = "people"
    JSON = "json"
    GITHUB = "github"


def add_form_options(parser: argparse.ArgumentParser) -> None:
    """Declare --json and --github."""
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument(
        "--json", dest="form", action="store_const", const=Form.JSON, help="print the result as one JSON object"
    )
    forms.add_argument(
        "--github",
        dest="form",
        action="store_const",
        const=Form.GITHUB,
        help="print faults as GitHub Actions' annotations",
    )
    parser.set_defaults(form=Form.PEOPLE)


def milliseconds(text: str) -> int:
    """Read an option's time, which is at least one; for argparse, which says so otherwise."""
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"`{text}` is not a whole number of milliseconds above 0")
    return int(text)


def tell_faults(form: Form, faults: Sequence[Fault], sources: Sequence[Source]) -> None:
    """Tell why schemas do not compose."""
    match form:
        case Form.PEOPLE:
            print(messages.show(faults, sources, colour=in_colour()), end="", file=sys.stderr)
        case Form.JSON:
            print_json({"errors": [messages.as_json(fault, sources) for fault in faults]})
        case Form.GITHUB:
            for fault in faults:
                print(messages.as_github(fault, sources))


def tell_bad_config(form: Form, bad: BadConfig) -> None:
    """Tell what must change in a configuration."""
    match form:
        case Form.PEOPLE:
            print("\n".join(bad.lines()), file=sys.stderr)
        case Form.JSON:
            problems = [{"key": item.key, "line": item.line or None, "message": item.message} for item in bad.problems]
            print_json({"file": str(bad.path), "problems": problems})
        case Form.GITHUB:
            for item in bad.problems:
                print(_annotation("error", str(item), file=str(bad.path), line=item.line))


def tell_hints(form: Form, hints: Sequence[Hint], sources: Sequence[Source]) -> None:
    """Tell what composed but deserves a second look; JSON has hints beside its result."""
    if form is Form.PEOPLE:
        print(messages.show(hints, sources, colour=in_colour()), end="", file=sys.stderr)
    elif form is Form.GITHUB:
        for hint in hints:
            print(messages.as_github(hint, sources))


def say(command: str, text: str) -> None:
    """Tell people something, at once."""
    print(f"{command}: {text}", file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """Print a value as JSON for programs, indented for people who look at it."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def in_colour() -> bool:
    """Whether standard error shows colours: it is a terminal, and nobody said otherwise (NO_COLOR, FORCE_COLOR)."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stderr.isatty() and os.environ.get("TERM") != "dumb")


def _annotation(kind: str, message: str, **properties: str | int) -> str:
    """One of GitHub's workflow commands; they end at the line, and a property at a comma or colon."""
    written = ",".join(
        f"{name}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for name, value in properties.items()
        if value
    )
    return f"::{kind} {written}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
