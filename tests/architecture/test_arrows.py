"""Which package may import which: import-linter judges, these tests keep its rules complete."""

import subprocess
import sys
import tomllib
from pathlib import Path

from subgraphs import NAMES
from tests.architecture.repository import ROOT, imports_any

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
PURE = ("checks", "composition", "supergraph", "graph", "planning")


def test_the_arrows_point_one_way() -> None:
    judged = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert judged.returncode == 0, judged.stdout


def test_independence_is_asked_of_every_subgraph() -> None:
    independent = next(contract for contract in CONTRACTS if contract["type"] == "independence")

    assert set(independent["modules"]) == {f"subgraphs.{name}" for name in NAMES}


def test_purity_is_asked_of_every_package_that_thinks() -> None:
    pure = next(contract for contract in CONTRACTS if "pure" in contract["name"])

    assert {f"router.{name}" for name in PURE} <= set(pure["source_modules"])
    assert {"asyncio", "http", "socket", "sqlite3", "aiohttp"} <= set(pure["forbidden_modules"])


def test_what_thinks_loads_without_the_event_loop_or_a_database() -> None:
    """Import-linter sees our own imports; this also sees what a library would bring along, graphql-core aside."""
    program = f"""
import sys
import graphql  # parses and prints for them; it knows asyncio for executing, which they do not do
before = set(sys.modules)
import router.plan
for name in {PURE!r}:
    __import__(f"router.{{name}}")
print(sorted((set(sys.modules) - before) & {{"asyncio", "http", "http.client", "sqlite3", "ssl", "aiohttp", "sqlalchemy"}}))
"""
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.strip() == "[]"


def test_the_router_knows_no_commerce() -> None:
    knowing = {
        file: found
        for file in (ROOT / "router").rglob("*.py")
        if (found := imports_any(file, "chassis", "subgraphs", "tooling"))
    }

    assert not knowing


def test_nothing_imports_the_tooling() -> None:
    importing = {
        file: found
        for package in ("chassis", "router", "subgraphs")
        for file in (ROOT / package).rglob("*.py")
        if (found := imports_any(file, "tooling", "tests"))
    }

    assert not importing
