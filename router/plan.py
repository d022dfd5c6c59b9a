"""The query plan: which subgraph is asked what, in which order. Frozen data that planning makes and execution reads.

Theory. A request grows one *response tree*: nested dictionaries and lists. A root `Fetch` puts the first values there.
An `EntityFetch` finds the objects at its lookups' paths in the tree, sends one representation of each distinct object
to `_entities`, and merges what comes back into those same objects. When the plan has run, the answer is the client's
selection read out of the tree; whatever else stands there (keys, `@requires` inputs) is never shown.

Two names of one value. `reply_key` is the key in the subgraph's reply (alias, or field name). `tree_key` is the key in
the response tree: the client's response name, or a name of the planner's own for values only the plan needs. They
differ only where one reply cannot hold two values under the name the tree wants.

Objects whose runtime type matters carry `__typename` in the tree under the key `__typename`: those at places of an
abstract type, save where only an `@interfaceObject` was asked and no field tells the types apart. Elsewhere the API
schema knows the type. A client's alias of `__typename` is not in the plan.

One selection may hold several fields of one reply key, with different conditions or in different fragments: the reply
holds all that they select, merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from graphql import ValueNode


class OperationKind(Enum):
    """The three root operation types of the GraphQL specification."""

    QUERY = "query"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"


# ------------------------------------------------------------------------------------------------------------- paths


@dataclass(frozen=True, slots=True)
class Key:
    """Step into an object's value under this key of the response tree."""

    name: str


@dataclass(frozen=True, slots=True)
class Each:
    """Step into every item of a list, through nested lists down to the objects."""


@dataclass(frozen=True, slots=True)
class On:
    """Go on only from objects whose `__typename` is one of these object types."""

    types: tuple[str, ...]


Step: TypeAlias = Key | Each | On
Path: TypeAlias = tuple[Step, ...]


# -------------------------------------------------------------------------------------------- what a subgraph is asked


@dataclass(frozen=True, slots=True)
class Conditional:
    """`@include(if: $variable)`, or `@skip(if: $variable)` when `negated`. Literals are resolved before planning."""

    variable: str
    negated: bool

    def holds(self, variables: Mapping[str, object]) -> bool:
        """Whether what stands under it is asked for with these variables."""
        return bool(variables.get(self.variable)) != self.negated


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a subgraph operation.

    `type` is the output type as this subgraph declares it, printed ("[Product!]!"). `conditions` must all hold.
    """

    name: str
    reply_key: str
    tree_key: str
    type: str
    arguments: tuple[tuple[str, ValueNode], ...] = ()
    conditions: tuple[Conditional, ...] = ()
    selections: tuple[Selection, ...] = ()


@dataclass(frozen=True, slots=True)
class Fragment:
    """An inline fragment. `types` are the object types of the supergraph that satisfy `type_condition`.

    Without a type condition `types` is empty, and the fragment stands there for its conditions alone.
    """

    type_condition: str | None
    types: tuple[str, ...]
    selections: tuple[Selection, ...]
    conditions: tuple[Conditional, ...] = ()


Selection: TypeAlias = Field | Fragment


def selects(selections: Iterable[Selection], variables: Mapping[str, object]) -> bool:
    """Whether anything of these is asked for with these variables."""
    return any(
        all(each.holds(variables) for each in selection.conditions)
        and (isinstance(selection, Field) or selects(selection.selections, variables))
        for selection in selections
    )


# ----------------------------------------------------------------------------------------------------- representations


@dataclass(frozen=True, slots=True)
class RepresentationField:
    """One field of a representation: `name` as the target's @key or @requires calls it, its value from `tree_key`.

    `is_key` marks the fields of the @key: an object that lacks one, or has null there, is not looked up at all.
    Fields of a @requires are sent as they are, null included; where they are there for fields under `conditions` alone,
    they are not sent without these: then they may not have been fetched.
    """

    name: str
    tree_key: str
    is_key: bool
    selections: tuple[RepresentationSelection, ...] = ()
    conditions: tuple[Conditional, ...] = ()


@dataclass(frozen=True, slots=True)
class RepresentationFragment:
    """Fields that only objects of these runtime types carry into the representation."""

    types: tuple[str, ...]
    selections: tuple[RepresentationSelection, ...]


RepresentationSelection: TypeAlias = RepresentationField | RepresentationFragment


@dataclass(frozen=True, slots=True)
class Representation:
    """How an object of one of `types` (its `__typename` in the tree) is shown to the target.

    One type alone may be known from the place, without a `__typename` in the tree. Empty `types` mean every object,
    also one whose type is not known (it came from an `@interfaceObject`). `typename` is what to send as `__typename`:
    the interface's name where the target has an `@interfaceObject`, else None for the object's own.
    """

    types: tuple[str, ...]
    typename: str | None
    selections: tuple[RepresentationSelection, ...]

    def decided(self, variables: Mapping[str, object]) -> Representation:
        """What is sent with these variables, without conditions."""
        return replace(self, selections=_decided(self.selections, variables))


def _decided(
    selections: Iterable[RepresentationSelection], variables: Mapping[str, object]
) -> tuple[RepresentationSelection, ...]:
    found: list[RepresentationSelection] = []
    for each in selections:
        if isinstance(each, RepresentationFragment):
            found.append(replace(each, selections=_decided(each.selections, variables)))
        elif all(condition.holds(variables) for condition in each.conditions):
            found.append(replace(each, conditions=()) if each.conditions else each)
    return tuple(found)


# --------------------------------------------------------------------------------------------------------------- nodes


@dataclass(frozen=True, slots=True)
class ContextArgument:
    """A `@fromContext` argument: a value of the object `levels_up` objects above the entity goes into `variable`.

    It stands at the first of `sources` whose type conditions all hold there; where none do, it is null.
    """

    variable: str
    sources: tuple[Path, ...]
    levels_up: int


@dataclass(frozen=True, slots=True)
class Lookup:
    """One `_entities` selection of an entity fetch.

    `reply_key` is `_entities`, or an alias where one request holds several lookups; `variable` names the variable that
    carries the representations: an empty list where a lookup finds no objects of which anything is asked for. The
    objects at all `paths` are looked up together.
    """

    reply_key: str
    variable: str
    paths: tuple[Path, ...]
    representations: tuple[Representation, ...]
    selections: tuple[Selection, ...]
    contexts: tuple[ContextArgument, ...] = ()

    def asking(self, variables: Mapping[str, object]) -> Lookup:
        """The lookup of those objects alone of which anything is asked for with these variables."""
        asked = tuple(each for each in self.representations if selects(self._selected_of(each), variables))
        return self if len(asked) == len(self.representations) else replace(self, representations=asked)

    def _selected_of(self, shown: Representation) -> Iterator[Selection]:
        is_own = shown.types and shown.typename in (None, *shown.types)
        for each in self.selections:
            if is_own and isinstance(each, Fragment) and each.types and set(shown.types).isdisjoint(each.types):
                continue
            yield each


@dataclass(frozen=True, slots=True)
class Fetch:
    """A request for root fields. Its data is merged into the object at `path` (the root of the tree, nearly always)."""

    subgraph: str
    kind: OperationKind
    operation: str
    operation_name: str | None
    variables: tuple[str, ...]
    selections: tuple[Selection, ...]
    path: Path = ()


@dataclass(frozen=True, slots=True)
class EntityFetch:
    """A request for more fields of objects that stand in the tree already; skipped when there are none."""

    subgraph: str
    operation: str
    operation_name: str | None
    variables: tuple[str, ...]
    lookups: tuple[Lookup, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """One node after the other."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Parallel:
    """All nodes at once."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """`then` when the Boolean variable is true, else `otherwise`. One request may stand in both, deeper down."""

    variable: str
    then: Node | None
    otherwise: Node | None


@dataclass(frozen=True, slots=True)
class Deferred:
    """What one `@defer` sends later.

    `label` is the directive's. `path` is where the fragment stands in the answer: the client's response names, `Each`
    for the items of lists; there is one deferred part of the plan however many objects stand there. `variable` is that
    of the directive's `if`: where its value is false the part is not deferred, and belongs to what it stands in, whose
    answer waits for it. `node` fetches what the part needs beyond what it stands in; None when that is nothing.
    """

    label: str | None
    path: Path
    node: Node | None
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class Defer:
    """Answer with `primary`, then send each deferred part when it is ready.

    A Defer is the root of a plan or the node of a `Deferred`, nowhere else. `deferred` are the `@defer`s right inside
    the operation (or inside that one), the ones higher up in the answer first; those nested in them are in their nodes.
    A fragment that is spread twice at one place is one part.

    When `primary` has run, the tree holds all that stands outside these fragments, and that every object around them is
    there or null. When a part's node has run after that (if it is itself a Defer: its `primary`), the tree holds all
    that stands in its fragment, but for what is deferred inside. Parts need nothing of each other and may run in any
    order, or at once: they all write to the one tree. What a fragment shares with what
    is around it is fetched once, in the latter; what two fragments share, once for each of them unless one request
    answers it earlier. So the tree may hold more than an answer may show yet: what a part shows is the selection of its
    fragment.

    Where a part shares a request with what is around it, a non-null field of the part that fails there takes the object
    around it along, as it would without `@defer`.

    Conditions: a fragment under `@skip` or `@include` has its part in any case; its requests are under Conditions.
    """

    primary: Node | None
    deferred: tuple[Deferred, ...]


@dataclass(frozen=True, slots=True)
class Subscription:
    """Subscribe with `primary`; run `rest` on every event. It is the root of its plan, and holds no Defer.

    `primary` is never conditional, has the client's one root field, and its reply is one event: data and errors as of
    any other Fetch, merged into a new tree. `rest` starts from that tree and ends as a query's plan does; None when the
    event holds all. Its requests are queries.
    """

    primary: Fetch
    rest: Node | None


Node: TypeAlias = Fetch | EntityFetch | Sequence | Parallel | Condition | Defer | Subscription


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """A field that no subgraph can be asked for.

    `conditions` are those of the root field it is under: a request for which they all hold fails before any fetch.
    """

    field: str
    conditions: tuple[Conditional, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole operation's plan. `root` is None when no subgraph has to be asked (introspection, all skipped)."""

    kind: OperationKind
    root: Node | None
    unanswerable: tuple[Unanswerable, ...] = ()


def fetches(node: Node | None) -> Iterator[Fetch | EntityFetch]:
    """Every fetch below a node, in the plan's order, each once."""
    yield from {id(each): each for each in _fetches(node)}.values()


def _fetches(node: Node | None) -> Iterator[Fetch | EntityFetch]:
    match node:
        case None:
            return
        case Fetch() | EntityFetch():
            yield node
        case Sequence(nodes) | Parallel(nodes):
            for child in nodes:
                yield from _fetches(child)
        case Condition(_, then, otherwise):
            yield from _fetches(then)
            yield from _fetches(otherwise)
        case Defer(primary, deferred):
            yield from _fetches(primary)
            for part in deferred:
                yield from _fetches(part.node)
        case Subscription(primary, rest):
            yield primary
            yield from _fetches(rest)
