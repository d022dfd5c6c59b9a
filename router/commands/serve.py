"""`router serve`: answer GraphQL requests for a supergraph."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

from router.settings import Settings, SettingsError

HELP = "serve a supergraph over HTTP"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "--supergraph", type=Path, required=True, help="the supergraph schema, as `router compose` prints it"
    )
    parser.add_argument("--config", type=Path, help="router.yaml; without it, defaults")
    parser.add_argument("--host", help="address to listen on (default: supergraph.listen, 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default: supergraph.listen, 4000)")
    parser.add_argument(
        "--workers", type=int, default=1, help="processes to serve with; one per core is best (default: 1)"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop. Exit codes: 0 stopped, 2 it cannot be served."""
    from router.http.server import serve
    from router.sources.files import read_text
    from router.supergraph import InvalidSupergraph, Supergraph

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    try:
        settings = (
            Settings.parse(read_text(args.config, may_be_empty=True), str(args.config)) if args.config else Settings()
        )
        host, _, port = settings.supergraph.listen.rpartition(":")
        # Read once here, so that a broken file is one clear line and not a worker's stack trace.
        Supergraph.parse(read_text(args.supergraph))
        return serve(
            settings,
            args.supergraph,
            args.host or host.strip("[]") or "127.0.0.1",
            args.port if args.port is not None else int(port),
            args.workers or os.cpu_count() or 1,
        )
    except SettingsError as error:
        print(f"router serve: {error}", file=sys.stderr)
    except InvalidSupergraph as error:
        print(f"router serve: {args.supergraph}: {error}", file=sys.stderr)
    except OSError as error:
        print(f"router serve: {error}", file=sys.stderr)
    return 2
