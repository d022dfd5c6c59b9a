"""One answer in pieces: what is under @defer is sent when it is there, by Apollo's incremental delivery (20220824).

    {"data": {"order": {"status": "CONFIRMED"}}, "hasNext": true}
    {"incremental": [{"data": {"buyer": {…}}, "path": ["order"], "label": "slow"}], "hasNext": false}

Theory. The plan says which requests each part needs (`router.plan.Defer`); the client's selection says, object by
object, what is sent later (`Pending`). A part belongs to the objects at its path that have a fragment of its label
pending: when all parts of a path and label have run, those objects' fragments are completed and sent. Parts write to
one tree and run at once; each has its own errors, which are told with the first of its objects that they are under.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from router.execution.asking import Asking, encode
from router.execution.completion import Pending, complete_first, complete_part
from router.execution.faults import GraphQLFault, visible
from router.execution.generic import Execution
from router.pipeline.request import Refused
from router.plan import Defer, Deferred, Each, Key, Node, Path

if TYPE_CHECKING:
    from router.pipeline.operations import Operation, Variant
    from router.pipeline.pipeline import Pipeline

log = logging.getLogger("router")
# Where a fragment stands, without list indexes (None stands for items), and its label.
Place: TypeAlias = tuple[tuple[str | None, ...], str | None]


def defers(node: Node | None) -> bool:
    """Whether a plan has parts that need requests of their own; otherwise there is nothing to wait for."""
    return isinstance(node, Defer) and any(part.node is not None for part in node.deferred)


class Deferring:
    """The pieces, as Responses: iterate it for response bodies, and always `aclose` it."""

    incremental = True

    def __init__(
        self,
        pipeline: Pipeline,
        operation: Operation,
        variant: Variant,
        variables: Mapping[str, Any],
        asking: Asking,
        extensions: Mapping[str, Any],
    ) -> None:
        self.pipeline = pipeline
        self.operation = operation
        self.variant = variant
        self.variables = variables
        self.asking = asking
        self.extensions = extensions
        self.shape = operation.shape(pipeline.schema, variant, variables)
        self.execution = Execution(asking, variables, pipeline.object_types)
        self.own: dict[str, Any] = {}
        self._pending: list[Pending] = []
        self._running: dict[asyncio.Task[tuple[Execution, list[Deferred]]], Deferred] = {}
        self._left: dict[Place, int] = {}
        self._faults: dict[Place, list[GraphQLFault]] = {}
        self._began = False
        self._over = False

    async def aclose(self) -> None:
        """Leave: requests under way are given up."""
        self._over = True
        self.asking.cancel()
        self.asking.done()
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)

    def __aiter__(self) -> Self:
        """Itself."""
        return self

    async def __anext__(self) -> bytes:
        """The next piece. Raises Refused where the router fails."""
        if self._over:
            raise StopAsyncIteration
        try:
            body = await self._later() if self._began else await self._first()
        except Exception as error:
            log.exception("a deferred answer failed inside the router")
            self._over = True
            raise Refused.because(500, "INTERNAL_SERVER_ERROR", "The router failed.") from error
        self._over = not self._running
        return encode({**body, "hasNext": not self._over})

    # ------------------------------------------------------------------------------------------------------- pieces

    async def _first(self) -> dict[str, Any]:
        self._began = True
        introspected: list[GraphQLFault] = []
        if self.operation.introspection is not None:
            self.own, introspected = await self.pipeline.introspect(
                self.operation, self.operation.introspection, self.variables
            )
        parts = await self._run(self.execution, self.variant.plan.root)
        shape = self.operation.first_shape(self.pipeline.schema, self.variant, self.variables)
        data, faults, self._pending = complete_first(shape, self.execution.tree, self.own)
        self._start(parts)
        body: dict[str, Any] = {"data": data}
        errors = [visible(fault, self.shape).as_json() for fault in (*self.execution.faults, *introspected)]
        errors += [fault.as_json() for fault in faults]
        if errors:
            body["errors"] = errors
        if self.extensions:
            body["extensions"] = dict(self.extensions)
        return body

    async def _later(self) -> dict[str, Any]:
        while self._running:
            done, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            entries: list[dict[str, Any]] = []
            for task in done:
                entries += self._arrived(self._running.pop(task), *task.result())
            if not self._running:
                # What no part was planned for is there by now.
                for pending in self._taken(None):
                    entries += self._entries([pending], [])
            if entries:
                return {"incremental": entries}
        return {}

    def _arrived(self, part: Deferred, execution: Execution, inside: list[Deferred]) -> list[dict[str, Any]]:
        place = _place(part)
        self._left[place] -= 1
        self._faults[place] += execution.faults
        entries: list[dict[str, Any]] = []
        if not self._left[place]:
            entries = self._entries(self._taken(place), self._faults.pop(place))
        self._start(inside)
        return entries

    def _taken(self, place: Place | None) -> list[Pending]:
        """Those pending at a place, or all, which are so no more."""
        taken = [each for each in self._pending if place is None or _place_of(each) == place]
        self._pending = [each for each in self._pending if place is not None and _place_of(each) != place]
        return taken

    def _entries(self, taken: list[Pending], faults: list[GraphQLFault]) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        for pending in taken:
            data, own_faults, later = complete_part(pending, self.own)
            self._pending += later
            mine = [fault for fault in faults if _is_under(fault, pending)]
            faults = [fault for fault in faults if not _is_under(fault, pending)]
            errors = [visible(fault, self.shape).as_json() for fault in mine]
            errors += [fault.as_json() for fault in own_faults]
            entry: dict[str, Any] = {"data": data, "path": list(pending.path)}
            if pending.deferred.label is not None:
                entry["label"] = pending.deferred.label
            if errors:
                entry["errors"] = errors
            entries.append(entry)
        if entries and faults:
            entries[0].setdefault("errors", []).extend(visible(fault, self.shape).as_json() for fault in faults)
        return entries

    # ------------------------------------------------------------------------------------------------------- running

    async def _run(self, execution: Execution, node: Node | None) -> list[Deferred]:
        """Run a node and all parts of it that are not deferred after all; the answer is those that are."""
        if not isinstance(node, Defer):
            await execution.run(node)
            return []
        await execution.run(node.primary)
        later: list[Deferred] = []
        for part in node.deferred:
            if part.variable is not None and not self.variables.get(part.variable):
                later += await self._run(execution, part.node)
            else:
                later.append(part)
        return later

    def _start(self, parts: Sequence[Deferred]) -> None:
        for part in parts:
            place = _place(part)
            self._left[place] = self._left.get(place, 0) + 1
            self._faults.setdefault(place, [])
        for part in parts:
            self._running[asyncio.create_task(self._run_part(part))] = part

    async def _run_part(self, part: Deferred) -> tuple[Execution, list[Deferred]]:
        execution = Execution(self.asking, self.variables, self.pipeline.object_types)
        execution.tree = self.execution.tree
        return execution, await self._run(execution, part.node)


def _place(part: Deferred) -> Place:
    return _without_indexes(part.path), part.label


def _without_indexes(path: Path) -> tuple[str | None, ...]:
    steps: list[str | None] = []
    for step in path:
        if isinstance(step, Key):
            steps.append(step.name)
        elif isinstance(step, Each):
            steps.append(None)
    return tuple(steps)


def _place_of(pending: Pending) -> Place:
    steps: list[str | None] = []
    for step in pending.path:
        if isinstance(step, str):
            steps.append(step)
        elif steps[-1] is not None:
            # Lists of lists are one step.
            steps.append(None)
    return tuple(steps), pending.deferred.label


def _is_under(fault: GraphQLFault, pending: Pending) -> bool:
    return fault.path is not None and fault.path[: len(pending.path)] == pending.path
