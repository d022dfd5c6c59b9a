"""INVALID_SUBGRAPH_NAME: `_` stands for no subgraph in error paths, and the empty name for nothing."""

from router.composition import Refused, Source, compose
from tests.router.composition.vocabulary import assert_refused


def test_the_subgraph_called_underscore_is_refused():
    assert_refused("INVALID_SUBGRAPH_NAME", _="type Query { x: Int }")


def test_two_subgraphs_of_one_name_are_refused():
    twice = [Source("a", "", "type Query { x: Int }"), Source("a", "", "type Query { y: Int }")]

    outcome = compose(twice)

    assert isinstance(outcome, Refused)
    assert [fault.code for fault in outcome.faults] == ["INVALID_SUBGRAPH_NAME"]


def test_a_subgraph_with_faults_of_its_own_takes_no_name():
    twice = [Source("a", "", "type Query { x: Nope }"), Source("a", "", "type Query { y: Int }")]

    outcome = compose(twice)

    assert isinstance(outcome, Refused)
    assert [fault.code for fault in outcome.faults] == ["INVALID_GRAPHQL"]


def test_a_subgraph_without_a_name_is_refused():
    outcome = compose([Source("", "", "type Query { x: Int }")])

    assert isinstance(outcome, Refused)
    assert [fault.code for fault in outcome.faults] == ["INVALID_SUBGRAPH_NAME"]
