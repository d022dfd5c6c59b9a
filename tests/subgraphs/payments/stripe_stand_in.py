"""A server on a local socket that behaves like Stripe's API for the calls payments makes, and fails as it is told.

It keeps intents, refunds, customers and PaymentMethods; replays answers by idempotency key, refuses a key with other
parameters (400) or one in flight (409), asks for the API key (401), and can be told to be slow, to hang up before or
after doing what it was asked, or to answer 429, 500 or nonsense. Shapes and codes follow Stripe's published API
reference; whether Stripe itself answers so, only Stripe can show.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

API_KEY = "sk_test_stand_in"
Answer = tuple[int, dict[str, Any]]

# By token: brand, last four digits, and what confirming comes to.
METHODS = {
    "pm_card_visa": ("visa", "4242", "approved"),
    "pm_card_mastercard": ("mastercard", "4444", "approved"),
    "pm_card_visa_chargeDeclined": ("visa", "0002", "generic_decline"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": ("visa", "9995", "insufficient_funds"),
    "pm_card_authenticationRequired": ("visa", "3155", "challenge"),
    "pm_of_stripe_js": ("visa", "1881", "approved"),
    "pm_processing": ("visa", "1111", "processing"),
    "pm_refund_pending": ("visa", "7726", "approved"),
    "pm_refund_fails": ("visa", "5126", "approved"),
}


@dataclass
class Request:
    method: str
    path: str
    form: dict[str, str]
    key: str | None
    authorization: str


def error(status: int, kind: str, code: str, **more: Any) -> Answer:
    return status, {"error": {"type": kind, "code": code, "message": f"The stand-in says {code}.", **more}}


UNEXPECTED = error(400, "invalid_request_error", "payment_intent_unexpected_state")
MISSING = error(404, "invalid_request_error", "resource_missing", param="id")


@dataclass
class StandIn:
    """`faults` are taken one per request whose path ends with the first word: ("confirm", "hang up after")."""

    url: str = ""
    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    customers: list[dict[str, str]] = field(default_factory=list)
    attached: dict[str, str] = field(default_factory=dict)
    answered: dict[str, tuple[dict[str, str], Answer]] = field(default_factory=dict)
    in_flight: set[str] = field(default_factory=set)
    faults: list[tuple[str, str]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    connections: dict[asyncio.Task[Any], asyncio.StreamWriter] = field(default_factory=dict)
    # Set while an answer is held back, and to let it go.
    held: asyncio.Event = field(default_factory=asyncio.Event)
    slow: asyncio.Event = field(default_factory=asyncio.Event)

    # -------------------------------------------------------------------------------------------------------- the API

    def answer(self, request: Request) -> Answer:
        if request.authorization != f"Bearer {API_KEY}":
            return error(401, "invalid_request_error", "api_key_invalid")
        key, form = request.key, {"path": request.path, **request.form}
        if key is not None and request.method == "POST":
            if key in self.in_flight:
                return error(409, "idempotency_error", "idempotency_key_in_use")
            if key in self.answered:
                first, answer = self.answered[key]
                return answer if first == form else error(400, "idempotency_error", "idempotency_error")
        answer = self._do(request)
        if key is not None and request.method == "POST":
            self.answered[key] = (form, json.loads(json.dumps(answer)))
        return answer

    def _do(self, request: Request) -> Answer:
        match request.method, request.path.removeprefix("/v1/").split("/"):
            case "POST", ["customers"]:
                self.customers.append(request.form)
                return 200, {"id": f"cus_{len(self.customers)}", "object": "customer"}
            case "POST", ["payment_intents"]:
                return 200, self._create(request.form)
            case _, ["payment_intents", id, *_] if id not in self.intents:
                return MISSING
            case "GET", ["payment_intents", id]:
                return 200, self.intents[id]
            case "POST", ["payment_intents", id, "confirm"]:
                return self._confirm(self.intents[id], request.form)
            case "POST", ["payment_intents", id, "capture"]:
                return self._capture(self.intents[id], int(request.form["amount_to_capture"]))
            case "POST", ["payment_intents", id, "cancel"]:
                return self._cancel(self.intents[id])
            case "POST", ["refunds"]:
                return self._refund(request.form)
            case "GET", ["refunds"]:
                found = [
                    each for each in self.refunds.values() if each["payment_intent"] == request.form["payment_intent"]
                ]
                return 200, {"object": "list", "data": found[::-1], "has_more": False, "url": "/v1/refunds"}
            case "POST", ["payment_methods", id, "attach"]:
                return self._attach(id, request.form["customer"])
            case "POST", ["payment_methods", id, "detach"]:
                if self.attached.pop(id, None) is None:
                    return error(400, "invalid_request_error", "payment_method_not_attached")
                return 200, method_of(id)
            case _:
                return error(404, "invalid_request_error", "unknown_path")

    def _create(self, form: dict[str, str]) -> dict[str, Any]:
        id = f"pi_{len(self.intents) + 1}"
        self.intents[id] = {
            "id": id, "object": "payment_intent", "status": "requires_payment_method", "amount": int(form["amount"]),
            "currency": form["currency"], "amount_received": 0, "capture_method": form["capture_method"],
            "customer": form.get("customer"), "setup_future_usage": form.get("setup_future_usage"),
            "metadata": {"key": form["metadata[key]"]}, "last_payment_error": None, "next_action": None,
            "payment_method": None,
        }  # fmt: skip
        return self.intents[id]

    def _confirm(self, intent: dict[str, Any], form: dict[str, str]) -> Answer:
        if intent["status"] not in {"requires_payment_method", "requires_confirmation"}:
            return UNEXPECTED
        token = form["payment_method"]
        if token not in METHODS:
            return error(400, "invalid_request_error", "resource_missing", param="payment_method")
        _, _, outcome = METHODS[token]
        match outcome:
            case "approved":
                intent |= {"status": "requires_capture", "payment_method": method_of(token), "last_payment_error": None}
                if intent["setup_future_usage"]:
                    self.attached[token] = intent["customer"]
            case "processing":
                intent |= {"status": "processing", "payment_method": method_of(token)}
            case "challenge":
                url = f"https://hooks.stripe.example/redirect/{intent['id']}"
                action = {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": form["return_url"]}}
                intent |= {"status": "requires_action", "next_action": action, "payment_method": method_of(token)}
            case code:
                why = {"type": "card_error", "code": "card_declined", "decline_code": code, "message": "Declined."}
                intent["last_payment_error"] = why
                return 402, {"error": why}
        return 200, intent

    def authenticate(self, id: str, *, passed: bool) -> None:
        """The customer answers on their bank's page."""
        failed = {"type": "invalid_request_error", "code": "payment_intent_authentication_failure", "message": "No."}
        self.intents[id] |= (
            {"status": "requires_capture", "next_action": None}
            if passed
            else {"status": "requires_payment_method", "next_action": None, "last_payment_error": failed}
        )

    def _capture(self, intent: dict[str, Any], minor: int) -> Answer:
        if intent["status"] != "requires_capture":
            return UNEXPECTED
        if minor > intent["amount"]:
            return error(400, "invalid_request_error", "amount_too_large")
        intent |= {"status": "succeeded", "amount_received": minor}
        return 200, intent

    def _cancel(self, intent: dict[str, Any]) -> Answer:
        if intent["status"] in {"succeeded", "canceled", "processing"}:
            return UNEXPECTED
        intent["status"] = "canceled"
        return 200, intent

    def _refund(self, form: dict[str, str]) -> Answer:
        intent = self.intents.get(form["payment_intent"])
        if intent is None:
            return MISSING
        given = [each for each in self.refunds.values() if each["payment_intent"] == intent["id"]]
        spent = sum(each["amount"] for each in given if each["status"] not in {"failed", "canceled"})
        minor = int(form["amount"])
        if spent + minor > intent["amount_received"]:
            return error(400, "invalid_request_error", "charge_already_refunded", param="amount")
        token = intent["payment_method"]["id"]
        status = {"pm_refund_pending": "pending", "pm_refund_fails": "failed"}.get(token, "succeeded")
        id = f"re_{len(self.refunds) + 1}"
        metadata = {"key": form["metadata[key]"]} if "metadata[key]" in form else {}
        self.refunds[id] = {
            "id": id, "object": "refund", "amount": minor, "status": status, "payment_intent": intent["id"],
            "metadata": metadata, "failure_reason": "expired_or_canceled_card" if status == "failed" else None,
        }  # fmt: skip
        return 200, self.refunds[id]

    def _attach(self, token: str, customer: str) -> Answer:
        if token not in METHODS:
            return error(404, "invalid_request_error", "resource_missing", param="payment_method")
        if METHODS[token][2] == "generic_decline":
            return error(402, "card_error", "card_declined", decline_code="generic_decline")
        self.attached[token] = customer
        return 200, method_of(token)

    # ----------------------------------------------------------------------------------------------------- the socket

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections[task] = writer
        try:
            while request := await read(reader):
                self.requests.append(request)
                if not await self._respond(request, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            del self.connections[task]

    async def _respond(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        fault = next((each for each in self.faults if request.path.endswith(each[0])), None)
        if fault:
            self.faults.remove(fault)
        match fault[1] if fault else "":
            case "hang up before":
                return False
            case "hang up after":
                self.answer(request)
                return False
            case "slow":
                answer = self.answer(request)
                self.held.set()
                await self.slow.wait()
            case "busy":
                answer = error(429, "invalid_request_error", "rate_limit")
            case "broken":
                answer = error(500, "api_error", "internal")
            case "broken after":
                self.answer(request)
                answer = error(500, "api_error", "internal")
            case "in flight":
                answer = error(409, "idempotency_error", "idempotency_key_in_use")
            case "nonsense":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n<html>oh</ht>")
                await writer.drain()
                return True
            case _:
                answer = self.answer(request)
        status, body = answer
        raw = json.dumps(body).encode()
        head = f"HTTP/1.1 {status} Whatever\r\ncontent-type: application/json\r\ncontent-length: {len(raw)}\r\n\r\n"
        writer.write(head.encode() + raw)
        await writer.drain()
        return True


def method_of(token: str) -> dict[str, Any]:
    brand, last4, _ = METHODS[token]
    card = {"brand": brand, "last4": last4, "exp_month": 8, "exp_year": 2031}
    return {"id": token, "object": "payment_method", "type": "card", "card": card, "billing_details": {"name": "Casey"}}


async def read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return None
    line, *lines = head.strip().split("\r\n")
    method, target, _ = line.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
    body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
    url = urlsplit(target)
    return Request(
        method, url.path, dict(parse_qsl(url.query) + parse_qsl(body)), headers.get("idempotency-key"),
        headers.get("authorization", ""),
    )  # fmt: skip


@asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    stripe = StandIn()
    server = await asyncio.start_server(stripe.serve, "127.0.0.1", 0)
    stripe.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield stripe
    finally:
        stripe.slow.set()
        server.close()
        for writer in stripe.connections.values():
            writer.close()
        await asyncio.gather(*stripe.connections)
        await server.wait_closed()
