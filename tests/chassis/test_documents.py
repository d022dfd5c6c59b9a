"""Documents are bounded before they are validated, and validated once."""

import pytest
from graphql import build_schema

from chassis.documents import Documents, Limits

SCHEMA = build_schema("type Query { a: Query, b(x: Int): Int }")
LIMITS = Limits(depth_max=3, aliases_max=2, tokens_max=60)


def codes(text: str, limits: Limits = LIMITS) -> list[str]:
    return [(error.extensions or {})["code"] for error in Documents(SCHEMA, limits).get(text).errors]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{ a {", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ a { a { a { b } } } }", "DEPTH_LIMIT_EXCEEDED"),
        ("{ x: b y: b z: b }", "ALIAS_LIMIT_EXCEEDED"),
        ("{ " + "b " * 60 + "}", "GRAPHQL_PARSE_FAILED"),
        ("{ ...F } fragment F on Query { a { a { a { b } } } }", "DEPTH_LIMIT_EXCEEDED"),
        ("{ a { ... on Query { a { a { b } } } } }", "DEPTH_LIMIT_EXCEEDED"),
        ("{ ...F ...F } fragment F on Query { x: b y: b }", "ALIAS_LIMIT_EXCEEDED"),
        ("{ ...F } fragment F on Query { ...F }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_what_does_not_fit_is_named(text: str, code: str):
    assert codes(text) == [code]


def test_what_fits_is_ready_to_run():
    assert codes("{ a { a { b } } }") == []
    assert codes("{ x: b y: b }") == []


def test_fragments_that_multiply_are_measured_by_their_text():
    doubling = "\n".join(f"fragment F{n} on Query {{ a {{ ...F{n + 1} }} b }}" for n in range(200))

    assert codes(f"{{ ...F0 }} {doubling} fragment F200 on Query {{ b }}", Limits(tokens_max=100_000)) == [
        "DEPTH_LIMIT_EXCEEDED"
    ]
    wide = "\n".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    assert codes(f"{{ ...F0 }} {wide} fragment F60 on Query {{ x: b }}", Limits(depth_max=100, tokens_max=100_000)) == [
        "ALIAS_LIMIT_EXCEEDED"
    ]


def test_nesting_beyond_the_stack_is_an_error_and_not_a_crash():
    deep = "{ a " * 5_000 + "}" * 5_000

    assert codes(deep, Limits(tokens_max=100_000)) in (["DEPTH_LIMIT_EXCEEDED"], ["GRAPHQL_PARSE_FAILED"])


def test_a_document_is_made_once():
    documents = Documents(SCHEMA, LIMITS)

    assert documents.get("{ b }") is documents.get("{ b }")


def test_only_so_many_documents_are_kept():
    documents = Documents(SCHEMA, LIMITS, kept_max=2)
    first = documents.get("{ b }")
    documents.get("{ a { b } }")
    assert documents.get("{ b }") is first

    documents.get("{ b(x: 1) }")

    assert documents.get("{ b }") is first
    assert len(documents._kept) == 2
