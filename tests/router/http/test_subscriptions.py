"""Subscriptions through the router: each event completed by other subgraphs, whatever ends them said, nothing left."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from strawberry.asgi import GraphQL
from strawberry.subscriptions import (
    GRAPHQL_SSE_PROTOCOL,
    GRAPHQL_TRANSPORT_WS_PROTOCOL,
    MULTIPART_SUBSCRIPTION_PROTOCOL,
)

from router.pipeline.authentication import LEEWAY_SECONDS
from tests.router.http.certificates import Authority
from tests.router.http.clock import put_forward
from tests.router.http.live import PATIENCE_S, QUERY, Live, Orders, asking, listening, live, order, supergraph
from tests.router.http.rogue import Peer, rogue, until
from tests.router.http.strawberry_orders import schema

pytestmark = pytest.mark.anyio

MULTIPART = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json"
KEY = ec.generate_private_key(ec.SECP256R1())


def code(response: Any) -> str:
    found: str = response["errors"][0]["extensions"]["code"]
    return found


async def nothing_left(made: Live) -> None:
    """Wait until neither the router nor the subgraph has anything open."""
    async with asyncio.timeout(PATIENCE_S):
        await until(lambda: made.orders.open == 0 and not made.serving.subscriptions.open)


# ---------------------------------------------------------------------------------------------------------- delivery


@pytest.mark.parametrize("over_http", [False, True])
async def test_each_event_is_completed_by_the_other_subgraphs(over_http: bool) -> None:
    async with live(over_http=over_http) as made, asking(made) as stream:
        feed = await made.orders.feed()
        feed.say(order("PENDING", "7"))
        first = await stream.event()
        feed.say(order("CONFIRMED", "8"))
        second = await stream.event()
        feed.complete()
        last = await stream.event()

    assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert first == ("next", {"data": {"orderUpdated": {"status": "PENDING", "buyer": {"name": "Ada 7"}}}})
    assert second == ("next", {"data": {"orderUpdated": {"status": "CONFIRMED", "buyer": {"name": "Ada 8"}}}})
    assert last == ("complete", None)


async def test_multipart_carries_responses_as_payloads() -> None:
    async with live() as made, asking(made, accept=MULTIPART) as stream:
        feed = await made.orders.feed()
        feed.say(order("PENDING", "7"))
        first = await stream.part()
        feed.complete()
        rest = await stream.end()

    assert stream.response.headers["content-type"] == 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'
    assert first == {"payload": {"data": {"orderUpdated": {"status": "PENDING", "buyer": {"name": "Ada 7"}}}}}
    assert rest == b"--\r\n"


@pytest.mark.parametrize("accept", ["text/event-stream", MULTIPART])
async def test_a_silent_stream_shows_that_it_lives(accept: str) -> None:
    async with live("subscription: {heartbeat_interval: 10ms}") as made, asking(made, accept=accept) as stream:
        await made.orders.feed()
        if accept == MULTIPART:
            assert [await stream.part(), await stream.part()] == [{}, {}]
        else:
            assert [await stream.until(b"\n\n") for _ in range(3)] == [b":"] * 3


async def test_events_stay_in_order_however_slow_the_rest_of_the_plan_is() -> None:
    async with live() as made, asking(made) as stream:
        feed = await made.orders.feed()
        slow, began = asyncio.Event(), asyncio.Event()

        async def first_is_slow() -> None:
            began.set()
            if len(made.users.requests) == 1:
                await slow.wait()

        made.users.gate = first_is_slow
        for number in range(5):
            feed.say(order(str(number), str(number)))
        await began.wait()
        slow.set()
        seen = [(await stream.event())[1]["data"]["orderUpdated"]["status"] for _ in range(5)]

    assert seen == ["0", "1", "2", "3", "4"]


async def test_an_event_without_an_object_asks_nobody_else() -> None:
    async with live() as made, asking(made) as stream:
        feed = await made.orders.feed()
        feed.say({"data": {"orderUpdated": None}})
        _, event = await stream.event()

    assert event == {"data": {"orderUpdated": None}}
    assert made.users.requests == []


async def test_an_error_of_one_event_is_that_events_alone() -> None:
    async with live() as made, asking(made) as stream:
        feed = await made.orders.feed()
        made.users.fails = True
        feed.say(order("PENDING"))
        _, failed = await stream.event()
        made.users.fails = False
        feed.say(order("CONFIRMED"))
        _, good = await stream.event()

    # `name` may not be null, so the null rises to the nearest field that may be: the order itself.
    assert failed["data"] == {"orderUpdated": None}
    assert failed["errors"][0]["path"] == ["orderUpdated", "buyer"]
    assert (failed["errors"][0]["extensions"]["service"], code(failed)) == ("users", "LOST")
    assert good["data"]["orderUpdated"]["status"] == "CONFIRMED"


async def test_an_error_of_the_source_keeps_its_path_and_the_data_beside_it() -> None:
    async with live() as made, asking(made, 'subscription { o: orderUpdated(id: "1") { status } }') as stream:
        feed = await made.orders.feed()
        wrong = {"message": "no", "path": ["o", "status"], "extensions": {"code": "LATE"}}
        feed.say({"data": {"o": None}, "errors": [wrong]})
        _, event = await stream.event()

    assert event["data"] == {"o": None}
    assert event["errors"] == [
        {"message": "no", "path": ["o", "status"], "extensions": {"code": "LATE", "service": "orders"}}
    ]


async def test_variables_and_forwarded_headers_reach_the_subgraph() -> None:
    settings = "headers: {all: {request: [{propagate: {named: x-cart}}]}}"
    body = {
        "query": "subscription A($id: ID!) { orderUpdated(id: $id) { status buyer { name } } }",
        "variables": {"id": "9"},
    }
    async with live(settings) as made, httpx.AsyncClient(timeout=PATIENCE_S) as http:
        headers = {"accept": "text/event-stream", "x-cart": "c1"}
        async with http.stream("POST", made.url, json=body, headers=headers) as response:
            feed = await made.orders.feed()
            feed.say(order("PENDING"))
            await anext(response.aiter_bytes())
            await until(lambda: made.users.headers)

    assert feed.request["variables"] == {"id": "9"}
    assert (feed.headers["x-cart"], made.users.headers[0]["x-cart"]) == ("c1", "c1")


async def test_a_query_by_event_stream_is_one_event() -> None:
    async with live() as made, asking(made, "{ me { name } }") as stream:
        events = [await stream.event(), await stream.event()]

    assert events == [("next", {"data": {"me": {"name": "Ada 1"}}}), ("complete", None)]


async def test_a_client_that_also_takes_json_gets_json_for_a_query_and_a_stream_for_a_subscription() -> None:
    accept = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
    async with live() as made:
        async with asking(made, "{ me { name } }", accept=accept) as query:
            answer = orjson.loads(await query.end())
        async with asking(made, accept=accept) as stream:
            (await made.orders.feed()).say(order("PENDING"))
            kind, _ = await stream.event()

    assert query.response.headers["content-type"].startswith("application/graphql-response+json")
    assert answer == {"data": {"me": {"name": "Ada 1"}}}
    assert kind == "next"


# ---------------------------------------------------------------------------------------------------- who gets nothing


@pytest.mark.parametrize(
    ("settings", "query", "accept", "status", "reason"),
    [
        ("", QUERY, "application/json", 406, "SUBSCRIPTION_BAD_HEADER"),
        ("", QUERY, "multipart/mixed;deferSpec=20220824, application/json", 406, "SUBSCRIPTION_BAD_HEADER"),
        ("", QUERY, "text/event-stream;q=0, application/json", 406, "SUBSCRIPTION_BAD_HEADER"),
        ("", QUERY, "image/png", 406, "NOT_ACCEPTABLE"),
        ("subscription: {enabled: false}", QUERY, "text/event-stream", 400, "SUBSCRIPTIONS_NOT_SUPPORTED"),
        ("subscription: {enabled: false}", QUERY, "application/json", 400, "SUBSCRIPTIONS_NOT_SUPPORTED"),
        ("subscription: {max_opened_subscriptions: 0}", QUERY, "text/event-stream", 503, "SUBSCRIPTIONS_MAX_LIMIT"),
        ("", "subscription { nothing }", "text/event-stream", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("", 'subscription { orderUpdated(id: "1") { status } mine { status } }', "text/event-stream", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("authorization: {require_authentication: true}", QUERY, "text/event-stream", 401, "UNAUTHENTICATED"),
    ],
)  # fmt: skip
async def test_what_cannot_begin_is_refused(settings: str, query: str, accept: str, status: int, reason: str) -> None:
    async with live(settings) as made, asking(made, query, accept=accept) as stream:
        refused = orjson.loads(await stream.end())

    assert (stream.response.status_code, code(refused)) == (status, reason)
    assert made.orders.feeds == []


async def test_a_subscription_the_viewer_may_not_see_is_asked_of_nobody() -> None:
    async with live() as made, asking(made, "subscription { mine { status } }") as stream:
        _, denied = await stream.event()
        last = await stream.event()

    assert denied["data"] == {"mine": None}
    assert code(denied) == "UNAUTHORIZED_FIELD_OR_TYPE"
    assert last == ("complete", None)
    assert made.orders.feeds == []


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        ((200, b'{"data":null,"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}'), "FORBIDDEN"),
        ((401, b'{"errors":[{"message":"who?","extensions":{"code":"UNAUTHENTICATED"}}]}'), "UNAUTHENTICATED"),
        ((503, b"gone"), "SUBREQUEST_HTTP_ERROR"),
    ],
)
@pytest.mark.parametrize("over_http", [False, True])
async def test_what_the_subgraph_refuses_is_told(refusal: tuple[int, bytes], reason: str, over_http: bool) -> None:
    async with live(over_http=over_http) as made:
        made.orders.refuses = refusal
        async with asking(made) as stream:
            kind, event = await stream.event()
            last = await stream.event()

    assert kind == "next"
    assert code(event) in (reason, "SUBSCRIPTION_ENDED")
    assert reason in str(event) or "HTTP status 503" in str(event)
    assert last == ("complete", None)


async def test_a_subgraph_that_cannot_be_reached_is_told() -> None:
    async with live() as made:
        made.text.text = supergraph("http://127.0.0.1:1/graphql")
        made.serving.mounted = {"users": made.users}
        await made.serving.reload()
        async with asking(made) as stream:
            _, event = await stream.event()

    assert event["data"] == {"orderUpdated": None}
    assert (event["errors"][0]["path"], code(event)) == (["orderUpdated"], "SUBREQUEST_HTTP_ERROR")


# -------------------------------------------------------------------------------------------------------------- endings


@pytest.mark.parametrize("over_http", [False, True])
async def test_when_the_client_leaves_the_subgraph_is_left_too(over_http: bool) -> None:
    async with live(over_http=over_http) as made:
        before = {task.get_name() for task in asyncio.all_tasks()}
        async with asking(made) as stream:
            feed = await made.orders.feed()
            feed.say(order("PENDING"))
            await stream.event()

        async with asyncio.timeout(PATIENCE_S):
            await feed.left.wait()
        await nothing_left(made)
        async with asyncio.timeout(PATIENCE_S):
            await until(lambda: {task.get_name() for task in asyncio.all_tasks()} <= before)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"", "ended the stream without completing it"),
        (b"event: next\ndata: {broken\n\n", "answered with broken JSON"),
        (b"event: next\ndata: {}\n\n", "answered with JSON that is no GraphQL response"),
        (b"data: " + b"x" * 5000, "answered with more than 4000 bytes in one event"),
    ],
)
@pytest.mark.parametrize("over_http", [False, True])
async def test_a_subgraph_that_fails_ends_it_with_what_happened(said: bytes, told: str, over_http: bool) -> None:
    settings = "traffic_shaping: {all: {response_bytes_max: 4000}}"
    async with live(settings, over_http=over_http) as made, asking(made) as stream:
        feed = await made.orders.feed()
        feed.say(order("PENDING"))
        first = await stream.event()
        if said:
            feed.raw(said)
        else:
            feed.break_off()
        _, ended = await stream.event()
        last = await stream.event()
        await nothing_left(made)

    assert first[1]["data"]["orderUpdated"]["status"] == "PENDING"
    assert (code(ended), ended["errors"][0]["extensions"]["service"]) == ("SUBSCRIPTION_ENDED", "orders")
    assert ended["errors"][0]["message"] == f"Subgraph 'orders' ended the subscription early: {told}"
    assert last == ("complete", None)


async def test_a_subgraph_that_hangs_up_ends_it_with_what_happened() -> None:
    async def hang_up(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")

    async with live() as made, rogue(hang_up) as subgraph:
        made.text.text = supergraph(subgraph.url)
        made.serving.mounted = {"users": made.users}
        await made.serving.reload()
        async with asking(made, accept=MULTIPART) as stream:
            ended = await stream.part()
            rest = await stream.end()

    assert ended["payload"] is None
    assert ended["errors"][0]["message"].endswith("closed the connection")
    assert rest == b"--\r\n"


async def test_what_a_subgraph_says_is_kept_back_where_that_is_wanted() -> None:
    async with live("include_subgraph_errors: {all: false}") as made, asking(made) as stream:
        (await made.orders.feed()).break_off()
        _, ended = await stream.event()

    assert ended["errors"] == [
        {"message": "The subscription ended early.", "extensions": {"code": "SUBSCRIPTION_ENDED"}}
    ]


async def test_a_client_that_falls_behind_is_told_and_holds_up_nobody() -> None:
    async with live("subscription: {queue_capacity: 3}") as made, asking(made) as stream:
        feed = await made.orders.feed()
        blocked = asyncio.Event()
        made.users.gate = blocked.wait  # type: ignore[assignment]
        for number in range(5):
            feed.say(order(str(number)))
        async with asyncio.timeout(PATIENCE_S):
            await feed.left.wait()
        blocked.set()
        events = [await stream.event() for _ in range(6)]

    statuses = [event[1]["data"]["orderUpdated"]["status"] for event in events[:4]]
    assert statuses == ["0", "1", "2", "3"]
    assert code(events[4][1]) == "SUBSCRIPTION_QUEUE_FULL"
    assert events[5] == ("complete", None)


async def test_a_client_that_reads_nothing_costs_no_more_than_its_queue() -> None:
    async with live("subscription: {queue_capacity: 3}") as made:
        _, writer = await asyncio.open_connection("127.0.0.1", made.port, limit=1024)
        body = orjson.dumps({"query": 'subscription { orderUpdated(id: "1") { status } }'})
        head = f"POST /graphql HTTP/1.1\r\nhost: r\r\naccept: text/event-stream\r\ncontent-length: {len(body)}\r\n"
        writer.write(f"{head}content-type: application/json\r\n\r\n".encode() + body)
        feed = await made.orders.feed()
        big, said = "x" * 200_000, 0
        # Sockets hold some megabytes between them; what is said beyond that waits in the router.
        while not feed.left.is_set() and said < 500:
            feed.say({"data": {"orderUpdated": {"status": big}}})
            said += 1
            await until(lambda: feed.said.empty() or feed.left.is_set())
        waiting = [len(each._events) for each in made.serving.subscriptions.open]
        writer.transport.abort()
        await nothing_left(made)

    assert feed.left.is_set()
    assert waiting in ([], [3])


async def test_a_new_supergraph_ends_what_was_asked_of_the_old_one() -> None:
    async with live() as made, asking(made) as stream:
        feed = await made.orders.feed()
        feed.say(order("PENDING"))
        await stream.event()

        made.text.text = supergraph(extra="extend type Order { note: String }")
        await made.serving.reload()
        _, ended = await stream.event()
        await nothing_left(made)

    assert code(ended) == "SUBSCRIPTION_SCHEMA_RELOAD"


async def test_a_stopping_router_ends_what_is_open_and_begins_nothing() -> None:
    async with live() as made, asking(made) as stream:
        feed = await made.orders.feed()
        feed.say(order("PENDING"))
        await stream.event()

        made.serving.drain()
        _, ended = await stream.event()
        async with asking(made) as late:
            refused = orjson.loads(await late.end())
        await nothing_left(made)

    assert code(ended) == code(refused) == "SUBSCRIPTION_ROUTER_STOPPED"
    assert late.response.status_code == 503


async def test_the_token_is_good_for_as_long_as_it_says(tmp_path: Path) -> None:
    public: dict[str, Any] = ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    keys = tmp_path / "jwks.json"
    keys.write_bytes(orjson.dumps({"keys": [{**public, "kid": "k", "alg": "ES256", "use": "sig"}]}))
    settings = f"authentication: {{router: {{jwt: {{jwks: [{{url: 'file://{keys}'}}]}}}}}}"

    claims = {"sub": "ada", "exp": int(time.time()) + 3600}
    token = "Bearer " + jwt.encode(claims, KEY, algorithm="ES256", headers={"kid": "k"})
    query = "subscription { mine { status buyer { name } } }"
    async with live(settings) as made, asking(made, query, authorization=token) as stream:
        feed = await made.orders.feed()
        put_forward(3600 - PATIENCE_S)
        feed.say({"data": {"mine": {"status": "PENDING", "buyer": {"__typename": "User", "id": "1"}}}})
        _, late = await stream.event()
        # Within the leeway for clocks that differ, a token counts a little longer than it says.
        put_forward(PATIENCE_S + LEEWAY_SECONDS + 1)
        _, ended = await stream.event()
        await nothing_left(made)

    assert late["data"]["mine"]["status"] == "PENDING"
    assert code(ended) == "SUBSCRIPTION_JWT_EXPIRED"


async def test_a_freed_place_can_be_taken_again() -> None:
    async with live("subscription: {max_opened_subscriptions: 1}") as made:
        for _ in range(3):
            async with asking(made) as stream:
                await stream.until(b"\n\n")
                async with asking(made) as second:
                    refused = orjson.loads(await second.end())
            await nothing_left(made)

            assert code(refused) == "SUBSCRIPTIONS_MAX_LIMIT"


# ------------------------------------------------------------------------------------------- what subgraphs may speak


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("ending", ["complete", "errors"])
async def test_a_subgraph_may_answer_in_multipart(size: int, ending: str) -> None:
    head = b"\r\ncontent-type: application/json\r\n\r\n"
    parts = [b"{}", orjson.dumps({"payload": order("PENDING")})]
    if ending == "errors":
        parts.append(b'{"payload":null,"errors":[{"message":"over","extensions":{"code":"OVER"}}]}')
    body = b"--graphql" + b"".join(head + part + b"\r\n--graphql" for part in parts) + b"--\r\n"
    async with live(over_http=True) as made:
        made.orders.content_type = b'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0'
        async with asking(made) as stream:
            feed = await made.orders.feed()
            for start in range(0, len(body), size):
                feed.raw(body[start : start + size])
            first = await stream.event()
            second = await stream.event()

    assert first[1]["data"]["orderUpdated"]["status"] == "PENDING"
    if ending == "errors":
        assert code(second[1]) == "OVER"
    else:
        assert second == ("complete", None)


@pytest.mark.parametrize(
    "protocol", [GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL, MULTIPART_SUBSCRIPTION_PROTOCOL]
)
async def test_a_plain_strawberry_service_can_be_subscribed_at(protocol: str) -> None:
    passthrough = "mode: {passthrough: {subgraphs: {orders: {path: /, protocol: graphql_ws}}}}"
    mode = passthrough if protocol == GRAPHQL_TRANSPORT_WS_PROTOCOL else ""
    app = GraphQL(schema, graphql_ide=None, subscription_protocols=[protocol])
    async with listening(app, ws="websockets-sansio") as port, live(f"subscription: {{{mode}}}") as made:
        made.serving.mounted = {"users": made.users}
        made.text.text = supergraph(f"http://127.0.0.1:{port}/")
        await made.serving.reload()
        async with asking(made) as stream:
            events = [await stream.event() for _ in range(3)]

    assert [event[0] for event in events] == ["next", "next", "complete"]
    assert events[1][1] == {"data": {"orderUpdated": {"status": "CONFIRMED", "buyer": {"name": "Ada 4"}}}}


async def test_a_subgraph_behind_a_unix_socket_can_be_subscribed_at(tmp_path: Path) -> None:
    orders, path = Orders(), tmp_path / "orders.sock"
    async with listening(orders, uds=path), live() as made:
        made.serving.mounted = {"users": made.users}
        made.text.text = supergraph(f"unix://{path}?path=/graphql")
        await made.serving.reload()
        async with asking(made) as stream:
            (await orders.feed()).say(order("PENDING"))
            _, event = await stream.event()

    assert event["data"]["orderUpdated"]["status"] == "PENDING"


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("by_websocket", [True, False])
async def test_a_subgraph_behind_tls_is_subscribed_at_when_it_is_trusted(
    tmp_path: Path, trusted: bool, by_websocket: bool
) -> None:
    authority = Authority(tmp_path)
    certificate = str(authority.certificate())
    settings = (
        f"tls: {{subgraph: {{all: {{certificate_authorities: '${{file.{authority.file}}}'}}}}}}\n" if trusted else ""
    )
    if by_websocket:
        settings += "subscription: {mode: {passthrough: {all: {path: /}}}}"
    app = GraphQL(
        schema, graphql_ide=None, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL]
    )
    served = listening(app, ws="websockets-sansio", ssl_certfile=certificate, ssl_keyfile=certificate)
    async with served as port, live(settings) as made:
        made.serving.mounted = {"users": made.users}
        made.text.text = supergraph(f"https://127.0.0.1:{port}/")
        await made.serving.reload()
        async with asking(made) as stream:
            _, event = await stream.event()

    if trusted:
        assert event["data"]["orderUpdated"]["status"] == "PENDING"
    else:
        assert event["data"] == {"orderUpdated": None}
        assert "certificate" in event["errors"][0]["message"]
