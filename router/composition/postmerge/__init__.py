"""After merging: the supergraph itself must be valid, keep access rules tight, and hide nothing that is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from router.composition.merge import Merged
from router.composition.outcome import CompositionFailed, Fault
from router.composition.postmerge import (
    composed_directive_applications,
    default_value_uses_inaccessible,
    disallowed_inaccessible,
    implemented_by_inaccessible,
    interface_field_no_implem,
    invalid_graphql,
    missing_transitive_auth_requirements,
    only_inaccessible_children,
    query_root_type_inaccessible,
    referenced_inaccessible,
    required_inaccessible,
    requires_invalid_fields,
)

Rule: TypeAlias = Callable[[Merged], Iterator[Fault]]

STAGES: Final[tuple[tuple[Rule, ...], ...]] = (
    (
        interface_field_no_implem.check,
        requires_invalid_fields.check,
        missing_transitive_auth_requirements.check,
    ),
    (invalid_graphql.check, composed_directive_applications.check),
    (
        disallowed_inaccessible.check,
        query_root_type_inaccessible.check,
        referenced_inaccessible.check,
        only_inaccessible_children.check,
        implemented_by_inaccessible.check,
        required_inaccessible.check,
        default_value_uses_inaccessible.check,
    ),
)
"""Each stage takes for granted what the ones before it found to hold."""


def check(merged: Merged) -> None:
    """Judge a supergraph; raises CompositionFailed with the faults of the first stage that finds any."""
    for stage in STAGES:
        faults = tuple(fault for rule in stage for fault in rule(merged))
        if faults:
            raise CompositionFailed(faults)
