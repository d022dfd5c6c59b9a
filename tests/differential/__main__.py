"""Runs the differential check for as long as wanted: `python -m tests.differential --seeds 100000`."""

import argparse
import asyncio

from tests.differential import misbehaving
from tests.differential.check import Different, check_seed


def main() -> int:
    """Check a range of seeds, print every difference, answer 1 if there was one."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1000, help="how many seeds")
    parser.add_argument("--operations", type=int, default=10, help="operations for each seed")
    parser.add_argument("--stop", action="store_true", help="stop at the first difference")
    parser.add_argument(
        "--misbehaving", action="store_true", help="hold both executors to each other, on wrong replies"
    )
    options = parser.parse_args()
    wrong = total = fast = handed_over = dearer = 0
    for seed in range(options.first, options.first + options.seeds):
        try:
            if options.misbehaving:
                compared = asyncio.run(misbehaving.check_seed(seed, operations=options.operations))
                counts = compared.operations, compared.compiled, compared.handed_over
            else:
                tally = asyncio.run(check_seed(seed, operations=options.operations))
                counts = tally.operations, tally.fast, tally.handed_over
                dearer += tally.dearer
            total, fast, handed_over = total + counts[0], fast + counts[1], handed_over + counts[2]
        except Exception as error:
            wrong += 1
            print(f"seed {seed}: {'' if isinstance(error, Different) else repr(error)} {error}\n", flush=True)
            if options.stop:
                break
    print(
        f"{total} operations, {fast} by the fast path, {handed_over} handed over, {dearer} dearer; {wrong} seeds differ"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
