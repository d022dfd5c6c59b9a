"""ROOT_QUERY_USED, ROOT_MUTATION_USED, ROOT_SUBSCRIPTION_USED: a default root name belongs to the root type."""

from tests.router.composition.vocabulary import assert_refused


def test_a_query_type_that_is_not_the_root_is_refused():
    assert_refused("ROOT_QUERY_USED", a="schema { query: Q } type Q { a: Int } type Query { b: Int }")
