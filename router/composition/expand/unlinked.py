"""INVALID_GRAPHQL: directives nobody defines, because the link that was to bring them along cannot be used.

A link to a version of federation that nobody knows leaves the schema without its directives, and each that it applies
is unknown. So does one that cannot be used for other reasons, in a schema that links the link specification itself and
so asks for the links to be taken one by one. Without that only the faulty link is told.
"""

from __future__ import annotations

from collections.abc import Iterable

from router.composition.outcome import Fault, Place
from router.composition.schema.model import Schema, every_application

_SPECIFIED = frozenset({"deprecated", "specifiedBy", "include", "skip", "link"})


def left_undefined(
    subgraph: str, schema: Schema, link_faults: Iterable[Fault], brought: Iterable[str] = ()
) -> list[Fault]:
    """Answer what to tell of a schema that is left without directives it linked.

    `brought` names the directives that came all the same. Unknown directives on the schema stand before everything
    else: a schema that cannot be read has no links.
    """
    told = list(link_faults)
    known = _SPECIFIED | schema.definitions.keys() | set(brought)
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
