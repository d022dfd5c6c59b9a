"""`router compose`: files in, a file or lines out, and an exit code."""

import io
import json
import stat

import pytest

from router.cli import main


def run(*arguments: object) -> int:
    return main(["compose", *map(str, arguments)])


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
    code = run("--config", project / "supergraph.yaml", "--output", project / "out.graphql")

    assert code == 0
    assert '@join__graph(name: "a", url: "http://a")' in (project / "out.graphql").read_text()


def test_a_subgraph_that_no_router_could_ask_is_told_and_composed(project, capsys):
    (project / "supergraph.yaml").write_text("subgraphs: {a: {schema: {file: a.graphql}}}")

    assert run("--config", project / "supergraph.yaml") == 0
    assert capsys.readouterr().err == "router compose: subgraph `a` has no routing_url, so no router can ask it yet\n"


def test_a_refusal_says_why_and_where_and_writes_nothing(project, capsys):
    (project / "a.graphql").write_text("type Query {\n  x: Nope\n}")

    code = run("--config", project / "supergraph.yaml", "--output", project / "out.graphql")

    assert code == 1
    said = capsys.readouterr().err
    assert "INVALID_GRAPHQL" in said
    assert "Unknown type Nope" in said
    assert f"{project / 'a.graphql'}:2" in said
    assert not (project / "out.graphql").exists()


def test_json_has_the_supergraph_or_the_faults_with_their_places(project, capsys):
    assert run("--config", project / "supergraph.yaml", "--json") == 0
    assert "join__Graph" in json.loads(capsys.readouterr().out)["supergraphSdl"]

    (project / "a.graphql").write_text("type Query {\n  x: Nope\n}")
    assert run("--config", project / "supergraph.yaml", "--json") == 1
    (fault,) = json.loads(capsys.readouterr().out)["errors"]

    assert fault["code"] == "INVALID_GRAPHQL"
    assert fault["places"][0]["file"] == str(project / "a.graphql")
    assert fault["places"][0]["line"] == 2


def test_github_gets_an_annotation_at_the_file_and_line(project, capsys):
    (project / "a.graphql").write_text("type Query {\n  x: Nope\n}")

    assert run("--config", project / "supergraph.yaml", "--github") == 1

    said = capsys.readouterr().out
    assert said.startswith(f"::error file={project / 'a.graphql'},line=2")
    assert "Unknown type Nope" in said


def test_github_gets_an_annotation_for_a_faulty_configuration_too(project, capsys):
    (project / "supergraph.yaml").write_text("subgraphs:\n  a: {schema: {file: 'gone, here.graphql'}}\n")

    assert run("--config", project / "supergraph.yaml", "--github") == 2

    said = capsys.readouterr().out
    assert said.startswith(f"::error file={project / 'supergraph.yaml'},line=2::subgraphs.a.schema: ")
    assert "No such file" in said


def test_a_configuration_may_come_from_standard_input(project, monkeypatch, capsys):
    monkeypatch.chdir(project)
    given = io.TextIOWrapper(io.BytesIO((project / "supergraph.yaml").read_bytes()))
    monkeypatch.setattr("sys.stdin", given)

    assert run("--config", "-") == 0
    assert "join__Graph" in capsys.readouterr().out


@pytest.fixture
def tagged(project):
    link = '@link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@tag"])'
    (project / "a.graphql").write_text(f'extend schema {link} type Query {{ x: Int @tag(name: "i") }}')
    with (project / "supergraph.yaml").open("a") as config:
        config.write("contracts: {public: {exclude: [i, typo]}, none: {include: [nope]}}")
    return project / "supergraph.yaml"


def test_a_contract_of_the_configuration_is_made_at_once(tagged, capsys):
    assert run("--config", tagged, "--contract", "public", "--hints") == 0

    said = capsys.readouterr()
    assert 'x: Int @join__field(graph: A) @tag(name: "i") @inaccessible' in said.out
    assert 'hint CONTRACT_TAG_UNUSED: Nothing in the supergraph is tagged "typo".' in said.err


def test_a_contract_that_leaves_no_api_is_refused(tagged, capsys):
    assert run("--config", tagged, "--contract", "none") == 1
    assert "QUERY_ROOT_TYPE_INACCESSIBLE" in capsys.readouterr().err


def test_a_contract_that_the_configuration_lacks_is_told(tagged, capsys):
    assert run("--config", tagged, "--contract", "pulbic") == 2
    said = capsys.readouterr().err
    assert said == f"{tagged}: contracts.pulbic: there is no such contract; did you mean `public`?\n"


def test_the_output_is_replaced_whole_and_keeps_its_permissions(project):
    output = project / "out.graphql"
    output.write_text("old")
    output.chmod(0o640)
    with output.open() as reader:
        assert run("--config", project / "supergraph.yaml", "--output", output) == 0

        # Whoever had the old file open still reads it to its end.
        assert reader.read() == "old"
    assert "join__Graph" in output.read_text()
    assert stat.S_IMODE(output.stat().st_mode) == 0o640
    assert sorted(file.name for file in project.iterdir()) == ["a.graphql", "out.graphql", "supergraph.yaml"]


def test_an_output_that_is_a_link_stays_one(project):
    (project / "true.graphql").write_text("old")
    (project / "out.graphql").symlink_to("true.graphql")

    assert run("--config", project / "supergraph.yaml", "--output", project / "out.graphql") == 0

    assert (project / "out.graphql").is_symlink()
    assert "join__Graph" in (project / "true.graphql").read_text()


@pytest.mark.parametrize("where", ["missing/out.graphql", "."])
def test_an_output_that_cannot_be_written_is_said(project, capsys, where):
    assert run("--config", project / "supergraph.yaml", "--output", project / where) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_lines_of_subgraphs_are_answered_line_by_line(monkeypatch, capsys):
    lines = [
        {"subgraphs": [{"name": "a", "url": "http://a", "sdl": "type Query { x: Int }"}]},
        {"subgraphs": [{"name": "a", "url": None, "sdl": "type Query { x: Nope }"}]},
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{json.dumps(line)}\n" for line in lines)))

    assert run("--jsonl") == 0

    good, bad = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert "join__Graph" in good["supergraphSdl"]
    (fault,) = bad["errors"]
    assert (fault["code"], fault["subgraph"], fault["line"]) == ("INVALID_GRAPHQL", "a", 1)


@pytest.mark.parametrize("line", ["{", "[]", "1", '{"subgraphs": [{}]}', '{"subgraphs": 1}', "[" * 100_000])
def test_a_line_that_is_no_request_is_answered_so_and_the_next_one_still_is(monkeypatch, capsys, line):
    good = json.dumps({"subgraphs": [{"name": "a", "sdl": "type Query { x: Int }"}]})
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\n{good}\n"))

    assert run("--jsonl") == 2

    refused, answered = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert "not a request" in refused["problems"][0]["message"]
    assert "join__Graph" in answered["supergraphSdl"]
