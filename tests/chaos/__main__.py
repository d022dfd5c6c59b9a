"""The long campaigns: `python -m tests.chaos --all-points` visits every place to die at, `--minutes N` goes on for long.

Without either, the short campaign of the tests. Exits with 1 when an order came to a wrong end.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos import points
from tests.chaos.campaign import Report, everywhere, run, sampled
from tests.chaos.shop import opened


def main() -> int:
    """Run campaigns until the time is over or one fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=0, help="begin new campaigns, other seeds, for so long")
    parser.add_argument("--all-points", action="store_true", help="visit every crash point once")
    parser.add_argument("--only", default="", help="crash points whose names contain this, and no other fault")
    parser.add_argument("--together", action="store_true", help="one process, events without Redis")
    parser.add_argument("--folder", type=Path, help="where logs, databases and reports go; a new one by default")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="chaos-"))
    until = time.monotonic() + options.minutes * 60
    for number in range(10**6):
        reports = asyncio.run(_campaigns(options, options.seed + number, folder / str(options.seed + number)))
        print(*reports, f"Logs and reports are in {folder}.", sep="\n", flush=True)
        if any(report.wrong for report in reports):
            return 1
        if time.monotonic() > until:
            return 0
    return 0


async def _campaigns(options: argparse.Namespace, seed: int, folder: Path) -> list[Report]:
    chance, apart = random.Random(seed), not options.together
    if not (options.all_points or options.only):
        return [await _one(options, seed, folder, 8, sampled(chance, each=2), apart)]
    there = {name: [point for point in every if options.only in point] for name, every in points.ALL.items()}
    long = {name: [each for each in every if not points.needs_short_holds(each)] for name, every in there.items()}
    short = {name: [each for each in every if points.needs_short_holds(each)] for name, every in there.items()}
    reports = []
    for hold_s, crashes in ((8, long), (points.SHORT_HOLD_S, short)):
        if any(crashes.values()):
            reports.append(await _one(options, seed, folder / f"holds-of-{hold_s}-s", hold_s, crashes, apart))
    return reports


async def _one(
    options: argparse.Namespace, seed: int, folder: Path, hold_s: int, crashes: dict[str, list[str]], apart: bool
) -> Report:
    async with opened(folder, seed=seed, apart=apart, hold_s=hold_s) as shop:
        shop.say = lambda what: print(what, flush=True)
        faults = [] if options.only or hold_s == points.SHORT_HOLD_S else everywhere(shop)
        return await run(shop, seed=seed, crashes=crashes, faults=faults)


if __name__ == "__main__":
    sys.exit(main())
