"""Once: a mutation's root field runs once, however often it stands in the operation under one response name.

GraphQL specification, 6.3.2 CollectFields: selections of one response name are one field, which stands where the first
of them does. Under conditions, which one is the first is for the variables to say. So each takes over what is selected
under the later ones, and those stand there only where no earlier one does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from router.graph import Wish
from router.plan import Conditional
from router.planning.purposes import Term, opposite, order_of
from router.planning.walk import Unreachable

# Conditions that exclude each other multiply. No sensible mutation has one field under so many.
TERMS_MAX = 64


def run_once(wishes: Sequence[Wish]) -> list[Wish]:
    """The same root fields, so that no two of one response name are ever asked for together. Raises Unreachable."""
    same: dict[str | None, list[Wish]] = {}
    for wish in wishes:
        same.setdefault(wish.key, []).append(wish)
    found: list[Wish] = []
    for wish in wishes:
        alike = same[wish.key]
        index = alike.index(wish)
        terms = [frozenset(wish.conditions)]
        for earlier in alike[:index]:
            terms = [rest for term in terms for rest in _without(term, earlier.conditions)]
            if len(terms) > TERMS_MAX:
                raise Unreachable(wish, f"{wish.key} stands under too many different conditions")
        found += [_taking(wish, term, alike[index + 1 :]) for term in terms]
    return found


def _without(term: Term, other: Sequence[Conditional]) -> Iterator[Term]:
    """Where the term holds and the other does not, as terms that exclude each other."""
    for each in other:
        if opposite(each) in term:
            yield term
            return
        if each not in term:
            yield term | {opposite(each)}
            term |= {each}


def _taking(wish: Wish, term: Term, later: Sequence[Wish]) -> Wish:
    """The wish under these conditions, with what is selected under the later ones where their conditions hold too."""
    more = [
        replace(child, conditions=_ordered(left.union(child.conditions)))
        for other in later
        if not any(opposite(each) in term for each in other.conditions)
        for left in (frozenset(other.conditions) - term,)
        for child in other.wishes or ()
        if not any(opposite(each) in left for each in child.conditions)
    ]
    return replace(wish, conditions=_ordered(term), wishes=None if wish.wishes is None else (*wish.wishes, *more))


def _ordered(term: Term) -> tuple[Conditional, ...]:
    return tuple(sorted(term, key=order_of))
