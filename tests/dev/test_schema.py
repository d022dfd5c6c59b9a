"""Which commit `./dev check` holds the schema against."""

import subprocess
from pathlib import Path

from tooling.schema import base


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=us", "-c", "user.email=us@shop.example"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder: Path, text: str) -> str:
    git(folder, "commit", "--quiet", "--allow-empty", "-m", text)
    return git(folder, "rev-parse", "HEAD")[:12]


def repository(folder: Path) -> Path:
    git(folder, "init", "--quiet", "--initial-branch", "main")
    return folder


def test_on_main_it_is_the_commit_before(tmp_path: Path) -> None:
    first = commit(repository(tmp_path), "one")
    commit(tmp_path, "two")

    assert base(tmp_path) == first


def test_on_a_branch_it_is_where_the_branch_left_main(tmp_path: Path) -> None:
    left = commit(repository(tmp_path), "one")
    git(tmp_path, "switch", "--quiet", "--create", "work")
    commit(tmp_path, "two")
    commit(tmp_path, "three")

    assert base(tmp_path) == left


def test_behind_main_it_is_the_commit_before(tmp_path: Path) -> None:
    first = commit(repository(tmp_path), "one")
    second = commit(tmp_path, "two")
    commit(tmp_path, "three")
    git(tmp_path, "checkout", "--quiet", "--detach", second)

    assert base(tmp_path) == first


def test_without_history_there_is_none(tmp_path: Path) -> None:
    assert base(tmp_path / "nowhere") is None
    commit(repository(tmp_path), "one")
    assert base(tmp_path) is None
