"""QUERY_ROOT_TYPE_INACCESSIBLE: an API without queries is none."""

from tests.router.composition.vocabulary import assert_refused


def test_an_api_without_queries_is_none():
    assert_refused("QUERY_ROOT_TYPE_INACCESSIBLE", a="type Query @inaccessible { x: Int }")
