"""The generic executor: runs any plan, node by node, by every rule of the specification. Compiled runs defer to it.

Theory. Nodes share one response tree; parallel nodes write disjoint keys of it, and all merging happens between
awaits, so no lock is needed. A fetch that fails leaves FAULT where its values would stand and one error; everything
else goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from router.execution.asking import Answer, Asking, encode
from router.execution.faults import GraphQLFault, tree_path
from router.execution.representations import Batch, gather
from router.execution.tree import FAULT, Object, Place, absorb, locate, mark
from router.http.transport import Trouble
from router.plan import (
    Condition,
    Defer,
    EntityFetch,
    Fetch,
    Field,
    Fragment,
    Key,
    Lookup,
    Node,
    On,
    OperationKind,
    Parallel,
    Path,
    Selection,
    Subscription,
)
from router.plan import (
    Sequence as SequenceNode,
)

REDACTED = "Subgraph errors redacted"


def request_body(fetch: Fetch | EntityFetch, variables: Mapping[str, Any]) -> bytes:
    """The JSON body of a subgraph request: to the byte that of a compiled run, for its reply to be found again."""
    body: dict[str, Any] = {"query": fetch.operation}
    if fetch.operation_name is not None:
        body["operationName"] = fetch.operation_name
    if variables:
        body["variables"] = variables
    return encode(body)


class Execution:
    """One run of one plan. `tree` and `faults` are its outcome."""

    def __init__(self, asking: Asking, variables: Mapping[str, Any], object_types: frozenset[str]) -> None:
        self.asking = asking
        self.variables = variables
        self.object_types = object_types
        self.tree: Object = {}
        self.faults: list[GraphQLFault] = []

    async def run(self, node: Node | None) -> None:
        """Run a node and everything below it."""
        match node:
            case None:
                return
            case Fetch():
                await self.fetch(node)
            case EntityFetch():
                await self.fetch_entities(node)
            case SequenceNode(nodes):
                for child in nodes:
                    await self.run(child)
            case Parallel(nodes):
                async with asyncio.TaskGroup() as group:
                    for child in nodes:
                        group.create_task(self.run(child))
            case Condition(variable, then, otherwise):
                await self.run(then if self.variables.get(variable) else otherwise)
            case Defer(primary, deferred):
                # Answered in one piece: permitted by the specification of @defer, which lets a server ignore it.
                await self.run(primary)
                async with asyncio.TaskGroup() as group:
                    for part in deferred:
                        group.create_task(self.run(part.node))
            case Subscription():
                raise AssertionError("a subscription is run event by event")

    async def run_event(self, node: Subscription, event: Answer) -> None:
        """Take one event of a subscription and run what follows it."""
        self.take(node.primary, [Place(self.tree, (), ())], event)
        await self.run(node.rest)

    def miss(self, fetch: Fetch, trouble: Trouble) -> None:
        """Report a fetch of root fields that brought nothing."""
        mark(self.tree, fetch.selections)
        where = _field_path((), fetch.selections)
        self.faults.append(self.fault(fetch.subgraph, trouble.message, where, trouble.code))

    # ------------------------------------------------------------------------------------------------- root fields

    async def fetch(self, fetch: Fetch) -> None:
        """Ask for root fields and merge them in."""
        places = locate(self.tree, fetch.path) if fetch.path else [Place(self.tree, (), ())]
        if not places:
            return
        body = request_body(fetch, self.given(fetch.variables))
        answer = await self.ask(fetch, body, places, fetch.selections)
        if answer is not None:
            self.take(fetch, places, answer)

    def take(self, fetch: Fetch, places: Sequence[Place], answer: Answer) -> None:
        """Merge the answer to a fetch of root fields in, and report its errors."""
        prefix = places[0].path
        for error in answer.errors:
            path = self.error_path(error)
            where = prefix + tree_path(path, fetch.selections) if path else _field_path(prefix, fetch.selections)
            self.report(fetch.subgraph, error, where)
        for place in places:
            if answer.data is not None:
                if not absorb(place.value, answer.data, fetch.selections, self.object_types):
                    self.incomplete(fetch, places, answer)
            elif answer.errors:
                mark(place.value, fetch.selections)

    def given(self, names: Sequence[str]) -> dict[str, Any]:
        """The variables of these names that the client gave, or that have defaults."""
        return {name: self.variables[name] for name in names if name in self.variables}

    # ---------------------------------------------------------------------------------------------------- entities

    async def fetch_entities(self, fetch: EntityFetch) -> None:
        """Look up objects of the tree and merge what comes back into them."""
        jobs: list[tuple[dict[str, Any], list[tuple[Lookup, Batch]]]] = []
        for lookup in (each.asking(self.variables) for each in fetch.lookups):
            if not lookup.representations:
                continue
            places = [place for path in lookup.paths for place in locate(self.tree, path)]
            for values, group in self.by_context(lookup, places):
                batch = gather(lookup, group, self.variables)
                for value in batch.faulty:
                    mark(value, lookup.selections)
                if batch.representations:
                    self.join(jobs, values, lookup, batch)
        if len(jobs) == 1:
            await self.look_up(fetch, *jobs[0])
        elif jobs:
            async with asyncio.TaskGroup() as group_of_tasks:
                for values, batches in jobs:
                    group_of_tasks.create_task(self.look_up(fetch, values, batches))

    def by_context(self, lookup: Lookup, places: list[Place]) -> list[tuple[dict[str, Any], list[Place]]]:
        """Places with equal @fromContext values, together: those values are variables of the whole request."""
        if not lookup.contexts:
            return [({}, places)] if places else []
        groups: dict[bytes, tuple[dict[str, Any], list[Place]]] = {}
        for place in places:
            values: dict[str, Any] = {}
            faulty = False
            for context in lookup.contexts:
                above = (*place.above, place.value)
                level = len(above) - 1 - context.levels_up
                found = _read_first(above[level], context.sources) if level >= 0 else None
                faulty = faulty or found is FAULT
                values[context.variable] = None if found is FAULT else found
            if faulty:
                mark(place.value, lookup.selections)
                continue
            groups.setdefault(encode(values), (values, []))[1].append(place)
        return list(groups.values())

    def join(
        self,
        jobs: list[tuple[dict[str, Any], list[tuple[Lookup, Batch]]]],
        values: dict[str, Any],
        lookup: Lookup,
        batch: Batch,
    ) -> None:
        """Put a batch into a request that does not hold its lookup yet and whose context values do not clash."""
        for known, batches in jobs:
            if all(other is not lookup for other, _ in batches) and all(
                known.get(k, v) == v for k, v in values.items()
            ):
                known.update(values)
                batches.append((lookup, batch))
                return
        jobs.append((dict(values), [(lookup, batch)]))

    async def look_up(self, fetch: EntityFetch, values: dict[str, Any], batches: list[tuple[Lookup, Batch]]) -> None:
        """Send one request of lookups and merge its answer."""
        variables = self.given(fetch.variables) | values
        for lookup in fetch.lookups:
            variables[lookup.variable] = []
        for lookup, batch in batches:
            variables[lookup.variable] = batch.representations
        places = [place for _, batch in batches for group in batch.places for place in group]
        body = request_body(fetch, variables)
        selections = batches[0][0].selections if len(batches) == 1 else ()
        answer = await self.ask(fetch, body, places, selections, batches)
        if answer is None:
            return
        for error in answer.errors:
            self.report_entity_error(fetch, error, batches)
        for lookup, batch in batches:
            entities = (answer.data or {}).get(lookup.reply_key)
            if not isinstance(entities, list) or len(entities) != len(batch.representations):
                self.unusable(fetch, lookup, batch, answer)
                continue
            whole = True
            for entity, group in zip(entities, batch.places, strict=True):
                for place in group:
                    if isinstance(entity, dict):
                        whole &= absorb(place.value, entity, lookup.selections, self.object_types)
                    elif answer.errors:
                        mark(place.value, lookup.selections)
            if not whole:
                self.incomplete(fetch, [place for group in batch.places for place in group], answer)

    def incomplete(self, fetch: Fetch | EntityFetch, places: Sequence[Place], answer: Answer) -> None:
        """Report a reply without some of what it had to hold; where it brought errors too, those say why."""
        if not answer.errors:
            reason = "left out fields that it was asked for"
            self.faults.append(
                self.fault(fetch.subgraph, reason, _shared_path(places), "SUBREQUEST_MALFORMED_RESPONSE")
            )

    def unusable(self, fetch: EntityFetch, lookup: Lookup, batch: Batch, answer: Answer) -> None:
        """Report a list of entities that cannot be matched with what was asked."""
        places = [place for group in batch.places for place in group]
        for place in places:
            mark(place.value, lookup.selections)
        if not answer.errors:
            self.faults.append(
                self.fault(
                    fetch.subgraph,
                    f"'{lookup.reply_key}' is not a list as long as the representations",
                    _shared_path(places),
                    "SUBREQUEST_MALFORMED_RESPONSE",
                )
            )

    def report_entity_error(
        self, fetch: EntityFetch, error: Mapping[str, Any], batches: list[tuple[Lookup, Batch]]
    ) -> None:
        """Report an error of `_entities` at every place of the entity that it is about."""
        path = self.error_path(error)
        if path:
            for lookup, batch in batches:
                if path[0] != lookup.reply_key:
                    continue
                if len(path) > 1 and isinstance(path[1], int) and 0 <= path[1] < len(batch.places):
                    rest = tree_path(path[2:], lookup.selections)
                    for place in batch.places[path[1]]:
                        self.report(fetch.subgraph, error, place.path + rest)
                    return
                self.report(fetch.subgraph, error, _shared_path([p for group in batch.places for p in group]))
                return
        self.report(
            fetch.subgraph, error, _shared_path([p for _, batch in batches for group in batch.places for p in group])
        )

    # ------------------------------------------------------------------------------------------------------ asking

    async def ask(
        self,
        fetch: Fetch | EntityFetch,
        body: bytes,
        places: Sequence[Place],
        selections: Sequence[Selection],
        batches: Sequence[tuple[Lookup, Batch]] = (),
    ) -> Answer | None:
        """The answer; None after a failure, which is then reported and marked."""
        repeatable = not (isinstance(fetch, Fetch) and fetch.kind is OperationKind.MUTATION)
        try:
            return await self.asking.ask(fetch.subgraph, body, repeatable=repeatable)
        except Trouble as trouble:
            for lookup, batch in batches:
                for group in batch.places:
                    for place in group:
                        mark(place.value, lookup.selections)
            if not batches:
                for place in places:
                    mark(place.value, selections)
            where = _shared_path(places)
            if len(places) == 1:
                where = _field_path(where, selections)
            self.faults.append(self.fault(fetch.subgraph, trouble.message, where, trouble.code))
            return None

    # ------------------------------------------------------------------------------------------------------ errors

    def fault(self, subgraph: str, reason: str, path: tuple[str | int, ...], code: str) -> GraphQLFault:
        """The error of a fetch that brought nothing."""
        if not self.asking.subgraphs.targets[subgraph].show_errors:
            return GraphQLFault(REDACTED, path or None)
        message = f"Subgraph '{subgraph}' could not be asked: {reason}"
        return GraphQLFault(message, path or None, {"code": code, "service": subgraph, "reason": reason})

    def error_path(self, error: Mapping[str, Any]) -> list[str | int]:
        """A subgraph's error path, as far as it is one."""
        path = error.get("path")
        if not isinstance(path, list):
            return []
        return [step for step in path if isinstance(step, (str, int))]

    def report(self, subgraph: str, error: Mapping[str, Any], path: tuple[str | int, ...]) -> None:
        """Add a subgraph's error under the client's path, with the subgraph's name and its own extensions."""
        if not self.asking.subgraphs.targets[subgraph].show_errors:
            self.faults.append(GraphQLFault(REDACTED, path or None))
            return
        extensions = error.get("extensions")
        own = dict(extensions) if isinstance(extensions, dict) else {}
        own.setdefault("code", "DOWNSTREAM_SERVICE_ERROR")
        own["service"] = subgraph
        message = error.get("message")
        self.faults.append(GraphQLFault(message if isinstance(message, str) else "Subgraph error", path or None, own))


def _shared_path(places: Sequence[Place]) -> tuple[str | int, ...]:
    """The deepest path that all places stand under."""
    if not places:
        return ()
    first, out = places[0].path, len(places[0].path)
    for place in places[1:]:
        common = 0
        for a, b in zip(first[:out], place.path, strict=False):
            if a != b:
                break
            common += 1
        out = common
    return first[:out]


def _field_path(prefix: tuple[str | int, ...], selections: Sequence[Selection]) -> tuple[str | int, ...]:
    """The path of the only field asked for; where there are several, of the object they belong to."""
    shown = [s for s in selections if not (isinstance(s, Field) and s.tree_key == "__typename")]
    if len(shown) == 1:
        only = shown[0]
        if isinstance(only, Fragment):
            return _field_path(prefix, only.selections)
        return (*prefix, only.tree_key)
    return prefix


def _read_first(value: Object, paths: Sequence[Path]) -> Any:
    """The value at the first path whose type conditions hold; null where none does."""
    for path in paths:
        found = _read(value, path)
        if found is not _ELSEWHERE:
            return found
    return None


_ELSEWHERE = object()


def _read(value: Object, path: Path) -> Any:
    """The value at a path without lists; FAULT where it failed, _ELSEWHERE where the object is of another type."""
    here: Any = value
    for step in path:
        if here is FAULT:
            return FAULT
        if not isinstance(here, dict):
            return None
        if isinstance(step, Key):
            here = here.get(step.name)
        elif isinstance(step, On) and here.get("__typename") not in step.types:
            return _ELSEWHERE
    return here
