"""INVALID_GRAPHQL: directives nobody defines, because the link that was to bring them along cannot be used.

A schema that links the link specification itself asks for the links to be taken one by one. One to federation that
cannot be used then leaves the schema without Federation 2's directives, and each that it applies is unknown. Without
such a link only the faulty link is told.
"""

from __future__ import annotations

from collections.abc import Iterable

from router import federation
from router.composition.outcome import Fault, Place
from router.composition.schema.model import Schema, every_application

_SPECIFIED = frozenset({"deprecated", "specifiedBy", "include", "skip", "link"})
_UNKNOWN_VERSION = "UNKNOWN_FEDERATION_LINK_VERSION"


def left_undefined(subgraph: str, schema: Schema, link_faults: Iterable[Fault]) -> list[Fault]:
    """Answer what to tell of a schema that links the link specification itself and links federation wrongly.

    Unknown directives on the schema stand before everything else: a schema that cannot be read has no links.
    """
    told = list(link_faults)
    known = _SPECIFIED | schema.definitions.keys()
    if all(fault.code != _UNKNOWN_VERSION for fault in told):
        known |= federation.FEDERATION_1_DIRECTIVES
    on_schema: list[Fault] = []
    elsewhere: list[Fault] = []
    for location, _, application in every_application(schema):
        if application.name in known:
            continue
        fault = Fault(
            "INVALID_GRAPHQL",
            f'[{subgraph}] Unknown directive "@{application.name}". The @link to the federation specification was to'
            f" bring it along, but cannot be used: {'; '.join(_reason(subgraph, fault) for fault in told)}",
            (Place(subgraph, *application.at),),
            "Correct the @link first: link a version of the specification that has all that is imported.",
        )
        (on_schema if location == "SCHEMA" else elsewhere).append(fault)
    return on_schema or [*told, *elsewhere]


def _reason(subgraph: str, fault: Fault) -> str:
    return fault.message.removeprefix(f"[{subgraph}] ")
