"""Know one subgraph, know all: the same files, each with the same task."""

from pathlib import Path

import pytest

from subgraphs import NAMES
from tests.architecture.repository import ROOT, SUBGRAPHS, imports_any

# A file that outgrew one sitting is a folder of the same name.
ROOMS = ("app", "schema", "loaders", "service", "store", "model", "events", "errors", "seed")

every_subgraph = pytest.mark.parametrize("name", NAMES)


def files_of(name: str, room: str) -> list[Path]:
    """A room's file, or all files of its folder."""
    folder = ROOT / "subgraphs" / name
    single = folder / f"{room}.py"
    return [single] if single.exists() else sorted((folder / room).rglob("*.py"))


def other_files_of(name: str) -> list[Path]:
    folder = ROOT / "subgraphs" / name
    known = {file for room in ROOMS for file in files_of(name, room)} | {folder / "__init__.py"}
    return [
        file
        for file in sorted(folder.rglob("*.py"))
        if file not in known and "migrations" not in file.relative_to(folder).parts
    ]


def test_the_command_and_the_supergraph_name_the_same_subgraphs() -> None:
    assert NAMES == SUBGRAPHS


def test_every_folder_under_subgraphs_is_a_subgraph() -> None:
    folders = {folder.name for folder in (ROOT / "subgraphs").iterdir() if (folder / "__init__.py").exists()}

    assert folders == set(NAMES)


@every_subgraph
def test_it_has_every_room(name: str) -> None:
    missing = [room for room in ROOMS if not files_of(name, room)]

    assert not missing


@every_subgraph
def test_it_has_its_schema_and_its_migrations(name: str) -> None:
    folder = ROOT / "subgraphs" / name

    assert (folder / "schema.graphql").is_file()
    assert list((folder / "migrations").rglob("0001_*.py"))


@every_subgraph
def test_its_first_line_says_what_it_owns(name: str) -> None:
    first = (ROOT / "subgraphs" / name / "__init__.py").read_text().splitlines()[0]

    assert first.startswith('"""')
    assert len(first) > len('"""a word or two"""')


@every_subgraph
@pytest.mark.parametrize("room", ["schema", "service", "loaders", "events", "errors"])
def test_only_store_and_model_speak_sql(name: str, room: str) -> None:
    speaking = {
        file.name: found for file in files_of(name, room) if (found := imports_any(file, "sqlalchemy.text", "asyncpg"))
    }

    assert not speaking


@every_subgraph
@pytest.mark.parametrize("room", ["service", "store", "model", "events"])
def test_only_the_edge_knows_graphql(name: str, room: str) -> None:
    knowing = {
        file.name: found for file in files_of(name, room) if (found := imports_any(file, "strawberry", "graphql"))
    }

    assert not knowing


@every_subgraph
def test_the_schema_translates_and_asks_the_service_not_the_store(name: str) -> None:
    asking = {
        file.name: found
        for file in files_of(name, "schema")
        if (found := imports_any(file, f"subgraphs.{name}.store", "sqlalchemy"))
    }

    assert not asking


@every_subgraph
def test_what_else_it_needs_is_plain_thinking_or_a_port_to_the_outside(name: str) -> None:
    """A card number's rules, an order's transitions, a payment provider: they know neither GraphQL nor SQL."""
    wrong = {
        file.name: found
        for file in other_files_of(name)
        if (
            found := imports_any(
                file, "strawberry", "graphql", "asyncpg", "sqlalchemy.text", f"subgraphs.{name}.schema"
            )
        )
    }

    assert not wrong
