"""Pieces of a deterministic data generator: the same n gives the same data, on every machine and in every subgraph.

    item_id("prod", 7)                            # prod-scale-000007
    random = stream("orders", 42)                 # a random.Random of its own for the 42nd order
    zipf = Zipf(1_000, exponent=1.1)
    zipf.pick(random)                             # 1 … 1000, small ones far more often
    diurnal(random, day)                          # a moment of that day, as people are awake

Subgraphs cannot look into each other's databases, so what one refers to in another follows from its number.
"""

from __future__ import annotations

import bisect
import hashlib
import itertools
import random as randomness
from datetime import UTC, date, datetime, time, timedelta

# How much happens in each hour of the day, from midnight on: quiet at four, busiest at eight in the evening.
HOURS = (3, 2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 10, 11, 10, 9, 9, 10, 11, 13, 15, 16, 14, 10, 6)
_CUMULATIVE = tuple(itertools.accumulate(HOURS))


def item_id(kind: str, number: int) -> str:
    """The id of the number-th of its kind, counted from 1: `user-scale-000001`."""
    return f"{kind}-scale-{number:06}"


def stream(*names: str | int) -> randomness.Random:
    """A random generator that depends on its names only, so that row 42 does not depend on row 41."""
    seed = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return randomness.Random(seed)


class Zipf:
    """Popularity: the k-th of `n` is chosen in proportion to 1 / k ** exponent."""

    def __init__(self, n: int, *, exponent: float = 1.0) -> None:
        if n < 1:
            raise ValueError("there must be something to choose from")
        self._cumulative = list(itertools.accumulate(1 / rank**exponent for rank in range(1, n + 1)))

    def pick(self, random: randomness.Random) -> int:
        """A rank between 1 and n."""
        point = random.random() * self._cumulative[-1]
        return min(bisect.bisect_right(self._cumulative, point) + 1, len(self._cumulative))


def diurnal(random: randomness.Random, day: date) -> datetime:
    """A moment of that day in UTC, likelier when people are awake."""
    hour = bisect.bisect_right(_CUMULATIVE, random.random() * _CUMULATIVE[-1])
    within = timedelta(seconds=random.random() * 3_600)
    return datetime.combine(day, time(min(hour, 23)), UTC) + within
