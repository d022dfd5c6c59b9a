"""Of several ways the cheapest together is taken; a spent budget yields a plan all the same."""

from router.plan import fetches
from tests.router.planning.vocabulary import federated, operations, planned

# Each field is answered by three subgraphs, but c answers them all.
SPREAD = {
    "root": 'type Query { t: T } type T @key(fields: "id") { id: ID! }',
    "a": 'type T @key(fields: "id") { id: ID! x: Int @shareable y: Int @shareable }',
    "b": 'type T @key(fields: "id") { id: ID! y: Int @shareable z: Int @shareable }',
    "c": 'type T @key(fields: "id") { id: ID! x: Int @shareable y: Int @shareable z: Int @shareable }',
}


def test_one_subgraph_that_answers_all_is_asked_instead_of_two() -> None:
    assert operations(federated(**SPREAD), "{ t { x y z } }")[1:] == [
        "c: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on T { x y z } } }"
    ]


def test_without_any_budget_the_plan_is_still_whole() -> None:
    plan = planned(federated(**SPREAD), "{ t { x y z } }", budget=0)

    asked = " ".join(each.operation for each in fetches(plan.root))
    assert all(name in asked for name in ("x", "y", "z"))


def test_a_pathological_operation_is_planned_within_its_budget() -> None:
    names = [f"f{number}" for number in range(40)]
    subgraphs = {
        f"s{part}": 'type T @key(fields: "id") { id: ID! '
        + " ".join(f"{n}: Int @shareable" for i, n in enumerate(names) if i % 7 != part)
        + "}"
        for part in range(7)
    }
    graph = federated(root=SPREAD["root"], **subgraphs)

    plan = planned(graph, "{ t { " + " ".join(names) + " } }")

    assert len(list(fetches(plan.root))) == 3


def test_a_type_shared_by_thirty_subgraphs_is_asked_in_each_for_its_own_fields_only() -> None:
    count = 30
    shop = "type Query {{ shop: Shop! @shareable }} type Shop {{ own{0}: Int deep: Deep! @shareable }} type Deep {{ d{0}: Int }}"
    graph = federated(**{f"s{number}": shop.format(number) for number in range(count)})
    own, deep = (" ".join(f"{name}{number}" for number in range(count)) for name in ("own", "d"))

    asked = operations(graph, f"{{ shop {{ {own} deep {{ {deep} }} }} }}")

    assert sorted(asked) == sorted(f"s{n}: {{ shop {{ own{n} deep {{ d{n} }} }} }}" for n in range(count))
