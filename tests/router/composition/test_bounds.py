"""Composition ends, whatever it is given."""

from router.composition import Composed, Refused, Source, compose
from tests.router.composition.vocabulary import assert_refused, sources


def test_fields_that_all_require_each_other_are_refused_without_trying_every_order():
    n = 14
    subgraphs = {
        f"s{i}": ("type Query { e: E } " if i == 0 else "")
        + f'type E @key(fields: "id") {{ id: ID! f{i}: Int @requires(fields: "'
        + " ".join(f"f{j}" for j in range(n) if j != i)
        + '") '
        + " ".join(f"f{j}: Int @external" for j in range(n) if j != i)
        + " }"
        for i in range(n)
    }

    assert_refused("SATISFIABILITY_ERROR", **subgraphs)


def test_access_rules_multiply_no_further_than_a_limit():
    subgraphs = {
        f"s{i}": "type Query { x: Int @shareable @policy(policies: ["
        + ",".join(f'["p{i}_{k}"]' for k in range(300))
        + "]) }"
        for i in range(5)
    }

    outcome = compose(sources(**subgraphs))

    assert isinstance(outcome, Composed)


def test_field_sets_nest_no_deeper_than_a_limit():
    fields = "a { " * 200 + "id" + " }" * 200

    assert_refused("KEY_INVALID_FIELDS", a=f'type Query {{ a: A }} type A @key(fields: "{fields}") {{ id: ID! a: A }}')


def test_a_ring_of_keys_is_walked_once_around():
    n = 40
    subgraphs = {
        f"s{i:02}": ("type Query { e: E } " if i == 0 else "")
        + f'type E @key(fields: "k{i}") {{ k{i}: ID! k{i + 1}: ID! @shareable v{i}: Int }}'
        for i in range(n)
    }

    outcome = compose(sources(**subgraphs))

    assert isinstance(outcome, Composed)


def test_nothing_at_all_is_refused_not_crashed():
    assert isinstance(compose([]), Refused)
    assert isinstance(compose([Source("a", "", "")]), Refused)
