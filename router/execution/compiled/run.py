"""One run of a compiled plan. Driven by callbacks alone: a warm request makes no task and no coroutine.

A run that meets what the fast path cannot answer (an error, an unexpected null, a reply of another shape) starts
nothing more, waits for the requests under way, and hands over to the generic executor together with every reply it
has, so that no subgraph is asked twice and no mutation is sent twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from router.execution.asking import UNREADABLE, Replies
from router.execution.compiled.program import Program
from router.http.transport import Done, Outcome, Reply

log = logging.getLogger("router")


class Port(Protocol):
    """How a run asks subgraphs: `router.execution.asking.Asking`, or a stand-in."""

    def send(self, subgraph: str, body: bytes, *, repeatable: bool, on_done: Done) -> object:
        """Send one request; its outcome arrives at `on_done`, exactly once, perhaps before this returns."""
        ...


class Run:
    """Executes a program once. `answered` gets the JSON of `data`; `handed_over` the replies so far, when giving up."""

    __slots__ = (
        "answered",
        "bodies",
        "ended",
        "flying",
        "gave_up",
        "handed_over",
        "left",
        "port",
        "program",
        "replies",
        "state",
        "variables",
        "waits",
    )

    def __init__(
        self,
        program: Program,
        port: Port,
        variables: Mapping[str, Any],
        answered: Callable[[bytes], None],
        handed_over: Callable[[Replies], None],
    ) -> None:
        self.program = program
        self.port = port
        self.variables = variables
        self.answered = answered
        self.handed_over = handed_over
        self.state = program.state()
        self.waits = program.waits.copy()
        self.left = len(program.steps)
        self.flying = 0
        self.gave_up = False
        self.ended = False
        self.bodies: list[bytes | None] = [None] * self.left
        self.replies: list[Outcome | None] = [None] * self.left

    def start(self) -> None:
        """Send what waits for nothing."""
        try:
            for number in self.program.first:
                self._begin(number)
        except Exception as error:  # noqa: BLE001 (see _broke)
            self._broke(error)

    def _begin(self, number: int) -> None:
        if self.gave_up:
            return
        step = self.program.steps[number]
        body = step.prepare(self.state, self.variables)
        if body is None:
            self._follow(number)
        elif body is False or body is True:
            self._give_up()
        else:
            self.bodies[number] = body
            self.flying += 1
            self.port.send(step.subgraph, body, repeatable=step.repeatable, on_done=partial(self._arrived, number))

    def _arrived(self, number: int, outcome: Outcome) -> None:
        self.flying -= 1
        self.replies[number] = outcome
        if self.gave_up:
            self._give_up()
            return
        try:
            # Class and status first: they are all that most replies need.
            if outcome.__class__ is Reply and outcome.status == 200 and _is_json(outcome.content_type):
                try:
                    good = self.program.steps[number].absorb(self.state, outcome.body)
                except UNREADABLE:
                    good = False
                if good:
                    self._follow(number)
                    return
        except Exception as error:  # noqa: BLE001 (see _broke)
            self._broke(error)
            return
        self._give_up()

    def _follow(self, number: int) -> None:
        self.left -= 1
        if not self.left:
            data = self.program.encode(self.state)
            if data is None:
                self._give_up()
            else:
                self.ended = True
                self.answered(data)
            return
        waits = self.waits
        for other in self.program.steps[number].next:
            waits[other] -= 1
            if not waits[other]:
                self._begin(other)

    def _broke(self, error: Exception) -> None:
        """A fault of the compiled program must not cost the client its answer; one of whoever was answered rises."""
        if self.ended:
            raise error
        log.error("a compiled operation failed; the generic executor answers", exc_info=error)
        self._give_up()

    def _give_up(self) -> None:
        self.gave_up = True
        if self.flying:
            return
        known: dict[tuple[str, bytes], Outcome] = {}
        for step, body, reply in zip(self.program.steps, self.bodies, self.replies, strict=True):
            if body is not None and reply is not None:
                known[step.subgraph, body] = reply
        self.ended = True
        self.handed_over(known)


def _is_json(content_type: str) -> bool:
    return content_type.startswith(("application/json", "application/graphql-response+json"))
