"""The running shop composed as its guests would: every schema asked of the subgraph itself; and its storefront contract served."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from chassis.embedded.process import reserved_port
from subgraphs import NAMES
from tests.architecture.repository import ROOT
from tests.journeys.operations import LAST_MONTH
from tests.journeys.shop import PATIENCE_S, Shop, router_settings, run, serve, stop

PATIENTLY = ("--timeout-ms", str(PATIENCE_S * 1_000))


def test_a_subgraph_tells_its_schema(shop: Shop) -> None:
    told = run("router", "subgraph", "introspect", shop.subgraph_url("users"), *PATIENTLY, environment=shop.environment)

    assert told == (ROOT / "subgraphs" / "users" / "schema.graphql").read_text(encoding="utf-8")


def test_schemas_asked_of_subgraphs_compose_to_the_same_supergraph_as_files(shop: Shop, tmp_path: Path) -> None:
    config = yaml.safe_load((ROOT / "supergraph.yaml").read_text(encoding="utf-8"))
    for name in NAMES:
        config["subgraphs"][name]["schema"] = {"subgraph_url": f"http://127.0.0.1:${{env.SHOP_PORT}}/{name}/graphql"}
    (tmp_path / "supergraph.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    environment = {**shop.environment, "SHOP_PORT": str(shop.subgraphs_port)}

    composed = run(
        "router", "compose", "--config", str(tmp_path / "supergraph.yaml"), *PATIENTLY, environment=environment
    )

    assert composed == shop.supergraph.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def storefront(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the shop's storefront contract is served."""
    folder = tmp_path_factory.mktemp("storefront")
    supergraph, settings, port = str(folder / "storefront.graphql"), folder / "router.yaml", reserved_port()
    settings.write_text(router_settings(shop.between), encoding="utf-8")
    run(
        "router", "compose", "--config", "supergraph.yaml", "--contract", "storefront", "--output", supergraph,
        environment=shop.environment,
    )  # fmt: skip
    router = serve(
        "router", "serve", "--supergraph", supergraph, "--config", str(settings), "--port", str(port),
        environment=shop.environment, health=f"http://127.0.0.1:{port}/health", log=folder / "router.log",
    )  # fmt: skip
    yield f"http://127.0.0.1:{port}/graphql"
    stop(router)


def test_shoppers_are_answered_alike_by_the_storefront_contract(shop: Shop, storefront: str) -> None:
    page = {"slug": "premium-ultrabook-pro-15"}

    assert shop.guest().at(storefront).ask("ProductPage", page).data == shop.guest().ask("ProductPage", page).data


def test_not_even_an_administrator_reaches_the_back_office_through_it(shop: Shop, storefront: str) -> None:
    admin = shop.admin()

    answer = admin.at(storefront).ask("AdminDashboard", LAST_MONTH)

    assert admin.ask("AdminDashboard", LAST_MONTH).data
    assert "Cannot query field 'lowStock' on type 'Query'." in [error["message"] for error in answer.errors]
    assert "data" not in answer.body
