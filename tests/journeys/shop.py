"""A whole shop as separate processes: PostgreSQL, every subgraph in one process, the router in front, all on free ports."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chassis.embedded.process import reserved_port
from subgraphs import NAMES
from tests.journeys.between import Between

ROOT = Path(__file__).resolve().parent.parent.parent
INTERNAL_TOKEN = "journeys-internal-token-of-32-characters"
READY_S = 180
FETCH_TIMEOUT_MS = 10_000
STOPS_WITHIN_S = 60
# For whoever asks, and for what they ask: a busy machine may stand still for seconds, and a crowd takes turns on it.
PATIENCE_S = 180
ROUTER_TIMEOUT_S = 120
PATIENT = {
    "PEER_TIMEOUT_MS": "20000",
    "DATABASE_TIMEOUT_MS": "20000",
    "JWKS_TIMEOUT_MS": "20000",
    "REQUEST_TIMEOUT_MS": "90000",
}
# Longer than a process waits for its database before it says that it is not ready.
HEALTH_TIMEOUT_S = 25


@dataclass(frozen=True)
class Answer:
    """An HTTP answer read as GraphQL."""

    status: int
    body: dict[str, Any]

    @property
    def data(self) -> Any:
        """The data of an answer that must have no errors."""
        whole = "data" in self.body and "errors" not in self.body
        assert whole, f"{self.status}: {json.dumps(self.body, indent=2)}"
        return self.body["data"]

    @property
    def errors(self) -> list[dict[str, Any]]:
        errors: list[dict[str, Any]] = self.body.get("errors", [])
        return errors

    @property
    def codes(self) -> set[str]:
        return {error.get("extensions", {}).get("code") for error in self.errors}


class Visitor:
    """Somebody who asks: a guest, until they sign in; keeps their access token and their basket's."""

    def __init__(self, url: str, http: httpx.Client, headers: Mapping[str, str] | None = None) -> None:
        self.url = url
        self.http = http
        self.headers = dict(headers or {})

    def at(self, url: str) -> "Visitor":
        """The same person, asking elsewhere."""
        return Visitor(url, self.http, self.headers)

    def ask(self, operation: str, variables: Mapping[str, object] | None = None, **headers: str) -> Answer:
        """Send one of clients/operations by its name."""
        return self.send(document(operation), variables, operationName=operation, headers=headers)

    def send(
        self,
        query: str,
        variables: Mapping[str, object] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **body: object,
    ) -> Answer:
        response = self.http.post(
            self.url,
            json={"query": query, "variables": dict(variables or {}), **body},
            headers={**self.headers, **(headers or {})},
        )
        answer = Answer(response.status_code, response.json())
        self._keep_basket(answer.body.get("data") or {})
        return answer

    def sign_in(self, email: str, password: str) -> "Visitor":
        login = self.ask("Login", {"email": email, "password": password}).data["login"]
        assert login["__typename"] == "LoginSuccess", login
        self.headers["Authorization"] = f"Bearer {login['tokens']['accessToken']}"
        return self

    def _keep_basket(self, data: Mapping) -> None:
        for holder in (data, *(value for value in data.values() if isinstance(value, dict))):
            cart = holder.get("cart")
            if isinstance(cart, dict) and cart.get("token"):
                self.headers["X-Cart-Token"] = cart["token"]


@dataclass
class Shop:
    """The running shop. `url` is the router's public endpoint; `subgraph_url(name)` goes around the router."""

    url: str
    between: Between
    subgraphs_port: int
    signing_key: str
    environment: Mapping[str, str]
    supergraph: Path
    http: httpx.Client

    def guest(self) -> Visitor:
        return Visitor(self.url, self.http)

    def customer(self, name: str = "customer") -> Visitor:
        return self._for_all_tests(self.guest().sign_in(f"{name}@ecommerce.local", "customer123"))

    def admin(self) -> Visitor:
        return self._for_all_tests(self.guest().sign_in("admin@ecommerce.local", "admin123"))

    def _for_all_tests(self, visitor: Visitor) -> Visitor:
        visitor.headers["Authorization"] = lasting(visitor.headers["Authorization"], self.signing_key)
        return visitor

    def subgraph_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.subgraphs_port}/{name}/graphql"

    @property
    def page(self) -> str:
        return self.url.removesuffix("graphql")


def document(operation: str) -> str:
    return (ROOT / "clients" / "operations" / f"{operation}.graphql").read_text(encoding="utf-8")


def examples() -> Any:
    """The variables each operation is shown with, in the playground and here."""
    return json.loads((ROOT / "clients" / "operations" / "examples.json").read_text(encoding="utf-8"))


def new_signing_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def lasting(authorization: str, signing_key: str) -> str:
    """The same bearer's token, with an end that no run of all tests reaches, however slow."""
    token = authorization.removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    headers = {"kid": jwt.get_unverified_header(token)["kid"]}
    return f"Bearer {jwt.encode({**claims, 'exp': claims['iat'] + 86_400}, signing_key, 'ES256', headers)}"


def environment_of(postgres_url: str, prefix: str, between: Between, port: int, signing_key: str) -> dict[str, str]:
    """What the subgraphs are told; they call each other through `between` too."""
    return {
        **{name: value for name, value in os.environ.items() if not name.endswith(("_URL", "_DATABASE_URL"))},
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": postgres_url,
        "DATABASE_PREFIX": prefix,
        "SUBGRAPHS_URL": f"http://127.0.0.1:{port}",
        "JWKS_URL": f"http://127.0.0.1:{port}/users/.well-known/jwks.json",
        **{f"{name.upper()}_URL": f"http://127.0.0.1:{between.port_of(name)}/{name}/graphql" for name in NAMES},
        "TOKEN_SIGNING_KEY": signing_key,
        "INTERNAL_TOKEN": INTERNAL_TOKEN,
        **PATIENT,
    }


def be_patient(settings: dict[str, Any]) -> None:
    """Have a router wait for as long as subgraphs that are patient may take."""
    settings["traffic_shaping"]["router"]["timeout"] = f"{ROUTER_TIMEOUT_S}s"
    settings["traffic_shaping"]["all"]["timeout"] = f"{ROUTER_TIMEOUT_S}s"


def router_settings(between: Between, *, may_be_silent: Sequence[str] = ()) -> str:
    """The shop's own router.yaml, with subgraphs reached through `between`, and a time limit that tests can wait out where
    one may be silent; the others keep the time that a busy machine may need.
    """
    settings = yaml.safe_load((ROOT / "router.yaml").read_text(encoding="utf-8"))
    settings["override_subgraph_url"] = {
        name: f"http://127.0.0.1:{between.port_of(name)}/{name}/graphql" for name in NAMES
    }
    be_patient(settings)
    settings["traffic_shaping"]["subgraphs"] = {name: {"timeout": f"{FETCH_TIMEOUT_MS}ms"} for name in may_be_silent}
    settings.setdefault("plugins", {})["experimental.expose_query_plan"] = True
    return yaml.safe_dump(settings)


def command(name: str, *arguments: str) -> list[str]:
    """A console script of this environment, as people run it."""
    return [str(Path(sys.executable).with_name(name)), *arguments]


def run(*arguments: str, environment: Mapping[str, str], cwd: Path = ROOT) -> str:
    """Run a command to its end; a failure shows what it said."""
    result = subprocess.run(command(*arguments), cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{' '.join(arguments)}:\n{(result.stdout + result.stderr)[-4000:]}"
    return result.stdout


def serve(*arguments: str, environment: Mapping[str, str], health: str, log: Path) -> subprocess.Popen:
    """Start a server and answer once its health check does; a server that ends or stays silent shows its log."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(*arguments), cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    deadline = time.monotonic() + READY_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(health, timeout=HEALTH_TIMEOUT_S, trust_env=False).status_code == 200:
                return process
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    process.kill()
    process.wait()
    raise AssertionError(f"{' '.join(arguments)} did not become ready:\n{log.read_text(errors='replace')[-4000:]}")


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise AssertionError(f"a server did not stop within {STOPS_WITHIN_S} s of being asked to") from None


@contextmanager
def opened(
    folder: Path,
    *,
    postgres_url: str,
    prefix: str,
    scale: int,
    further: Mapping[str, str] | None = None,
    may_be_silent: Sequence[str] = (),
) -> Iterator[Shop]:
    """Migrate, load the demo data and `scale` more, serve everything; stop it all at the end. Logs lie in `folder`.

    `further` are settings besides the usual ones: a Redis, a mail server. The router gives up soon on a subgraph that
    `may_be_silent`.
    """
    port, router_port, key = reserved_port(), reserved_port(), new_signing_key()
    with ExitStack() as stack:
        between = Between("127.0.0.1", port)
        between.start(NAMES)
        stack.callback(between.stop)
        environment = {**environment_of(postgres_url, prefix, between, port, key), **(further or {})}
        supergraph, settings = folder / "supergraph.graphql", folder / "router.yaml"
        settings.write_text(router_settings(between, may_be_silent=may_be_silent))

        run("router", "compose", "--config", "supergraph.yaml", "--output", str(supergraph), environment=environment)
        run("subgraphs", "migrate", environment=environment)
        run("subgraphs", "seed", "--scale", str(scale), environment=environment)
        subgraphs = serve(
            "subgraphs", "serve", "--port", str(port),
            environment=environment, health=f"http://127.0.0.1:{port}/health", log=folder / "subgraphs.log",
        )  # fmt: skip
        stack.callback(stop, subgraphs)
        router = serve(
            "router", "serve", "--supergraph", str(supergraph), "--config", str(settings), "--port", str(router_port),
            environment=environment, health=f"http://127.0.0.1:{router_port}/health", log=folder / "router.log",
        )  # fmt: skip
        stack.callback(stop, router)
        http = stack.enter_context(httpx.Client(timeout=PATIENCE_S, trust_env=False))
        yield Shop(f"http://127.0.0.1:{router_port}/graphql", between, port, key, environment, supergraph, http)
