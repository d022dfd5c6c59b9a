"""Every mutation: whoever may not do it is told so, through the router and at the subgraph, and nothing is changed."""

import pytest
from graphql import ObjectTypeDefinitionNode

from subgraphs import NAMES
from tests.journeys.shop import Answer
from tests.security.books import rows_of, rows_once_quiet
from tests.security.deeds import DEEDS, DENIED, INTERNAL, INTERNAL_QUERIES, OPEN, Deed
from tests.security.entities import directives, schema_of
from tests.security.people import VIEWERS, Town
from tests.security.premises import Person


def root_fields(subgraph: str, kind: str, *, internal: bool) -> set[str]:
    return {
        field.name.value
        for node in schema_of(subgraph).definitions
        if isinstance(node, ObjectTypeDefinitionNode) and node.name.value == kind
        for field in node.fields or ()
        if ("inaccessible" in directives(field)) is internal and not field.name.value.startswith("_")
    }


@pytest.mark.parametrize("subgraph", NAMES)
def test_every_mutation_has_a_row(subgraph: str) -> None:
    """Who adds a mutation says in deeds.py who may."""
    told = [deed.mutation for deed in DEEDS if deed.subgraph == subgraph] + OPEN.get(subgraph, "").split()

    assert sorted(told) == sorted(root_fields(subgraph, "Mutation", internal=False))


@pytest.mark.parametrize("subgraph", NAMES)
def test_everything_internal_has_a_row(subgraph: str) -> None:
    told = {call.partition("(")[0] for table in (INTERNAL, INTERNAL_QUERIES) for call in table.get(subgraph, ())}

    assert told == root_fields(subgraph, "Mutation", internal=True) | root_fields(subgraph, "Query", internal=True)


def called(town: Town, deed: Deed) -> str:
    call = deed.call
    for name, value in town.things.items():
        call = call.replace(f"{{{name}}}", value)
    return f"mutation {{ {call} {{ __typename }} }}"


def outcome(answer: Answer, mutation: str) -> str:
    """The union's member, or that it was denied."""
    if answer.codes:
        assert answer.codes <= {"UNAUTHORIZED_FIELD_OR_TYPE", "UNAUTHENTICATED", "FORBIDDEN"}, answer.body
        assert not (answer.body.get("data") or {}).get(mutation)
        return DENIED
    return str(answer.data[mutation]["__typename"])


def ways(town: Town, deed: Deed, who: Person) -> dict[str, str]:
    """What came of it through the router, and at the subgraph itself."""
    query = called(town, deed)
    return {
        "router": outcome(town.premises.ask(who, query), deed.mutation),
        "subgraph": outcome(town.premises.ask_subgraph(who, deed.subgraph, query), deed.mutation),
    }


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.mutation)
def test_who_may_not_is_told_so_and_changes_nothing(town: Town, deed: Deed) -> None:
    before = rows_once_quiet(town.premises, deed.subgraph)

    told = {who.name: ways(town, deed, who) for who in town.viewers() if who.name not in deed.may.split()}

    assert told == {
        name: dict.fromkeys(("router", "subgraph"), deed.told(name)) for name in VIEWERS if name not in deed.may.split()
    }
    assert rows_of(town.premises, deed.subgraph) == before


@pytest.mark.parametrize("deed", [deed for deed in DEEDS if deed.by], ids=lambda deed: deed.mutation)
def test_who_may_does_it_with_the_same_words(town: Town, deed: Deed) -> None:
    """Else the test above could pass for the wrong reason."""
    who = next(who for who in town.viewers() if who.name == deed.by)

    assert outcome(town.premises.ask(who, called(town, deed)), deed.mutation) == deed.result


@pytest.mark.parametrize("subgraph", INTERNAL)
def test_what_subgraphs_tell_each_other_nobody_else_may(town: Town, subgraph: str) -> None:
    before = rows_once_quiet(town.premises, subgraph)
    for call in INTERNAL[subgraph]:
        refuse_internal(town, subgraph, f"mutation {{ {call} {{ __typename }} }}")

    assert rows_of(town.premises, subgraph) == before


@pytest.mark.parametrize("subgraph", INTERNAL_QUERIES)
def test_what_subgraphs_ask_each_other_nobody_else_may(town: Town, subgraph: str) -> None:
    for call in INTERNAL_QUERIES[subgraph]:
        asked = call.replace("{cart}", town.things["cart"])
        refuse_internal(town, subgraph, f"query {{ {asked} {{ __typename }} }}")


def refuse_internal(town: Town, subgraph: str, query: str) -> None:
    for who in town.viewers():
        assert town.premises.ask(who, query).codes == {"GRAPHQL_VALIDATION_FAILED"}
        assert town.premises.ask_subgraph(who, subgraph, query).codes == {"FORBIDDEN"}
        assert town.premises.ask_unsigned(who, subgraph, b'{"query": "{ __typename }"}').codes == {"NOT_FROM_ROUTER"}
