"""The access matrix: what each kind of viewer sees of every entity, through the router and by raw `_entities`."""

import pytest

from subgraphs import NAMES
from tests.security.entities import entities, own_fields, rows, seen_directly, seen_through_the_router, things
from tests.security.people import VIEWERS, Town
from tests.security.sight import EVERYBODY, ON_THE_WAY, SIGHT, WITHOUT_A_WAY


def expected(subgraph: str, thing: str) -> dict[str, set[str]]:
    """Who sees each field, as the matrix says."""
    row = SIGHT.get((subgraph, thing))
    assert row is not None, f"say in sight.py who sees what of {thing} in {subgraph}"
    return {field: set(who.split()) for fields, who in row.items() for field in fields.split()}


def table(seen: dict[str, set[str]]) -> str:
    """One line a field, the viewers in their order: so that a difference can be read."""
    lines = (f"{field:20} {' '.join(name for name in VIEWERS if name in who)}" for field, who in sorted(seen.items()))
    return "\n".join(lines)


@pytest.mark.parametrize("subgraph", NAMES)
def test_every_field_of_every_entity_has_a_place_in_the_matrix(subgraph: str) -> None:
    """Who adds an entity or a field says in sight.py who sees it, and in entities.py how it is found."""
    shown = {name.split()[-1]: set[str]() for of, name in SIGHT if of == subgraph}
    seen = {name.split()[-1]: set[str]() for of, name in SIGHT if of == subgraph}
    for (of, name), row in SIGHT.items():
        if of == subgraph:
            for fields, who in row.items():
                shown[name.split()[-1]] |= set(fields.split())
                seen[name.split()[-1]] |= set(fields.split()) if who else set()

    assert shown == {name: set(own_fields(subgraph, name)) for name in entities(subgraph)}
    # A field that nobody is ever shown would be shown to nobody for the wrong reason.
    assert seen == shown


@pytest.mark.parametrize(("subgraph", "name"), SIGHT)
def test_a_subgraph_shows_by_raw_entities_what_the_matrix_says(town: Town, subgraph: str, name: str) -> None:
    thing = next(thing for of, thing in rows(town) if (of, thing.name) == (subgraph, name))
    seen: dict[str, set[str]] = {field: set() for field in own_fields(subgraph, thing.type)}

    for who in town.viewers():
        for field, is_seen in seen_directly(town, who, subgraph, thing).items():
            if is_seen:
                seen[field].add(who.name)

    assert table(seen) == table(expected(subgraph, name))


@pytest.mark.parametrize("name", dict.fromkeys(name for _, name in SIGHT if name not in WITHOUT_A_WAY))
def test_the_router_shows_what_the_matrix_says(town: Town, name: str) -> None:
    thing = next(thing for thing in things(town) if thing.name == name)
    wanted: dict[str, set[str]] = {}
    for subgraph in NAMES:
        if (subgraph, name) in SIGHT:
            for field, shown_to in expected(subgraph, name).items():
                wanted.setdefault(field, set()).update(shown_to & set(ON_THE_WAY.get(name, EVERYBODY).split()))
    # The composed schema does not have them.
    wanted.pop("costPrice", None)
    wanted.pop("paymentsPass", None)
    seen: dict[str, set[str]] = {field: set() for field in wanted}

    for who in town.viewers():
        for field, is_seen in seen_through_the_router(town, who, thing).items():
            if is_seen:
                seen[field].add(who.name)

    assert table(seen) == table(wanted)


def test_what_somebody_wrote_and_is_not_public_is_not_in_their_list(town: Town) -> None:
    query = (
        "query($r: [_Any!]!) { _entities(representations: $r) { ... on User { reviews { edges { node { id } } } } } }"
    )
    references = [{"__typename": "User", "id": "user-customer", "displayName": "Casey C."}]
    listed = {}
    for who in town.viewers():
        (user,) = town.premises.ask_subgraph(who, "reviews", query, {"r": references}).data["_entities"]
        listed[who.name] = "review-demo-004" in {edge["node"]["id"] for edge in user["reviews"]["edges"]}

    assert {name for name, is_listed in listed.items() if is_listed} == {"owner", "admin"}
