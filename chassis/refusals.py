"""How a refusal becomes data: a mutation answers the union of its success and what it may refuse.

    @mutation(refuses=(EmailTaken, InvalidInput))
    async def register(self, info: Info, input: RegisterInput) -> RegisterSuccess:
        ...                                       # raises EmailTaken somewhere below

gives

    register(input: RegisterInput!): RegisterResult!
    union RegisterResult = RegisterSuccess | EmailTaken | InvalidInput
    type EmailTaken implements Refusal { code: RefusalCode! message: String! field: [String!]! }

A Refused that is not listed rises as a GraphQL error with its code: for queries that is the only form.
"""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar, cast, get_origin

import strawberry
from strawberry.types.field import StrawberryField

from chassis.errors import RefusalCode, Refused


@strawberry.interface(description="An expected no: what was refused, why, and which argument to change.")
class Refusal:
    """Every refusal has these fields; some carry facts of their own."""

    code: RefusalCode
    message: str
    field: list[str]


_TYPES: dict[type[Refused], type[Any]] = {}


def refusal_type(refused: type[Refused]) -> type[Any]:
    """The GraphQL type of a refusal: named like the exception, its annotations as further fields."""
    if refused not in _TYPES:
        _TYPES[refused] = _make_type(refused)
    return _TYPES[refused]


def _make_type(refused: type[Refused]) -> type[Any]:
    own = {
        name: hint
        for name, hint in typing.get_type_hints(refused).items()
        if get_origin(hint) is not ClassVar and name != "code"
    }
    # The annotations of the base class belong to the exception, not to the graph.
    facts = {name: hint for name, hint in own.items() if name not in typing.get_type_hints(Refused)}
    cls = type(refused.__name__, (Refusal,), {"__annotations__": facts, "__module__": refused.__module__})
    return strawberry.federation.type(
        cls, name=refused.__name__, description=inspect.cleandoc(refused.__doc__ or ""), shareable=True
    )


def as_data(refused: Refused, *, takes_input: bool = True) -> Any:
    """The refusal as an instance of its GraphQL type.

    One use-case may serve a mutation with an `input` and one that takes the same things as arguments: for the latter
    the path to what is at fault begins without it.
    """
    kind = refusal_type(type(refused))
    names = [field.name for field in kind.__strawberry_definition__.fields]
    field = refused.field if takes_input or refused.field[:1] != ("input",) else refused.field[1:]
    return kind(**{name: list(field) if name == "field" else getattr(refused, name) for name in names})


def mutation(
    *,
    refuses: Sequence[type[Refused]],
    name: str | None = None,
    description: str | None = None,
    **federation: Any,
) -> Callable[[Callable[..., Any]], Any]:
    """A mutation field answering `union <Name>Result = <success> | <refusals>`.

    The resolver is async and annotated with its success type. Further keywords (`inaccessible`, `tags`,
    `authenticated`, `requires_scopes`, `policy`) are those of `strawberry.federation.field`. Guarded by one of the last
    three it is nullable: who may not do it still learns what became of the other fields of the operation.
    """

    def decorate(resolver: Callable[..., Any]) -> StrawberryField:
        @functools.wraps(resolver)
        async def refusing(*args: Any, **kwargs: Any) -> Any:
            try:
                return await resolver(*args, **kwargs)
            except tuple(refuses) as refused:
                return as_data(refused, takes_input="input" in kwargs)

        success = resolver.__annotations__["return"]
        if isinstance(success, str):
            success = resolver.__globals__[success]
        field_name = name or _camel(resolver.__name__)
        union = strawberry.union(f"{field_name[0].upper()}{field_name[1:]}Result")
        members = success
        for refused in refuses:
            members = members | refusal_type(refused)
        answer: Any = Annotated[members, union]
        guarded = any(federation.get(guard) for guard in ("authenticated", "requires_scopes", "policy"))
        return cast(
            "StrawberryField",
            strawberry.federation.field(
                resolver=refusing,
                name=field_name,
                description=description or inspect.getdoc(resolver),
                graphql_type=answer | None if guarded else answer,
                **federation,
            ),
        )

    return decorate


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
