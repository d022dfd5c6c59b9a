"""What is read out of a supergraph, and what of it clients see."""

import pytest
from graphql import print_schema

from router.supergraph import Authorization, FieldJoin, InvalidSupergraph, Kind, Subgraph, Supergraph, TypeJoin
from tests.router.supergraph.sdl import SUPERGRAPH


@pytest.fixture(scope="module")
def supergraph() -> Supergraph:
    return Supergraph.parse(SUPERGRAPH)


def test_subgraphs_are_known_by_name_with_their_address(supergraph: Supergraph) -> None:
    assert supergraph.subgraphs == {"a": Subgraph("a", "http://a", "A"), "b": Subgraph("b", "http://b", "B")}


def test_clients_see_neither_machinery_nor_what_is_inaccessible(supergraph: Supergraph) -> None:
    shown = print_schema(supergraph.api_schema)

    for hidden in ("join__", "link__", "secret", "Hidden", "ODD", "hint", "@inaccessible", "@scopes"):
        assert hidden not in shown
    for visible in ("directive @trace", "A thing", "GOOD", '@deprecated(reason: "ask less")', "first: Int"):
        assert visible in shown


def test_hidden_things_are_listed_by_coordinate(supergraph: Supergraph) -> None:
    assert supergraph.inaccessible == {"T.secret", "Hidden", "Mood.ODD", "Query.t(hint:)"}


def test_a_field_without_join_belongs_to_every_subgraph_of_its_type(supergraph: Supergraph) -> None:
    fields = supergraph.types["T"].fields

    assert fields["id"].joins == (FieldJoin("a"), FieldJoin("b"))
    assert fields["mood"].joins == (FieldJoin("a", type="Mood!"),)
    assert supergraph.types["T"].joins == (TypeJoin("a", "id"), TypeJoin("b", "id"))
    assert supergraph.types["Mood"].kind is Kind.ENUM


def test_authorization_is_read_under_the_names_that_links_give(supergraph: Supergraph) -> None:
    assert supergraph.authorization == {
        "T.mood": Authorization(authenticated=True),
        "T.salary": Authorization(scopes=(("read", "pay"), ("admin",))),
    }


def test_fields_of_federation_one_belong_to_their_owner_and_keys_to_all() -> None:
    old = """
        schema @core(feature: "https://specs.apollo.dev/core/v0.1") @core(feature: "https://specs.apollo.dev/join/v0.1") {
          query: Query
        }
        enum join__Graph { A @join__graph(name: "a", url: "http://a") B @join__graph(name: "b", url: "http://b") }
        type Query { t: T @join__field(graph: A) v: V @join__field(graph: B) }
        type T @join__owner(graph: A) @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
          id: ID! @join__field(graph: A)
          name: String
          price: Int @join__field(graph: B, requires: "name")
        }
        type V { x: Int }
    """
    types = Supergraph.parse(old).types

    assert [join.subgraph for join in types["T"].fields["id"].joins] == ["a", "b"]
    assert [join.subgraph for join in types["T"].fields["name"].joins] == ["a"]
    assert types["T"].fields["price"].joins == (FieldJoin("b", requires="name"),)
    assert [join.subgraph for join in types["V"].fields["x"].joins] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("type Query {", "not valid GraphQL"),
        ("type Query { a: Int }", "no join__Graph enum"),
        (SUPERGRAPH.replace('@join__type(graph: B, key: "id")', '@join__type(graph: C, key: "id")'), "C"),
    ],
)
def test_what_is_no_supergraph_is_refused_with_a_reason(text: str, message: str) -> None:
    with pytest.raises(InvalidSupergraph, match=message):
        Supergraph.parse(text)
