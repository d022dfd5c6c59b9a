"""The `router` command: dispatches to the modules of router.commands."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import signal
import sys
from collections.abc import Sequence

from router import commands
from router.sources.files import Unreadable

INTERRUPTED = 128 + signal.SIGINT
# As a program that the signal ends: shells with `pipefail` know the number.
NOBODY_READS = 128 + signal.SIGPIPE if hasattr(signal, "SIGPIPE") else 1
UNUSABLE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code: 0 fine, 1 the schemas are at fault, 2 it could not be judged."""
    parser = argparse.ArgumentParser(
        prog="router",
        description="A GraphQL federation router.",
        epilog="Exit codes: 0 fine, 1 the schemas (or the operation) are at fault, 2 it could not be judged.",
    )
    choices = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    runs = {}
    words = sys.argv[1:] if arguments is None else arguments
    names = sorted(module.name for module in pkgutil.iter_modules(commands.__path__))
    # The other commands, and all they stand on, are not even imported.
    for found in words[:1] if words and words[0] in names else names:
        module = importlib.import_module(f"router.commands.{found}")
        described = (module.__doc__ or "").strip().splitlines()[0]
        child = choices.add_parser(
            found, help=described.partition(": ")[2].rstrip(".") or found, description=module.__doc__
        )
        module.add_arguments(child)
        runs[found] = module.run
    try:
        args = parser.parse_args(arguments)
        code = int(runs[args.command](args))
        # What is still buffered is written here, where it can be told that nobody reads it.
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _write_no_more()
        return NOBODY_READS
    except Unreadable as error:
        said = str(error)
    except RecursionError:
        said = "what it was given nests too deep to be read"
    except OSError as error:
        _write_no_more()
        said = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
    print(f"router {args.command}: {said}", file=sys.stderr)
    return UNUSABLE


def _write_no_more() -> None:
    """Lead standard output nowhere, or the interpreter complains once more when it flushes at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
