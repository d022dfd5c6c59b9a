"""INTERFACE_FIELD_NO_IMPLEM: an interface's field from one subgraph, a type that implements it only in another."""

from tests.router.composition.vocabulary import assert_refused


def test_a_type_that_implements_an_interface_only_where_that_lacks_a_field_is_refused():
    assert_refused(
        "INTERFACE_FIELD_NO_IMPLEM",
        a="type Query { a: Person } interface Person { name: String age: Int } "
        "type Foo implements Person { name: String age: Int }",
        b="type Query { b: Bar } interface Person { name: String } type Bar implements Person { name: String }",
    )
