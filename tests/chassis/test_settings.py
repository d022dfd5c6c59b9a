"""Settings: where things are, and what production refuses."""

import pytest

from chassis.settings import Settings, UnsafeSettings, documented


def test_each_subgraph_has_its_own_database(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p%40w@db:5433")
    monkeypatch.setenv("DATABASE_PREFIX", "shop_")
    monkeypatch.setenv("ORDERS_DATABASE_URL", "postgresql://elsewhere/o")

    settings = Settings()

    assert settings.database_of("cart") == "postgresql://u:p%40w@db:5433/shop_cart"
    assert settings.database_of("orders") == "postgresql://elsewhere/o"


def test_a_peer_is_where_it_is_said_to_be_or_with_the_others(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PRODUCTS_URL", "http://products:4001/products/graphql")
    monkeypatch.setenv("CART_URL", "")
    monkeypatch.setenv("SUBGRAPHS_URL", "http://shop:1/")

    settings = Settings()

    assert settings.peer_of("products") == "http://products:4001/products/graphql"
    assert settings.peer_of("cart") == "http://shop:1/cart/graphql"
    assert settings.keys_url == "http://shop:1/users/.well-known/jwks.json"


@pytest.mark.parametrize("secret", [None, "short"])
def test_production_refuses_a_secret_everybody_knows(monkeypatch: pytest.MonkeyPatch, secret: str | None):
    monkeypatch.setenv("ENVIRONMENT", "production")
    if secret:
        monkeypatch.setenv("INTERNAL_TOKEN", secret)
    else:
        monkeypatch.delenv("INTERNAL_TOKEN", raising=False)

    with pytest.raises(UnsafeSettings, match="INTERNAL_TOKEN"):
        Settings().refuse_unsafe()


def test_production_accepts_a_secret_of_its_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("INTERNAL_TOKEN", "f" * 32)
    monkeypatch.setenv("ROUTER_SECRET", "e" * 32)

    Settings().refuse_unsafe()


@pytest.mark.parametrize("secret", ["", "short"])
def test_production_needs_a_secret_it_shares_with_the_router(monkeypatch: pytest.MonkeyPatch, secret: str):
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("INTERNAL_TOKEN", "f" * 32)
    monkeypatch.setenv("ROUTER_SECRET", secret)

    with pytest.raises(UnsafeSettings, match="ROUTER_SECRET"):
        Settings().refuse_unsafe()


def test_secrets_are_not_in_what_is_printed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("INTERNAL_TOKEN", "very-secret-value")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hidden@db")
    monkeypatch.setenv("ORDERS_DATABASE_URL", "postgresql://u:hidden@db/orders")

    printed = repr(Settings())

    assert "very-secret-value" not in printed
    assert "hidden" not in printed


def test_every_setting_has_a_name_to_document():
    assert {"DATABASE_URL", "<NAME>_URL", "INTERNAL_TOKEN"} <= documented()
    assert "PEERS" not in documented()
