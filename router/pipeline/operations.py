"""Operations, prepared once and kept: parsed, validated, limited and planned, in one LRU.

Theory. What depends only on the text is an `Operation`; what depends also on who asks (denied coordinates) and on
labels of progressive @override is one of its `Variant`s. A warm request does one look-up and parses, validates and
plans nothing. A cold one is prepared in a thread, so that a heavy document stalls nobody, and only once however many
ask for it at once.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from weakref import WeakSet

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    visit,
)
from graphql import Visitor as GraphQLVisitor

from router.execution.compiled.program import Program
from router.execution.shape import Denied, ObjectShape, shape_of
from router.pipeline.authorize import authorize, requirements
from router.pipeline.introspect import introspection
from router.pipeline.limit import limit
from router.pipeline.parse import choose_operation, parse
from router.pipeline.request import Refused
from router.pipeline.validate import validate
from router.plan import OperationKind, Plan
from router.planning import Unreachable
from router.settings import Settings
from router.supergraph import Authorization, Supergraph

if TYPE_CHECKING:
    from router.pipeline.usage import Counted

# Of a document: the operation's name, the labels that hold, and whether what is under @defer is planned apart.
Planner: TypeAlias = Callable[[DocumentNode, str | None, frozenset[str], bool], Plan]
VARIANTS_MAX = 64
SHAPES_MAX = 64
# Of one operation: every combination of its conditions for every kind of viewer could have a program of its own.
PROGRAMS_MAX = 32
TEXT_KEPT_MAX = 100_000
REFUSALS_KEPT_MAX = 256
Kept = TypeVar("Kept")


def _keep(lru: OrderedDict[tuple[str, str | None], Kept], key: tuple[str, str | None], value: Kept, most: int) -> None:
    lru[key] = value
    lru.move_to_end(key)
    while len(lru) > most:
        lru.popitem(last=False)


@dataclass(slots=True)
class Variant:
    """An operation as one kind of viewer may run it. `unreachable` says why no plan answers it, when none does."""

    plan: Plan
    denied: Denied
    denied_fields: tuple[str, ...]
    unreachable: str | None = None
    shapes: dict[tuple[bool, ...], ObjectShape] = field(default_factory=dict)
    first_shapes: dict[tuple[bool, ...], ObjectShape] = field(default_factory=dict)
    compiled: dict[tuple[bool, ...], Program | None] = field(default_factory=dict)
    uses: int = 0

    def unreachable_now(self, variables: Mapping[str, Any]) -> str | None:
        """Why no plan answers the operation under these variables, when none does."""
        for field_ in self.plan.unanswerable:
            if all(each.holds(variables) for each in field_.conditions):
                return f"no subgraph answers {field_.field} here"
        return self.unreachable


@dataclass(slots=True)
class Operation:
    """An operation that is valid against the schema.

    `conditions` are the variables that stand in @skip, @include and @defer; their values choose among a variant's
    shapes. `deferring` are the variants whose plans have what is under @defer apart, for clients that can wait for it.
    """

    document: DocumentNode
    node: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    conditions: tuple[str, ...]
    defers: bool
    requirements: frozenset[str]
    introspection: DocumentNode | None
    introspected: dict[str, Any] | None = None
    variants: dict[tuple[frozenset[str], frozenset[str]], Variant] = field(default_factory=dict)
    deferring: dict[tuple[frozenset[str], frozenset[str]], Variant] = field(default_factory=dict)
    uses: int = 0
    # By client: see router.pipeline.usage.
    counts: dict[tuple[bytes, bytes], Counted] = field(default_factory=dict)
    signature: str | None = None

    @property
    def is_mutation(self) -> bool:
        """Whether it may change something."""
        return self.node.operation is OperationType.MUTATION

    @property
    def is_subscription(self) -> bool:
        """Whether it is answered more than once."""
        return self.node.operation is OperationType.SUBSCRIPTION

    def shape(self, schema: GraphQLSchema, variant: Variant, variables: Mapping[str, Any]) -> ObjectShape:
        """The answer's shape under these variables."""
        key = tuple(bool(variables.get(name)) for name in self.conditions)
        found = variant.shapes.get(key)
        if found is None:
            if len(variant.shapes) >= SHAPES_MAX:
                del variant.shapes[next(iter(variant.shapes))]
            found = variant.shapes[key] = shape_of(schema, self.fragments, self.node, dict(variables), variant.denied)
        return found

    def first_shape(self, schema: GraphQLSchema, variant: Variant, variables: Mapping[str, Any]) -> ObjectShape:
        """The shape of what is answered first, before what is under @defer."""
        key = tuple(bool(variables.get(name)) for name in self.conditions)
        found = variant.first_shapes.get(key)
        if found is None:
            if len(variant.first_shapes) >= SHAPES_MAX:
                del variant.first_shapes[next(iter(variant.first_shapes))]
            found = variant.first_shapes[key] = shape_of(
                schema, self.fragments, self.node, dict(variables), variant.denied, defer=True
            )
        return found


class _Conditions(GraphQLVisitor):
    """Collects the variables of @skip, @include and @defer; `defers` when there is a @defer."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.defers = False

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        self.defers = self.defers or node.name.value == "defer"
        if node.name.value in ("skip", "include", "defer"):
            for argument in node.arguments or ():
                if isinstance(argument.value, VariableNode):
                    self.names.add(argument.value.name.value)
                elif not isinstance(argument.value, BooleanValueNode):
                    continue


def prepare(
    text: str,
    operation_name: str | None,
    *,
    schema: GraphQLSchema,
    authorization: Mapping[str, Authorization],
    settings: Settings,
) -> Operation:
    """Parse → validate → limit. Raises Refused. Pure, and slow enough to be kept off the event loop."""
    document = parse(text, settings.limits)
    node = choose_operation(document, operation_name)
    validate(schema, document)
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    limit(node, fragments, settings.limits)
    asked = introspection(node, fragments)
    if asked is not None and not settings.supergraph.introspection:
        raise Refused.because(400, "INTROSPECTION_DISABLED", "Introspection is turned off on this router.")
    conditions = _Conditions()
    visit(document, conditions)
    return Operation(
        document=document,
        node=node,
        fragments=fragments,
        conditions=tuple(sorted(conditions.names)),
        defers=conditions.defers,
        requirements=requirements(schema, document, authorization),
        introspection=asked,
    )


class Operations:
    """The LRU. Refusals are remembered apart, so that a flood of bad documents drives out no good one."""

    def __init__(self, supergraph: Supergraph, planner: Planner, settings: Settings) -> None:
        self.supergraph = supergraph
        self.planner = planner
        self.settings = settings
        self.plans_made = 0
        # Those still in use. One takes about 100 kB: in all there are no more of them than operations are kept.
        self.programs: WeakSet[Program] = WeakSet()
        self._kept: OrderedDict[tuple[str, str | None], Operation] = OrderedDict()
        self._refused: OrderedDict[tuple[str, str | None], Refused] = OrderedDict()
        self._underway: dict[Any, asyncio.Future[Any]] = {}

    def may_compile(self, operation: Operation) -> bool:
        """Whether the operation may have another program; what comes after the first ones runs generically."""
        if len(self.programs) >= self.settings.query_planning.cache_entries_max:
            return False
        return sum(len(variant.compiled) for variant in operation.variants.values()) < PROGRAMS_MAX

    def peek(self, text: str, operation_name: str | None) -> Operation | None:
        """The operation if it is prepared and good."""
        key = (text, operation_name)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            found.uses += 1
        return found

    async def get(self, text: str, operation_name: str | None) -> Operation:
        """The prepared operation. Raises Refused."""
        known = self.peek(text, operation_name)
        if known is not None:
            return known
        key = (text, operation_name)
        found = self._refused.get(key) or await self._once(key, lambda: self._prepare(text, operation_name))
        # A text of megabytes, white space mostly, is worked out anew each time rather than kept.
        brief = len(text) + len(operation_name or "") <= TEXT_KEPT_MAX
        if isinstance(found, Refused):
            if brief:
                _keep(self._refused, key, found, REFUSALS_KEPT_MAX)
            raise Refused(found.status, *found.faults)
        if brief:
            _keep(self._kept, key, found, self.settings.query_planning.cache_entries_max)
        operation: Operation = found
        operation.uses += 1
        return operation

    async def variant(
        self, operation: Operation, labels: frozenset[str], denied: frozenset[str], *, defer: bool = False
    ) -> Variant:
        """The operation's plan for these labels and denials; with `defer` what is under @defer is planned apart."""
        key, variants = (labels, denied), operation.deferring if defer else operation.variants
        found = variants.get(key)
        if found is None:
            found = await self._once((id(operation), key, defer), lambda: self._plan(operation, labels, denied, defer))
            if len(variants) >= VARIANTS_MAX:
                variants.clear()
            variants[key] = found
        return found

    async def warm_up(self, others: Operations, count: int) -> AsyncIterator[tuple[Operation, Variant, Variant]]:
        """Prepare and plan what was used most elsewhere, for the same viewers: each variant, beside the old one."""
        used = [(found.uses, key, found) for key, found in others._kept.items()]
        used.sort(key=lambda item: -item[0])
        for _, key, before in used[:count]:
            try:
                operation = await self.get(*key)
            except Refused:
                continue
            for (labels, denied), variant in list(before.variants.items()):
                yield operation, await self.variant(operation, labels, denied & operation.requirements), variant

    def _prepare(self, text: str, operation_name: str | None) -> Operation | Refused:
        try:
            return prepare(
                text,
                operation_name,
                schema=self.supergraph.api_schema,
                authorization=self.supergraph.authorization,
                settings=self.settings,
            )
        except Refused as refused:
            return refused

    def _plan(self, operation: Operation, labels: frozenset[str], denied: frozenset[str], defer: bool) -> Variant:  # noqa: FBT001
        self.plans_made += 1
        authorized = authorize(self.supergraph.api_schema, operation.document, operation.node, denied)
        name = operation.node.name.value if operation.node.name else None
        unreachable = None
        try:
            plan = self.planner(authorized.document, name, labels, defer)
        except Unreachable as error:
            plan, unreachable = Plan(OperationKind(operation.node.operation.value), None), str(error)
        return Variant(plan, authorized.denied, authorized.fields, unreachable)

    async def _once(self, key: Any, work: Callable[[], Any]) -> Any:
        future = self._underway.get(key)
        if future is None:
            future = asyncio.get_running_loop().run_in_executor(None, work)
            self._underway[key] = future
            future.add_done_callback(lambda _: self._underway.pop(key, None))
        return await asyncio.shield(future)
