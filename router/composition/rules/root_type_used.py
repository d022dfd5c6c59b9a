"""ROOT_QUERY_USED, ROOT_MUTATION_USED, ROOT_SUBSCRIPTION_USED: a default root name belongs to the root type."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse a type named Query (and so on) while another type is the root."""
    for operation, name in subgraph.schema.roots.items():
        if name != operation.value and operation.value in subgraph.schema.types:
            yield fault(
                subgraph,
                f"ROOT_{operation.name}_USED",
                f'The schema has a type named "{operation.value}" but it is not set as the {operation.keyword} root'
                f' type ("{name}" is instead): this is not supported by federation. If a root type does not use its'
                " default name, there should be no other type with that default name.",
                subgraph.schema.types[operation.value].at,
                fix=f'Rename the type "{operation.value}", or make it the {operation.keyword} root type.',
            )
