"""Keys of the response tree: the client's response names, and names of the plan's own that never meet them."""

from __future__ import annotations

from collections.abc import Iterable

from router.graph import Wish
from router.plan import Conditional


class Names:
    """Chooses where in the tree a value that only the plan needs is kept.

    It stands under its field's name where the client uses that response name for the very same thing or not at all;
    else under a name of its own. So `{ product { id: name } }` keeps the real id under `_id_1`.
    """

    def __init__(self, wishes: Iterable[Wish]) -> None:
        self._client: dict[str, set[str]] = {}
        self._own: dict[str, str] = {}
        self._taken: dict[str, str] = {}
        self._conditions: dict[tuple[str, str], set[tuple[Conditional, ...]]] = {}
        self._learn(wishes)

    def _learn(self, wishes: Iterable[Wish]) -> None:
        for wish in wishes:
            if wish.key is not None:
                self._client.setdefault(wish.key, set()).add(wish.signature)
                self._conditions.setdefault((wish.key, wish.signature), set()).add(wish.conditions)
            if wish.wishes:
                self._learn(wish.wishes)

    def key(self, wish: Wish) -> str:
        """The tree key of a wish."""
        if wish.name == "__typename":
            return "__typename"
        if wish.key is not None:
            return wish.key
        found = self._own.get(wish.signature)
        if found is None:
            found = wish.name
            number = 0
            while not self._is_free(found, wish.signature):
                number += 1
                found = f"_{wish.name}_{number}"
            self._own[wish.signature] = found
            self._taken[found] = wish.signature
            self._conditions.setdefault((found, wish.signature), set()).add(())
        return found

    def is_shared(self, key: str, signature: str) -> bool:
        """Whether the tree may hold this value for several reasons, under different conditions.

        Then its being there does not mean that everything below it is wanted.
        """
        return len(self._conditions.get((key, signature), ())) > 1

    def _is_free(self, key: str, signature: str) -> bool:
        return self._client.get(key, {signature}) == {signature} and self._taken.get(key, signature) == signature
