"""`./dev seed`, `./dev psql`, `./dev subgraphs` and `./dev logs`: the shop's data, whether it is up or not."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from chassis.embedded import postgres
from chassis.embedded.process import EmbeddedServerError
from tooling import composition, shop
from tooling.console import Failure, say, step
from tooling.layout import LOGS, POSTGRES, executable

LOG_LINES = 40
FOLLOW_EVERY_S = 0.3


def seed(scale: int | None) -> int:
    """Migrate, then load the demo data and, with `scale`, as many generated products and the rest in proportion."""
    wanted = ["seed", *(["--scale", str(scale)] if scale else [])]
    with shop.database() as url:
        environment = shop.environment_for(url, composition.SUBGRAPHS_PORT)
        with step("migrate the databases"):
            shop.run_subgraphs(["migrate"], environment)
        with step(f"subgraphs {' '.join(wanted)}"):
            shop.run_subgraphs(wanted, environment)
    return 0


def ask_subgraphs(arguments: list[str]) -> int:
    """Run `subgraphs` on the shop's databases, such as `check-invariants`; answers its exit code."""
    with shop.database() as url:
        environment = shop.environment_for(url, composition.SUBGRAPHS_PORT)
        return subprocess.run([executable("subgraphs"), *arguments], env=environment, check=False).returncode


def psql(name: str, arguments: list[str]) -> int:
    """Open psql on one subgraph's database; answers psql's exit code."""
    if name not in composition.names():
        raise Failure(f"There is no subgraph {name}; there are {', '.join(composition.names())}.")
    with shop.database() as url:
        # By the environment and not by argument: a process list is public.
        credentials, _, address = url.removeprefix("postgresql://").rpartition("@")
        user, _, password = credentials.partition(":")
        host, _, port = address.partition(":")
        database = os.environ.get("DATABASE_PREFIX", "") + name
        inside = {
            "PGUSER": user,
            "PGPASSWORD": password,
            "PGHOST": host,
            "PGPORT": port or "5432",
            "PGDATABASE": database,
        }
        return subprocess.run([_psql(), *arguments], env={**os.environ, **inside}, check=False).returncode


def logs(*, follow: bool) -> int:
    """Print the end of each log, then what is added to them until Ctrl-C."""
    files = [*sorted(LOGS.glob("*.log")), POSTGRES / "postgres.log"]
    places: dict[Path, int] = {}
    for file in files:
        if file.exists():
            text = file.read_text(encoding="utf-8", errors="replace")
            _print(file, "\n".join(text.splitlines()[-LOG_LINES:]))
            places[file] = file.stat().st_size
    if not places:
        raise Failure("Nothing was logged yet: ./dev up writes the logs.")
    while follow:
        for file, place in places.items():
            size = file.stat().st_size if file.exists() else 0
            if size != place:
                with file.open("rb") as source:
                    source.seek(place if size > place else 0)
                    _print(file, source.read().decode(errors="replace"))
                places[file] = size
        time.sleep(FOLLOW_EVERY_S)
    return 0


def _print(file: Path, text: str) -> None:
    for line in text.splitlines():
        say(f"{file.stem:>9} | {line}")


def _psql() -> str:
    try:
        beside = postgres.binaries() / "psql"
    except EmbeddedServerError:
        beside = Path("psql")
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("psql")
    if found is None:
        raise Failure("psql is not installed (Debian: apt-get install postgresql-client).")
    return found
