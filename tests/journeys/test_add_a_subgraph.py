"""The guide's steps, taken from the guide and followed: what it tells people to do works."""

import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chassis.embedded.process import reserved_port
from tests.journeys.shop import ROOT, Shop, command, router_settings, run, serve, stop

GUIDE = ROOT / "docs" / "guides" / "add-a-subgraph.md"
PORT_OF_THE_GUIDE = "4010"


def block(label: str) -> str:
    """A code block of the guide, by the label behind its language."""
    found = re.search(
        rf"^```\w+ {re.escape(label)}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found, f"the guide has no block {label!r}"
    return found[1]


@pytest.fixture
def extended(shop: Shop, tmp_path: Path) -> Iterator[str]:
    """The URL of a router over the shop and the guide's subgraph, made by the guide's steps."""
    port, router_port = reserved_port(), reserved_port()
    environment = {**shop.environment, "PATH": f"{Path(command('router')[0]).parent}:{shop.environment['PATH']}"}

    def follow(step: str) -> list[str]:
        return shlex.split(block(f"step={step}").replace(PORT_OF_THE_GUIDE, str(port)))

    (tmp_path / "warranty.py").write_text(block("file=warranty.py"), encoding="utf-8")
    python, flag, code, _, target = follow("print")
    (tmp_path / target).write_text(
        run(python, flag, code, environment={**environment, "PYTHONPATH": str(tmp_path)}), encoding="utf-8"
    )
    config = (ROOT / "supergraph.yaml").read_text(encoding="utf-8").replace("file: ", f"file: {ROOT}/")
    (tmp_path / "supergraph.yaml").write_text(
        config + block("step=configure").replace(PORT_OF_THE_GUIDE, str(port)), encoding="utf-8"
    )
    run(*follow("compose"), environment=environment, cwd=tmp_path)
    (tmp_path / "router.yaml").write_text(router_settings(shop.between), encoding="utf-8")
    with ExitStack() as stack:
        warranty = serve(
            *follow("serve"),
            environment={**environment, "PYTHONPATH": str(tmp_path)},
            health=f"http://127.0.0.1:{port}/?query=%7BwarrantyTerms%7D",
            log=tmp_path / "warranty.log",
        )
        stack.callback(stop, warranty)
        router = serve(
            "router", "serve", "--supergraph", str(tmp_path / "supergraph.graphql"),
            "--config", str(tmp_path / "router.yaml"), "--port", str(router_port),
            environment=environment, health=f"http://127.0.0.1:{router_port}/health", log=tmp_path / "router.log",
        )  # fmt: skip
        stack.callback(stop, router)
        yield f"http://127.0.0.1:{router_port}/graphql"


def test_a_subgraph_is_added_by_the_steps_of_the_guide(shop: Shop, extended: str) -> None:
    product = shop.guest().at(extended).send(block("step=ask")).data["product"]

    assert product["name"] == "Premium Ultrabook Pro 15"
    assert product["warrantyMonths"] == 36
    assert product["rating"]["average"] > 0
