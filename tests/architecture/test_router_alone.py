"""`pip install federated-shop[router]` is enough to route any federation: no shop dependency sneaks in."""

import json
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.repository import ROOT

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]

# Finds no installed package outside what the extra brings, as if it were not installed.
PROGRAM = """
import json, pkgutil, sys
allowed_top_levels, installed_top_levels = map(set, json.load(sys.stdin))

class OnlyTheExtra:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in installed_top_levels - allowed_top_levels:
            return None
        return self.finder.find_spec(name, path, target)

sys.meta_path = [OnlyTheExtra(finder) for finder in sys.meta_path if hasattr(finder, "find_spec")]
import router
for module in pkgutil.walk_packages(router.__path__, "router."):
    __import__(module.name)
from router.cli import main
try:
    main(["--help"])
except SystemExit as end:
    assert not end.code, end.code
print("standing alone", file=sys.stderr)
"""


def applies(requirement: Requirement, extras: set[str]) -> bool:
    """Whether it holds on this machine, given which extras were asked for."""
    here = {name: str(value) for name, value in default_environment().items()}
    return requirement.marker is None or any(requirement.marker.evaluate({**here, "extra": extra}) for extra in extras)


def brought_by(extra: str) -> set[str]:
    """The distributions that installing the extra brings, dependencies of dependencies included."""
    wanted = [Requirement(line) for line in EXTRAS[extra]]
    brought: set[str] = set()
    while wanted:
        requirement = wanted.pop()
        name = canonicalize_name(requirement.name)
        if not applies(requirement, {""}) or (name in brought and not requirement.extras):
            continue
        brought.add(name)
        for line in requires(name) or ():
            further = Requirement(line)
            if applies(further, {"", *requirement.extras}):
                further.marker = None
                wanted.append(further)
    return brought


def test_the_router_imports_and_starts_with_its_own_extra_only(tmp_path: Path) -> None:
    distributions = packages_distributions()
    brought = brought_by("router")
    allowed = [top for top, owners in distributions.items() if {canonicalize_name(owner) for owner in owners} & brought]

    alone = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps([[*allowed, "router"], [*distributions, "chassis", "subgraphs"]]),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert alone.returncode == 0, alone.stderr
    assert "standing alone" in alone.stderr


def test_the_shops_libraries_are_not_in_the_routers_extra() -> None:
    assert brought_by("router").isdisjoint(
        {"sqlalchemy", "asyncpg", "strawberry-graphql", "fastapi", "alembic", "redis"}
    )
