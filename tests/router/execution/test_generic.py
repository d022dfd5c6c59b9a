"""The generic executor: merging, representations, partial data and errors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from router.execution.faults import tree_path
from router.http.transport import CutOff, Reply
from router.plan import Conditional, ContextArgument, Each, Field, Fragment, Key, Parallel, Sequence
from tests.router.execution.bench import entities, field, query, run

pytestmark = pytest.mark.anyio

SDL = """
type Query { products: [Product] strict: [Strict!]! me: User }
type Product { upc: ID! name: String price: Int stock: Int! }
type Strict { upc: ID! stock: Int! }
type User { id: ID! name: String }
"""
PRODUCTS = query("catalogue", "{ products { upc name } }", field("products", field("upc"), field("name")))
STOCK = entities("warehouse", "Product", (Key("products"), Each()), "upc", field("stock"))


def two_products(_: dict[str, Any]) -> Any:
    return {"data": {"products": [{"upc": "1", "name": "Chair"}, None, {"upc": "2", "name": "Table"}]}}


def stock_of(request: dict[str, Any]) -> Any:
    return {"data": {"_entities": [{"stock": int(r["upc"]) * 10} for r in request["variables"]["representations"]]}}


async def test_entities_are_merged_into_the_objects_they_belong_to() -> None:
    answer, _ = await run(
        SDL, "{ products { stock n: name upc } }",
        Sequence((query("catalogue", "…", field("products", field("upc"), field("name", tree="n"))), STOCK)),
        {"catalogue": two_products, "warehouse": stock_of},
    )  # fmt: skip

    assert answer == {
        "data": {"products": [{"stock": 10, "n": "Chair", "upc": "1"}, None, {"stock": 20, "n": "Table", "upc": "2"}]}
    }
    assert list(answer["data"]["products"][0]) == ["stock", "n", "upc"]


async def test_equal_representations_are_sent_once() -> None:
    def thrice(_: dict[str, Any]) -> Any:
        return {"data": {"products": [{"upc": upc, "name": None} for upc in "121"]}}

    answer, exchange = await run(
        SDL, "{ products { stock } }", Sequence((PRODUCTS, STOCK)), {"catalogue": thrice, "warehouse": stock_of}
    )

    assert answer == {"data": {"products": [{"stock": 10}, {"stock": 20}, {"stock": 10}]}}
    assert exchange.sent[1][1]["variables"]["representations"] == [
        {"__typename": "Product", "upc": "1"},
        {"__typename": "Product", "upc": "2"},
    ]


@pytest.mark.parametrize("items", [[{"upc": None, "name": "x"}], [None], []])
async def test_without_a_whole_key_nothing_is_fetched(items: list[Any]) -> None:
    answer, exchange = await run(
        SDL, "{ products { price } }",
        Sequence((PRODUCTS, entities("warehouse", "Product", (Key("products"), Each()), "upc", field("price")))),
        {"catalogue": lambda _: {"data": {"products": items}}, "warehouse": stock_of},
    )  # fmt: skip

    assert [url for url, _ in exchange.sent] == ["catalogue"]
    assert answer == {"data": {"products": [{"price": None} if item is not None else None for item in items]}}


async def test_a_missing_key_is_an_error_where_the_field_may_not_be_null() -> None:
    answer, exchange = await run(
        SDL, "{ products { stock } }",
        Sequence((PRODUCTS, STOCK)),
        {"catalogue": lambda _: {"data": {"products": [{"upc": None, "name": "x"}, {"upc": "2", "name": "y"}]}},
         "warehouse": stock_of},
    )  # fmt: skip

    assert exchange.sent[1][1]["variables"]["representations"] == [{"__typename": "Product", "upc": "2"}]
    assert answer["data"] == {"products": [None, {"stock": 20}]}
    assert [error["path"] for error in answer["errors"]] == [["products", 0, "stock"]]


async def test_a_required_field_is_sent_even_when_null() -> None:
    _, exchange = await run(
        SDL, "{ products { stock } }",
        Sequence((
            query("catalogue", "…", field("products", field("upc"), field("price"))),
            entities("warehouse", "Product", (Key("products"), Each()), "upc", field("stock"), requires=("price",)),
        )),
        {"catalogue": lambda _: {"data": {"products": [{"upc": "1", "price": None}]}}, "warehouse": stock_of},
    )  # fmt: skip

    assert exchange.sent[1][1]["variables"]["representations"] == [{"__typename": "Product", "upc": "1", "price": None}]


async def test_a_subgraph_that_is_down_leaves_the_rest_of_the_answer() -> None:
    answer, _ = await run(
        SDL, "{ products { name price } me { name } }",
        Sequence((
            Parallel((PRODUCTS, query("users", "{ me { name } }", field("me", field("name"))))),
            entities("warehouse", "Product", (Key("products"), Each()), "upc", field("price")),
        )),
        {"catalogue": two_products, "users": lambda _: {"data": {"me": {"name": "Ada"}}}, "warehouse": lambda _: CutOff("gone")},
    )  # fmt: skip

    assert answer["data"] == {
        "products": [{"name": "Chair", "price": None}, None, {"name": "Table", "price": None}],
        "me": {"name": "Ada"},
    }
    assert answer["errors"] == [
        {
            "message": "Subgraph 'warehouse' could not be asked: gone",
            "path": ["products"],
            "extensions": {"code": "SUBREQUEST_HTTP_ERROR", "service": "warehouse", "reason": "gone"},
        }
    ]


async def test_a_failed_fetch_is_reported_once_though_it_breaks_non_null_fields() -> None:
    answer, _ = await run(
        SDL, "{ products { name stock } }",
        Sequence((PRODUCTS, STOCK)),
        {"catalogue": two_products, "warehouse": lambda _: CutOff("gone")},
    )  # fmt: skip

    assert answer["data"] == {"products": [None, None, None]}
    assert len(answer["errors"]) == 1


async def test_an_entitys_error_gets_the_clients_path_at_every_place_it_stands() -> None:
    def same_twice(_: dict[str, Any]) -> Any:
        return {"data": {"things": [{"upc": "1"}, {"upc": "2"}, {"upc": "1"}]}}

    def broken(_: dict[str, Any]) -> Any:
        return {
            "data": {"_entities": [None, {"price": 5}]},
            "errors": [{"message": "boom", "path": ["_entities", 0, "price"], "extensions": {"code": "E1", "hint": 7}}],
        }

    answer, _ = await run(
        SDL, "{ things: products { cost: price } }",
        Sequence((
            query("catalogue", "…", field("products", field("upc"), tree="things", reply="things")),
            entities("warehouse", "Product", (Key("things"), Each()), "upc", field("price", tree="cost")),
        )),
        {"catalogue": same_twice, "warehouse": broken},
    )  # fmt: skip

    assert answer["data"] == {"things": [{"cost": None}, {"cost": 5}, {"cost": None}]}
    assert [error["path"] for error in answer["errors"]] == [["things", 0, "cost"], ["things", 2, "cost"]]
    assert answer["errors"][0]["message"] == "boom"
    assert answer["errors"][0]["extensions"] == {"code": "E1", "hint": 7, "service": "warehouse"}


async def test_an_error_of_a_value_only_the_plan_needs_points_at_its_parent() -> None:
    def broken(_: dict[str, Any]) -> Any:
        return {
            "data": {"products": [{"upc": "1", "weight": None}]},
            "errors": [{"message": "no", "path": ["products", 0, "weight"]}],
        }

    answer, _ = await run(
        SDL, "{ products { upc } }",
        query("catalogue", "…", field("products", field("upc"), field("weight", tree="__weight"))),
        {"catalogue": broken},
    )  # fmt: skip

    assert answer["errors"][0]["path"] == ["products", 0]


async def test_errors_are_redacted_where_configuration_says_so() -> None:
    answer, _ = await run(
        SDL, "{ me { name } }",
        query("users", "…", field("me", field("name"))),
        {"users": lambda _: {"data": {"me": None}, "errors": [{"message": "secret", "path": ["me"], "extensions": {"x": 1}}]}},
        show_errors=False,
    )  # fmt: skip

    assert answer["errors"] == [{"message": "Subgraph errors redacted", "path": ["me"]}]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(200, "text/html", b"<p>hello"), "answered with content-type 'text/html'"),
        (Reply(200, "application/json", b'{"data": {"me"'), "answered with broken JSON"),
        (Reply(200, "application/json", b"[1]"), "answered with JSON that is no GraphQL response"),
        (Reply(200, "application/json", b'{"data": null}'), "answered null without an error"),
        (Reply(200, "application/json", b'{"data": 7}'), "answered with JSON that is no GraphQL response"),
        (Reply(503, "text/plain", b"later"), "HTTP status 503"),
        (Reply(500, "application/json", b"{}"), "HTTP status 500"),
    ],
)
async def test_nonsense_from_a_subgraph_is_an_error_that_names_it(reply: Reply, reason: str) -> None:
    answer, _ = await run(
        SDL, "{ me { name } }", query("users", "…", field("me", field("name"))), {"users": lambda _: reply}
    )

    assert answer["data"] == {"me": None}
    assert answer["errors"][0]["extensions"]["service"] == "users"
    assert answer["errors"][0]["extensions"]["reason"] == reason
    assert answer["errors"][0]["path"] == ["me"]


async def test_a_graphql_error_with_a_bad_status_is_still_read() -> None:
    reply = Reply(401, "application/json", b'{"errors":[{"message":"who?","extensions":{"code":"UNAUTHENTICATED"}}]}')

    answer, _ = await run(
        SDL, "{ me { name } }", query("users", "…", field("me", field("name"))), {"users": lambda _: reply}
    )

    assert answer["errors"] == [
        {"message": "who?", "path": ["me"], "extensions": {"code": "UNAUTHENTICATED", "service": "users"}}
    ]


async def test_an_entity_list_of_the_wrong_length_is_not_trusted() -> None:
    answer, _ = await run(
        SDL, "{ products { name price } }",
        Sequence((PRODUCTS, entities("warehouse", "Product", (Key("products"), Each()), "upc", field("price")))),
        {"catalogue": two_products, "warehouse": lambda _: {"data": {"_entities": [{"price": 1}]}}},
    )  # fmt: skip

    assert answer["data"]["products"][0] == {"name": "Chair", "price": None}
    assert answer["errors"][0]["extensions"]["code"] == "SUBREQUEST_MALFORMED_RESPONSE"


def test_an_errors_path_goes_on_below_any_field_of_its_key() -> None:
    selections = (field("all", field("x")), Fragment("T", ("T",), (field("all", field("y", tree="why")),)))

    assert tree_path(["all", 2, "y"], selections) == ("all", 2, "why")
    assert tree_path(["all", 2, "nothing"], selections) == ("all", 2)


async def test_fields_that_a_subgraph_left_out_are_an_error_that_names_it() -> None:
    root, _ = await run(
        SDL, "{ me { id } }", query("users", "…", field("me", field("id"))), {"users": lambda _: {"data": {}}}
    )
    entity, _ = await run(
        SDL, "{ products { name stock } }",
        Sequence((PRODUCTS, STOCK)),
        {"catalogue": two_products, "warehouse": lambda _: {"data": {"_entities": [{"stock": 1}, {}]}}},
    )  # fmt: skip

    for answer, service in ((root, "users"), (entity, "warehouse")):
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "SUBREQUEST_MALFORMED_RESPONSE"
        assert error["extensions"]["service"] == service
    assert root["data"] == {"me": None}
    assert entity["data"] == {"products": [{"name": "Chair", "stock": 1}, None, None]}


async def test_what_a_condition_or_another_type_leaves_out_is_no_error() -> None:
    conditional = Field("name", "name", "name", "", conditions=(Conditional("yes", negated=False),))
    other = Fragment("Product", ("Product",), (field("upc"),))
    answer, _ = await run(
        SDL, "query($yes: Boolean!) { me { id name @include(if: $yes) } }",
        query("users", "…", field("me", field("__typename"), field("id"), conditional, other)),
        {"users": lambda _: {"data": {"me": {"__typename": "User", "id": "1"}}}},
        {"yes": False},
    )  # fmt: skip

    assert answer == {"data": {"me": {"id": "1"}}}


async def test_context_values_become_variables_and_objects_with_equal_ones_share_a_request() -> None:
    sdl = """
    type Query { users: [User!]! }
    type User { currency: String payments: [Payment!]! }
    type Payment { id: ID! amount: Int }
    """
    looked_up = entities("money", "Payment", (Key("users"), Each(), Key("payments"), Each()), "id", field("amount"))
    (lookup,) = looked_up.lookups
    contextual = replace(
        looked_up, lookups=(replace(lookup, contexts=(ContextArgument("currency", ((Key("currency"),),), 1),)),)
    )

    def users(_: dict[str, Any]) -> Any:
        payments = [("1", "USD"), ("2", "EUR"), ("3", "USD"), ("4", None)]
        return {"data": {"users": [{"currency": c, "payments": [{"id": id_}]} for id_, c in payments]}}

    def amounts(request: dict[str, Any]) -> Any:
        rate = {"USD": 1, "EUR": 2, None: 3}[request["variables"]["currency"]]
        return {
            "data": {"_entities": [{"amount": int(r["id"]) * rate} for r in request["variables"]["representations"]]}
        }

    answer, exchange = await run(
        sdl, "{ users { payments { amount } } }",
        Sequence((query("users", "…", field("users", field("currency"), field("payments", field("id")))), contextual)),
        {"users": users, "money": amounts},
    )  # fmt: skip

    assert [user["payments"][0]["amount"] for user in answer["data"]["users"]] == [1, 4, 3, 12]
    assert len(exchange.sent) == 4


async def test_a_key_that_another_field_asked_for_makes_a_condition_no_certainty() -> None:
    hidden = Fragment(None, (), (field("me", field("name")),), (Conditional("yes", negated=False),))
    answer, _ = await run(
        SDL, "query($yes: Boolean!) { me { id } ... @include(if: $yes) { me { name } } }",
        query("users", "…", field("me", field("id")), hidden),
        {"users": lambda _: {"data": {"me": {"id": "1"}}}},
        {"yes": False},
    )  # fmt: skip

    assert answer == {"data": {"me": {"id": "1"}}}
