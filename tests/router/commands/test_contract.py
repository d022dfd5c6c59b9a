"""`router contract`: a supergraph in, a variant or the reasons why there is none out."""

import json

import pytest

from router.cli import main
from tests.router.composition.vocabulary import assert_composes


@pytest.fixture
def supergraph(tmp_path):
    path = tmp_path / "supergraph.graphql"
    path.write_text(assert_composes(a='type Query { x: Int y: T @tag(name: "i") } type T { z: Int @tag(name: "j") }'))
    return path


def run(*arguments: object) -> int:
    return main(["contract", *map(str, arguments)])


def test_a_variant_is_printed_or_written(supergraph, tmp_path, capsys):
    assert run(supergraph, "--exclude", "i") == 0
    printed = capsys.readouterr().out
    assert run(supergraph, "--exclude", "i", "--output", tmp_path / "out.graphql") == 0

    assert 'y: T @tag(name: "i") @inaccessible' in printed
    assert (tmp_path / "out.graphql").read_text() == printed


def test_types_out_of_reach_are_hidden_on_demand(supergraph, capsys):
    assert run(supergraph, "--exclude", "i", "--hide-unreachable-types") == 0
    assert "type T\n  @join__type(graph: A)\n  @inaccessible\n" in capsys.readouterr().out


def test_a_refusal_says_why_and_writes_nothing(supergraph, tmp_path, capsys):
    assert run(supergraph, "--exclude", "j", "--output", tmp_path / "out.graphql") == 1

    said = capsys.readouterr().err
    assert "REFERENCED_INACCESSIBLE" in said
    assert 'T is left out since all its fields are hidden (T.z: it is tagged "j").' in said
    assert not (tmp_path / "out.graphql").exists()


def test_json_and_annotations_carry_the_same(supergraph, capsys):
    assert run(supergraph, "--exclude", "j", "--json") == 1
    assert json.loads(capsys.readouterr().out)["errors"][0]["code"] == "REFERENCED_INACCESSIBLE"
    assert run(supergraph, "--exclude", "j", "--github") == 1
    assert capsys.readouterr().out.startswith("::error title=REFERENCED_INACCESSIBLE::")
    assert run(supergraph, "--exclude", "typo", "--json") == 0
    assert json.loads(capsys.readouterr().out)["hints"][0]["code"] == "CONTRACT_TAG_UNUSED"


def test_a_contract_needs_tags(supergraph, capsys):
    assert run(supergraph) == 2
    assert "--include TAG" in capsys.readouterr().err


def test_a_file_that_is_no_supergraph_is_said(tmp_path, capsys):
    (tmp_path / "x.graphql").write_text("type Query { x: Int }")

    assert run(tmp_path / "x.graphql", "--include", "a") == 2
    assert "is it a supergraph?" in capsys.readouterr().err
