"""docker-compose.yml and the Dockerfile name only what exists in the code: no engine is at hand, so they are read."""

import argparse
import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from dockerfile_parse import DockerfileParser

from chassis import settings as shop
from subgraphs import NAMES
from subgraphs import cli as subgraphs_cli
from tests.architecture.repository import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "federated-shop"}
EXAMPLE = (ROOT / "deploy" / ".env.example").read_text()
VARIABLE = re.compile(r"\$\{(\w+)(?:(:[?-])([^}]*))?\}")
every_own_service = pytest.mark.parametrize("name", OURS)


def dockerfile(tmp_path: Path) -> list[dict[str, Any]]:
    parser = DockerfileParser(path=str(tmp_path / "Dockerfile"))
    parser.content = (ROOT / "deploy" / "Dockerfile").read_text()
    return [step for step in parser.structure if step["instruction"] != "COMMENT"]


def parsed(command: list[str]) -> argparse.Namespace:
    """What our own command line makes of a container's command; exits when it does not know it."""
    if command[0] == "subgraphs":
        return subgraphs_cli._parser().parse_args(command[1:])
    assert command[0] == "router"
    parser = argparse.ArgumentParser()
    import_module(f"router.commands.{command[1]}").add_arguments(parser)
    return parser.parse_args(command[2:])


def test_every_subgraph_has_its_service_and_there_is_one_router() -> None:
    assert set(OURS) == {*NAMES, "migrate", "seed", "router"}
    assert set(SERVICES) - set(OURS) == {"postgres", "redis"}


@every_own_service
def test_its_command_is_one_our_command_lines_know(name: str) -> None:
    arguments = parsed(OURS[name]["command"])

    if name in NAMES:
        assert arguments.names == [name]
        assert (arguments.host, arguments.port) == ("0.0.0.0", 4001)  # noqa: S104
    if name == "router":
        assert (arguments.host, arguments.port) == ("0.0.0.0", 4000)  # noqa: S104
        assert (ROOT / arguments.supergraph).is_file()
        assert (ROOT / arguments.config).is_file()


@every_own_service
def test_its_variables_are_settings_the_code_reads(name: str) -> None:
    known = shop.documented() | {f"{each.upper()}_URL" for each in NAMES}
    if name == "router":
        known = frozenset(re.findall(r"\$\{env\.(\w+)", (ROOT / "router.yaml").read_text()))

    assert set(OURS[name]["environment"]) <= known


@every_own_service
def test_its_addresses_name_services_at_the_ports_they_listen_on(name: str) -> None:
    ports = {**dict.fromkeys(NAMES, 4001), "router": 4000, "postgres": 5432, "redis": 6379}

    for value in OURS[name]["environment"].values():
        for host, port in re.findall(r"(?:@|//)([a-z]+):(\d+)", value):
            if host != "localhost":
                assert ports[host] == int(port), value


def test_the_image_moves_each_subgraph_in_the_supergraph_to_its_own_host(tmp_path: Path) -> None:
    edit = next(step["value"] for step in dockerfile(tmp_path) if step["value"].startswith("sed "))
    _, pattern, replacement, _ = shlex.split(edit)[3].split("#")

    moved = re.sub(pattern, replacement, (ROOT / "supergraph.graphql").read_text())

    assert {name: f"http://{name}:4001/{name}/graphql" for name in NAMES} == dict(
        re.findall(r'@join__graph\(name: "(\w+)", url: "([^"]+)"\)', moved)
    )
    for name in NAMES:
        assert OURS[name]["environment"][f"{name.upper()}_URL"] == f"http://{name}:4001/{name}/graphql"


def test_the_router_is_given_one_secret_and_the_one_its_subgraphs_know() -> None:
    environment = OURS["router"]["environment"]

    assert environment["ROUTER_SECRET"] == OURS["users"]["environment"]["ROUTER_SECRET"]
    assert not any(re.search("PASSWORD|INTERNAL_TOKEN|DATABASE|KEY", value) for value in map(str, environment.values()))


@every_own_service
def test_what_it_waits_for_exists_and_can_be_waited_for(name: str) -> None:
    for other, wanted in OURS[name].get("depends_on", {}).items():
        condition = wanted["condition"]
        if condition == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        else:
            assert condition == "service_completed_successfully"
            assert SERVICES[other]["restart"] == "no"


def test_the_order_is_databases_then_migrations_then_subgraphs_then_the_router() -> None:
    assert set(OURS["migrate"]["depends_on"]) == {"postgres"}
    for name in NAMES:
        assert "migrate" in OURS[name]["depends_on"]
    assert set(OURS["router"]["depends_on"]) == set(NAMES)


@pytest.mark.parametrize("name", [*NAMES, "router"])
def test_health_is_asked_where_it_is_answered(name: str) -> None:
    port = 4000 if name == "router" else 4001

    assert f"http://127.0.0.1:{port}/health" in OURS[name]["healthcheck"]["test"][-1]


def test_only_the_router_is_reachable_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["router"]


def test_no_secret_has_a_value_here_and_every_one_is_required() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    secret = re.compile(r"PASSWORD|TOKEN$|KEY$|SECRET$")

    # Stripe's key is needed where Stripe is: payments itself does not start without it. A bucket's is not needed where
    # the machine has a role.
    free = {"STRIPE_API_KEY", "MEDIA_SECRET_ACCESS_KEY"}
    used = [(name, mark) for name, mark, _ in VARIABLE.findall(text) if secret.search(name) and name not in free]

    assert {name for name, _ in used} == {
        "POSTGRES_PASSWORD",
        "REDIS_PASSWORD",
        "INTERNAL_TOKEN",
        "ROUTER_SECRET",
        "TOKEN_SIGNING_KEY",
    }
    assert {mark for _, mark in used} == {":?"}


def test_the_example_names_every_variable_and_holds_no_secret() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    needed = {name for name, _, _ in VARIABLE.findall(text)}

    assert set(re.findall(r"^#? ?([A-Z_]+)=", EXAMPLE, re.MULTILINE)) == needed
    assert re.findall(r"^(\w+)=.+", EXAMPLE, re.MULTILINE) == []


def test_only_users_holds_the_signing_key() -> None:
    assert [name for name, service in OURS.items() if "TOKEN_SIGNING_KEY" in service["environment"]] == ["users"]


def test_demo_data_is_asked_for_by_name() -> None:
    assert OURS["seed"]["profiles"] == ["demo"]
    assert OURS["seed"]["environment"]["ENVIRONMENT"] == "development"


def test_the_image_is_built_in_stages_and_runs_as_an_ordinary_user(tmp_path: Path) -> None:
    steps = dockerfile(tmp_path)
    stages = [step["value"].split(" AS ")[-1] for step in steps if step["instruction"] == "FROM"]
    last = steps[max(index for index, step in enumerate(steps) if step["instruction"] == "FROM") :]

    assert stages == ["pages", "packages", "shop"]
    assert next(step["value"] for step in last if step["instruction"] == "USER") == "shop"
    assert "useradd" in next(step["value"] for step in last if step["instruction"] == "RUN")
    assert not any("pip install" in step["value"] or "npm" in step["value"] for step in last)


def test_what_the_image_copies_exists_and_is_let_through_by_dockerignore(tmp_path: Path) -> None:
    let_through = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [
        source
        for step in dockerfile(tmp_path)
        if step["instruction"] == "COPY" and not step["value"].startswith("--from=")
        for source in shlex.split(step["value"])[:-1]
    ]

    assert "requirements-production.lock" in copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(source == allowed or source.startswith(f"{allowed}/") for allowed in let_through), source


def test_the_images_packages_are_hash_checked(tmp_path: Path) -> None:
    installs = [
        step["value"]
        for step in dockerfile(tmp_path)
        if step["instruction"] == "RUN" and "pip install" in step["value"]
    ]

    assert installs
    assert all("--require-hashes" in install for install in installs)


def test_the_images_own_command_serves_the_router(tmp_path: Path) -> None:
    command = next(step["value"] for step in dockerfile(tmp_path) if step["instruction"] == "CMD")

    assert parsed(yaml.safe_load(command)).port == 4000


def test_the_ports_the_image_opens_are_those_that_are_served(tmp_path: Path) -> None:
    opened = next(step["value"] for step in dockerfile(tmp_path) if step["instruction"] == "EXPOSE").split()

    assert opened == ["4000", "4001"]
