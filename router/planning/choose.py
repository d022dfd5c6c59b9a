"""Choosing one way for each leaf: greedy first, then branch and bound within a budget of steps.

The cost of a plan is that of its requests; fields cost next to nothing. A request to a subgraph that is asked in the
same stage anyway is cheap, because the two are sent as one. Deeper requests cost more, because they wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from router.planning.moves import Hop, Node, Root
from router.planning.purposes import Term, conditions_above
from router.planning.walk import Leaf

REQUEST = 1000
BATCHED = 150
STAGE = 60
STEPS_MAX = 2000


def choose(nodes: Sequence[Node], leaves: Sequence[Leaf], *, steps_max: int = STEPS_MAX) -> list[Node]:
    """The chosen node of every leaf, in the leaves' order. With `steps_max` 0 the greedy choice stands."""
    chosen: list[Node | None] = [None] * len(leaves)
    bill = _Bill(nodes)
    open_leaves: dict[tuple[frozenset[int], ...], list[int]] = {}
    for index, leaf in enumerate(leaves):
        if len(leaf.ways) == 1:
            chosen[index] = leaf.ways[0]
            bill.add(leaf.ways[0].hops)
        else:
            # Leaves whose ways hop alike are one decision.
            open_leaves.setdefault(tuple(way.hops for way in leaf.ways), []).append(index)
    groups = [indexes for _, indexes in sorted(open_leaves.items(), key=lambda item: len(item[0]))]
    decisions = [
        tuple(Option(way.hops, way.depth * len(indexes)) for way in leaves[indexes[0]].ways) for indexes in groups
    ]
    forced = bill.total
    picks = _greedy(bill, decisions)
    if picks and bill.total - forced >= BATCHED and steps_max:
        for decision, pick in zip(decisions, picks, strict=True):
            bill.remove(decision[pick].hops)
        picks = _Search(bill, decisions, picks, steps_max).best
    for indexes, pick in zip(groups, picks, strict=True):
        for index in indexes:
            chosen[index] = leaves[index].ways[pick]
    found = [node for node in chosen if node is not None]
    _prefer_wanted(nodes, found, leaves, groups)
    return found


def _prefer_wanted(
    nodes: Sequence[Node], chosen: list[Node], leaves: Sequence[Leaf], groups: Sequence[Sequence[int]]
) -> None:
    """Take leaves from requests that others want anyway, rather than from such as are else wanted under conditions."""
    terms = [conditions_above(way).union(leaf.wish.conditions) for way, leaf in zip(chosen, leaves, strict=True)]
    if not groups or not any(terms):
        return
    wanted: dict[int, Counter[Term]] = {}
    for way, term in zip(chosen, terms, strict=True):
        for hop in way.hops:
            wanted.setdefault(hop, Counter())[term] += 1

    def is_made_anyway(hops: frozenset[int], indexes: Sequence[int]) -> bool:
        return all(
            hop in wanted and any(count and less <= terms[index] for less, count in wanted[hop].items())
            for hop in hops
            for index in indexes
        )

    for indexes in groups:
        for index in indexes:
            for hop in chosen[index].hops:
                wanted[hop][terms[index]] -= 1
        # Root fields stay with the subgraph that was chosen for all of them together.
        is_entity = any(isinstance(nodes[hop].move, Hop) for hop in chosen[indexes[0]].hops)
        if is_entity and not is_made_anyway(chosen[indexes[0]].hops, indexes):
            for number, way in enumerate(leaves[indexes[0]].ways):
                if is_made_anyway(way.hops, indexes):
                    for index in indexes:
                        chosen[index] = leaves[index].ways[number]
                    break
        for index in indexes:
            for hop in chosen[index].hops:
                wanted.setdefault(hop, Counter())[terms[index]] += 1


@dataclass(frozen=True, slots=True)
class Option:
    """One way of a decision: its hops, and the stages its leaves wait in all (early values are worth a little)."""

    hops: frozenset[int]
    waits: int


class _Bill:
    """What the hops chosen so far cost. Hops are counted, so that they can be taken back."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self.total = 0
        self._used: dict[int, int] = {}
        self._stages: dict[tuple[str, int], int] = {}

    def add(self, hops: frozenset[int]) -> None:
        for hop in hops:
            count = self._used.get(hop, 0)
            self._used[hop] = count + 1
            if count == 0:
                stage = self._stage(hop)
                asked = self._stages.get(stage, 0)
                self._stages[stage] = asked + 1
                self.total += BATCHED if asked else REQUEST + STAGE * stage[1]

    def remove(self, hops: frozenset[int]) -> None:
        for hop in hops:
            count = self._used[hop] - 1
            self._used[hop] = count
            if count == 0:
                stage = self._stage(hop)
                asked = self._stages[stage] - 1
                self._stages[stage] = asked
                self.total -= BATCHED if asked else REQUEST + STAGE * stage[1]

    def _stage(self, hop: int) -> tuple[str, int]:
        node = self.nodes[hop]
        assert isinstance(node.move, Hop | Root)
        return node.move.subgraph, node.depth


def _greedy(bill: _Bill, decisions: Sequence[tuple[Option, ...]]) -> list[int]:
    picks = []
    for options in decisions:
        before = bill.total
        best, best_cost = 0, -1
        for index, option in enumerate(options):
            bill.add(option.hops)
            cost = bill.total - before + option.waits
            bill.remove(option.hops)
            if best_cost < 0 or cost < best_cost:
                best, best_cost = index, cost
        bill.add(options[best].hops)
        picks.append(best)
    return picks


class _Search:
    """Branch and bound over the decisions; `best` never gets worse than what it starts with."""

    def __init__(self, bill: _Bill, decisions: Sequence[tuple[Option, ...]], picks: list[int], steps_max: int) -> None:
        self.bill = bill
        self.decisions = decisions
        self.best = picks
        self.steps = steps_max
        taken = [options[pick] for options, pick in zip(decisions, picks, strict=True)]
        for option in taken:
            bill.add(option.hops)
        self.cost = bill.total + sum(option.waits for option in taken)
        for option in taken:
            bill.remove(option.hops)
        self._branch(0, [], 0)

    def _branch(self, depth: int, picks: list[int], waits: int) -> None:
        if self.bill.total + waits >= self.cost:
            return
        if depth == len(self.decisions):
            self.best, self.cost = list(picks), self.bill.total + waits
            return
        for index, option in enumerate(self.decisions[depth]):
            if self.steps <= 0:
                return
            self.steps -= 1
            self.bill.add(option.hops)
            picks.append(index)
            self._branch(depth + 1, picks, waits + option.waits)
            picks.pop()
            self.bill.remove(option.hops)
