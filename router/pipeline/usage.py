"""Counts which operations which clients send, for `router check`: names and numbers, never a value.

Theory. A count belongs to the prepared operation that every request looks up anyway, so counting costs one more look-up
by the client's name. What was counted is taken away whole every interval and written elsewhere; memory is bounded by
the number of counts there may be meanwhile, and what goes beyond is not counted, which is said.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from graphql import (
    DocumentNode,
    FloatValueNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    Node,
    StringValueNode,
    Visitor,
    print_ast,
    visit,
)

from router.pipeline.operations import Operation

NAME_BYTES_MAX = 100


class Counted:
    """How often one client sent one operation, and when; seconds since 1970."""

    __slots__ = ("count", "first", "last")

    def __init__(self, now: float) -> None:
        self.count = 0
        self.first = now
        self.last = now


Taken = list[tuple[Operation, dict[tuple[bytes, bytes], Counted]]]


class Usage:
    """The counts since they were last taken. `headers` name the client and its version, in lower case."""

    def __init__(self, headers: tuple[str, str], entries_max: int, now: Callable[[], float] = time.time) -> None:
        self.client_header, self.version_header = (name.lower().encode() for name in headers)
        self.entries_max = entries_max
        self.now = now
        self.missed = 0
        self._entries = 0
        self._touched: list[Operation] = []

    def count(self, operation: Operation, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Count one request."""
        client = version = b""
        for name, value in headers:
            if name == self.client_header:
                client = value[:NAME_BYTES_MAX]
            elif name == self.version_header:
                version = value[:NAME_BYTES_MAX]
        counts = operation.counts
        entry = counts.get((client, version))
        if entry is None:
            if self._entries >= self.entries_max:
                self.missed += 1
                return
            if not counts:
                self._touched.append(operation)
            self._entries += 1
            entry = counts[client, version] = Counted(self.now())
        entry.count += 1
        entry.last = self.now()

    def take(self) -> Taken:
        """Everything counted since the last time; counting begins anew."""
        taken = []
        for operation in self._touched:
            taken.append((operation, operation.counts))
            operation.counts = {}
        self._touched = []
        self._entries = 0
        return taken


def line(operation: Operation, client: tuple[bytes, bytes], counted: Counted) -> dict[str, Any]:
    """One line of the export, without the document."""
    name, version = (part.decode("utf-8", "replace") for part in client)
    return {
        "hash": signature(operation),
        "name": operation.node.name.value if operation.node.name else None,
        "client_name": name or None,
        "client_version": version or None,
        "count": counted.count,
        "first_seen": _written(counted.first),
        "last_seen": _written(counted.last),
    }


def signature(operation: Operation) -> str:
    """What tells the operation from others: the SHA-256 of its document, without values. Worked out once."""
    if operation.signature is None:
        operation.signature = hashlib.sha256(document(operation).encode()).hexdigest()
    return operation.signature


def document(operation: Operation) -> str:
    """The operation with the fragments it needs, and with every value written in it emptied: they may be anybody's."""
    needed: dict[str, FragmentDefinitionNode] = {}
    waiting: list[Node] = [operation.node]
    while waiting:
        spreads = _Spreads()
        visit(waiting.pop(), spreads)
        for name in spreads.names:
            if name not in needed:
                needed[name] = operation.fragments[name]
                waiting.append(needed[name])
    chosen = DocumentNode(definitions=(operation.node, *(needed[name] for name in sorted(needed))))
    return print_ast(visit(chosen, _Emptying()))


def _written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Spreads(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self.names.append(node.name.value)


class _Emptying(Visitor):
    """Numbers become 0, texts empty; what kind of value stands where is kept."""

    def enter_string_value(self, *_: Any) -> StringValueNode:
        return StringValueNode(value="", block=False)

    def enter_int_value(self, *_: Any) -> IntValueNode:
        return IntValueNode(value="0")

    def enter_float_value(self, *_: Any) -> FloatValueNode:
        return FloatValueNode(value="0.0")
