"""The `subgraphs` command, as somebody at a terminal meets it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chassis.embedded.process import reserved_port
from subgraphs import NAMES, cli

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1"}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "subgraphs", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_unknown_name_is_answered_with_the_names_there_are():
    with pytest.raises(SystemExit, match="no subgraph stock; there are users, products"):
        cli.chosen(["users", "stock"])
    assert cli.chosen([]) == NAMES
    assert cli.chosen(["orders", "orders"]) == ("orders",)


@pytest.mark.parametrize(
    ("number", "complaint"), [("seven", "invalid literal"), ("987", "Bad file descriptor"), ("OWN", "does not listen")]
)
def test_a_number_of_no_listening_socket_is_refused(
    number: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as own, pytest.raises(SystemExit) as ended:
        cli.main(["serve", "users", "--fd", str(os.dup(own.fileno())) if number == "OWN" else number])

    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


def test_every_printed_schema_is_the_one_in_the_repository():
    assert cli.main(["schema", "--check"]) == 0


def test_a_stale_schema_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(cli, "HERE", tmp_path)
    (tmp_path / "users").mkdir()

    assert cli.main(["schema", "users", "--check"]) == 1
    assert "users" in capsys.readouterr().err
    assert cli.main(["schema", "users", "--write"]) == 0
    assert cli.main(["schema", "users", "--check"]) == 0


def test_a_schema_is_printed_for_others_to_compose(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["schema", "users"]) == 0

    assert 'type User @key(fields: "id")' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("environment", "code", "message"),
    [
        ({"REQUEST_BYTES_MAX": "many"}, 2, "REQUEST_BYTES_MAX: "),
        ({"ENVIRONMENT": "staging"}, 2, "ENVIRONMENT: "),
        ({"ENVIRONMENT": "production"}, 2, "INTERNAL_TOKEN"),
        (NOWHERE, 1, "does PostgreSQL answer"),
    ],
)
def test_what_keeps_it_from_starting_is_one_line(environment: dict[str, str], code: int, message: str):
    command = "seed" if environment == NOWHERE else "serve"
    done = run(command, "products", **environment)

    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_demo_data_is_refused_in_production(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("ENVIRONMENT", "production")

    assert cli.main(["seed", "users"]) == 2
    assert "demo data is not for production" in capsys.readouterr().err


@contextmanager
def serving(name: str, port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """One subgraph, alone, answering on its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "subgraphs", "serve", name, "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        deadline = time.monotonic() + 90
        while True:
            try:
                ask(port, f"/{name}/health")
                break
            except urllib.error.URLError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def ask(port: int, path: str, query: str | None = None, token: str | None = None) -> dict:
    """The JSON answer, whatever its status."""
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    body = json.dumps({"query": query}).encode() if query else None
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            answer: dict = json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            answer = json.load(error)
    return answer


LOGIN = """mutation { login(email: "customer@ecommerce.local", password: "customer123") {
  ... on LoginSuccess { tokens { accessToken } } } }"""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_subgraphs_alone_know_each_others_people_and_who_signed_out(postgres_url: str, database_prefix: str):
    users_port, reviews_port = reserved_port(), reserved_port()
    environment = {
        "DATABASE_URL": postgres_url,
        "DATABASE_PREFIX": f"{database_prefix}alone_",
        "SUBGRAPHS_URL": f"http://127.0.0.1:{users_port}",
        "TOKEN_REVOCATION_CACHE_S": "0",
        # Neither process says that the other is away because the machine is busy.
        "JWKS_TIMEOUT_MS": "20000",
    }
    for command in ("migrate", "seed"):
        done = run(command, "users", "reviews", **environment)
        assert done.returncode == 0, done.stderr
    with (
        serving("users", users_port, environment) as users,
        serving("reviews", reviews_port, environment) as reviews,
    ):
        health = ask(users_port, "/users/health")
        assert health == {"status": "ok", "subgraphs": {"users": "ok"}}
        assert ask(users_port, "/users/.well-known/jwks.json")["keys"][0]["alg"] == "ES256"
        assert ask(users_port, "/users/sessions/revoked") == {"error": "other subgraphs only"}

        login = ask(users_port, "/users/graphql", LOGIN)
        token = login["data"]["login"]["tokens"]["accessToken"]
        signed_in = ask(reviews_port, "/reviews/graphql", "{ __typename }", token)
        ask(users_port, "/users/graphql", "mutation { logout { __typename } }", token)
        signed_out = ask(reviews_port, "/reviews/graphql", "{ __typename }", token)

        assert signed_in == {"data": {"__typename": "Query"}}
        assert signed_out["errors"][0]["message"] == "This session was signed out."
        for process in (users, reviews):
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
