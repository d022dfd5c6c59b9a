"""The pipeline of one supergraph: everything between a request and its response.

A new supergraph gets a new Pipeline; requests under way finish on the one they began with.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from graphql import DocumentNode, GraphQLObjectType

from router.execution.asking import Asking, encode
from router.execution.completion import complete
from router.execution.faults import GraphQLFault, visible
from router.execution.generic import Execution
from router.execution.subgraphs import Subgraphs
from router.http.transport import Trouble
from router.pipeline.authentication import Authentication
from router.pipeline.authorize import Viewer, denied_coordinates
from router.pipeline.deferring import Deferring, defers
from router.pipeline.headers import HeaderLines
from router.pipeline.introspect import introspect
from router.pipeline.operations import Operation, Operations, Planner, Variant
from router.pipeline.request import Refused, Request, Response, Responses
from router.pipeline.subscribe import Subscribed, Subscriptions
from router.pipeline.usage import Usage
from router.pipeline.validate import coerce_variables
from router.pipeline.warm import COMPILE_AT_USE, Respond, Warm, begin, compile_later
from router.plan import Plan, Subscription
from router.settings import Settings
from router.supergraph import Supergraph

log = logging.getLogger("router")


NO_LABELS: frozenset[str] = frozenset()
NOTHING: Mapping[str, Any] = {}


class Prepared(NamedTuple):
    """A request with all stages before execution behind it."""

    viewer: Viewer
    operation: Operation
    variables: Mapping[str, Any]
    variant: Variant


def _percentages(labels: Iterable[str]) -> Iterator[tuple[str, float]]:
    for label in sorted(labels):
        found = re.fullmatch(r"percent\((\d+(?:\.\d+)?)\)", label)
        if found is not None:
            yield label, float(found[1])


class Pipeline:
    """Answers requests against one supergraph."""

    def __init__(
        self,
        supergraph: Supergraph,
        planner: Planner,
        subgraphs: Subgraphs,
        authentication: Authentication,
        settings: Settings,
        explain: Callable[[Plan], Any],
        subscriptions: Subscriptions | None = None,
    ) -> None:
        self.supergraph = supergraph
        self.schema = supergraph.api_schema
        self.subgraphs = subgraphs
        self.authentication = authentication
        self.settings = settings
        self.explain = explain
        self.subscriptions = subscriptions or Subscriptions(None)
        self.operations = Operations(supergraph, planner, settings)
        self.headers = HeaderLines(
            settings.headers,
            tuple(supergraph.subgraphs),
            trusted_proxies=settings.client_address.trusted_proxies,
        )
        self.usage: Usage | None = None
        self._always_long = settings.plugins.expose_fetches
        self._anonymous_refused = settings.authorization.require_authentication
        self._percentages = tuple(_percentages(supergraph.override_labels))
        self.object_types = frozenset(
            name for name, kind in self.schema.type_map.items() if isinstance(kind, GraphQLObjectType)
        )

    async def answer(self, request: Request) -> Response:
        """The one response to a request, whatever happens."""
        try:
            prepared = await self.prepare(request)
            if prepared.operation.is_subscription:
                raise _needs_a_stream(self.settings)
            return await self.answer_prepared(request, prepared)
        except Refused as refused:
            return refused.response()
        except Exception:
            log.exception("a request failed inside the router")
            return _failed()

    async def stream(self, request: Request, *, subscriptions: bool, incremental: bool) -> Response | Responses:
        """The responses to a subscription, or to what is under @defer; the one to anything else, whatever happens."""
        try:
            prepared = await self.prepare(request)
            if not prepared.operation.is_subscription:
                if incremental and prepared.operation.defers and self.settings.supergraph.defer_support:
                    return await self.defer(request, prepared)
                return await self.answer_prepared(request, prepared)
            if not self.settings.subscription.enabled or not subscriptions:
                raise _needs_a_stream(self.settings)
            return await self.subscribe(request, prepared)
        except Refused as refused:
            return refused.response()
        except Exception:
            log.exception("a request failed inside the router")
            return _failed()

    async def prepare(self, request: Request) -> Prepared:
        """All stages before execution. Raises Refused."""
        viewer = await self.authentication.viewer(request)
        if viewer.claims is None and self.settings.authorization.require_authentication:
            raise Refused.because(401, "UNAUTHENTICATED", "Sign in first: this router answers no one it does not know.")
        operation = await self.operations.get(request.query, request.operation_name)
        if operation.is_mutation and not request.mutations:
            raise Refused(
                405,
                GraphQLFault("Mutations need the POST method.", None, {"code": "METHOD_NOT_ALLOWED"}),
                headers=((b"allow", b"POST"),),
            )
        variables = coerce_variables(self.schema, operation.node, request.variables)
        variant = await self.operations.variant(operation, self.labels(), self.denied(operation, viewer))
        if self.usage is not None:
            self.usage.count(operation, request.headers)
        return Prepared(viewer, operation, variables, variant)

    async def answer_prepared(self, request: Request, prepared: Prepared) -> Response:
        """Execute, and compile what is asked again. Raises Refused."""
        _, operation, variables, variant = prepared
        variant.uses += 1
        if variant.uses >= COMPILE_AT_USE:
            compile_later(self, operation, variant, variables)
        return await self.execute(request, operation, variant, variables)

    async def defer(self, request: Request, prepared: Prepared) -> Response | Responses:
        """The answer in pieces, where anything is worth waiting for. Raises Refused."""
        viewer, operation, variables, _ = prepared
        variant = await self.operations.variant(operation, self.labels(), self.denied(operation, viewer), defer=True)
        if not defers(variant.plan.root):
            return await self.answer_prepared(request, prepared)
        answered = self.instead(request, variant, variables)
        if answered is not None:
            return answered
        extensions = {}
        if self.plan_is_wanted(request) is not None:
            extensions["apolloQueryPlan"] = self.explain(variant.plan)
        asking = Asking(self.subgraphs, self.headers.lines(request.headers, request.peer))
        return Deferring(self, operation, variant, variables, asking, extensions)

    async def subscribe(self, request: Request, prepared: Prepared) -> Response | Responses:
        """Subscribe at the subgraph; one response alone where that cannot be. Raises Refused."""
        viewer, operation, variables, variant = prepared
        answered = self.instead(request, variant, variables)
        if answered is not None:
            return answered
        if not isinstance(variant.plan.root, Subscription):
            # The viewer may not see the field.
            return await self.execute(request, operation, variant, variables)
        subscribed = Subscribed(self, request, operation, variant, variables, viewer)
        try:
            await subscribed.open()
        except Trouble as trouble:
            execution = Execution(Asking(self.subgraphs, {}), variables, self.object_types)
            execution.miss(variant.plan.root.primary, trouble)
            return Response(200, self.body(operation, variant, variables, execution))
        return subscribed

    def labels(self) -> frozenset[str]:
        """The labels of progressive @override that hold for this request: `percent(x)` for x of a hundred requests.

        Other labels are decided by whoever deploys Apollo's router; here they never hold.
        """
        if not self._percentages:
            return NO_LABELS
        drawn = random.random() * 100  # noqa: S311 (it spreads load, and guards nothing)
        return frozenset(label for label, share in self._percentages if drawn < share)

    def denied(self, operation: Operation, viewer: Viewer) -> frozenset[str]:
        """The coordinates of the operation that the viewer may not see. Raises Refused when that refuses it whole."""
        directives = self.settings.authorization.directives
        if not operation.requirements or not directives.enabled:
            return frozenset()
        return denied_coordinates(operation.requirements, self.supergraph.authorization, viewer)

    def begin(self, request: Request, respond: Respond) -> Warm | None:
        """The warm path: starts answering, or answers None and has started nothing. See router.pipeline.warm."""
        return begin(self, request, respond)

    async def introspect(
        self, operation: Operation, document: DocumentNode, variables: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[GraphQLFault]]:
        """The root's introspection answers: worked out in a thread, and kept where no variable has a say."""
        if operation.introspected is not None:
            return operation.introspected, []
        own, faults = await asyncio.to_thread(introspect, self.schema, document, variables)
        if not faults and not operation.node.variable_definitions:
            operation.introspected = own
        return own, faults

    async def warm_up(self, before: Pipeline, count: int) -> None:
        """Plan what clients used most before, and compile what was compiled."""
        async for operation, variant, old in self.operations.warm_up(before.operations, count):
            for key, program in list(old.compiled.items()):
                if program is not None and len(key) == len(operation.conditions):
                    compile_later(self, operation, variant, dict(zip(operation.conditions, key, strict=True)))

    def may_be_warm(self, request: Request, viewer: Viewer) -> bool:
        """Whether nothing about the request needs the long way: a plan or a log of fetches to show, a refusal."""
        if self._always_long or (self._anonymous_refused and viewer.claims is None):
            return False
        return not self.settings.plugins.expose_query_plan or request.header(b"apollo-expose-query-plan") is None

    async def finish(
        self,
        request: Request,
        operation: Operation,
        variant: Variant,
        variables: Mapping[str, Any],
        *,
        asking: Asking | None = None,
    ) -> Response:
        """Execute and respond, whatever happens; `asking` carries what a compiled run asked already."""
        try:
            return await self.execute(request, operation, variant, variables, asking=asking)
        except Exception:
            log.exception("a request failed inside the router")
            return _failed()

    async def execute(
        self,
        request: Request,
        operation: Operation,
        variant: Variant,
        variables: Mapping[str, Any],
        *,
        asking: Asking | None = None,
    ) -> Response:
        """Execute and respond, generically. Raises Refused."""
        answered = self.instead(request, variant, variables)
        if answered is not None:
            return answered
        extensions: dict[str, Any] = {}
        plugins = self.settings.plugins
        if self.plan_is_wanted(request) is not None:
            extensions["apolloQueryPlan"] = self.explain(variant.plan)
        asking = asking or Asking(
            self.subgraphs, self.headers.lines(request.headers, request.peer), [] if plugins.expose_fetches else None
        )
        execution = Execution(asking, variables, self.object_types)
        try:
            await execution.run(variant.plan.root)
        finally:
            asking.done()
        own: dict[str, Any] = {}
        faults_of_own: list[GraphQLFault] = []
        if operation.introspection is not None:
            own, faults_of_own = await self.introspect(operation, operation.introspection, variables)
        if asking.fetches is not None:
            extensions["fetches"] = asking.fetches
        return Response(200, self.body(operation, variant, variables, execution, own, faults_of_own, extensions))

    def plan_is_wanted(self, request: Request) -> bytes | None:
        """What the request says of showing the plan: None where it is not to be shown."""
        exposed = request.header(b"apollo-expose-query-plan") if self.settings.plugins.expose_query_plan else None
        return None if exposed == b"false" else exposed

    def instead(self, request: Request, variant: Variant, variables: Mapping[str, Any]) -> Response | None:
        """What answers instead of executing: a plan to be shown alone, or why there is none. Raises Refused."""
        if variant.denied_fields and self.settings.authorization.directives.reject_unauthorized:
            refusals = (
                GraphQLFault(f"Unauthorized field or type: {name}", None, {"code": "UNAUTHORIZED_FIELD_OR_TYPE"})
                for name in variant.denied_fields
            )
            raise Refused(403, *refusals)
        if self.plan_is_wanted(request) == b"dry-run":
            extensions = {"apolloQueryPlan": self.explain(variant.plan)}
            return Response(200, orjson.dumps({"data": None, "extensions": extensions}))
        unreachable = variant.unreachable_now(variables)
        if unreachable is not None:
            fault = GraphQLFault(unreachable, None, {"code": "UNREACHABLE_FIELD"})
            return Response(200, orjson.dumps({"data": None, "errors": [fault.as_json()]}))
        return None

    def body(
        self,
        operation: Operation,
        variant: Variant,
        variables: Mapping[str, Any],
        execution: Execution,
        own: Mapping[str, Any] = NOTHING,
        faults_of_own: Sequence[GraphQLFault] = (),
        extensions: Mapping[str, Any] = NOTHING,
    ) -> bytes:
        """The response as JSON, completed from what an execution gathered. `own` are introspection's answers."""
        shape = operation.shape(self.schema, variant, variables)
        data, faults = complete(shape, execution.tree, own)
        errors = [visible(fault, shape).as_json() for fault in (*execution.faults, *faults_of_own)]
        errors += [fault.as_json() for fault in faults]
        body: dict[str, Any] = {"data": data}
        if errors:
            body["errors"] = errors
        if extensions:
            body["extensions"] = extensions
        return encode(body)


def _needs_a_stream(settings: Settings) -> Refused:
    if not settings.subscription.enabled:
        return Refused.because(400, "SUBSCRIPTIONS_NOT_SUPPORTED", "This router answers queries and mutations.")
    return Refused.because(
        406,
        "SUBSCRIPTION_BAD_HEADER",
        "A subscription is answered more than once: accept text/event-stream or multipart/mixed;subscriptionSpec=1.0, "
        "or ask by WebSocket.",
    )


def _failed() -> Response:
    return Refused.because(500, "INTERNAL_SERVER_ERROR", "The router failed.").response()
