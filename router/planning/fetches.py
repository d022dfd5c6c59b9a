"""From chosen ways to fetches: cuts the tree of visited nodes where it hops, one fetch for each part.

Fetches are mutable here, while the passes of router.planning.passes rearrange them; router.planning.emit freezes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from graphql import NameNode, ValueNode, VariableNode

from router.graph import Deferral, Graph, State, Wish
from router.plan import (
    Conditional,
    ContextArgument,
    Each,
    Key,
    On,
    Path,
    Representation,
    RepresentationField,
    RepresentationFragment,
    RepresentationSelection,
)
from router.planning.moves import Cast, FromContext, Hop, Node, Root, Take
from router.planning.names import Names
from router.planning.purposes import ALWAYS, Terms, note_purposes
from router.supergraph import Kind

PickKey: TypeAlias = tuple[str, str, tuple[Conditional, ...]]


@dataclass(slots=True)
class Pick:
    """A selected field. `inner` is None for leaves."""

    name: str
    key: str
    signature: str
    type: str
    arguments: tuple[tuple[str, ValueNode], ...]
    conditions: tuple[Conditional, ...]
    inner: Picks | None
    reply_key: str = ""


@dataclass(slots=True)
class Picks:
    """A selection set on `type`: fields, and fields of some of its object types only.

    `typename` asks for `__typename`; `typename_wanted` when that is a purpose of its own, whatever the conditions are.
    """

    type: str
    fields: dict[PickKey, Pick] = field(default_factory=dict)
    fragments: dict[tuple[str, ...], Picks] = field(default_factory=dict)
    typename: bool = False
    typename_wanted: bool = False

    def add(self, other: Picks) -> None:
        """Take everything another selection set selects, too."""
        self.typename = self.typename or other.typename
        self.typename_wanted = self.typename_wanted or other.typename_wanted
        for pick in other.fields.values():
            self.put(pick)
        for types, picks in other.fragments.items():
            known = self.fragments.get(types)
            if known is None:
                self.fragments[types] = picks
            else:
                known.add(picks)

    def put(self, pick: Pick) -> None:
        """Take a field, into the same one where it is selected already."""
        mine = self.fields.setdefault((pick.key, pick.signature, pick.conditions), pick)
        if mine is not pick and mine.inner is not None and pick.inner is not None:
            mine.inner.add(pick.inner)

    def is_empty(self) -> bool:
        """Whether nothing is selected, not even a type name."""
        return not (self.fields or self.fragments or self.typename)


@dataclass(slots=True)
class Inquiry:
    """Entities to look up: where they stand, how they are shown, and what is wanted of them.

    `contexts` are values from above that go into variables, each with the variable's type. `places` are the paths
    without the type conditions at their ends.
    """

    paths: list[Path]
    representations: dict[tuple[str, ...], Representation]
    picks: Picks
    key: str
    contexts: tuple[tuple[ContextArgument, str], ...] = ()
    places: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.places.update(map(place_of, self.paths))

    def take_paths(self, other: Inquiry) -> None:
        """Look up what stands at another's paths, too."""
        known = set(self.paths) if not self.places.isdisjoint(other.places) else ()
        self.paths.extend(path for path in other.paths if path not in known)
        self.places |= other.places


def place_of(path: Path) -> Path:
    """A path without its last type condition: the objects there, whatever their type."""
    while path and isinstance(path[-1], On):
        path = path[:-1]
    return path


@dataclass(slots=True, eq=False)
class Request:
    """A fetch in the making. `picks` is set for root fetches, `inquiries` for entity fetches.

    `conditions` are those of the fields above, as far as the objects may stand in the tree without them; `implied` are
    the others, without which there is no object to ask about. `wanted` says when anything that the request brings is
    wanted, be it only as another's input.
    """

    subgraph: str
    path: Path
    conditions: frozenset[Conditional]
    picks: Picks | None = None
    inquiries: list[Inquiry] = field(default_factory=list)
    after: set[Request] = field(default_factory=set)
    number: int = 0
    deferred: int | None = None
    implied: frozenset[Conditional] = frozenset()
    wanted: Terms = ALWAYS
    starts: dict[Request, frozenset[Conditional]] = field(default_factory=dict)

    def needs(self, other: Request) -> frozenset[Conditional]:
        """The conditions under which what this one comes after has to be there for it."""
        return self.starts.get(other, self.implied)

    def come_after(self, other: Request, when: frozenset[Conditional]) -> None:
        """Come after one more, which has to be there under these conditions."""
        self.starts[other] = self.needs(other) & when if other in self.after else when
        self.after.add(other)


@dataclass(frozen=True, slots=True)
class Where:
    """A place of the tree, and the conditions of the fields that lead to it. See `Request`."""

    path: Path = ()
    conditions: frozenset[Conditional] = frozenset()
    implied: frozenset[Conditional] = frozenset()


class Cutter:
    """Walks the visited nodes and fills requests."""

    def __init__(self, graph: Graph, names: Names, deferrals: Sequence[Deferral] = ()) -> None:
        self.graph = graph
        self.names = names
        self.deferrals = deferrals
        self.requests: list[Request] = []
        self._needs: list[tuple[Request, Node]] = []

    def cut(self, root: Node, leaves: Iterable[tuple[Wish, Node]]) -> list[Request]:
        """The requests of a plan, each knowing which ones it comes after and whether its values may come later."""
        leaves = list(leaves)
        self._children(root, None, None, Where())
        for request, node in self._needs:
            for need in node.needs:
                if isinstance(need.group, Request):
                    request.after.add(need.group)
            request.after.discard(request)
        self._defer(leaves)
        note_purposes(leaves, self.requests, self.names.key)
        return self.requests

    def _defer(self, leaves: Iterable[tuple[Wish, Node]]) -> None:
        """Mark requests of which only what one `@defer` holds wants anything, directly or through others."""
        wanted: dict[Request, set[int | None]] = {request: set() for request in self.requests}
        for wish, node in leaves:
            waiting = [node.group] if isinstance(node.group, Request) else []
            while waiting:
                request = waiting.pop()
                if wish.deferred not in wanted[request]:
                    wanted[request].add(wish.deferred)
                    waiting.extend(request.after)
        for request, reasons in wanted.items():
            request.deferred = self._innermost(reasons)

    def _innermost(self, deferrals: set[int | None]) -> int | None:
        """The innermost deferral that all these stand in, or None."""
        shared: list[int | None] | None = None
        for each in deferrals:
            chain = [each]
            while (last := chain[-1]) is not None:
                chain.append(self.deferrals[last].parent)
            shared = chain if shared is None else [one for one in shared if one in chain]
        return shared[0] if shared else None

    def _request(self, subgraph: str, where: Where, source: Request | None) -> Request:
        request = Request(subgraph, where.path, where.conditions, number=len(self.requests), implied=where.implied)
        if source is not None:
            request.after.add(source)
        self.requests.append(request)
        return request

    def _children(self, node: Node, request: Request | None, picks: Picks | None, where: Where) -> None:
        node.group = request
        for child in node.children.values():
            if not child.marked:
                continue
            move = child.move
            if isinstance(move, Root):
                asked = self._request(move.subgraph, where, request)
                assert child.state is not None
                asked.picks = Picks(child.state.type)
                self._children(child, asked, asked.picks, where)
            elif isinstance(move, Hop):
                self._hop(node, child, move, request, picks, where)
            else:
                assert picks is not None
                if isinstance(move, Take):
                    self._take(child, move, request, picks, where)
                elif isinstance(move, Cast):
                    picks.typename = True
                    inner = picks.fragments.setdefault(move.types, Picks(move.types[0]))
                    everything = node.state is not None and len(node.state.types) == len(move.types)
                    below = where if everything else replace(where, path=(*where.path, On(move.types)))
                    self._children(child, request, inner, below)

    def _take(
        self,
        node: Node,
        move: Take,
        request: Request | None,
        picks: Picks,
        where: Where,
    ) -> None:
        node.group = request
        wish, edge = move.wish, move.edge
        if edge is None:
            picks.typename = True
            picks.typename_wanted = picks.typename_wanted or not wish.conditions
            return
        key = self.names.key(wish)
        identity = (key, wish.signature, wish.conditions)
        pick = picks.fields.get(identity)
        if pick is None:
            inner = None if edge.is_leaf else Picks(edge.named_type)
            arguments = wish.arguments
            if edge.contexts and node.parent is not None and isinstance(node.parent.move, Hop):
                arguments += tuple(
                    (each.argument, VariableNode(name=NameNode(value=each.variable)))
                    for each in node.parent.move.contexts
                )
            pick = Pick(wish.name, key, wish.signature, edge.type, arguments, wish.conditions, inner)
            picks.fields[identity] = pick
        if pick.inner is None:
            return
        assert node.state is not None
        declared = self.graph.types[wish.on].fields[wish.name].named_type
        if not node.state.opaque and (self.graph.is_abstract(declared) or self.graph.is_abstract(edge.named_type)):
            pick.inner.typename = True
        path: Path = (*where.path, Key(key), Each()) if edge.is_list else (*where.path, Key(key))
        conditions, implied = where.conditions, where.implied
        if self.names.is_shared(key, wish.signature):
            conditions = conditions.union(wish.conditions)
        else:
            implied = implied.union(wish.conditions)
        self._children(node, request, pick.inner, Where(path, conditions, implied))

    def _hop(
        self,
        source: Node,
        node: Node,
        move: Hop,
        request: Request | None,
        picks: Picks | None,
        where: Where,
    ) -> None:
        assert source.state is not None
        assert node.state is not None
        assert picks is not None
        asked = self._request(move.subgraph, where, request)
        self._needs.append((asked, node))
        state = source.state
        fields = list(self._representation(self.graph.wishes(move.key.type, move.key.fields), is_key=True))
        if move.requires is not None:
            names = {each.name for each in fields if isinstance(each, RepresentationField) and not each.selections}
            fields.extend(
                each
                for each in self._representation(self.graph.wishes(move.key.type, move.requires), is_key=False)
                if not (isinstance(each, RepresentationField) and not each.selections and each.name in names)
            )
        types = () if state.opaque else state.types
        typename = _shown_as(self.graph, state, move)
        if typename is None:
            picks.typename = True
        inner = Picks(node.state.type)
        inquiry = Inquiry(
            [where.path],
            {types: Representation(types, typename, tuple(fields))},
            Picks("_Entity"),
            move.key.fields,
            tuple((self._context(each), each.type) for each in move.contexts),
        )
        shown = node.state.types if not self.graph.is_abstract(move.key.type) else (move.key.type,)
        inquiry.picks.fragments[shown] = inner
        asked.inquiries.append(inquiry)
        self._children(node, asked, inner, where)
        if self.graph.is_abstract(move.key.type) and not node.state.opaque:
            inner.typename = True

    def _context(self, given: FromContext) -> ContextArgument:
        return ContextArgument(given.variable, tuple(self._sources(given.source)), given.levels_up)

    def _sources(self, wishes: Iterable[Wish], above: Path = ()) -> Iterator[Path]:
        for wish in wishes:
            here: Path = above if wish.types is None else (*above, On(tuple(sorted(wish.types))))
            here = (*here, Key(self.names.key(wish)))
            if wish.wishes:
                yield from self._sources(wish.wishes, here)
            else:
                yield here

    def _representation(self, wishes: Iterable[Wish], *, is_key: bool) -> Iterable[RepresentationSelection]:
        for wish in wishes:
            inner: tuple[RepresentationSelection, ...] = ()
            if wish.wishes:
                inner = tuple(self._representation(wish.wishes, is_key=is_key))
                declared = self.graph.types[wish.on].fields[wish.name].named_type
                if self.graph.is_abstract(declared):
                    inner = (RepresentationField("__typename", "__typename", is_key=False), *inner)
            shown = RepresentationField(wish.name, self.names.key(wish), is_key, inner)
            if wish.types is not None:
                yield RepresentationFragment(tuple(sorted(wish.types)), (shown,))
            else:
                yield shown


def _shown_as(graph: Graph, state: State, move: Hop) -> str | None:
    """The `__typename` to send, or None for the object's own."""
    if move.key.opaque or state.opaque:
        return move.key.type
    if len(state.types) == 1 and graph.types[state.type].kind is Kind.OBJECT:
        return state.type
    return None


def mark(nodes: Iterable[Node]) -> None:
    """Mark the chosen nodes and all that has to be visited for them."""
    waiting = list(nodes)
    while waiting:
        here: Node | None = waiting.pop()
        while here is not None and not here.marked:
            here.marked = True
            waiting.extend(here.needs)
            here = here.parent
