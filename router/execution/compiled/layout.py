"""Where every value of a plan's response tree stands: the positions of its objects and the slots of their fields.

Theory. A *position* is one place of the response tree: `users`, `users.reviews`, `users.reviews.product`. All objects
at a position get one generated Struct class, whose fields are the client's, in the client's order, followed by what
only the plan needs (keys, `@requires` inputs). So a reply is decoded straight into the answer, an entity's fields are
added by assignment, what the client did not ask for is unset, and encoding the root is the answer.

An abstract position has one class too, with the fields of every possible type; those of other types stay unset and
are not encoded. Whatever does not fit (two fetches that build the same object, one key with different selections
under different types, orders that contradict each other) raises NotCompilable, and the plan runs in the generic
executor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from router.execution.shape import Composite, FieldShape, ObjectShape, Output, Required, Several
from router.plan import (
    Condition,
    Each,
    EntityFetch,
    Fetch,
    Field,
    Fragment,
    Key,
    Lookup,
    Node,
    On,
    Parallel,
    Path,
    RepresentationField,
    RepresentationFragment,
    RepresentationSelection,
    Selection,
)
from router.plan import Sequence as SequenceNode


class NotCompilable(Exception):
    """The plan or the operation has a shape that only the generic executor handles. The message says which."""


POSSIBLE_TYPES_MAX = 40


@dataclass(eq=False)
class Source:
    """What brings values: a root fetch (`lookup` None), or one lookup of an entity fetch, `number` in plan order."""

    number: int
    fetch: Fetch | EntityFetch
    lookup: Lookup | None


@dataclass(eq=False)
class Slot:
    """One field of the objects at a position.

    `output` is the client's type where the client sees it, None where only the plan does. `type` is the subgraph's
    type, printed. `types` are the parents' runtime types that have the field; `brought` says for which of them a
    source brings it.
    """

    key: str
    attribute: str
    output: Output | None
    type: str = ""
    position: Position | None = None
    types: set[str] = field(default_factory=set)
    brought: dict[Source, set[str]] = field(default_factory=dict)
    # Whether it is `__typename`, perhaps by an alias: then no fetch needs to bring it.
    own: bool = False
    # The schema's name of a field that the viewer may not see: always null.
    denied: str | None = None

    @property
    def visible(self) -> bool:
        """Whether the client asked for it."""
        return self.output is not None


@dataclass(eq=False)
class Position:
    """One place where objects stand. `depth` is the number of list levels between the parent's slot and the objects."""

    number: int
    types: frozenset[str]
    abstract: bool
    parent: Position | None = None
    slot: Slot | None = None
    depth: int = 0
    slots: dict[str, Slot] = field(default_factory=dict)
    children: list[Position] = field(default_factory=list)
    # The root's one source, where it has only one.
    only: Source | None = None
    # Whether a lookup starts from the objects here.
    target: bool = False

    def slot_at(self, key: str) -> Slot:
        """The slot of a tree key. Raises NotCompilable where the plan brings none."""
        found = self.slots.get(key)
        if found is None:
            raise NotCompilable(f"nothing stands at {key!r}")
        return found

    @property
    def creator(self) -> Source | None:
        """The one source whose reply the objects come from; None for a root that several fetches share."""
        return next(iter(self.slot.brought)) if self.slot is not None else self.only


@dataclass(eq=False)
class Layout:
    """The whole tree. `targets` gives, for each lookup, the positions of its paths with the types they narrow to."""

    root: Position
    positions: list[Position]
    sources: list[Source]
    targets: dict[Source, list[tuple[Position, frozenset[str] | None]]]


def lay_out(shape: ObjectShape, node: Node) -> Layout:
    """The layout of a plan for a client's selection. Raises NotCompilable."""
    return _Builder(shape).build(node)


class _Builder:
    def __init__(self, shape: ObjectShape) -> None:
        self.positions: list[Position] = []
        self.root = self.position(frozenset((shape.typename,)), abstract=False)
        self.show(self.root, {shape.typename: shape})

    def position(self, types: frozenset[str], *, abstract: bool) -> Position:
        made = Position(len(self.positions), types, abstract)
        self.positions.append(made)
        return made

    # ------------------------------------------------------------------------------------------ what the client sees

    def show(self, position: Position, shapes: dict[str, ObjectShape]) -> None:
        """Give a position the client's fields, in an order that every possible type agrees with."""
        for key in _one_order([[f.key for f in shape.fields] for shape in shapes.values()]):
            having = {name: f for name, shape in shapes.items() if (f := shape.get(key)) is not None}
            fields = list(having.values())
            if any(f.denied for f in fields):
                self.deny(position, key, fields)
                continue
            if any(f.own and f.name != "__typename" for f in fields):
                raise NotCompilable("introspection")
            if len({f.own for f in fields}) > 1:
                raise NotCompilable(f"{key!r} is __typename under some types only")
            if any(_leaf_or_list(f.output) != _leaf_or_list(fields[0].output) for f in fields):
                raise NotCompilable(f"{key!r} has different types")
            slot = Slot(key, f"f{len(position.slots)}", fields[0].output, types=set(having), own=fields[0].own)
            position.slots[key] = slot
            self.nest(position, slot, fields)

    def deny(self, position: Position, key: str, fields: list[FieldShape]) -> None:
        """Give a position a field that is null to the viewer, where its objects and the error are easily found."""
        above: Position | None = position
        while above is not None:
            if above.abstract:
                raise NotCompilable("a field denied to the viewer under an abstract type")
            above = above.parent
        if isinstance(fields[0].output, Required):
            raise NotCompilable("a denied field that may not be null")
        position.slots[key] = Slot(
            key, f"f{len(position.slots)}", fields[0].output, types=set(position.types), denied=fields[0].name
        )

    def nest(self, position: Position, slot: Slot, fields: list[FieldShape]) -> None:
        depth, inner = _unwrapped(fields[0].output)
        if not isinstance(inner, Composite):
            return
        if inner.denied:
            raise NotCompilable("a type denied to the viewer")
        if len(inner.possible) > POSSIBLE_TYPES_MAX:
            raise NotCompilable(f"{inner.name} has {len(inner.possible)} possible types")
        child = self.position(inner.possible, abstract=inner.abstract)
        child.parent, child.slot, child.depth = position, slot, depth
        slot.position = child
        position.children.append(child)
        shapes = {name: inner.shape(name) for name in sorted(inner.possible)}
        for other in fields[1:]:
            composite = _unwrapped(other.output)[1]
            assert isinstance(composite, Composite)
            if any(not _alike(shapes[name], composite.shape(name)) for name in shapes):
                raise NotCompilable(f"{slot.key!r} selects differently under different types")
        self.show(child, shapes)

    # --------------------------------------------------------------------------------------------- what fetches bring

    def build(self, node: Node) -> Layout:
        sources: list[Source] = []
        targets: dict[Source, list[tuple[Position, frozenset[str] | None]]] = {}
        for fetch in _fetches(node):
            if isinstance(fetch, Fetch):
                if fetch.path:
                    raise NotCompilable("a root fetch below the root")
                source = Source(len(sources), fetch, None)
                sources.append(source)
                self.bring(source, fetch.selections, self.root, self.root.types)
                continue
            for lookup in fetch.lookups:
                if lookup.contexts and lookup.paths:
                    raise NotCompilable("@fromContext")
                source = Source(len(sources), fetch, lookup)
                sources.append(source)
                targets[source] = [self.locate(path) for path in lookup.paths]
                for position, types in targets[source]:
                    position.target = True
                    self.bring(source, lookup.selections, position, types or position.types)
                    for representation in lookup.representations:
                        self.see(representation.selections, position)
        if sum(source.lookup is None for source in sources) == 1:
            self.root.only = sources[0]
        self.check()
        return Layout(self.root, self.positions, sources, targets)

    def bring(self, source: Source, selections: Sequence[Selection], position: Position, types: frozenset[str]) -> None:
        for selection in selections:
            if selection.conditions:
                raise NotCompilable("an undecided condition")
            if isinstance(selection, Fragment):
                self.bring(source, selection.selections, position, types & frozenset(selection.types))
            else:
                self.bring_field(source, selection, position, types)

    def bring_field(self, source: Source, selection: Field, position: Position, types: frozenset[str]) -> None:
        if selection.reply_key != selection.tree_key:
            raise NotCompilable("a value that changes its name")
        slot = position.slots.get(selection.tree_key)
        if slot is None:
            slot = position.slots[selection.tree_key] = Slot(selection.tree_key, f"f{len(position.slots)}", None)
        if not slot.visible:
            slot.types |= types
        slot.type = slot.type or selection.type
        slot.brought.setdefault(source, set()).update(types)
        if selection.selections:
            child = slot.position
            if child is None:
                child = self.position(frozenset(), abstract=False)
                child.parent, child.slot, child.depth = position, slot, selection.type.count("[")
                slot.position = child
                position.children.append(child)
            self.bring(source, selection.selections, child, child.types)

    def locate(self, path: Path) -> tuple[Position, frozenset[str] | None]:
        """The position at a path, with the types that its last step narrows to."""
        position, types = self.root, None
        for step in path:
            match step:
                case Key(name):
                    if types is not None and position.abstract and not types >= position.types:
                        slot = position.slot_at(name)
                        if not slot.types <= types:
                            raise NotCompilable("a path through some of the types that have the field")
                    inner = position.slot_at(name).position
                    if inner is None:
                        raise NotCompilable(f"a path through the leaf {name!r}")
                    position, types = inner, None
                case Each():
                    pass
                case On(names):
                    types = frozenset(names)
        return position, types

    def see(self, selections: Sequence[RepresentationSelection], position: Position) -> None:
        """Make sure that what a representation shows stands in the layout. Raises NotCompilable."""
        for selection in selections:
            match selection:
                case RepresentationFragment(_, inner):
                    self.see(inner, position)
                case RepresentationField(_, key, _, inner):
                    slot = position.slot_at(key)
                    if inner:
                        if slot.position is None:
                            raise NotCompilable(f"a representation reads into the leaf {key!r}")
                        self.see(inner, slot.position)

    def check(self) -> None:
        for position in self.positions:
            # Which type an object has decides which fields it must show, and whether it may be shown at all.
            if position.abstract and not position.slot_at("__typename").brought:
                raise NotCompilable("objects whose type nobody tells")
            for slot in position.slots.values():
                if slot.brought and slot.denied is not None:
                    raise NotCompilable("a denied field that the plan needs")
                if not slot.brought and not slot.own and slot.denied is None:
                    raise NotCompilable(f"no fetch brings {slot.key!r}")
                if slot.position is not None and len(slot.brought) > 1:
                    raise NotCompilable(f"{slot.key!r} comes from several fetches")


def _fetches(node: Node) -> Iterator[Fetch | EntityFetch]:
    match node:
        case Fetch() | EntityFetch():
            yield node
        case SequenceNode(nodes) | Parallel(nodes):
            for child in nodes:
                yield from _fetches(child)
        case Condition():
            raise NotCompilable("an undecided condition")
        case _:
            raise NotCompilable(type(node).__name__)


def _unwrapped(output: Output) -> tuple[int, Output]:
    depth = 0
    while isinstance(output, Several | Required):
        depth += isinstance(output, Several)
        output = output.of
    return depth, output


def _leaf_or_list(output: Output) -> object:
    """What must be equal for two types to share one slot: wrapping and name."""
    match output:
        case Several(of):
            return ("[]", _leaf_or_list(of))
        case Required(of):
            return ("!", _leaf_or_list(of))
        case Composite():
            return output.name
        case _:
            return output


def _alike(one: ObjectShape, other: ObjectShape) -> bool:
    if len(one.fields) != len(other.fields):
        return False
    for a, b in zip(one.fields, other.fields, strict=True):
        if (a.key, a.name) != (b.key, b.name) or _leaf_or_list(a.output) != _leaf_or_list(b.output):
            return False
        inner, twin = _unwrapped(a.output)[1], _unwrapped(b.output)[1]
        if isinstance(inner, Composite) and isinstance(twin, Composite):
            pairs = ((inner.shape(name), twin.shape(name)) for name in inner.possible)
            if any(not _alike(one_shape, other_shape) for one_shape, other_shape in pairs):
                return False
    return True


def _one_order(orders: list[list[str]]) -> list[str]:
    """One order that keeps every given one. Raises NotCompilable where they contradict each other."""
    if len(orders) == 1:
        return orders[0]
    after: dict[str, set[str]] = {}
    for order in orders:
        for i, key in enumerate(order):
            after.setdefault(key, set()).update(order[:i])
    out: list[str] = []
    while after:
        free = next((key for key, before in after.items() if not before), None)
        if free is None:
            raise NotCompilable("types disagree on the order of keys")
        out.append(free)
        del after[free]
        for before in after.values():
            before.discard(free)
    return out
