"""AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE: access rules stand on objects; interfaces take theirs over."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Kind

_CODE = "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE"
_FIX = "Apply it to the object types or to their fields; the interface then takes it over by itself."


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse access rules on interfaces, their fields, and interface objects."""
    for directive in ("authenticated", "requiresScopes", "policy"):
        name = subgraph.local.get(directive)
        for type in subgraph.schema.types.values() if name is not None else ():
            stands_in = subgraph.is_interface_object(type.name)
            if type.kind is not Kind.INTERFACE and not stands_in:
                continue
            why = f"@{name} cannot be applied on interfaces, interface fields and interface objects"
            kind = "interface object" if stands_in else "interface"
            for application in subgraph.find_all(type, directive):
                message = f'Invalid use of @{name} on {kind} "{type.name}": {why}'
                yield fault(subgraph, _CODE, message, application.at, fix=_FIX)
            for item in type.fields.values() if not stands_in else ():
                for application in subgraph.find_all(item, directive):
                    message = f'Invalid use of @{name} on field "{type.name}.{item.name}": {why}'
                    yield fault(subgraph, _CODE, message, application.at, fix=_FIX)
