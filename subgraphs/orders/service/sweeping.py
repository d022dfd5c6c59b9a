"""How a sweep takes on more than one batch."""

from collections.abc import Awaitable, Callable, Sequence


async def each_once(
    stuck: Callable[[], Awaitable[Sequence[str]]], take_on: Callable[[Sequence[str]], Awaitable[int]]
) -> int:
    """Take on what is `stuck`, batch after batch, until there is nothing left that was not tried.

    Answers how many `take_on` brought to their end. What could not be finished now is left for the next sweep, so that
    one sweep always ends.
    """
    ended = 0
    tried: set[str] = set()
    while batch := [each for each in await stuck() if each not in tried]:
        tried.update(batch)
        ended += await take_on(batch)
    return ended
