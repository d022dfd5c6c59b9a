"""What asks more of its viewers is told to who reads it; what asks less is let be."""

from __future__ import annotations

import pytest
from graphql import build_schema

from router.checks.change import Kind, Severity
from router.checks.changes import changes
from router.checks.operations import Sender, from_documents
from router.checks.verdict import judge
from router.supergraph import Authorization

SCHEMA = build_schema("type Query { me: User ping: Int } type User { name: String email: String }")
SIGNED_IN = Authorization(authenticated=True)


def scopes(*groups: str) -> Authorization:
    return Authorization(scopes=tuple(tuple(group.split("+")) for group in groups))


def policies(*groups: str) -> Authorization:
    return Authorization(policies=tuple(tuple(group.split("+")) for group in groups))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, SIGNED_IN),
        (None, scopes("read")),
        (SIGNED_IN, scopes("read")),
        (SIGNED_IN, policies("adult")),
        (scopes("read", "root"), scopes("read")),
        (scopes("read"), scopes("read+write")),
        (scopes("read"), policies("adult")),
    ],
)
def test_asking_for_more_is_dangerous(before, after) -> None:
    (found,) = changes(SCHEMA, SCHEMA, {"User.email": before} if before else {}, {"User.email": after})

    assert (found.kind, found.severity, found.coordinate) == (
        Kind.AUTHORIZATION_TIGHTENED,
        Severity.DANGEROUS,
        "User.email",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SIGNED_IN, None),
        (scopes("read"), SIGNED_IN),
        (scopes("read"), scopes("read", "root")),
        (scopes("read+write"), scopes("read")),
        (policies("adult"), SIGNED_IN),
    ],
)
def test_asking_for_less_is_safe(before, after) -> None:
    (found,) = changes(SCHEMA, SCHEMA, {"User.email": before}, {"User.email": after} if after else {})

    assert (found.kind, found.severity) == (Kind.AUTHORIZATION_LOOSENED, Severity.SAFE)


def test_it_says_what_is_asked_for() -> None:
    (found,) = changes(SCHEMA, SCHEMA, {"User.email": SIGNED_IN}, {"User.email": scopes("read+write", "root")})

    assert found.message == "asks for scopes read + write or root, asked for a signed-in viewer"


def test_what_clients_do_not_see_is_left_out() -> None:
    assert changes(SCHEMA, SCHEMA, {}, {"User.secret": SIGNED_IN, "Hidden": SIGNED_IN}) == ()


@pytest.mark.parametrize(("coordinate", "line"), [("User.email", 3), ("User", 2)])
def test_who_reads_it_is_named_and_who_does_not_is_let_be(coordinate, line) -> None:
    found = changes(SCHEMA, SCHEMA, {}, {coordinate: SIGNED_IN})
    operations = from_documents(
        [("a.graphql", "query A {\n me {\n email } }"), ("b.graphql", "query B { ping }")], Sender("web")
    )

    verdict = judge(found, SCHEMA, SCHEMA, operations)

    (effect,) = verdict.changes[0].effects
    assert (effect.operation.name, effect.place.line, effect.severity) == ("A", line, Severity.DANGEROUS)
