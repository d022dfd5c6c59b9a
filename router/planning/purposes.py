"""When a request is wanted: under which conditions any value that it brings is, be it only as an input of another.

Theory. A term is a set of conditions that must hold together; a request is wanted when one of its terms holds. Each
leaf of the client brings a term to the request that answers it, made of the leaf's own conditions and of those of the
fields around it. A request's terms count for every request that it comes after. So what is fetched for the inputs of a
skipped `@requires` is skipped with it, unless somebody else wants it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from router.graph import Wish
from router.plan import Condition, Conditional
from router.plan import Node as PlanNode
from router.planning.moves import Node, Take

if TYPE_CHECKING:
    from router.planning.fetches import Request

Term: TypeAlias = frozenset[Conditional]
Terms: TypeAlias = frozenset[Term]

ALWAYS: Terms = frozenset({frozenset()})
# A request whose terms differ in more variables than this, or of more terms, is made whenever what they share holds.
VARIABLES_MAX = 4
TERMS_MAX = 16


@dataclass(eq=False, slots=True)
class _Place:
    """A place of the answer, by the fields that lead to it; `term` is all their conditions.

    `nodes` are where the field is answered. `is_shown` once a leaf below is wanted whenever the place itself is.
    """

    above: _Place | None
    term: Term
    nodes: list[Node] = field(default_factory=list)
    below: dict[tuple[object, ...], _Place] = field(default_factory=dict)
    is_shown: bool = False


def note_purposes(
    leaves: Iterable[tuple[Wish, Node]], requests: Iterable[Request], key_of: Callable[[Wish], str]
) -> None:
    """Set when each request is wanted. The nodes know their requests already, and those what they come after."""
    wanted: dict[Request, Terms] = {request: frozenset() for request in requests}
    top = _Place(None, frozenset(), is_shown=True)
    known: dict[Node, _Place] = {}
    for wish, end in leaves:
        here: _Place | None = _place(end, known, top, key_of)
        assert here is not None
        term = here.term.union(wish.conditions)
        _want(wanted, end, term)
        while here is not None and not here.is_shown and here.term == term:
            here.is_shown = True
            here = here.above
    # An object of which every field is left out is there all the same, and one request has to say so.
    waiting = [top]
    while waiting:
        place = waiting.pop()
        waiting.extend(place.below.values())
        if not place.is_shown:
            _want(wanted, place.nodes[0], place.term)
    for request, terms in wanted.items():
        request.wanted = terms


def _place(end: Node, known: dict[Node, _Place], top: _Place, key_of: Callable[[Wish], str]) -> _Place:
    chain: list[Node] = []
    node: Node | None = end
    while node is not None and node not in known:
        chain.append(node)
        node = node.parent
    here = known[node] if node is not None else top
    for node in reversed(chain):
        if isinstance(node.move, Take):
            wish = node.move.wish
            identity = (key_of(wish), wish.signature, wish.conditions, wish.types)
            if identity not in here.below:
                here.below[identity] = _Place(here, here.term.union(wish.conditions))
            here = here.below[identity]
            here.nodes.append(node)
        known[node] = here
    return here


def conditions_above(node: Node) -> Term:
    """The conditions of all fields that lead to a node."""
    found: set[Conditional] = set()
    here: Node | None = node
    while here is not None:
        if isinstance(here.move, Take):
            found.update(here.move.wish.conditions)
        here = here.parent
    return frozenset(found)


def _want(wanted: dict[Request, Terms], node: Node, term: Term) -> None:
    waiting: list[Request] = [node.group] if node.group in wanted else []
    while waiting:
        request = waiting.pop()
        before = wanted[request]
        after = either(before, frozenset({term}))
        if after != before:
            wanted[request] = after
            waiting.extend(request.after)


def either(one: Terms, other: Terms) -> Terms:
    """Wanted for this or for that. Terms that cannot hold, or that say less than another, are left out."""
    if one == other or ALWAYS in (one, other):
        return one if one == other else ALWAYS
    possible = {term for term in one | other if not any(opposite(each) in term for each in term)}
    kept = frozenset(term for term in possible if not any(less < term for less in possible))
    return kept if len(kept) <= TERMS_MAX else frozenset({shared(kept)})


def implies(one: Terms, other: Terms) -> bool:
    """Whether the second surely holds where the first does."""
    return all(any(less <= term for less in other) for term in one)


def shared(terms: Terms) -> Term:
    """The conditions of every term."""
    return frozenset.intersection(*terms) if terms else frozenset()


def opposite(condition: Conditional) -> Conditional:
    """What holds exactly where this does not."""
    return Conditional(condition.variable, negated=not condition.negated)


def conditioned(node: PlanNode, terms: Terms) -> PlanNode | None:
    """The node, run only where one of the terms holds; None when none ever does."""
    together = shared(terms)
    inner = {term - together for term in terms}
    if len({each.variable for term in inner for each in term}) > VARIABLES_MAX:
        inner = {frozenset()}
    found = _decided(node, inner)
    for each in sorted(together, key=order_of):
        if found is not None:
            found = Condition(each.variable, None, found) if each.negated else Condition(each.variable, found, None)
    return found


def _decided(node: PlanNode, terms: Iterable[Term]) -> PlanNode | None:
    terms = set(terms)
    if not terms or frozenset() in terms:
        return node if terms else None
    variable = min((each for term in terms for each in term), key=order_of).variable
    then, otherwise = (
        _decided(node, {term - {each} for term in terms if opposite(each) not in term})
        for each in (Conditional(variable, negated=False), Conditional(variable, negated=True))
    )
    return then if then is otherwise else Condition(variable, then, otherwise)


def order_of(condition: Conditional) -> tuple[str, bool]:
    """In which order conditions are written."""
    return condition.variable, condition.negated
