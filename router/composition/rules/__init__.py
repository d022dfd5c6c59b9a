"""Third stage: each subgraph alone must be valid GraphQL and use the federation directives as the specification says.

One rule a file, named after its error code (a family of codes that differ only in the directive shares one). A rule
reads one subgraph and yields faults. Federation's rules run only on subgraphs that are valid GraphQL, since what is not
would trip them in confusing ways; Federation 1 subgraphs meet them once they are upgraded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NewType, TypeAlias

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules import (
    auth_requirements_applied_on_interface,
    context_invalid_selection,
    context_name_invalid,
    cost_applied_to_interface_field,
    directive_definition_invalid,
    external_collision_with_another_directive,
    external_on_interface,
    external_unused,
    from_context,
    interface_key_not_on_implementation,
    interface_object_usage_error,
    invalid_link_directive_usage,
    invalid_shareable_usage,
    invalid_subgraph_name,
    key_fields,
    list_size,
    provides_fields,
    provides_on_non_object_field,
    requires_fields,
    root_type_used,
    type_definition_invalid,
)
from router.composition.rules.graphql import (
    directive_applications,
    endless_inputs,
    implementations,
    input_positions,
    known_names,
    root_types,
    types_with_parts,
    unique_names,
)

Checked = NewType("Checked", Subgraph)
"""A subgraph that broke no rule."""

Rule: TypeAlias = Callable[[Subgraph], Iterator[Fault]]

DEFINITION_RULES: Final[tuple[Rule, ...]] = (
    invalid_subgraph_name.check,
    directive_definition_invalid.check,
    type_definition_invalid.check,
    root_types.check,
    known_names.check,
)
"""Without these holding, nothing else about a schema can be said."""

GRAPHQL_RULES: Final[tuple[Rule, ...]] = (
    directive_applications.check,
    types_with_parts.check,
    input_positions.check,
    endless_inputs.check,
    implementations.check,
    invalid_link_directive_usage.check,
)

FIRST_RULES: Final[tuple[Rule, ...]] = (
    provides_on_non_object_field.check,
    external_collision_with_another_directive.check,
    interface_key_not_on_implementation.unreadable,
)
"""The first fault of these is told alone, as Apollo's composer does: with it, who resolves what cannot be told."""

FEDERATION_RULES: Final[tuple[Rule, ...]] = (
    root_type_used.check,
    key_fields.check,
    requires_fields.check,
    provides_fields.check,
    external_on_interface.check,
    external_unused.check,
    interface_key_not_on_implementation.check,
    interface_object_usage_error.check,
    invalid_shareable_usage.check,
    auth_requirements_applied_on_interface.check,
    cost_applied_to_interface_field.check,
    list_size.check,
    context_name_invalid.check,
    from_context.check,
    context_invalid_selection.check,
)


def check_names(subgraph: Subgraph) -> tuple[Fault, ...]:
    """Judge whether each type is defined once, which comes before everything."""
    return _faults((unique_names.check_types,), subgraph)


def check_graphql(subgraph: Subgraph) -> tuple[Fault, ...]:
    """Judge a subgraph as it was written, and by federation's rules unless it waits for its upgrade."""
    for stage in ((unique_names.check,), DEFINITION_RULES, GRAPHQL_RULES):
        faults = _faults(stage, subgraph)
        if faults:
            return faults
    return _faults((root_type_used.check,), subgraph) if subgraph.federation_1 else _check_federation(subgraph)


def check_upgraded(subgraph: Subgraph) -> tuple[Fault, ...]:
    """Judge what was Federation 1 by federation's rules."""
    return _check_federation(subgraph) if subgraph.federation_1 else ()


def _check_federation(subgraph: Subgraph) -> tuple[Fault, ...]:
    for rule in FIRST_RULES:
        for fault in rule(subgraph):
            return (fault,)
    return _faults(FEDERATION_RULES, subgraph)


def checked(subgraphs: Sequence[Subgraph]) -> tuple[Checked, ...]:
    """Call subgraphs checked, once no rule found a fault with them."""
    return tuple(Checked(subgraph) for subgraph in subgraphs)


def _faults(rules: Sequence[Rule], subgraph: Subgraph) -> tuple[Fault, ...]:
    return tuple(fault for rule in rules for fault in rule(subgraph))
