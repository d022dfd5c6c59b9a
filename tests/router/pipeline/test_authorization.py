"""@authenticated, @requiresScopes and @policy: what the viewer may not see is null with an error, the rest is answered."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse

from router.http.app import App
from router.http.serving import Serving
from router.pipeline.authorize import Viewer, requirements
from router.pipeline.request import Request
from router.supergraph import Authorization, Supergraph
from tests.router.pipeline.shop import SUPERGRAPH, Shop, ask, router

pytestmark = pytest.mark.anyio
CODE = {"code": "UNAUTHORIZED_FIELD_OR_TYPE"}


def pipeline_of(app: App) -> Any:
    """The pipeline of a router that has started, to be tampered with."""
    assert isinstance(app.service, Serving)
    return app.service.pipeline


async def as_viewer(query: str, claims: dict[str, Any] | None, settings: str = "") -> tuple[dict[str, Any], Shop]:
    """Answer as somebody with these claims, past the checking of tokens."""
    shop = Shop()
    app = router(shop, settings)
    await app.start()
    pipeline = pipeline_of(app)

    async def viewer(_: Request) -> Viewer:
        return Viewer(claims, pipeline.authentication.policies)

    pipeline.authentication.viewer = viewer
    return (await ask(app, query)).json(), shop


async def test_an_anonymous_viewer_gets_null_for_what_needs_a_sign_in_and_the_rest() -> None:
    answer, shop = await as_viewer('{ hello(name: "x") mine: me { id } }', None)

    assert answer["data"] == {"hello": "hello x", "mine": None}
    assert answer["errors"] == [
        {"message": "Unauthorized field or type: Query.me", "path": ["mine"], "extensions": CODE}
    ]
    assert "id" not in shop.requests[0]["query"]


async def test_a_viewer_who_signed_in_gets_it() -> None:
    answer, _ = await as_viewer("{ me { id email } }", {"sub": "1"})

    assert answer == {"data": {"me": {"id": "1", "email": "ada@example.org"}}}


@pytest.mark.parametrize(
    ("claims", "allowed"),
    [
        (None, False),
        ({"scope": "reports:read"}, False),
        ({"scope": "reports:read staff"}, True),
        ({"scope": ["staff", "reports:read"]}, True),
        ({"scp": "root"}, True),
    ],
)
async def test_scopes_are_an_or_of_ands(claims: dict[str, Any] | None, allowed: bool) -> None:
    answer, _ = await as_viewer("{ report { total } }", claims)

    assert answer["data"] == {"report": {"total": 3} if allowed else None}
    assert ("errors" in answer) is not allowed


async def test_a_policy_holds_where_it_is_granted() -> None:
    refused, _ = await as_viewer("{ secret }", {"sub": "1"})
    granted, _ = await as_viewer("{ secret }", {"sub": "1"}, "authorization: {policies: [vault]}")

    assert refused["data"] == {"secret": None}
    assert granted["data"] == {"secret": "42"}


async def test_a_denied_non_null_field_nulls_its_parent_and_is_reported_once() -> None:
    answer, shop = await as_viewer("{ user { name salary } }", None)

    assert answer["data"] == {"user": None}
    assert answer["errors"] == [
        {"message": "Unauthorized field or type: User.salary", "path": ["user", "salary"], "extensions": CODE}
    ]
    assert "salary" not in shop.requests[0]["query"]


async def test_a_denied_field_in_a_list_is_reported_once_with_a_path_that_exists() -> None:
    answer, _ = await as_viewer("{ users { name email } }", None)

    assert answer["data"] == {"users": [{"name": "Ada", "email": None}, {"name": "Bob", "email": None}]}
    assert [error["path"] for error in answer["errors"]] == [["users", 0, "email"]]


async def test_a_denied_field_inside_a_fragment_is_found() -> None:
    answer, shop = await as_viewer("{ user { ...F } } fragment F on User { name mail: email }", None)

    assert answer["data"] == {"user": {"name": "Ada", "mail": None}}
    assert "email" not in shop.requests[0]["query"]


async def test_when_everything_is_denied_nothing_is_asked() -> None:
    answer, shop = await as_viewer("{ me { id } }", None)

    assert answer["data"] == {"me": None}
    assert shop.requests == []


async def test_where_only_denied_fields_are_left_the_object_is_still_told_from_null() -> None:
    answer, _ = await as_viewer("{ user { email } }", None)

    assert answer["data"] == {"user": {"email": None}}


async def test_an_object_of_a_denied_type_is_null_and_its_siblings_are_not() -> None:
    answer, _ = await as_viewer("{ search { __typename ... on User { name } } }", None)

    assert answer["data"] is None
    assert answer["errors"][0]["extensions"] == CODE


async def test_the_whole_request_can_be_refused_instead() -> None:
    answer, shop = await as_viewer(
        '{ hello(name: "x") me { id } }', None, "authorization: {directives: {reject_unauthorized: true}}"
    )

    assert "data" not in answer
    assert answer["errors"][0]["extensions"] == CODE
    assert shop.requests == []


async def test_the_directives_can_be_turned_off() -> None:
    answer, _ = await as_viewer("{ me { id } }", None, "authorization: {directives: {enabled: false}}")

    assert answer == {"data": {"me": {"id": "1"}}}


async def test_two_viewers_of_one_text_do_not_share_what_they_may_see() -> None:
    shop = Shop()
    app = router(shop)
    await app.start()
    pipeline = pipeline_of(app)
    viewers = iter([Viewer({"sub": "1"}), Viewer(None), Viewer({"sub": "1"})])

    async def viewer(_: Request) -> Viewer:
        return next(viewers)

    pipeline.authentication.viewer = viewer

    answers = [(await ask(app, "{ me { id } }")).json()["data"] for _ in range(3)]

    assert answers == [{"me": {"id": "1"}}, {"me": None}, {"me": {"id": "1"}}]


def test_every_part_of_a_requirement_must_hold() -> None:
    wanted = Authorization(authenticated=True, scopes=(("a",),), policies=(("p",),))

    assert Viewer({"scope": "a"}, frozenset({"p"})).fulfils(wanted)
    assert not Viewer({"scope": "a"}, frozenset()).fulfils(wanted)
    assert not Viewer({"scope": "b"}, frozenset({"p"})).fulfils(wanted)
    assert not Viewer(None, frozenset({"p"})).fulfils(wanted)


def test_only_what_an_operation_could_touch_is_asked_about() -> None:
    supergraph = Supergraph.parse(SUPERGRAPH)

    def wanted(query: str) -> frozenset[str]:
        return requirements(supergraph.api_schema, parse(query), supergraph.authorization)

    assert wanted("{ user { id name } }") == frozenset()
    assert wanted("{ me { id } }") == {"Query.me"}
    assert wanted("{ search { __typename } }") == {"Report"}
    assert wanted("{ ...F } fragment F on Query { user { ... { email } } }") == {"User.email"}
