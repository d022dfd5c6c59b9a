"""`./dev` before there is an environment: what it may use, and when it makes one anew."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT
from tooling import environment, shop
from tooling.cli import parser
from tooling.console import Failure


def test_the_door_itself_opens_on_an_old_python() -> None:
    ast.parse((ROOT / "dev").read_text(), feature_version=(3, 7))


def test_it_needs_nothing_but_the_standard_library_until_the_environment_is_made() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tooling.cli import parser; parser().parse_args(['up'])"
    )

    bare = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False)

    assert bare.returncode == 0, bare.stderr


@pytest.mark.parametrize("program", ["bench", "subgraphs"])
def test_another_programs_options_are_its_own_and_so_is_its_help(program: str) -> None:
    given = ["--help", "events", "--limit", "3"]

    assert parser().parse_args([program, *given]).arguments == given


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an environment that was just made."""
    (tmp_path / "requirements.lock").write_text(
        "one==1 \\\n    --hash=sha256:aa\ntwo==2 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n    # via one\nthree==3\n"
    )
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(environment, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(environment, "STAMP", tmp_path / ".venv" / ".made-from")
    monkeypatch.setattr(environment, "executable", lambda name: tmp_path / ".venv" / "bin" / name)
    environment.STAMP.write_text(environment._made_from())
    return tmp_path


def test_an_environment_that_was_made_is_not_made_again(made: Path) -> None:
    assert environment.is_ready()


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_it_is_made_again_when_what_it_was_made_from_changes(made: Path, changed: str) -> None:
    (made / changed).write_text("something else")

    assert not environment.is_ready()


def test_it_is_made_again_when_it_was_not_finished_or_lost_its_python(made: Path) -> None:
    (made / ".venv" / "bin" / "python").unlink()
    assert not environment.is_ready()

    (made / ".venv" / "bin" / "python").touch()
    environment.STAMP.unlink()
    assert not environment.is_ready()


def test_one_that_was_moved_here_is_thrown_away(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not environment._was_moved()

    environment.STAMP.write_text(f"{'0' * 64} {made / 'elsewhere' / '.venv'}")

    assert environment._was_moved()
    assert not environment.is_ready()


def test_uv_is_taken_from_the_lock_with_its_hashes(made: Path) -> None:
    assert environment._locked("two") == "two==2 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"


def test_without_uv_and_without_venv_it_says_what_to_install(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "BOOTSTRAP", made / "bootstrap")
    monkeypatch.setenv("PATH", str(made))
    monkeypatch.setattr(environment, "find_spec", lambda _name: None)

    with pytest.raises(Failure, match="apt-get install python3-venv"):
        environment._uv()


def test_mails_lead_to_where_the_shop_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop, "SHOP", tmp_path)
    monkeypatch.delenv("SHOP_URL", raising=False)

    chosen = shop.environment_for("postgresql://postgres@127.0.0.1", 4001, port=4077)

    assert chosen["SHOP_URL"] == "http://localhost:4077"
