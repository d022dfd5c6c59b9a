"""States, edges, keys and field sets."""

import pytest

from router.graph import Graph, State
from tests.router.planning.vocabulary import federated


@pytest.fixture(scope="module")
def graph() -> Graph:
    return federated(
        a="""
            type Query { media: [Media!]! t: T @provides(fields: "name") }
            interface Media { id: ID! }
            type Book implements Media @key(fields: "id") { id: ID! }
            type Film implements Media @key(fields: "id") { id: ID! }
            type T @key(fields: "id") { id: ID! name: String @external }
        """,
        b="""
            interface Media { id: ID! }
            type Book implements Media @key(fields: "id") { id: ID! pages: Int }
            type T @key(fields: "id") @key(fields: "code", resolvable: false) {
                id: ID! code: ID! name: String @shareable price: Int @requires(fields: "weight") weight: Int @external
            }
        """,
        c='type T @key(fields: "id") { id: ID! weight: Int }',
    )


def test_an_interface_may_have_other_types_in_each_subgraph(graph: Graph) -> None:
    assert graph.possible_in("Media", "a") == ("Book", "Film")
    assert graph.possible_in("Media", "b") == ("Book",)
    assert graph.state("Media", "b") == State("Media", ("Book",), "b")


def test_a_subgraph_answers_neither_external_fields_nor_those_it_lacks(graph: Graph) -> None:
    assert graph.edge("T", "name", "a") is None
    assert graph.edge("Book", "pages", "a") is None
    assert graph.answering("T", "name") == ("b",)


def test_a_provided_field_is_answered_where_it_is_provided(graph: Graph) -> None:
    edge = graph.edge("Query", "t", "a")

    assert edge is not None
    assert [wish.name for wish in edge.provides] == ["name"]
    assert graph.provided_edge("T", "name", "a") is not None


def test_an_edge_knows_what_its_resolver_needs(graph: Graph) -> None:
    edge = graph.edge("T", "price", "b")

    assert edge is not None
    assert (edge.requires, edge.is_leaf, edge.type) == ("weight", True, "Int")


def test_only_resolvable_keys_look_things_up(graph: Graph) -> None:
    assert [key.fields for key in graph.keys("T", "b")] == ["id"]


def test_types_that_are_asked_alike_are_kin(graph: Graph) -> None:
    assert graph.kinship("Book", "id") != graph.kinship("Film", "id")


def test_field_sets_keep_arguments_and_type_conditions(graph: Graph) -> None:
    (media,) = graph.wishes("Query", "media { id ... on Book { pages } }")

    assert media.wishes is not None
    assert [(wish.name, wish.types) for wish in media.wishes] == [("id", None), ("pages", frozenset({"Book"}))]


def test_labels_nobody_asks_about_do_not_make_another_graph(graph: Graph) -> None:
    assert graph.under(frozenset({"unknown"})) is graph
