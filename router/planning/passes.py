"""Passes over requests: each takes the requests of a plan and returns fewer or the same. Applied until nothing changes.

A merge must never make the plan wait longer: the longest chain of requests after it is no longer than before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from router.plan import (
    Conditional,
    Representation,
    RepresentationField,
    RepresentationFragment,
    RepresentationSelection,
)
from router.planning.fetches import Inquiry, Picks, Request, place_of
from router.planning.purposes import either, implies, order_of, shared

Pass: TypeAlias = Callable[[list[Request]], list[Request]]
Selections: TypeAlias = tuple[RepresentationSelection, ...]

# So many pairs of requests are compared in one pass; what is left then stays unmerged.
PAIRS_MAX = 20_000
# A lookup is compared with so many others of its request, to share its representations with them.
INQUIRIES_COMPARED_MAX = 100


def optimize(requests: list[Request]) -> list[Request]:
    """Apply the passes until nothing changes."""
    while True:
        before = len(requests)
        for each in (drop_empty, merge_same_objects, merge_same_subgraph, merge_same_question):
            requests = each(requests)
        if len(requests) == before:
            return requests


def drop_empty(requests: list[Request]) -> list[Request]:
    """Drop entity requests that ask nothing; what waited for them waits for what they waited for."""
    for request in list(requests):
        if request.picks is None and all(_asks_nothing(inquiry.picks) for inquiry in request.inquiries):
            requests = [each for each in requests if each is not request]
            for each in requests:
                if request in each.after:
                    when = each.needs(request)
                    each.after.discard(request)
                    for before in request.after:
                        each.come_after(before, when | request.needs(before))
    return requests


def _asks_nothing(picks: Picks) -> bool:
    return not picks.fields and not picks.typename and all(_asks_nothing(each) for each in picks.fragments.values())


def merge_same_objects(requests: list[Request]) -> list[Request]:
    """Ask a subgraph once for what two requests want of the same objects."""
    return _merge(requests, lambda each, _: (each.picks is None, place_of(each.path)), _same_objects)


def merge_same_subgraph(requests: list[Request]) -> list[Request]:
    """Ask a subgraph once for what two requests of one stage want of different objects."""
    return _merge(requests, lambda each, stages: stages[each], _same_stage)


def merge_same_question(requests: list[Request]) -> list[Request]:
    """Ask the same about more objects later on, in one request: an object that comes up twice is looked up once."""
    return _merge(requests, lambda _, __: None, _same_question)


def _merge(
    requests: list[Request],
    group: Callable[[Request, dict[Request, int]], object],
    fits: Callable[[Request, Request, dict[Request, int]], bool],
) -> list[Request]:
    """Merge what fits among the requests of one subgraph and one group.

    Pairs are counted: when too many have been compared, the rest stays as it is, which is a valid plan too.
    """
    by_subgraph = Counter(request.subgraph for request in requests)
    if len(by_subgraph) == len(requests):
        return requests
    stages = stages_of(requests)
    groups: dict[object, list[Request]] = {}
    for request in requests:
        if by_subgraph[request.subgraph] > 1:
            groups.setdefault((request.subgraph, request.deferred, group(request, stages)), []).append(request)
    dependants: dict[Request, set[Request]] = {}
    for request in requests:
        for each in request.after:
            dependants.setdefault(each, set()).add(request)
    gone: set[Request] = set()
    pairs = PAIRS_MAX
    for same in groups.values():
        for index, kept in enumerate(same):
            for other in same[index + 1 :] if kept not in gone else ():
                if other in gone or pairs <= 0:
                    continue
                pairs -= 1
                if not fits(kept, other, stages):
                    continue
                if stages[kept] != stages[other] and _would_wait(requests, kept, other, stages):
                    continue
                if not _inputs_are_there(kept, other):
                    continue
                _absorb(kept, other, dependants)
                gone.add(other)
                if stages[kept] != stages[other]:
                    requests = [each for each in requests if each not in gone]
                    stages = stages_of(requests)
    return [each for each in requests if each not in gone] if gone else requests


def _same_objects(one: Request, other: Request, _stages: dict[Request, int]) -> bool:
    if one.picks is not None and one.path != other.path:
        return False
    return not _depends(one, other) and not _depends(other, one)


def _same_stage(one: Request, other: Request, stages: dict[Request, int]) -> bool:
    return one.picks is None and other.picks is None and stages[one] == stages[other]


def _same_question(one: Request, other: Request, stages: dict[Request, int]) -> bool:
    early, late = (one, other) if stages[one] <= stages[other] else (other, one)
    return (
        early.picks is None
        and late.picks is None
        and len(early.inquiries) <= INQUIRIES_COMPARED_MAX
        and all(any(_asks_alike(each, another) for another in late.inquiries) for each in early.inquiries)
        and not _depends(late, early)
    )


def _asks_alike(one: Inquiry, other: Inquiry) -> bool:
    return one.contexts == other.contexts and one.representations == other.representations and one.picks == other.picks


def _depends(one: Request, other: Request) -> bool:
    """Whether `one` comes after `other`, however far."""
    waiting, seen = list(one.after), set[Request]()
    while waiting:
        each = waiting.pop()
        if each is other:
            return True
        if each not in seen:
            seen.add(each)
            waiting.extend(each.after)
    return False


def stages_of(requests: Iterable[Request]) -> dict[Request, int]:
    """How many requests in a row come before each."""
    stages: dict[Request, int] = {}

    def stage(request: Request) -> int:
        found = stages.get(request)
        if found is None:
            found = stages[request] = max((1 + stage(each) for each in request.after), default=0)
        return found

    for request in requests:
        stage(request)
    return stages


def _would_wait(requests: list[Request], one: Request, other: Request, stages: dict[Request, int]) -> bool:
    """Whether asking both at once, at the later one's stage, makes the plan longer."""
    longest = max(stages.values())
    late = max(stages[one], stages[other])
    early = one if stages[one] < stages[other] else other
    tails: dict[Request, int] = {}
    dependants: dict[Request, list[Request]] = {}
    for request in requests:
        for each in request.after:
            dependants.setdefault(each, []).append(request)

    def tail(request: Request) -> int:
        found = tails.get(request)
        if found is None:
            found = tails[request] = max((1 + tail(each) for each in dependants.get(request, ())), default=0)
        return found

    return late + tail(early) > longest


def _inputs_are_there(one: Request, other: Request) -> bool:
    """Whether each, made because the other is wanted, finds its inputs: those may be fetched under conditions.

    What all of one's purposes share, its own selections state then: without that it asks nothing.
    """
    if one.wanted == other.wanted:
        return True
    wanted = either(one.wanted, other.wanted)
    return all(
        implies(frozenset(term | shared(request.wanted) | request.needs(each) for term in wanted), each.wanted)
        for request in (one, other)
        for each in request.after
    )


def _absorb(kept: Request, other: Request, dependants: dict[Request, set[Request]]) -> None:
    """Move all of `other` into `kept`, and let whoever waited for it wait for `kept`."""
    conditions, wanted = kept.conditions & other.conditions, either(kept.wanted, other.wanted)
    for request in (kept, other):
        # What was made under conditions is selected under them; so are inputs of what is wanted under conditions.
        whole = shared(request.wanted) - shared(wanted) - request.implied
        _condition(request, (request.conditions - conditions) | whole)
        request.starts = {each: request.needs(each) | whole for each in request.after}
    kept.conditions, kept.wanted = conditions, wanted
    for each in other.after:
        kept.come_after(each, other.needs(each))
    kept.implied &= other.implied
    kept.after.discard(kept)
    kept.after.discard(other)
    for each in other.after:
        dependants[each].discard(other)
        dependants[each].add(kept)
    for request in dependants.pop(other, ()):
        when = request.needs(other)
        request.after.discard(other)
        if request is not kept:
            request.come_after(kept, when)
            dependants.setdefault(kept, set()).add(request)
    if kept.picks is not None and other.picks is not None:
        kept.picks.add(other.picks)
        return
    for inquiry in other.inquiries:
        known = kept.inquiries[:INQUIRIES_COMPARED_MAX]
        same = next((each for each in known if _is_one_question(each, inquiry)), None)
        if same is None:
            kept.inquiries.append(inquiry)
        else:
            _join(same, inquiry)


def _condition(request: Request, conditions: frozenset[Conditional]) -> None:
    """Let a request's selections and the inputs that they need state these conditions themselves."""
    if not conditions:
        return
    for inquiry in request.inquiries:
        for types, shown in inquiry.representations.items():
            selections = tuple(_conditioned(each, conditions) for each in shown.selections)
            inquiry.representations[types] = replace(shown, selections=selections)
    waiting = [each for each in (request.picks, *(inquiry.picks for inquiry in request.inquiries)) if each is not None]
    while waiting:
        picks = waiting.pop()
        waiting.extend(picks.fragments.values())
        fields = list(picks.fields.values())
        picks.fields.clear()
        for pick in fields:
            pick.conditions = tuple(sorted(conditions.union(pick.conditions), key=order_of))
            picks.put(pick)


def _conditioned(shown: RepresentationSelection, conditions: frozenset[Conditional]) -> RepresentationSelection:
    if isinstance(shown, RepresentationFragment):
        return replace(shown, selections=tuple(_conditioned(each, conditions) for each in shown.selections))
    if shown.is_key:
        return shown
    return replace(shown, conditions=tuple(sorted(conditions.union(shown.conditions), key=order_of)))


def _is_one_question(one: Inquiry, other: Inquiry) -> bool:
    """Whether two inquiries can share one list of representations.

    About the same objects they can when they tell them by the same key, and what is selected of one type is not of
    another: a subgraph that has them as one `@interfaceObject` cannot tell them apart, so there the other type would be
    asked for fields whose inputs it does not carry; and of two, what is selected of one would be missed of an object
    that is both and was looked up as the other. About other objects, when they show and select the same.
    """
    if one.contexts != other.contexts:
        return False
    if one.key == other.key and one.places == other.places:
        shared = set(one.representations) & set(other.representations)
        differ = one.picks != other.picks and one.representations.keys() != other.representations.keys()
        if differ and _shows_interfaces(one) and _shows_interfaces(other):
            return False
        apart = all(
            not set(mine) & set(others)
            for mine in one.representations
            for others in other.representations
            if mine != others
        )
        agree = all(_agree(one.representations[types], other.representations[types]) for types in shared)
        return apart and agree and (() in one.representations) == (() in other.representations)
    return _asks_alike(one, other)


def _shows_interfaces(inquiry: Inquiry) -> bool:
    """Whether objects are looked up by the name of an interface, which the subgraph has as an object."""
    return any(
        shown.typename is not None and shown.typename not in shown.types for shown in inquiry.representations.values()
    )


def _agree(one: Representation, other: Representation) -> bool:
    """Whether one representation can show what both show: no field under one name from two places."""
    return one.typename == other.typename and _from_one_place(one.selections, other.selections)


def _from_one_place(one: Selections, other: Selections) -> bool:
    """Whether what both selections have under one name stands at one place of the tree, and all inside it does."""
    return all(
        mine.tree_key == another.tree_key and _from_one_place(mine.selections, another.selections)
        for types, mine in _fields(one)
        for others, another in _fields(other)
        if mine.name == another.name and (types is None or others is None or not types.isdisjoint(others))
    )


def _fields(selections: Selections) -> Iterator[tuple[frozenset[str] | None, RepresentationField]]:
    """The fields of a selection, each with the types of the objects that show it (None: all)."""
    for each in selections:
        if isinstance(each, RepresentationField):
            yield None, each
        else:
            yield from ((frozenset(each.types), field) for _, field in _fields(each.selections))


def _join(kept: Inquiry, other: Inquiry) -> None:
    if kept.picks != other.picks:
        kept.picks.add(other.picks)
    for types, shown in other.representations.items():
        known = kept.representations.get(types)
        if known is None:
            kept.representations[types] = shown
        elif known != shown:
            kept.representations[types] = _both(known, shown)
    kept.take_paths(other)


def _both(one: Representation, other: Representation) -> Representation:
    """Shows what either shows: without conditions where one of them has none."""
    shown = dict.fromkeys((*one.selections, *other.selections))
    kept = tuple(
        each
        for each in shown
        if isinstance(each, RepresentationFragment) or not each.conditions or replace(each, conditions=()) not in shown
    )
    return replace(one, selections=kept)
