"""`@defer`: what a plan promises of its parts, held against one schema after each part, in a random order.

Nothing fails here: where a part shares a request with what is around it, a failing non-null field of the part takes
the object around it along, as it would without `@defer`.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable

from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse

from router.execution.asking import Asking
from router.execution.completion import complete
from router.execution.generic import Execution
from router.execution.shape import shape_of
from router.plan import Defer, Node
from router.planning import plan
from tests.differential.check import Different
from tests.differential.make import make
from tests.differential.operations import random_operation
from tests.differential.routed import Federation, federation_of
from tests.differential.servers import Server

_FRAGMENT = re.compile(r"\.\.\.(F\d+\b| on \w+\b)?(?! ?(@|on |F))")
_DEFERRED = re.compile(r' @defer\(label: "(\w+)"\)')


async def check_deferred(seed: int, *, operations: int) -> int:
    """Run random operations part by part; answers how many parts had requests of their own. Raises Different."""
    world = make(seed, nulls=0.15 * (seed % 2), errors=0.0)
    whole, federation, source = Server(world), federation_of(world), world.chance("deferred")
    own = 0
    for number in range(operations):
        text, variables = random_operation(whole.schema, source)
        text = _with_defer(text, source)
        where = f"seed {seed}, operation {number}\n{text}\nvariables {json.dumps(variables)}\n"
        made = plan(federation.graph, parse(text), labels=federation.labels, defer=True)
        own += await _Parts(where, text, variables, whole, federation).check(made.root, source)
    return own


def _with_defer(text: str, source: random.Random) -> str:
    labels = iter(range(1000))
    return _FRAGMENT.sub(
        lambda found: f'{found[0]} @defer(label: "d{next(labels)}")' if source.random() < 0.5 else found[0], text
    )


class _Parts:
    """One operation on its way."""

    def __init__(
        self, where: str, text: str, variables: dict[str, object], whole: Server, federation: Federation
    ) -> None:
        self.where, self.text, self.variables, self.whole, self.federation = where, text, variables, whole, federation
        self.execution = Execution(Asking(federation.subgraphs, {}), variables, federation.object_types)

    async def check(self, root: Node | None, source: random.Random) -> int:
        """Run the primary, then the parts by chance, and look at the answer after each."""
        node, waiting = (root.primary, list(root.deferred)) if isinstance(root, Defer) else (root, [])
        known: set[str] = set()
        own = 0
        while True:
            await self.execution.run(node)
            self._look(known)
            if not waiting:
                return own
            part = waiting.pop(source.randrange(len(waiting)))
            known.add(part.label or "")
            node = part.node
            if isinstance(node, Defer):
                waiting += node.deferred
                node = node.primary
            own += node is not None

    def _look(self, known: Iterable[str]) -> None:
        """Compare the answer of everything outside the parts that did not run."""
        text = _DEFERRED.sub(lambda found: "" if found[1] in known else " @include(if: false)", self.text)
        right = self.whole.answer({"query": text, "variables": self.variables}, checked=False)
        document = parse(text)
        operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        shape = shape_of(self.federation.supergraph.api_schema, fragments, operation, self.variables)
        data, _ = complete(shape, self.execution.tree, {})
        if json.dumps(right.get("data")) != json.dumps(data):
            raise Different(
                f"{self.where}after {sorted(known)}\n  right  {json.dumps(right.get('data'))}\n  routed {json.dumps(data)}"
            )
