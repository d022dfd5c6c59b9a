"""`router compose --watch`: what is told and written after each change, look by look; and once as a process."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from router.cli import main
from router.sources import watching
from router.sources.composing import composed
from router.sources.watching import Watch, watch
from router.telling import Form
from tests.router.commands.answering import service, subgraph


class Watched:
    """A watch with its files; `look` answers what one look said."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture) -> None:
        self.folder = folder
        self.capsys = capsys
        self.output = folder / "out.graphql"
        self.write("a.graphql", "type Query { x: Int }")
        self.write("b.graphql", "type Query { y: Int }")
        self.configure("a", "b")
        self.watch = Watch(folder / "supergraph.yaml", self.output, Form.PEOPLE, 60_000)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def configure(self, *names: str) -> None:
        lines = "".join(
            f"  {name}: {{routing_url: http://{name}, schema: {{file: {name}.graphql}}}}\n" for name in names
        )
        self.write("supergraph.yaml", f"subgraphs:\n{lines}")

    def look(self) -> str:
        asyncio.run(self.watch.look())
        return self.capsys.readouterr().err


@pytest.fixture
def watched(tmp_path, capsys):
    return Watched(tmp_path, capsys)


def test_the_first_look_composes(watched):
    assert watched.look() == f"router compose: composes; wrote {watched.output}\n"
    assert "x: Int @join__field(graph: A)" in watched.output.read_text()


def test_a_look_without_changes_says_nothing_and_writes_nothing(watched):
    watched.look()
    watched.output.unlink()

    (watched.folder / "a.graphql").touch()

    assert watched.look() == ""
    assert not watched.output.exists()


def test_a_changed_file_is_named_and_composed(watched):
    watched.look()

    watched.write("a.graphql", "type Query { z: Int }")

    said = watched.look()
    assert f"the schema of subgraph `a` changed ({watched.folder}/a.graphql)" in said
    assert f"composes; wrote {watched.output}" in said
    assert "z: Int" in watched.output.read_text()


def test_a_change_that_leaves_the_supergraph_as_it_was_does_not_write_it(watched):
    watched.look()

    watched.write("a.graphql", "# a remark\ntype Query { x: Int }")

    assert f"composes; {watched.output} stays as it is" in watched.look()


def test_what_does_not_compose_is_told_and_leaves_the_output_alone(watched):
    watched.look()
    before = watched.output.read_text()

    watched.write("a.graphql", "type Query { x: Nope }")

    said = watched.look()
    assert "INVALID_GRAPHQL" in said
    assert f"does not compose: 1 fault; {watched.output} stays as it was" in said
    assert watched.output.read_text() == before


def test_a_file_that_is_gone_for_a_moment_takes_nothing_with_it(watched):
    watched.look()
    before = watched.output.read_text()

    (watched.folder / "a.graphql").unlink()
    gone = watched.look()
    watched.write("a.graphql", "type Query { x: Int }")
    back = watched.look()

    assert "a.graphql cannot be read: No such file" in gone
    assert back == "router compose: everything can be read again\n"
    assert watched.output.read_text() == before


def test_a_changed_configuration_adds_and_removes_subgraphs(watched):
    watched.look()

    watched.write("c.graphql", "type Query { z: Int }")
    watched.configure("a", "c")

    said = watched.look()
    assert "subgraph `c` is new" in said
    assert "subgraph `b` is gone" in said
    assert "z: Int" in watched.output.read_text()


def test_a_configuration_broken_for_a_moment_is_told_and_forgotten(watched):
    watched.look()

    watched.write("supergraph.yaml", "subgraphs: [")
    broken = watched.look()
    watched.configure("a", "b")
    mended = watched.look()

    assert "supergraph.yaml:1: is not YAML" in broken
    assert mended == "router compose: everything can be read again\n"


def test_nothing_is_composed_before_every_subgraph_was_read(watched):
    (watched.folder / "b.graphql").unlink()

    first = watched.look()
    watched.write("a.graphql", "type Query { x: Int more: Int }")
    second = watched.look()
    watched.write("b.graphql", "type Query { y: Int }")
    third = watched.look()

    assert "cannot compose yet; waiting for changes" in first
    assert "cannot compose yet; waiting for changes" in second
    assert f"composes; wrote {watched.output}" in third


def test_a_url_whose_sdl_changes_is_composed_anew(watched):
    sdl = "type Query { remote: Int }"
    with subgraph(lambda _: service(sdl)) as server:
        watched.write("supergraph.yaml", f"subgraphs: {{a: {{schema: {{subgraph_url: {server.url}}}}}}}")
        watched.look()

        sdl = "type Query { further: Int }"
        said = watched.look()

    assert "the schema of subgraph `a` changed\n" in said
    assert "further: Int" in watched.output.read_text()

    assert "gave no schema" in watched.look()
    assert "further: Int" in watched.output.read_text()


def test_a_contract_is_made_anew_when_its_tags_change(watched):
    link = '@link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@tag"])'
    watched.write("a.graphql", f'extend schema {link} type Query {{ x: Int @tag(name: "i") z: Int @tag(name: "j") }}')
    watched.configure("a", "b")
    subgraphs = (watched.folder / "supergraph.yaml").read_text()
    watched.write("supergraph.yaml", f"{subgraphs}contracts: {{public: {{exclude: [i]}}}}")
    watched.watch.contract = "public"
    watched.look()
    first = watched.output.read_text()

    watched.write("supergraph.yaml", f"{subgraphs}contracts: {{public: {{exclude: [j]}}}}")
    changed = watched.look()
    second = watched.output.read_text()
    watched.write("supergraph.yaml", subgraphs)
    gone = watched.look()

    assert 'x: Int @join__field(graph: A) @tag(name: "i") @inaccessible' in first
    assert "the contract `public` changed" in changed
    assert 'z: Int @join__field(graph: A) @tag(name: "j") @inaccessible' in second
    assert "contracts.public: there is no such contract" in gone
    assert watched.output.read_text() == second


def test_an_interrupt_is_how_watching_ends(watched):
    looks = []

    async def wait(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(0)

    code = watch(watched.watch, poll_ms=250, wait=wait)

    assert (code, looks) == (0, [0.25, 0.25, 0.25])


def test_an_interrupt_in_the_midst_of_a_look_does_not_break_it_off(watched, monkeypatch, capsys):
    def interrupted(*given):
        signal.raise_signal(signal.SIGINT)
        return composed(*given)

    monkeypatch.setattr(watching, "composed", interrupted)

    assert watch(watched.watch, poll_ms=60_000) == 0
    assert capsys.readouterr().err == f"router compose: composes; wrote {watched.output}\n"


def test_a_watching_process_notices_a_change_and_ends_on_ctrl_c(watched):
    command = [sys.executable, "-m", "router.cli", "compose", "--config", watched.folder / "supergraph.yaml"]
    command += ["--output", watched.output, "--watch", "--poll-ms", "20"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert "composes; wrote" in process.stderr.readline()
            watched.write("a.graphql.new", "type Query { z: Int }")
            (watched.folder / "a.graphql.new").rename(watched.folder / "a.graphql")
            assert "the schema of subgraph `a` changed" in process.stderr.readline()
            assert "composes; wrote" in process.stderr.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
            assert process.stderr.read() == ""
        finally:
            process.kill()


def test_watching_needs_an_output(tmp_path, capsys):
    assert main(["compose", "--config", str(tmp_path / "x.yaml"), "--watch"]) == 2
    assert "--watch needs --output" in capsys.readouterr().err
