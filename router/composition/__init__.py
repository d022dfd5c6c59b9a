"""Federation composition: subgraph schemas in, one supergraph or a list of reasons why not out. Pure Python, no I/O.

    Source → Parsed → Expanded → Checked → Merged → Composed

Each stage takes the state before it, so what was not checked cannot be merged. The specifications followed are Apollo
Federation 2 (v2.0 to v2.14; Federation 1 schemas are upgraded first), link v1.0 and join v0.3 to v0.5.
"""

from __future__ import annotations

from collections.abc import Sequence

from router.composition import postmerge, satisfiability
from router.composition.expand import expand
from router.composition.expand.federation1 import upgrade
from router.composition.expand.subgraph import Subgraph
from router.composition.merge import merge
from router.composition.outcome import Composed, CompositionFailed, Fault, Hint, Outcome, Place, Refused, Source
from router.composition.parse import Parsed, parse_subgraph
from router.composition.print import print_supergraph
from router.composition.rules import Checked, check_graphql, check_names, check_upgraded, checked
from router.sdl import uncollected

__all__ = ["Composed", "Fault", "Hint", "Outcome", "Place", "Refused", "Source", "compose"]


def compose(sources: Sequence[Source]) -> Outcome:
    """Compose subgraphs into a supergraph. Faults of one stage come together; later stages then do not run."""
    try:
        with uncollected():
            merged = merge(_expand_all(_parse_all(sources)))
            postmerge.check(merged)
            hints = (*merged.hints, *satisfiability.check(merged))
            return Composed(print_supergraph(merged), hints)
    except CompositionFailed as failed:
        return Refused(failed.faults)


def _parse_all(sources: Sequence[Source]) -> list[Parsed]:
    parsed: list[Parsed] = []
    faults: list[Fault] = []
    for source in sources:
        try:
            parsed.append(parse_subgraph(source))
        except CompositionFailed as failed:
            faults.extend(failed.faults)
    _stop_at(faults)
    return parsed


def _expand_all(parsed: Sequence[Parsed]) -> tuple[Checked, ...]:
    expanded: list[Subgraph] = []
    faults: list[Fault] = []
    names: set[str] = set()
    for item in parsed:
        subgraph, found = expand(item)
        expanded.append(subgraph)
        faults.extend(check_names(subgraph) or found or check_graphql(subgraph) or _taken(subgraph.name, names))
    _stop_at(faults)
    upgraded, faults_of_upgrade = upgrade(expanded)
    failed = {fault.subgraph for fault in faults_of_upgrade}
    rest = (subgraph for subgraph in upgraded if subgraph.name not in failed)
    _stop_at([*faults_of_upgrade, *(fault for subgraph in rest for fault in check_upgraded(subgraph))])
    return checked(upgraded)


def _taken(name: str, names: set[str]) -> tuple[Fault, ...]:
    """Refuse a name that another subgraph without faults has; take it otherwise."""
    if name in names:
        message = f'A subgraph named "{name}" already exists'
        return (Fault("INVALID_SUBGRAPH_NAME", message, (Place(name),), "Give each subgraph a name of its own."),)
    names.add(name)
    return ()


def _stop_at(faults: Sequence[Fault]) -> None:
    if faults:
        raise CompositionFailed(tuple(faults))
