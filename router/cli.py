"""The `router` command: dispatches to the modules of router.commands."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence

from router import commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="router", description="A GraphQL federation router.")
    choices = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    runs = {}
    for found in sorted(module.name for module in pkgutil.iter_modules(commands.__path__)):
        module = importlib.import_module(f"router.commands.{found}")
        described = (module.__doc__ or "").strip().splitlines()[0]
        child = choices.add_parser(
            found, help=described.partition(": ")[2].rstrip(".") or found, description=module.__doc__
        )
        module.add_arguments(child)
        runs[found] = module.run
    args = parser.parse_args(arguments)
    try:
        return int(runs[args.command](args))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
