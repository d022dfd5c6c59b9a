"""Completion: the answer, read out of the response tree by the client's selection.

GraphQL specification, 6.4.3 CompleteValue and 6.4.4 Handling Field Errors: results are coerced, a null where the
client's type forbids one is an error that makes the nearest nullable parent null, key order is the selection's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from router.execution.faults import GraphQLFault
from router.execution.shape import (
    Composite,
    DeferredShape,
    Enumeration,
    FieldShape,
    ObjectShape,
    Output,
    Required,
    Scalar,
    Several,
)
from router.execution.tree import FAULT

# A null whose error is reported already.
_REPORTED: Final = object()


class _Uncoercible(Exception):
    """A leaf that its type cannot represent."""


def _int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise _Uncoercible
    if not -(2**31) <= value < 2**31:
        raise _Uncoercible
    return int(value)


def _float(value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Uncoercible
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        try:
            return float(value)
        except OverflowError:
            raise _Uncoercible from None
    if not math.isfinite(value):
        raise _Uncoercible
    return value


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise _Uncoercible
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Uncoercible
    return value


def _id(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _Uncoercible


SCALARS: Mapping[str, Callable[[Any], Any]] = {
    "Int": _int,
    "Float": _float,
    "String": _string,
    "Boolean": _boolean,
    "ID": _id,
}


class _Path:
    """A place in the answer, spelled out only when an error needs it."""

    __slots__ = ("key", "parent")

    def __init__(self, parent: _Path | None, key: str | int) -> None:
        self.parent = parent
        self.key = key

    def spelled(self) -> tuple[str | int, ...]:
        out: list[str | int] = []
        here: _Path | None = self
        while here is not None:
            out.append(here.key)
            here = here.parent
        return tuple(reversed(out))


def complete(
    shape: ObjectShape, tree: Mapping[str, Any], own: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, list[GraphQLFault]]:
    """The answer's `data` and the errors that completing brought. `own` holds the root's introspection answers."""
    completion = _Completion()
    data = completion.object(shape, tree, None, own)
    return (None if data is _REPORTED else data), completion.faults


class Pending(NamedTuple):
    """An object of the answer of which more comes later: where it stands, its value in the tree, and what comes."""

    path: tuple[str | int, ...]
    value: Mapping[str, Any]
    deferred: DeferredShape


def complete_part(
    pending: Pending, own: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, list[GraphQLFault], list[Pending]]:
    """What comes later of one object: its `data`, the errors completing brought, and what comes later still."""
    completion = _Completion()
    path: _Path | None = None
    for step in pending.path:
        path = _Path(path, step)
    data = completion.object(pending.deferred.shape(), pending.value, path, own)
    if data is _REPORTED:
        return None, completion.faults, []
    return data, completion.faults, _still_there(completion.pending, data, len(pending.path))


def complete_first(
    shape: ObjectShape, tree: Mapping[str, Any], own: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, list[GraphQLFault], list[Pending]]:
    """As `complete`, of a shape that sets what is deferred apart; and the objects of which more comes."""
    completion = _Completion()
    data = completion.object(shape, tree, None, own)
    if data is _REPORTED:
        return None, completion.faults, []
    return data, completion.faults, _still_there(completion.pending, data, 0)


def _still_there(pending: list[Pending], data: Any, depth: int) -> list[Pending]:
    """Those whose object did not go down with a null above it."""

    def stands(path: tuple[str | int, ...]) -> bool:
        here = data
        for step in path:
            here = here[step] if here is not None else None
        return here is not None

    return [each for each in pending if stands(each.path[depth:])]


class _Completion:
    def __init__(self) -> None:
        self.faults: list[GraphQLFault] = []
        self.pending: list[Pending] = []
        self.denials: set[tuple[int, str]] = set()

    def object(self, shape: ObjectShape, value: Mapping[str, Any], path: _Path | None, own: Mapping[str, Any]) -> Any:
        out: dict[str, Any] = {}
        if shape.deferred:
            where = path.spelled() if path is not None else ()
            self.pending += [Pending(where, value, deferred) for deferred in shape.deferred]
        for field in shape.fields:
            if field.denied:
                self.deny(field, shape, path)
                if isinstance(field.output, Required):
                    return _REPORTED
                out[field.key] = None
                continue
            if field.own:
                if field.name == "__typename":
                    if shape.is_interface:
                        self.fail(f"No subgraph told which type {shape.typename} is here.", _Path(path, field.key))
                        return _REPORTED
                    out[field.key] = shape.typename
                else:
                    out[field.key] = own.get(field.key)
                continue
            completed = self.value(field.output, value.get(field.key), path, field.key, field, shape)
            if completed is _REPORTED:
                if isinstance(field.output, Required):
                    return _REPORTED
                completed = None
            out[field.key] = completed
        return out

    def value(
        self, output: Output, value: Any, path: _Path | None, key: str | int, field: FieldShape, parent: ObjectShape
    ) -> Any:
        """A completed value, None, or _REPORTED; the caller decides by its type what becomes of _REPORTED."""
        match output:
            case Required(of):
                completed = self.value(of, value, path, key, field, parent)
                if completed is None:
                    place = f"{parent.typename}.{field.name}"
                    self.fail(f"Cannot return null for non-nullable field {place}.", _Path(path, key))
                    return _REPORTED
                return completed
            case Scalar(name):
                if value is None:
                    return None
                if value is FAULT:
                    return _REPORTED
                coerce = SCALARS.get(name)
                if coerce is None:
                    return value
                try:
                    return coerce(value)
                except _Uncoercible:
                    self.fail(
                        f"{name} cannot represent the value that {parent.typename}.{field.name} brought.",
                        _Path(path, key),
                    )
                    return _REPORTED
            case Enumeration(name, values):
                if value is None:
                    return None
                if value is FAULT:
                    return _REPORTED
                if not isinstance(value, str) or value not in values:
                    # The value is not shown: it may be hidden from clients on purpose.
                    self.fail(
                        f'Enum "{name}" cannot represent the value that {parent.typename}.{field.name} brought.',
                        _Path(path, key),
                    )
                    return _REPORTED
                return value
            case Several(of):
                return self.items(of, value, _Path(path, key), field, parent)
            case Composite():
                return self.composite(output, value, _Path(path, key), field, parent)

    def items(self, of: Output, value: Any, path: _Path, field: FieldShape, parent: ObjectShape) -> Any:
        if value is None:
            return None
        if value is FAULT:
            return _REPORTED
        if not isinstance(value, list):
            self.fail(f"Expected a list for {parent.typename}.{field.name}.", path)
            return _REPORTED
        out: list[Any] = []
        required = isinstance(of, Required)
        for index, item in enumerate(value):
            completed = self.value(of, item, path, index, field, parent)
            if completed is _REPORTED:
                if required:
                    return _REPORTED
                completed = None
            out.append(completed)
        return out

    def composite(self, output: Composite, value: Any, path: _Path, field: FieldShape, parent: ObjectShape) -> Any:
        if value is None:
            return None
        if value is FAULT:
            return _REPORTED
        if not isinstance(value, dict):
            self.fail(f"Expected an object for {parent.typename}.{field.name}.", path)
            return _REPORTED
        typename = value.get("__typename") if output.abstract else output.name
        if typename is None and output.is_interface:
            if output.differs_by_type():
                self.fail(f"No subgraph told which type of {output.name} is here.", path)
                return _REPORTED
            return self.object(output.shape(output.name), value, path, {})
        if not isinstance(typename, str) or typename not in output.possible:
            if typename is FAULT:
                return _REPORTED
            place = f"{parent.typename}.{field.name}"
            self.fail(f'Abstract type "{output.name}" of {place} did not resolve to one of its object types.', path)
            return _REPORTED
        if typename in output.denied:
            self.deny(field, parent, path.parent, typename)
            return _REPORTED
        return self.object(output.shape(typename), value, path, {})

    def deny(self, field: FieldShape, parent: ObjectShape, path: _Path | None, typename: str = "") -> None:
        """Report a field the viewer may not see, once, however many objects lack it."""
        if (id(field), typename) not in self.denials:
            self.denials.add((id(field), typename))
            message = f"Unauthorized field or type: {parent.typename}.{field.name}"
            extensions = {"code": "UNAUTHORIZED_FIELD_OR_TYPE"}
            self.faults.append(GraphQLFault(message, _Path(path, field.key).spelled(), extensions))

    def fail(self, message: str, path: _Path) -> None:
        self.faults.append(GraphQLFault(message, path.spelled(), {"code": "RESPONSE_VALIDATION_FAILED"}))
