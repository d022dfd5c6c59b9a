"""A small federation for pipeline tests: one subgraph that is a plain ASGI application, and plans written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import orjson
from graphql import DocumentNode, OperationDefinitionNode, build_schema, graphql_sync, print_ast

from router.http.app import App
from router.http.mount import mount
from router.pipeline.operations import Planner
from router.plan import Fetch, Field, Fragment, OperationKind, Plan, Selection
from router.settings import Settings
from router.supergraph import Supergraph

SUPERGRAPH = """
schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
  @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)
  @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)
  @link(url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY) { query: Query mutation: Mutation }
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
directive @policy(policies: [[policy__Policy!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
scalar join__FieldSet
scalar link__Import
scalar requiresScopes__Scope
scalar policy__Policy
enum link__Purpose { SECURITY EXECUTION }
enum join__Graph { SHOP @join__graph(name: "shop", url: "http://shop/graphql") }
type Query @join__type(graph: SHOP) {
  hello(name: String!, times: Int = 1): String
  me: User @authenticated
  user: User
  users: [User!]!
  report: Report @requiresScopes(scopes: [["reports:read", "staff"], ["root"]])
  secret: String @policy(policies: [["vault"]])
  search: [Hit!]!
  slow: String
}
type Mutation @join__type(graph: SHOP) { rename(name: String!): User }
type User @join__type(graph: SHOP) { id: ID! name: String! email: String @authenticated salary: Int! @requiresScopes(scopes: [["root"]]) }
type Report @join__type(graph: SHOP) @authenticated { total: Int }
union Hit @join__type(graph: SHOP) @join__unionMember(graph: SHOP, member: "User") @join__unionMember(graph: SHOP, member: "Report") = User | Report
"""

SCHEMA = build_schema("""
type Query { hello(name: String!, times: Int = 1): String me: User user: User users: [User!]! report: Report secret: String search: [Hit!]! slow: String }
type Mutation { rename(name: String!): User }
type User { id: ID! name: String! email: String salary: Int! }
type Report { total: Int }
union Hit = User | Report
""")
ADA = {"__typename": "User", "id": "1", "name": "Ada", "email": "ada@example.org", "salary": 7}
BOB = {"__typename": "User", "id": "2", "name": "Bob", "email": None, "salary": 8}
DATA = {
    "hello": lambda _, name, times: " ".join([f"hello {name}"] * times),
    "me": ADA, "user": ADA, "users": [ADA, BOB], "report": {"__typename": "Report", "total": 3}, "secret": "42",
    "search": [ADA, {"__typename": "Report", "total": 3}], "rename": lambda _, name: {**ADA, "name": name}, "slow": "done",
}  # fmt: skip


class Shop:
    """The subgraph; keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.gate: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = orjson.loads((await receive())["body"])
        self.requests.append(request)
        self.headers.append({k.decode(): v.decode() for k, v in scope["headers"]})
        if self.gate is not None:
            await self.gate()
        result = graphql_sync(SCHEMA, request["query"], DATA, variable_values=request.get("variables"))
        body = orjson.dumps(result.formatted)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})


def one_subgraph(supergraph: Supergraph) -> Planner:
    """The planner of a federation with one subgraph: everything is asked of it, with `__typename` where types vary."""

    def plan(document: DocumentNode, name: str | None, labels: frozenset[str], defer: bool) -> Plan:
        operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        chosen = next(o for o in operations if name is None or (o.name and o.name.value == name))
        kind = OperationKind(chosen.operation.value)
        selections = tuple(_selections(chosen.selection_set))
        if all(isinstance(s, Field) and s.name == "__typename" for s in selections):
            return Plan(kind, None)
        variables = tuple(v.variable.name.value for v in chosen.variable_definitions or ())
        text = print_ast(chosen)
        return Plan(kind, Fetch("shop", kind, text, name, variables, selections))

    return plan


def _selections(selection_set: Any) -> list[Selection]:
    out: list[Selection] = []
    for node in selection_set.selections if selection_set else ():
        if node.kind == "field":
            key = node.alias.value if node.alias else node.name.value
            if node.name.value not in ("__schema", "__type"):
                out.append(Field(node.name.value, key, key, "", selections=tuple(_selections(node.selection_set))))
        else:
            on = node.type_condition.name.value if node.type_condition else None
            out.append(Fragment(on, (on,) if on else (), tuple(_selections(node.selection_set))))
    return out


def router(shop: Shop, settings: Settings | str = "") -> App:
    """The router in this process."""
    ready = settings if isinstance(settings, Settings) else Settings.parse(settings, environment={})
    return mount(SUPERGRAPH, {"shop": shop}, ready, planner=one_subgraph)


def client(app: App, headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
    """A browserless client of it."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://router", headers=headers)


async def ask(app: App, query: str, variables: Mapping[str, Any] | None = None, **headers: str) -> httpx.Response:
    """POST one operation."""
    async with client(app) as http:
        body = {"query": query, **({"variables": variables} if variables is not None else {})}
        return await http.post("/graphql", json=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
