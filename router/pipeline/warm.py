"""The warm path: a request whose operation is compiled is answered by callbacks alone, without task or coroutine.

Theory. `begin` is a row of look-ups, each of which may say "not here": then nothing was started and the pipeline's
long way answers instead, which also compiles the operation for the next time. Both ways give the same answers; a run
that meets anything unusual hands over to the generic executor together with the replies it has.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from router.execution.asking import Asking, Replies
from router.execution.compiled.decide import decide
from router.execution.compiled.layout import NotCompilable
from router.execution.compiled.program import Program, compile_program
from router.execution.compiled.run import Run
from router.pipeline.request import Refused, Request, Response
from router.pipeline.validate import coerce_variables

if TYPE_CHECKING:
    from router.pipeline.operations import Operation, Variant
    from router.pipeline.pipeline import Pipeline

log = logging.getLogger("router")
Respond: TypeAlias = Callable[[Response], None]
NO_VARIABLES: Mapping[str, Any] = {}
COMPILE_AT_USE = 2


class Warm:
    """One request on the warm path; cancel it when the client leaves."""

    __slots__ = ("asking", "operation", "pipeline", "request", "respond", "task", "variables", "variant")

    def __init__(
        self,
        pipeline: Pipeline,
        request: Request,
        respond: Respond,
        operation: Operation,
        variant: Variant,
        variables: Mapping[str, Any],
    ) -> None:
        self.pipeline = pipeline
        self.request = request
        self.respond = respond
        self.operation = operation
        self.variant = variant
        self.variables = variables
        self.task: asyncio.Task[None] | None = None
        self.asking = Asking(pipeline.subgraphs, pipeline.headers.lines(request.headers, request.peer))

    def cancel(self) -> None:
        """Give up: no answer will be read."""
        self.asking.cancel()
        if self.task is not None:
            self.task.cancel()

    def answered(self, data: bytes) -> None:
        """The compiled run has the whole answer."""
        self.asking.done()
        self.respond(Response(200, b'{"data":%b}' % data))

    def handed_over(self, replies: Replies) -> None:
        """The compiled run met something unusual."""
        self.asking.known = replies
        self.task = asyncio.get_running_loop().create_task(self.answer_generically())

    async def answer_generically(self) -> None:
        """The generic executor goes on with the replies there are."""
        response = await self.pipeline.finish(
            self.request, self.operation, self.variant, self.variables, asking=self.asking
        )
        self.respond(response)


def begin(pipeline: Pipeline, request: Request, respond: Respond) -> Warm | None:
    """Answer on the warm path; None when that is not possible, and then nothing was started."""
    operation = pipeline.operations.peek(request.query, request.operation_name)
    if operation is None or operation.introspection is not None or (operation.is_mutation and not request.mutations):
        return None
    viewer = pipeline.authentication.known_viewer(request)
    if viewer is None or not pipeline.may_be_warm(request, viewer):
        return None
    if operation.node.variable_definitions:
        try:
            variables: Mapping[str, Any] = coerce_variables(pipeline.schema, operation.node, request.variables)
        except Refused:
            return None
    else:
        variables = NO_VARIABLES
    denied = pipeline.denied(operation, viewer) if operation.requirements else frozenset()
    variant = operation.variants.get((pipeline.labels(), denied))
    if variant is None:
        return None
    key = tuple([bool(variables.get(name)) for name in operation.conditions]) if operation.conditions else ()
    program = variant.compiled.get(key)
    if program is None:
        return None
    if pipeline.usage is not None:
        pipeline.usage.count(operation, request.headers)
    warm = Warm(pipeline, request, respond, operation, variant, variables)
    Run(program, warm.asking, variables, warm.answered, warm.handed_over).start()
    return warm


def compile_later(
    pipeline: Pipeline, operation: Operation, variant: Variant, variables: Mapping[str, Any]
) -> asyncio.Future[Program | None] | None:
    """Compile an operation that is asked again, in a thread; until that is done the generic executor answers.

    Answers the work under way, None where there is nothing to do.
    """
    key = tuple([bool(variables.get(name)) for name in operation.conditions])
    if (
        key in variant.compiled
        or (variant.denied_fields and pipeline.settings.authorization.directives.reject_unauthorized)
        or variant.unreachable is not None
        or variant.plan.unanswerable
        or not pipeline.operations.may_compile(operation)
    ):
        return None
    variant.compiled[key] = None
    shape = operation.shape(pipeline.schema, variant, variables)
    future = asyncio.get_running_loop().run_in_executor(
        None, _compiled, operation, variant, shape, {name: variables.get(name) for name in operation.conditions}
    )
    future.add_done_callback(partial(_keep, pipeline, variant, key))
    return future


def _compiled(operation: Operation, variant: Variant, shape: Any, conditions: Mapping[str, Any]) -> Program | None:
    node = decide(variant.plan.root, conditions)
    if node is None:
        return None
    try:
        return compile_program(shape, node)
    except NotCompilable as reason:
        name = operation.node.name.value if operation.node.name else "(unnamed)"
        log.debug("operation %s runs generically: %s", name, reason)
        return None


def _keep(pipeline: Pipeline, variant: Variant, key: tuple[bool, ...], future: asyncio.Future[Program | None]) -> None:
    if not future.cancelled():
        error = future.exception()
        if error is not None:
            log.error("an operation could not be compiled and runs generically", exc_info=error)
        else:
            program = variant.compiled[key] = future.result()
            if program is not None:
                pipeline.operations.programs.add(program)
