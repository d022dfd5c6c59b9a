"""README and docs say what is true: commands that exist, links that lead somewhere, queries that the graph answers."""

import argparse
import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse, validate

from router.supergraph import Supergraph
from tests.architecture.repository import ROOT, tracked_files
from tooling.cli import parser

PAGES = [file for file in tracked_files() if file.suffix == ".md" and "CHANGELOG" not in file.name]
README = ROOT / "README.md"
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def commands_in(page: Path, program: str) -> list[list[str]]:
    """The words after `program` wherever the page shows it: in a line of a code block or in code marks."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```(?:sh|bash|console)\b[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    words = [shlex.split(line, comments=True) for line in lines if line.lstrip("$ ").startswith(f"{program} ")]
    return [each[each.index(program) + 1 :] for each in words]


def refused(known: argparse.ArgumentParser, words: list[str]) -> bool:
    """Whether the command line would not understand these words; a page's `…`, `|` and placeholders are not words."""
    plain = [word for word in words if not re.search(r"[…|]|^\.\.\.$", word)]
    numbers = ["1" if re.fullmatch("N|PORT", word) else word for word in plain]
    try:
        known.parse_known_args(numbers)
    except SystemExit as end:
        return bool(end.code)
    return False


@every_page
def test_every_dev_command_it_shows_exists(page: Path) -> None:
    wrong = [words for words in commands_in(page, "./dev") if refused(parser(), words)]

    assert wrong == []


@every_page
def test_every_router_command_it_shows_exists(page: Path) -> None:
    for command, *words in commands_in(page, "router"):
        module = import_module(f"router.commands.{command}")
        known = argparse.ArgumentParser()
        module.add_arguments(known)

        # The name alone speaks of the command and is not meant to be typed.
        assert not words or not refused(known, words), (command, words)


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]

    assert [target for target in local if not (page.parent / target).exists()] == []


@every_page
def test_no_gap_was_left_to_be_filled(page: Path) -> None:
    gaps = re.findall(r"^[A-Z][A-Z-]{4,}$|\bTBD\b|\bFIXME\b", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert gaps == []


def test_the_readme_states_what_a_start_costs() -> None:
    text = README.read_text(encoding="utf-8")

    assert re.search(r"\d(\.\d)? s", text)
    assert re.search(r"\d+ MB", text)


def test_the_readmes_question_asks_all_seven_services() -> None:
    supergraph = Supergraph.parse((ROOT / "supergraph.graphql").read_text(encoding="utf-8"))
    documents = [parse(block) for block in questions(README)]
    asked: set[str] = set()

    for document in documents:
        assert validate(supergraph.api_schema, document) == []
        for operation in document.definitions:
            if isinstance(operation, OperationDefinitionNode):
                asked |= services_of(supergraph, block_of(operation))

    assert asked == set(supergraph.subgraphs)


def test_the_playground_has_the_readmes_question_in_a_tab() -> None:
    tab = ROOT / "clients" / "playground" / "SevenServices.graphql"

    assert tab.read_text(encoding="utf-8") in questions(README)


def questions(page: Path) -> list[str]:
    """The page's GraphQL documents."""
    return re.findall(r"^```graphql[^\n]*\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def block_of(operation: OperationDefinitionNode) -> str:
    assert operation.loc
    return operation.loc.source.body


def services_of(supergraph: Supergraph, text: str) -> set[str]:
    """The subgraphs an operation's plan asks."""
    graph = import_module("router.graph").Graph.of(supergraph)
    plan = import_module("router.planning").plan(graph, parse(text), None)
    return set(re.findall(r"subgraph='(\w+)'", repr(plan)))
