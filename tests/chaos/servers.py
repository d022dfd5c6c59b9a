"""A PostgreSQL that can be restarted and killed, and comes back at the same address with what it had committed."""

import os
import signal
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from chassis.embedded import postgres
from chassis.embedded.process import Server


class PostgresServer:
    """Commits are on disk before they are answered, as in production."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self._server: Server | None = None
        self.url = ""

    def start(self) -> None:
        """Start it, or start it again where it was."""
        # A server of somebody else's must be neither used nor killed.
        with patch.dict(os.environ):
            os.environ.pop("DATABASE_URL", None)
            if self.url:
                port = urlsplit(self.url).port
                with patch.object(postgres, "reserved_port", lambda: port):
                    self._server = postgres.start(self.directory)
            else:
                self._server = postgres.start(self.directory)
        self.url = self._server.url

    def stop(self) -> None:
        """End it in order: it ends its connections first."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def kill(self) -> None:
        """As a power cut would; its own recovery runs at the next start."""
        first_line = (self.directory / "data" / "postmaster.pid").read_text().partition("\n")[0]
        os.kill(int(first_line), signal.SIGKILL)
        self.stop()
