"""A compiled plan: the steps of a run, in what order they may start, and how each reads and writes the run's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from router.execution.compiled.denials import Denial, denials_of, faults
from router.execution.compiled.layout import Layout, NotCompilable, Source, lay_out
from router.execution.compiled.preparers import Preparers
from router.execution.compiled.source import Module
from router.execution.compiled.structs import Structs
from router.execution.shape import ObjectShape
from router.plan import EntityFetch, Fetch, Lookup, Node, OperationKind, Parallel
from router.plan import Sequence as SequenceNode

_encode = msgspec.json.Encoder().encode
State = list[Any]


class Reply(Struct, gc=False):
    """The base of every step's reply: `errors` is there only when a subgraph reports some."""

    errors: Raw | UnsetType = UNSET


@dataclass(slots=True)
class Step:
    """One subgraph request of a plan.

    `prepare` gives the request body, None when there is nothing to ask, False to give up. `absorb` takes the reply's
    body and answers whether the fast path may go on; it may raise msgspec.DecodeError. `next` are the steps that wait
    for it.
    """

    subgraph: str
    repeatable: bool
    prepare: Callable[[State, Mapping[str, Any]], bytes | bool | None]
    absorb: Callable[[State, bytes], bool]
    next: tuple[int, ...] = ()


@dataclass(slots=True, weakref_slot=True, eq=False)
class Program:
    """All steps. `waits` counts, for each step, those it waits for; `first` are the ones that wait for none."""

    steps: list[Step]
    waits: list[int]
    first: tuple[int, ...]
    size: int
    root: Callable[[], Struct] | None
    finish: Callable[[State], bool]
    denials: tuple[Denial, ...]

    def state(self) -> State:
        """A fresh run's state."""
        state: State = [None] * self.size
        if self.root is not None:
            state[0] = self.root()
        return state

    def encode(self, state: State) -> bytes | None:
        """The value of `data`, as JSON, with `errors` after it where fields were denied. Called once, at the end.

        None when the generic executor must answer.
        """
        if not self.finish(state):
            return None
        data = _encode(state[0])
        if self.denials and (errors := faults(self.denials, state[0])):
            return b'%b,"errors":%b' % (data, _encode(errors))
        return data


def compile_program(shape: ObjectShape, node: Node) -> Program:
    """Compile a plan for a client's selection. Conditions must be decided. Raises NotCompilable."""
    layout = lay_out(shape, node)
    return _Compiler(layout).compile(node)


class _Compiler:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.structs = Structs()
        self.module = Module(layout, self.structs)
        self.preparers = Preparers(self.module)
        self.by_fetch: dict[int, list[Source]] = {}
        for source in layout.sources:
            self.by_fetch.setdefault(id(source.fetch), []).append(source)

    def compile(self, node: Node) -> Program:
        fetches: list[Fetch | EntityFetch] = []
        edges: list[tuple[int, int]] = []
        _order(node, fetches, edges, [])
        if len(self.by_fetch) != len(fetches):
            raise NotCompilable("one fetch stands at two places")
        self.module.collectors()
        drafts = [self.draft(fetch) for fetch in fetches]
        finish = self.module.finisher()
        names = self.module.compile()
        steps = [draft(names) for draft in drafts]
        waits = [0] * len(steps)
        for before, after in edges:
            steps[before].next = (*steps[before].next, after)
            waits[after] += 1
        first = tuple(i for i, count in enumerate(waits) if not count)
        shared = self.layout.root.only is None
        size = len(self.layout.positions) + len(self.layout.sources)
        root = self.structs.of(self.layout.root) if shared else None
        return Program(steps, waits, first, size, root, names[finish], denials_of(self.layout))

    def draft(self, fetch: Fetch | EntityFetch) -> Callable[[dict[str, Any]], Step]:
        """Write a fetch's functions; what is returned makes the step once they are compiled."""
        sources = self.by_fetch[id(fetch)]
        if isinstance(fetch, Fetch):
            return self.root_step(fetch, sources[0])
        return self.entity_step(fetch, sources)

    def root_step(self, fetch: Fetch, source: Source) -> Callable[[dict[str, Any]], Step]:
        root = self.layout.root
        own = root.only is not None
        data = self.structs.of(root) if own else self.structs.entity(source, root)
        decode: Callable[[bytes], Any] = msgspec.json.Decoder(_reply_class({"data": data})).decode
        merger = None if own else self.module.root_merger(source)
        repeatable = fetch.kind is not OperationKind.MUTATION

        def make(names: dict[str, Any]) -> Step:
            merge = None if merger is None else names[merger]

            def absorb(state: State, body: bytes) -> bool:
                reply = decode(body)
                if reply.errors is not UNSET:
                    return False
                if merge is None:
                    state[0] = reply.d0
                    return True
                return bool(merge(state, reply.d0))

            return Step(fetch.subgraph, repeatable, _root_body(fetch), absorb)

        return make

    def entity_step(self, fetch: EntityFetch, sources: list[Source]) -> Callable[[dict[str, Any]], Step]:
        lookups = [source.lookup for source in sources if source.lookup is not None]
        preparers = [self.preparers.preparer(source) for source in sources]
        # A lookup that starts from several positions is decoded once for each: their classes may differ.
        rounds = max(len(lookup.paths) for lookup in lookups)
        decoders: list[Callable[[bytes], Any]] = []
        mergers: list[list[tuple[str, str]]] = []
        for order in range(rounds):
            entries: dict[str, Any] = {}
            merging: list[tuple[str, str]] = []
            for source, lookup in zip(sources, lookups, strict=True):
                if order < len(lookup.paths):
                    position, _ = self.layout.targets[source][order]
                    merging.append((f"d{len(entries)}", self.module.merger(source, order, position)))
                    entries[lookup.reply_key] = list[self.structs.entity(source, position) | None]  # type: ignore[misc]
            decoders.append(msgspec.json.Decoder(_data_class(entries)).decode)
            mergers.append(merging)

        def make(names: dict[str, Any]) -> Step:
            prepare = _entity_body(fetch, lookups, [names[name] for name in preparers])
            rounds = [(d, [(a, names[m]) for a, m in merging]) for d, merging in zip(decoders, mergers, strict=True)]

            def absorb(state: State, body: bytes) -> bool:
                for decode, merging in rounds:
                    reply = decode(body)
                    if reply.errors is not UNSET:
                        return False
                    data = reply.d0
                    for attribute, merge in merging:
                        if not merge(state, getattr(data, attribute)):
                            return False
                return True

            alone = len(rounds) == 1 and len(rounds[0][1]) == 1
            quick = _absorb_one(rounds[0][0], rounds[0][1][0][1]) if alone else absorb
            return Step(fetch.subgraph, repeatable=True, prepare=prepare, absorb=quick)

        return make


def _absorb_one(decode: Callable[[bytes], Any], merge: Callable[[State, Any], bool]) -> Callable[[State, bytes], bool]:
    def absorb(state: State, body: bytes) -> bool:
        reply = decode(body)
        return reply.errors is UNSET and merge(state, reply.d0.d0)

    return absorb


def _reply_class(fields: Mapping[str, Any]) -> type[Reply]:
    names = [(f"d{i}", kind) for i, kind in enumerate(fields.values())]
    rename = {f"d{i}": key for i, key in enumerate(fields)}
    return msgspec.defstruct("Answer", names, bases=(Reply,), rename=rename, kw_only=True, gc=False)  # type: ignore[return-value]


def _data_class(entries: Mapping[str, Any]) -> type[Reply]:
    names = [(f"d{i}", kind) for i, kind in enumerate(entries.values())]
    data = msgspec.defstruct("Data", names, rename={f"d{i}": key for i, key in enumerate(entries)}, gc=False)
    return _reply_class({"data": data})


# ------------------------------------------------------------------------------------------------------------- bodies


def _opening(fetch: Fetch | EntityFetch) -> bytes:
    text = b'{"query":' + _encode(fetch.operation)
    if fetch.operation_name is not None:
        text += b',"operationName":' + _encode(fetch.operation_name)
    return text


def _root_body(fetch: Fetch) -> Callable[[State, Mapping[str, Any]], bytes]:
    opening, names = _opening(fetch), fetch.variables
    whole = opening + b"}"
    if not names:
        return lambda _state, _variables: whole

    def body(_state: State, variables: Mapping[str, Any]) -> bytes:
        given = {name: variables[name] for name in names if name in variables}
        return opening + b',"variables":' + _encode(given) + b"}" if given else whole

    return body


def _entity_body(
    fetch: EntityFetch, lookups: list[Lookup], preparers: list[Callable[[State], list[Any] | bool]]
) -> Callable[[State, Mapping[str, Any]], bytes | bool | None]:
    opening, names = _opening(fetch) + b',"variables":', fetch.variables
    if len(lookups) == 1 and not names:
        start = opening + b"{" + _encode(lookups[0].variable) + b":"
        only = preparers[0]

        def body(state: State, _variables: Mapping[str, Any]) -> bytes | bool | None:
            sent = only(state)
            if not sent:
                return None if sent is not False else False
            return start + _encode(sent) + b"}}"

        return body

    def bodies(state: State, variables: Mapping[str, Any]) -> bytes | bool | None:
        values = {name: variables[name] for name in names if name in variables}
        anything = False
        for lookup, prepare in zip(lookups, preparers, strict=True):
            sent = prepare(state)
            if sent is False:
                return False
            anything = anything or bool(sent)
            values[lookup.variable] = sent
        return opening + _encode(values) + b"}" if anything else None

    return bodies


# -------------------------------------------------------------------------------------------------------------- order


def _order(
    node: Node, fetches: list[Fetch | EntityFetch], edges: list[tuple[int, int]], before: list[int]
) -> list[int]:
    """Number the fetches below a node and note what waits for what; the answer is what a next node must wait for."""
    match node:
        case Fetch() | EntityFetch():
            number = len(fetches)
            fetches.append(node)
            edges += [(other, number) for other in before]
            return [number]
        case SequenceNode(nodes):
            for child in nodes:
                before = _order(child, fetches, edges, before)
            return before
        case Parallel(nodes):
            return [last for child in nodes for last in _order(child, fetches, edges, before)] or before
        case _:
            raise NotCompilable(type(node).__name__)
