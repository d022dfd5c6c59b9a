"""`router contract`: makes a variant of a supergraph for some of its clients, by @tag."""

from __future__ import annotations

import argparse
from pathlib import Path

from router import messages
from router.composition import Composed, Refused
from router.contracts import contract
from router.sources.files import read_text, write_whole
from router.supergraph import InvalidSupergraph
from router.telling import Form, add_form_options, print_json, say, tell_faults, tell_hints


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "supergraph", type=Path, metavar="SUPERGRAPH", help="the supergraph's SDL; - reads standard input"
    )
    parser.add_argument(
        "--include", action="append", default=[], metavar="TAG", help="keep only what has one of these tags; may repeat"
    )
    parser.add_argument(
        "--exclude", action="append", default=[], metavar="TAG", help="leave out what has one of these tags; may repeat"
    )
    parser.add_argument(
        "--hide-unreachable-types", action="store_true", help="also leave out types that no operation can reach"
    )
    parser.add_argument("--output", type=Path, help="write the variant here instead of to standard output")
    add_form_options(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command. Exit codes: 0 made, 1 what remains is no API, 2 it could not be judged."""
    if not args.include and not args.exclude:
        say("router contract", "name what to keep or to leave out: --include TAG, --exclude TAG")
        return 2
    try:
        outcome = contract(
            read_text(args.supergraph),
            set(args.include),
            set(args.exclude),
            hide_unreachable_types=args.hide_unreachable_types,
        )
    except InvalidSupergraph as error:
        say("router contract", f"{args.supergraph}: {error}")
        return 2
    match outcome:
        case Composed(sdl, hints):
            tell_hints(args.form, hints, ())
            if args.output is not None:
                write_whole(args.output, sdl)
            if args.form is Form.JSON:
                print_json({"supergraphSdl": sdl, "hints": [messages.as_json(hint, ()) for hint in hints]})
            elif args.output is None:
                print(sdl, end="")
            return 0
        case Refused(faults):
            tell_faults(args.form, faults, ())
            return 1
