"""`router compose`: files in, a file or lines out, and an exit code."""

import argparse
import io
import json

import pytest

from router.commands import compose


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    compose.add_arguments(parser)
    return compose.run(parser.parse_args(arguments))


@pytest.fixture
def project(tmp_path):
    (tmp_path / "a.graphql").write_text("type Query { x: Int }")
    (tmp_path / "supergraph.yaml").write_text(
        "federation_version: =2.9.0\n"
        "subgraphs:\n"
        "  a: {routing_url: http://a, schema: {file: a.graphql}}\n"
        "  b: {routing_url: http://b, schema: {sdl: 'type Query { y: Int }'}}\n"
    )
    return tmp_path


def test_schema_files_are_found_beside_the_configuration(project):
    code = run("--config", str(project / "supergraph.yaml"), "--output", str(project / "out.graphql"))

    assert code == 0
    assert '@join__graph(name: "a", url: "http://a")' in (project / "out.graphql").read_text()


def test_a_refusal_says_why_and_where_and_writes_nothing(project, capsys):
    (project / "a.graphql").write_text("type Query {\n  x: Nope\n}")

    code = run("--config", str(project / "supergraph.yaml"), "--output", str(project / "out.graphql"))

    assert code == 1
    assert capsys.readouterr().err == "INVALID_GRAPHQL (a:2): [a] Unknown type Nope\n"
    assert not (project / "out.graphql").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("subgraphs: [", "is not YAML"),
        ("[]", "`subgraphs` must map"),
        ("subgraphs: {a: {}}", "needs a `schema`"),
        ("subgraphs: {a: {schema: {file: gone.graphql}}}", "cannot be read"),
        ("subgraphs: {a: {schema: {url: x}}}", "unknown keys: url"),
        ("subgraph: {}\nsubgraphs: {}", "unknown keys: subgraph"),
        ("federation_version: 1\nsubgraphs: {}", "not supported"),
    ],
)
def test_a_configuration_that_cannot_be_used_says_what_to_change(tmp_path, capsys, text, says):
    path = tmp_path / "supergraph.yaml"
    path.write_text(text)

    assert run("--config", str(path)) == 2
    assert says in capsys.readouterr().err


def test_lines_of_subgraphs_are_answered_line_by_line(monkeypatch, capsys):
    lines = [
        {"subgraphs": [{"name": "a", "url": "http://a", "sdl": "type Query { x: Int }"}]},
        {"subgraphs": [{"name": "a", "url": None, "sdl": "type Query { x: Nope }"}]},
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{json.dumps(line)}\n" for line in lines)))

    assert run("--jsonl") == 0

    good, bad = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert "join__Graph" in good["supergraphSdl"]
    assert bad["errors"] == [
        {"code": "INVALID_GRAPHQL", "message": "[a] Unknown type Nope", "subgraph": "a", "line": 1}
    ]
