"""The order of requests: a graph of who comes after whom, written as nested Sequence and Parallel nodes."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Several

from router.plan import Node, Parallel, Sequence
from router.planning.fetches import Request


def arranged(requests: Several[Request], nodes: Mapping[Request, Node]) -> Node | None:
    """The requests' nodes, each after what it comes after, and as much at once as a tree can say."""
    inside = set(requests)
    return _arranged(requests, {request: request.after & inside for request in requests}, nodes)


def _arranged(
    requests: Several[Request], after: Mapping[Request, set[Request]], nodes: Mapping[Request, Node]
) -> Node | None:
    parts = [_component(group, after, nodes) for group in _connected(requests, after)]
    return parallel(parts)


def _component(group: list[Request], after: Mapping[Request, set[Request]], nodes: Mapping[Request, Node]) -> Node:
    """Requests that hang together: those that wait for nothing, then the rest without them."""
    first = {request for request in group if not after[request]}
    head = parallel([nodes[request] for request in group if request in first])
    rest = [request for request in group if request not in first]
    tail = _arranged(rest, {request: after[request] - first for request in rest}, nodes)
    assert head is not None
    return sequence([head, tail] if tail else [head])


def _connected(requests: Several[Request], after: Mapping[Request, set[Request]]) -> list[list[Request]]:
    """The requests in groups that have nothing to do with each other, in the order given."""
    group_of: dict[Request, list[Request]] = {}
    for request in requests:
        merged = [request]
        for group in {id(group_of[each]): group_of[each] for each in after[request] if each in group_of}.values():
            merged = group + merged
        for each in merged:
            group_of[each] = merged
    found: dict[int, list[Request]] = {}
    for request in requests:
        found.setdefault(id(group_of[request]), []).append(request)
    return list(found.values())


def sequence(nodes: Several[Node]) -> Node:
    """One after the other, flat."""
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.nodes if isinstance(node, Sequence) else (node,))
    return flat[0] if len(flat) == 1 else Sequence(tuple(flat))


def parallel(nodes: Several[Node]) -> Node | None:
    """All at once, flat; None of nothing."""
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.nodes if isinstance(node, Parallel) else (node,))
    if not flat:
        return None
    return flat[0] if len(flat) == 1 else Parallel(tuple(flat))
