"""The shop as it stands in production, with its doors locked: the router signs what it asks, and subgraphs answer nobody else.

Everything that is said during the tests is kept, so that it can be searched for what should not be in it.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import jwt
import yaml

from chassis.embedded.process import reserved_port
from chassis.signature import signature
from subgraphs import NAMES
from tests.journeys.shop import (
    INTERNAL_TOKEN,
    PATIENCE_S,
    PATIENT,
    ROOT,
    Answer,
    be_patient,
    new_signing_key,
    run,
    serve,
    stop,
)

ROUTER_SECRET = "security-router-secret-of-32-characters"
WEBHOOK_SECRET = "security-webhook-secret-of-32-characters"
ALLOWED_PAGE = "https://shop.example"
MAX_DEPTH = 18
MAX_ALIASES = 120
MAX_HEIGHT = 300


@dataclass(frozen=True)
class Person:
    """Somebody who asks, by what they send along."""

    name: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str:
        return self.headers["Authorization"].removeprefix("Bearer ")

    def also(self, **headers: str) -> "Person":
        return Person(self.name, {**self.headers, **{key.replace("_", "-"): value for key, value in headers.items()}})


ANONYMOUS = Person("anonymous")


@dataclass
class Premises:
    """The running shop, and two ways to ask it: through the router, and at a subgraph as if one were the router."""

    url: str
    port: int
    signing_key: str
    environment: Mapping[str, str]
    folder: Path
    http: httpx.Client

    def ask(self, who: Person, query: str, variables: Mapping[str, Any] | None = None, **more: Any) -> Answer:
        """Through the router."""
        response = self.post(self.url, {"query": query, "variables": variables or {}, **more}, who.headers)
        return Answer(response.status_code, response.json())

    def ask_subgraph(self, who: Person, name: str, query: str, variables: Mapping[str, Any] | None = None) -> Answer:
        """Around the router, with a signature as good as its own: what the subgraph itself thinks of the person."""
        body = json.dumps({"query": query, "variables": dict(variables or {})}).encode()
        signed = signature(ROUTER_SECRET.encode(), body, moment=int(time.time()))
        return self.ask_unsigned(who.also(X_Router_Signature=signed), name, body)

    def ask_unsigned(self, who: Person, name: str, body: bytes) -> Answer:
        """Around the router, with no signature but what the person sends."""
        response = self.post(self.subgraph_url(name), body, who.headers)
        return Answer(response.status_code, response.json())

    def post(self, url: str, body: Any, headers: Mapping[str, str] | None = None) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http.post(url, content=content, headers={"Content-Type": "application/json", **(headers or {})})

    def subgraph_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}/graphql"

    def signed_in(self, email: str, password: str) -> Person:
        query = """mutation($email: String!, $password: String!) { login(email: $email, password: $password) {
          ... on LoginSuccess { tokens { accessToken } } } }"""
        login = self.ask(ANONYMOUS, query, {"email": email, "password": password}).data["login"]
        return Person(email.partition("@")[0], {"Authorization": f"Bearer {login['tokens']['accessToken']}"})

    def with_claims(self, name: str, **claims: Any) -> Person:
        """Somebody whose token the shop's own key has signed."""
        now = int(time.time())
        body = {
            "sub": name, "iss": "http://localhost:4000", "aud": "shop", "iat": now, "exp": now + 900,
            "roles": ["customer"], "scope": "", **claims,
        }  # fmt: skip
        token = jwt.encode(body, self.signing_key, algorithm="ES256", headers={"kid": self.kid})
        return Person(name, {"Authorization": f"Bearer {token}"})

    @property
    def kid(self) -> str:
        keys = self.http.get(f"http://127.0.0.1:{self.port}/users/.well-known/jwks.json").json()["keys"]
        return str(keys[0]["kid"])

    def everything_said(self) -> dict[str, str]:
        """Each log, and all answers to each test process, by file."""
        return {path.name: path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log"))}

    def mail_to(self, inbox: str) -> EmailMessage:
        """The mail to this address, once it is delivered."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for path in (self.folder / "mails").glob("*.eml"):
                mail = message_from_bytes(path.read_bytes(), policy=default)
                if inbox in str(mail["To"]):
                    return mail
            time.sleep(0.1)
        raise AssertionError(f"no mail to {inbox}")

    def user_of(self, who: Person) -> str:
        """The id that a person's token names."""
        return str(jwt.decode(who.token, options={"verify_signature": False})["sub"])


def strict_settings(port: int) -> str:
    """The shop's own router.yaml as somebody would tighten it for the open internet."""
    settings = yaml.safe_load((ROOT / "router.yaml").read_text(encoding="utf-8"))
    settings["override_subgraph_url"] = {name: f"http://127.0.0.1:{port}/{name}/graphql" for name in NAMES}
    be_patient(settings)
    settings["supergraph"]["introspection"] = False
    settings["plugins"]["experimental.expose_query_plan"] = False
    settings["cors"] = {"origins": [ALLOWED_PAGE]}
    settings["limits"] |= {"max_depth": MAX_DEPTH, "max_aliases": MAX_ALIASES, "max_height": MAX_HEIGHT}
    return yaml.safe_dump(settings)


class Running:
    """The processes of the shop, and all that another test process must know to ask them, as JSON."""

    def __init__(self, folder: Path, *, postgres_url: str, prefix: str) -> None:
        """Migrate, load the demo data, serve everything. Logs and mails lie in `folder`."""
        port, router_port, key = reserved_port(), reserved_port(), new_signing_key()
        (folder / "mails").mkdir(parents=True)
        here = f"http://127.0.0.1:{port}"
        environment = {
            **inherited(),
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": postgres_url,
            "DATABASE_PREFIX": prefix,
            "SUBGRAPHS_URL": here,
            "JWKS_URL": f"{here}/users/.well-known/jwks.json",
            "TOKEN_SIGNING_KEY": key,
            "INTERNAL_TOKEN": INTERNAL_TOKEN,
            "ROUTER_SECRET": ROUTER_SECRET,
            "SANDBOX_WEBHOOK_SECRETS": WEBHOOK_SECRET,
            "MAIL_DIRECTORY": str(folder / "mails"),
            "MEDIA_URL": str(folder / "media"),
            # What was signed out is refused at once, so that no test waits for it.
            "TOKEN_REVOCATION_CACHE_S": "0",
            "LOG_LEVEL": "debug",
            **PATIENT,
        }
        supergraph, settings = folder / "supergraph.graphql", folder / "router.yaml"
        settings.write_text(strict_settings(port))
        run("router", "compose", "--config", "supergraph.yaml", "--output", str(supergraph), environment=environment)
        run("subgraphs", "migrate", environment=environment)
        run("subgraphs", "seed", environment=environment)
        with ExitStack() as stack:
            serving = serve(
                "subgraphs", "serve", "--port", str(port),
                environment=environment, health=f"{here}/health", log=folder / "subgraphs.log",
            )  # fmt: skip
            stack.callback(stop, serving)
            routing = serve(
                "router", "serve", "--supergraph", str(supergraph), "--config", str(settings),
                "--port", str(router_port),
                environment=environment, health=f"http://127.0.0.1:{router_port}/health", log=folder / "router.log",
            )  # fmt: skip
            stack.callback(stop, routing)
            self._stack = stack.pop_all()
        self.facts = {
            "url": f"http://127.0.0.1:{router_port}/graphql",
            "port": port,
            "signing_key": key,
            "environment": environment,
            "folder": str(folder),
        }

    def stop(self) -> None:
        self._stack.close()


@contextmanager
def visited(facts: Mapping[str, Any]) -> Iterator[Premises]:
    """A shop that runs already, maybe for another test process; every answer is written down beside its logs."""
    folder = Path(facts["folder"])
    with (folder / f"said-{os.getpid()}.log").open("a") as said:

        def keep(response: httpx.Response) -> None:
            if "event-stream" not in response.headers.get("content-type", ""):
                text = response.read().decode(errors="replace")
                said.write(f"{response.status_code} {response.headers.multi_items()} {text}\n")
                said.flush()

        with httpx.Client(timeout=PATIENCE_S, trust_env=False, event_hooks={"response": [keep]}) as http:
            yield Premises(facts["url"], facts["port"], facts["signing_key"], facts["environment"], folder, http)


def inherited() -> Mapping[str, str]:
    """The environment without what names a server or a secret of somebody's own."""
    return {name: value for name, value in os.environ.items() if not name.endswith(("_URL", "_SECRET", "_KEY"))}
