"""Plans are shown as text, as JSON and with reasons; the command does so for files."""

import json
from pathlib import Path

import pytest
from graphql import parse
from inline_snapshot import snapshot

from router.cli import main
from router.planning import as_json, explain
from tests.router.planning.test_hops import SHOP
from tests.router.planning.vocabulary import federated, planned
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


def test_the_command_refuses_what_is_invalid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    supergraph, operation = tmp_path / "supergraph.graphql", tmp_path / "q.graphql"
    supergraph.write_text(SUPERGRAPH)
    operation.write_text("{ t { unknown } }")

    assert main(["plan", "--supergraph", str(supergraph), "--operation", str(operation)]) == 1
    assert "unknown" in capsys.readouterr().err
    assert main(["plan", "--supergraph", str(operation), "--operation", str(operation)]) == 2
