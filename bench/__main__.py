"""`./dev bench WHAT`: routers, planning, plans, composition, flash-sale, endurance or yardstick."""

import argparse
import signal
import sys

from bench import composition, endurance, flash_sale, planning, plans, routers, yardstick
from bench.processes import Unmeasurable

COMMANDS = {
    "routers": routers,
    "planning": planning,
    "plans": plans,
    "composition": composition,
    "flash-sale": flash_sale,
    "endurance": endurance,
    "yardstick": yardstick,
}


def main() -> int:
    """Run one measurement; answers its exit code."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    commands = parser.add_subparsers(title="measurements", required=True, metavar="WHAT")
    for name, module in COMMANDS.items():
        summary = (module.__doc__ or "").partition("\n")[0]
        sub = commands.add_parser(name, help=summary, description=summary)
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    options = parser.parse_args()
    # As Ctrl-C does: so that what was started is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return int(options.run(options))
    except Unmeasurable as error:
        print(f"cannot be measured: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
