"""INVALID_GRAPHQL: what breaks the GraphQL specification's own rules in one subgraph, or in all together."""

from tests.router.composition.vocabulary import AsWritten, assert_refused, faults_of


def test_text_that_ends_too_early_is_refused_where_it_ends():
    (fault,) = faults_of(a=AsWritten("type Query { x: Int"))

    assert fault.code == "INVALID_GRAPHQL"
    assert [(place.line, place.column) for place in fault.places] == [(1, 20)]


def test_all_subgraphs_faults_come_together():
    faults = faults_of(a="type Query { x: Nope }", b="type Query { y: Nada }", c="type Query { z: Int }")

    assert [(fault.subgraph, fault.message) for fault in faults] == [
        ("a", "[a] Unknown type Nope"),
        ("b", "[b] Unknown type Nada"),
    ]


def test_text_that_nests_without_end_is_refused():
    assert_refused("INVALID_GRAPHQL", a=AsWritten(f"type Query {{ x: {'[' * 5000}Int{']' * 5000} }}"))
