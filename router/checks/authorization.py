"""What fields and types ask of their viewers, before and after: who was let in may no longer be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from router.checks.change import Change, Kind, Severity
from router.supergraph import Authorization

Asked = Mapping[str, Authorization]
Groups = tuple[tuple[str, ...], ...]
_NOTHING = Authorization()


def authorization_changes(old: GraphQLSchema, new: GraphQLSchema, before: Asked, after: Asked) -> Iterator[Change]:
    """Changes of @authenticated, @requiresScopes and @policy, on what clients see before and after."""
    for coordinate in sorted({*before, *after}):
        was, asks = before.get(coordinate, _NOTHING), after.get(coordinate, _NOTHING)
        if was == asks or not (_is_seen(old, coordinate) and _is_seen(new, coordinate)):
            continue
        told = f"asks for {_written(asks)}, asked for {_written(was)}"
        if _lets_in(was, asks):
            yield Change(Kind.AUTHORIZATION_LOOSENED, coordinate, Severity.SAFE, told)
        else:
            yield Change(Kind.AUTHORIZATION_TIGHTENED, coordinate, Severity.DANGEROUS, told)


def _lets_in(was: Authorization, asks: Authorization) -> bool:
    """Whether whoever was let in before still is. Scopes and policies belong to somebody who is signed in."""
    signed_in = was.authenticated or bool(was.scopes) or bool(was.policies)
    if asks.authenticated and not signed_in:
        return False
    return _implies(was.scopes, asks.scopes) and _implies(was.policies, asks.policies)


def _implies(was: Groups, asks: Groups) -> bool:
    """Groups are alternatives, each of which asks for all it holds."""
    if not asks:
        return True
    return bool(was) and all(any(set(group) <= set(given) for group in asks) for given in was)


def _is_seen(schema: GraphQLSchema, coordinate: str) -> bool:
    name, _, field = coordinate.partition(".")
    kind = schema.type_map.get(name)
    if kind is None or not field:
        return kind is not None
    return isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and field in kind.fields


def _written(asked: Authorization) -> str:
    words = ["a signed-in viewer"] if asked.authenticated else []
    words += [_alternatives("scopes", asked.scopes), _alternatives("policies", asked.policies)]
    return " and ".join(filter(None, words)) or "nobody in particular"


def _alternatives(what: str, groups: Groups) -> str:
    return f"{what} " + " or ".join(" + ".join(group) for group in groups) if groups else ""
