"""Reply keys: a subgraph's reply cannot hold two different values under one name, so the later ones get aliases.

GraphQL specification, 5.3.2 Field Selection Merging. A client's valid selection can clash in a subgraph: there a field
may be `ID` for one type and `ID!` for another, and what tells two types apart for the client may not do so there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from router.planning.fetches import Pick, Picks


def settle_reply_keys(scopes: Sequence[Picks]) -> None:
    """Set the reply key of every field in these selection sets, which the reply merges into one object."""
    by_key: dict[str, list[Pick]] = {}
    for scope in scopes:
        for pick in _picks(scope):
            by_key.setdefault(pick.key, []).append(pick)
    for key, picks in by_key.items():
        if len(picks) == 1:
            alike = {None: picks}
            _settle(key, alike.values(), by_key)
            continue
        kinds: dict[object, list[Pick]] = {}
        for pick in picks:
            kinds.setdefault((pick.signature, _shape(pick)), []).append(pick)
        _settle(key, kinds.values(), by_key)


def _settle(key: str, kinds: Iterable[list[Pick]], taken: dict[str, list[Pick]]) -> None:
    for index, alike in enumerate(kinds):
        reply_key = key
        number = index
        while number and (reply_key == key or reply_key in taken):
            reply_key = f"_{key}_{number}"
            number += 1
        for pick in alike:
            pick.reply_key = reply_key
        inner = [pick.inner for pick in alike if pick.inner is not None]
        if inner:
            settle_reply_keys(inner)


def _picks(scope: Picks) -> Iterable[Pick]:
    yield from scope.fields.values()
    for inner in scope.fragments.values():
        yield from _picks(inner)


def _shape(pick: Pick) -> str:
    """What has to be equal for two fields to share a reply key: the whole type of a leaf, else its lists and nulls."""
    if pick.inner is None:
        return pick.type
    return "".join(letter for letter in pick.type if letter in "[]!")
