"""The Federation 2 schema of a subgraph: Strawberry's, with entities that hold and authorization that is enforced.

    schema = Schema(query=Query, mutation=Mutation, types=[Variant])

Entities. A class with @key answers references by

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> Order | None:            # one key
    async def resolve_reference(cls, info: Info, id: str | None = None, slug: str | None = None): ...   # several
    async def resolve_reference(cls, info: Info, id: str, total: dict[str, Any] | None = None): ...     # @requires

Keywords are the representation's fields in snake_case; those it does not take are left out, a representation that lacks
a required one is an error of its own entity, and neither disturbs the other entities in the list. Values are passed as
plain JSON. Let it load through a DataLoader: fifty representations, one query.

Authorization. `authenticated=True`, `requires_scopes=[["users:read"]]` and `policy=[["verified_email"]]` on a field or
type are printed for the router and enforced here as well, whichever way the field is reached.

Hidden fields. `inaccessible=True` keeps a field out of the public schema, and here it is answered only to another
subgraph or to a router that signs (ROUTER_SECRET): a subgraph that can be asked directly tells nobody. One whose value
means nothing to who may not have it, such as a pass, says so with `metadata=SEALED`, and is answered to everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any, Literal, cast

import strawberry
from graphql import GraphQLError, GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.extensions import SchemaExtension
from strawberry.federation.schema_directives import Authenticated, Inaccessible, Key, Policy, RequiresScopes
from strawberry.federation.types import FieldSet
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from chassis.documents import Documents, Limits
from chassis.entities import Entity, bad_representation
from chassis.errors import NotAllowed
from chassis.scalars import DECIMAL
from chassis.viewer import Viewer

FEDERATION_VERSION: Literal["2.9"] = "2.9"
ENTITIES_MAX = 2_000
SEALED: Mapping[str, object] = MappingProxyType({"sealed": True})


class Prepared(SchemaExtension):
    """Runs a document the schema has already parsed, bounded and validated."""

    def on_parse(self) -> Iterator[None]:
        """Hand over the kept document, or its errors."""
        context = self.execution_context
        document = cast("Schema", context.schema).documents.get(context.query or "")
        if document.ast is None:
            raise document.errors[0]
        context.graphql_document = document.ast
        yield

    def on_validate(self) -> Iterator[None]:
        """It was validated when it was kept."""
        self.execution_context.pre_execution_errors = []
        yield


class Schema(strawberry.federation.Schema):
    """One subgraph's schema."""

    entities_max: int = ENTITIES_MAX

    def __init__(
        self,
        *,
        query: type,
        mutation: type | None = None,
        subscription: type | None = None,
        types: Iterable[type] = (),
    ) -> None:
        # Strawberry writes the _Entity union into this function's annotations: each schema needs its own.
        self.entities_resolver = self._make_entities_resolver()  # type: ignore[method-assign]
        super().__init__(
            query=query,
            mutation=mutation,
            subscription=subscription,
            types=types,
            federation_version=FEDERATION_VERSION,
            extensions=[Prepared],
            config=StrawberryConfig(scalar_map={Decimal: DECIMAL}),
        )
        _enforce(self.core)
        self._entities = self._find_entities()
        self.documents = Documents(self.core, Limits())

    def limit(self, limits: Limits, *, entities_max: int) -> None:
        """Set what an operation may ask; done once, before serving."""
        self.documents = Documents(self.core, limits)
        self.entities_max = entities_max

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Nothing: the endpoint logs each fault once, masked or not."""

    @property
    def core(self) -> GraphQLSchema:
        """The executable graphql-core schema."""
        return self._schema

    @property
    def sdl(self) -> str:
        """What `_service { sdl }` answers and `subgraphs schema NAME` prints, ending in a newline."""
        return self.as_str().rstrip("\n") + "\n"

    def _make_entities_resolver(self) -> Callable[..., list[Any]]:
        def entities(info: Info, representations: list[Any]) -> list[Any]:
            if len(representations) > self.entities_max:
                raise GraphQLError(
                    f"Ask for at most {self.entities_max} entities at once, not {len(representations)}.",
                    extensions={"code": "ENTITY_LIMIT_EXCEEDED"},
                )
            return [self._entity(info, representation) for representation in representations]

        entities.__annotations__["representations"] = list[strawberry.federation.schema.FederationAny]
        entities.__annotations__["info"] = Info
        return entities

    def _entity(self, info: Info, representation: Any) -> Any:
        """One entity, an awaitable of it, or the error that takes its place; never raises."""
        try:
            if not isinstance(representation, dict) or not isinstance(representation.get("__typename"), str):
                raise bad_representation("A representation is an object with a __typename.")
            name = representation["__typename"]
            entity = self._entities.get(name)
            if entity is None:
                raise bad_representation(f"There is no entity {name!r} in this subgraph.")
            return entity.call(representation, info)
        except Exception as error:  # noqa: BLE001 -- the error belongs to this entity alone
            return error

    def _find_entities(self) -> dict[str, Entity]:
        found = {}
        for name, known in self.schema_converter.type_map.items():
            definition = getattr(known, "definition", None)
            if isinstance(definition, StrawberryObjectDefinition) and (entity := Entity.of(definition)):
                found[name] = entity
        return found


def reference(fields: str) -> Key:
    """The key of an entity another subgraph resolves: `keys=[reference("sku")]` on a class that only points at it."""
    return Key(fields=FieldSet(fields), resolvable=False)


def _enforce(schema: GraphQLSchema) -> None:
    """Put the check a field declares in front of its resolver."""
    for graphql_type in schema.type_map.values():
        if not isinstance(graphql_type, GraphQLObjectType):
            continue
        definition = (graphql_type.extensions or {}).get("strawberry-definition")
        if not isinstance(definition, StrawberryObjectDefinition):
            continue
        of_type = _requirements(definition.directives)
        for field in graphql_type.fields.values():
            declared = (field.extensions or {}).get("strawberry-definition")
            of_field = _requirements(declared.directives) if isinstance(declared, StrawberryField) else []
            if requirements := [*of_type, *of_field]:
                _guard(field, partial(require, requirements=requirements))
            if isinstance(declared, StrawberryField) and _is_hidden(declared):
                _guard(field, require_proof)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One directive's demand: being signed in, and of the alternatives one whose scopes or policies are all held."""

    scopes: Sequence[Sequence[str]] = ((),)
    policies: Sequence[Sequence[str]] = ((),)

    def is_met_by(self, viewer: Viewer) -> bool:
        """Whether somebody who is signed in fulfils it."""
        return any(all(map(viewer.has_scope, each)) for each in self.scopes) and any(
            all(map(viewer.has_policy, each)) for each in self.policies
        )


def _requirements(directives: Iterable[object] | None) -> list[Requirement]:
    """What must all hold."""
    found: list[Requirement] = []
    for directive in directives or ():
        if isinstance(directive, Authenticated):
            found.append(Requirement())
        elif isinstance(directive, RequiresScopes):
            found.append(Requirement(scopes=directive.scopes))
        elif isinstance(directive, Policy):
            found.append(Requirement(policies=directive.policies))
    return found


def _is_hidden(field: StrawberryField) -> bool:
    marked = any(isinstance(each, Inaccessible) for each in field.directives)
    return marked and not field.metadata.get("sealed")


def _guard(field: GraphQLField, check: Callable[[Viewer], None]) -> None:
    def guarded(resolve: Callable[..., Any]) -> Callable[..., Any]:
        def resolved(source: Any, info: Any, /, **arguments: Any) -> Any:
            check(info.context.viewer)
            return resolve(source, info, **arguments)

        return resolved

    if field.subscribe is not None:
        # Before the first event, so that who may not see it does not even listen.
        field.subscribe = guarded(field.subscribe)
    field.resolve = guarded(cast("Callable[..., Any]", field.resolve))


def require_proof(viewer: Viewer) -> None:
    """Raise NotAllowed unless the request came through a router that signs, or from another subgraph."""
    if not viewer.proven and not viewer.internal:
        raise NotAllowed("This field is for other services: it takes ROUTER_SECRET for the router to ask for it.")


def require(viewer: Viewer, requirements: Sequence[Requirement]) -> None:
    """Raise NotSignedIn or NotAllowed unless the viewer meets every requirement."""
    if viewer.internal:
        return
    viewer.require_signed_in()
    for requirement in requirements:
        if not requirement.is_met_by(viewer):
            wanted = " or ".join(" and ".join(each) for each in requirement.policies if each)
            raise NotAllowed(f"This needs the policy {wanted}.") if wanted else NotAllowed
