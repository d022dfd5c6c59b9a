"""References to types: `User`, `[User!]`, `ID!`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from graphql import ListTypeNode, NamedTypeNode, NonNullTypeNode, TypeNode


@dataclass(frozen=True, slots=True)
class Named:
    """A type by its name."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of another type."""

    of: Reference

    def __str__(self) -> str:
        return f"[{self.of}]"


@dataclass(frozen=True, slots=True)
class NonNull:
    """Another type, never null."""

    of: Named | ListOf

    def __str__(self) -> str:
        return f"{self.of}!"


Reference: TypeAlias = Named | ListOf | NonNull


def reference_of(node: TypeNode) -> Reference:
    """Read a type reference from the syntax tree."""
    match node:
        case NonNullTypeNode(type=inner):
            of = reference_of(inner)
            return of if isinstance(of, NonNull) else NonNull(of)
        case ListTypeNode(type=inner):
            return ListOf(reference_of(inner))
        case NamedTypeNode(name=name):
            return Named(name.value)
        case _:
            raise TypeError(f"not a type reference: {node.kind}")


def base_name(reference: Reference) -> str:
    """Answer the name inside all lists and non-nulls."""
    while not isinstance(reference, Named):
        reference = reference.of
    return reference.name


def renamed(reference: Reference, name: str) -> Reference:
    """Answer the same wrapping around another name."""
    match reference:
        case Named():
            return Named(name)
        case ListOf(of):
            return ListOf(renamed(of, name))
        case NonNull(of):
            inner = renamed(of, name)
            assert not isinstance(inner, NonNull)
            return NonNull(inner)


def is_required(reference: Reference) -> bool:
    """Tell whether null is refused."""
    return isinstance(reference, NonNull)


def is_list(reference: Reference) -> bool:
    """Tell whether the outermost type, null aside, is a list."""
    return isinstance(reference.of if isinstance(reference, NonNull) else reference, ListOf)
