"""How one representation becomes the call that resolves it (Apollo Federation, "Resolve requests for entities").

A representation comes from another process: it may name a type that is no entity here, lack what is needed, carry what
is not, or hold a key of the wrong type. Each of these is a BAD_REPRESENTATION of that one entity.
"""

from __future__ import annotations

import copy
import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError
from strawberry.federation.schema_directives import Key
from strawberry.types.base import StrawberryObjectDefinition

_PLAIN = (str, int, float, bool, type(None))


def bad_representation(message: str) -> GraphQLError:
    """The error of one entity."""
    return GraphQLError(message, extensions={"code": "BAD_REPRESENTATION"})


@dataclass(frozen=True, slots=True)
class Entity:
    """What is known of an entity type before any representation arrives."""

    name: str
    resolve: Callable[..., Any]
    keys: frozenset[str]
    accepted: frozenset[str]
    required: tuple[str, ...]
    takes_info: bool
    takes_anything: bool

    @classmethod
    def of(cls, definition: StrawberryObjectDefinition) -> Entity | None:
        """Read a class with @key; None when it has no `resolve_reference`."""
        resolve = getattr(definition.origin, "resolve_reference", None)
        if resolve is None:
            return None
        parameters = dict(inspect.signature(resolve).parameters)
        takes_info = parameters.pop("info", None) is not None
        takes_anything = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
        named = {name: each for name, each in parameters.items() if each.kind is not each.VAR_KEYWORD}
        return cls(
            name=definition.name,
            resolve=resolve,
            keys=key_names(definition.directives),
            accepted=frozenset(named),
            required=tuple(name for name, each in named.items() if each.default is each.empty),
            takes_info=takes_info,
            takes_anything=takes_anything,
        )

    def call(self, representation: Mapping[str, Any], info: Any) -> Any:
        """The entity, an awaitable of it, or None. Raises BAD_REPRESENTATION, and what the resolver raises."""
        arguments = {}
        for field, value in representation.items():
            name = snake(field)
            if field != "__typename" and (name in self.accepted or self.takes_anything):
                # Callers in this process keep their representations as they were.
                kept = value if isinstance(value, _PLAIN) else copy.deepcopy(value)
                arguments[name] = self._key(field, kept) if field in self.keys else kept
        missing = [name for name in self.required if name not in arguments]
        if missing:
            raise bad_representation(f"The representation lacks {', '.join(missing)}.")
        if self.takes_info:
            arguments["info"] = info
        return self.resolve(**arguments)

    def _key(self, field: str, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str | dict | None):
            return value
        raise bad_representation(f"The key {field!r} of {self.name} is a string.")


def key_names(directives: Iterable[object] | None) -> frozenset[str]:
    """Every field named in a class's keys, nested ones included."""
    names: set[str] = set()
    for directive in directives or ():
        if isinstance(directive, Key):
            names.update(re.findall(r"\w+", str(directive.fields)))
    return frozenset(names)


@functools.lru_cache(maxsize=1_024)
def snake(name: str) -> str:
    """The name Python gives a field: serialNumber is serial_number."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
