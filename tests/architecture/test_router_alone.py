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

# Refuses every installed package outside what the extra brings, as if it were not installed.
PROGRAM = """
import json, pkgutil, sys
allowed_top_levels, installed_top_levels = map(set, json.load(sys.stdin))

class OnlyTheExtra:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in installed_top_levels - allowed_top_levels:
            raise ModuleNotFoundError(f"No module named {name!r}: not in the [router] extra", name=name)
        return None

sys.meta_path.insert(0, OnlyTheExtra())
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


def brought_by(extra: str) -> set[str]:
    """The distributions that installing the extra brings, dependencies of dependencies included."""
    wanted = [Requirement(line) for line in EXTRAS[extra]]
    brought: set[str] = set()
    while wanted:
        requirement = wanted.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({**default_environment(), "extra": ""}):
            continue
        extras = {"", *requirement.extras}
        if name in brought and not requirement.extras:
            continue
        brought.add(name)
        for line in requires(name) or ():
            further = Requirement(line)
            if further.marker is None or any(
                further.marker.evaluate({**default_environment(), "extra": e}) for e in extras
            ):
                wanted.append(
                    Requirement(f"{further.name}{'[' + ','.join(further.extras) + ']' if further.extras else ''}")
                )
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
