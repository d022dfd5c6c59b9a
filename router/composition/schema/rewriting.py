"""Makes a changed copy of a schema, one kind of part at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from router.composition.schema.model import Application, Field, Schema, Type


def with_types(schema: Schema, change: Callable[[Type], Type | None]) -> Schema:
    """Change every type; None removes it."""
    changed = ((name, change(type)) for name, type in schema.types.items())
    return replace(schema, types={name: type for name, type in changed if type is not None})


def with_fields(type: Type, change: Callable[[Field], Field | None]) -> Type:
    """Change every field of a type; None removes it."""
    changed = ((name, change(item)) for name, item in type.fields.items())
    return replace(type, fields={name: item for name, item in changed if item is not None})


def without(directives: tuple[Application, ...], *names: str) -> tuple[Application, ...]:
    """Leave out all applications of these directives."""
    return tuple(application for application in directives if application.name not in names)
