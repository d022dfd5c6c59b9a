"""Plans are shown as text, as JSON and with reasons; the command does so for files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from graphql import parse
from inline_snapshot import snapshot

from router.cli import main
from router.planning import as_json, explain
from tests.router.planning.test_hops import SHOP
from tests.router.planning.test_operations import STORES
from tests.router.planning.vocabulary import composed, federated, planned
from tests.router.supergraph.sdl import SUPERGRAPH


def test_the_json_has_the_structure_that_apollos_tools_show() -> None:
    assert as_json(planned(federated(**SHOP), "query Q { products { cost } }")) == snapshot(
        {
            "kind": "QueryPlan",
            "node": {
                "kind": "Sequence",
                "nodes": [
                    {
                        "kind": "Fetch",
                        "serviceName": "products",
                        "variableUsages": [],
                        "operation": "query Q__products__0 { products { id weight } }",
                        "operationName": "Q__products__0",
                        "operationKind": "query",
                    },
                    {
                        "kind": "Flatten",
                        "path": ["products", "@"],
                        "node": {
                            "kind": "Fetch",
                            "serviceName": "shipping",
                            "variableUsages": [],
                            "operation": "query Q__shipping__1($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { cost } } }",
                            "operationName": "Q__shipping__1",
                            "operationKind": "query",
                            "requires": [
                                {
                                    "kind": "InlineFragment",
                                    "typeCondition": "Product",
                                    "selections": [
                                        {"kind": "Field", "name": "__typename"},
                                        {"kind": "Field", "name": "id"},
                                        {"kind": "Field", "name": "weight"},
                                    ],
                                }
                            ],
                        },
                    },
                ],
            },
        }
    )


def test_each_request_is_explained() -> None:
    assert explain(federated(**SHOP), parse("{ products { cost reviews { body } } }")) == snapshot("""\
2 leaves, 0 of them to be had in more than one way; 3 requests.

[0] stage 0: ask products
    for Query.products, Product.id, Product.weight

[1] stage 1: ask shipping
    about the objects at products.@
    each Product is found there by its key id, and its @requires of weight
    for Product.cost
    after [0], which bring what it starts from

[2] stage 1: ask reviews
    about the objects at products.@
    each Product is found there by its key id
    for Product.reviews, Review.body
    after [0], which bring what it starts from\
""")


def test_the_command_prints_text_json_and_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    supergraph, operation = tmp_path / "supergraph.graphql", tmp_path / "q.graphql"
    supergraph.write_text(SUPERGRAPH)
    operation.write_text("{ t { name } }")
    arguments = ["plan", "--supergraph", str(supergraph), "--operation", str(operation)]

    assert main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "QueryPlan"
    assert main([*arguments, "--explain"]) == 0
    assert "found there by its key id" in capsys.readouterr().out


RUN = "import sys; from router.cli import main; sys.exit(main(sys.argv[1:]))"
CONDITIONAL = "query ($a: Boolean!, $b: Boolean!) { products { cost @include(if: $a) reviews @skip(if: $b) { body } } }"


def test_the_json_shows_conditions_as_if_and_else() -> None:
    shown = as_json(planned(federated(**SHOP), CONDITIONAL))["node"]["nodes"][1]

    assert [(each["condition"], [k for k in each if k.endswith("Clause")]) for each in shown["nodes"]] == snapshot(
        [("a", ["ifClause"]), ("b", ["elseClause"])]
    )
    assert shown["nodes"][0]["ifClause"]["node"]["serviceName"] == "shipping"
    assert shown["nodes"][1]["elseClause"]["node"]["serviceName"] == "reviews"


def test_the_json_shows_a_subscription_as_its_source_and_the_rest() -> None:
    shown = as_json(planned(federated(**STORES), "subscription S { changed { name } }"))["node"]

    assert (shown["kind"], shown["primary"]["operationKind"], shown["primary"]["operation"]) == snapshot(
        ("Subscription", "subscription", "subscription S__a__0 { changed { id } }")
    )
    assert (shown["rest"]["kind"], shown["rest"]["node"]["operation"]) == snapshot(
        (
            "Flatten",
            "query S__b__1($representations: [_Any!]!) { _entities(representations: $representations) { ... on A { name } } }",
        )
    )


def test_it_is_explained_when_a_request_is_made() -> None:
    text = explain(federated(**SHOP), parse(CONDITIONAL))

    assert [line.strip() for line in text.splitlines() if "only if" in line] == snapshot(
        ["only if $a", "only if not $b"]
    )


def test_the_command_shows_what_is_deferred(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    supergraph, operation = tmp_path / "supergraph.graphql", tmp_path / "q.graphql"
    supergraph.write_text(SUPERGRAPH)
    operation.write_text('{ t { id ... @defer(label: "late") { name } } }')
    arguments = ["plan", "--supergraph", str(supergraph), "--operation", str(operation)]

    assert main([*arguments, "--defer"]) == 0
    assert 'Deferred(path: "t", label: "late")' in capsys.readouterr().out
    assert main(arguments) == 0
    assert "Defer" not in capsys.readouterr().out


def test_plans_and_names_do_not_depend_on_the_order_of_hashes(tmp_path: Path) -> None:
    operation = tmp_path / "q.graphql"
    supergraph = tmp_path / "supergraph.graphql"
    subgraphs = {"root": "type Query { t: T } " + 'type T @key(fields: "id") { id: ID! }'} | {
        f"s{n}": f'type T @key(fields: "id") {{ id: ID! shared: Int @shareable own{n}: Int }}' for n in range(6)
    }
    supergraph.write_text(composed(**subgraphs))
    operation.write_text("query Page { t { shared " + " ".join(f"own{n}" for n in range(6)) + " } }")
    command = [sys.executable, "-c", RUN, "plan", "--supergraph", str(supergraph), "--operation", str(operation)]

    shown = {
        subprocess.run(
            [*command, "--json"], check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }

    assert len(shown) == 1
    assert b"Page__s5__6" in shown.pop()


def test_the_command_refuses_what_is_invalid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    supergraph, operation = tmp_path / "supergraph.graphql", tmp_path / "q.graphql"
    supergraph.write_text(SUPERGRAPH)
    operation.write_text("{ t { unknown } }")

    assert main(["plan", "--supergraph", str(supergraph), "--operation", str(operation)]) == 1
    assert "unknown" in capsys.readouterr().err
    assert main(["plan", "--supergraph", str(operation), "--operation", str(operation)]) == 2
