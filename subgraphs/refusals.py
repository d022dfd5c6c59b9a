"""The page docs/refusals.md: every refusal of the shop, its code, and which mutations may answer it.

Printed from the subgraphs' own schemas and classes, so it says what they do (`subgraphs refusals`).
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from graphql import GraphQLObjectType, GraphQLSchema, GraphQLUnionType, build_schema, get_named_type

from chassis.errors import Refused

PAGE = Path(__file__).resolve().parents[1] / "docs" / "refusals.md"

HEAD = """# Refusals

Printed by `subgraphs refusals --write`; a test compares it with the code.

Every mutation answers a union: its success, or one of the refusals it can name. Each is a type that implements
`Refusal { code message field }`. Programs act on the type, or on its code; `message` is for people, and `field` is the
path of the argument to change. What is not a refusal is [an error](errors.md).
"""


def page(schemas: Mapping[str, str]) -> str:
    """The page for these subgraphs, given their schemas by name."""
    classes = {kind.__name__: kind for kind in _subclasses(Refused)}
    answered = _answered({name: build_schema(sdl, assume_valid=True) for name, sdl in schemas.items()})
    by_code: dict[str, list[str]] = defaultdict(list)
    for refusal in sorted(answered):
        kind = classes[refusal]
        meaning = " ".join(inspect.cleandoc(kind.__doc__ or "").split())
        mutations = ", ".join(f"`{mutation}`" for mutation in sorted(answered[refusal]))
        by_code[kind.code.value].append(f"| `{refusal}` | {meaning} | {mutations} |")
    return "\n".join([HEAD, *(_section(code, rows) for code, rows in sorted(by_code.items()))])


def _section(code: str, rows: Sequence[str]) -> str:
    return "\n".join([f"## {code}", "", "| refusal | when | answered by |", "|---|---|---|", *rows, ""])


def _answered(schemas: Mapping[str, GraphQLSchema]) -> dict[str, set[str]]:
    """By refusal: the mutations whose union has it."""
    answered: dict[str, set[str]] = defaultdict(set)
    for schema in schemas.values():
        if schema.mutation_type is None:
            continue
        for mutation, field in schema.mutation_type.fields.items():
            answer = get_named_type(field.type)
            members = answer.types if isinstance(answer, GraphQLUnionType) else ()
            for member in members:
                if _refuses(member):
                    answered[member.name].add(mutation)
    return answered


def _refuses(member: GraphQLObjectType) -> bool:
    return any(interface.name == "Refusal" for interface in member.interfaces)


def _subclasses(kind: type[Refused]) -> Iterable[type[Refused]]:
    for below in kind.__subclasses__():
        yield below
        yield from _subclasses(below)
