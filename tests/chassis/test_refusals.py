"""A mutation's answer: a union that may be null where it is guarded, and paths that begin at its own arguments."""

from __future__ import annotations

import pytest
import strawberry

from chassis.context import Context
from chassis.errors import NotFound
from chassis.refusals import mutation
from chassis.schema import Schema
from chassis.viewer import Viewer

pytestmark = pytest.mark.anyio


@strawberry.input
class Given:
    """An input."""

    id: str


@strawberry.type
class Done:
    """A success."""

    id: str


def lose(id: str) -> Done:
    """What both mutations call."""
    raise NotFound(f"There is no {id}.", field=("input", "id"))


@strawberry.type
class Mutation:
    """One use-case, reached in two ways."""

    @mutation(refuses=(NotFound,))
    async def by_input(self, input: Given) -> Done:
        """With an input."""
        return lose(input.id)

    @mutation(refuses=(NotFound,), authenticated=True)
    async def by_argument(self, id: str) -> Done:
        """With an argument, and for those signed in."""
        return lose(id)


@strawberry.type
class Query:
    """A schema needs one."""

    ready: bool = True


SCHEMA = Schema(query=Query, mutation=Mutation)
BOTH = """mutation { byInput(input: {id: "x"}) { ... on Refusal { field } }
                     byArgument(id: "x") { ... on Refusal { field } } }"""


async def test_the_path_to_what_is_at_fault_begins_at_the_mutations_own_arguments():
    answer = await SCHEMA.execute(BOTH, context_value=Context(viewer=Viewer(user_id="u")))

    assert answer.data == {"byInput": {"field": ["input", "id"]}, "byArgument": {"field": ["id"]}}


async def test_who_may_not_do_one_thing_still_learns_what_became_of_the_other():
    answer = await SCHEMA.execute(BOTH, context_value=Context(viewer=Viewer()))

    assert answer.data == {"byInput": {"field": ["input", "id"]}, "byArgument": None}
    assert [error.path for error in answer.errors or []] == [["byArgument"]]
    assert "byInput(input: Given!): ByInputResult!" in SCHEMA.sdl
    assert "byArgument(id: String!): ByArgumentResult @authenticated" in SCHEMA.sdl
