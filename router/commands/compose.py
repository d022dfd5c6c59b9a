"""`router compose`: subgraph schemas from files, URLs or JSON lines in, a supergraph out."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from router import messages
from router.composition import Composed, Outcome, Refused, Source, compose
from router.sources.composing import composed, contract_of
from router.sources.config import BadConfig, Config, load_config
from router.sources.files import write_whole
from router.sources.gather import gather
from router.sources.introspection import TIMEOUT_MS
from router.telling import (
    Form,
    add_form_options,
    milliseconds,
    print_json,
    say,
    tell_bad_config,
    tell_faults,
    tell_hints,
)

__all__ = ["BadConfig", "add_arguments", "read_config", "run"]

POLL_MS = 500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--config",
        type=Path,
        help="supergraph.yaml, in the format of `rover supergraph compose`; - reads standard input",
    )
    source.add_argument(
        "--jsonl",
        action="store_true",
        help='read one {"subgraphs": [{"name", "url", "sdl"}]} per line from standard input, answer one line each',
    )
    parser.add_argument("--output", type=Path, help="write the supergraph here instead of to standard output")
    parser.add_argument("--contract", metavar="NAME", help="make this one of the configuration's contracts")
    parser.add_argument("--hints", action="store_true", help="also tell what composed but deserves a second look")
    parser.add_argument(
        "--timeout-ms",
        type=milliseconds,
        default=TIMEOUT_MS,
        help=f"for a subgraph to tell its schema (default: {TIMEOUT_MS})",
    )
    parser.add_argument("--watch", action="store_true", help="compose again whenever a schema changes; needs --output")
    parser.add_argument(
        "--poll-ms",
        type=milliseconds,
        default=POLL_MS,
        help=f"how often --watch looks for changes (default: {POLL_MS})",
    )
    add_form_options(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command. Exit codes: 0 composed, 1 refused by composition, 2 it could not be judged."""
    if args.jsonl:
        return _answer_lines(sys.stdin)
    if args.watch:
        return _watch(args)
    try:
        config = load_config(args.config, os.environ)
        contract = contract_of(config, args.contract)
        sources = _gather(config, args.timeout_ms)
    except BadConfig as bad:
        tell_bad_config(args.form, bad)
        return 2
    match composed(sources, contract):
        case Composed(sdl, hints):
            tell_hints(args.form, hints if args.hints else (), sources)
            for source in sources:
                if not source.url and args.form is Form.PEOPLE:
                    say("router compose", f"subgraph `{source.name}` has no routing_url, so no router can ask it yet")
            if args.output is not None:
                write_whole(args.output, sdl)
            if args.form is Form.JSON:
                print_json(_as_json(Composed(sdl, hints), sources))
            elif args.output is None:
                print(sdl, end="")
            return 0
        case Refused(faults):
            tell_faults(args.form, faults, sources)
            return 1


def read_config(path: Path, *, timeout_ms: int = TIMEOUT_MS) -> list[Source]:
    """The subgraphs that a supergraph.yaml names, their schemas read from files and URLs.

    Raises BadConfig with everything that is wrong, the file itself included.
    """
    return _gather(load_config(path, os.environ), timeout_ms)


def _gather(config: Config, timeout_ms: int) -> list[Source]:
    found = gather(config, timeout_ms=timeout_ms)
    if found.problems:
        raise BadConfig(config.path, found.problems)
    return list(found.sources)


def _watch(args: argparse.Namespace) -> int:
    from router.sources.watching import Watch, watch

    if args.output is None or str(args.config) == "-":
        print("router compose: --watch needs --output, and a --config that is a file", file=sys.stderr)
        return 2
    watched = Watch(args.config, args.output, args.form, args.timeout_ms, hints=args.hints, contract=args.contract)
    return watch(watched, poll_ms=args.poll_ms)


def _answer_lines(lines: Iterable[str]) -> int:
    """Answer each line; 2 when one was no request, which its answer says."""
    code = 0
    for line in lines:
        if not line.strip():
            continue
        try:
            sources = [
                Source(str(item["name"]), str(item.get("url") or ""), str(item["sdl"]))
                for item in json.loads(line)["subgraphs"]
            ]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            said = f"lacks {error}" if isinstance(error, KeyError) else str(error)
            answer: dict[str, Any] = {"problems": [{"message": f"the line is not a request: {said}"}]}
            code = 2
        else:
            answer = _as_json(compose(sources), sources)
        print(json.dumps(answer), flush=True)
    return code


def _as_json(outcome: Outcome, sources: list[Source]) -> dict[str, Any]:
    match outcome:
        case Composed(sdl, hints):
            return {
                "supergraphSdl": sdl,
                "hints": [messages.as_json(hint, sources) for hint in hints],
            }
        case Refused(faults):
            return {"errors": [messages.as_json(fault, sources) for fault in faults]}
