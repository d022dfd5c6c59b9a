"""`./dev up`: the whole shop on this machine, from an empty folder to the first answered query, and its orderly end.

Order: database, migrations, demo data, composition, all subgraphs in one process, the router. What is running, and
where, stands in `.shop/running.json` while it runs; `.shop/lock` is held by the living `./dev up`.
"""

import hashlib
import json
import os
import secrets
import shutil
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chassis.embedded import postgres
from chassis.embedded.process import EmbeddedServerError, Server, lock_directory
from tooling import composition, processes, web
from tooling.console import Failure, say, step
from tooling.layout import LOGS, POSTGRES, ROOT, SHOP, SUPERGRAPH, executable

RUNNING = SHOP / "running.json"
SERVED = SHOP / "supergraph.graphql"
HEALTHY_WITHIN_S = 60
PRODUCT = "name inStock rating { average } variants { sku basePrice { amount } }"
EXAMPLE = f"{{ products(first: 3) {{ edges {{ node {{ {PRODUCT} }} }} }} }}"


@dataclass
class Shop:
    """One run of the shop."""

    port: int = 4000
    children: processes.Children = field(default_factory=processes.Children)
    server: Server | None = None
    subgraphs_port: int = composition.SUBGRAPHS_PORT

    def start(self) -> None:
        """Bring everything up; raises Failure or EmbeddedServerError, whose message says what to do."""
        if ended := processes.end_forgotten():
            say(f"  · ended {ended} processes that an earlier, killed ./dev up had left")
        if not processes.is_free(self.port):
            raise Failure(
                f"Port {self.port} is taken by another program: end that one, "
                f"or choose another port: ./dev up --port {processes.next_free(self.port + 1)}"
            )
        # Listened on from now on: another shop that starts meanwhile must not get the same port.
        with processes.listening(composition.SUBGRAPHS_PORT, other_than=self.port) as listener:
            self.subgraphs_port = listener.getsockname()[1]
            with step("PostgreSQL"), processes.INTERRUPTION.held():
                self.server = postgres.start(POSTGRES)
            environment = environment_for(self.server.url, self.subgraphs_port, port=self.port)
            prepare_data(environment, embedded="DATABASE_URL" not in os.environ)
            serve: list[str | Path] = [executable("subgraphs"), "serve", "--fd", str(listener.fileno())]
            subgraphs = self.children.start("subgraphs", serve, environment, inherits=[listener])
        self._serve(subgraphs, environment)
        remember_running(self.port, self.server.url)

    def _serve(self, subgraphs: processes.Child, environment: dict[str, str]) -> None:
        """Compose while the subgraphs load, start the router, and wait until both are healthy."""
        here = f"http://127.0.0.1:{self.subgraphs_port}"
        with step("compose the supergraph"):
            fresh = composition.compose_for(self.subgraphs_port, SERVED)
        if not fresh:
            say("    supergraph.graphql is stale: `./dev compose` prints it anew (this run uses a fresh one)")
        with step(f"subgraphs on {here}, router on http://localhost:{self.port}"):
            router = self.children.start("router", self._router_command(), environment)
            processes.wait_until_healthy(subgraphs, f"{here}/health", timeout_s=HEALTHY_WITHIN_S)
            processes.wait_until_healthy(router, f"http://127.0.0.1:{self.port}/health", timeout_s=HEALTHY_WITHIN_S)

    def _router_command(self) -> list[str | Path]:
        config = ROOT / "router.yaml"
        command: list[str | Path] = [executable("router"), "serve", "--supergraph", SERVED, "--host", "127.0.0.1"]
        command += ["--port", str(self.port)]
        return [*command, "--config", config] if config.exists() else command

    def stop(self) -> None:
        """End everything, the last started first."""
        RUNNING.unlink(missing_ok=True)
        self.children.stop()
        if self.server is not None:
            self.server.stop()


def up(*, port: int, reset: bool) -> int:
    """Run the shop until Ctrl-C or SIGTERM; answer the exit code."""
    began = time.monotonic()
    SHOP.mkdir(parents=True, exist_ok=True)
    with _only_one(), _stoppable():
        if reset:
            _reset()
        shop = Shop(port)
        try:
            say("Starting the shop:")
            pages = web.build_playground()
            shop.start()
            with step("first query, through all of it"):
                answer = ask(f"http://127.0.0.1:{port}/graphql", EXAMPLE)
            seconds = time.monotonic() - began
            _welcome(port, seconds, answer, pages=pages)
            return _watch(shop)
        except KeyboardInterrupt:
            return 0
        finally:
            say("\nStopping …")
            shop.stop()
            say("Stopped. Your data is kept in .shop; `./dev up` continues with it, `./dev up --reset` starts over.")


def environment_for(database_url: str, subgraphs_port: int, *, port: int = 4000) -> dict[str, str]:
    """Answer the environment of the shop's processes, the caller's own variables first."""
    here = f"http://127.0.0.1:{subgraphs_port}"
    defaults = {
        "ENVIRONMENT": "development",
        "SUBGRAPHS_URL": here,
        "JWKS_URL": f"{here}/users/.well-known/jwks.json",
        "TOKEN_SIGNING_KEY": signing_key(),
        # Mails to read: links to confirm an address, to set a password anew.
        "MAIL_DIRECTORY": str(SHOP / "mails"),
        "SHOP_URL": f"http://localhost:{port}",
        # Of this run alone: only its router may ask its subgraphs.
        "ROUTER_SECRET": secrets.token_hex(32),
    }
    return {**defaults, **os.environ, "DATABASE_URL": database_url, "PYTHONUNBUFFERED": "1"}


def signing_key() -> str:
    """Answer this shop's own key, made on first use: sign-ins then outlive a restart."""
    file = SHOP / "signing-key.pem"
    if not file.exists():
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_secret(file, pem.decode())
    return file.read_text(encoding="ascii")


def write_secret(file: Path, text: str) -> None:
    """Write a file that only this user may read; it appears under its name when complete."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as target:
        target.write(text)
    fresh.rename(file)


def prepare_data(environment: dict[str, str], *, embedded: bool) -> None:
    """Migrate and load the demo data; skipped when this very data was prepared by this very code."""
    stamp, code = POSTGRES / "prepared", _data_code()
    if embedded and stamp.exists() and stamp.read_text(encoding="utf-8") == code:
        return
    with step("migrate the databases"):
        run_subgraphs(["migrate"], environment)
    with step("load the demo data"):
        run_subgraphs(["seed"], environment)
    if embedded:
        stamp.write_text(code, encoding="utf-8")


def run_subgraphs(arguments: list[str], environment: dict[str, str]) -> None:
    """Run one `subgraphs` command to its end; raises Failure with the end of its log."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{arguments[0]}.log"
    command: list[str | Path] = [executable("subgraphs"), *arguments]
    if processes.run_to_its_end(command, environment, log) != 0:
        raise Failure(
            f"`subgraphs {' '.join(arguments)}` failed. The end of {log}:\n{processes.tail(log)}\n"
            "If the data is from an older state of the code, `./dev up --reset` starts over (and deletes it)."
        )


@contextmanager
def database() -> Iterator[str]:
    """Answer the database server's URL: the running shop's, else that of one started for this while."""
    if known := running():
        yield known["database_url"]
        return
    SHOP.mkdir(parents=True, exist_ok=True)
    with _only_one():
        server = postgres.start(POSTGRES)
        try:
            yield server.url
        finally:
            server.stop()


def running() -> dict[str, str] | None:
    """Answer where the shop runs now (`url`, `database_url`), or None."""
    try:
        known: dict[str, str] = json.loads(RUNNING.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return known if _is_held() else None


def remember_running(port: int, database_url: str) -> None:
    """Leave word for `./dev psql` and `./dev seed`, readable for this user only: the URL holds the password."""
    write_secret(RUNNING, json.dumps({"url": f"http://localhost:{port}", "database_url": database_url}))


def ask(url: str, query: str) -> dict[str, object]:
    """Send one GraphQL query; raises Failure when it is not answered with data alone."""
    request = urllib.request.Request(
        url, json.dumps({"query": query}).encode(), {"content-type": "application/json", "accept": "application/json"}
    )
    try:
        with processes.OPENER.open(request, timeout=30) as response:
            answer: dict[str, object] = json.load(response)
    except urllib.error.HTTPError as error:
        answer = {"errors": f"{error}: {error.read(2000).decode(errors='replace')}"}
    if answer.get("errors") or not answer.get("data"):
        raise Failure(f"The first query was answered with errors: {json.dumps(answer)[:2000]}\nLogs: ./dev logs")
    return answer


def _data_code() -> str:
    digest = hashlib.sha256()
    for file in sorted([*ROOT.glob("subgraphs/*/migrations/**/*.py"), *ROOT.glob("subgraphs/*/seed.py")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()


@contextmanager
def _only_one() -> Iterator[None]:
    try:
        lock = lock_directory(SHOP, what="The shop")
    except EmbeddedServerError as taken:
        known = running()
        where = f" at {known['url']}" if known else ""
        raise Failure(f"{taken}\nThe shop is already up{where}: press Ctrl-C there, or end that process.") from None
    with lock:
        yield


def _is_held() -> bool:
    try:
        lock_directory(SHOP, what="The shop").close()
    except EmbeddedServerError:
        return True
    return False


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let a polite kill and a closed terminal do what Ctrl-C does; while stopping, further ones change nothing."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        processes.INTERRUPTION.arrive()

    before = {each: signal.signal(each, interrupt) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _reset() -> None:
    if "DATABASE_URL" in os.environ:
        raise Failure(
            "--reset deletes the embedded database only, and DATABASE_URL is set: empty that server yourself."
        )
    processes.end_forgotten()
    with step("delete the data in .shop"):
        postgres.clear_leftovers(POSTGRES)
        shutil.rmtree(POSTGRES, ignore_errors=True)
        shutil.rmtree(LOGS, ignore_errors=True)
        (SHOP / "signing-key.pem").unlink(missing_ok=True)


def _watch(shop: Shop) -> int:
    """Wait for the end, and hand on what is composed meanwhile; a child that falls ends the shop with an error."""
    composed = composition.Follower(SUPERGRAPH, SERVED, port=shop.subgraphs_port)
    while (fallen := shop.children.fallen()) is None:
        if composed.follow():
            say("The router takes the new supergraph.graphql.")
        time.sleep(0.5)
    code = fallen.process.returncode
    raise Failure(f"{fallen.name} ended with code {code}. The end of {fallen.log}:\n{processes.tail(fallen.log)}")


def _welcome(port: int, seconds: float, answer: dict[str, object], *, pages: str) -> None:
    memory = processes.own_memory_mb()
    taking = f", {memory:.0f} MB of memory for everything together" if memory else ""
    say(f"""
The shop is up: {seconds:.1f} s to the first answer{taking}.

  GraphQL      http://localhost:{port}/graphql
  In a browser http://localhost:{port}/   {pages}
  Sign in as   customer@ecommerce.local / customer123   or   admin@ecommerce.local / admin123

Try this, it asks products, inventory and reviews at once:

  curl -s http://localhost:{port}/graphql -H 'content-type: application/json' \\
    -d '{json.dumps({"query": EXAMPLE})}'

  {json.dumps(answer)[:300]}{"…" if len(json.dumps(answer)) > 300 else ""}

Also: ./dev logs, ./dev psql orders, ./dev seed --scale 10000. Stop with Ctrl-C.""")
