"""Wishes: the one form of what clients select and of the field sets inside `@key`, `@requires` and `@provides`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    parse,
    print_ast,
)

from router.plan import Conditional, Each, Key, Path
from router.supergraph import Kind, TypeDefinition

Types: TypeAlias = Mapping[str, TypeDefinition]
Possible: TypeAlias = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """A field that somebody wants of an object.

    `key` is the client's response name, or None where only the plan needs the value. `on` is the type it is selected
    on, `types` the object types it is wanted of (None: all that can stand there). `signature` is its name with its
    arguments. `wishes` is None for leaves. `deferred` numbers the innermost `@defer` around it. `by_type` says that a
    fragment around it names a type which the one it stands on does not imply: whoever answers has to know the object's.
    """

    name: str
    key: str | None
    signature: str
    on: str
    types: frozenset[str] | None
    arguments: tuple[tuple[str, ValueNode], ...] = ()
    conditions: tuple[Conditional, ...] = ()
    wishes: tuple[Wish, ...] | None = None
    deferred: int | None = None
    by_type: bool = False

    def of(self, types: Iterable[str]) -> Wish:
        """The same wish, of these object types only."""
        return replace(self, types=frozenset(types))


@dataclass(frozen=True, slots=True)
class Deferral:
    """One `@defer` of an operation; `path` is where its fragment stands in the answer.

    `variable` decides whether it is deferred, if there is one; `parent` is the deferral around it. `spread` names the
    fragment, unless it is an inline one.
    """

    label: str | None
    path: Path
    variable: str | None = None
    parent: int | None = None
    spread: str | None = None


@dataclass(slots=True)
class _Entry:
    """Field nodes that share response name, type and conditions, each with the deferral that it stands in."""

    on: str
    types: frozenset[str] | None
    conditions: tuple[Conditional, ...]
    deferred: int | None
    nodes: list[tuple[FieldNode, int | None]]
    by_type: bool


@dataclass(slots=True)
class _Level:
    """The fields of one object, being gathered. `seen` are the fragments gathered already, and how."""

    on: str
    path: Path
    entries: dict[tuple[object, ...], _Entry] = field(default_factory=dict)
    seen: set[tuple[object, ...]] = field(default_factory=set)


class Collector:
    """Flattens selection sets into wishes: fragments dissolved, same fields merged, literal conditions decided.

    GraphQL specification, 6.3.2 CollectFields; but type conditions and variable conditions are kept on each field.
    `own` collectors read field sets: their wishes have no response name.
    """

    def __init__(
        self,
        types: Types,
        possible: Possible,
        fragments: Mapping[str, FragmentDefinitionNode] | None = None,
        *,
        own: bool = False,
        defer: bool = False,
    ) -> None:
        self.types = types
        self.possible = possible
        self.fragments = fragments or {}
        self.own = own
        self.defer = defer
        self.deferrals: list[Deferral] = []

    def collect(self, on: str, selections: Sequence[SelectionSetNode], path: Path = ()) -> tuple[Wish, ...]:
        """The wishes of some selection sets on one type."""
        return self._finish(on, [(each, None) for each in selections], path)

    def _finish(self, on: str, sets: Sequence[tuple[SelectionSetNode, int | None]], path: Path) -> tuple[Wish, ...]:
        level = _Level(on, path)
        entries = level.entries
        for selection_set, deferred in sets:
            self._gather(selection_set, level, on, None, (), deferred, by_type=False)
        if self.deferrals:
            self._merge_deferred(entries)
        wishes = []
        for entry in entries.values():
            node = entry.nodes[0][0]
            name = node.name.value
            key = None if self.own else (node.alias.value if node.alias else name)
            if name == "__typename":
                wishes.append(Wish(name, key, name, on, None, (), entry.conditions, None, entry.deferred))
                continue
            arguments = tuple((each.name.value, each.value) for each in node.arguments or ())
            children: tuple[Wish, ...] | None = None
            if node.selection_set is not None:
                field = self.types[entry.on].fields[name]
                nested = [
                    (each.selection_set, inside) for each, inside in entry.nodes if each.selection_set is not None
                ]
                step: Path = (Key(key or name), Each()) if "[" in field.type else (Key(key or name),)
                children = self._finish(field.named_type, nested, path + step)
                if self.deferrals and all(each.deferred != entry.deferred for each in children):
                    # That the object is there is told before what is deferred of it.
                    there = Wish("__typename", None, "__typename", field.named_type, None, deferred=entry.deferred)
                    children = (there, *children)
            wishes.append(
                Wish(
                    name,
                    key,
                    signature(name, arguments),
                    entry.on,
                    entry.types,
                    arguments,
                    entry.conditions,
                    children,
                    entry.deferred,
                    entry.by_type,
                )
            )
        return tuple(wishes)

    def _gather(
        self,
        selection_set: SelectionSetNode,
        level: _Level,
        on: str,
        types: frozenset[str] | None,
        conditions: tuple[Conditional, ...],
        deferred: int | None,
        *,
        by_type: bool,
    ) -> None:
        for node in selection_set.selections:
            met = _conditions(node.directives, conditions) if node.directives else conditions
            if met is None:
                continue
            if isinstance(node, FieldNode):
                name = node.name.value
                if name.startswith("__") and name != "__typename":
                    continue
                key = node.alias.value if node.alias else name
                # Arguments tell apart only what a merged selection could not hold; equal names agree by validation.
                identity = (key, name, on, types, met, deferred, _arguments_text(node) if self.own else "")
                entry = level.entries.get(identity)
                if entry is None:
                    level.entries[identity] = _Entry(on, types, met, deferred, [(node, deferred)], by_type)
                else:
                    entry.nodes.append((node, deferred))
                    entry.by_type = entry.by_type or by_type
                continue
            body: InlineFragmentNode | FragmentDefinitionNode
            if isinstance(node, FragmentSpreadNode):
                body = self.fragments[node.name.value]
            else:
                assert isinstance(node, InlineFragmentNode)
                body = node
            condition = body.type_condition.name.value if body.type_condition else on
            narrowed, told = types, by_type
            if condition not in (on, level.on):
                told = told or not self._implies(level.on, condition)
                outer = types if types is not None else frozenset(self.possible.get(level.on, ()))
                inside = outer.intersection(self.possible.get(condition, ()))
                if not inside:
                    continue
                if len(inside) != len(outer):
                    narrowed = inside
            inner = self._deferral(node, deferred, level.path) if self.defer and node.directives else deferred
            static = condition if self.types[condition].kind is not Kind.UNION else on
            # Fragments may spread each other in many ways: what was gathered so before is there already.
            visit = (id(body), static, narrowed, met, inner, told)
            if visit not in level.seen:
                level.seen.add(visit)
                self._gather(body.selection_set, level, static, narrowed, met, inner, by_type=told)

    def _implies(self, name: str, other: str) -> bool:
        """Whether all that is of one type is of the other, whatever objects there are."""
        return any(other in interfaces for interfaces in self.types[name].interfaces.values())

    def _merge_deferred(self, entries: dict[tuple[object, ...], _Entry]) -> None:
        """Leave out what is wanted sooner anyway; of objects that are, only what is selected inside is deferred."""
        for identity, entry in list(entries.items()):
            for around in self._around(entry.deferred):
                sooner = entries.get((*identity[:5], around, identity[6]))
                if sooner is not None:
                    sooner.nodes += entry.nodes
                    del entries[identity]
                    break

    def _around(self, deferred: int | None) -> Iterator[int | None]:
        """The deferrals around one, the nearest first, up to None."""
        while deferred is not None:
            deferred = self.deferrals[deferred].parent
            yield deferred

    def _deferral(self, node: FragmentSpreadNode | InlineFragmentNode, outer: int | None, path: Path) -> int | None:
        for directive in node.directives or ():
            if directive.name.value == "defer":
                values = {a.name.value: a.value for a in directive.arguments or ()}
                condition = values.get("if")
                if isinstance(condition, BooleanValueNode) and not condition.value:
                    return outer
                variable = condition.name.value if isinstance(condition, VariableNode) else None
                spread = node.name.value if isinstance(node, FragmentSpreadNode) else None
                found = Deferral(getattr(values.get("label"), "value", None), path, variable, outer, spread)
                # One fragment spread twice at one place is deferred once.
                if spread is None or found not in self.deferrals:
                    self.deferrals.append(found)
                    return len(self.deferrals) - 1
                return self.deferrals.index(found)
        return outer


def _conditions(directives: Sequence[DirectiveNode], outer: tuple[Conditional, ...]) -> tuple[Conditional, ...] | None:
    """The variable conditions that must hold, or None when a literal one never does."""
    found = outer
    for directive in directives:
        kind = directive.name.value
        if kind not in ("skip", "include"):
            continue
        value = (directive.arguments or ())[0].value
        if isinstance(value, VariableNode):
            conditional = Conditional(value.name.value, negated=kind == "skip")
            if Conditional(conditional.variable, negated=not conditional.negated) in found:
                return None
            if conditional not in found:
                found = (*found, conditional)
        elif isinstance(value, BooleanValueNode) and value.value == (kind == "skip"):
            return None
    return tuple(sorted(found, key=lambda c: (c.variable, c.negated))) if found is not outer else found


def signature(name: str, arguments: Sequence[tuple[str, ValueNode]]) -> str:
    """A field's name with its arguments, printed: two selections of one object agree exactly when these are equal."""
    if not arguments:
        return name
    return f"{name}({', '.join(f'{key}: {print_ast(value)}' for key, value in sorted(arguments, key=lambda a: a[0]))})"


def _arguments_text(node: FieldNode) -> str:
    return signature("", [(a.name.value, a.value) for a in node.arguments]) if node.arguments else ""


def outline(wishes: Iterable[Wish]) -> tuple[object, ...]:
    """What is wished for, whatever types it is selected on: equal for selections that read alike."""
    return tuple((wish.signature, wish.types, outline(wish.wishes or ())) for wish in wishes)


def parse_field_set(text: str) -> SelectionSetNode:
    """The selection set that a field set stands for."""
    document = parse("{" + text.strip().removeprefix("{").removesuffix("}") + "}" if _braced(text) else f"{{{text}}}")
    definition = document.definitions[0]
    selection_set = getattr(definition, "selection_set", None)
    assert isinstance(selection_set, SelectionSetNode)
    return selection_set


def _braced(text: str) -> bool:
    return text.lstrip().startswith("{")
