"""The embedded PostgreSQL survives what happens to developers' machines."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from chassis.embedded import postgres
from chassis.embedded.process import EmbeddedServerError, command_line
from tests.conftest import complete

pytestmark = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="DATABASE_URL names a server, so none is started")


def ask(server: postgres.Server, *statements: str) -> list[object]:
    answers: list[object] = []

    async def run() -> None:
        connection = await asyncpg.connect(f"{server.url}/postgres")
        try:
            answers.extend([await connection.fetchval(statement) for statement in statements])
        finally:
            await connection.close()

    complete(run())
    return answers


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "a path with spaces" / ("and a very long name " * 6).strip()


@pytest.fixture
def server(directory: Path) -> Iterator[postgres.Server]:
    with postgres.start(directory, durable=False) as started:
        yield started


def postmaster(directory: Path) -> int:
    return int((directory / "data" / "postmaster.pid").read_text().splitlines()[0])


def test_it_answers_and_a_second_start_finds_the_data(directory: Path, server: postgres.Server) -> None:
    ask(server, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (7)")
    server.stop()

    with postgres.start(directory, durable=False) as again:
        assert ask(again, "SELECT id FROM kept") == [7]


def test_case_works_beyond_ascii(server: postgres.Server) -> None:
    assert ask(server, "SELECT lower('ÄÉ')") == ["äé"]


def test_the_password_is_readable_for_its_owner_only_and_needed(directory: Path, server: postgres.Server) -> None:
    assert stat.S_IMODE((directory / "password").stat().st_mode) == 0o600
    password = (directory / "password").read_text()
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(postgres.Server(server.url.replace(password, "wrong"), server.stop), "SELECT 1")


def test_stopping_twice_is_harmless_and_leaves_no_process(directory: Path, server: postgres.Server) -> None:
    pid = postmaster(directory)

    server.stop()
    server.stop()

    assert command_line(pid) == ""


def test_a_killed_server_keeps_what_was_committed(directory: Path) -> None:
    with postgres.start(directory) as server:
        ask(server, "CREATE TABLE kept (id int)")
        os.kill(postmaster(directory), signal.SIGKILL)

    with postgres.start(directory) as again:
        assert ask(again, "SELECT count(*) FROM kept") == [0]


def test_a_server_that_outlived_its_killed_owner_is_ended(directory: Path) -> None:
    program = f"""
from chassis.embedded import postgres
postgres.start({str(directory)!r}, durable=False)
print("up", flush=True)
input()
"""
    owner = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert owner.stdout
    assert owner.stdout.readline() == b"up\n"
    orphan = postmaster(directory)
    owner.kill()
    owner.communicate()
    assert "postgres" in command_line(orphan)

    with postgres.start(directory, durable=False) as server:
        assert command_line(orphan) == ""
        assert ask(server, "SELECT 1") == [1]


def test_a_stale_pid_file_that_names_a_stranger_does_not_stop_the_start(
    directory: Path, server: postgres.Server
) -> None:
    server.stop()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (directory / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n{directory / 'data'}\n")

        with postgres.start(directory, durable=False) as again:
            assert ask(again, "SELECT 1") == [1]
            assert stranger.poll() is None
        stranger.communicate(b"\n")


def test_a_half_finished_initialisation_is_done_again(directory: Path) -> None:
    half = directory / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("15\n")
    (directory / "password").write_text("from the half-finished one")

    with postgres.start(directory, durable=False) as server:
        assert ask(server, "SELECT 1") == [1]
        assert not half.exists()


def test_a_directory_that_a_living_process_uses_is_refused(directory: Path, server: postgres.Server) -> None:
    with pytest.raises(EmbeddedServerError, match=f"in use by process {os.getpid()}"):
        postgres.start(directory)

    assert ask(server, "SELECT 1") == [1]


def test_data_of_another_major_version_says_what_to_do(directory: Path, server: postgres.Server) -> None:
    server.stop()
    (directory / "data" / "PG_VERSION").write_text("9\n")

    with pytest.raises(EmbeddedServerError, match=r"made by PostgreSQL 9.*--reset"):
        postgres.start(directory)


def test_the_wheels_own_binaries_serve_where_none_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled = postgres._from_wheel()
    assert bundled
    monkeypatch.setattr(postgres, "binaries", lambda _major=None: bundled[0])

    with postgres.start(tmp_path, durable=False) as server:
        assert str(ask(server, "SHOW server_version")[0]).startswith("18")


def test_database_url_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:secret@database:5432/")

    server = postgres.start(tmp_path)

    assert server.url == "postgresql://someone:secret@database:5432"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must step down")
def test_root_without_namespaces_steps_down_to_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a plain container forbids: `unshare` is there and fails.
    fake = tmp_path / "bin" / "unshare"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")

    with postgres.start(tmp_path / "shop", durable=False) as server:
        assert ask(server, "SELECT 1") == [1]
        assert (tmp_path / "shop" / "data").stat().st_uid == postgres.NOBODY
    with postgres.start(tmp_path / "shop", durable=False) as again:
        assert ask(again, "SELECT 1") == [1]
