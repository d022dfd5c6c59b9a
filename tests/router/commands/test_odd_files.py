"""Whatever file a command is given: a clear word and an exit code, never a traceback; and nobody has to read to the end."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from router.cli import main
from router.sources.files import FILE_BYTES_MAX
from tests.router.composition.vocabulary import assert_composes

SUPERGRAPH = assert_composes(a="type Query { x: Int }", b="type Query { y: Int }")
SUBGRAPH = "type Query { x: Int }"
CONFIG = "subgraphs: {a: {routing_url: http://a, schema: {file: a.graphql}}}"
OPERATION = "{ x }"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "supergraph.graphql": SUPERGRAPH, "a.graphql": SUBGRAPH, "supergraph.yaml": CONFIG, "operation": OPERATION,
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text)
    return tmp_path


COMMANDS = {
    "compose --config ODD": "supergraph.yaml",
    "compose --config supergraph.yaml": "a.graphql",
    "plan --supergraph ODD --operation operation": "supergraph.graphql",
    "plan --supergraph supergraph.graphql --operation ODD": "operation",
    "serve --supergraph ODD": "supergraph.graphql",
    "serve --supergraph gone.graphql --config ODD": "router.yaml",
    "contract ODD --exclude a": "supergraph.graphql",
    "diff ODD supergraph.graphql": "supergraph.graphql",
    "diff supergraph.graphql ODD": "supergraph.graphql",
    "lint --config ODD": "supergraph.yaml",
    "check --config ODD --against supergraph.graphql": "supergraph.yaml",
    "check --config supergraph.yaml --against ODD": "supergraph.graphql",
    "lint ODD": "a.graphql",
}
"""Each command line, and which of the files ODD stands for (or, without ODD, which of those it reads is odd)."""


def run(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch, file: Path) -> int:
    monkeypatch.chdir(folder)
    if "ODD" not in command:
        odd = folder / COMMANDS[command]
        odd.unlink()
        odd.symlink_to(file)
    return main([str(file) if word == "ODD" else word for word in command.split()])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def blank(path: Path) -> None:
    path.write_bytes(b" \r\n \n")


def binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)))


def latin(path: Path) -> None:
    path.write_bytes("type Quéry { x: Int }".encode("latin-1"))


def utf16(path: Path) -> None:
    path.write_text(SUPERGRAPH, encoding="utf-16")


def zeros(path: Path) -> None:
    path.write_bytes(b"type Query { x: Int }\0\0")


def directory(path: Path) -> None:
    path.mkdir()


def missing(path: Path) -> None:
    assert not path.exists()


def circular(path: Path) -> None:
    path.symlink_to(path)


def unreadable(path: Path) -> None:
    """A file whose reading fails, whoever reads it."""
    if not Path("/proc/self/mem").exists():
        pytest.skip("the system has no /proc")
    path.symlink_to("/proc/self/mem")


SAID: dict[Callable[[Path], None], str] = {
    empty: "is empty",
    blank: "is empty",
    binary: "is not UTF-8 text: byte 0x80 in line 2",
    latin: "is not UTF-8 text: byte 0xe9 in line 1",
    utf16: "is UTF-16; save it as UTF-8",
    zeros: "it holds zero bytes",
    directory: "Is a directory",
    missing: "No such file",
    circular: "symbolic links",
    unreadable: "Input/output error",
}


@pytest.mark.parametrize("make", SAID)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_no_text_is_told_by_name(command, make, folder, monkeypatch, capsys):
    odd = folder / "odd.file"
    make(odd)

    assert run(command, folder, monkeypatch, odd) == 2

    said = capsys.readouterr().err
    if make in (empty, blank) and "gone" in command:
        # A router.yaml that says nothing is fine.
        assert "gone.graphql cannot be read" in said
        return
    assert SAID[make] in said
    assert (odd.name if "ODD" in command else COMMANDS[command]) in said


@pytest.mark.skipif(os.geteuid() == 0, reason="this user may read everything")
def test_a_file_that_may_not_be_read_is_told(folder, capsys):
    (folder / "supergraph.yaml").chmod(0)

    assert main(["compose", "--config", str(folder / "supergraph.yaml")]) == 2
    assert "cannot be read: Permission denied" in capsys.readouterr().err


WRONG = {
    "words": "hello world\n",
    "json": '{"subgraphs": [1, 2]}',
    "list": "- a\n- b\n",
    "braces": "{" * 600,
    "brackets": "type Q { x: " + "[" * 600,
    "string": '"""' * 3,
    "a graph without names": "enum join__Graph { A @join__graph } type Query { x: Int }",
    "a graph without types": 'schema { query: Query } enum join__Graph { A @join__graph(name: "a") }',
    "unknown types": SUPERGRAPH.replace("x: Int", "x: Nope"),
    "unknown graphs": SUPERGRAPH.replace("graph: A)", "graph: Z)"),
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_text_that_is_something_else_is_told(command, text, folder, monkeypatch, capsys):
    odd = folder / "odd.file"
    odd.write_text(text)

    code = run(command, folder, monkeypatch, odd)

    said = capsys.readouterr()
    assert code in (0, 1, 2)
    assert "Traceback" not in said.err
    # Some of these are what some commands read: a plain schema can be compared with a supergraph.
    assert code == 0 or said.err or said.out


@pytest.mark.parametrize("command", [each for each in COMMANDS if not each.startswith(("serve", "check"))])
@pytest.mark.parametrize("change", [lambda text: f"\ufeff{text}", lambda text: text.replace("\n", "\r\n")])
def test_a_byte_order_mark_and_other_line_ends_do_no_harm(command, change, folder, monkeypatch, capsys):
    odd = folder / ("odd.graphql" if "ODD" in command else "other")
    odd.write_bytes(change((folder / COMMANDS[command]).read_text()).encode())

    code = run(command, folder, monkeypatch, odd)

    assert code == 0, capsys.readouterr().err


def test_a_file_beyond_all_measure_is_not_read_to_its_end(folder, capsys):
    huge = folder / "huge"
    with huge.open("wb") as file:
        file.truncate(FILE_BYTES_MAX * 1000)

    assert main(["contract", str(huge), "--include", "a"]) == 2
    assert "huge is larger than 64 MB" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nope"],
        ["compose"],
        ["compose", "--config"],
        ["plan"],
        ["contract"],
        ["subgraph"],
        ["subgraph", "introspect"],
    ],
)
def test_a_command_line_that_is_none_ends_with_two(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert "usage: router" in capsys.readouterr().err


def closed_pipe() -> int:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.parametrize(
    "command", ["compose --config supergraph.yaml", "plan --supergraph supergraph.graphql --operation operation"]
)
def test_who_stops_reading_ends_the_command_quietly(command, folder):
    pipe = closed_pipe()
    try:
        run = subprocess.run(
            [sys.executable, "-m", "router.cli", *command.split()],
            cwd=folder, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    finally:
        os.close(pipe)

    assert (run.returncode, run.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_is_told(folder):
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "router.cli", "compose", "--config", "supergraph.yaml"],
            cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip

    assert (run.returncode, run.stderr) == (2, "router compose: No space left on device\n")


@pytest.mark.parametrize("command", ["diff", "check"])
def test_a_subgraph_given_as_a_schema_is_told_from_one(folder, capsys, command):
    link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])'
    (folder / "linked.graphql").write_text(f"{link} {SUBGRAPH}")
    given = {
        "diff": [str(folder / "linked.graphql"), str(folder / "supergraph.graphql")],
        "check": ["--config", str(folder / "supergraph.yaml"), "--against", str(folder / "linked.graphql")],
    }

    assert main([command, *given[command]]) == 2
    assert "is a subgraph's schema: compose it first, with `router compose`" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["-1", "0", "1.5", "x"])
def test_a_time_is_a_number_of_milliseconds(capsys, given):
    with pytest.raises(SystemExit) as left:
        main(["subgraph", "introspect", "http://127.0.0.1:9/graphql", "--timeout-ms", given])

    assert left.value.code == 2
    assert f"`{given}` is not a whole number of milliseconds above 0" in capsys.readouterr().err
