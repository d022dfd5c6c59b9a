"""`router subgraph`: asks a running subgraph for its schema."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from router.sources.config import header_fault, url_fault
from router.sources.files import write_whole
from router.sources.introspection import TIMEOUT_MS, Asker, IntrospectionFailed, NotFederated
from router.telling import milliseconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    what = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    introspect = what.add_parser("introspect", help="print the SDL that a subgraph answers to `_service { sdl }`")
    introspect.add_argument("url", metavar="URL", help="where the subgraph answers, e.g. http://localhost:4001/graphql")
    introspect.add_argument(
        "--header", action="append", default=[], metavar="'NAME: VALUE'", help="a header to send; may repeat"
    )
    introspect.add_argument(
        "--plain",
        action="store_true",
        help="of a server that is no federation subgraph, print what GraphQL's own introspection tells",
    )
    introspect.add_argument("--output", type=Path, help="write the SDL here instead of to standard output")
    introspect.add_argument(
        "--timeout-ms", type=milliseconds, default=TIMEOUT_MS, help=f"for the whole answer (default: {TIMEOUT_MS})"
    )


def run(args: argparse.Namespace) -> int:
    """Run the command. Exit codes: 0 printed, 1 it is no federation subgraph, 2 it could not be asked."""
    headers: dict[str, str] = {}
    complaints = [complaint for complaint in [url_fault(args.url)] if complaint]
    for line in args.header:
        name, colon, value = (part.strip() for part in line.partition(":"))
        complaint = header_fault(name, value) if colon else f"--header `{line}` is not written as 'NAME: VALUE'"
        if complaint:
            complaints.append(complaint)
        headers[name] = value
    if complaints:
        print("\n".join(f"router subgraph introspect: {complaint}" for complaint in complaints), file=sys.stderr)
        return 2
    try:
        sdl = asyncio.run(_introspect(args.url, headers, plain=args.plain, timeout_ms=args.timeout_ms))
    except NotFederated as error:
        print(f"router subgraph introspect: {error}; --plain prints its schema without federation", file=sys.stderr)
        return 1
    except IntrospectionFailed as error:
        print(f"router subgraph introspect: {error}", file=sys.stderr)
        return 2
    sdl = sdl if sdl.endswith("\n") else f"{sdl}\n"
    if args.output is None:
        print(sdl, end="")
    else:
        write_whole(args.output, sdl)
    return 0


async def _introspect(url: str, headers: Mapping[str, str], *, plain: bool, timeout_ms: int) -> str:
    asker = Asker(timeout_ms=timeout_ms)
    try:
        try:
            return await asker.service_sdl(url, headers)
        except NotFederated:
            if not plain:
                raise
            return await asker.plain_sdl(url, headers)
    finally:
        await asker.close()
