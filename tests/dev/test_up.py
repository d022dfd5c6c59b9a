"""`./dev up` on a developer's machine: starts, stops, starts again, and copes with what was left behind."""

import os
import signal
import socket
from collections.abc import Callable

import pytest

from chassis.embedded.process import command_line
from tests.dev.conftest import READY, Machine, Up

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
Start = Callable[..., Up]


def test_it_starts_answers_keeps_its_data_and_stops_cleanly(machine: Machine, up: Start) -> None:
    first = up()
    said = first.until(READY)

    assert "s to the first answer" in said
    assert "MB of memory" in said
    assert first.ask("{ products(first: 100) { totalCount } }")["products"]["totalCount"] == 15
    assert "without the playground's page: Node 20" in first.until("In a browser")
    assert first.end() == 0
    assert machine.pids() == []

    second = up()
    said = second.until(READY)

    assert "migrate" not in said
    assert second.ask("{ products(first: 1) { edges { node { id } } } }")["products"]["edges"]
    assert second.end(signal.SIGTERM) == 0
    assert machine.pids() == []


def test_a_killed_shop_starts_again_and_leaves_nothing_running(machine: Machine, up: Start) -> None:
    killed = up()
    killed.until(READY)
    killed.end(signal.SIGKILL)
    orphans = machine.pids()
    assert any("serve --supergraph" in command_line(pid) for pid in orphans)

    again = up(port=killed.port)
    said = again.until(READY)

    assert "an earlier, killed ./dev up" in said
    assert set(orphans).isdisjoint(machine.pids())
    assert again.end() == 0
    assert machine.pids() == []


def test_a_second_one_is_refused_and_the_first_goes_on(machine: Machine, up: Start) -> None:
    first = up()
    first.until(READY)

    code, said = machine.run("up", "--port", str(first.port))

    assert code == 1
    assert f"already up at http://localhost:{first.port}" in said
    assert "Traceback" not in said
    assert first.ask("{ __typename }") == {"__typename": "Query"}

    code, said = machine.run("psql", "products", "-Atc", "SELECT current_database()")
    assert (code, said.strip()) == (0, "products")
    code, said = machine.run("subgraphs", "check-invariants")
    assert code == 0
    assert "holds" in said
    code, said = machine.run("logs", "--no-follow")
    assert code == 0


def test_a_fallen_router_ends_the_shop_and_shows_its_log(machine: Machine, up: Start) -> None:
    shop = up()
    shop.until(READY)
    router = next(pid for pid in machine.pids() if "serve --supergraph" in command_line(pid))

    os.kill(router, signal.SIGKILL)

    assert shop.wait() == 1
    assert "router ended with code -9" in shop.said
    assert machine.pids() == []


def test_a_taken_port_is_named_with_a_free_one_and_nothing_stays_running(machine: Machine) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]

        code, said = machine.run("up", "--port", str(port))

    assert code == 1
    assert f"Port {port} is taken" in said
    assert "./dev up --port" in said
    assert "Traceback" not in said
    assert machine.pids() == []


def test_reset_starts_over_even_when_the_new_start_is_interrupted_half_way(machine: Machine, up: Start) -> None:
    first = up()
    first.until(READY)
    code, said = machine.run("psql", "products", "-qAtc", "CREATE TABLE left_behind ()")
    assert code == 0, said
    first.end()

    interrupted = up("--reset")
    interrupted.until("PostgreSQL")
    assert interrupted.end() == 0
    assert machine.pids() == []

    up().until(READY)
    code, said = machine.run("psql", "products", "-Atc", "SELECT to_regclass('left_behind') IS NULL")
    assert (code, said.strip()) == (0, "t")


def test_reset_leaves_a_server_of_ones_own_alone(machine: Machine) -> None:
    machine.environment["DATABASE_URL"] = "postgresql://someone@127.0.0.1:1"

    code, said = machine.run("up", "--reset")

    del machine.environment["DATABASE_URL"]
    assert code == 1
    assert "empty that server yourself" in said
