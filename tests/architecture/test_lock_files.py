"""Lock files name versions and hashes, never addresses: which index a machine fetches from is its own affair."""

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.repository import ROOT, text_of, tracked_files

REQUIREMENT_LOCKS = [file for file in tracked_files() if re.fullmatch(r"requirements.*\.lock", file.name)]
NPM_LOCKS = [file for file in tracked_files() if file.name == "package-lock.json"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def locked(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text().splitlines()
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", "\n".join(lines), re.MULTILINE))


def test_there_are_lock_files_to_judge() -> None:
    assert {file.name for file in REQUIREMENT_LOCKS} >= {"requirements.lock", "requirements-production.lock"}


@pytest.mark.parametrize("lock", REQUIREMENT_LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_hashes(lock) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", lock.read_text(), flags=re.MULTILINE).strip())

    assert entries
    assert [entry.partition(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", [*REQUIREMENT_LOCKS, *NPM_LOCKS], ids=lambda lock: str(lock.relative_to(ROOT)))
def test_no_lock_file_holds_an_address_to_fetch_from(lock) -> None:
    text = text_of(lock) or ""

    assert not re.search(r'--(extra-)?index-url|--find-links|"resolved":\s*"[a-z+]+://|^\S+ @ ', text, re.MULTILINE)


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_every_npm_package_has_an_integrity_hash(lock) -> None:
    packages = json.loads(lock.read_text())["packages"]

    unhashed = [
        name
        for name, entry in packages.items()
        if name.startswith("node_modules/") and not entry.get("link") and "integrity" not in entry
    ]

    assert unhashed == []


def test_what_the_project_asks_for_is_locked() -> None:
    asked = [
        *PROJECT["dependency-groups"]["dev"],
        *(line for extra in PROJECT["project"]["optional-dependencies"].values() for line in extra),
    ]
    wanted = {canonicalize_name(Requirement(line).name) for line in asked} - {"federated-shop"}

    assert wanted <= set(locked("requirements.lock"))


def test_containers_run_the_versions_that_were_tested() -> None:
    tested = locked("requirements.lock")

    assert {
        name: version for name, version in locked("requirements-production.lock").items() if tested.get(name) != version
    } == {}
