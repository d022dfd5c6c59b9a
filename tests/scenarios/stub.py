"""A hand-made federation's servers: the one schema, and subgraphs that note every request no router may make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    NoUnusedVariablesRule,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    build_ast_schema,
    execute_sync,
    is_abstract_type,
    is_non_null_type,
    parse,
    specified_rules,
    validate,
)

from tests.scenarios.scenario import It, Record, Rule, Scenario

_OBJECTS = (ObjectTypeDefinitionNode, ObjectTypeExtensionNode)
_INTERFACES = (InterfaceTypeDefinitionNode, InterfaceTypeExtensionNode)


@dataclass
class Marks:
    """What one subgraph's SDL says beyond the types: per type its keys, per field whether and how it is resolved."""

    keys: dict[str, list[SelectionSetNode]] = field(default_factory=dict)
    implementing: dict[str, set[str]] = field(default_factory=dict)
    external: set[tuple[str, str]] = field(default_factory=set)
    requires: dict[tuple[str, str], SelectionSetNode] = field(default_factory=dict)
    provides: dict[tuple[str, str], SelectionSetNode] = field(default_factory=dict)
    objects: list[str] = field(default_factory=list)

    @staticmethod
    def of(document: DocumentNode) -> Marks:
        """Read a subgraph's SDL."""
        marks = Marks()
        for each in document.definitions:
            if not isinstance(each, (*_OBJECTS, *_INTERFACES)):
                continue
            name = each.name.value
            keyed = [d for d in each.directives or () if d.name.value == "key"]
            if keyed and isinstance(each, _OBJECTS):
                marks.objects.append(name)
            for directive in keyed:
                given = {a.name.value: a.value for a in directive.arguments or ()}
                if "resolvable" not in given or getattr(given["resolvable"], "value", True):
                    marks.keys.setdefault(name, []).append(_fields(given["fields"]))
            for interface in each.interfaces or ():
                marks.implementing.setdefault(interface.name.value, set()).add(name)
            for field_ in each.fields or ():
                marks._field(name, field_)
        for name, keys in marks.keys.items():
            for key in keys:
                for selected in key.selections:
                    assert isinstance(selected, FieldNode)
                    marks.external.discard((name, selected.name.value))
        return marks

    def _field(self, type_name: str, node: FieldDefinitionNode) -> None:
        here = type_name, node.name.value
        for directive in node.directives or ():
            named = directive.name.value
            if named == "external":
                self.external.add(here)
            elif named in ("requires", "provides"):
                target = self.requires if named == "requires" else self.provides
                target[here] = _fields((directive.arguments or ())[0].value)


@dataclass(frozen=True)
class Seen:
    """An object on its way through a server: `carried` came in a representation, `provided` is resolved here."""

    record: Record
    carried: Record = field(default_factory=dict)
    provided: SelectionSetNode | None = None


class Stub:
    """Answers GraphQL requests from a scenario's records; without marks it is the one schema."""

    def __init__(self, scenario: Scenario, schema: GraphQLSchema, marks: Marks | None, whole: GraphQLSchema) -> None:
        self.scenario, self.schema, self.marks, self.whole = scenario, schema, marks, whole
        self.records = scenario.records()
        self.broken_rules: list[str] = []
        for type_ in schema.type_map.values():
            if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
                for field_ in type_.fields.values():
                    field_.resolve = self._resolve
            elif is_abstract_type(type_):
                type_.resolve_type = lambda seen, _info, _type: self._type_name(seen)

    @staticmethod
    def of_subgraph(scenario: Scenario, name: str, whole: GraphQLSchema) -> Stub:
        """The stub of one subgraph. `whole` tells which objects an interface stands for."""
        text = scenario.subgraphs[name]
        marks = Marks.of(parse(text))
        text += "\nscalar _Any"
        if "type Query" not in text:
            text += "\ntype Query { _unused: Int }"
        if marks.objects:
            text += f"\nunion _Entity = {' | '.join(dict.fromkeys(marks.objects))}"
            text += "\nextend type Query { _entities(representations: [_Any!]!): [_Entity]! }"
        return Stub(scenario, build_ast_schema(parse(text), assume_valid_sdl=True), marks, whole)

    def restart(self) -> None:
        """Forget what mutations did."""
        self.records = self.scenario.records()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply to `{query, variables, operationName}`."""
        document = parse(request["query"])
        # Clients' operations were validated by whoever wrote them; an unused variable is no matter here.
        rules = [r for r in specified_rules if self.marks is not None or r is not NoUnusedVariablesRule]
        if problems := validate(self.schema, document, rules):
            self.broken_rules.append(f"{problems[0].message} in {request['query']}")
            return {"errors": [p.formatted for p in problems]}
        declared = {
            v.variable.name.value
            for d in document.definitions
            if isinstance(d, OperationDefinitionNode)
            for v in d.variable_definitions or ()
        }
        if surplus := set(request.get("variables") or ()) - declared:
            self.broken_rules.append(f"variables nobody declared: {surplus}")
        result = execute_sync(self.schema, document, variable_values=request.get("variables"))
        if result.data is None and self.marks is not None and all(not e.path for e in result.errors or ()):
            self.broken_rules.append(f"{result.errors} in {request['query']} with {request.get('variables')}")
        return dict(result.formatted)

    def _type_name(self, seen: Seen) -> str:
        """An object's own type, or the `@interfaceObject` that it was looked up as."""
        shown = seen.carried.get("__typename")
        return str(
            shown if isinstance(self.schema.type_map.get(str(shown)), GraphQLObjectType) else seen.record["__typename"]
        )

    # ------------------------------------------------------------------------------------------------------- fields

    def _resolve(self, source: Seen | None, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        type_name, name = info.parent_type.name, info.field_name
        if name == "_entities":
            return [self._entity(each) for each in arguments["representations"]]
        seen = source if source is not None else Seen(self._root(type_name))
        provided: SelectionSetNode | None = None
        if self.marks is not None:
            within = _within(seen.provided, name, seen.record.get("__typename"))
            self._mind(seen, type_name, name, allowed=within is not None)
            inner = [within.selection_set.selections] if within is not None and within.selection_set else []
            if (more := self.marks.provides.get((type_name, name))) is not None:
                inner.append(more.selections)
            provided = SelectionSetNode(selections=tuple(s for part in inner for s in part)) if inner else None
        return _seen(self._value(seen, type_name, name, arguments), provided)

    def _mind(self, seen: Seen, type_name: str, name: str, *, allowed: bool) -> None:
        assert self.marks is not None
        if (type_name, name) in self.marks.external and not allowed:
            self.broken_rules.append(f"asked for the external field {type_name}.{name}")
        needed = self.marks.requires.get((type_name, name))
        if needed is not None and (missing := list(_missing(needed, seen.carried))):
            self.broken_rules.append(f"got no {missing} for {type_name}.{name}: {seen.carried}")

    def _value(self, seen: Seen, type_name: str, name: str, arguments: dict[str, Any]) -> Any:
        rule = self._rule(seen.record.get("__typename", type_name), type_name, name)
        if rule is None:
            return seen.record.get(name)
        needed = self.marks.requires.get((type_name, name)) if self.marks is not None else None
        names = set(_names(needed)) if needed is not None else set()

        def read(wanted: str, given: dict[str, Any]) -> Any:
            if wanted in names:
                return seen.carried.get(wanted)
            return self._value(seen, type_name, wanted, given)

        return rule(It(seen.record, read), arguments)

    def _rule(self, own: str, declared: str, name: str) -> Rule | None:
        rules = self.scenario.rules
        for type_name in (own, declared, *(self._interfaces(own))):
            if (rule := rules.get(f"{type_name}.{name}")) is not None:
                return rule
        return None

    def _interfaces(self, own: str) -> list[str]:
        type_ = self.whole.type_map.get(own)
        return [i.name for i in type_.interfaces] if isinstance(type_, GraphQLObjectType) else []

    def _root(self, type_name: str) -> Record:
        return next((r for r in self.records if r["__typename"] == type_name), {"__typename": type_name})

    # ----------------------------------------------------------------------------------------------------- entities

    def _entity(self, representation: Record) -> Seen | None:
        assert self.marks is not None
        name = representation.get("__typename")
        known = getattr(self.schema.type_map.get(str(name)), "fields", {})
        if void := [n for n, v in representation.items() if v is None and is_non_null_type(known[n].type)]:
            self.broken_rules.append(f"got null for {name}.{void[0]}, which is never null")
        keys = self.marks.keys.get(str(name), [])
        usable = [k for k in keys if not list(_missing(k, representation)) and _is_present(k, representation)]
        if not usable:
            self.broken_rules.append(f"got no key that resolves {representation}")
            return None
        for record in self.records:
            if record["__typename"] in self._members(str(name)) and _matches(usable[0], representation, record):
                return Seen(record, representation)
        return None

    def _members(self, name: str) -> set[str]:
        """The object types that representations of this name stand for."""
        type_ = self.whole.type_map.get(name)
        return {t.name for t in self.whole.get_possible_types(type_)} if is_abstract_type(type_) else {name}


def _seen(value: Any, provided: SelectionSetNode | None) -> Any:
    if isinstance(value, list):
        return [_seen(each, provided) for each in value]
    return Seen(value, {}, provided) if isinstance(value, dict) else value


def _fields(value: Any) -> SelectionSetNode:
    assert isinstance(value, StringValueNode)
    definition = parse(f"fragment F on T {{ {value.value} }}").definitions[0]
    assert isinstance(definition, FragmentDefinitionNode)
    return definition.selection_set


def _names(selected: SelectionSetNode) -> Iterator[str]:
    for each in selected.selections:
        if isinstance(each, FieldNode):
            yield each.name.value
        elif isinstance(each, InlineFragmentNode):
            yield from _names(each.selection_set)


def _within(selected: SelectionSetNode | None, name: str, type_name: str | None) -> FieldNode | None:
    for each in selected.selections if selected is not None else ():
        if isinstance(each, FieldNode) and each.name.value == name:
            return each
        if isinstance(each, InlineFragmentNode):
            condition = each.type_condition.name.value if each.type_condition else type_name
            found = _within(each.selection_set, name, type_name) if condition == type_name else None
            if found is not None:
                return found
    return None


def _missing(selected: SelectionSetNode, value: Any) -> Iterator[str]:
    """What a representation lacks of a field set; null has everything."""
    if isinstance(value, list):
        for item in value:
            yield from _missing(selected, item)
    elif isinstance(value, dict):
        for each in selected.selections:
            if isinstance(each, InlineFragmentNode):
                if each.type_condition is None or each.type_condition.name.value == value.get("__typename"):
                    yield from _missing(each.selection_set, value)
            elif isinstance(each, FieldNode):
                if each.name.value not in value:
                    yield each.name.value
                elif each.selection_set is not None:
                    yield from _missing(each.selection_set, value[each.name.value])


def _is_present(key: SelectionSetNode, value: Record) -> bool:
    return all(value.get(name) is not None for name in _names(key))


def _matches(key: SelectionSetNode, value: Any, record: Any) -> bool:
    if isinstance(value, list):
        return (
            isinstance(record, list)
            and len(value) == len(record)
            and all(_matches(key, v, r) for v, r in zip(value, record, strict=True))
        )
    if not isinstance(value, dict) or not isinstance(record, dict):
        return bool(value == record)
    for each in key.selections:
        assert isinstance(each, FieldNode)
        mine, theirs = value.get(each.name.value), record.get(each.name.value)
        if each.selection_set is None:
            if mine != theirs:
                return False
        elif not _matches(each.selection_set, mine, theirs):
            return False
    return True
