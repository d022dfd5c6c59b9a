"""The long campaigns: `python -m tests.chaos --all-points` visits every place to die at, `--minutes N` goes on for long.

Without either, the short campaign of the tests. Exits with 1 when an order came to a wrong end, or a place to die at was
never reached.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos import points
from tests.chaos.campaign import everywhere, once_each, run, sampled
from tests.chaos.report import Report
from tests.chaos.shop import Premises, built, opened


def main() -> int:
    """Run campaigns until the time is over or one fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=0, help="begin new campaigns, other seeds, for so long")
    parser.add_argument("--all-points", action="store_true", help="visit every crash point, then every other fault")
    parser.add_argument("--only", default="", help="crash points whose names contain this, and no other fault")
    parser.add_argument("--people", type=int, default=16, help="how many buy at a time")
    parser.add_argument("--together", action="store_true", help="one process, events without Redis")
    parser.add_argument("--folder", type=Path, help="where logs, databases and reports go; a new one by default")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="chaos-"))
    premises = asyncio.run(built(folder / "premises"))
    until = time.monotonic() + options.minutes * 60
    for seed in range(options.seed, options.seed + 10**6):
        report = asyncio.run(_campaign(options, seed, premises, folder / str(seed)))
        print(report, f"Logs and reports are in {folder}.", sep="\n", flush=True)
        if report.wrong:
            return 1
        if time.monotonic() > until:
            return 0
    return 0


async def _campaign(options: argparse.Namespace, seed: int, premises: Premises, folder: Path) -> Report:
    if options.all_points or options.only:
        crashes = {name: [each for each in every if options.only in each] for name, every in points.ALL.items()}
    else:
        crashes = sampled(random.Random(seed), each=3)
    async with opened(premises, folder, seed=seed, apart=not options.together, crashes=crashes) as shop:
        shop.say = lambda what: print(what, flush=True)
        faults = everywhere(shop) if options.all_points or options.minutes else once_each(shop)
        if options.only:
            faults = []
        return await run(shop, seed=seed, faults=faults, people=options.people)


if __name__ == "__main__":
    sys.exit(main())
