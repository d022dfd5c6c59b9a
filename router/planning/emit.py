"""From requests to the plan: names each request, writes its document, and puts the requests in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graphql import OperationDefinitionNode, ValueNode, VariableNode, print_ast

from router.graph import Graph
from router.graph.fieldset import signature
from router.plan import (
    Conditional,
    EntityFetch,
    Fetch,
    Field,
    Fragment,
    Lookup,
    Node,
    OperationKind,
    Selection,
)
from router.planning.aliases import settle_reply_keys
from router.planning.fetches import Pick, Picks, Request
from router.planning.fold import fold, is_answered_by_interface
from router.planning.order import arranged
from router.planning.passes import stages_of
from router.planning.purposes import conditioned, shared

_TYPENAME = ("__typename", "__typename")
_NOT_A_NAME = re.compile(r"\W")


@dataclass(slots=True)
class Emitter:
    """Freezes requests. `numbered` counts the requests of the whole operation, for their names."""

    graph: Graph
    operation: OperationDefinitionNode
    kind: OperationKind
    numbered: int = 0

    def emit(self, requests: Sequence[Request]) -> Node | None:
        """The requests as one node, each after those that it needs."""
        stages = stages_of(requests)
        ordered = sorted(requests, key=lambda each: (stages[each], each.number))
        nodes = {request: node for request in ordered if (node := self._fetch(request)) is not None}
        return arranged(list(nodes), nodes)

    def _fetch(self, request: Request) -> Node | None:
        # A subscription has one root field, and what becomes of it under conditions is its subgraph's matter.
        is_source = self.kind is OperationKind.SUBSCRIPTION and request.picks is not None and not request.path
        conditions = frozenset() if is_source else _common_conditions(request) & shared(request.wanted)
        text = _Text(self.operation)
        name = self._name(request.subgraph)
        fetch: Fetch | EntityFetch
        if request.picks is not None:
            fold(self.graph, request.picks, request.subgraph)
            settle_reply_keys([request.picks])
            selections = self._selections(request.picks, request.subgraph, conditions)
            kind = self.kind if not request.path else OperationKind.QUERY
            document = text.document(kind, name, text.selections(selections))
            fetch = Fetch(request.subgraph, kind, document, name, text.variables(), selections, request.path)
        else:
            lookups = []
            body = []
            own = []
            for index, inquiry in enumerate(request.inquiries):
                fold(self.graph, inquiry.picks, request.subgraph)
                settle_reply_keys([inquiry.picks])
                selections = self._selections(inquiry.picks, request.subgraph, conditions)
                reply_key = "_entities" if index == 0 else f"_entities_{index}"
                variable = text.free("representations" if index == 0 else f"representations_{index}")
                shown = tuple(inquiry.representations.values())
                contexts = tuple(context for context, _ in inquiry.contexts)
                lookups.append(Lookup(reply_key, variable, tuple(inquiry.paths), shown, selections, contexts))
                alias = "" if index == 0 else f"{reply_key}: "
                body.append(f"{alias}_entities(representations: ${variable}) {{ {text.selections(selections)} }}")
                own.append(f"${variable}: [_Any!]!")
                own.extend(f"${context.variable}: {declared}" for context, declared in inquiry.contexts)
            document = text.document(OperationKind.QUERY, name, " ".join(body), own)
            fetch = EntityFetch(request.subgraph, document, name, text.variables(), tuple(lookups))
        if is_source:
            return fetch
        return conditioned(fetch, frozenset(term - request.implied for term in request.wanted))

    def _name(self, subgraph: str) -> str | None:
        number = self.numbered
        self.numbered += 1
        name = self.operation.name
        return f"{name.value}__{_NOT_A_NAME.sub('_', subgraph)}__{number}" if name else None

    def _selections(
        self,
        picks: Picks,
        subgraph: str,
        dropped: frozenset[Conditional],
        above: frozenset[tuple[str, str]] = frozenset(),
    ) -> tuple[Selection, ...]:
        """A selection set; `above` are leaves that are selected around it anyway."""
        found: list[Selection] = []
        if picks.typename and _TYPENAME not in above:
            found.append(Field("__typename", "__typename", "__typename", "String!"))
        left = [
            (pick, tuple(each for each in pick.conditions if each not in dropped)) for pick in picks.fields.values()
        ]
        plain = above.union((pick.key, pick.signature) for pick, when in left if not when and pick.inner is None)
        if picks.typename:
            plain |= {_TYPENAME}
        whole = {(pick.key, pick.signature) for pick, when in left if not when and pick.inner is not None}
        for pick, when in left:
            identity = (pick.key, pick.signature)
            if identity in (plain if when else above) or (when and identity in whole):
                continue
            # What is wanted of this object under conditions only stands inside it, under them.
            more = (
                [each for each in left if each[1] and (each[0].key, each[0].signature) == identity] if not when else ()
            )
            found.append(self._field(pick, when, subgraph, more))
        here = self._possible_here(picks, subgraph)
        for types, inner in picks.fragments.items():
            selections = self._selections(inner, subgraph, dropped, plain)
            if selections:
                found += [
                    Fragment(name, possible, selections)
                    for name, possible in self._type_conditions(types, inner, subgraph, here)
                ]
        return tuple(found)

    def _possible_here(self, picks: Picks, subgraph: str) -> frozenset[str] | None:
        """The object types this selection set may meet; None where that is any entity's."""
        if not picks.fragments or picks.type not in self.graph.possible:
            return None
        return frozenset(self.graph.possible_in(picks.type, subgraph))

    def _type_conditions(
        self, types: tuple[str, ...], picks: Picks, subgraph: str, here: frozenset[str] | None
    ) -> list[tuple[str, tuple[str, ...]]]:
        """The fewest type conditions for these object types: an interface stands for all of it that can be here."""
        if len(types) == 1:
            return [(types[0], self.graph.possible.get(types[0], types))]
        left = dict.fromkeys(types)
        found: list[tuple[str, tuple[str, ...]]] = []
        for interface in sorted(self.graph.types[types[0]].interfaces.get(subgraph, ())):
            possible = self.graph.possible_in(interface, subgraph)
            if here is not None:
                possible = tuple(name for name in possible if name in here)
            if len(possible) < 2 or not left.keys() >= set(possible):
                continue
            if is_answered_by_interface(self.graph, interface, picks, subgraph):
                found.append((interface, possible))
                for name in possible:
                    del left[name]
        return found + [(name, (name,)) for name in left]

    def _something(self, type_name: str, subgraph: str) -> Field:
        """What to select where nothing is wanted but whether the object is there.

        An `@interfaceObject` would name the interface as the object's type, which is nobody's business.
        """
        key = "_here" if self.graph.is_opaque(type_name, subgraph) else "__typename"
        return Field("__typename", key, key, "String!")

    def _field(
        self,
        pick: Pick,
        when: tuple[Conditional, ...],
        subgraph: str,
        more: Iterable[tuple[Pick, tuple[Conditional, ...]]],
    ) -> Selection:
        selections: tuple[Selection, ...] = ()
        if pick.inner is not None:
            selections = self._selections(pick.inner, subgraph, frozenset())
            leaves = frozenset(
                (each.tree_key, signature(each.name, each.arguments))
                for each in selections
                if isinstance(each, Field) and not each.conditions and not each.selections
            )
            for other, conditions in more:
                assert other.inner is not None
                inner = self._selections(other.inner, subgraph, frozenset(), leaves)
                if inner:
                    selections += _under(inner, conditions)
            if not selections:
                selections = (self._something(pick.inner.type, subgraph),)
        # A directive may stand only once at a place: further ones go on fragments around the field.
        inside = tuple({each.negated: each for each in when}.values())
        found = Field(pick.name, pick.reply_key or pick.key, pick.key, pick.type, pick.arguments, inside, selections)
        outside = tuple(each for each in when if each not in inside)
        return _under((found,), outside)[0] if outside else found


def _under(selections: tuple[Selection, ...], conditions: tuple[Conditional, ...]) -> tuple[Selection, ...]:
    """The selections under conditions, as fragments that nest where one directive would stand twice."""
    while conditions:
        here = tuple({each.negated: each for each in conditions}.values())
        selections = (Fragment(None, (), selections, here),)
        conditions = tuple(each for each in conditions if each not in here)
    return selections


class _Text:
    """Writes a subgraph's document and notes the variables on the way."""

    def __init__(self, operation: OperationDefinitionNode) -> None:
        self._definitions = {each.variable.name.value: each for each in operation.variable_definitions or ()}
        self._used: dict[str, None] = {}

    def free(self, name: str) -> str:
        """The name, or one like it that is not a variable of the client's."""
        while name in self._definitions:
            name = f"_{name}"
        return name

    def variables(self) -> tuple[str, ...]:
        """The client's variables that the document uses, in the client's order."""
        return tuple(name for name in self._definitions if name in self._used)

    def document(self, kind: OperationKind, name: str | None, body: str, own: Iterable[str] = ()) -> str:
        """The whole document: one operation that declares just the variables it uses."""
        declared = list(own)
        for variable in self.variables():
            definition = self._definitions[variable]
            default = f" = {print_ast(definition.default_value)}" if definition.default_value else ""
            declared.append(f"${variable}: {print_ast(definition.type)}{default}")
        head = f" {name}" if name else ""
        head += f"({', '.join(declared)})" if declared else ""
        if not head and kind is OperationKind.QUERY:
            return f"{{ {body} }}"
        return f"{kind.value}{head or ''} {{ {body} }}"

    def selections(self, selections: Iterable[Selection]) -> str:
        """A selection set's inside."""
        parts = []
        for selection in selections:
            inner = f" {{ {self.selections(selection.selections)} }}" if selection.selections else ""
            conditions = "".join(self._conditional(each) for each in selection.conditions)
            if isinstance(selection, Fragment):
                on = f" on {selection.type_condition}" if selection.type_condition else ""
                parts.append(f"...{on}{conditions}{inner}")
                continue
            alias = f"{selection.reply_key}: " if selection.reply_key != selection.name else ""
            arguments = ""
            if selection.arguments:
                for _, value in selection.arguments:
                    self._note(value)
                arguments = f"({', '.join(f'{key}: {print_ast(value)}' for key, value in selection.arguments)})"
            parts.append(f"{alias}{selection.name}{arguments}{conditions}{inner}")
        return " ".join(parts)

    def _conditional(self, condition: Conditional) -> str:
        self._used[condition.variable] = None
        return f" @{'skip' if condition.negated else 'include'}(if: ${condition.variable})"

    def _note(self, value: ValueNode) -> None:
        if isinstance(value, VariableNode):
            self._used[value.name.value] = None
        for each in getattr(value, "values", None) or ():
            self._note(each)
        for each in getattr(value, "fields", None) or ():
            self._note(each.value)


def _common_conditions(request: Request) -> frozenset[Conditional]:
    """The conditions under which all of a request is wanted: then the request itself is conditional."""
    tops = [request.picks] if request.picks is not None else [inquiry.picks for inquiry in request.inquiries]
    common: frozenset[Conditional] | None = None
    for picks in tops:
        for pick in _top_picks(picks):
            here = frozenset(pick.conditions) if pick is not None else frozenset()
            common = here if common is None else common & here
    return common or frozenset()


def _top_picks(picks: Picks) -> Iterable[Pick | None]:
    """The fields right below; None stands for a `__typename` that is wanted for itself."""
    yield from picks.fields.values()
    for inner in picks.fragments.values():
        yield from _top_picks(inner)
    if picks.typename_wanted or (picks.typename and not picks.fields and not picks.fragments):
        yield None
