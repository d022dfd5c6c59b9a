"""MISSING_TRANSITIVE_AUTH_REQUIREMENTS: a field may not show, through its @requires, what its reader may not see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

from router.composition.contexts import context_of
from router.composition.expand.subgraph import Subgraph
from router.composition.fieldsets import FieldSetFault, parse_field_set
from router.composition.merge import Merged
from router.composition.merge.applications import Directed
from router.composition.merge.strategies import clauses, conjunction
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Field, Type
from router.composition.schema.references import base_name

_CODE = "MISSING_TRANSITIVE_AUTH_REQUIREMENTS"
_WORDS = "does not specify necessary @authenticated, @requiresScopes and/or @policy auth requirements to access"
_FIX = "Apply to the field (or its type) the access rules of everything it takes its data from."


@dataclass(frozen=True, slots=True)
class Access:
    """What a reader must bring: a session, and one alternative of each rule. No alternatives: nothing is asked."""

    authenticated: bool
    scopes: tuple[frozenset[str], ...]
    policies: tuple[frozenset[str], ...]

    def covers(self, other: Access) -> bool:
        """Tell whether whoever meets these requirements meets the other's."""
        return (
            (self.authenticated or not other.authenticated)
            and _implies(self.scopes, other.scopes)
            and _implies(self.policies, other.policies)
        )


def _implies(first: tuple[frozenset[str], ...], second: tuple[frozenset[str], ...]) -> bool:
    if not second:
        return True
    return all(any(wanted <= given for wanted in second) for given in first or (frozenset(),))


def check(merged: Merged) -> Iterator[Fault]:
    """Compare each field that requires others, or takes a context, with what those ask of their readers."""
    for subgraph in merged.subgraphs:
        for type in subgraph.schema.types.values():
            for item in type.fields.values():
                for message in _problems(merged, subgraph, type, item):
                    yield fault(subgraph, _CODE, message, item.at, fix=_FIX)


def _problems(merged: Merged, subgraph: Subgraph, type: Type, item: Field) -> Iterator[str]:
    parent = merged.schema.types.get(type.name)
    field = parent.fields.get(item.name) if parent is not None else None
    if parent is None or field is None:
        return
    coordinate = f"{type.name}.{item.name}"
    application = subgraph.find(item, "requires")
    if application is not None:
        held = _both(_access(merged, parent), _access(merged, field))
        selection = parse_field_set(subgraph.field_set(application))
        lacking = next(_uncovered(merged, held, parent, selection), None)
        if lacking is not None:
            yield f'Field "{coordinate}" {_WORDS} the {lacking} from @requires selection set.'
    for argument in item.arguments.values():
        from_context = subgraph.find(argument, "fromContext")
        if from_context is None:
            continue
        held = _both(_access(merged, parent), _access(merged, field))
        name, text = context_of(from_context)
        for target in _context_types(merged, subgraph, name):
            if not held.covers(_access(merged, target)):
                yield f'Field "{coordinate}" {_WORDS} the data in context {name} from @fromContext selection set.'
                continue
            try:
                lacking = next(_uncovered(merged, held, target, parse_field_set(text)), None)
            except FieldSetFault:
                continue
            if lacking is not None:
                yield f'Field "{coordinate}" {_WORDS} the {lacking} from @fromContext selection set.'


def _context_types(merged: Merged, subgraph: Subgraph, name: str) -> Iterator[Type]:
    for type in subgraph.schema.types.values():
        if any(context.arguments.get("name") == name for context in subgraph.find_all(type, "context")):
            target = merged.schema.types.get(type.name)
            if target is not None:
                yield target


def _access(merged: Merged, element: Directed) -> Access:
    scopes = merged.find(element.directives, "requiresScopes")
    policies = merged.find(element.directives, "policy")
    return Access(
        merged.find(element.directives, "authenticated") is not None,
        tuple(clauses(scopes.arguments.get("scopes"))) if scopes is not None else (),
        tuple(clauses(policies.arguments.get("policies"))) if policies is not None else (),
    )


def _both(first: Access, second: Access) -> Access:
    return Access(
        first.authenticated or second.authenticated,
        tuple(conjunction([first.scopes, second.scopes])) if first.scopes or second.scopes else (),
        tuple(conjunction([first.policies, second.policies])) if first.policies or second.policies else (),
    )


def _uncovered(merged: Merged, held: Access, parent: Type, selection: SelectionSetNode) -> Iterator[str]:
    """Name what the selection reaches and the holder may not."""
    for node in selection.selections:
        match node:
            case FieldNode():
                item = parent.fields.get(node.name.value)
                if item is None:
                    continue
                target = merged.schema.types.get(base_name(item.type))
                asked = [_access(merged, item)] + ([_access(merged, target)] if target is not None else [])
                if not all(held.covers(access) for access in asked):
                    yield f'transitive field "{parent.name}.{item.name}" data'
                if node.selection_set is not None and target is not None:
                    yield from _uncovered(merged, held, target, node.selection_set)
            case InlineFragmentNode():
                name = node.type_condition.name.value if node.type_condition is not None else parent.name
                target = merged.schema.types.get(name)
                if target is None:
                    continue
                if not held.covers(_access(merged, target)):
                    yield f'transitive data in inline fragment type condition "{name}"'
                yield from _uncovered(merged, held, target, node.selection_set)
            case _:
                continue
